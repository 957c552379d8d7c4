"""Differences between two releases from the sums of a ledger, and how sure they are when replies hang together.

Both sides at the same time are compared stretch by stretch, so that neither a growing share of the candidate nor the hour
of the day can pass for a difference. How much more the stretches (and the users, and the conversations) differ than
independent replies would is measured, and widens what follows.
"""

from math import exp, inf, isfinite, log, sqrt
from typing import NamedTuple, Sequence

from . import clumping as clumps
from . import evidence
from .columns import Column, Side, column_of, side_of
from .design import Pair, blocks_of, by_hour, by_unit, overlap, row_of
from .ledger import BASELINE, CANDIDATE, Cell, Ledger, Row
from .metrics import REPLIES, Metric, Plan

STRATA = 20             # stretches of time that are compared
# Replies a side that could all be one clump, for all that is known before there is data. What a machine's load does to
# latencies goes on for longer than most of what makes a reply fail.
YOUTH = 280
YOUTH_OF_EVENTS = 60
# Where replies resemble those before them, data are young for longer: by this much of the square of how many standard
# deviations the sign of it is above DOUBT, up to CERTAIN.
AGEING = 0.3
DOUBT, CERTAIN = 0.5, 5.5
WORTH_A_LOOK = 1.0      # log e-value from which blocks of time are looked into
FEWEST_EVENTS = 5       # events of a share before they are evidence
COMMON = 0.2            # above that share, events are weighed by their difference and not by the ratio of rates
ARM_BLOCKS = 10         # blocks of time of each side when the sides follow each other


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
    caution: float          # what it is widened by besides, because the data are young
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


def compare(ledger: Ledger, plan: Plan, *, thorough: bool = True) -> Comparison:
    """What is known now of every metric that both sides have. Not `thorough`: blocks of time and units are looked into
    only for metrics that might show harm."""
    cells, design, steadiness = overlap(ledger)
    blocks = blocks_of(cells, STRATA)
    sums = [row_of([block[side] for block in blocks], plan.width) if cells else [0] * plan.width for side in (BASELINE, CANDIDATE)]
    n = sums[0][REPLIES], sums[1][REPLIES]
    if design == "concurrent":
        arms: list[list[Row]] = []
        hours = None
    else:
        arms = [[block[side] for block in blocks_of(cells, ARM_BLOCKS, side)] for side in (BASELINE, CANDIDATE)]
        hours = by_hour(cells, ledger)
    units = [] if design == "sequential" and hours else by_unit(ledger, sums)
    effects = []
    for metric in plan.metrics:
        column = column_of(metric, sums)
        if column and min(column.n(row) for row in sums) > 0:
            effects.append(_sequential(column, sums, arms, hours, units) if design == "sequential" else _concurrent(column, sums, blocks, cells, units, thorough))
    return Comparison(design, bool(hours), n, tuple(effects), steadiness)


def harm(effect: Effect) -> float:
    """Log e-value for a metric's being worse than the baseline's."""
    if effect.constant or not isfinite(effect.variance) or effect.variance <= 0:
        return 0.0
    if effect.kind == "share":
        events = sum(candidate + baseline for candidate, baseline, _ in effect.strata)
        if effect.strata and events <= COMMON * sum(effect.trials):
            return evidence.share_is_worse(effect.strata, effect.clumping * effect.caution) if events >= FEWEST_EVENTS else 0.0
    return evidence.mean_is_worse(effect.difference, effect.variance, effect.scale, effect.scale / 2)


