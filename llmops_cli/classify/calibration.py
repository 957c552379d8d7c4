"""How far a confidence may be believed: the temperature that makes it honest, and what remains wrong."""

import math
from typing import NamedTuple, Sequence


class Judged(NamedTuple):
    """One prediction that was checked: how sure the model was, and whether it was right."""

    confidence: float
    right: bool


def temperature(scores: Sequence[Sequence[float]], targets: Sequence[int]) -> float:
    """The temperature under which the right labels are least surprising, to two places."""
    def surprise(hundredths: int) -> float:
        total = 0.0
        for row, target in zip(scores, targets):
            top = max(row)
            total += math.log(sum(math.exp((score - top) / hundredths * 100) for score in row)) - (row[target] - top) / hundredths * 100
        return total
    low, high = 20, 600
    while high - low > 2:           # surprise has one valley
        left, right = low + (high - low) // 3, high - (high - low) // 3
        low, high = (low, right) if surprise(left) <= surprise(right) else (left, high)
    return min(range(low, high + 1), key=surprise) / 100


def calibration_error(judged: Sequence[Judged], bins: int = 15) -> float:
    """The gap between confidence and accuracy, bin by bin, weighted by rows (ECE).

    >>> calibration_error([Judged(0.75, True)] * 3 + [Judged(0.75, False)])
    0.0
    """
    gaps = [0.0] * bins
    for confidence, right in judged:
        gaps[min(bins - 1, int(confidence * bins))] += confidence - right
    return sum(map(abs, gaps)) / len(judged) if judged else 0.0


def coverage_curve(judged: Sequence[Judged], shares: Sequence[float] = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)) -> list[tuple[float, float, float]]:
    """(share of rows kept, accuracy on them, least confidence among them), the surest rows first."""
    ranked = sorted(judged, key=lambda one: -one.confidence)
    curve = []
    for share in shares:
        kept = ranked[:max(1, round(share * len(ranked)))] if ranked else []
        if kept:
            curve.append((share, sum(one.right for one in kept) / len(kept), kept[-1].confidence))
    return curve
