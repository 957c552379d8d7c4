"""Quantiles of any number of values in fixed logarithmic buckets, within 1 % of the true value.

The buckets are those of DDSketch (Masson, Rim, Lee, VLDB 2019) with a fixed relative accuracy. Because their bounds are
fixed, adding two sketches adds their counts, and any order of adding gives the same sketch.
"""

from math import ceil, log
from typing import Iterable

ACCURACY = 0.0098       # a little under the 1 % that is promised, so that rounding stays inside it
GAMMA = (1 + ACCURACY) / (1 - ACCURACY)
SCALE = 1 / log(GAMMA)
SMALLEST = 1e-9     # anything nearer to zero counts as zero
FARTHEST = 10_000   # bucket; that of the greatest value counted is some 1,800
MOST = 10 ** 30     # of anything that is counted, so that sums stay numbers that can be written


class Sketch:
    """Counts of positive values by bucket, and of zeros."""

    __slots__ = ("buckets", "zeros")

    def __init__(self, buckets: dict[int, int] | None = None, zeros: int = 0):
        self.buckets: dict[int, int] = buckets or {}
        self.zeros = zeros

    def add(self, value: float) -> None:
        """Count a value from zero up."""
        if value <= SMALLEST:
            self.zeros += 1
            return
        bucket = ceil(log(value) * SCALE)
        self.buckets[bucket] = self.buckets.get(bucket, 0) + 1

    def merge(self, other: "Sketch") -> None:
        mine = self.buckets
        for bucket, number in other.buckets.items():
            mine[bucket] = mine.get(bucket, 0) + number
        self.zeros += other.zeros

    @property
    def count(self) -> int:
        return self.zeros + sum(self.buckets.values())

    def quantiles(self, shares: Iterable[float]) -> list[float | None]:
        """The value at each share (0..1, rising) by nearest rank, None without values.

        >>> sketch = Sketch()
        >>> for value in range(1, 101): sketch.add(value)
        >>> [round(value) for value in sketch.quantiles([0.5, 0.95])]
        [50, 95]
        """
        total = self.count
        if not total:
            return [None for _ in shares]
        found: list[float | None] = []
        passed, value = self.zeros, 0.0
        ordered = iter(sorted(self.buckets.items()))
        for share in shares:
            rank = max(1, ceil(share * total - 1e-9))
            while passed < rank:
                bucket, number = next(ordered)
                passed += number
                value = 2 * GAMMA ** bucket / (GAMMA + 1)
            found.append(value)
        return found

    def to_json(self) -> dict:
        return {"zeros": self.zeros, "buckets": [list(pair) for pair in sorted(self.buckets.items())]}

    @classmethod
    def from_json(cls, value: dict) -> "Sketch":
        """A sketch read back. KeyError, TypeError or ValueError when it is not one."""
        buckets = {bucket: counted(number) for bucket, number in value["buckets"]}
        if any(bucket.__class__ is not int or abs(bucket) > FARTHEST for bucket in buckets):
            raise ValueError("a bucket out of range")
        return cls(buckets, counted(value["zeros"]))


def counted(number: object) -> int:
    """A count that was read back. ValueError when it cannot be one.

    >>> counted(3)
    3
    """
    if number.__class__ is not int or not 0 <= number < MOST:
        raise ValueError("not a count")
    return number
