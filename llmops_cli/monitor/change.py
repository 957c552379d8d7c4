"""Change of a window against the same window of the day or week before, with the range that chance would give.

Shares: Newcombe's hybrid of two Wilson intervals (Statistics in Medicine 17, 1998, method 10). Typical latency: the ratio of
geometric means, normal on the logarithm. Requests: the ratio of two counts, normal on the logarithm with twice the Poisson
variance, because requests come in bursts. Cost and scores: the difference of means, normal.
"""

from math import exp, log, sqrt
from typing import NamedTuple

from ..metrics.sketch import GAMMA
from .counts import MICRO, NANO, Counts

BURSTS = 2.0


class Change(NamedTuple):
    """Before and now, the relative change (None from nothing) and its range; `chance` when the range holds no change."""

    before: float
    now: float
    relative: float | None
    low: float | None
    high: float | None
    chance: bool
    rests_on: tuple[int, int]


def change_of(measure: str, before: Counts, now: Counts, confidence: float, least: int) -> dict[str, Change]:
    """The change of a measure by the name it is said under ("score" gives one a score); empty with too little data.

    >>> quiet, loud = Counts(), Counts()
    >>> quiet.replies, quiet.errors, loud.replies, loud.errors = 200, 4, 200, 30
    >>> found = change_of("error_rate", quiet, loud, 0.99, 100)["error_rate"]
    >>> round(found.before, 2), round(found.now, 2), found.chance
    (0.02, 0.15, False)
    """
    z = _z(confidence)
    if measure == "score":
        return {f"score {name}": one for name in sorted(before.scores.keys() & now.scores.keys())
                if (one := _score(before.scores[name], now.scores[name], z, least))}
    if measure == "requests":
        found = _requests(before.replies, now.replies, z, least)
    elif measure == "latency":
        found = _latency(before, now, z, least)
    elif measure == "cost":
        found = _cost(before, now, z, least)
    else:
        found = _share(parts_of(measure, before), parts_of(measure, now), z, least)
    return {measure: found} if found else {}


def parts_of(measure: str, counts: Counts) -> tuple[int, int]:
    """Part and whole of a measure that is a share."""
    if measure == "feedback_down":
        return counts.down, counts.up + counts.down
    return {"error_rate": counts.errors, "refusal_rate": counts.refusals, "timeouts": counts.timeouts, "pii_rate": counts.leaks}[measure], counts.replies


def _z(confidence: float) -> float:
    from statistics import NormalDist
    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(part: int, whole: int, z: float) -> tuple[float, float]:
    """Wilson's interval of a share.

    >>> [round(bound, 3) for bound in wilson(5, 100, 1.96)]
    [0.022, 0.112]
    """
    share, square = part / whole, z * z
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    half = z * sqrt(share * (1 - share) / whole + square / (4 * whole * whole)) / (1 + square / whole)
    return max(0.0, middle - half), min(1.0, middle + half)


def _share(before: tuple[int, int], now: tuple[int, int], z: float, least: int) -> Change | None:
    if min(before[1], now[1]) < least:
        return None
    was, is_ = before[0] / before[1], now[0] / now[1]
    (low0, high0), (low1, high1) = wilson(*before, z), wilson(*now, z)
    difference = is_ - was
    low, high = difference - sqrt((is_ - low1) ** 2 + (high0 - was) ** 2), difference + sqrt((high1 - is_) ** 2 + (was - low0) ** 2)
    return Change(was, is_, difference / was if was else None, low / was if was else None, high / was if was else None, low <= 0 <= high, (before[1], now[1]))


def _requests(before: int, now: int, z: float, least: int) -> Change | None:
    if max(before, now) < least or not before or not now:
        return None
    return _by_logarithm(before, now, log(now / before), z * sqrt(BURSTS * (1 / before + 1 / now)), (before, now))


def _latency(before: Counts, now: Counts, z: float, least: int) -> Change | None:
    if min(before.timed, now.timed) < least:
        return None
    (mean0, variance0, number0), (mean1, variance1, number1) = _logarithms(before), _logarithms(now)
    if min(number0, number1) < 2:
        return None
    return _by_logarithm(exp(mean0), exp(mean1), mean1 - mean0, z * sqrt(variance0 / number0 + variance1 / number1), (number0, number1))


def _logarithms(counts: Counts) -> tuple[float, float, int]:
    """Mean and variance of the logarithms of the latencies above nought, and how many they are."""
    step, middle = log(GAMMA), log(2 / (GAMMA + 1))
    number = total = squares = 0
    for bucket, times in counts.latency.buckets.items():
        number += times
        total += bucket * times
        squares += bucket * bucket * times
    if not number:
        return 0.0, 0.0, 0
    mean = total / number
    return mean * step + middle, max(0.0, squares / number - mean * mean) * step * step, number


def _by_logarithm(before: float, now: float, difference: float, half: float, rests_on: tuple[int, int]) -> Change:
    return Change(before, now, exp(difference) - 1, exp(difference - half) - 1, exp(difference + half) - 1, abs(difference) <= half, rests_on)


def _cost(before: Counts, now: Counts, z: float, least: int) -> Change | None:
    return _means((before.nano_dollars, before.priced, before.nano_squares), (now.nano_dollars, now.priced, now.nano_squares), z, least, NANO)


def _score(before: list[int], now: list[int], z: float, least: int) -> Change | None:
    return _means(before, now, z, least, MICRO)


def _means(before, now, z: float, least: int, unit: int) -> Change | None:
    """The difference of two means, of (sum, how many, sum of squares) in whole units."""
    if min(before[1], now[1]) < max(2, least):
        return None
    (was, spread0), (is_, spread1) = ((total / number / unit, (squares - total * total / number) / (number - 1) / number / unit / unit) for total, number, squares in (before, now))
    difference, half = is_ - was, z * sqrt(max(0.0, spread0) + max(0.0, spread1))
    relative = [value / abs(was) if was else None for value in (difference, difference - half, difference + half)]
    return Change(was, is_, *relative, abs(difference) <= half, (before[1], now[1]))
