"""What is counted of replies: whole numbers and sketches, so that counts of parts add up to those of the whole, bit for bit."""

from typing import Any

from ..metrics.distinct import Distinct, person_hash
from ..metrics.sketch import MOST, Sketch

NANO = 1_000_000_000
MICRO = 1_000_000       # scores are summed in millionths
NUMBERS = ("replies", "errors", "timeouts", "refusals", "empty", "truncated", "leaks", "slow", "timed", "latency_micros", "priced", "nano_dollars", "nano_squares",
           "input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens", "up", "down", "odd")
# Upper bounds of the latency histogram, in milliseconds.
BOUNDS = (100, 250, 500, 1000, 2000, 2500, 5000, 10_000, 30_000, 60_000)


class Counts:
    """Counts of some replies. `slow` is how many were slower than their limit, `leaks` how many had personal data or secrets,
    `nano_squares` the squares of their cost, `latency_micros` the sum of their latencies in microseconds, `odd` how many gave a number that cannot be (below zero, or no number)."""

    __slots__ = (*NUMBERS, "latency", "bounds", "kinds", "scores", "people", "conversations")

    def __init__(self) -> None:
        for name in NUMBERS:
            setattr(self, name, 0)
        self.latency = Sketch()
        self.bounds = [0] * (len(BOUNDS) + 1)       # replies by latency bound, the last one for those beyond all
        self.kinds: dict[str, int] = {}             # findings by kind
        self.scores: dict[str, list[int]] = {}      # name: [sum in millionths, how many, sum of squares]
        self.people: Distinct | None = None         # None: not counted
        self.conversations: Distinct | None = None

    def merge(self, other: "Counts") -> None:
        for name in NUMBERS:
            value = getattr(other, name)
            if value:
                setattr(self, name, getattr(self, name) + value)
        self.latency.merge(other.latency)
        self.bounds = [one + more for one, more in zip(self.bounds, other.bounds)]
        for kind, number in other.kinds.items():
            self.kinds[kind] = self.kinds.get(kind, 0) + number
        for name, sums in other.scores.items():
            self.scores[name] = [one + more for one, more in zip(self.scores.get(name, (0, 0, 0)), sums)]
        for name in ("people", "conversations"):
            theirs = getattr(other, name)
            if theirs is not None:
                if getattr(self, name) is None:
                    setattr(self, name, Distinct())
                getattr(self, name).merge(theirs)

    def to_json(self) -> dict[str, Any]:
        """All that is not nought."""
        kept: dict[str, Any] = {name: value for name in NUMBERS if (value := getattr(self, name))}
        if self.timed:
            kept |= {"latency": self.latency.to_json(), "bounds": self.bounds}
        if self.kinds:
            kept["kinds"] = dict(sorted(self.kinds.items()))
        if self.scores:
            kept["scores"] = dict(sorted(self.scores.items()))
        for name in ("people", "conversations"):
            if getattr(self, name) is not None:
                kept[name] = getattr(self, name).to_json()
        return kept

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Counts":
        """Counts read back. KeyError, TypeError, ValueError or AttributeError when they are none."""
        made = cls()
        for name in NUMBERS:
            value = kept.get(name, 0)
            if value.__class__ is not int or not 0 <= value < MOST:
                raise ValueError("not a count")
            setattr(made, name, value)
        if "latency" in kept:
            made.latency = Sketch.from_json(kept["latency"])
            made.bounds = [_whole(number) for number in kept["bounds"]]
            if len(made.bounds) != len(BOUNDS) + 1:
                raise ValueError("not a histogram")
        made.kinds = {str(kind): _whole(number) for kind, number in kept.get("kinds", {}).items()}
        made.scores = {str(name): [_whole(one) for one in sums] for name, sums in kept.get("scores", {}).items()}
        if any(len(sums) != 3 for sums in made.scores.values()):
            raise ValueError("not the sums of a score")
        for name in ("people", "conversations"):
            if name in kept:
                setattr(made, name, Distinct.from_json(kept[name]))
        return made


def _whole(number: Any) -> int:
    if number.__class__ is not int:
        raise ValueError("not a count")
    return number


def distinct(values: set[Any]) -> Distinct:
    """A set of people or conversations, counted."""
    made = Distinct()
    for value in values:
        made.add(person_hash(str(value)))
    return made


def add_score(scores: dict[str, list[int]], name: str, value: float) -> None:
    """Count one more score."""
    number = round(value * MICRO)
    total, count, squares = scores.get(name, (0, 0, 0))
    scores[name] = [total + number, count + 1, squares + number * number]


def ratio(part: int | float, whole: int | float) -> float | None:
    """A share, None of nothing."""
    return part / whole if whole else None
