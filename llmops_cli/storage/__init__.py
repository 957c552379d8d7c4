"""Bytes by address: a file, `-` for standard input or output, an `s3://` object; compressed or not.

`reading(name)` and `writing(name)` say of an error within them which input or output it was.
"""

from contextlib import contextmanager
from typing import BinaryIO, Callable, Iterator, NamedTuple

from ..errors import UserError
from . import compression, local
from .local import reading, writing


class Source(NamedTuple):
    """An opened input: its name for messages, its lines of bytes, its size on disk (None when unknown), how many bytes
    of that size have been consumed so far, and how many lines stood before the first one."""

    name: str
    stream: BinaryIO
    size: int | None
    consumed: Callable[[], int]
    line: int = 0


class Watched:
    """A stream of lines that tells how far it is, every few thousand lines."""

    EVERY = 2048

    def __init__(self, stream: BinaryIO, tell: Callable[[], None]):
        self._stream, self._tell = stream, tell

    def __enter__(self) -> "Watched":
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def __iter__(self) -> Iterator[bytes]:
        for number, line in enumerate(self._stream):
            if not number % self.EVERY:
                self._tell()
            yield line


def open_source(address: str, on_wait: Callable[[], None] | None = None) -> Source:
    """Open `address` for reading, decompressed. `on_wait` is called before each read that may block (a pipe)."""
    refuse_remote(address)
    name, raw, size = local.open_for_reading(address, on_wait)
    with reading(name):
        stream = compression.reader(raw, named=address)
    return Source(name, stream, size, lambda: 0 if raw.closed else local.position(raw))


@contextmanager
def create(address: str | None, *, private: bool = False) -> Iterator[BinaryIO]:
    """A stream that becomes `address` when the block ends well, and nothing when it does not.

    Devices and pipes are written to directly. The file is compressed when its name ends in .gz, .bz2 or .xz. A private
    one can be read by its owner alone.
    """
    refuse_remote(address or "-")
    with local.create(address, private) as raw:
        with compression.writer(raw, address or "") as stream:
            yield stream


def refuse_remote(address: str) -> None:
    """Say plainly that an address is of a store this version does not reach."""
    scheme, found, _ = address.partition("://")
    if found and scheme.isalnum():
        raise UserError(f"{scheme}:// addresses are not supported by this version", where=address,
                        hint="copy it to a file first, or pipe it into standard input")
