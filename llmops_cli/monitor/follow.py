"""Lines of files that grow: from where they were read to, through renaming, truncation and recreation.

A file is known by what stands in it, not by its name: the first bytes, and those before the place that was reached. A file
whose place is not found again under its name is looked for among its rotated neighbours (`app.log.1`, `app.log-20260103.gz`,
`app-2026-01-03.log`) and read to its end there, then those that came after it, then the new file from its beginning.
"""

import io
import os
import re
from hashlib import blake2b
from typing import Any, BinaryIO, Callable, Iterator, NamedTuple

from ..errors import UserError
from ..storage import compression, reading

PROOF = 1024        # bytes at the head, and before the place reached, by which a file is known
BLOCK = 1 << 18
_SUFFIX = r"(?:\.gz|\.bz2|\.xz)?"


class Position(NamedTuple):
    """How far a file was read: bytes and lines, and digests of its first bytes and of those before the place."""

    offset: int = 0
    lines: int = 0
    head: str = ""
    tail: str = ""

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Position":
        """A position read back. KeyError or TypeError when it is none."""
        if not all(kept[name].__class__ is int and kept[name] >= 0 for name in ("offset", "lines")):
            raise TypeError("not a position")
        return cls(kept["offset"], kept["lines"], str(kept["head"]), str(kept["tail"]))


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=8).hexdigest()


def position_in(file: BinaryIO, offset: int, lines: int) -> Position:
    """The position of a plain file at an offset."""
    if not offset:
        return Position()
    number = file.fileno()
    start = max(0, offset - PROOF)
    return Position(offset, lines, _digest(os.pread(number, min(PROOF, offset), 0)), _digest(os.pread(number, offset - start, start)))


class Opened(NamedTuple):
    """A file opened at a position, decompressed, and the bytes that prove it."""

    stream: BinaryIO
    head: bytes
    tail: bytes


def open_at(path: str, position: Position) -> Opened | None:
    """A file opened at a position; None when this is not the file of that position."""
    with reading(path):
        stream = compression.reader(io.BufferedReader(io.FileIO(path), BLOCK), named=path)
    if not position.offset:
        return Opened(stream, b"", b"")
    head_size, start = min(PROOF, position.offset), max(0, position.offset - PROOF)
    with reading(path):
        if stream.seekable():
            head = stream.read(head_size)
            stream.seek(start)
            tail = stream.read(position.offset - start)
        else:
            head = stream.read(head_size)
            seen, at = head, head_size
            while at < position.offset and (block := stream.read(min(BLOCK, position.offset - at))):
                at += len(block)
                seen = (seen + block)[-PROOF:]
            tail = seen if at == position.offset else b""
    if _digest(head) == position.head and _digest(tail) == position.tail:
        return Opened(stream, head, tail)
    stream.close()
    return None


