"""Differences between two releases from the sums of a ledger, and how sure they are when replies hang together.

Both sides at the same time are compared stretch by stretch, so that neither a growing share of the candidate nor the hour
of the day can pass for a difference. How much more the stretches (and the users, and the conversations) differ than
independent replies would is measured, and widens what follows.
"""

from math import exp, log, sqrt
from operator import add
from typing import NamedTuple, Sequence

from . import metrics
from .ledger import BASELINE, BUCKETS, CANDIDATE, Cell, Ledger, Row
from .metrics import OWN_LOG, OWN_LOG2, OWN_NOT_POSITIVE, OWN_OTHER, OWN_SUM, OWN_SUM2, PARTS, REPLIES, UNIT, Metric, Plan

FINEST = 40             # blocks of time; 20 are pairs of these
ARM_BLOCKS = 10         # blocks of time of each side when the sides follow each other
FEWEST_UNITS = 8        # filled buckets on a side before they say something of how its replies hang together


class Effect(NamedTuple):
    """How a metric of the candidate stands to the baseline's. `difference` and all that follows count worse as positive."""

    metric: Metric
    kind: str               # "share", "ratio" (difference of logs) or "mean"
    baseline: float         # as people read it: a share, a geometric mean, a mean
    candidate: float
    trials: tuple[int, int]
    difference: float       # on the scale of the evidence: points of a share, logarithms, the metric's own unit
    variance: float
    clumping: float         # variance over that of independent replies, 1 or more
    margin: float           # the tolerance on the same scale
    scale: float            # the harm worth finding
    strata: tuple[tuple[float, float, float], ...]     # of a share: events of each side, part of the candidate
    constant: bool          # all values are one value


class Comparison(NamedTuple):
    """Two releases at a moment."""

    design: str             # "concurrent", "sequential"
    by_hour: bool           # sequential, and compared hour of the day by hour of the day
    n: tuple[int, int]
    effects: tuple[Effect, ...]
    steadiness: float       # 1 when the candidate's part of the traffic never changed, towards 0 when the sides take turns


class Column(NamedTuple):
    """Where a metric's numbers stand in a row, once it is known what they are."""

    metric: Metric
    kind: str
    trials: int
    total: int
    squares: int
    unit: float             # what a sum is divided by
    flipped: bool           # events are the good ones: the others are counted


def compare(ledger: Ledger, plan: Plan) -> Comparison:
    """What is known now of every metric that both sides have."""
    cells, design, steadiness = _overlap(ledger)
    sums = [_total([cell.rows[side] for cell in cells], plan.width) for side in (BASELINE, CANDIDATE)]
    n = sums[0][REPLIES], sums[1][REPLIES]
    if design == "concurrent":
        blocks = blocks_of(cells, FINEST)
        arms: list[list[Row]] = []
        hours = None
    else:
        blocks = [(sums[0], sums[1])]
        arms = [[block[side] for block in blocks_of(cells, ARM_BLOCKS, side)] for side in (BASELINE, CANDIDATE)]
        hours = _hours(cells, ledger)
    units = [] if design == "sequential" and hours else _units(ledger, sums)
    effects = []
    for metric in plan.metrics:
        column = _column(metric, sums)
        if column and min(_trials(column, row) for row in sums) > 0:
            effects.append(_sequential(column, sums, arms, hours, units) if design == "sequential" else _concurrent(column, sums, blocks, units))
    return Comparison(design, bool(hours), n, tuple(effects), steadiness)


# What is compared with what -------------------------------------------------------------------------------------------

def _overlap(ledger: Ledger) -> tuple[list[Cell], str, float]:
    """The cells to compare, the design, and how much information sharing the time gives, of what a steady split would."""
    cells = ledger.cells
    if ledger.spans[0] is None or ledger.spans[1] is None:
        return cells, "concurrent", 1.0
    first = max(span[0] for span in ledger.spans)
    last = min(span[1] for span in ledger.spans)
    begin = max((at for at, cell in enumerate(cells) if cell.start <= first), default=0)
    shared = [cell for cell in cells[begin:] if cell.start <= last]
    counts = [(cell.rows[0][REPLIES], cell.rows[1][REPLIES]) for cell in shared]
    inside = sum(candidate for _, candidate in counts)
    if last < first or inside * 2 < ledger.total(CANDIDATE):
        return cells, "sequential", 0.0
    b, c = sum(one for one, _ in counts), inside
    if not b or not c:
        return cells, "sequential", 0.0
    blocks = blocks_of(shared, 20)
    information = sum(x[REPLIES] * y[REPLIES] / (x[REPLIES] + y[REPLIES]) for x, y in blocks if x[REPLIES] + y[REPLIES])
    steadiness = min(1.0, information * (b + c) / (b * c))
    return (shared, "concurrent", steadiness) if steadiness >= 0.5 else (cells, "sequential", steadiness)


