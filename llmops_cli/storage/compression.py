"""gzip, bzip2 and xz, told by their first bytes; a cut archive gives up everything that stood before the cut.

What else is told by its first bytes and is no text in UTF-8 is refused: nothing in it could be found.
"""

import io
import zlib
from contextlib import contextmanager
from typing import BinaryIO, Iterator

from ..errors import DamagedInput, UserError

BLOCK = 1 << 18
_MAGIC = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz"}
_ARCHIVES = {b"PK\x03\x04": ("is a zip archive", "unpack it first, or llmops ingest FILE"), b"SQLite format 3\0": ("is a SQLite database", "llmops ingest FILE makes events of it")}
_UTF_16 = "is UTF-16, not UTF-8", "iconv -f UTF-16 -t UTF-8 FILE"
_FOREIGN = {b"\x28\xb5\x2f\xfd": ("is compressed with zstd", "unpack it first, as in zstd -dc FILE"), b"\x04\x22\x4d\x18": ("is compressed with lz4", "unpack it first, as in lz4 -dc FILE"),
            b"\x1f\x9d": ("is compressed with compress", "unpack it first, as in gzip -dc FILE"), b"\xff\xfe": _UTF_16, b"\xfe\xff": _UTF_16}
FIRST_BYTES = (*_MAGIC, *_ARCHIVES, *_FOREIGN)      # by which files are told that are not read as they come
_SUFFIX = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz"}


class ForeignInput(UserError):
    """An input that is no text in UTF-8, by its first bytes."""


def kind_of_name(name: str) -> str:
    """The compression that a file name promises, or "".

    >>> kind_of_name("a.jsonl.gz"), kind_of_name("a.jsonl")
    ('gzip', '')
    """
    return next((kind for suffix, kind in _SUFFIX.items() if name.endswith(suffix)), "")


def reader(raw: BinaryIO, named: str = "", archives: bool = False) -> BinaryIO:
    """`raw` itself, or a stream of what it decompresses to; both can `peek`. With `archives`, the caller reads archives of
    several files, and databases, as well."""
    stream = _unpacked(raw, named)
    head = first_bytes(stream)
    for magic, (what, hint) in (_FOREIGN if archives else _FOREIGN | _ARCHIVES).items():
        if head.startswith(magic):
            raise ForeignInput(what, where=named, hint=hint)
    return stream


def _unpacked(raw: BinaryIO, named: str) -> BinaryIO:
    head = first_bytes(raw)
    kind = next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), "")
    if not kind and head and not head.startswith(tuple(_FOREIGN)):
        kind = kind_of_name(named)
    return io.BufferedReader(_Inflated(raw, kind, named), BLOCK) if kind else raw


def first_bytes(stream: BinaryIO) -> bytes:
    """What a stream begins with, b"" when that is damaged: reading on tells of it."""
    try:
        return stream.peek(16)[:16]
    except DamagedInput:
        return b""


@contextmanager
def writer(raw: BinaryIO, name: str) -> Iterator[BinaryIO]:
    """`raw` itself, or a stream that compresses into it, as the name's ending asks."""
    kind = kind_of_name(name)
    if not kind:
        yield raw
    elif kind == "gzip":
        import gzip
        with gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=6, mtime=0) as stream:
            yield stream
    else:
        import bz2
        import lzma
        with (bz2.open(raw, "wb") if kind == "bzip2" else lzma.open(raw, "wb")) as stream:
            yield stream


def _decompressor(kind: str):
    if kind == "gzip":
        return zlib.decompressobj(wbits=31)
    if kind == "bzip2":
        import bz2
        return bz2.BZ2Decompressor()
    import lzma
    return lzma.LZMADecompressor()


class _Inflated(io.RawIOBase):
    """What a compressed stream holds. Raises DamagedInput only after every byte before the damage was given."""

    def __init__(self, raw: BinaryIO, kind: str, named: str):
        self._raw, self._kind, self._named = raw, kind, named
        self._engine = _decompressor(kind)
        self._given = memoryview(b"")
        self._damage = ""
        self._fresh = True          # at the start of a member: an end here is a good end

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._raw.close()
        super().close()

    def readinto(self, buffer) -> int:
        while not self._given:
            if self._damage:
                raise DamagedInput(self._damage, self._named)
            more = self._more()
            if more is None:
                return 0
            self._given = memoryview(more)
        size = min(len(buffer), len(self._given))
        buffer[:size] = self._given[:size]
        self._given = self._given[size:]
        return size

    def _more(self) -> bytes | None:
        """The next decompressed block, b"" when there is none yet, None at a good end."""
        if self._kind == "gzip":
            limited = getattr(self._engine, "unconsumed_tail", b"")
        else:
            limited = b"" if getattr(self._engine, "needs_input", True) else None
        block = limited or (b"" if limited is None else self._raw.read1(1 << 16))
        if not block and limited is not None:
            if self._fresh:
                return None
            self._damage = "the archive is cut short here; what stood before the cut was used"
            return b""
        return self._decompress(block)

    def _decompress(self, block: bytes) -> bytes:
        """What a block of the archive holds, which may be the end of one member and a thousand more."""
        found = []
        while True:
            if self._fresh:
                block = block.lstrip(b"\0")     # archives may be padded with zeros to a tape block
                if not block:
                    break
            self._fresh = False
            before = self._engine.copy() if self._kind == "gzip" else None
            try:
                found.append(self._engine.decompress(block, 1 << 20))
            except (OSError, EOFError, ValueError, zlib.error, _lzma_error()):
                self._damage = "the archive is damaged here; what stood before the damage was used"
                found.append(_salvage(before, block) if before else b"")
                break
            if not self._engine.eof:
                break
            block = self._engine.unused_data
            self._engine, self._fresh = _decompressor(self._kind), True
        return b"".join(found)


def _salvage(engine, block: bytes) -> bytes:
    """Everything that `block` yields before its first damaged byte."""
    data, step, at = [], 4096, 0
    while step:
        kept = engine.copy()
        try:
            data.append(engine.decompress(block[at:at + step]))
            at += step
        except zlib.error:
            engine, step = kept, step // 8
        if at >= len(block):
            break
    return b"".join(data)


def _lzma_error() -> type[Exception]:
    import lzma
    return lzma.LZMAError
