"""Bytes by address: a file, `-` for standard input or output, an `s3://` object; compressed or not.

`reading(name)` and `writing(name)` say of an error within them which input or output it was. Stores other than this machine
are one file each, with the methods of `s3.Store`; what they need of the world is handed over once, with `reach`.
"""

from contextlib import contextmanager
from importlib import import_module
from shutil import copyfileobj
from typing import Any, BinaryIO, Callable, Iterator, NamedTuple

from ..errors import UserError
from ..wire import World
from . import compression, local
from .compression import ForeignInput, first_bytes
from .entry import Entry
from .local import reading, writing, writing_temporary

__all__ = ["Entry", "ForeignInput", "Source", "Watched", "about", "copy", "create", "create_new", "delete", "entries", "fetch", "first_bytes", "is_remote", "open_source", "reach",
           "reading", "refuse_remote", "replace", "send", "writing", "writing_temporary"]

STORES = ("s3",)        # schemes, and the modules that reach them

_world: World | None = None
_reached: dict[str, Any] = {}


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

    def readline(self, size: int = -1) -> bytes:
        self._tell()
        return self._stream.readline(size)

    def read1(self, size: int) -> bytes:
        """Some bytes, in place of lines."""
        self._tell()
        return self._stream.read1(size)


def reach(world: World) -> None:
    """Hand over what stores beyond this machine need: environment, clocks, chance. Nothing is connected before it is used."""
    global _world
    _world = world
    _reached.clear()


def is_remote(address: str) -> bool:
    """Whether an address is of a store other than this machine.

    >>> is_remote("s3://bucket/key"), is_remote("a/b.jsonl"), is_remote("-")
    (True, False, False)
    """
    scheme, found, _ = address.partition("://")
    return bool(found) and scheme.isalnum()


def open_source(address: str, on_wait: Callable[[], None] | None = None, *, archives: bool = False) -> Source:
    """Open `address` for reading, decompressed. `on_wait` is called before each read that may block (a pipe). `archives`
    (zip, SQLite) are an error unless the caller reads them."""
    name, raw, size = _store_of(address).open_for_reading(address, on_wait)
    with reading(name):
        stream = compression.reader(raw, name, archives)
    return Source(name, stream, size, lambda: 0 if raw.closed else local.position(raw))


@contextmanager
def create(address: str | None, *, private: bool = False) -> Iterator[BinaryIO]:
    """A stream that becomes `address` when the block ends well, and nothing when it does not.

    Devices and pipes are written to directly. The file is compressed when its name ends in .gz, .bz2 or .xz. A private
    one can be read by its owner alone.
    """
    with _store_of(address or "-").create(address, private) as raw:
        with compression.writer(raw, address or "") as stream:
            yield stream


def create_new(address: str, data: bytes) -> bool:
    """Write a small file unless there is one (a lock, say). False when there is: nothing was changed then."""
    return _store_of(address).create_new(address, data)


def replace(address: str, data: bytes, etag: str) -> str:
    """Write a small remote file in the place of the one with that mark: its own mark, "" when another stands there."""
    return _store_of(address).replace(address, data, etag)


def copy(source: str, target: str) -> bool:
    """Have a remote store copy a file. False when there is none."""
    return _store_of(source).copy(source, target)


def fetch(address: str, path: str) -> None:
    """Bring the bytes of a file, as they are, into a file of this machine. FileNotFoundError when there is none."""
    if about(address) is None:
        raise FileNotFoundError(address)
    with _store_of(address).open_for_reading(address, None)[1] as stream, open(path, "wb") as file:
        copyfileobj(stream, file, 1 << 20)


def send(path: str, address: str) -> None:
    """Put the bytes of a file of this machine, as they are, in a file's place."""
    with open(path, "rb") as file, _store_of(address).create(address) as stream:
        copyfileobj(file, stream, 1 << 20)


def about(address: str) -> Entry | None:
    """Size, mark and time of change of a file, None when there is none."""
    return _store_of(address).about(address)


def delete(address: str) -> None:
    """Take a file away; it is no error when there is none."""
    _store_of(address).delete(address)


def entries(address: str) -> Iterator[Entry]:
    """Every finished file whose address begins with this one (a folder, with its `/`), sorted by address."""
    return _store_of(address).entries(address)


def refuse_remote(address: str) -> None:
    """Say plainly that an address is of a store which cannot be used in this place."""
    if is_remote(address):
        raise UserError(f"{address.partition('://')[0]}:// addresses are not supported here", where=address,
                        hint="copy it to a file first, or pipe it into standard input")


def _store_of(address: str) -> Any:
    """What has the methods of a store: the module of this machine's files, or a store that has been reached before."""
    if not is_remote(address):
        return local
    scheme = address.partition("://")[0]
    if scheme not in STORES:
        raise UserError(f"{scheme}:// addresses are not supported by this version", where=address,
                        hint="copy it to a file first, or pipe it into standard input")
    if scheme not in _reached:
        if _world is None:
            raise RuntimeError("storage.reach(world) comes before the first address of another machine")
        _reached[scheme] = import_module(f".{scheme}", __name__).Store(_world)
    return _reached[scheme]
