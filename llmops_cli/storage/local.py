"""Files, standard input and output, devices and pipes of this machine."""

import io
import os
import stat
from contextlib import contextmanager
from threading import get_ident
from typing import BinaryIO, Callable, ContextManager, Iterable, Iterator, Mapping

from ..errors import UserError
from . import compression
from .entry import Entry

BLOCK = 1 << 18


def open_for_reading(address: str, on_wait: Callable[[], None] | None) -> tuple[str, BinaryIO, int | None]:
    """(name for messages, stream that can `peek`, size in bytes or None for a pipe)."""
    name = "standard input" if address == "-" else address
    try:
        file = open(0, "rb", buffering=0, closefd=False) if address == "-" else open(address, "rb", buffering=0)
    except IsADirectoryError:
        raise UserError("is a folder, not a file", where=name, hint="name the files in it, as in FOLDER/*.jsonl") from None
    except OSError as error:
        hint = "check the spelling" if isinstance(error, FileNotFoundError) else ""
        raise UserError(f"cannot be read: {error.strerror or error}", where=name, hint=hint) from None
    about = os.fstat(file.fileno())
    if stat.S_ISREG(about.st_mode):
        return name, io.BufferedReader(file, BLOCK), about.st_size
    return name, io.BufferedReader(_Patient(file, on_wait), BLOCK), None


def position(stream: BinaryIO) -> int:
    """How far into the file a stream has read, 0 where that means nothing."""
    try:
        return stream.raw.tell()
    except (OSError, ValueError, AttributeError):
        return 0


@contextmanager
def create(address: str | None, private: bool = False) -> Iterator[BinaryIO]:
    """A stream that becomes the file when the block ends well; devices, pipes and standard output directly."""
    kind = _kind(address) if address not in (None, "-") else stat.S_IFIFO
    if stat.S_ISDIR(kind):
        raise UserError("is a folder, so no file can be written there", where=address, hint="name a file in it")
    if kind and not stat.S_ISREG(kind):     # asked of the address itself: /dev/stdout may lead to a pipe without a path
        output = _Output(address, "standard output" if address in (None, "-") else address)
        stream = io.BufferedWriter(output, BLOCK)
        try:
            yield stream
            stream.close()
        except BaseException:
            _discard(stream, output)
            raise
        return
    target = os.path.realpath(address)
    folder, name = os.path.split(target)
    partial = os.path.join(folder, f".{name}.{os.getpid()}.partial")
    output = _Output(partial, address, private)
    stream = io.BufferedWriter(output, BLOCK)
    try:
        with writing(address):
            if kind:
                os.chmod(partial, 0o600 if private else stat.S_IMODE(kind))     # what was private stays private
        yield stream
        stream.close()
        with writing(address):
            os.replace(partial, target)
    except BaseException:
        _discard(stream, output)
        try:
            os.unlink(partial)
        except OSError:
            pass
        raise


def create_new(address: str, data: bytes) -> bool:
    """Write a small file unless there is one; it appears whole. False when there is one."""
    folder, name = os.path.split(os.path.abspath(address))
    partial = os.path.join(folder, f".{name}.{os.getpid()}-{get_ident()}.partial")
    with writing(address):
        try:
            with open(partial, "wb") as file:
                file.write(data)
            os.link(partial, address)
            return True
        except FileExistsError:
            return False
        except PermissionError:     # a file system without links: not whole at once, but by one alone
            return _create_alone(address, data)
        finally:
            if os.path.lexists(partial):
                os.unlink(partial)


def _create_alone(address: str, data: bytes) -> bool:
    try:
        with open(address, "xb") as file:
            file.write(data)
        return True
    except FileExistsError:
        return False


def about(address: str) -> Entry | None:
    """What is known of a file, None when there is none."""
    with reading(address):
        try:
            found = os.stat(address)
        except (FileNotFoundError, NotADirectoryError):
            return None
    return _entry(address, found) if stat.S_ISREG(found.st_mode) else None


def delete(address: str) -> None:
    """Take a file away; it is no error when there is none."""
    with writing(address):
        try:
            os.unlink(address)
        except FileNotFoundError:
            pass


def entries(address: str) -> Iterator[Entry]:
    """Every finished file whose path begins so, sorted; those that begin with a dot are not finished."""
    folder, begin = os.path.split(address)
    yield from sorted(_below(folder or ".", folder, begin))


