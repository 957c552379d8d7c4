"""The page: whole, safe to open, with the numbers behind every chart."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from llmops_cli.report import page, svg
from llmops_cli.report.budget import spent
from llmops_cli.report.evidence import Evidence
from llmops_cli.report.gather import from_lake
from llmops_cli.report.lakefiles import LakeFiles
from llmops_cli.report.summary import summary

from .made import conversation, evidence, rows, tallies
from .years import make

VOID = {"meta", "link", "rect", "path", "input", "br", "wbr"}


class Outline(HTMLParser):
    """The elements of a page; `problems` are ends that do not match."""

    def __init__(self, html: str):
        super().__init__()
        self.elements: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.problems: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.problems.append(tag)


@pytest.fixture(scope="module")
def quarter(tmp_path_factory) -> dict:
    lake = tmp_path_factory.mktemp("page") / "lake"
    make(lake, days=40, teams=4, busy=5)
    found = Evidence()
    from_lake(LakeFiles(str(lake)), found, lambda file, why: pytest.fail(f"{file}: {why}"))
    return summary(found)


def test_it_is_whole(quarter):
    outline = Outline(page.html(quarter))
    assert outline.problems == [] and outline.open == []
    names = [attributes["id"] for tag, attributes in outline.elements if tag == "section"]
    assert names == ["trends", "teams", "categories", "leaks", "health", "cost", "feedback", "releases"]


def test_it_asks_nothing_of_anyone(quarter):
    html = page.html(quarter)
    outline = Outline(html)
    for tag, attributes in outline.elements:
        assert tag not in ("img", "iframe", "object", "embed", "form", "base")
        assert tag != "script" or not attributes
        assert not any(name.startswith("on") for name in attributes)
        assert attributes.get("href", "#").startswith(("#", "data:,")), attributes
    assert "url(" not in html and "@import" not in html and "http://" not in html and "https://" not in html


def test_its_one_script_is_the_one_that_the_policy_names(quarter):
    html = page.html(quarter)
    assert html.count("<script") == 1
    script = re.search(r"<script>(.*)</script>", html, re.S)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = next(attributes["content"] for tag, attributes in Outline(html).elements if attributes.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith(f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{digest}'")


def test_every_chart_has_its_numbers(quarter):
    html = page.html(quarter)
    figures = re.findall(r"<figure.*?</figure>", html, re.S)
    assert len(figures) >= 6
    for figure in figures:
        assert "<details><summary>Numbers" in figure and 'role="img" aria-label="' in figure
        slots = re.search(r"data-slots=(\d+)", figure)
        assert figure.count("<tr>") == int(slots[1]) + 1


def test_the_numbers_are_those_of_the_summary(quarter):
    html = page.html(quarter)
    for team in quarter["teams"]:
        assert f'<th scope="row">{team["team"]}</th>' in html and f'>{team["conversations"]:,}</td>' in html
    assert f"{quarter['leaks']['findings']:,} pieces of personal data" in html


def test_names_from_records_are_text_and_nothing_else():
    name = '<script>alert("1")</script>&\u202e\x00'
    html = page.html(summary(evidence(tallies([conversation(f"2026-03-{day:02}", team, task=name, user="u") for day in (2, 3, 4) for team in (name, "Sales")]))))
    assert "<script>alert" not in html and "\u202e" not in html and "\x00" not in html
    assert "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;" in html
    assert Outline(html).problems == []


@pytest.mark.parametrize("records", [
    [], tallies([conversation("2026-03-02")]), rows([conversation("2026-03-02")]), rows([conversation("2026-03-02")], by=("team",)),
    rows([conversation("2026-03-02"), conversation("2026-03-12")], by=("week", "team")), tallies([conversation("unknown")]),
    [{"date": "2026-01-03", "total_conversations": 3, "total_events_processed": 10, "metrics": [
        {"team": "Sales", "task_category": "Technical Help", "conversation_count": 3, "total_turns": 10, "total_chars_user": 50, "total_chars_assistant": 60}]}]])
def test_little_is_enough(records):
    html = page.html(summary(evidence(records)))
    assert Outline(html).problems == [] and not re.search(r"None(?! of| were)|\bnan\b", html)


def test_a_date_that_is_left_out_is_said(quarter):
    assert "Left out, because their files cannot be used: 2026-03-03." in page.html(quarter | {"left_out": ["2026-03-03"]})


def test_axes_begin_at_zero_and_hold_what_is_shown():
    for number in range(1, 400):
        for greatest in (number, number * 37.7, number / 1000):
            axis = svg.scale(greatest)
            assert axis.ticks[0] == 0 and axis.top >= greatest * 0.999999 and 2 <= len(axis.ticks) <= 6, greatest
            assert svg.scale(number, whole=True).ticks[1] == int(svg.scale(number, whole=True).ticks[1])


def test_labels_never_cover_each_other():
    placed = svg.apart([svg.Label(at, "x") for at in (0.9, 0.95, 0.99, 0.1)])
    assert all(two.at - one.at > 0.114 for one, two in zip(placed, placed[1:])) and placed[-1].at <= 1


def test_budgets(quarter):
    lines = list(spent(quarter, {"day": 1, "week": 5.0, "month": "much", "team": {"Sales": {"month": 3}}}))
    assert [(line.name, line.limit) for line in lines] == [("a day", 1.0), ("a week", 5.0), ("Sales, a month", 3.0)]
    assert lines[0].spent == quarter["days"][-1]["cost_usd"]
    assert "Budget" in page.html(quarter, budget={"week": 5.0})


def test_a_served_page_links_to_other_spans(quarter):
    html = page.html(quarter, served=page.Served("2025-03-03", "2025-04-11"))
    assert 'href="?from=2025-04-05&amp;to=2025-04-11">Last 7 days' in html and 'href="./" aria-current=page>Everything' in html