def blocks_of(cells: Sequence[Cell], wanted: int, of: int | None = None) -> list[tuple[Row, Row]]:
    """The cells in order as `wanted` blocks of nearly as many replies each (of one side's replies, if `of` says which)."""
    counts = [cell.rows[0][REPLIES] + cell.rows[1][REPLIES] if of is None else cell.rows[of][REPLIES] for cell in cells]
    total, seen = sum(counts), 0
    groups: list[list[Cell]] = [[] for _ in range(wanted)]
    for cell, count in zip(cells, counts):
        groups[min(wanted - 1, (2 * seen + count) * wanted // (2 * total) if total else 0)].append(cell)
        seen += count
    width = len(cells[0].rows[0]) if cells else 0
    return [(_total([cell.rows[0] for cell in group], width), _total([cell.rows[1] for cell in group], width)) for group in groups]


def _hours(cells: Sequence[Cell], ledger: Ledger) -> list[tuple[Row, Row]] | None:
    """Rows by hour of the day when the baseline knows the hours that the candidate ran in: it spans most of a day and has
    replies in the hours of nine in ten of the candidate's. None when it does not."""
    span = ledger.spans[BASELINE]
    if span is None or span[1] - span[0] < 20 * 3600:
        return None
    width = ledger.width
    hours: list[tuple[Row, Row]] = [([0] * width, [0] * width) for _ in range(24)]
    for at, cell in enumerate(cells):
        end = cells[at + 1].start if at + 1 < len(cells) else ledger.last
        if end - cell.start > 4 * 3600:
            return None
        known = hours[int((cell.start + end) / 2 // 3600) % 24]
        for side in (BASELINE, CANDIDATE):
            known[side][:] = map(add, known[side], cell.rows[side])
    candidate = sum(row[REPLIES] for _, row in hours)
    matched = sum(row[REPLIES] for base, row in hours if base[REPLIES] >= 20)
    return hours if candidate and matched >= 0.9 * candidate else None


def _units(ledger: Ledger, sums: list[Row]) -> list[list[tuple[Row, Row]]]:
    """Rows by bucket of users and of conversations, where most replies name one and there are enough."""
    empty = [0] * ledger.width
    found = []
    for buckets in ledger.units:
        sides = [[row for row in buckets[side * BUCKETS:(side + 1) * BUCKETS]] for side in (BASELINE, CANDIDATE)]
        filled = [[row for row in side if row] for side in sides]
        named = [sum(row[REPLIES] for row in side) for side in filled]
        if min(map(len, filled)) >= FEWEST_UNITS and all(named[side] >= 0.9 * sums[side][REPLIES] for side in (BASELINE, CANDIDATE)):
            found.append([(one or empty, other or empty) for one, other in zip(*sides) if one or other])
    return found


def _total(rows: Sequence[Row], width: int) -> Row:
    return list(map(sum, zip(*rows))) if rows else [0] * width


# One metric -----------------------------------------------------------------------------------------------------------

def _column(metric: Metric, sums: list[Row]) -> Column | None:
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


def _trials(column: Column, row: Row) -> int:
    return row[column.trials]


def _events(column: Column, row: Row) -> float:
    """Sum of a row: events of a share (the bad ones), sum of values otherwise."""
    total = row[column.total] / column.unit if column.unit != 1 else row[column.total]
    return row[column.trials] - total if column.flipped and column.kind == "share" else total


class _Side(NamedTuple):
    """One side of a metric over everything compared."""

    n: int
    mean: float
    variance: float         # of one value
    spread: bool            # whether there was more than one value


def _side(column: Column, row: Row) -> _Side:
    n = row[column.trials]
    mean = _events(column, row) / n
    if column.kind == "share":
        near = (mean * n + 1) / (n + 2)         # Agresti and Coull: no share is certain
        return _Side(n, mean, near * (1 - near), 0 < mean < 1)
    square = row[column.squares] / (column.unit * column.unit)
    variance = max(0.0, (square - n * mean * mean) / max(1, n - 1))
    exact = n * row[column.squares] > row[column.total] ** 2
    return _Side(n, mean, variance if exact else 0.0, exact)


def _effect(column: Column, sides: list[_Side], difference: float, variance: float, clumping: float,
            strata: tuple[tuple[float, float, float], ...]) -> Effect:
    metric, kind = column.metric, column.kind
    tolerance = metric.tolerance
    baseline, candidate = sides[0].mean, sides[1].mean
    if column.flipped and kind != "share":
        difference = -difference
    if kind == "share":
        margin = tolerance.value * max(baseline, 1 / (sides[0].n + 2)) if tolerance.relative else tolerance.value
        scale = 2 * margin
    elif kind == "ratio":
        margin = -log(1 - min(tolerance.value, 0.99)) if column.flipped else log(1 + tolerance.value)
        scale = HARMS.get(metric.name, 2.0) * margin
    else:
        pooled = sqrt(max(sides[0].variance, sides[1].variance))
        margin = tolerance.value * abs(baseline) if tolerance.relative else tolerance.value
        margin = margin or 0.1 * pooled
        scale = 2 * margin
    if kind == "ratio":
        baseline, candidate = exp(baseline), exp(candidate)
    elif column.flipped and kind == "share":
        baseline, candidate = 1 - baseline, 1 - candidate
    constant = kind != "share" and not sides[0].spread and not sides[1].spread
    return Effect(metric, kind, baseline, candidate, (sides[0].n, sides[1].n), difference, variance, clumping, margin, scale, strata, constant)


# Harm worth finding as a multiple of the tolerance: 20 % of latency for 10 %, 30 % of cost for 10 %.
HARMS = {"latency": 1.91, "cost": 2.75, "length": 1.15}


def _concurrent(column: Column, sums: list[Row], blocks: list[tuple[Row, Row]], units: list[list[tuple[Row, Row]]]) -> Effect:
    sides = [_side(column, row) for row in sums]
    b, c = sides
    halves = [tuple(list(map(add, one[side], other[side])) for side in (0, 1)) for one, other in zip(blocks[::2], blocks[1::2])]
    # Strata as fine as the data allow: a stretch with one side only says nothing.
    total = b.n + c.n
    fewer = min(b.n, c.n)
    strata = halves if fewer >= 200 else _joined(halves, 4) if fewer >= 60 else _joined(halves, 10) if fewer >= 20 else [tuple(sums)]
    difference, information = _stratified(column, strata)
    within = _within(column, strata, sides)
    pooled = (within[0] * b.n + within[1] * c.n) / total
    crossed = (within[1] * b.n + within[0] * c.n) / total      # s_c^2/n_c + s_b^2/n_b over 1/n_c + 1/n_b
    clumping = 1.0
    for parts in (blocks, halves):
        clumping = max(clumping, _clumping(*_contributions(column, parts), pooled))
    for buckets in units:
        clumping = max(clumping, _clumping_of_units(column, buckets, sides))
    variance = max(pooled, crossed) / information * clumping if information else float("inf")
    trials = ()
    if column.kind == "share":
        trials = tuple((_events(column, y), _events(column, x), y[column.trials] / (x[column.trials] + y[column.trials]))
                       for x, y in strata if x[column.trials] and y[column.trials] and _events(column, x) + _events(column, y))
    return _effect(column, sides, difference, variance, clumping, trials)


def _joined(parts: Sequence[tuple[Row, Row]], many: int) -> list[tuple[Row, Row]]:
    return [tuple(_total([part[side] for part in parts[at:at + many]], 0) for side in (0, 1)) for at in range(0, len(parts), many)]


def _stratified(column: Column, strata: Sequence[tuple[Row, Row]]) -> tuple[float, float]:
    """Difference of means, stretch by stretch, each weighted by the information in it (n_c n_b / (n_c + n_b)), and their sum."""
    total = weighted = 0.0
    for x, y in strata:
        n_x, n_y = x[column.trials], y[column.trials]
        if n_x and n_y:
            weight = n_x * n_y / (n_x + n_y)
            total += weight
            weighted += weight * (_events(column, y) / n_y - _events(column, x) / n_x)
    return (weighted / total if total else 0.0), total


def _within(column: Column, strata: Sequence[tuple[Row, Row]], sides: list[_Side]) -> tuple[float, float]:
    """Variance of one value on each side, what differs between stretches left out."""
    if column.kind == "share":
        return sides[0].variance, sides[1].variance
    made = []
    for side in (0, 1):
        squares = freedom = 0.0
        for stratum in strata:
            row = stratum[side]
            n = row[column.trials]
            if n > 1:
                mean = row[column.total] / column.unit / n
                squares += max(0.0, row[column.squares] / (column.unit * column.unit) - n * mean * mean)
                freedom += n - 1
        made.append(squares / freedom if freedom else sides[side].variance)
    return made[0], made[1]


def _contributions(column: Column, parts: Sequence[tuple[Row, Row]]) -> tuple[list[float], float]:
    """What each block adds to the difference, beyond its share, and the information of all."""
    difference, information = _stratified(column, parts)
    residuals = []
    for x, y in parts:
        n_x, n_y = x[column.trials], y[column.trials]
        if n_x and n_y:
            weight = n_x * n_y / (n_x + n_y) / information
            residuals.append(weight * (_events(column, y) / n_y - _events(column, x) / n_x - difference))
    return residuals, information


def _clumping(residuals: list[float], information: float, variance: float) -> float:
    """Variance between blocks over that of independent values; 1 when chance alone could make it as large."""
    k = len(residuals)
    if k < 8 or not variance:
        return 1.0
    return _beyond_chance(k / (k - 1) * sum(one * one for one in residuals) * information / variance, k)


def _clumping_of_units(column: Column, buckets: list[tuple[Row, Row]], sides: list[_Side]) -> float:
    b, c = sides
    independent = c.variance / c.n + b.variance / b.n
    k = len(buckets)
    if k < FEWEST_UNITS or not independent:
        return 1.0
    total = 0.0
    for x, y in buckets:
        residual = (_events(column, y) - y[column.trials] * c.mean) / c.n - (_events(column, x) - x[column.trials] * b.mean) / b.n
        total += residual * residual
    return _beyond_chance(k / (k - 1) * total / independent, k)


def _beyond_chance(ratio: float, k: int) -> float:
    """A ratio of variances from k blocks, widened for its own error, if it is above what chance makes of 1."""
    return ratio * (1 + 2 / k) if ratio > 1 + 1.5 * sqrt(2 / k) else 1.0


def _sequential(column: Column, sums: list[Row], arms: list[list[Row]], hours: list[tuple[Row, Row]] | None,
                units: list[list[tuple[Row, Row]]]) -> Effect:
    """One side after the other: what drifts between blocks of time does not average out, so its variance is not divided."""
    sides = [_side(column, row) for row in sums]
    b, c = sides
    difference = c.mean - b.mean
    if hours:
        matched, information = _stratified(column, [hour for hour in hours if hour[0][column.trials] >= 20])
        difference = matched if information else difference
    independent = max(b.variance / b.n + c.variance / c.n, (b.variance * b.n + c.variance * c.n) / (b.n + c.n) * (1 / b.n + 1 / c.n))
    drift = 0.0
    for side, blocks in zip(sides, arms):
        means = [(_events(column, row) / row[column.trials], row[column.trials]) for row in blocks if row[column.trials] >= 5]
        if len(means) >= 5:
            middle = sum(mean for mean, _ in means) / len(means)
            between = sum((mean - middle) ** 2 for mean, _ in means) / (len(means) - 1)
            chance = sum(side.variance / n for _, n in means) / len(means)
            drift = max(drift, between - chance)
    clumping = 1.0
    for buckets in units:
        clumping = max(clumping, _clumping_of_units(column, buckets, sides))
    variance = independent * clumping + 2 * max(0.0, drift)
    return _effect(column, sides, difference, variance, variance / independent if independent else 1.0, ())
