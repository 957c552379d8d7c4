"""The report on a terminal and as Markdown: what it says, and that it keeps to its page."""

import random

import pytest

from llmops_cli.report import markdown, text
from llmops_cli.report.canvas import shown_width
from llmops_cli.report.summary import summary
from llmops_cli.term import Style

from .made import conversation, evidence, rows, tallies

PLAIN = Style(False)


def made(count: int, teams: int = 6, days: int = 30, seed: int = 1) -> list[dict]:
    draw = random.Random(seed)
    return [conversation(f"2026-{3 + day // 30:02}-{1 + day % 30:02}", f"Team number {draw.randrange(teams)}", draw.choice(["Technical Help", "Other/Unknown"]),
                         f"u_{draw.randrange(40)}", latency_ms=draw.uniform(200, 3000), cost_usd=draw.random(), content=draw.choice(["ok", "[EMAIL]", "[SECRET]"]))
            for day in (draw.randrange(days) for _ in range(count))]


def page(records, columns=80, paint=PLAIN) -> str:
    return "\n".join(text.lines(summary(evidence(records)), columns, paint))


@pytest.mark.parametrize("columns", [20, 72, 80, 97, 100, 120, 300])
@pytest.mark.parametrize("count, teams, days", [(1, 1, 1), (3, 2, 2), (30, 3, 8), (400, 50, 30), (400, 6, 200)])
def test_no_line_is_wider_than_the_page(columns, count, teams, days):
    found = page(tallies(made(count, teams, days)), columns)
    assert max(map(shown_width, found.split("\n"))) <= max(72, min(100, columns))


def test_big_numbers_keep_to_the_page_too():
    record = {"date": "2026-03-02", "team": "A team with a very long name indeed", "task_category": "A task with a name that is long (and more)",
              "conversation_count": 987_654_321, "users": 12_345_678, "users_exact": False, "cost_usd": 123_456_789.5, "errors": 8_000_000,
              "replies": 999_999_999, "replies_priced": 900_000_000, "input_tokens": 10**13, "output_tokens": 10**12, "latency_ms_p50": 812.0,
              "latency_ms_p95": 4000.0, "latency_ms_p99": 70_000.0, "replies_timed": 999_999_999, "pii_findings": 45_000_000,
              "feedback_up": 1_000_000, "feedback_down": 1}
    found = page([record, {**record, "date": "2026-03-10", "team": "Other"}])
    assert max(map(shown_width, found.split("\n"))) <= 80
    found = page([record])
    assert "12.3 M" in found and "$123.46 M" in found and "1 min 10 s" in found


def test_colour_changes_no_letter():
    records = tallies(made(200))
    painted = page(records, paint=Style(True))
    assert "\x1b[" in painted
    import re
    assert re.sub(r"\x1b\[[\d;]*m", "", painted).split() == page(records).split()


def test_small_groups_are_counted_not_percented():
    found = page(tallies(made(9, 2, 5)))
    assert " of 9 replies failed" in found
    assert "%" not in found.replace("cost", "").split("Cost")[0]


def test_nothing_known_is_said_in_a_word():
    found = page(tallies([conversation("2026-03-02")]))
    assert "not known: no reply says what it cost" in found and "$" not in found
    assert "none found" in found
    assert "people are not known from rows" in page(rows(made(50)))


def test_all_is_100_percent_and_nearly_all_is_not():
    assert "said by 100 % of 500 replies" in page(tallies([conversation("2026-03-02", cost_usd=1)] * 500))
    nearly = page(tallies([conversation("2026-03-02", cost_usd=1)] * 499 + [conversation("2026-03-02")]))
    assert "said by >99 % of 500 replies" in nearly


def test_names_cannot_act_on_the_terminal():
    found = page(tallies([conversation("2026-03-02", "Sales\x1b[31m\nred", "Help\x07")]))
    assert "\x1b" not in found and "\x07" not in found and "Sales" in found


def test_a_change_within_chance_stands_in_brackets():
    days = [("2026-03-%02d" % day, 5) for day in range(2, 9)] + [("2026-03-%02d" % day, 6) for day in range(9, 16)] + \
           [("2026-03-%02d" % day, 12) for day in range(16, 23)]
    found = page(tallies([conversation(date) for date, count in days for _ in range(count)]), 100)
    assert "(+20 %)" in found and "+100 %" in found and "(+100 %)" not in found
    assert "Use grows: 84 conversations in the week of 16 March, 35 in the week of 2 March (+140 %)." in found


def test_the_teams_that_do_not_fit_are_summed_up():
    found = page(tallies([conversation("2026-03-02", f"Team {number}") for number in range(30)]))
    assert "and 18 more teams with 18 conversations together" in found


def test_markdown_tables_are_whole():
    for records in (tallies(made(300)), tallies(made(1)), rows(made(40)), tallies([conversation("2026-03-02", "A|B*", "x\ny")])):
        tables = [line for line in markdown.lines(summary(evidence(records))) if line.startswith("|")]
        widths = {}
        for line in tables:
            cells = line.replace("\\|", "").count("|")
            if line.startswith("| ---") or "| --- |" in line:
                assert widths["head"] == cells
            widths["head"] = cells
        assert tables and all("\n" not in line for line in tables)


def test_weeks_of_several_years_are_told_apart():
    found = " ".join(page(tallies([conversation(date, user="u") for date in ("2026-01-05", "2026-01-11", "2027-01-25", "2027-01-31") for _ in range(9)])).split())
    assert "18 conversations in the week of 25 January 2027, 18 in the week of 5 January 2026" in found and "in the week of 5 January 2026 " in found


def test_people_that_no_message_names_are_not_put_down_to_rows():
    assert "people are not known" not in page(tallies([conversation("2026-03-02", user="")] * 30))
