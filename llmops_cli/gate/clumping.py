"""How much more estimates vary than those of independent replies would: by time, by user, by conversation."""

from math import log2, sqrt
from operator import add, mul
from typing import NamedTuple, Sequence

from .columns import Column, Side
from .design import FEWEST_UNITS, Pair
from .ledger import Cell

FEWEST_BLOCKS = 12
BEYOND = 2.5            # standard deviations that a ratio of variances lies above 1 before it is more than chance


class Memory(NamedTuple):
    """What blocks of time tell of how replies hang together."""

    ratio: float            # variance of a difference over that of independent replies, 1 or more
    sign: float             # standard deviations by which blocks of some length differ more than chance makes them, 0 or more


NO_MEMORY = Memory(1.0, 0.0)


def over_time(column: Column, cells: Sequence[Cell], variance: float) -> Memory:
    """How much more a difference varies than one of independent replies would, from blocks of time of every length.

    With blocks of L replies a side, the ratio of variances is D(L). Where replies resemble those before them it grows with
    L and levels off; for a first-order autoregression D = D(L) (L - 1) / (L - D(L)) is where it ends, exactly for L = 2, and
    ever better for longer blocks when noise is added. The greatest of those is taken among the lengths at which D(L) is
    above what chance makes of 1. Data of little more than one clump show next to nothing of it, so how far any length
    lies above 1 is told too: doubt begins before proof.
    """
    if not variance:
        return NO_MEMORY
    rows = [cell.rows[0] for cell in cells], [cell.rows[1] for cell in cells]
    (n_b, n_c), (s_b, s_c) = map(column.ns, rows), map(column.sums, rows)
    fewer = min(sum(n_b), sum(n_c))
    most, sign, before = 1.0, 0.0, 0.0
    while len(n_b) >= FEWEST_BLOCKS:
        if fewer >= 2 * len(n_b):
            ratio, length, k = _ratio(n_b, n_c, s_b, s_c, variance)
            above = (ratio - 1) / sqrt(2 / k) if k >= FEWEST_BLOCKS else 0.0
            sign = max(sign, above)
            if above > BEYOND:
                levelled = ratio * (length - 1) / (length - ratio) if ratio < 0.9 * length else 10 * ratio
                most = max(most, levelled * (1 + 2 / k))
                if before and k < 2 * FEWEST_BLOCKS:
                    # Still growing where the blocks end: so it goes on, up to all that there is.
                    growth = min(2.0, max(1.0, (ratio - 1) / before))
                    most = max(most, 1 + (ratio - 1) * growth ** log2(k))
            before = ratio - 1 if ratio > 1 + BEYOND * sqrt(2 / k) else 0.0
        n_b, n_c, s_b, s_c = (_paired(values) for values in (n_b, n_c, s_b, s_c))
    return Memory(most, sign)


def _ratio(n_b: Sequence[float], n_c: Sequence[float], s_b: Sequence[float], s_c: Sequence[float], variance: float) -> tuple[float, float, int]:
    """D(L), L (replies in a block of the side that has fewer: the variance is mostly its own) and the number of blocks that
    both sides are in."""
    weights, differences = [], []
    baseline = candidate = 0.0
    for x, y, total_x, total_y in zip(n_b, n_c, s_b, s_c):
        if x and y:
            baseline += x
            candidate += y
            weights.append(x * y / (x + y))
            differences.append(total_y / y - total_x / x)
    k, information = len(weights), sum(weights)
    if k < 2:
        return 1.0, 1.0, k
    middle = sum(weight * one for weight, one in zip(weights, differences)) / information
    squares = sum((weight * (one - middle)) ** 2 for weight, one in zip(weights, differences))
    return k / (k - 1) * squares / (information * variance), min(baseline, candidate) / k, k


def _paired(values: list[float]) -> list[float]:
    sums = list(map(add, values[::2], values[1::2]))
    return sums + [values[-1]] if len(values) % 2 else sums


def of_units(column: Column, buckets: list[Pair], sides: list[Side]) -> float:
    b, c = sides
    independent = c.variance / c.n + b.variance / b.n
    k = len(buckets)
    if k < FEWEST_UNITS or not independent:
        return 1.0
    # A bucket of one who talks all day weighs more than the others: as many even ones would say as much.
    rows = [pair[0] for pair in buckets], [pair[1] for pair in buckets]
    counts = n_b, n_c = column.ns(rows[0]), column.ns(rows[1])
    if any(sum(one) < 0.9 * side.n for one, side in zip(counts, sides)):
        return 1.0          # opinions whose users are not known, say
    even = min(map(_evenly, counts))
    s_b, s_c = map(column.sums, rows)
    total = 0.0
    for n_x, n_y, s_x, s_y in zip(n_b, n_c, s_b, s_c):
        residual = (s_y - n_y * c.mean) / c.n - (s_x - n_x * b.mean) / b.n
        total += residual * residual
    ratio = k / (k - 1) * total / independent
    return ratio * (1 + 4 / even) if ratio > 1 + 1.5 * sqrt(2 / k) else 1.0


def _evenly(counts: Sequence[float]) -> float:
    """How many equal counts would be spread as these are.

    >>> _evenly([5, 5, 5]), _evenly([10, 0, 0])
    (3.0, 1.0)
    """
    return sum(counts) ** 2 / sum(map(mul, counts, counts))
