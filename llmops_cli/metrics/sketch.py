"""Quantiles of any number of values in fixed logarithmic buckets, within 1 % of the true value.

The buckets are those of DDSketch (Masson, Rim, Lee, VLDB 2019) with a fixed relative accuracy. Because their bounds are
fixed, adding two sketches adds their counts, and any order of adding gives the same sketch.
"""

from collections import Counter
from math import ceil, log
from typing import Iterable

ACCURACY = 0.0098       # a little under the 1 % that is promised, so that rounding stays inside it
GAMMA = (1 + ACCURACY) / (1 - ACCURACY)
SCALE = 1 / log(GAMMA)
SMALLEST = 1e-9     # anything nearer to zero counts as zero
FARTHEST = 10_000   # bucket; that of the greatest value counted is some 1,800
ENOUGH = 64     # values that wait before they are sorted into buckets
MOST = 10 ** 30     # of anything that is counted, so that sums stay numbers that can be written


class Sketch:
    """Counts of positive values by bucket, and of zeros.

    Values are gathered in `waiting` and sorted into buckets some at a time, which costs half as much as one by one;
    whoever reads `buckets` or `zeros` gets them all.
    """

    __slots__ = ("waiting", "_buckets", "_zeros")

    def __init__(self, buckets: dict[int, int] | None = None, zeros: int = 0):
        self.waiting: list[float] = []      # values from zero up; `settle` takes them when they are ENOUGH
        self._buckets: Counter[int] = Counter(buckets or {})
        self._zeros = zeros

    def add(self, value: float) -> None:
        """Count a value from zero up."""
        self.waiting.append(value)
        if len(self.waiting) > ENOUGH:
            self.settle()

    def settle(self) -> None:
        """Sort what waits into its buckets."""
        values = self.waiting
        if not values:
            return
        if min(values) <= SMALLEST:
            positive = [value for value in values if value > SMALLEST]
            self._zeros += len(values) - len(positive)
            values = positive
        self._buckets.update([ceil(power * SCALE) for power in map(log, values)])
        self.waiting.clear()

    @property
    def buckets(self) -> dict[int, int]:
        self.settle()
        return self._buckets

    @property
    def zeros(self) -> int:
        self.settle()
        return self._zeros

    def merge(self, other: "Sketch") -> None:
        self.settle()
        self._zeros += other.zeros
        self._buckets.update(other.buckets)

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
