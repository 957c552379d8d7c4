"""What was watched, in one row a scope: replies, shares, latency, tokens, money, opinions."""

from typing import Any, Callable

from .. import term
from .budgets import dollars
from .counts import MICRO, Counts, ratio
from .watcher import Watcher


def rows(watcher: Watcher) -> list[dict[str, Any]]:
    """One row a scope, sorted; what nothing is known of is None, never 0."""
    totals = watcher.history.totals or ({} if watcher.by else {"all": ({}, Counts())})
    found = [_row(name, values, counts) for name, (values, counts) in sorted(totals.items())]
    spent = watcher.money.spent_now()
    if not watcher.by and found and spent:
        found[0]["spend"] = spent
    return found


def _row(name: str, values: dict[str, str], counts: Counts) -> dict[str, Any]:
    p50, p95, p99 = (None if value is None else round(value, 1) for value in counts.latency.quantiles((0.5, 0.95, 0.99)))
    cost = dollars(counts.nano_dollars) if counts.priced else None
    people, conversations = (None if one is None else one.count() for one in (counts.people, counts.conversations))
    row: dict[str, Any] = {
        "scope": name, **values, "replies": counts.replies, "errors": counts.errors, "error_rate": _share(counts.errors, counts.replies), "timeouts": counts.timeouts, "timeout_rate": _share(counts.timeouts, counts.replies),
        "refusals": counts.refusals, "refusal_rate": _share(counts.refusals, counts.replies), "empty_replies": counts.empty, "truncated_replies": counts.truncated, "slow_replies": counts.slow,
        "pii_replies": counts.leaks, "pii_rate": _share(counts.leaks, counts.replies), "findings": dict(sorted(counts.kinds.items())),
        "latency_ms_p50": p50, "latency_ms_p95": p95, "latency_ms_p99": p99, "replies_timed": counts.timed,
        "input_tokens": counts.input_tokens, "cached_input_tokens": counts.cached_input_tokens, "output_tokens": counts.output_tokens, "cost_usd": cost, "replies_priced": counts.priced,
        "cost_usd_per_reply": _of(cost, counts.priced), "users": people, "conversations": conversations, "cost_usd_per_user": _of(cost, people), "cost_usd_per_conversation": _of(cost, conversations),
        "feedback_up": counts.up, "feedback_down": counts.down, "scores": {name: round(sums[0] / sums[1] / MICRO, 6) for name, sums in sorted(counts.scores.items())}}
    return row


def _share(part: int, whole: int) -> float | None:
    value = ratio(part, whole)
    return None if value is None else round(value, 6)


def _of(cost: float | None, number: int | None) -> float | None:
    return None if cost is None or not number else round(cost / number, 9)


_COLUMNS: tuple[tuple[str, Callable[[dict[str, Any]], str]], ...] = (
    ("replies", lambda row: f"{row['replies']:,}"), ("errors", lambda row: percent(row["error_rate"])), ("refusals", lambda row: percent(row["refusal_rate"])), ("leaks", lambda row: f"{row['pii_replies']:,}"),
    ("p50", lambda row: milliseconds(row["latency_ms_p50"])), ("p95", lambda row: milliseconds(row["latency_ms_p95"])), ("p99", lambda row: milliseconds(row["latency_ms_p99"])),
    ("tokens in", lambda row: f"{row['input_tokens']:,}"), ("out", lambda row: f"{row['output_tokens']:,}"), ("cost", lambda row: money(row["cost_usd"])))


def table(watcher: Watcher) -> list[str]:
    """The rows for people, and what stands behind them."""
    found = rows(watcher)
    lines = term.table([["", *(name for name, _ in _COLUMNS)], *([term.plain(row["scope"]), *(write(row) for _, write in _COLUMNS)] for row in found)], right=range(1, len(_COLUMNS) + 1))
    spent = watcher.money.spent_now()
    if spent:
        line = f"spent by {spent['date']}: {money(spent['day'])} that day, {money(spent['week'])} that week, {money(spent['month'])} that month"
        if "month_forecast" in spent:
            line += f"; the month will cost {money(spent['month_forecast'])} (likely {money(spent['month_forecast_low'])} to {money(spent['month_forecast_high'])})"
        lines += ["", line]
    for one in watcher.money.spendings:
        period, nano = watcher.money.now(one)
        if period:
            lines.append(f"budget {one.budget.scope} {period}: {money(dollars(nano))} of {money(dollars(one.budget.nano))} ({nano / one.budget.nano:.0%})".replace("%", " %"))
    return lines + [f"({line})" for line in gaps(watcher)]


def gaps(watcher: Watcher) -> list[str]:
    """What replies do not say, in sentences; it is not counted as nought."""
    whole = Counts()
    for counts in watcher.history.series.values():
        for name in ("replies", "timed", "priced", "odd"):
            setattr(whole, name, getattr(whole, name) + getattr(counts, name))
    said = []
    if whole.timed < whole.replies:
        said.append(f"{term.count(whole.replies - whole.timed, 'reply', 'replies')} of {whole.replies:,} without a latency")
    if whole.priced < whole.replies:
        said.append(f"{term.count(whole.replies - whole.priced, 'reply', 'replies')} of {whole.replies:,} without a cost: no tokens, or a model without a known price")
    if whole.odd:
        said.append(f"{term.count(whole.odd, 'reply', 'replies')} with a number that cannot be: it counts as not said")
    return said


def percent(value: float | None) -> str:
    return "-" if value is None else f"{value * 100:.1f} %"


def milliseconds(value: float | None) -> str:
    """A latency for people.

    >>> milliseconds(812.4), milliseconds(12_340), milliseconds(None)
    ('812 ms', '12.3 s', '-')
    """
    return "-" if value is None else f"{value:.0f} ms" if value < 1000 else f"{value / 1000:.1f} s"


def money(value: float | None) -> str:
    """Dollars for people.

    >>> money(3.14159), money(0.0000164), money(0.0), money(None)
    ('$3.14', '$0.000016', '$0.00', '-')
    """
    return "-" if value is None else f"${value:,.2f}" if value >= 0.01 or value <= 0 else f"${value:.2g}" if value >= 0.0001 else f"${value:.6f}"
