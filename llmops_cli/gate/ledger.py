"""Sums of rows, by time and by unit: all that a verdict needs of any number of replies, in bounded memory.

By time: at most 1,024 cells of as many rows each, in order; when they are full, neighbours are joined. By unit: users and
conversations, each hashed into one of 64 buckets. All sums are of whole numbers, so they do not depend on where looks end.
"""

from bisect import bisect_right
from operator import add
from typing import Any, Iterable, Sequence

from . import metrics
from .metrics import LATENCY, TIMED, UNIT, Plan

CELLS = 1024
BUCKETS = 64
BASELINE, CANDIDATE = 0, 1
BIN = 32                # units of 1/4096 in a bin of the baseline's latencies: 0.8 %
TAIL_FROM = 100         # latencies of the baseline before a reply is held against their p95

Row = list[int]


# An item is a reply (or an opinion that came later) on its way into the ledger: seconds since 1970; a text that orders
# items of one time the same in every run; its side (while reading, the number of its release); the buckets of its user and
# of its conversation, -1 for none; its row without the two columns of the tail. A plain tuple: there may be millions.
Item = tuple[float, str, int, int, int, tuple[int, ...]]
TIME, TIE, SIDE, USER, CONVERSATION, ROW = range(6)


class Cell:
    """Rows that follow each other in time, added up for each side."""

    __slots__ = ("start", "rows")

    def __init__(self, start: float, rows: tuple[Row, Row]):
        self.start, self.rows = start, rows


