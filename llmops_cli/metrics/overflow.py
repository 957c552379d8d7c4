"""Tallies by group, more of them than memory holds: sorted runs in temporary files, added up when they are read."""

import heapq
import pickle
import tempfile
from itertools import groupby
from operator import itemgetter
from typing import BinaryIO, Iterator

from ..storage import writing
from .tally import Tally

Group = tuple[str, ...]
OFTEN = 20_000      # groups asked for between two looks at how much they weigh
of_group = itemgetter(0)


class Tallies:
    """The tally of each group; more than `memory` bytes of them go to disk. As adding is exact, nothing changes by it."""

    def __init__(self, memory: int | None):
        self._memory, self._asked = memory, 0
        self._held: dict[Group, Tally] = {}
        self._runs: list[BinaryIO] = []

    def of(self, group: Group) -> Tally:
        """The tally of a group, to be added to at once."""
        self._asked += 1
        if self._asked > OFTEN:
            self._asked = 0
            if self._memory and sum(tally.weight for tally in self._held.values()) > self._memory:
                self._to_disk()
        tally = self._held.get(group)
        if tally is None:
            tally = self._held[group] = Tally()
        return tally

    @property
    def spilled(self) -> bool:
        return bool(self._runs)

    def _to_disk(self) -> None:
        with writing(f"temporary files in {tempfile.gettempdir()}"):
            run = tempfile.TemporaryFile(buffering=1 << 16)
            for group in sorted(self._held):
                pickle.dump((group, self._held[group].to_json()), run)
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
            total = Tally()
            for _, part in parts:
                total.merge(part)
            yield group, total


def _read(run: BinaryIO) -> Iterator[tuple[Group, Tally]]:
    run.seek(0)
    while True:
        try:
            group, tally = pickle.load(run)
        except EOFError:
            return
        yield group, Tally.from_json(tally)
