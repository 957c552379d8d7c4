"""Items in order of time, whatever the order they come in and however many there are: what does not fit is sorted on disk."""

import marshal
import tempfile
from bisect import bisect_right
from typing import BinaryIO, Iterator

from ..storage import writing
from .ledger import Item

HELD = 1 << 16          # items in memory
BLOCK = 1 << 12         # items that are written and read at a time


class Sorter:
    """Takes items in any order and gives them back in lists, in order. Temporary files have no name."""

    def __init__(self, held: int = HELD):
        self._items: list[Item] = []
        self._held = held
        self._runs: list[_Run] = []

    def add(self, item: Item) -> None:
        self._items.append(item)
        if len(self._items) >= self._held:
            self._spill()

    def in_order(self) -> Iterator[list[Item]]:
        """All items; may be asked for more than once."""
        self._items.sort()
        if not self._runs:
            if self._items:
                yield self._items
            return
        if self._items:
            self._spill()
        # Blocks of every run are held at a time: what lies up to the earliest of their ends can be followed by nothing.
        blocks = [_Blocks(run.blocks()) for run in self._runs]
        while blocks := [one for one in blocks if one.items]:
            bound = min(one.items[-1] for one in blocks)
            merged: list[Item] = []
            for one in blocks:
                one.take(bound, merged)
            merged.sort()
            yield merged

    def _spill(self) -> None:
        self._items.sort()
        with writing("a temporary file"):
            self._runs.append(_Run(self._items))
        self._items = []


class _Run:
    """Sorted items on disk."""

    def __init__(self, items: list[Item]):
        self._file: BinaryIO = tempfile.TemporaryFile()
        self._sizes = []
        for at in range(0, len(items), BLOCK):
            packed = marshal.dumps(items[at:at + BLOCK], 2)
            self._file.write(packed)
            self._sizes.append(len(packed))
        self._file.flush()

    def blocks(self) -> Iterator[list[Item]]:
        place = 0
        for size in self._sizes:
            self._file.seek(place)      # runs take turns, and one may be read twice at a time
            place += size
            yield marshal.loads(self._file.read(size))


class _Blocks:
    """The block of a run that is being merged."""

    def __init__(self, source: Iterator[list[Item]]):
        self._source = source
        self.items = next(source, [])
        self._at = 0

    def take(self, bound: Item, merged: list[Item]) -> None:
        """Move all items up to `bound` to `merged`."""
        end = bisect_right(self.items, bound, self._at)
        merged += self.items[self._at:end]
        self._at = end
        if end >= len(self.items):
            self.items, self._at = next(self._source, []), 0
