"""The files inside a zip archive; of one that is cut, those that stood before the cut."""

import io
import struct
import zipfile
import zlib
from typing import BinaryIO, Iterator

from ..errors import DamagedInput, UserError

_KINDS = (".json", ".jsonl", ".ndjson")
_HEADER = struct.Struct("<4sHHHHHIIIHH")


def members(path: str, name: str) -> Iterator[tuple[str, BinaryIO]]:
    """(name, stream) of each log in an archive. Of an account export only the conversations are taken."""
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        yield from _salvaged(path)
        return
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror or error}", where=name) from None
    with archive:
        wanted = chosen(archive.namelist())
        if not wanted:
            raise UserError("a zip archive without logs", where=name, hint="looked for " + " ".join(_KINDS))
        for member in wanted:
            try:
                yield member, io.BufferedReader(_Checked(member, archive.open(member)))
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
                raise UserError("this member of the archive cannot be read (encrypted or of an unknown kind)", where=f"{name}/{member}",
                                hint="unpack it first") from None


def chosen(names: list[str]) -> list[str]:
    """The members that are logs.

    >>> chosen(["user.json", "conversations.json", "chat.html"]), chosen(["b.jsonl", "a.jsonl", "__MACOSX/a.jsonl"])
    (['conversations.json'], ['a.jsonl', 'b.jsonl'])
    """
    logs = sorted(name for name in names if name.endswith(_KINDS) and not name.startswith("__MACOSX/"))
    return [name for name in logs if name.rpartition("/")[2].startswith("conversations")] or logs


class _Member(io.RawIOBase):
    """A member whose damage is told after everything before it was given: of a document, its last and broken line, too."""

    def __init__(self, name: str):
        self._document = name.endswith(".json")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        try:
            block = self.block(len(buffer))
        except DamagedInput:
            if not self._document:
                raise
            self._document, block = False, b""
        buffer[:len(block)] = block
        return len(block)

    def block(self, size: int) -> bytes:
        """Up to so many bytes, b"" at the end; DamagedInput where there are no more."""
        raise NotImplementedError


class _Checked(_Member):
    """A member of a whole archive."""

    def __init__(self, name: str, stream: BinaryIO):
        super().__init__(name)
        self._stream = stream

    def block(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except (zipfile.BadZipFile, zlib.error, EOFError):
            raise DamagedInput("the archive is damaged here; what stood before the damage was used") from None


class _Cut(_Member):
    """A member of an archive that has lost its directory: read until it ends or the file does."""

    def __init__(self, name: str, file: BinaryIO, compressed: bool, size: int):
        super().__init__(name)
        self._file, self._left = file, size if size else None
        self._engine = zlib.decompressobj(-15) if compressed else None
        self._given = b""

    def block(self, size: int) -> bytes:
        while not self._given:
            if self._engine and self._engine.eof or self._left == 0:
                return b""
            block = self._file.read(min(1 << 16, self._left or 1 << 16))
            if not block:
                raise DamagedInput("the archive is cut short here; what stood before the cut was used")
            self._left = self._left - len(block) if self._left is not None else None
            try:
                self._given = self._engine.decompress(block) if self._engine else block
            except zlib.error:
                raise DamagedInput("the archive is damaged here; what stood before the damage was used") from None
            if self._engine and self._engine.eof:
                self._file.seek(-len(self._engine.unused_data), io.SEEK_CUR)
        given, self._given = self._given[:size], self._given[size:]
        return given


def _salvaged(path: str) -> Iterator[tuple[str, BinaryIO]]:
    """The logs of an archive without its directory, one local header after another, and the cut as damage."""
    with open(path, "rb") as file:
        while True:
            header = file.read(_HEADER.size)
            if len(header) < _HEADER.size or header[:4] != b"PK\x03\x04":
                break
            _, _, flags, method, _, _, _, size, _, name_size, extra_size = _HEADER.unpack(header)
            name = file.read(name_size).decode("utf-8", "replace")
            file.seek(extra_size, io.SEEK_CUR)
            cut = _Cut(name, file, method == 8, 0 if flags & 8 else size)
            if chosen([name]) and method in (0, 8):
                yield name, io.BufferedReader(_Keep(cut))
            try:
                while cut.block(1 << 16):
                    pass
            except DamagedInput:
                return
            if flags & 8:
                descriptor = file.read(16)
                file.seek((0 if descriptor[:4] == b"PK\x07\x08" else -4) - max(0, len(descriptor) - 16), io.SEEK_CUR)
    yield "", io.BufferedReader(_Ended())


class _Keep(io.RawIOBase):
    """A stream whose closing leaves the one below open."""

    def __init__(self, below: io.RawIOBase):
        self._below = below

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        return self._below.readinto(buffer)


class _Ended(io.RawIOBase):
    """Nothing but the news that the archive is cut between two members."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        raise DamagedInput("the archive is cut short here; what stood before the cut was used")
