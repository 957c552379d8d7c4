"""The parts of the page about care: what leaked, whether it is healthy, what it costs, what people say, releases."""

from typing import Any, Callable, Mapping

from . import svg
from .budget import spent
from .markup import Cell, card, figure, mark, number, pair, section, table
from .numbers import SMALL, between, day, dollars, milliseconds, percent, share
from .page_use import week_labels
from .summary import SECRETS
from .svg import Label


def leaks(report: dict[str, Any]) -> str:
    found = report["leaks"]
    if not found["findings"]:
        said = "None were found." if found["findings"] == 0 else "Not known: the rows do not say what sanitize found."
        return section("leaks", "Leaks", said, ['<span hidden></span>'])
    about = f"{found['findings']:,} pieces of personal data and secrets were taken out of the text, {found['findings_per_100_conversations']:.1f} in 100 conversations."
    if found["counted_in"] == "runs":
        about += " The runs counted them; from which teams is not known."
    return section("leaks", "Leaks", about, [pair(_kinds(found), _leaking_teams(report)), _kinds_by_team(report)])


def _kinds(found: dict[str, Any]) -> str:
    kinds = found["kinds"]
    if not kinds:
        return ""
    rows = [(row["kind"], [number(f"{row['findings']:,}", row["findings"]), mark(svg.bar(row["findings"] / kinds[0]["findings"], "three" if row["kind"] in SECRETS else "two")),
                           number(percent(row["findings"], found["findings"]), row["findings"])]) for row in kinds]
    about = "Red: passwords and keys, which somebody must change." if any(row["kind"] in SECRETS for row in kinds) else ""
    return card("By kind", about, table("Leaks by kind", [("kind", ""), ("leaks", "n"), ("", "b"), ("share", "n")], rows, "sortable"))


def _leaking_teams(report: dict[str, Any]) -> str:
    teams = sorted((row for row in report["teams"] if row["findings"]), key=lambda row: (-row["findings"], row["team"]))
    if not teams:
        return ""
    rows = [(row["team"], [number(f"{row['findings']:,}", row["findings"]), mark(svg.bar(row["findings"] / teams[0]["findings"], "two")),
                           number(f"{row['findings_per_100_conversations']:.0f}" if row["conversations"] >= SMALL else "-", row["findings_per_100_conversations"]),
                           number("-" if row["secrets"] is None else f"{row['secrets']:,}", row["secrets"], "n harm" if row["secrets"] else "n")]) for row in teams]
    return card("By team", "Per 100 of its conversations, where there are twenty or more.",
                table("Leaks by team", [("team", ""), ("leaks", "n"), ("", "b"), ("per 100", "n"), ("secrets", "n")], rows, "sortable"))


def _kinds_by_team(report: dict[str, Any]) -> str:
    kinds = [row["kind"] for row in report["leaks"]["kinds"]]
    teams = [row for row in report["teams"] if row["kinds"]]
    if len(teams) < 2 or not kinds:
        return ""
    most = max(max(row["kinds"].values()) for row in teams)
    rows = [(row["team"], [Cell(f"{row['kinds'].get(kind, 0):,}", row["kinds"].get(kind, 0), "n", shade=row["kinds"].get(kind, 0) / most) for kind in kinds]) for row in teams]
    return card("By kind and team", "", table("Leaks by kind and team", [("team", ""), *((kind, "n") for kind in kinds)], rows, "matrix leaks sortable"))


def health(report: dict[str, Any]) -> str:
    found = report["health"]
    said = []
    if found["errors"] is not None:
        few = found["replies"] < SMALL
        said.append(f"{found['errors']:,} of {found['replies']:,} replies failed" + ("" if few else
                    f" ({percent(found['errors'], found['replies'], 1)}, likely {between(found['error_rate_low'], found['error_rate_high'], 1)})") + ".")
    if found["latency_ms_p50"] is not None:
        said.append(f"Half of {found['replies_timed']:,} timed replies took up to {milliseconds(found['latency_ms_p50'])}"
                    + (f", one in twenty longer than {milliseconds(found['latency_ms_p95'])}" if found["replies_timed"] >= 20 else "")
                    + (f", one in a hundred longer than {milliseconds(found['latency_ms_p99'])}" if found["replies_timed"] >= 100 else "") + ".")
    if not said:
        return section("health", "Latency and errors", "Not known: no reply says how long it took, or whether it failed.", ['<span hidden></span>'])
    return section("health", "Latency and errors", " ".join(said), [pair(_latency(report), _errors(report)), _teams_health(report)])


