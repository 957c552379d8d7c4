"""Tallies by group, more of them than memory holds: sorted runs in temporary files, added up when they are read."""

import heapq
import marshal
import tempfile
from itertools import groupby
from operator import itemgetter
from typing import BinaryIO, Iterator

from ..storage import writing
from .tally import Tally

Group = tuple[str, ...]
EMPTY, GROWTH = 2200, 600      # bytes that a new tally takes, and about what one grows by before it is asked for again
of_group = itemgetter(0)


class Tallies:
    """The tally of each group; more than `memory` bytes of them go to disk. As adding is exact, nothing changes by it."""

    def __init__(self, memory: int | None):
        self._memory, self._unseen = memory, 0
        self._held: dict[Group, Tally] = {}
        self._runs: list[BinaryIO] = []

    def merge(self, group: Group, tally: Tally) -> None:
        """Add a tally to that of its group."""
        self._look(tally.weight)
        self.of(group).merge(tally)

    def of(self, group: Group) -> Tally:
        """The tally of a group, to be added to at once."""
        self._look(GROWTH if group in self._held else EMPTY)        # which may send all that is held to disk
        tally = self._held.get(group)
        if tally is None:
            tally = self._held[group] = Tally()
        return tally

    def _look(self, grown: int) -> None:
        """Send what is held to disk when it is too much. Weighing it takes time, so it is done when much may have changed."""
        self._unseen += grown
        if self._memory and self._unseen > self._memory // 4:
            self._unseen = 0
            if sum(tally.weight for tally in self._held.values()) > self._memory * 3 // 4:
                self._to_disk()

    @property
    def spilled(self) -> bool:
        return bool(self._runs)

    def _to_disk(self) -> None:
        with writing(f"temporary files in {tempfile.gettempdir()}"):
            run = tempfile.TemporaryFile(buffering=1 << 16)
            for group in sorted(self._held):
                run.write(_framed((group, self._held[group].packed())))
            run.flush()
        self._runs.append(run)
        self._held.clear()

    def sorted(self) -> Iterator[tuple[Group, Tally]]:
        """Each group once, sorted, with all that was counted of it."""
        held = ((group, self._held[group]) for group in sorted(self._held))
        if not self._runs:
            yield from held
            return
        for group, parts in groupby(heapq.merge(held, *map(_read, self._runs), key=of_group), key=of_group):
            total = next(parts)[1]
            if total is self._held.get(group):      # which stays as it is: it may be asked for again
                total = Tally.unpacked(total.packed())
            for _, part in parts:
                total.merge(part)
            yield group, total


def _framed(value: tuple) -> bytes:
    data = marshal.dumps(value)
    return len(data).to_bytes(4, "little") + data


def _read(run: BinaryIO) -> Iterator[tuple[Group, Tally]]:
    run.seek(0)
    while size := run.read(4):
        group, tally = marshal.loads(run.read(int.from_bytes(size, "little")))
        yield group, Tally.unpacked(tally)
