"""The report on a terminal: one screen or two, up to a hundred columns wide. Colour and bars only decorate."""

from typing import Any, Iterator

from ..term import Style
from . import text_care, text_use
from .canvas import Canvas
from .headlines import headlines
from .numbers import brief, days_of, dollars, people, period, share

NARROWEST, WIDEST = 72, 100
MARGIN = 1


def lines(report: dict[str, Any], columns: int, paint: Style) -> Iterator[str]:
    """The report, line by line, without ends."""
    canvas = Canvas(max(NARROWEST, min(WIDEST, columns)) - 2 * MARGIN, paint)
    for block in (head, in_short, text_use.trend, text_use.weeks, text_use.teams, text_use.tasks,
                  text_care.leaks, text_care.cost_and_health, text_care.basis):
        found = block(report, canvas)
        if found and block is not head:
            yield ""
        for line in found:
            yield (" " * MARGIN + line).rstrip()


def head(report: dict[str, Any], canvas: Canvas) -> list[str]:
    """What span it is, and the six numbers to take away."""
    totals, health, leaks = report["totals"], report["health"], report["leaks"]
    title = f"Use of AI, {period(report['from'], report['to'])}" if report["from"] else "Use of AI"
    days = f"used on {report['dates']} of {days_of(report['from'], report['to']):,} days" if len(report["days"]) > 1 else ""
    if len(title) + 2 + len(days) > canvas.columns:
        days = ""
    facts = [(_figure(totals["conversations"]), "conversation" if totals["conversations"] == 1 else "conversations"),
             (_figure(totals["people"], totals["people_exact"]), "people"),
             (f"{totals['teams'] or 0:,}", "team" if totals["teams"] == 1 else "teams"),
             (_figure(leaks["findings"]), "leaks"),
             (dollars(report["cost"]["cost_usd"]), "cost"),
             ("not known" if health["errors"] is None else share(health["errors"], health["replies"], 1), "replies failed")]
    facts = [fact for fact in facts if fact[0] != "0" or fact[1] != "teams"]
    widths = [max(map(len, fact)) for fact in facts]
    gap = max(1, min(6, (canvas.columns - sum(widths)) // (len(facts) - 1)))
    numbers = (" " * gap).join(canvas.paint(number, "dim" if number == "not known" else "bold") + " " * (columns - len(number))
                               for (number, _), columns in zip(facts, widths))
    names = (" " * gap).join(name.ljust(columns) for (_, name), columns in zip(facts, widths))
    return [canvas.paint(title, "bold") + " " * (canvas.columns - len(title) - len(days)) + canvas.paint(days, "dim"),
            canvas.paint("─" * canvas.columns, "dim"),
            numbers, canvas.paint(names, "dim"), *_gaps(report, canvas)]


def _figure(number: int | None, exact: bool = True) -> str:
    return people(number, exact) if (number or 0) < 1e6 else brief(number)


def _gaps(report: dict[str, Any], canvas: Canvas) -> list[str]:
    """What is not in these numbers."""
    said = []
    if report["left_out"]:
        said += canvas.wrapped(f"Left out, because their files cannot be used: {', '.join(report['left_out'])}.")
    if report["totals"]["conversations_without_date"]:
        said += canvas.wrapped(f"{report['totals']['conversations_without_date']:,} conversations without a date count in totals only.")
    return [canvas.paint(line, "yellow") for line in said]


def in_short(report: dict[str, Any], canvas: Canvas) -> list[str]:
    return [line for sentence in headlines(report) for line in canvas.wrapped(sentence, "• ")]
