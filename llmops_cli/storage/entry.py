"""What a store knows of a file."""

from typing import NamedTuple


class Entry(NamedTuple):
    """A file's address, its size in bytes, a mark that changes with its content, and when it changed (seconds since 1970)."""

    address: str
    size: int
    etag: str
    changed: float
