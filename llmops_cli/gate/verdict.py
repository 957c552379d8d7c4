"""Keep it, roll it back, or cannot tell yet: from evidence taken as replies come in.

Evidence is taken each time the number of replies has grown by a twentieth, at the same numbers however often somebody
looks. Roll back at the first moment at which the weighted e-values of the metrics that are worse than their tolerance add up
to 1/(0.8 alpha) (weights add up to 1): a weighted mean of e-values is an e-value, so this happens to a harmless release with
chance alpha at most, ever. Keep when the data speak as strongly against a harm as large as the tolerance, for every metric.
"""

from math import ceil, exp, inf, isfinite, log
from typing import Any, NamedTuple, Sequence

from ..errors import UserError
from . import evidence
from .effects import Comparison, Effect, compare, harm
from .ledger import BASELINE, CANDIDATE, Item, Ledger
from .metrics import Plan

FIRST_LOOK = 100        # replies of both sides together
GROWTH = 1.05
SPENT = 0.8             # of the error; the rest is held in reserve, since the evidence of means is exact only in the long run
KEEP_FROM = 100         # replies on each side
SPARSE = 0.1            # a metric that fewer replies have does not hold up a keep
# Parts of the error. Those that say the same once more (the tail beside the typical latency), or do less harm, have less.
WEIGHTS = {"error": 5, "refusal": 2.5, "personal_data": 2.5, "latency": 4, "latency_p95": 1, "cost": 1.5, "length": 0.5, "feedback": 1}
WEIGHT = 1.5
FURTHEST = 1e7          # replies beyond which nobody is asked to wait
KEEP, ROLL_BACK, CANNOT_TELL = "keep", "roll_back", "cannot_tell"


class Moment(NamedTuple):
    """When the evidence was first enough to roll back."""

    time: float
    n: tuple[int, int]
    harmful: tuple[str, ...]


class Finding(NamedTuple):
    """What is known of a metric at the end."""

    effect: Effect
    harm: float             # log e-value for harm, the largest so far
    safe: float             # log e-value against harm of the tolerance
    half_width: float       # of the confidence sequence around the difference
    harmful: bool
    needed: bool            # whether a keep rests on it
    enough: float           # what `safe` must reach


class Verdict(NamedTuple):
    """The answer and its grounds."""

    verdict: str
    reason: str
    comparison: Comparison
    findings: tuple[Finding, ...]
    decided: Moment | None
    chance: float           # of as much evidence, ever, for a release that does no harm
    more: tuple[int, int] | None        # replies still needed on each side, None when unknown or nothing is needed
    constant: tuple[str, ...]           # metrics that never vary
    missing: bool                       # whether there was too little to compare at all


