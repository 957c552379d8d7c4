"""What is new in files that grow: where the last look ended in each, and from there on."""

import os
from typing import Any, BinaryIO, Callable, Iterator
from zlib import crc32

from .. import storage
from ..jsonl import BadLine, parse

HEAD = 512              # bytes at the beginning by which a file is known again
_PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ")


class Followed:
    """Files and how far each was read. A compressed file, a pipe or a remote object is read whole each time."""

    def __init__(self, places: dict[str, Any] | None = None):
        self.places: dict[str, list[int]] = {str(path): [int(number) for number in place] for path, place in (places or {}).items()}
        if any(len(place) != 4 for place in self.places.values()):
            raise ValueError("places")
        self.replaced: list[str] = []       # files in the place of those that were read before

    def open_sources(self, address: str, on_wait: Callable[[], None] | None) -> Iterator[storage.Source]:
        """The source of an address, beginning where the last look ended."""
        path = os.path.realpath(address)
        if address == "-" or not os.path.isfile(path):
            yield storage.open_source(address, on_wait)
            return
        with storage.reading(address):
            file = open(path, "rb")
        head = file.read(HEAD)
        if head.startswith(_PACKED):
            file.close()
            yield storage.open_source(address, on_wait)
            return
        size = os.fstat(file.fileno()).st_size
        position, line, length, known = self.places.get(path, (0, 0, 0, 0))
        if position > size or length > len(head) or crc32(head[:length]) != known:
            position = line = 0         # another file of that name, or the same cut short: from its beginning
            self.replaced.append(address)
        file.seek(position)
        grown = _Grown(file, position, line, lambda position, line: self._remember(path, position, line, head))
        yield storage.Source(address, grown, size - position, lambda: grown.position - position, line)

    def _remember(self, path: str, position: int, line: int, head: bytes) -> None:
        head = head[:min(HEAD, position)]
        self.places[path] = [position, line, len(head), crc32(head)]


class _Grown:
    """The lines of a file from a position on; a last line that is not whole yet is left for the next look."""

    def __init__(self, file: BinaryIO, position: int, line: int, remember: Callable[[int, int], None]):
        self._file, self.position, self._line, self._remember = file, position, line, remember

    def __enter__(self) -> "_Grown":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[bytes]:
        for raw in self._file:
            if raw[-1:] != b"\n" and not _whole(raw):
                break
            self.position += len(raw)
            self._line += 1
            yield raw
        self._remember(self.position, self._line)


def _whole(raw: bytes) -> bool:
    try:
        return bool(parse(raw))
    except BadLine:
        return False