class Ledger:
    """Everything that was read, added up."""

    def __init__(self, plan: Plan):
        self.width = plan.width
        self.cells: list[Cell] = []
        self.cell_size, self._filled = 1, 0
        self.units: list[list[Row | None]] = [[None] * (2 * BUCKETS) for _ in range(2)]    # by user, by conversation
        self.spans: list[list[float] | None] = [None, None]         # first and last time of each side
        self.last = float("-inf")
        self.items = 0
        self.late = 0
        self._latencies: dict[int, int] = {}        # bin -> replies of the baseline
        self._limit: int | None = None              # the baseline's p95, in bins
        self._tail_width = self.width - 2
        self._nothing, self._below, self._above = (0, 0), (1, 0), (1, 1)

    def total(self, side: int, column: int = metrics.REPLIES) -> int:
        return sum(cell.rows[side][column] for cell in self.cells)

    def extend(self, items: Sequence[Item]) -> None:
        """Take items in order of time; those earlier than what is there already go where they belong."""
        if not items:
            return
        rows = self._with_tail(items)
        self._by_unit(items, rows)
        begin = 0
        while begin < len(items) and items[begin][TIME] < self.last:
            self._late(items[begin], rows[begin])
            begin += 1
        self._in_order(items, rows, begin)
        for side in (BASELINE, CANDIDATE):
            times = [item[TIME] for item in items if item[SIDE] == side]
            if times:
                span = self.spans[side]
                low, high = min(times), max(times)
                self.spans[side] = [low, high] if span is None else [min(low, span[0]), max(high, span[1])]
        self.last = max(self.last, items[-1][TIME])
        self.items += len(items)

    def mark(self) -> None:
        """Set the limit of the tail for what comes next: the baseline's p95 so far. Never from what it is held against."""
        count = sum(self._latencies.values())
        if count < TAIL_FROM:
            return
        beyond = count * 0.05
        for bin_ in sorted(self._latencies, reverse=True):
            beyond -= self._latencies[bin_]
            if beyond < 0:
                self._limit = bin_
                return

    def p95(self) -> float | None:
        """The baseline's p95 in milliseconds, None while it is not known."""
        from math import exp
        return None if self._limit is None else exp((self._limit + 0.5) * BIN / UNIT)

    def _with_tail(self, items: Sequence[Item]) -> list[tuple[int, ...]]:
        """Rows with the two columns of the tail; the baseline's latencies are remembered."""
        limit, latencies = self._limit, self._latencies
        nothing, below, above = self._nothing, self._below, self._above
        rows = []
        for item in items:
            row = item[ROW]
            if row[TIMED]:
                bin_ = row[LATENCY] // BIN
                if not item[SIDE]:
                    latencies[bin_] = latencies.get(bin_, 0) + 1
                rows.append(row + (nothing if limit is None else above if bin_ > limit else below))
            else:
                rows.append(row + nothing)
        return rows

    def _by_unit(self, items: Sequence[Item], rows: list[tuple[int, ...]]) -> None:
        for sums, at in zip(self.units, (USER, CONVERSATION)):
            groups: list[list[Sequence[int]]] = [[] for _ in range(2 * BUCKETS)]
            for item, row in zip(items, rows):
                bucket = item[at]
                if bucket >= 0:
                    groups[bucket + BUCKETS * item[SIDE]].append(row)
            for bucket, group in enumerate(groups):
                if group:
                    known = sums[bucket]
                    sums[bucket] = _summed(group) if known is None else _summed([known, *group])

    def _late(self, item: Item, row: tuple[int, ...]) -> None:
        self.late += 1
        place = max(0, bisect_right(self.cells, item[TIME], key=lambda cell: cell.start) - 1)
        cell = self.cells[place]
        cell.start = min(cell.start, item[TIME])
        sums = cell.rows[item[SIDE]]
        sums[:] = map(add, sums, row)

    def _in_order(self, items: Sequence[Item], rows: list[tuple[int, ...]], begin: int) -> None:
        while begin < len(items):
            if not self.cells or self._filled >= self.cell_size:
                if len(self.cells) >= CELLS:
                    self._join()
                self.cells.append(Cell(items[begin][TIME], ([0] * self.width, [0] * self.width)))
                self._filled = 0
            end = min(len(items), begin + self.cell_size - self._filled)
            cell = self.cells[-1]
            if end - begin == 1:
                sums = cell.rows[items[begin][SIDE]]
                sums[:] = map(add, sums, rows[begin]) if self.cell_size > 1 else rows[begin]
            else:
                for side in (BASELINE, CANDIDATE):
                    part: list[Sequence[int]] = [row for item, row in zip(items[begin:end], rows[begin:end]) if item[SIDE] == side]
                    if part:
                        cell.rows[side][:] = _summed([cell.rows[side], *part])
            self._filled += end - begin
            begin = end

    def _join(self) -> None:
        """Join neighbours, so that half as many cells hold twice as much."""
        pairs = zip(self.cells[::2], self.cells[1::2])
        self.cells = [Cell(one.start, tuple(list(map(add, one.rows[side], other.rows[side])) for side in (BASELINE, CANDIDATE)))
                      for one, other in pairs]
        self.cell_size *= 2

    def dump(self) -> dict[str, Any]:
        """All of it as plain values."""
        return {"cells": [[cell.start, *cell.rows] for cell in self.cells], "cell_size": self.cell_size, "filled": self._filled,
                "units": self.units, "spans": self.spans, "last": self.last if self.items else None, "items": self.items, "late": self.late,
                "latencies": sorted(self._latencies.items()), "limit": self._limit}

    @classmethod
    def load(cls, plan: Plan, values: dict[str, Any]) -> "Ledger":
        """The ledger that `dump` wrote. KeyError, TypeError or ValueError when it is none."""
        made = cls(plan)
        made.cells = [Cell(float(start), (_row(baseline, plan), _row(candidate, plan))) for start, baseline, candidate in values["cells"]]
        made.cell_size, made._filled = int(values["cell_size"]), int(values["filled"])
        made.units = [[None if row is None else _row(row, plan) for row in side] for side in values["units"]]
        if [len(side) for side in made.units] != [2 * BUCKETS] * 2:
            raise ValueError("units")
        made.spans = [None if span is None else [float(span[0]), float(span[1])] for span in values["spans"]]
        made.items, made.late = int(values["items"]), int(values["late"])
        made.last = float(values["last"]) if made.items else float("-inf")
        made._latencies = {int(bin_): int(count) for bin_, count in values["latencies"]}
        made._limit = None if values["limit"] is None else int(values["limit"])
        return made


def _row(values: Any, plan: Plan) -> Row:
    if len(values) != plan.width or not all(value.__class__ is int for value in values):
        raise ValueError("row")
    return values


def _summed(rows: Iterable[Sequence[int]]) -> Row:
    return list(map(sum, zip(*rows)))