class Judge:
    """Takes items in order of time and remembers what the evidence has been."""

    def __init__(self, plan: Plan, alpha: float, fewest: int):
        self.plan, self.alpha, self.fewest = plan, alpha, fewest
        self.ledger = Ledger(plan)
        self.next_look = FIRST_LOOK
        self.strongest: dict[str, float] = {}
        self.most = -inf            # log of the weighted sum of e-values, the largest so far
        self.decided: Moment | None = None

    def take(self, items: Sequence[Item]) -> None:
        """Add items that are in order of time, and weigh the evidence wherever it is due."""
        begin = 0
        while begin < len(items):
            part = items[begin:begin + self.next_look - self.ledger.items]
            self.ledger.extend(part)
            begin += len(part)
            if self.ledger.items >= self.next_look:
                self._weigh()
                self.ledger.mark()
                self.next_look = max(self.next_look + 1, int(self.next_look * GROWTH))

    def _weigh(self) -> None:
        if min(self.ledger.total(BASELINE), self.ledger.total(CANDIDATE)) < self.fewest:
            return
        comparison = compare(self.ledger, self.plan, thorough=False)
        if min(comparison.n) < self.fewest:
            return
        against: dict[str, float] = {}
        for effect in comparison.effects:
            value = harm(effect)
            name = effect.metric.name
            self.strongest[name] = max(value, self.strongest.get(name, -inf))
            if effect.difference > effect.margin:
                against[name] = value
        parts = weights(comparison.effects)
        weighted = [value + log(parts[name]) for name, value in against.items()]
        together = evidence.log_sum_exp(weighted)
        self.most = max(self.most, together)
        if self.decided is None and together >= -log(self.alpha * SPENT):
            harmful = evidence.holm(against, parts, self.alpha * SPENT) or {max(sorted(against), key=lambda name: against[name] + log(parts[name]))}
            self.decided = Moment(self.ledger.last, comparison.n, tuple(sorted(harmful)))

    def verdict(self, *, improvement: bool = False) -> Verdict:
        """The answer from all that was taken."""
        comparison = compare(self.ledger, self.plan)
        findings = tuple(self._finding(effect, comparison) for effect in comparison.effects)
        constant = tuple(effect.metric.name for effect in comparison.effects if effect.constant)
        chance = 1.0
        more = None
        missing = self._missing(comparison)
        if self.decided:
            answer, reason = ROLL_BACK, _said_of_harm(findings)
            chance = exp(-min(self.most, 700))
        elif missing:
            answer, reason = CANNOT_TELL, missing
            n = comparison.n
            if min(n) < max(self.fewest, KEEP_FROM) and min(n) > 0:
                more = tuple(max(0, max(self.fewest, KEEP_FROM) - one) for one in n)
        else:
            needed = [one for one in findings if one.needed]
            open_ = [one for one in needed if one.safe < one.enough]
            if open_:
                answer = CANNOT_TELL
                reason = "not sure yet about " + _listed([one.effect.metric.title for one in open_])
                more = self._more(open_, comparison)
            elif improvement and not _improved(findings, self.alpha):
                answer, reason = CANNOT_TELL, "no harm beyond tolerance, and no improvement shown yet"
            else:
                answer = KEEP
                reason = f"no harm beyond tolerance in {'any of ' * (len(needed) > 1)}{len(needed)} metric{'s' * (len(needed) > 1)}"
                chance = max(exp(-min(one.safe, 700)) for one in needed)
        return Verdict(answer, reason, comparison, findings, self.decided, chance, more, constant, bool(missing))

    def _missing(self, comparison: Comparison) -> str:
        """What is not there without which nothing can be said, "" when all is."""
        b, c = comparison.n
        if not b and not c:
            return "no replies"
        if not b or not c:
            return f"no replies of the {'candidate' if not c else 'baseline'}"
        if min(b, c) < max(self.fewest, KEEP_FROM):
            return "too few replies"
        if not comparison.effects:
            return "no metric that both sides have"
        if not any(_varies(effect) for effect in comparison.effects):
            return "nothing varies: every reply is like the others in all that is measured"
        return ""

    def _finding(self, effect: Effect, comparison: Comparison) -> Finding:
        name = effect.metric.name
        usable = isfinite(effect.variance) and effect.variance > 0 and not effect.constant
        safe = evidence.mean_is_worse(effect.margin - effect.difference, effect.variance, effect.margin, effect.margin / 2) if usable else 0.0
        width = evidence.half_width(effect.variance, effect.margin, self.alpha) if usable else 0.0 if effect.constant else inf
        common = any(trials >= SPARSE * n for trials, n in zip(effect.trials, comparison.n))
        return Finding(effect, max(0.0, self.strongest.get(name, 0.0)), safe, width,
                       bool(self.decided) and name in self.decided.harmful, common and not effect.constant, -log(self.alpha))

    def _more(self, findings: Sequence[Finding], comparison: Comparison) -> tuple[int, int] | None:
        """How many replies more would do, if all goes on as it went: the greatest of what the open metrics need."""
        factor = 1.0
        for one in findings:
            effect, grown = one.effect, 1.0
            enough = -log(self.alpha)
            while grown * min(comparison.n) < FURTHEST:
                variance = effect.variance / grown
                # What looks like half a harm by now is most likely less.
                if effect.difference <= effect.margin and \
                        evidence.mean_is_worse(effect.margin - min(effect.difference, effect.margin / 2), variance, effect.margin, effect.margin / 2) >= enough:
                    break
                if effect.difference > effect.margin and \
                        evidence.mean_is_worse(effect.difference, variance, effect.scale, effect.scale / 2) >= log(len(comparison.effects) / (self.alpha * SPENT)):
                    break
                grown *= 1.1
            else:
                return None
            factor = max(factor, grown)
        return tuple(_rounded((factor - 1) * n) for n in comparison.n)

    def dump(self) -> dict[str, Any]:
        """All that was taken, as plain values."""
        return {"ledger": self.ledger.dump(), "next_look": self.next_look, "strongest": self.strongest,
                "most": self.most if isfinite(self.most) else None, "decided": list(self.decided) if self.decided else None}

    def load(self, values: dict[str, Any]) -> None:
        """Go on from what `dump` wrote."""
        self.ledger = Ledger.load(self.plan, values["ledger"])
        self.next_look = int(values["next_look"])
        self.strongest = {str(name): float(value) for name, value in values["strongest"].items()}
        self.most = -inf if values["most"] is None else float(values["most"])
        if values["decided"]:
            time, n, harmful = values["decided"]
            self.decided = Moment(float(time), (int(n[0]), int(n[1])), tuple(map(str, harmful)))


def weights(effects: Sequence[Effect]) -> dict[str, float]:
    """Each metric's part of the error; together 1. What hurts more gets more."""
    total = sum(WEIGHTS.get(effect.metric.name, WEIGHT) for effect in effects)
    return {effect.metric.name: WEIGHTS.get(effect.metric.name, WEIGHT) / total for effect in effects}


def _rounded(number: float) -> int:
    """Up to two significant figures.

    >>> _rounded(1234.5), _rounded(7.2)
    (1300, 8)
    """
    step = 10 ** max(0, len(str(int(number))) - 2)
    return ceil(number / step) * step


def _varies(effect: Effect) -> bool:
    if effect.kind == "share":
        return effect.constant is False and not (effect.baseline == effect.candidate and effect.baseline in (0.0, 1.0))
    return not effect.constant


def _improved(findings: Sequence[Finding], alpha: float) -> bool:
    """Whether some metric got better, with the error held over all of them."""
    return any(evidence.mean_is_worse(-one.effect.difference, one.effect.variance, one.effect.scale, one.effect.scale / 2) >= log(len(findings) / alpha)
               for one in findings if isfinite(one.effect.variance) and one.effect.variance > 0 and not one.effect.constant)


def _said_of_harm(findings: Sequence[Finding]) -> str:
    return "worse: " + _listed([one.effect.metric.title for one in findings if one.harmful])


def _listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def confidence(text: float) -> float:
    """A chance of error from a confidence. UserError when it is none."""
    if not 0.5 <= text < 1:
        raise UserError("--confidence is a number from 0.5 to less than 1", hint="as 0.95")
    return 1 - text
