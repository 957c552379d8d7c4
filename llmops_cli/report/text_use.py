"""The blocks about use: the days, the weeks, the teams, the tasks."""

from datetime import date
from typing import Any

from ..term import sparkline
from . import plot
from .canvas import Bar, Canvas, Cell, fit, short
from .numbers import SMALL, brief, change, day, differ, dollars, people, percent, share

MOST_ROWS = 12      # of a table; the rest is summed up in a line
CHART_HEIGHT = 5


def trend(report: dict[str, Any], canvas: Canvas) -> list[str]:
    """Conversations a day, or a week when the days are too many for the page."""
    room = canvas.columns - 8
    by_week = len(report["days"]) > room
    points = [(each["from"] if by_week else each["date"], each["conversations"]) for each in report["weeks" if by_week else "days"]][-room:]
    if len(points) < 3:
        return []
    cell = max(1, min(5, room // len(points)))
    gap = 1 if cell > 1 else 0
    values = [value for _, value in points]
    most = max(value or 0 for value in values)
    when = day(points[values.index(most)][0], year=points[0][0][:4] != points[-1][0][:4])
    about = f"most: {_counted_to(most)} {f'in the week of {when}' if by_week else f'on {_weekday(points[values.index(most)][0])} {when}'}"
    labels = {place * cell: day(start, short=True) for place, (start, _) in enumerate(points) if _is_labelled(start, place, len(points), by_week)}
    scale = [_counted_to(most), *[""] * (CHART_HEIGHT - 2), "0"]
    return [canvas.title(f"Conversations a {'week' if by_week else 'day'}", about),
            *(canvas.paint(f"{number:>6}  ", "dim") + canvas.paint(line, "cyan")
              for number, line in zip(scale, plot.columns(values, CHART_HEIGHT, cell - gap, gap))),
            canvas.paint(" " * 8 + plot.axis(labels, room), "dim")]


def _counted_to(most: int) -> str:
    return f"{most:,}" if most < 100_000 else brief(most)


def _weekday(iso: str) -> str:
    return ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[date.fromisoformat(iso).weekday()]


def _is_labelled(iso: str, place: int, points: int, by_week: bool) -> bool:
    if by_week:
        return int(iso[8:]) <= 7
    return points <= 10 or not place or date.fromisoformat(iso).weekday() == 0


def weeks(report: dict[str, Any], canvas: Canvas) -> list[str]:
    rows = report["weeks"]
    if len(rows) < 2:
        return []
    shown = rows[-(MOST_ROWS + 1):] if len(rows) == MOST_ROWS + 1 else rows[-MOST_ROWS:]
    dearest = max(row["cost_usd"] or 0 for row in shown)
    cells: list[list[Cell]] = []
    for row, counted in zip(shown, _counted(shown)):
        cells.append([row["week"], _days_of(row), counted, _changed(row), "-" if row["people"] is None else people(row["people"], row["people_exact"]),
                      "-" if row["findings"] is None else f"{row['findings']:,}", "-" if row["cost_usd"] is None else dollars(row["cost_usd"], dearest)])
    lines = canvas.table(["week", "days", "conversations", "change", "people", "leaks", "cost"], cells, right=[3, 4, 5, 6])
    notes = ["in brackets: no more than chance"] * any(row[3][:1] == "(" for row in cells)
    notes += ["* against the same days of the week before"] * any("*" in row[3] for row in cells)
    notes += ["the first and the last week may not be whole"] * (not rows[0]["from"])
    return [canvas.title("By week", f"the last {len(shown)} of {len(rows)}" if len(rows) > len(shown) else ""), *lines,
            *([canvas.note("; ".join(notes))] if notes else [])]


def _counted(rows: list[dict[str, Any]]) -> list[Bar]:
    """The conversations of each row, with a bar."""
    most = max(row["conversations"] for row in rows) or 1
    return [Bar(f"{row['conversations']:,}", row["conversations"] / most) for row in rows]


def _days_of(row: dict[str, Any]) -> str:
    if not row["from"]:
        return ""
    return f"{day(row['from'], short=True)} – {day(row['to'], short=True)}" if row["days"] > 1 else day(row["from"], short=True)


def _changed(row: dict[str, Any]) -> str:
    """The change of a week, in brackets when chance alone could have made it."""
    if not row["compared_days"]:
        return "-"
    text = change(row["compared"], row["compared_before"]) + "*" * (row["compared_days"] < 7)
    return text if differ(row["compared"], row["compared_before"]) else f"({text})"


def teams(report: dict[str, Any], canvas: Canvas) -> list[str]:
    rows = report["teams"]
    if not rows:
        return []
    shown, total = _first(rows), report["totals"]["conversations"]
    weekly = len(rows[0]["by_week"]) > 2
    head = ["team", "people", "each", "conversations", "share", *["weeks"] * weekly, "asks most for"]
    cells: list[list[Cell]] = []
    for row, counted in zip(shown, _counted(shown)):
        each = row["conversations_per_person"]
        top = short(row["top_task"] or "", 14 if canvas.columns < 90 else 30)
        if top and row["conversations"] >= SMALL:
            top = f"{percent(row['top_task_conversations'], row['conversations'])} {top}"
        cells.append([fit(row["team"], 14), people(row["people"], row["people_exact"]) if row["people"] is not None else "-",
                      "-" if each is None else f"{each:.1f}", counted, percent(row["conversations"], total) if total >= SMALL else "", *[(sparkline(row["by_week"][-8:]), "cyan")] * weekly, top])
    unknown = report["totals"]["from_rows"] and any(row["people"] is None for row in rows)
    about = "people are not known from rows, but from tallies (aggregate --partial)" if unknown else ""
    return [canvas.title("Teams", about), *canvas.table(head, cells, right=[1, 2, 4]), *_rest(rows, "team", canvas)]


def _first(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows that are shown; a single one more is shown as well."""
    return rows if len(rows) == MOST_ROWS + 1 else rows[:MOST_ROWS]


def _rest(rows: list[dict[str, Any]], noun: str, canvas: Canvas) -> list[str]:
    more = rows[len(_first(rows)):]
    if not more:
        return []
    return [canvas.note(f"and {len(more):,} more {noun}{'s' * (len(more) > 1)} with {sum(row['conversations'] for row in more):,} conversations together")]


def tasks(report: dict[str, Any], canvas: Canvas) -> list[str]:
    """Each category; and where half of it or more comes from one team, that team."""
    rows = report["task_categories"]
    if not rows:
        return []
    shown, total = _first(rows), report["totals"]["conversations"]
    cells: list[list[Cell]] = []
    for row, counted in zip(shown, _counted(shown)):
        team, number = next(iter(row["teams"].items()), ("", 0))
        leads = len(report["teams"]) > 1 and row["conversations"] >= 10 and 2 * number >= row["conversations"]
        cells.append([fit(row["task_category"], 30), counted, percent(row["conversations"], total) if total >= SMALL else "",
                      f"{fit(team, 14)} {share(number, row['conversations'])}" if leads else ""])
    head = ["task", "conversations", "share", "half or more from" if any(row[3] for row in cells) else ""]
    return [canvas.title("Tasks"), *canvas.table(head, cells, right=[2]), *_rest(rows, "category", canvas)]