def _latency(report: dict[str, Any]) -> str:
    rows = report["weeks"]
    quantiles = [(name, key, colour, least) for name, key, colour, least in (("p50", "latency_ms_p50", "one", 2), ("p95", "latency_ms_p95", "two", 20), ("p99", "latency_ms_p99", "three", 100))]
    lines = [(name, colour, [row[key] if row["replies_timed"] >= least else None for row in rows]) for name, key, colour, least in quantiles]
    lines = [line for line in lines if len(line[2]) - line[2].count(None) > 1]
    if not lines:
        return ""
    axis = svg.scale(max(value for _, _, values in lines for value in values if value is not None))
    ends = [Label(last / axis.top, f"{name} {milliseconds(last)}", colour=colour) for name, colour, values in lines
            if (last := next((value for value in reversed(values) if value is not None), None)) is not None]
    cells = [(row["week"], [*(number(milliseconds(values[place]) if values[place] is not None else "-", values[place]) for _, _, values in lines),
                            number(f"{row['replies_timed']:,}", row["replies_timed"])]) for place, row in enumerate(rows)]
    about = "By week: half of the replies are faster than p50, 95 of 100 than p95, 99 of 100 than p99."
    return figure("How long replies take", about, svg.plot([svg.line(values, axis, colour) for _, colour, values in lines], axis, milliseconds_short, week_labels(rows),
                                                           f"Reply times by week. At the end: {', '.join(label.text for label in ends)}.", beside=ends),
                  table("Reply times by week", [("week", ""), *((name, "n") for name, _, _ in lines), ("timed replies", "n")], cells), len(rows))


def milliseconds_short(value: float) -> str:
    """A length of time on an axis.

    >>> milliseconds_short(0), milliseconds_short(500), milliseconds_short(2500)
    ('0', '500 ms', '2.5 s')
    """
    return "0" if not value else f"{value:,.0f} ms" if value < 1000 else f"{value / 1000:g} s"


def _rates(report: dict[str, Any], title: str, about: str, colour: str, part: Callable[[dict], tuple[int | None, int, float | None, float | None]], noun: str, most: float | None) -> str:
    """A share by week with the band that it likely lies in."""
    rows, found = report["weeks"], [part(row) for row in report["weeks"]]
    rates = [count / whole if count is not None and whole >= SMALL else None for count, whole, _, _ in found]
    if len(rows) < 2 or not any(whole for _, whole, _, _ in found):
        return ""
    heads = [("week", ""), (noun, "n"), ("of", "n"), ("share", "n"), ("likely", "n")]
    cells = [(row["week"], [number("-" if each[0] is None else f"{each[0]:,}", each[0]), number(f"{each[1]:,}", each[1]),
                            number("-" if rate is None else percent(each[0], each[1], 1), rate), number("-" if rate is None else between(each[2], each[3], 1), rate)])
             for row, each, rate in zip(rows, found, rates)]
    numbers = table(f"{title} by week", heads, cells)
    if len(rates) - rates.count(None) < 2:
        return card(title, f"By week; too few for a line: a share needs {SMALL}.", numbers)
    low = [None if rate is None else each[2] for rate, each in zip(rates, found)]
    high = [None if rate is None else each[3] for rate, each in zip(rates, found)]
    axis = svg.scale(most or max(value for value in high if value is not None), most=1.0)
    marks = [svg.band(low, high, axis, colour), svg.line(rates, axis, colour)]
    last = next(place for place in reversed(range(len(rows))) if rates[place] is not None)
    ends = [Label(rates[last] / axis.top, share(found[last][0], found[last][1], 1 if not most else 0), colour=colour)]
    return figure(title, about, svg.plot(marks, axis, lambda value: f"{100 * value:g} %", week_labels(rows), f"{title} by week; in the last {ends[0].text}.", beside=ends),
                  numbers, len(rows))


def _errors(report: dict[str, Any]) -> str:
    return _rates(report, "Replies that failed", "By week; the band is where the share likely lies, 19 times in 20.", "three",
                  lambda row: (row["errors"], row["replies"] or 0, row["error_rate_low"], row["error_rate_high"]), "failed", None)


