"""The report as Markdown tables, for a page or a pull request."""

from typing import Any, Iterator, Sequence

from .headlines import headlines
from .numbers import brief, change, dollars, milliseconds, people, percent, period, share


def lines(report: dict[str, Any]) -> Iterator[str]:
    """The report, line by line, without ends."""
    yield f"# Use of AI, {period(report['from'], report['to'])}" if report["from"] else "# Use of AI"
    yield ""
    found = headlines(report)
    yield from (f"- {_plain(sentence)}" for sentence in found)
    if report["left_out"]:
        yield f"- Left out, because their files cannot be used: {', '.join(report['left_out'])}."
    for title, head, rows in (("In all", ["", ""], _totals(report)), ("Teams", _TEAMS, _teams(report)), ("Tasks", _TASKS, _tasks(report)),
                              ("By week", _WEEKS, _weeks(report)), ("By day", _DAYS, _days(report)), ("Leaks by kind", ["kind", "leaks"], _kinds(report)),
                              ("Rejected lines", ["reason", "lines"], _reasons(report))):
        if rows:
            yield from ("", f"## {title}", "")
            yield from _table(head, rows)


def _table(head: Sequence[str], rows: list[list[str]]) -> Iterator[str]:
    """The first column is a name, the others are numbers."""
    yield _row(head)
    yield _row(["---", *["--:"] * (len(head) - 1)])
    yield from map(_row, rows)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(map(_plain, cells)) + " |"


def _plain(text: str) -> str:
    """Text that Markdown takes as it stands, on one line."""
    text = "".join(sign if sign.isprintable() else " " for sign in text)
    for sign in "\\|<*_`[":
        text = text.replace(sign, "\\" + sign)
    return text


def _totals(report: dict[str, Any]) -> list[list[str]]:
    totals, health, leaks, cost, feedback, read = (report[key] for key in ("totals", "health", "leaks", "cost", "feedback", "input"))
    rows = [["conversations", f"{totals['conversations']:,}"], ["people", people(totals["people"], totals["people_exact"])],
            ["leaks removed", "not known" if leaks["findings"] is None else f"{leaks['findings']:,}"], ["cost", dollars(cost["cost_usd"])]]
    if cost["cost_usd"] is not None and cost["replies_priced"] is not None:
        rows.append(["replies that say their cost", _part(cost["replies_priced"], cost["replies"])])
    rows.append(["replies that failed", "not known" if health["errors"] is None else _part(health["errors"], health["replies"], 1)])
    rows += [[f"time of a reply, {name}", milliseconds(health[f"latency_ms_{name}"])] for name in ("p50", "p95", "p99")]
    if totals["input_tokens"] or totals["output_tokens"]:
        rows.append(["tokens", f"{brief(totals['input_tokens'] or 0)} in, {brief(totals['output_tokens'] or 0)} out"])
    if feedback["total"]:
        rows.append(["good opinions", _part(feedback["up"], feedback["total"])])
    if read["lines_read"] is not None:
        rows.append(["lines rejected", f"{read['lines_rejected']:,} of {read['lines_read']:,}"])
    return rows


def _part(part: int, whole: int, places: int = 0) -> str:
    counted = f"{part:,} of {whole:,}"
    return counted if share(part, whole).count("of") else f"{counted} ({percent(part, whole, places)})"


_TEAMS = ["team", "people", "conversations", "share", "a person", "cost", "leaks", "secrets", "failed replies", "p95"]


def _teams(report: dict[str, Any]) -> list[list[str]]:
    dearest = _dearest(report["teams"])
    return [[row["team"], _known(row["people"]), f"{row['conversations']:,}", share(row["conversations"], report["totals"]["conversations"]),
             "-" if row["conversations_per_person"] is None else f"{row['conversations_per_person']:.1f}", _money(row["cost_usd"], dearest), _known(row["findings"]),
             _known(row["secrets"]), "-" if row["errors"] is None else f"{row['errors']:,} of {row['replies']:,}",
             "-" if row["latency_ms_p95"] is None else milliseconds(row["latency_ms_p95"])] for row in report["teams"]]


_TASKS = ["task", "conversations", "share", "most from"]


def _tasks(report: dict[str, Any]) -> list[list[str]]:
    return [[row["task_category"], f"{row['conversations']:,}", share(row["conversations"], report["totals"]["conversations"]),
             next((f"{team} ({number:,})" for team, number in row["teams"].items()), "-")] for row in report["task_categories"]]


_WEEKS = ["week", "days", "conversations", "change over the same days", "people", "leaks", "cost", "failed replies"]


def _weeks(report: dict[str, Any]) -> list[list[str]]:
    dearest = _dearest(report["weeks"])
    return [[row["week"], _known(row["days"]), f"{row['conversations']:,}",
             change(row["compared"], row["compared_before"]) if row["compared_days"] else "-", _known(row["people"]), _known(row["findings"]),
             _money(row["cost_usd"], dearest), "-" if row["errors"] is None else f"{row['errors']:,} of {row['replies']:,}"] for row in report["weeks"]]


_DAYS = ["day", "conversations", "people", "leaks", "cost"]


def _days(report: dict[str, Any]) -> list[list[str]]:
    dearest = _dearest(report["days"])
    return [[row["date"], _known(row["conversations"]), _known(row["people"]), _known(row["findings"]), _money(row["cost_usd"], dearest)] for row in report["days"]]


def _kinds(report: dict[str, Any]) -> list[list[str]]:
    return [[row["kind"], f"{row['findings']:,}"] for row in report["leaks"]["kinds"]]


def _reasons(report: dict[str, Any]) -> list[list[str]]:
    return [[row["reason"], f"{row['lines']:,}"] for row in report["input"]["reasons"]]


def _known(number: int | None) -> str:
    return "-" if number is None else f"{number:,}"


def _dearest(rows: list[dict[str, Any]]) -> float:
    return max((row["cost_usd"] or 0 for row in rows), default=0)


def _money(amount: float | None, dearest: float) -> str:
    return "-" if amount is None else dollars(amount, dearest)