def _below(place: str, named: str, begin: str) -> Iterator[Entry]:
    try:
        inside = list(os.scandir(place))
    except (FileNotFoundError, NotADirectoryError):
        return
    for one in inside:
        if one.name.startswith(begin) and not one.name.startswith("."):
            path = os.path.join(named, one.name)
            if one.is_dir():
                yield from _below(one.path, path, "")
            elif one.is_file():
                yield _entry(path, one.stat())


def _entry(address: str, found: os.stat_result) -> Entry:
    return Entry(address, found.st_size, f"{found.st_ino:x}-{found.st_size:x}-{found.st_mtime_ns:x}", found.st_mtime)


def _kind(address: str) -> int:
    """The kind and permissions of what stands at an address, 0 when nothing does."""
    with writing(address):
        try:
            return os.stat(address).st_mode
        except FileNotFoundError:
            return 0


class _Output(io.FileIO):
    """A file whose errors say which output it was; a reader that went away stays a BrokenPipeError."""

    def __init__(self, address: str | None, name: str, private: bool = False):
        self._told, self._given_up = name, False
        with writing(name):
            if address in (None, "-"):
                super().__init__(1, "wb", closefd=False)
            else:
                super().__init__(address, "wb", opener=_for_the_owner if private else None)

    def write(self, data) -> int | None:
        if self._given_up:
            return len(data)
        with writing(self._told):
            return super().write(data)

    def give_up(self) -> None:
        """Take nothing more, and say nothing more about it."""
        self._given_up = True


def _for_the_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _discard(stream: BinaryIO, output: _Output) -> None:
    """Close a stream after a failure; what it holds is passed on if that still works."""
    try:
        stream.flush()
    except (OSError, ValueError, UserError):
        pass
    output.give_up()
    stream.close()


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Say of an error within which input could not be read."""
    with _named(name, "cannot be read"):
        yield


@contextmanager
def writing(name: str) -> Iterator[None]:
    """Say of an error within which output could not be written."""
    with _named(name, "cannot be written"):
        yield


def is_other_than_file(path: str) -> bool:
    """Whether a device, pipe or folder stands at a path: neither a file nor nothing."""
    return os.path.exists(path) and not os.path.isfile(path)


def require_keepable(path: str) -> None:
    """A UserError where what goes from one run to the next could not be kept: in a device, pipe, folder or bucket."""
    if path == "-" or "://" in path or is_other_than_file(path):
        raise UserError("is no file that a state could be kept in", where=path, hint="--state FILE names one, or leave it out")


def refuse_shared(written: Mapping[str, str | None], read: Iterable[str | None] = ()) -> None:
    """UserError when two options have the same file written, or one of them an input, which would be lost. By option; "-" is
    standard output, and a device takes any number of them."""
    known = {os.path.realpath(path): "an input" for path in read if path and path != "-"}
    for option, path in written.items():
        place = os.path.realpath(path) if path and path != "-" else path
        if not place or place != "-" and is_other_than_file(place):
            continue
        if place in known:
            raise UserError(f"{known[place]} and {option} are the same file", where=path, hint="give each a file of its own")
        known[place] = option


def writing_temporary() -> ContextManager[None]:
    """Say of an error within it that it was one of the temporary files: the disk of the output may be another."""
    import tempfile
    return writing(f"temporary files in {tempfile.gettempdir()}")


def require_folder(path: str) -> None:
    """A UserError where a file could not be written because there is no folder for it."""
    with _named(path, "cannot be written"):
        os.stat(os.path.join(os.path.dirname(path), "."))


@contextmanager
def _named(name: str, what: str) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:     # nothing to mend: the reader of our output went away
        raise
    except OSError as error:
        hint = "there is no such folder: make it first" if isinstance(error, FileNotFoundError) and what == "cannot be written" else ""
        raise UserError(f"{what}: {error.strerror or error}", where=name, hint=hint) from None


class _Patient(io.RawIOBase):
    """A pipe or terminal: tells the writer to pass on what it has before each wait for more."""

    def __init__(self, file: io.FileIO, on_wait: Callable[[], None] | None):
        self._file, self._on_wait, self._begun = file, on_wait, False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int | None:
        if self._on_wait:
            self._on_wait()
        size = self._file.readinto(buffer)
        # What comes is told by its first bytes, and these may come one by one.
        while not self._begun and size and any(size < len(first) and buffer[:size] == first[:size] for first in compression.FIRST_BYTES):
            more = self._file.readinto(memoryview(buffer)[size:])
            if not more:
                break
            size += more
        self._begun = True
        return size
