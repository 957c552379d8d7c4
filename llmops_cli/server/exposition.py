"""The numbers of a lake as Prometheus scrapes them: text format 0.0.4, or OpenMetrics 1.0 when it is asked for."""

from collections import Counter
from datetime import datetime, timezone
from typing import Any, Mapping, NamedTuple

from ..records import UNKNOWN

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
MOST_VALUES = 200       # of a label; the rest is added up as `other`


class Numbers(NamedTuple):
    """What is shown: counts by team and by category over all dates, the latest date's row, how many dates there are."""

    teams: dict[str, Counter[str]]
    tasks: dict[str, Counter[str]]
    latest: dict[str, Any] | None
    dates: int
    unusable: int


class Totals:
    """The counts of metric rows, added up by team and by category; money in whole nano-dollars."""

    def __init__(self) -> None:
        self.by: dict[str, dict[str, Counter[str]]] = {"team": {}, "task_category": {}}

    def add(self, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            said = {key: row[key] for key in COUNTED if row.get(key).__class__ is int}
            if row.get(COST).__class__ in (int, float):
                said[COST] = round(row[COST] * 1e9)
            for label, groups in self.by.items():
                counts = groups.setdefault(str(row.get(label) or UNKNOWN), Counter())
                for key, value in said.items():
                    counts[key] += value


# name, help, key of a row, other labels: counters by team
COUNTERS = (
    ("llmops_conversations", "Conversations.", "conversation_count", {}),
    ("llmops_turns", "Messages of users and assistants.", "total_turns", {}),
    ("llmops_tokens", "Tokens.", "input_tokens", {"direction": "input"}),
    ("llmops_tokens", "Tokens.", "output_tokens", {"direction": "output"}),
    ("llmops_cost_usd", "Dollars spent.", "cost_usd", {}),
    ("llmops_reply_errors", "Replies that failed.", "errors", {}),
    ("llmops_pii_findings", "Findings of personal data and secrets.", "pii_findings", {}),
    ("llmops_feedback", "Opinions on replies.", "feedback_up", {"rating": "up"}),
    ("llmops_feedback", "Opinions on replies.", "feedback_down", {"rating": "down"}),
)

COST = "cost_usd"
COUNTED = tuple(dict.fromkeys(key for _, _, key, _ in COUNTERS if key != COST))


def of_lake(numbers: Numbers, openmetrics: bool) -> bytes:
    """The families that rest on the lake."""
    lines: list[str] = []
    named = ""
    for name, about, key, labels in COUNTERS:
        samples = _bounded(numbers.teams, key)
        if not samples:
            continue
        if name != named:
            lines += _head(name, "counter", about, openmetrics)
            named = name
        lines += [f"{name}_total{_labels({'team': team, **labels})} {_number(value / 1e9 if key == COST else value)}" for team, value in samples]
    if numbers.tasks:
        lines += _head("llmops_category_conversations", "counter", "Conversations by task category.", openmetrics)
        lines += [f"llmops_category_conversations_total{_labels({'task_category': task})} {value}"
                  for task, value in _bounded(numbers.tasks, "conversation_count")]
    lines += _latest(numbers.latest, openmetrics)
    for name, about, value in (("llmops_lake_dates", "Dates with metrics that can be used.", numbers.dates),
                               ("llmops_lake_unusable_dates", "Dates whose files cannot be used.", numbers.unusable)):
        lines += [*_head(name, "gauge", about, openmetrics), f"{name} {value}"]
    return "".join(line + "\n" for line in lines).encode("utf-8", "backslashreplace")


def _latest(row: dict[str, Any] | None, openmetrics: bool) -> list[str]:
    """Which date is the latest, and how long its replies took."""
    if row is None:
        return []
    moment = datetime.fromisoformat(row["date"]).replace(tzinfo=timezone.utc).timestamp()
    lines = [*_head("llmops_lake_last_date_timestamp_seconds", "gauge", "The latest date there are metrics of, as its first second.", openmetrics),
             f"llmops_lake_last_date_timestamp_seconds {moment:.0f}"]
    times = [(share, row[f"latency_ms_p{share[2:].ljust(2, '0')}"]) for share in ("0.5", "0.95", "0.99")]
    if any(value is not None for _, value in times):
        lines += _head("llmops_last_date_latency_seconds", "gauge", "Quantiles of the time that replies took on the latest date.", openmetrics)
        lines += [f"llmops_last_date_latency_seconds{_labels({'quantile': share})} {_number(value / 1000)}" for share, value in times if value is not None]
    return lines


def of_server(answered: Mapping[int, int], openmetrics: bool) -> bytes:
    """How often this server has answered what since it began; the end of the exposition."""
    lines = _head("llmops_http_answers", "counter", "Answers of this server by status.", openmetrics) if answered else []
    lines += [f"llmops_http_answers_total{_labels({'status': str(status)})} {number}" for status, number in sorted(answered.items())]
    return "".join(line + "\n" for line in [*lines, "# EOF"]).encode()


def _head(name: str, kind: str, about: str, openmetrics: bool) -> list[str]:
    """Type and help; the text format names a counter with its ending, OpenMetrics without."""
    named = name + "_total" * (kind == "counter" and not openmetrics)
    return [f"# HELP {named} {about}", f"# TYPE {named} {kind}"]


def _bounded(groups: dict[str, Counter[str]], key: str) -> list[tuple[str, int]]:
    """The counts of a key by label, where it was said; beyond so many labels, those of least use in one."""
    said = {label: counts[key] for label, counts in groups.items() if key in counts}
    if len(said) <= MOST_VALUES:
        return sorted(said.items())
    ordered = sorted(said, key=lambda label: (-groups[label]["conversation_count"], label))
    return [*sorted((label, said[label]) for label in ordered[:MOST_VALUES]), ("other", sum(said[label] for label in ordered[MOST_VALUES:]))]


def _labels(labels: Mapping[str, str]) -> str:
    """Labels in their braces, escaped.

    >>> _labels({"team": 'A "B"'})
    '{team="A \\\\"B\\\\""}'
    """
    inner = ",".join('{}="{}"'.format(name, value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")) for name, value in labels.items())
    return f"{{{inner}}}"


def _number(value: float) -> str:
    return str(value) if value.__class__ is int else repr(float(f"{value:.12g}"))
