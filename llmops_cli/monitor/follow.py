"""Lines of files that grow: from where they were read to, through renaming, truncation and recreation.

A file is known by what stands in it, not by its name. One whose place is not found again under its name is looked for among
its rotated neighbours and read to its end there, then those that came after it, then the new file from its beginning.
"""

import io
import json
import os
from typing import Callable, Iterator

from ..errors import UserError
from ..storage import reading
from .rotation import PROOF, Neighbours, Opened, Position, digest, open_at, opened_at, position_in

BATCH = 50_000      # lines at most at a time while following, so that something else happens too
LINGERS = 4         # files that were renamed away last, in which somebody may still be writing; or that a look into the folder missed


class Lines:
    """The lines of one open file, whole ones; what stands behind the last line's end waits in `rest`."""

    def __init__(self, opened: Opened, position: Position):
        self.file, self.offset, self.number, self.rest = opened.stream, position.offset, position.lines, b""
        self.plain = isinstance(opened.stream.raw, io.FileIO)
        self._head, self._tail = opened.head, opened.tail       # of a compressed file, where nobody can look again

    def __iter__(self) -> Iterator[bytes]:
        for line in self.file:
            if self.rest:
                line, self.rest = self.rest + line, b""
            if line[-1:] != b"\n":
                self.rest = line
                return
            self._count(line)
            yield line

    def ended(self) -> bytes:
        """The rest, taken as a line."""
        line, self.rest = self.rest, b""
        self._count(line)
        return line

    def _count(self, line: bytes) -> None:
        self.offset += len(line)
        self.number += 1
        if not self.plain:
            head, tail = self._head, self._tail
            self._head, self._tail = (head + line)[:PROOF] if len(head) < PROOF else head, (tail + line)[-PROOF:]

    def position(self) -> Position:
        return position_in(self.file, self.offset, self.number) if self.plain else Position(self.offset, self.number, digest(self._head), digest(self._tail))

    def head(self) -> bytes:
        """The first bytes of what was read."""
        return os.pread(self.file.fileno(), min(PROOF, self.offset), 0) if self.plain else self._head

    def reached(self) -> int:
        return self.offset + len(self.rest)

    def about(self) -> os.stat_result:
        return os.fstat(self.file.fileno())


