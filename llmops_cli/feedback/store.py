"""The store: one append-only file of JSON lines on a local disk, which many processes write at once.

A line is written with one `write` while an advisory lock is held, and is on the disk before `append` returns. A last line
that a power cut tore is mended by the next writer. Corrections and erasures rewrite the file beside itself and move it
into place.
"""

import fcntl
import os
from contextlib import contextmanager
from typing import Any, Callable, Iterable, Iterator

from ..errors import UserError
from ..jsonl import BadLine, dump, parse
from ..storage import writing
from .record import ERASURE

_BLOCK = 1 << 18


class Store:
    """Verdicts in a file. `say` is told of what had to be mended."""

    def __init__(self, path: str, say: Callable[[str], None] = lambda line: None):
        if "://" in path:
            raise UserError("a store of feedback is a file on a local disk", where=path, hint="copy it there when it is whole")
        self.path, self._say = path, say
        self._ids: set[Any] = set()         # of verdicts in the first bytes of a file that is known by its inode
        self._ids_of = 0, 0

    def exists(self) -> bool:
        return os.path.exists(self.path)

    def refuse_other(self) -> None:
        """UserError when there is a file in which nothing looks like a verdict: its lines are not ours to list or to change."""
        try:
            with open(self.path, "rb") as file:
                begun = file.read(_BLOCK)
        except OSError:
            return      # there is none, or whoever uses it says what is wrong
        lines, _, rest = begun.rpartition(b"\n")
        if not (any(map(_is_verdict, lines.split(b"\n"))) if lines else _is_verdict(rest) or _is_torn(rest)):
            raise UserError("is not a store of feedback", where=self.path, hint="--store FILE names one; llmops feedback import FILE takes the verdicts of other files")

    def append(self, records: Iterable[dict[str, Any]], *, once: bool = False) -> int:
        """Add records, all of them on the disk when this returns; how many there were. On an error none is half-written.
        With `once` those are left out whose id is there already, whoever has put it there."""
        named = [(record.get("feedback_id"), dump(record) + b"\n") for record in records]
        if not named:
            return 0
        with writing(self.path):
            if once and self.exists():
                self._learn_ids()       # most of them before others have to wait
        with writing(self.path), self._locked() as file:
            end = self._mended(file)
            lines = self._unknown(named) if once else [line for _, line in named]
            try:
                for block in _blocks(lines):
                    _write_whole(file, block)
                os.fsync(file)
            except BaseException:
                os.ftruncate(file, end)
                raise
        return len(lines)

    def _unknown(self, named: list[tuple[Any, bytes]]) -> list[bytes]:
        """The lines whose id the file has not got; of two with one id, the first."""
        self._learn_ids()
        new: dict[Any, bytes] = {}
        for identity, line in named:
            if identity not in self._ids:
                new.setdefault(identity, line)
        return list(new.values())

    def _learn_ids(self) -> None:
        """Know the ids of all whole lines as they stand now."""
        with open(self.path, "rb") as file:
            inode, read = self._ids_of
            if inode != os.fstat(file.fileno()).st_ino:
                inode, read, self._ids = os.fstat(file.fileno()).st_ino, 0, set()
            file.seek(read)
            for raw in file:
                if not raw.endswith(b"\n"):
                    break
                read += len(raw)
                try:
                    self._ids.add(parse(raw).get("feedback_id"))
                except (BadLine, TypeError):        # an id may be a list, in what others wrote
                    pass
            self._ids_of = inode, read

    def read(self, on_bad: Callable[[int, str, bytes], None] | None = None) -> Iterator[dict[str, Any]]:
        """The records as they stand now, in the order they were written. A line that is no record is told to `on_bad`
        (its number, why, its bytes). UserError when there is no store."""
        try:
            file = open(self.path, "rb")
        except OSError as error:
            hint = "llmops feedback add makes it; --store FILE names another" if isinstance(error, FileNotFoundError) else ""
            raise UserError(f"cannot be read: {error.strerror}", where=self.path, hint=hint) from None
        with file:
            fcntl.flock(file, fcntl.LOCK_SH)        # no writer is within a line
            left = os.fstat(file.fileno()).st_size
            fcntl.flock(file, fcntl.LOCK_UN)
            for number, raw in enumerate(file, 1):
                left -= len(raw)
                if left < 0:
                    return
                if raw.isspace():
                    continue
                try:
                    yield parse(raw)
                except BadLine as bad:
                    if on_bad:
                        on_bad(number, bad.reason, raw)

    def rewrite(self, change: Callable[[dict[str, Any]], dict[str, Any] | None], after: Iterable[dict[str, Any]] = (),
                *, keep_broken: bool = True) -> tuple[int, int]:
        """Put what `change` gives in place of each record (None takes it out), then `after`: how many records were
        changed, and how many lines were no records (kept as they are, or taken out: nobody knows what they hold).

        The new file is whole and on the disk before it takes the place of the old one; writers wait meanwhile. Where
        nothing changes, nothing is written.
        """
        changed = broken = 0
        with writing(self.path), self._locked() as old:
            place = os.path.realpath(self.path)
            folder, name = os.path.split(place)
            partial = os.path.join(folder, f".{name}.partial")      # the same each time: what a process that was killed left does not stay
            try:
                with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb", buffering=_BLOCK) as new:
                    os.chmod(partial, os.fstat(old).st_mode & 0o777)
                    self._mended(old)
                    with open(self.path, "rb") as lines:
                        for raw in lines:
                            try:
                                record = parse(raw)
                            except BadLine:
                                broken += not raw.isspace()
                                new.write(raw if keep_broken else b"")
                                continue
                            kept = change(record)
                            changed += kept is not record
                            if kept is not None:
                                new.write(raw if kept is record else dump(kept) + b"\n")
                    if not changed and (keep_broken or not broken):
                        os.unlink(partial)
                        return 0, broken
                    new.writelines(dump(record) + b"\n" for record in after)
                    new.flush()
                    os.fsync(new.fileno())
                os.replace(partial, place)
                _sync_folder(place)
            except BaseException:
                if os.path.exists(partial):
                    os.unlink(partial)
                raise
        return changed, broken

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """The file, open for appending and ours alone; made with its folder when there is none."""
        folder = os.path.dirname(self.path) or "."
        os.makedirs(folder, exist_ok=True)
        while True:
            fresh = not os.path.exists(self.path)
            file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
                if _is_still(file, self.path):      # not rewritten while we waited
                    if fresh:
                        _sync_folder(self.path)
                    yield file
                    return
            finally:
                os.close(file)

    def _mended(self, file: int) -> int:
        """The length of the file once its last line is whole: ended when only its end was missing, else taken away."""
        size = os.fstat(file).st_size
        if not size or os.pread(file, 1, size - 1) == b"\n":
            return size
        start, tail = size, b""
        while start and b"\n" not in tail:
            step = min(_BLOCK, start)
            start -= step
            tail = os.pread(file, step, start) + tail
        torn = tail.rpartition(b"\n")[2]
        try:
            parse(torn)
        except BadLine:
            os.ftruncate(file, size - len(torn))
            self._say(f"{self.path}: the last line was torn, {len(torn)} bytes that nobody was told were kept: taken away")
            return size - len(torn)
        _write_whole(file, b"\n")
        self._say(f"{self.path}: the last line had no end: mended")
        return size + 1


def _is_verdict(raw: bytes) -> bool:
    """Whether a line is one of a store: a verdict, or what an erasure left."""
    try:
        record = parse(raw)
    except BadLine:
        return False
    return "feedback_id" in record or record.get("type") == ERASURE


def _is_torn(raw: bytes) -> bool:
    """Whether a line is the beginning of one of a store, or nothing."""
    return any(begun.startswith(raw[:len(begun)]) for begun in (b'{"feedback_id": ', b'{"event_time": '))


def _is_still(file: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(file), os.stat(path))
    except FileNotFoundError:
        return False


def _blocks(lines: list[bytes]) -> Iterator[bytes]:
    """Whole lines together, some hundred kilobytes at a time."""
    block, size = [], 0
    for line in lines:
        block.append(line)
        size += len(line)
        if size >= _BLOCK:
            yield b"".join(block)
            block, size = [], 0
    if block:
        yield b"".join(block)


def _write_whole(file: int, data: bytes) -> None:
    """One write; the rest in more when the system took a part."""
    view = memoryview(data)
    while view:
        view = view[os.write(file, view):]


def _sync_folder(path: str) -> None:
    """Put the name of a new file on the disk as well."""
    folder = os.open(os.path.dirname(path) or ".", os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
