"""The sums of a watcher as others want them: families of samples for Prometheus, lines of CloudWatch's embedded metric format."""

from typing import Any, Iterator

from .budgets import dollars
from .counts import BOUNDS, MICRO, NANO, Counts
from .moments import Moments
from .watcher import Watcher
from .windows import Cell

Samples = list[tuple[str, dict[str, str], float | int]]     # (suffix, labels, value)
Plain = tuple[str, str, str, Samples]                       # (name, kind, help, samples)

_COUNTERS = (("llmops_replies", "replies", "Replies."), ("llmops_errors", "errors", "Replies that failed, by their field or in words."), ("llmops_timeouts", "timeouts", "Replies that failed because something took too long."),
             ("llmops_refusals", "refusals", "Replies that refused."), ("llmops_empty_replies", "empty", "Replies without content that are no errors."), ("llmops_truncated_replies", "truncated", "Replies that were cut off."),
             ("llmops_slow_replies", "slow", "Replies slower than their limit."), ("llmops_leaking_replies", "leaks", "Replies with personal data or secrets."), ("llmops_input_tokens", "input_tokens", "Input tokens, cached ones included."),
             ("llmops_cached_input_tokens", "cached_input_tokens", "Input tokens that were read from a cache."), ("llmops_output_tokens", "output_tokens", "Output tokens."), ("llmops_priced_replies", "priced", "Replies whose cost is known."))


def families(watcher: Watcher, rejected: int) -> list[Plain]:
    """Counters, a histogram and gauges, of all replies that were ever taken in. Labels are the first 200 teams and models;
    the rest counts as `other`."""
    series = sorted(watcher.history.series.items())
    labelled = [({"team": team, "model": model}, counts) for (team, model), counts in series]
    found: list[Plain] = [(name, "counter", help, [("", labels, getattr(counts, field)) for labels, counts in labelled]) for name, field, help in _COUNTERS]
    found.append(("llmops_cost_dollars", "counter", "Cost of the replies whose cost is known, in dollars.", [("", labels, counts.nano_dollars / NANO) for labels, counts in labelled]))
    found.append(("llmops_findings", "counter", "Personal data and secrets in replies, by kind.",
                  [("", {"team": labels["team"], "model": labels["model"], "kind": kind}, number) for labels, counts in labelled for kind, number in sorted(counts.kinds.items())]))
    found.append(("llmops_feedback", "counter", "Opinions on replies.", [("", {**labels, "rating": rating}, getattr(counts, rating)) for labels, counts in labelled for rating in ("up", "down")]))
    found.append(("llmops_reply_latency_seconds", "histogram", "How long replies took.", [sample for labels, counts in labelled for sample in _histogram(labels, counts)]))
    found.append(("llmops_score_sum", "gauge", "Sum of a score over the replies that have it.", [("", {**labels, "score": name}, sums[0] / MICRO) for labels, counts in labelled for name, sums in sorted(counts.scores.items())[:20]]))
    found.append(("llmops_score_count", "gauge", "Replies that have a score.", [("", {**labels, "score": name}, sums[1]) for labels, counts in labelled for name, sums in sorted(counts.scores.items())[:20]]))
    found.append(("llmops_alerts", "counter", "Alerts that were raised.", [("", {"alert": alert, "severity": severity}, number) for (alert, severity), number in sorted(watcher.raised.items())]))
    found += _of_money(watcher)
    found.append(("llmops_rejected_lines", "gauge", "Lines of the last run that were no events.", [("", {}, rejected)]))
    place = watcher.moments.place(watcher.history.last) if watcher.history.last else None
    if place:
        found.append(("llmops_last_event_timestamp_seconds", "gauge", "Time of the newest event.", [("", {}, place.epoch)]))
    return [family for family in found if family[3]]


def _histogram(labels: dict[str, str], counts: Counts) -> Samples:
    """Cumulative buckets, sum and count, in seconds."""
    samples: Samples = []
    passed = 0
    for bound, number in zip((*BOUNDS, None), counts.bounds):
        passed += number
        samples.append(("_bucket", {**labels, "le": "+Inf" if bound is None else f"{bound / 1000:g}"}, passed))
    return [*samples, ("_sum", labels, counts.latency_micros / MICRO), ("_count", labels, counts.timed)]


def _of_money(watcher: Watcher) -> list[Plain]:
    limits, spent = [], []
    for one in watcher.money.spendings:
        labels = {"scope": one.budget.scope, "period": one.budget.period}
        limits.append(("", labels, dollars(one.budget.nano)))
        spent.append(("", labels, dollars(watcher.money.now(one)[1])))
    return [("llmops_budget_dollars", "gauge", "Budget of a period.", limits), ("llmops_budget_spent_dollars", "gauge", "Spent of the budget in the period of the newest reply.", spent)]


_EMF = (("Replies", "Count", "replies"), ("Errors", "Count", "errors"), ("Timeouts", "Count", "timeouts"), ("Refusals", "Count", "refusals"), ("LeakingReplies", "Count", "leaks"), ("EmptyReplies", "Count", "empty"),
        ("TruncatedReplies", "Count", "truncated"), ("InputTokens", "Count", "input_tokens"), ("OutputTokens", "Count", "output_tokens"), ("FeedbackUp", "Count", "up"), ("FeedbackDown", "Count", "down"))


def emf(cell: Cell, moments: Moments, namespace: str) -> dict[str, Any] | None:
    """A window of a scope in the embedded metric format; None for a window without replies.

    Specification: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    counts = cell.counts
    if not counts.replies:
        return None
    values: dict[str, Any] = {name: getattr(counts, field) for name, _, field in _EMF}
    units = {name: unit for name, unit, _ in _EMF}
    if counts.priced:
        values["CostDollars"], units["CostDollars"] = counts.nano_dollars / NANO, "None"
    if counts.timed:
        for name, value in zip(("LatencyP50", "LatencyP95", "LatencyP99"), counts.latency.quantiles((0.5, 0.95, 0.99))):
            values[name], units[name] = round(value or 0.0, 1), "Milliseconds"
    values["ErrorRate"], units["ErrorRate"] = round(100 * counts.errors / counts.replies, 4), "Percent"
    for name, sums in sorted(counts.scores.items())[:20]:
        values[f"Score {name}"], units[f"Score {name}"] = sums[0] / sums[1] / MICRO, "None"
    dimensions = dict(list(cell.scope.values.items())[:30])
    directive = {"Namespace": namespace, "Dimensions": [list(dimensions)], "Metrics": [{"Name": name, "Unit": units[name]} for name in values]}
    return {"_aws": {"Timestamp": int(moments.start(cell.window) * 1000), "CloudWatchMetrics": [directive]}, **dimensions, "Window": moments.span(cell.window), **values}


def cells_of(watcher: Watcher) -> Iterator[Cell]:
    """The windows that are open still, in order."""
    for _, cells in sorted(watcher.history.open.items()):
        yield from (cell for _, cell in sorted(cells.items()) if not cell.closed)
