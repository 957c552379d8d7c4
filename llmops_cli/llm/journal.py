"""An append-only file of JSON lines: what it says has been written survives any death of the process that wrote it."""

import fcntl
import os
from typing import Any, Iterator

from ..errors import UserError
from ..jsonl import BadLine, dump, parse
from ..storage.local import writing

_BLOCK = 1 << 16


class Journal:
    """Records in a file of its owner's; only one process at a time may have it open."""

    def __init__(self, path: str):
        self.path = path
        with writing(path):
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._file)
            raise UserError("another process is at work on this", where=path, hint="wait for it, or stop it") from None
        self.size = self._mended()

    def _mended(self) -> int:
        """Cut away the half of a line that a dying process left; the size that is left."""
        size = end = os.fstat(self._file).st_size
        while end:
            start = max(0, end - _BLOCK)
            found = os.pread(self._file, end - start, start).rfind(b"\n")
            if found >= 0:
                end = start + found + 1
                break
            end = start
        if end != size:
            with writing(self.path):
                os.ftruncate(self._file, end)
        return end

    def append(self, record: dict[str, Any]) -> int:
        """Write a record; where in the file it stands."""
        line, at = dump(record) + b"\n", self.size
        with writing(self.path):
            written = os.pwrite(self._file, line, at)
            while written < len(line):
                written += os.pwrite(self._file, line[written:], at + written)
        self.size += len(line)
        return at

    def sync(self) -> None:
        """Have everything on the disk, whatever happens to the machine."""
        with writing(self.path):
            os.fsync(self._file)

    def at(self, offset: int) -> dict[str, Any]:
        """The record that stands there."""
        line, block = b"", b" "
        while b"\n" not in line and block:
            block = os.pread(self._file, _BLOCK, offset + len(line))
            line += block
        return parse(line.partition(b"\n")[0])

    def records(self, offset: int = 0, starting: bytes = b"{") -> Iterator[tuple[int, dict[str, Any]]]:
        """(where it stands, record) from an offset on, of lines that start like that. A line that is no record is passed over."""
        rest = b""
        while block := os.pread(self._file, _BLOCK * 16, offset + len(rest)):
            lines = (rest + block).split(b"\n")
            rest = lines.pop()
            for line in lines:
                if line.startswith(starting):
                    try:
                        yield offset, parse(line)
                    except BadLine:
                        pass
                offset += len(line) + 1

    def last(self, starting: bytes) -> dict[str, Any] | None:
        """The last record of which the line starts like that, looked for from the end."""
        end, tail = self.size, b""
        while end:
            start = max(0, end - _BLOCK)
            block = os.pread(self._file, end - start, start) + tail
            lines = block.split(b"\n")
            whole = lines if start == 0 else lines[1:]
            for line in reversed(whole):
                if line.startswith(starting):
                    return parse(line)
            end, tail = start, lines[0]
        return None

    def truncate(self) -> None:
        """Begin anew."""
        with writing(self.path):
            os.ftruncate(self._file, 0)
        self.size = 0

    def close(self) -> None:
        os.close(self._file)

    def remove(self) -> None:
        """Take the file away: what it was kept for is done."""
        with writing(self.path):
            os.unlink(self.path)
        self.close()
