"""The values that are shown."""

import json
import time

from llmops_cli.report.summary import summary

from .made import conversation, evidence, tallies


def report_of(conversations, **settings):
    return summary(evidence(tallies(conversations), **settings))


def test_every_day_of_the_span_is_there():
    report = report_of([conversation("2026-03-02"), conversation("2026-03-05")])
    assert [(day["date"][-2:], day["conversations"]) for day in report["days"]] == [("02", 1), ("03", 0), ("04", 0), ("05", 1)]


def test_a_date_left_out_is_not_nothing():
    found = evidence(tallies([conversation("2026-03-02"), conversation("2026-03-04")]))
    found.left_out.append("2026-03-03")
    report = summary(found)
    assert [day["conversations"] for day in report["days"]] == [1, None, 1]
    assert report["left_out"] == ["2026-03-03"] and not any(week["whole"] for week in report["weeks"])


def test_a_week_is_compared_over_the_same_days():
    # Monday to Sunday with 4 a day, then a Monday and a Tuesday with 6
    days = [("2026-03-%02d" % day, 4) for day in range(2, 9)] + [("2026-03-09", 6), ("2026-03-10", 6)]
    weeks = report_of([conversation(date, user=f"u{number}") for date, count in days for number in range(count)])["weeks"]
    assert [week["week"] for week in weeks] == ["2026-W10", "2026-W11"]
    assert weeks[0]["whole"] and weeks[0]["change"] is None
    assert not weeks[1]["whole"]
    assert (weeks[1]["compared"], weeks[1]["compared_before"], weeks[1]["compared_days"], weeks[1]["change"]) == (12, 8, 2, 0.5)


def test_weeks_of_years_that_meet():
    weeks = report_of([conversation("2026-12-28"), conversation("2027-01-03"), conversation("2027-01-04")])["weeks"]
    assert [week["week"] for week in weeks] == ["2026-W53", "2027-W01"]
    assert [week["week"] for week in report_of([conversation("2027-01-03")], week_start="sun")["weeks"]] == ["2027-W01"]


def test_nothing_known_is_none_not_zero():
    report = report_of([conversation("2026-03-02")])
    assert report["cost"]["cost_usd"] is None and report["cost"]["share_priced"] == 0
    assert report["health"]["latency_ms_p50"] is None and report["health"]["errors"] == 0
    assert report["feedback"]["share_up"] is None and report["input"]["lines_read"] is None
    assert report["totals"]["input_tokens"] is None


def test_cost_says_what_it_rests_on():
    report = report_of([conversation("2026-03-02", cost_usd=0.5), conversation("2026-03-02", "Support"), conversation("2026-03-03", cost_usd=0.25)])
    assert report["cost"] == {"cost_usd": 0.75, "replies": 3, "replies_priced": 2, "share_priced": 2 / 3, "cost_usd_per_conversation": 0.25}
    assert {team["team"]: team["cost_usd"] for team in report["teams"]} == {"Sales": 0.75, "Support": None}


def test_leaks_by_kind_and_team():
    report = report_of([conversation("2026-03-02", content="write to [EMAIL] or [EMAIL]"), conversation("2026-03-02", "Support", content="[PASSWORD]")])
    assert report["leaks"]["kinds"] == [{"kind": "EMAIL", "findings": 2}, {"kind": "PASSWORD", "findings": 1}]
    assert report["leaks"]["secrets"] == 1 and report["leaks"]["counted_in"] == "text"
    assert {team["team"]: (team["findings"], team["secrets"]) for team in report["teams"]} == {"Sales": (2, 0), "Support": (1, 1)}


def test_what_the_runs_took_out_counts_where_the_text_no_longer_shows_it():
    found = evidence(tallies([conversation("2026-03-02")]))
    found.redacted.update({"EMAIL": 3, "SECRET": 1})
    leaks = summary(found)["leaks"]
    assert (leaks["findings"], leaks["secrets"], leaks["counted_in"]) == (4, 1, "runs")


def test_it_is_plain_json():
    report = report_of([conversation("2026-03-02", cost_usd=0.1, latency_ms=5, error="Timeout")])
    assert json.loads(json.dumps(report, allow_nan=False)) == report


def test_many_teams_take_no_longer_each():
    found = evidence(tallies([conversation("2026-03-02")]))
    one = found.teams["Sales"]
    for number in range(3000):
        found.teams[f"t{number}"] = one
        found.tasks.update({(f"t{number}", f"task {task}"): task + 1 for task in range(8)})
    began = time.process_time()
    report = summary(found)
    assert time.process_time() - began < 2
    assert {team["top_task"] for team in report["teams"]} == {"task 7", "Technical Help"}
