"""Rotated files: how a file is known again by what stands in it, and which files beside a path were once that path."""

import io
import os
import re
from hashlib import blake2b
from typing import Any, BinaryIO, NamedTuple

from ..errors import DamagedInput, UserError
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


def digest(data: bytes) -> str:
    return blake2b(data, digest_size=8).hexdigest()


def position_in(file: BinaryIO, offset: int, lines: int) -> Position:
    """The position of a plain file at an offset."""
    if not offset:
        return Position()
    number = file.fileno()
    start = max(0, offset - PROOF)
    return Position(offset, lines, digest(os.pread(number, min(PROOF, offset), 0)), digest(os.pread(number, offset - start, start)))


class Opened(NamedTuple):
    """A file opened at a position, decompressed, and the bytes that prove it."""

    stream: BinaryIO
    head: bytes
    tail: bytes


def open_at(path: str, position: Position) -> Opened | None:
    """A file opened at a position; None when this is not the file of that position."""
    with reading(path):
        return opened_at(io.FileIO(path), path, position)


def opened_at(raw: io.FileIO, path: str, position: Position) -> Opened | None:
    """The same for a file that is open already; `path` is for messages."""
    with reading(path):
        stream = compression.reader(io.BufferedReader(raw, BLOCK), named=path)
    if not position.offset:
        return Opened(stream, b"", b"")
    head_size, start = min(PROOF, position.offset), max(0, position.offset - PROOF)
    with reading(path):
        head = stream.read(head_size)
        if digest(head) != position.head:
            tail = b""
        elif stream.seekable():
            stream.seek(start)
            tail = stream.read(position.offset - start)
        else:
            seen, at = head, len(head)
            while at < position.offset and (block := stream.read(min(BLOCK, position.offset - at))):
                at += len(block)
                seen = (seen + block)[-PROOF:]
            tail = seen if at == position.offset else b""
    if digest(head) == position.head and digest(tail) == position.tail:
        return Opened(stream, head, tail)
    stream.close()
    return None


class Neighbour(NamedTuple):
    """A rotated file, opened; `inode` is its own whatever it is called by now."""

    inode: int
    written: int        # nanoseconds of its last writing
    opened: Opened


class Neighbours:
    """The rotated files beside a path: `app.log.1`, `app.log-20260103.gz`, `app-2026-01-03.log`."""

    def __init__(self, path: str):
        self._folder, name = os.path.split(os.path.abspath(path))
        stem, suffix = os.path.splitext(name)
        self._pattern = re.compile(rf"{re.escape(name)}[.\-_](?:\d[\w.:\-]*?|old|prev|bak|rotated){_SUFFIX}|{re.escape(stem)}[.\-_]\d[\w:\-]*{re.escape(suffix)}{_SUFFIX}")
        self._known: set[int] = set()

    def entries(self) -> list[tuple[int, str]]:
        """(inode, path) of each that is there now."""
        try:
            with os.scandir(self._folder) as found:
                return [(entry.inode(), entry.path) for entry in found if self._pattern.fullmatch(entry.name)]
        except FileNotFoundError:
            return []

    def know(self, inodes: set[int]) -> None:
        """These hold nothing new: what `inodes` gave before the path was opened. What is rotated away later is new."""
        self._known = inodes

    def inodes(self) -> set[int]:
        """Those that are there now."""
        return {inode for inode, _ in self.entries()}

    def matching(self, position: Position) -> Neighbour | None:
        """The one that a position is of, opened there."""
        for inode, place in sorted(self.entries()):
            if (found := self._opened(inode, place, position)):
                return found
        return None

    def new(self, since: int, heads: list[bytes], left: int, standing: int) -> list[Neighbour]:
        """Those that are not known and were written since then, the oldest first, but for copies of files that begin with
        one of `heads`, the file that was just left and the one that stands at the path. They are known from then on.
        Looked for until nothing more is found: they may be renamed while we look."""
        taken: dict[int, Neighbour] = {}
        self._known.add(left)
        while True:
            there = self.entries()
            fresh = [(inode, place) for inode, place in there if inode not in self._known and inode not in taken and inode != standing]
            for inode, place in fresh:
                found = self._opened(inode, place, Position())
                if found is None:
                    continue        # it has another name by now
                if found.written < since or _begins(place, heads):
                    self._known.add(inode)
                    found.opened.stream.close()
                else:
                    taken[inode] = found
            if not fresh:
                self._known = {inode for inode, _ in there if inode in self._known} | taken.keys() | {left}
                return sorted(taken.values(), key=lambda one: one.written)

    @staticmethod
    def _opened(inode: int, place: str, position: Position) -> Neighbour | None:
        """A file at a position, None when it is not there any more, or is not that file."""
        try:
            raw = io.FileIO(place)
        except OSError:
            return None
        about = os.fstat(raw.fileno())
        opened = opened_at(raw, place, position) if about.st_ino == inode else None
        if opened is None:
            raw.close()
            return None
        return Neighbour(inode, about.st_mtime_ns, opened)


def _begins(place: str, heads: list[bytes]) -> bool:
    """Whether a file begins with what another one began with."""
    try:
        opened = open_at(place, Position())
    except UserError:
        return False
    with opened.stream as stream:
        start = stream.read(PROOF)
    return any(head and start.startswith(head) for head in heads)
