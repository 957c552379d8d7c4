"""Windows of replies: what each scope counts in them, and when one crosses a limit.

Percentiles are nearest-rank: p95 of n replies is the value of rank ceil(0.95 n). It is above its limit when fewer than that
many replies are not, which two counts decide exactly; the sketch only says by how much.
"""

from math import ceil
from typing import Any, NamedTuple

from ..metrics.sketch import GAMMA
from .counts import MICRO, Counts, ratio
from .rules import Rule, Rules, ScoreRule

RANKS = {"latency_p95": 0.95, "latency_p99": 0.99}
NEVER = float("inf")
OFTEN_KEPT = 48     # windows behind the newest one in which late replies are still counted to what is there


class Crossing(NamedTuple):
    """A rule that a window crosses: the value, and what it rests on."""

    id: str             # the rule, or score:NAME
    rule: Rule
    value: float
    limit: float
    evidence: str


class Scope:
    """What windows are kept for: all, a team, a model … with its rules and what was raised of it."""

    __slots__ = ("name", "values", "rules", "scores", "limit95", "limit99", "least_latency", "minima", "active", "limits")

    def __init__(self, name: str, values: dict[str, str], rules: Rules, own_only: bool = False):
        self.name, self.values = name, values
        self.rules = rules.of_window(values)
        if own_only:        # a scope that is only there for thresholds of its own
            own = {rule for dimension, value in values.items() for rule in rules.overrides.get((dimension, value), {})}
            self.rules = {name: rule for name, rule in self.rules.items() if name in own}
        self.scores: dict[str, ScoreRule] = {} if own_only else rules.scores
        self.limit95, self.limit99 = (self.rules[name].limit if name in self.rules else NEVER for name in RANKS)
        self.least_latency = min(self.limit95, self.limit99)
        self.minima = frozenset(rule.least for rule in (*self.rules.values(), *(score.rule for score in self.scores.values())))
        self.active: dict[str, int] = {}        # what is raised: the newest window that crossed
        self.limits: dict[str, float] = {}      # which limit that was: a score may have two

    def note(self, crossing: Crossing, window: int) -> None:
        """Note what is raised."""
        self.active[crossing.id] = max(window, self.active.get(crossing.id, window))
        self.limits[crossing.id] = crossing.limit

    def limit_of(self, id: str) -> float | None:
        """The limit that something well again had crossed, as the rules are now."""
        if not id.startswith("score:"):
            return self.rules[id].limit
        score = self.scores[id[6:]]
        limits = [limit for limit in (score.below, score.above) if limit is not None]
        return self.limits[id] if self.limits.get(id) in limits else limits[0]


class Cell:
    """One window of one scope. The few numbers that its rules need are counted reply by reply; `counts` holds the rest of
    those replies that were taken in already."""

    __slots__ = ("scope", "window", "replies", "errors", "refusals", "timeouts", "leaks", "timed", "slow95", "slow99", "up", "down", "scores", "fired", "counts", "leaves", "closed")

    def __init__(self, scope: Scope, window: int):
        self.scope, self.window = scope, window
        self.replies = self.errors = self.refusals = self.timeouts = self.leaks = self.timed = self.slow95 = self.slow99 = self.up = self.down = 0
        self.scores: dict[str, list[int]] = {}      # name: [sum in millionths, how many]
        self.fired: set[str] = set()
        self.counts = Counts()
        self.leaves: list[Counts] = []              # replies that are not in `counts` yet
        self.closed = False

    def percentile(self, share: float, limit: float) -> float:
        """The latency at a share; above its limit when it is known to be, though the sketch cannot tell."""
        whole = Counts()
        for part in (self.counts, *self.leaves):
            whole.latency.merge(part.latency)
        value = whole.latency.quantiles([share])[0] or 0.0
        return value if value > limit else limit * (1 + (GAMMA - 1) / 4)

    def crossings(self) -> list[Crossing]:
        """The rules that it crosses and that did not fire in it yet."""
        found = []
        for name, rule in self.scope.rules.items():
            if name in self.fired:
                continue
            if name in RANKS:
                slow = self.slow95 if name == "latency_p95" else self.slow99
                if self.timed >= rule.least and self.timed - slow < ceil(RANKS[name] * self.timed - 1e-9):
                    found.append(Crossing(name, rule, round(self.percentile(RANKS[name], rule.limit), 1), rule.limit, f"{slow:,} of {self.timed:,} replies were slower than that"))
                continue
            part, whole, what = self.shares(name)
            if whole >= rule.least and part > rule.limit * whole:
                found.append(Crossing(name, rule, round(part / whole, 6), rule.limit, f"{part:,} of {whole:,} {what}"))
        for name, score in self.scope.scores.items():
            total, number = self.scores.get(name, (0, 0))[:2]
            if number < score.rule.least or f"score:{name}" in self.fired:
                continue
            mean = total / number / MICRO
            limit = score.below if score.below is not None and mean < score.below else score.above if score.above is not None and mean > score.above else None
            if limit is not None:
                found.append(Crossing(f"score:{name}", score.rule, round(mean, 6), limit, f"{name}: mean of {number:,}"))
        return found

    def shares(self, name: str) -> tuple[int, int, str]:
        """Part, whole, and what they are, of a rule on a share."""
        if name == "error_rate":
            return self.errors, self.replies, "replies failed"
        if name == "refusal_rate":
            return self.refusals, self.replies, "replies refused"
        if name == "timeouts":
            return self.timeouts, self.replies, "replies timed out"
        if name == "pii_rate":
            return self.leaks, self.replies, "replies had personal data or secrets"
        return self.down, self.up + self.down, "opinions were thumbs down"

    def value_of(self, id: str) -> tuple[float | None, int, int]:
        """(value, how many it rests on, how many it needs) of a rule, to say that it is well again."""
        if id.startswith("score:"):
            total, number = self.scores.get(id[6:], (0, 0))[:2]
            return (total / number / MICRO if number else None), number, self.scope.scores[id[6:]].rule.least
        rule = self.scope.rules[id]
        if id in RANKS:
            value = self.counts.latency.quantiles([RANKS[id]])[0]
            return (None if value is None else min(round(value, 1), rule.limit)), self.timed, rule.least
        part, whole, _ = self.shares(id)
        value = ratio(part, whole)
        return (None if value is None else round(value, 6)), whole, rule.least

    def take_in(self) -> None:
        """Add what waits in the leaves to the counts."""
        for leaf in self.leaves:
            self.counts.merge(leaf)
        self.leaves.clear()

    def to_json(self) -> dict[str, Any]:
        numbers = {name: value for name in ("replies", "errors", "refusals", "timeouts", "leaks", "timed", "slow95", "slow99", "up", "down") if (value := getattr(self, name))}
        return {**numbers, "scores": self.scores, "fired": sorted(self.fired), "counts": self.counts.to_json(), "closed": self.closed}

    def restore(self, kept: dict[str, Any]) -> None:
        """Take up what was written. KeyError, TypeError, ValueError or AttributeError when it is not that."""
        for name in ("replies", "errors", "refusals", "timeouts", "leaks", "timed", "slow95", "slow99", "up", "down"):
            setattr(self, name, int(kept.get(name, 0)))
        self.scores = {str(name): [int(total), int(number), int(squares)] for name, (total, number, squares) in kept["scores"].items()}
        self.fired = {str(name) for name in kept["fired"]}
        self.counts = Counts.from_json(kept["counts"])
        self.closed = bool(kept["closed"])
