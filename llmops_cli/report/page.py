"""The report as one page: a file without requests to anywhere, which works without its script and prints."""

import base64
import hashlib
from datetime import date as calendar_date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Mapping, NamedTuple

from ..term import count
from . import page_care, page_use
from .headlines import headlines
from .markup import text
from .numbers import brief, days_of, dollars, people, percent, period, share


class Served(NamedTuple):
    """The first and the last date of the lake behind a page that is served, None when it has none."""

    first: str | None
    last: str | None


@cache
def _frame() -> str:
    return (files(__package__) / "page.html").read_text(encoding="utf-8")


def _policy() -> str:
    """What a browser may do with the page: show its styles, run its one script, and nothing else."""
    script = _frame().partition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


POLICY = _policy()


def html(report: Mapping[str, Any], *, budget: Mapping[str, Any] | None = None, served: Served | None = None) -> str:
    """The page of a summary. A served one links to other spans."""
    title = f"Use of AI, {period(report['from'], report['to'])}" if report["from"] else "Use of AI"
    parts = _parts(report, budget or {})
    body = "".join((_head(report, title, parts, served), *parts.values(), "</main>", _foot(report, served is not None)))
    return _frame().replace("{policy}", POLICY, 1).replace("{title}", text(title), 1).replace("{body}", body, 1)


def _parts(report: Mapping[str, Any], budget: Mapping[str, Any]) -> dict[str, str]:
    """The sections that have something to say, by the names in the links to them."""
    if not report["totals"]["conversations"]:
        return {"": '<p class="about">There are no conversations in this span yet.</p>'}
    made = {"Trends": page_use.trends(report), "Teams": page_use.teams(report), "Categories": page_use.categories(report), "Leaks": page_care.leaks(report),
            "Health": page_care.health(report), "Cost": page_care.cost(report, budget), "Feedback": page_care.feedback(report), "Releases": page_care.releases(report)}
    return {name: part for name, part in made.items() if part}


def _head(report: Mapping[str, Any], title: str, parts: Mapping[str, str], served: Served | None) -> str:
    about = f"Used on {report['dates']} of {days_of(report['from'], report['to']):,} days." if len(report["days"]) > 1 else ""
    links = "".join(f'<a href="#{name.lower()}">{name}</a>' for name in parts if name)
    said = "".join(f"<li>{text(line)}</li>" for line in headlines(report)) if report["totals"]["conversations"] else ""
    return (f'<a class="skip" href="#main">To the numbers</a><header><h1>{text(title)}</h1><p>{about}</p>{_spans(report, served)}'
            f'<nav aria-label="Sections">{links}</nav></header><main id=main>{_facts(report)}{f"<ul class=short>{said}</ul>" if said else ""}{_gaps(report)}')


def _spans(report: Mapping[str, Any], served: Served | None) -> str:
    """Links to other spans of a lake, counted back from its last date."""
    if not served or not served.first or not served.last:
        return ""
    last = calendar_date.fromisoformat(served.last)
    spans = [("Everything", "")] + [(name, f"?from={(last - timedelta(days=days - 1)).isoformat()}&amp;to={served.last}")
                                    for name, days in (("Last 7 days", 7), ("Last 28 days", 28), ("Last 91 days", 91)) if (last - timedelta(days=days - 1)).isoformat() > served.first]
    shown = f"?from={report['from']}&amp;to={report['to']}" if (report["from"], report["to"]) != (served.first, served.last) else ""
    links = "".join(f'<a href="{link or "./"}"{" aria-current=page" * (link == shown)}>{name}</a>' for name, link in spans)
    return f'<nav class="spans" aria-label="Span">{links}</nav>' if len(spans) > 1 else ""


def _facts(report: Mapping[str, Any]) -> str:
    """The numbers to take away."""
    totals, found, leaks, feedback = report["totals"], report["health"], report["leaks"], report["feedback"]
    facts = [("conversation" if totals["conversations"] == 1 else "conversations", _figure(totals["conversations"])),
             ("people", _figure(totals["people"], totals["people_exact"])), ("team" if totals["teams"] == 1 else "teams", _figure(totals["teams"])),
             ("leaks", _figure(leaks["findings"])), ("cost", dollars(report["cost"]["cost_usd"])),
             ("of the replies failed", "not known" if found["errors"] is None else share(found["errors"], found["replies"], 1))]
    if feedback["total"]:
        facts.append((f"of {feedback['total']:,} opinions are good", percent(feedback["up"], feedback["total"]) if feedback["total"] >= 20 else f"{feedback['up']:,}"))
    return '<dl class="facts">' + "".join(f"<div><dt>{text(name)}</dt><dd{' class=none' * (value == 'not known')}>{text(value)}</dd></div>" for name, value in facts) + "</dl>"


def _figure(number: int | None, exact: bool = True) -> str:
    return people(number, exact) if (number or 0) < 1e6 else brief(number or 0)


def _gaps(report: Mapping[str, Any]) -> str:
    """What is not in these numbers."""
    said = []
    if report["left_out"]:
        said.append(f"Left out, because their files cannot be used: {', '.join(report['left_out'])}.")
    if report["totals"]["conversations_without_date"]:
        said.append(f"{count(report['totals']['conversations_without_date'], 'conversation')} without a date: in totals only.")
    return "".join(f'<p class="warning">{text(line)}</p>' for line in said)


def _foot(report: Mapping[str, Any], served: bool) -> str:
    """What all of it rests on."""
    read, said = report["input"], ""
    if read["lines_read"] is not None:
        said = f"Rests on {count(read['lines_read'], 'line')} of logs; "
        said += "none was rejected." if not read["lines_rejected"] else f"{read['lines_rejected']:,} rejected ({percent(read['lines_rejected'], read['lines_read'])})" + (
            ": " + ", ".join(f"{row['reason']} ({row['lines']:,})" for row in read["reasons"][:3]) if read["reasons"] else "") + "."
    said += " Shares of fewer than twenty are shown as they were counted; what nothing is known of is said to be not known."
    data = ' The same numbers as data: <a href="v1/trends">trends</a>, <a href="v1/dates">dates</a>, <a href="openapi.json">OpenAPI</a>.' if served else ""
    return f"<footer><p>{text(said.strip())}{data}</p></footer>"