def _teams_health(report: dict[str, Any]) -> str:
    teams = [row for row in report["teams"] if row["replies"]]
    if len(teams) < 2:
        return ""
    slowest = max((row["latency_ms_p95"] or 0 for row in teams), default=0) or 1
    rows = [(row["team"], [number(f"{row['replies']:,}", row["replies"]), number(f"{row['errors']:,}", row["errors"]),
                           number(percent(row["errors"], row["replies"], 1) if row["replies"] >= SMALL else "-", row["errors"] / row["replies"]),
                           number("-" if row["latency_ms_p95"] is None else milliseconds(row["latency_ms_p95"]), row["latency_ms_p95"]),
                           mark(svg.bar((row["latency_ms_p95"] or 0) / slowest, "two"))]) for row in teams]
    return card("By team", "", table("Health by team", [("team", ""), ("replies", "n"), ("failed", "n"), ("share", "n"), ("p95", "n"), ("", "b")], rows, "sortable"))


def cost(report: dict[str, Any], budget: Mapping[str, Any]) -> str:
    found = report["cost"]
    if found["cost_usd"] is None:
        return section("cost", "Cost and budget", "Not known: no reply says what it cost.", ['<span hidden></span>'])
    said = f"{dollars(found['cost_usd'])} in all, {dollars(found['cost_usd_per_conversation'])} a conversation."
    if found["replies_priced"] is not None and found["replies"]:
        said += f" {share(found['replies_priced'], found['replies'])} replies say what they cost." if found["replies"] < SMALL else f" {percent(found['replies_priced'], found['replies'])} of the replies say what they cost."
    return section("cost", "Cost and budget", said, [pair(_weekly_cost(report, budget), _budget(report, budget)), pair(_by("team", "teams", report), _by("model", "models", report))])


def _weekly_cost(report: dict[str, Any], budget: Mapping[str, Any]) -> str:
    rows = report["weeks"]
    values = [row["cost_usd"] for row in rows]
    most = max((value for value in values if value is not None), default=0)
    if len(rows) < 2 or not most:
        return ""
    limit = budget.get("week")
    limits = [(float(limit), f"budget {dollars(limit)}")] if limit.__class__ in (int, float) and limit <= 3 * most else []
    axis = svg.scale(max(most, *(value for value, _ in limits), 0))
    marks = [svg.columns(values, axis, "four", [row["whole"] is False for row in rows])]
    cells = [(row["week"], [number("-" if row["cost_usd"] is None else dollars(row["cost_usd"], most), row["cost_usd"]), number(f"{row['conversations']:,}", row["conversations"])]) for row in rows]
    return figure("Cost a week", "Pale: not a whole week." if any(row["whole"] is False for row in rows) else "",
                  svg.plot(marks, axis, lambda value: "$0" if not value else f"${value:,.0f}" if axis.ticks[1] >= 1 else f"${value:.{2 if axis.ticks[1] >= 0.01 else 4}f}",
                           week_labels(rows), f"Cost a week; at most {dollars(most)}.", limits=limits),
                  table("Cost a week", [("week", ""), ("cost", "n"), ("conversations", "n")], cells), len(rows))


def _budget(report: dict[str, Any], budget: Mapping[str, Any]) -> str:
    rows = []
    for line in spent(report, budget):
        colour = "three" if line.spent > line.limit else "two" if line.spent >= 0.8 * line.limit else "four"
        rows.append((line.name, [Cell(line.period, kind="q"), number(dollars(line.spent, line.limit), line.spent), number(dollars(line.limit), line.limit),
                                 mark(svg.bar(line.spent / line.limit, colour)), number(percent(line.spent, line.limit) if line.spent <= line.limit else f"{100 * line.spent / line.limit:,.0f} %", line.spent / line.limit, "n harm" if line.spent > line.limit else "n")]))
    if rows:
        return card("Budget", "The latest day, week and month that these numbers reach.",
                    table("Budget", [("budget", ""), ("period", ""), ("spent", "n"), ("of", "n"), ("", "b"), ("used", "n")], rows))
    months = [month for month in report["months"] if month["cost_usd"] is not None]
    if not months:
        return ""
    most = max(month["cost_usd"] for month in months) or 1
    cells = [(month["month"], [number(dollars(month["cost_usd"], most), month["cost_usd"]), mark(svg.bar(month["cost_usd"] / most, "four")), number(f"{month['conversations']:,}", month["conversations"])])
             for month in months]
    return card("By month", "No budget is set: [budget] month = 100.0 in llmops.toml sets one.", table("Cost by month", [("month", ""), ("cost", "n"), ("", "b"), ("conversations", "n")], cells))


