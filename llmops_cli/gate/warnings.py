"""What a reader of the verdict should know beside it."""

from math import log, sqrt
from typing import Iterator, Mapping

from .. import term
from . import evidence
from .ledger import BASELINE, BUCKETS, CANDIDATE, Ledger
from .design import blocks_of
from .metrics import ANSWERED, IN_TOKENS, REPLIES, SIZED, Plan
from .session import Counts
from .verdict import SPARSE, Verdict

TOO_MANY_REJECTS = 0.01
BLOCKS = 40
COVERAGE = 0.05         # difference of the shares of replies that carry a metric
OFF = log(1000)         # log e-value at which a split is not what was asked for


def too_many_rejects(counts: Counts) -> bool:
    return counts.rejected > TOO_MANY_REJECTS * max(1, counts.lines)


def of(verdict: Verdict, ledger: Ledger, plan: Plan, counts: Counts, *, share: float | None, unusable: Mapping[str, int]) -> Iterator[str]:
    """Warnings, the weightiest first."""
    comparison = verdict.comparison
    if too_many_rejects(counts):
        yield f"{counts.rejected:,} of {counts.lines:,} lines were rejected ({counts.rejected / counts.lines:.1%}): too many to decide by the rest"
    elif counts.rejected:
        yield f"{term.count(counts.rejected, 'line')} rejected and left out"
    if comparison.design == "sequential" and not verdict.missing:
        yield ("the releases ran one after the other: what changed with time cannot be told from what changed with the release; "
               "run both at the same time (a canary, a split by user)")
        if not comparison.by_hour:
            yield "the baseline does not cover the candidate's hours of the day, so they could not be compared hour by hour"
    elif comparison.steadiness < 0.9 and min(comparison.n) > 0:
        yield "the candidate's share of the traffic changed with time: compared stretch by stretch"
    if share is not None and (off := split(ledger, share)):
        yield off
    yield from _coverage(ledger, plan, verdict)
    for name, count in sorted(unusable.items()):
        yield f"{name}: {term.count(count, 'value')} neither number nor yes/no, left out"
    for name in verdict.constant:
        yield f"{name}: every value is the same, so it says nothing"
    for finding in verdict.findings:
        effect = finding.effect
        if not finding.needed and not effect.constant and finding.safe < finding.enough:
            yield f"{effect.metric.name}: on fewer than {SPARSE:.0%} of the replies ({effect.trials[0]:,} and {effect.trials[1]:,}), so a keep does not rest on it"
        elif effect.clumping > 4 and not verdict.missing and comparison.design == "concurrent":
            yield f"{effect.metric.name}: comes in clumps (by time, user or conversation); {effect.clumping:.0f} replies say as much as one would on its own"
    if counts.repeated:
        yield f"{term.count(counts.repeated, 'repeated message')} left out"
    if counts.unnamed:
        yield f"{term.count(counts.unnamed, 'reply', 'replies')} without a release left out"
    if counts.opinions_without_reply:
        yield f"{term.count(counts.opinions_without_reply, 'opinion')} about no reply that was read"


def split(ledger: Ledger, asked: float) -> str:
    """That the candidate's share of replies is not what was asked for, "" when it may be."""
    b, c = ledger.total(BASELINE), ledger.total(CANDIDATE)
    n = b + c
    if n < 50:
        return ""
    seen = c / n
    clumping = 1.0
    by_time = [(x[REPLIES], y[REPLIES]) for x, y in blocks_of(ledger.cells, BLOCKS)]
    by_unit = [[(x[REPLIES] if x else 0, y[REPLIES] if y else 0) for x, y in zip(side[:BUCKETS], side[BUCKETS:]) if x or y] for side in ledger.units]
    for parts in (by_time, *by_unit):
        if len(parts) >= 8 and 0 < seen < 1:
            total = sum((y - seen * (x + y)) ** 2 for x, y in parts)
            ratio = len(parts) / (len(parts) - 1) * total / (n * seen * (1 - seen))
            if ratio > 1 + 1.5 * sqrt(2 / len(parts)):
                clumping = max(clumping, ratio)
    if evidence.split_is_off(c / clumping, n / clumping, asked) < OFF:
        return ""
    return (f"the candidate has {seen:.1%} of the replies where {asked:.1%} was asked for: the split is not what it should be, "
            "and what sorts the replies may also sort their quality")


def _coverage(ledger: Ledger, plan: Plan, verdict: Verdict) -> Iterator[str]:
    """Metrics that one side carries and the other does not, or not as often."""
    totals = [[sum(column) for column in zip(*(cell.rows[side] for cell in ledger.cells))] if ledger.cells else [0] * plan.width for side in (BASELINE, CANDIDATE)]
    if not all(row[REPLIES] for row in totals):
        return
    for metric in plan.metrics:
        if metric.trials < 0 or metric.name in ("error", "refusal", "personal_data", "latency_p95", "feedback"):
            continue
        shares = [row[metric.trials] / max(1, row[REPLIES if metric.kind == "own" else ANSWERED]) for row in totals]
        if min(shares) == 0 < max(shares):
            yield f"{metric.name}: only the {'baseline' if shares[0] else 'candidate'} has it"
        elif abs(shares[0] - shares[1]) > COVERAGE:
            yield f"{metric.name}: on {shares[0]:.0%} of the baseline's replies and {shares[1]:.0%} of the candidate's"
        if metric.name == "length" and all(row[SIZED] for row in totals):
            tokens = [row[IN_TOKENS] / row[SIZED] for row in totals]
            if abs(tokens[0] - tokens[1]) > COVERAGE:
                yield "length: in tokens on one side and in characters on the other, so it is not compared"