class Tail:
    """The lines of one path, however it is rotated. `lines` gives what there is and comes back when there is no more; it may
    be called again. `position` is that of the lines given so far."""

    def __init__(self, path: str, position: Position | None, say: Callable[[str], None]):
        self.path, self._say = path, say
        self._resume = position or Position()
        self._file: BinaryIO | None = None
        self._plain = True
        self._offset = self._lines = 0
        self.given = 0          # lines that were given so far, of all files
        self._partial = b""
        self._queue: list[Opened] = []
        self._proof = b"", b""
        self._known: set[tuple[int, str]] = set()

    @property
    def line(self) -> int:
        """How many lines of the present file were given."""
        return self._lines

    def position(self) -> Position:
        """Where to go on another time; that of the file that is read now."""
        if self._file is None:
            return self._resume
        return position_in(self._file, self._offset, self._lines) if self._plain else Position(self._offset, self._lines, *map(_digest, self._proof))

    def lines(self, *, last: bool = False) -> Iterator[bytes]:
        """Whole lines, without rest. `last`: a rest that is a whole JSON object counts as a line too."""
        while True:
            if self._file is None and not self._open():
                return
            yield from self._whole_lines()
            if self._moved_on():
                if self._partial:       # nobody will end this line now
                    yield self._ended()
                self._next()
                continue
            if last and self._partial.rstrip()[-1:] == b"}" and _is_object(self._partial):
                yield self._ended()
            return

    def _ended(self) -> bytes:
        """What stands behind the last line's end, taken as a line."""
        line, self._partial = self._partial, b""
        self._offset += len(line)
        self._lines += 1
        self.given += 1
        if not self._plain:
            self._note(line)
        return line

    def _whole_lines(self) -> Iterator[bytes]:
        file = self._file
        with reading(self.path):
            for line in file:
                if self._partial:
                    line, self._partial = self._partial + line, b""
                if line[-1:] != b"\n":
                    self._partial = line
                    return
                self._offset += len(line)
                self._lines += 1
                self.given += 1
                if not self._plain:
                    self._note(line)
                yield line

    # Which file --------------------------------------------------------------------------------------------------------

    def _open(self) -> bool:
        """Open the file of the position, or the first of those that followed it; False when there is none yet."""
        if self._queue:
            self._take(self._queue.pop(0), Position())
            return True
        position = self._resume
        try:
            opened = open_at(self.path, position)
        except UserError:
            if os.path.exists(self.path):
                raise
            opened = None
            if not position.offset:
                return False
        if opened is None:
            rotated = [(place, old) for place in self._neighbours() if (old := open_at(place, position))]
            if not rotated:
                self._say(f"{self.path}: is not the file it was, and the old one is not found: read from its beginning")
                position = self._resume = Position()
                if not os.path.exists(self.path):
                    return False
                opened = open_at(self.path, position)
            else:
                (place, opened), *others = rotated
                for _, other in others:
                    other.stream.close()
                since = os.stat(place).st_mtime_ns
                self._queue = [open_at(newer, Position()) for newer in self._neighbours() if newer != place and os.stat(newer).st_mtime_ns > since]
                if os.path.exists(self.path):
                    self._queue.append(open_at(self.path, Position()))
        self._known = {self._mark(place) for place in self._neighbours()}
        self._take(opened, position)
        return True

    def _take(self, opened: Opened, position: Position) -> None:
        self._file, self._offset, self._lines, self._partial = opened.stream, position.offset, position.lines, b""
        self._plain = isinstance(opened.stream.raw, io.FileIO)
        self._proof = opened.head, opened.tail
        self._resume = Position()

    def _note(self, line: bytes) -> None:
        """Remember the proof of a compressed file as it goes by: nobody can look there again."""
        head, tail = self._proof
        self._proof = (head + line)[:PROOF] if len(head) < PROOF else head, (tail + line)[-PROOF:]

    def _moved_on(self) -> bool:
        """Whether this file is at an end for good: another stands in its place, or its beginning was cut away."""
        if self._queue:
            return True
        if not self._plain:
            return False
        own = os.fstat(self._file.fileno())
        try:
            there = os.stat(self.path)
        except FileNotFoundError:
            return False        # renamed, and not made anew yet: whoever writes may still write to it
        except OSError as error:
            raise UserError(f"cannot be read: {error.strerror}", where=self.path) from None
        if (own.st_dev, own.st_ino) != (there.st_dev, there.st_ino):
            return os.fstat(self._file.fileno()).st_size <= self._offset + len(self._partial)
        if own.st_size < self._offset + len(self._partial):
            return True
        return False

    def _next(self) -> None:
        """Leave this file: go to those that were rotated away since, then to the one that stands in its place."""
        own = os.fstat(self._file.fileno()) if self._plain else None
        old, self._file = self._file, None
        if not self._queue and own is not None:
            since = own.st_mtime_ns
            newer = [place for place in self._neighbours() if (about := _stat(place)) and about.st_mtime_ns >= since and about.st_ino != own.st_ino
                     and self._mark(place) not in self._known and os.path.realpath(place) != os.path.realpath(self.path)]
            self._queue = [opened for place in newer if (opened := open_at(place, Position()))]
            self._known = {self._mark(place) for place in self._neighbours()}
            if os.path.exists(self.path):
                self._queue.append(open_at(self.path, Position()))
        old.close()

    def _neighbours(self) -> list[str]:
        """The rotated files beside the path, the oldest first."""
        folder, name = os.path.split(os.path.abspath(self.path))
        stem, suffix = os.path.splitext(name)
        turned = re.compile(rf"{re.escape(name)}[.\-_](?:\d[\w.:\-]*?|old|prev|bak|rotated){_SUFFIX}|{re.escape(stem)}[.\-_]\d[\w:\-]*{re.escape(suffix)}{_SUFFIX}")
        found = [(about.st_mtime_ns, place) for entry in (os.listdir(folder) if os.path.isdir(folder) else ()) if turned.fullmatch(entry)
                 and (about := _stat(place := os.path.join(folder, entry)))]
        return [place for _, place in sorted(found)]

    @staticmethod
    def _mark(place: str) -> tuple[int, str]:
        """By what a rotated file is known again while it exists."""
        try:
            with open(place, "rb") as file:
                return os.fstat(file.fileno()).st_ino, _digest(file.read(PROOF))
        except OSError:
            return 0, ""


def _stat(place: str) -> os.stat_result | None:
    try:
        return os.stat(place)
    except OSError:
        return None


def _is_object(text: bytes) -> bool:
    """Whether a text is a whole JSON object: an object that is cut short never is."""
    import json
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