def _effect(column: Column, sides: list[Side], difference: float, variance: float, clumping: float, caution: float,
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
    return Effect(metric, kind, baseline, candidate, (sides[0].n, sides[1].n), difference, variance, clumping, caution, margin, scale, strata, constant)


# Harm worth finding as a multiple of the tolerance: 20 % of latency for 10 %, 30 % of cost for 10 %.
HARMS = {"latency": 1.91, "cost": 2.75, "length": 1.15}


def _concurrent(column: Column, sums: list[Row], blocks: list[Pair], cells: Sequence[Cell], units: list[list[Pair]], thorough: bool) -> Effect:
    """Both sides at the same time, stretch by stretch. Blocks of time and units are looked into when something depends on them."""
    sides = [side_of(column, row) for row in sums]
    b, c = sides
    # Strata as fine as the data allow: a stretch with one side only says nothing.
    fewer = min(b.n, c.n)
    strata = blocks if fewer >= 200 else _joined(blocks, 4) if fewer >= 60 else _joined(blocks, 10) if fewer >= 20 else [tuple(sums)]
    difference, information = _stratified(column, strata)
    within = _within(column, strata, sides)
    pooled = (within[0] * b.n + within[1] * c.n) / (b.n + c.n)
    crossed = (within[1] * b.n + within[0] * c.n) / (b.n + c.n)      # s_c^2/n_c + s_b^2/n_b over 1/n_c + 1/n_b
    trials = ()
    if column.kind == "share":
        trials = tuple((column.sum(y), column.sum(x), column.n(y) / (column.n(x) + column.n(y)))
                       for x, y in strata if column.n(x) and column.n(y) and column.sum(x) + column.sum(y))

    youth = YOUTH_OF_EVENTS if column.kind == "share" and column.metric.name != "latency_p95" else YOUTH

    def made(memory: clumps.Memory, among_units: float) -> Effect:
        doubt = max(0.0, min(CERTAIN, memory.sign) - DOUBT)
        young = youth * (1 + AGEING * doubt * doubt)
        caution = 1 + (young / (2 * information)) ** 3 if information else 1.0
        clumping = max(among_units, memory.ratio)
        variance = max(pooled, crossed) / information * clumping * caution if information else inf
        return _effect(column, sides, difference, variance, clumping, caution, trials)

    effect = made(clumps.NO_MEMORY, 1.0)
    if thorough or harm(effect) > WORTH_A_LOOK:
        among_units = max((clumps.of_units(column, buckets, sides) for buckets in units), default=1.0)
        effect = made(clumps.over_time(column, cells, pooled), among_units)
    return effect


def _joined(parts: Sequence[tuple[Row, Row]], many: int) -> list[tuple[Row, Row]]:
    return [tuple(row_of([part[side] for part in parts[at:at + many]], 0) for side in (0, 1)) for at in range(0, len(parts), many)]


def _stratified(column: Column, strata: Sequence[tuple[Row, Row]]) -> tuple[float, float]:
    """Difference of means, stretch by stretch, each weighted by the information in it (n_c n_b / (n_c + n_b)), and their sum."""
    total = weighted = 0.0
    for x, y in strata:
        n_x, n_y = x[column.trials], y[column.trials]
        if n_x and n_y:
            weight = n_x * n_y / (n_x + n_y)
            total += weight
            weighted += weight * (column.sum(y) / n_y - column.sum(x) / n_x)
    return (weighted / total if total else 0.0), total


def _within(column: Column, strata: Sequence[tuple[Row, Row]], sides: list[Side]) -> tuple[float, float]:
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


def _sequential(column: Column, sums: list[Row], arms: list[list[Row]], hours: list[tuple[Row, Row]] | None,
                units: list[list[tuple[Row, Row]]]) -> Effect:
    """One side after the other: what drifts between blocks of time does not average out, so its variance is not divided."""
    sides = [side_of(column, row) for row in sums]
    b, c = sides
    difference = c.mean - b.mean
    if hours:
        matched, information = _stratified(column, [hour for hour in hours if hour[0][column.trials] >= 20])
        difference = matched if information else difference
    independent = max(b.variance / b.n + c.variance / c.n, (b.variance * b.n + c.variance * c.n) / (b.n + c.n) * (1 / b.n + 1 / c.n))
    drift = 0.0
    for side, blocks in zip(sides, arms):
        means = [(column.sum(row) / row[column.trials], row[column.trials]) for row in blocks if row[column.trials] >= 5]
        if len(means) >= 5:
            middle = sum(mean for mean, _ in means) / len(means)
            between = sum((mean - middle) ** 2 for mean, _ in means) / (len(means) - 1)
            chance = sum(side.variance / n for _, n in means) / len(means)
            drift = max(drift, between - chance)
    clumping = 1.0
    for buckets in units:
        clumping = max(clumping, clumps.of_units(column, buckets, sides))
    variance = independent * clumping + 2 * max(0.0, drift)
    return _effect(column, sides, difference, variance, variance / independent if independent else 1.0, 1.0, ())