class Tail:
    """The lines of one path, however it is rotated. `lines` gives what there is and comes back when there is no more; it may
    be called again. `position` is that of the lines given so far."""

    def __init__(self, path: str, position: Position | None, say: Callable[[str], None]):
        self.path, self._say = path, say
        self.given = 0          # lines that were given so far, of all files
        self._resume = position or Position()
        self._before = Position()               # the end of the file that was left last
        self._reached = Position()              # at the last look, before the file may have been truncated
        self._written = 0                       # when it had been written to last, in nanoseconds
        self._now: Lines | None = None
        self._queue: list[Opened] = []
        self._lingering: list[Lines] = []
        self._heads: list[bytes] = []           # how the files that were left began
        self._left: list[int] = []              # when the last of them had been written to, in nanoseconds
        self._last = 0                          # the inode of the last
        self._neighbours = Neighbours(path)

    @property
    def line(self) -> int:
        """How many lines of the present file were given, in runs before too."""
        return self._now.number if self._now else self._resume.lines

    def position(self) -> Position:
        """Where to go on another time; that of the file that is read now, or while that one gave nothing, the end of the one before:
        what is empty has nothing to be known by when it is rotated away."""
        if self._now and self._now.offset:
            return self._now.position()
        return self._before if self._before.offset else self._resume

    def lines(self, *, last: bool = False) -> Iterator[bytes]:
        """Whole lines, without rest. `last`: a rest that is a whole JSON object counts as a line too."""
        with reading(self.path):
            yield from self._late()
            if self._now and self._is_rewritten(self._now):
                self._leave(self._now, cut=True)
            while self._now or self._open():
                now, before = self._now, self.given
                for line in now:
                    self.given += 1
                    yield line
                    if not last and self.given - before >= BATCH:
                        return
                if self._moved_on(now):
                    if now.rest:        # nobody will end this line now
                        self.given += 1
                        yield now.ended()
                    self._leave(now)
                    continue
                if last and now.rest.rstrip()[-1:] == b"}" and _is_object(now.rest):
                    self.given += 1
                    yield now.ended()
                if now.plain and not last:
                    self._written = now.about().st_mtime_ns
                    if self._reached.offset != now.offset:
                        self._reached = now.position()
                return

    def _late(self) -> Iterator[bytes]:
        """Lines that were written to a file after it had been renamed, by somebody who did not know."""
        for old in self._lingering:
            if old.about().st_size > old.reached():
                for line in old:
                    self.given += 1
                    yield line

    # Which file --------------------------------------------------------------------------------------------------------

    def _open(self) -> bool:
        """Open the file of the position, or the first of those that followed it; False when there is none yet."""
        if self._left and not self._queue:
            self._follow_on()
            if not self._queue:
                return False
        if self._queue:
            self._now = Lines(self._queue.pop(0), Position())
            return True
        position, self._resume = self._resume, Position()
        there = os.path.exists(self.path)
        before = self._neighbours.inodes()
        opened = open_at(self.path, position) if there else None
        if opened is None and position.offset:
            old = self._neighbours.matching(position)
            if old:
                self._now = Lines(old.opened, position)
                self._heads = [self._now.head()]
                self._last, self._left = old.inode, [old.written + 1]
                self._follow_on()
                return True
            if not there:
                self._resume = position
                return False
            self._say(f"{self.path}: is not the file it was, and the old one is not found: read from its beginning")
            position, opened = Position(), open_at(self.path, Position())
        if opened is None:
            return False
        self._neighbours.know(before)
        self._now = Lines(opened, position)
        return True

    def _moved_on(self, now: Lines) -> bool:
        """Whether a file is at an end for good: another stands in its place, or its beginning was cut away."""
        if self._queue:
            return True
        if not now.plain:
            return False
        own = now.about()
        try:
            there = os.stat(self.path)
        except FileNotFoundError:
            return False        # renamed, and not made anew yet: whoever writes may still write to it
        if (own.st_dev, own.st_ino) == (there.st_dev, there.st_ino):
            return own.st_size < now.reached()
        return now.about().st_size <= now.reached()

    def _is_rewritten(self, now: Lines) -> bool:
        """Whether other bytes stand where lines were read: truncated, and as long as before already."""
        return now.plain and self._reached.offset == now.offset > 0 and now.about().st_mtime_ns != self._written and now.position() != self._reached

    def _leave(self, now: Lines, *, cut: bool = False) -> None:
        """Go to the files that were rotated away since, then to the one that stands in its place. `cut`: it was truncated."""
        self._now = None
        self._heads = [*self._heads[-20:], *([] if cut else [now.head()])]
        reached, self._reached = self._reached, Position()
        if now.offset:
            self._before = now.position()
        if self._queue:
            now.file.close()
            return
        own = now.about()
        self._last, self._left = own.st_ino, [*self._left[-LINGERS:], own.st_mtime_ns]
        if cut or own.st_size < now.reached():         # truncated: there may be a copy with lines that were not read yet
            self._before = reached
            now.file.close()
            self._neighbours.know(self._neighbours.inodes())
            copy = self._neighbours.matching(reached) if reached.offset else None
            self._queue = self._present()
            if copy:
                self._now = Lines(copy.opened, reached)
        else:
            self._lingering.append(now)
            for old in self._lingering[:-LINGERS]:
                old.file.close()
            del self._lingering[:-LINGERS]
            self._follow_on()

    def _follow_on(self) -> None:
        """Queue the files that were rotated away after the one that was left, and the one that stands at the path now."""
        present = self._present()
        standing = os.fstat(present[0].stream.fileno()).st_ino if present else 0
        self._queue = [one.opened for one in self._neighbours.new(min(self._left), self._heads, self._last, standing)] + present

    def _present(self) -> list[Opened]:
        """The file at the path; none when it was renamed at this moment."""
        try:
            raw = io.FileIO(self.path)
        except FileNotFoundError:
            return []
        return [opened_at(raw, self.path, Position())]


def _is_object(text: bytes) -> bool:
    """Whether a text is a whole JSON object: an object that is cut short never is."""
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
