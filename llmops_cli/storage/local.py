"""Files, standard input and output, devices and pipes of this machine."""

import io
import os
import stat
from contextlib import contextmanager
from typing import BinaryIO, Callable, Iterator

from ..errors import UserError

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
def create(address: str | None) -> Iterator[BinaryIO]:
    """A stream that becomes the file when the block ends well; devices, pipes and standard output directly."""
    if address in (None, "-"):
        stream = io.BufferedWriter(open(1, "wb", buffering=0, closefd=False), BLOCK)
        with _named_errors("standard output"):
            yield stream
            stream.flush()
        return
    target = os.path.realpath(address)
    if os.path.isdir(target):
        raise UserError("is a folder, so no file can be written there", where=address, hint="name a file in it")
    if os.path.exists(target) and not os.path.isfile(target):
        with _named_errors(address), open(target, "wb", buffering=BLOCK) as stream:
            yield stream
        return
    folder, name = os.path.split(target)
    partial = os.path.join(folder, f".{name}.{os.getpid()}.partial")
    with _named_errors(address):
        stream = open(partial, "wb", buffering=BLOCK)
    try:
        with _named_errors(address):
            yield stream
            stream.close()
            os.replace(partial, target)
    except BaseException:
        _discard(stream, partial)
        raise


def _discard(stream: BinaryIO, path: str) -> None:
    try:
        stream.close()
    except OSError:
        pass
    try:
        os.unlink(path)
    except OSError:
        pass


@contextmanager
def _named_errors(name: str) -> Iterator[None]:
    """Say which output it was that could not be written; a reader that went away stays a BrokenPipeError."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.filename is not None and not str(error.filename).endswith(".partial"):
            raise                   # it is about another file
        raise UserError(f"cannot be written: {error.strerror or error}", where=name) from None


class _Patient(io.RawIOBase):
    """A pipe or terminal: tells the writer to pass on what it has before each wait for more."""

    def __init__(self, file: io.FileIO, on_wait: Callable[[], None] | None):
        self._file, self._on_wait = file, on_wait

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int | None:
        if self._on_wait:
            self._on_wait()
        return self._file.readinto(buffer)
