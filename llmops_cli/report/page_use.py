"""The parts of the page about use: the days and weeks, the teams, the categories."""

from datetime import date
from math import sqrt
from typing import Any

from . import svg
from .markup import Cell, card, figure, mark, number, pair, section, table
from .numbers import SMALL, brief, change, day, differ, dollars, people, percent
from .svg import Label

AVERAGE_OVER = 7        # days
MOST_COLUMNS = 120      # more days than that are dots
LONGEST_SPARK = 26      # weeks


def trends(report: dict[str, Any]) -> str:
    return section("trends", "Trends", "", [pair(_days(report), _weeks(report))])


def dated(starts: list[str], most: int = 9) -> list[Label]:
    """Dates under a picture, as many as there is room for: Mondays, or the first days of months."""
    count = len(starts)
    if count <= most:
        return [Label(svg.place(number, count), day(start, short=True), number % 2 == 1 and count > 4) for number, start in enumerate(starts)]
    chosen = [number for number, start in enumerate(starts) if date.fromisoformat(start).weekday() == 0] if count <= 75 else []
    if not chosen or len(chosen) > 13:
        chosen = [number for number, start in enumerate(starts) if not number or start[:7] != starts[number - 1][:7]]
    every = -(-len(chosen) // most)
    chosen = [number for number in chosen[::every] if number <= count * 0.97]
    return [Label(svg.place(number, count), day(starts[number], short=True), place % 2 == 1) for place, number in enumerate(chosen)]


def _days(report: dict[str, Any]) -> str:
    rows = report["days"]
    if len(rows) < 2:
        return ""
    values = [row["conversations"] for row in rows]
    average = _average(values)
    axis = svg.scale(max(value or 0 for value in values), whole=True)
    low = [None if value is None else max(0.0, value - 1.96 * sqrt(value / AVERAGE_OVER)) for value in average]
    high = [None if value is None else value + 1.96 * sqrt(value / AVERAGE_OVER) for value in average]
    long = len(rows) > 21
    days = svg.dots(values, axis, "one") if len(rows) > MOST_COLUMNS else svg.columns(values, axis, "one light" if long else "one")
    marks = [days] + [svg.band(low, high, axis, "one"), svg.line(average, axis, "one")] * long
    most = max(range(len(rows)), key=lambda place: values[place] or 0)
    about = f"Most: {values[most]:,} on {_weekday(rows[most]['date'])} {day(rows[most]['date'], year=True)}." if values[most] else ""
    about += f" {'Dots' if len(rows) > MOST_COLUMNS else 'Columns'} are days, the line is the average of seven, the band where it likely lies." * long
    cells = [(row["date"], [number(_or_dash(row["conversations"]), row["conversations"]), number("-" if mean is None else f"{mean:,.1f}", mean),
                            number(_or_dash(row["people"]), row["people"]), number(_or_dash(row["errors"]), row["errors"]),
                            number(_or_dash(row["findings"]), row["findings"]), number("-" if row["cost_usd"] is None else dollars(row["cost_usd"], 1), row["cost_usd"])])
             for row, mean in zip(rows, average)]
    heads = [("day", ""), ("conversations", "n"), ("average of 7 days", "n"), ("people", "n"), ("errors", "n"), ("leaks", "n"), ("cost", "n")]
    return figure("Conversations a day", about, svg.plot(marks, axis, _count, dated([row["date"] for row in rows]), f"Conversations a day, {len(rows)} days. {about}"),
                  table("Conversations a day", heads, cells), len(rows))


def _average(values: list[int | None]) -> list[float | None]:
    """The mean of each day and the six before it; None until there are seven, and where one of them is not known."""
    found: list[float | None] = []
    for place in range(len(values)):
        window = values[max(0, place - AVERAGE_OVER + 1):place + 1]
        found.append(sum(window) / AVERAGE_OVER if len(window) == AVERAGE_OVER and None not in window else None)
    return found


def _or_dash(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def _count(value: float) -> str:
    return f"{value:,.0f}" if value < 10_000 else brief(value)


def _weekday(iso: str) -> str:
    return ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[date.fromisoformat(iso).weekday()]


def _weeks(report: dict[str, Any]) -> str:
    rows = report["weeks"]
    if len(rows) < 2:
        return ""
    values = [row["conversations"] for row in rows]
    low, high = [max(0.0, value - 1.96 * sqrt(value)) for value in values], [value + 1.96 * sqrt(value) for value in values]
    axis = svg.scale(max(high), whole=True)
    marks = [svg.columns(values, axis, "one", [row["whole"] is False for row in rows]), svg.whiskers(low, high, axis)]
    about = "Upright lines: what chance may make of such a week, 19 times in 20." + " Pale: not a whole week." * any(row["whole"] is False for row in rows)
    cells = []
    for row, below, above in zip(rows, low, high):
        cells.append((row["week"], [Cell(_span(row), kind="q"), number(f"{row['conversations']:,}", row["conversations"]), number(f"{below:,.0f} to {above:,.0f}", below),
                                    number(_changed(row), row["change"]), number(_or_dash(row["people"]), row["people"]),
                                    number(_or_dash(row["findings"]), row["findings"]), number("-" if row["cost_usd"] is None else dollars(row["cost_usd"], 1), row["cost_usd"])]))
    heads = [("week", ""), ("days", ""), ("conversations", "n"), ("chance range", "n"), ("change", "n"), ("people", "n"), ("leaks", "n"), ("cost", "n")]
    caption = "Change: against the same days of the week before; in brackets when it is no more than chance."
    return figure("Conversations a week", about, svg.plot(marks, axis, _count, week_labels(rows), f"Conversations a week, {len(rows)} weeks. {about}"),
                  table("Conversations a week", heads, cells, caption=caption), len(rows))


def week_labels(rows: list[dict[str, Any]]) -> list[Label]:
    """The first days of weeks, or the weeks' names where the days are not known."""
    if all(row["from"] for row in rows):
        return dated([row["from"] for row in rows])
    every = -(-len(rows) // 8)
    return [Label(svg.place(place, len(rows)), row["week"], place // every % 2 == 1) for place, row in enumerate(rows) if place % every == 0]


def _span(row: dict[str, Any]) -> str:
    if not row["from"]:
        return ""
    return f"{day(row['from'], short=True)} – {day(row['to'], short=True)}"


def _changed(row: dict[str, Any]) -> str:
    if not row["compared_days"]:
        return "-"
    said = change(row["compared"], row["compared_before"])
    return said if differ(row["compared"], row["compared_before"]) else f"({said})"


def teams(report: dict[str, Any]) -> str:
    rows = report["teams"]
    if not rows:
        return ""
    total, most = report["totals"]["conversations"], max(row["conversations"] for row in rows) or 1
    weekly = len(rows[0]["by_week"]) > 2
    cells = []
    for row in rows:
        each = row["conversations_per_person"]
        cells.append((row["team"], [
            number(people(row["people"], row["people_exact"]) if row["people"] is not None else "-", row["people"]),
            number(f"{row['conversations']:,}", row["conversations"]), mark(svg.bar(row["conversations"] / most)),
            number(percent(row["conversations"], total) if total >= SMALL else "-", row["conversations"]), number("-" if each is None else f"{each:.1f}", each),
            *[mark(svg.spark(row["by_week"][-LONGEST_SPARK:]), "w")] * weekly, Cell(_favourite(row), kind="q")]))
    heads = [("team", ""), ("people", "n"), ("conversations", "n"), ("", "b"), ("share", "n"), ("a person", "n"), *[("by week", "")] * weekly, ("asks most for", "")]
    unknown = report["totals"]["from_rows"] and any(row["people"] is None for row in rows)
    about = f"{len(rows):,} {'team' if len(rows) == 1 else 'teams'}, the busiest first." + " How many people is not known from rows, but from tallies." * unknown
    numbers = _teams_by_week(report) if weekly else ""
    return section("teams", "Adoption by team", about, [f'<div class="card">{table("Adoption by team", heads, cells, "sortable")}{numbers}</div>'])


def _favourite(row: dict[str, Any]) -> str:
    """What a team asks most for."""
    if not row["top_task"]:
        return ""
    name = row["top_task"].partition(" (")[0]
    return f"{name}, {percent(row['top_task_conversations'], row['conversations'])}" if row["conversations"] >= SMALL else name


def _teams_by_week(report: dict[str, Any]) -> str:
    """The numbers behind the small lines."""
    weeks = [week["week"] for week in report["weeks"] if week["whole"] is not False][-LONGEST_SPARK:]
    rows = [(row["team"], [number(f"{value:,}", value) for value in row["by_week"][-LONGEST_SPARK:]]) for row in report["teams"]]
    return f"<details><summary>Numbers: conversations by team and week</summary>{table('Conversations by team and week', [('team', ''), *((week, 'n') for week in weeks)], rows)}</details>"


def categories(report: dict[str, Any]) -> str:
    rows = report["task_categories"]
    if not rows:
        return ""
    total, most = report["totals"]["conversations"], max(row["conversations"] for row in rows) or 1
    cells = [(row["task_category"], [number(f"{row['conversations']:,}", row["conversations"]), mark(svg.bar(row["conversations"] / most)),
                                     number(percent(row["conversations"], total) if total >= SMALL else "-", row["conversations"])]) for row in rows]
    whole = card("All teams", "", table("Categories", [("category", ""), ("conversations", "n"), ("", "b"), ("share", "n")], cells, "sortable"))
    return section("categories", "What it is asked for", "", [whole, _by_team(report)])


def _by_team(report: dict[str, Any]) -> str:
    """A row a team, a column a category: the share of the team's conversations."""
    tasks, rows = report["task_categories"], []
    if len(report["teams"]) < 2:
        return ""
    for team in report["teams"]:
        counts = [task["teams"].get(team["team"], 0) for task in tasks]
        few = team["conversations"] < SMALL
        rows.append((team["team"], [number(f"{team['conversations']:,}", team["conversations"]), *(
            Cell(f"{count:,}" if few else percent(count, team["conversations"]), count / (team["conversations"] or 1), "n", shade=count / (team["conversations"] or 1)) for count in counts)]))
    heads = [("team", ""), ("conversations", "n"), *((task["task_category"].partition(" (")[0], "n") for task in tasks)]
    return card("By team", f"The share of each team's conversations; fewer than {SMALL} are shown as they are counted.", table("Categories by team", heads, rows, "matrix sortable"))
