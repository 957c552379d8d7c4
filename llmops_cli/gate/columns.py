"""Where a metric's numbers stand in the rows of a ledger, and what they say of one side."""

from typing import Iterable, NamedTuple

from . import metrics
from .ledger import Row
from .metrics import OWN_LOG, OWN_LOG2, OWN_NOT_POSITIVE, OWN_OTHER, OWN_SUM, OWN_SUM2, PARTS, UNIT, Metric


class Column(NamedTuple):
    """Where a metric's numbers stand in a row, once it is known what they are."""

    metric: Metric
    kind: str
    trials: int
    total: int
    squares: int
    unit: float             # what a sum is divided by
    flipped: bool           # events are the good ones: the others are counted

    def ns(self, rows: Iterable[Row]) -> list[int]:
        """How many values each row holds."""
        at = self.trials
        return [row[at] for row in rows]

    def sums(self, rows: Iterable[Row]) -> list[float]:
        """The sum of each row, as `sum` says."""
        if self.flipped and self.kind == "share":
            return list(map(self.sum, rows))
        at, unit = self.total, self.unit
        return [row[at] / unit for row in rows] if unit != 1 else [row[at] for row in rows]

    def n(self, row: Row) -> int:
        """How many values a row holds."""
        return row[self.trials]

    def sum(self, row: Row) -> float:
        """Sum of a row: events of a share (the bad ones), sum of values otherwise."""
        total = row[self.total] / self.unit if self.unit != 1 else row[self.total]
        return row[self.trials] - total if self.flipped and self.kind == "share" else total


def column_of(metric: Metric, sums: list[Row]) -> Column | None:
    """Where to read a metric; for one of the user's own, what its values turn out to be on both sides together."""
    if metric.name == "length" and all(row[metrics.SIZED] for row in sums):
        shares = [row[metrics.IN_TOKENS] / row[metrics.SIZED] for row in sums]
        if abs(shares[0] - shares[1]) > 0.05:
            return None         # tokens on one side and characters on the other
    if metric.kind == "share":
        return Column(metric, "share", metric.trials, metric.total, -1, 1, False)
    if metric.kind == "ratio":
        return Column(metric, "ratio", metric.trials, metric.total, metric.squares, UNIT, False)
    at = metric.trials
    both = [one + other for one, other in zip(*(row[at:at + metrics.OWN_WIDTH] for row in sums))]
    if not both[0]:
        return None
    if not both[OWN_OTHER]:
        # Sums stand in PARTS: the events of a yes/no are counted from them.
        return Column(metric, "share", at, at + OWN_SUM, -1, PARTS, metric.higher_is_better)
    mean, square = both[OWN_SUM] / both[0], both[OWN_SUM2] / both[0]
    if not both[OWN_NOT_POSITIVE] and square > 2 * mean * mean:     # spread beyond the mean: a heavy tail
        return Column(metric, "ratio", at, at + OWN_LOG, at + OWN_LOG2, UNIT, metric.higher_is_better)
    return Column(metric, "mean", at, at + OWN_SUM, at + OWN_SUM2, PARTS, metric.higher_is_better)


class Side(NamedTuple):
    """One side of a metric over everything compared."""

    n: int
    mean: float
    variance: float         # of one value
    spread: bool            # whether there was more than one value


def side_of(column: Column, row: Row) -> Side:
    n = row[column.trials]
    mean = column.sum(row) / n
    if column.kind == "share":
        near = (mean * n + 1) / (n + 2)         # Agresti and Coull: no share is certain
        return Side(n, mean, near * (1 - near), 0 < mean < 1)
    square = row[column.squares] / (column.unit * column.unit)
    variance = max(0.0, (square - n * mean * mean) / max(1, n - 1))
    exact = n * row[column.squares] > row[column.total] ** 2
    return Side(n, mean, variance if exact else 0.0, exact)