def _by(key: str, group: str, report: dict[str, Any]) -> str:
    rows = sorted((row for row in report[group] if row["cost_usd"] is not None), key=lambda row: (-row["cost_usd"], row[key]))
    if len(rows) < 2:
        return ""
    most, dearest = rows[0]["cost_usd"] or 1, max(row["cost_usd_per_conversation"] or 0 for row in rows)
    cells = [(row[key], [number(dollars(row["cost_usd"], most), row["cost_usd"]), mark(svg.bar(row["cost_usd"] / most, "four")),
                         number(percent(row["cost_usd"], report["cost"]["cost_usd"]), row["cost_usd"]), number(dollars(row["cost_usd_per_conversation"], dearest), row["cost_usd_per_conversation"])])
             for row in rows]
    return card(f"By {key}", "", table(f"Cost by {key}", [(key, ""), ("cost", "n"), ("", "b"), ("share", "n"), ("a conversation", "n")], cells, "sortable"))


def feedback(report: dict[str, Any]) -> str:
    found = report["feedback"]
    if not found["total"]:
        return section("feedback", "Feedback", "No opinions on replies were given.", ['<span hidden></span>'])
    said = f"{found['up']:,} of {found['total']:,} opinions on replies are good"
    said += f" ({percent(found['up'], found['total'])}, likely {between(found['share_up_low'], found['share_up_high'])})." if found["total"] >= SMALL else "."
    chart = _rates(report, "Good opinions", "By week; the band is where the share likely lies, 19 times in 20.", "four",
                   lambda row: (row["feedback"]["up"], row["feedback"]["total"], row["feedback"]["share_up_low"], row["feedback"]["share_up_high"]), "good", 1.0)
    return section("feedback", "Feedback", said, [pair(chart, _opinions_of(report))])


def _opinions_of(report: dict[str, Any]) -> str:
    rows = [row for row in report["models"] if row["feedback"]["total"]]
    if len(rows) < 2:
        return ""
    return card("By model", "A range is where the share likely lies; the mark is what was counted.",
                table("Opinions by model", [("model", ""), ("opinions", "n"), ("good", "n"), ("0 to 100 %", "b")],
                      [(row["model"], _opinion_cells(row["feedback"])) for row in rows]))


def _opinion_cells(opinions: dict[str, Any]) -> list[Cell]:
    if not opinions["total"]:
        return [number("0", 0), number("-"), mark("")]
    return [number(f"{opinions['total']:,}", opinions["total"]), number(share(opinions["up"], opinions["total"]), opinions["share_up"]),
            mark(svg.between(opinions["share_up_low"], opinions["share_up"], opinions["share_up_high"], 1.0))]


def releases(report: dict[str, Any]) -> str:
    rows = [row for row in report["releases"] if row["replies"]]
    if len(rows) < 2:
        return ""
    worst = max(row["error_rate_high"] for row in rows if row["replies"] >= SMALL or len(rows) < 4) if any(row["replies"] >= SMALL for row in rows) else 1.0
    cells = [(row["release"], [Cell(f"{day(row['from'], short=True)} – {day(row['to'], short=True)}" if row["from"] else ""), number(f"{row['conversations']:,}", row["conversations"]),
                               number(share(row["errors"], row["replies"], 1), row["error_rate"]), mark(svg.between(row["error_rate_low"], row["error_rate"], row["error_rate_high"], worst)),
                               number("-" if row["latency_ms_p95"] is None else milliseconds(row["latency_ms_p95"]), row["latency_ms_p95"]),
                               number("-" if row["cost_usd"] is None else dollars(row["cost_usd_per_conversation"]), row["cost_usd_per_conversation"]),
                               number(share(row["feedback"]["up"], row["feedback"]["total"]) if row["feedback"]["total"] else "-", row["feedback"]["share_up"])]) for row in rows]
    heads = [("release", ""), ("days", ""), ("conversations", "n"), ("failed", "n"), (f"0 to {percent(worst, 1)}", "b"), ("p95", "n"), ("a conversation", "n"), ("good opinions", "n")]
    return section("releases", "Releases", "In the order they came. Whether to keep one is what llmops rollback-check answers.",
                   [f'<div class="card">{table("Releases", heads, cells)}</div>'])
