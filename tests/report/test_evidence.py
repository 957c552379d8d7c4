"""What evidence adds up, and what it refuses."""

import random

import pytest

from llmops_cli.errors import UserError
from llmops_cli.report.evidence import Evidence
from llmops_cli.report.summary import summary

from .made import conversation, evidence, rows, tallies

MONTH = [conversation(f"2026-03-{day:02}", team, user=f"u_{day % 3}", latency_ms=100.0 * day, cost_usd=0.01)
         for day in range(2, 23) for team in ("Sales", "Support")]


def test_people_are_never_added_up():
    report = summary(evidence(tallies(MONTH)))
    assert report["totals"]["people"] == 3
    assert [team["people"] for team in report["teams"]] == [3, 3]
    assert report["weeks"][0]["people"] == 3


def test_percentiles_are_never_averaged():
    slow = [conversation("2026-03-02", user=f"u_{number}", latency_ms=10.0) for number in range(99)] + [conversation("2026-03-03", latency_ms=9000.0)]
    health = summary(evidence(tallies(slow)))["health"]
    assert health["latency_ms_p50"] == pytest.approx(10, rel=0.01)
    assert health["latency_ms_p99"] == pytest.approx(10, rel=0.01)
    assert health["replies_timed"] == 100


def test_the_order_of_records_does_not_matter():
    records = tallies(MONTH)
    first = summary(evidence(records))
    random.Random(1).shuffle(records)
    assert summary(evidence(records)) == first


def test_rows_say_what_they_can_and_no_more():
    report = summary(evidence(rows(MONTH)))
    whole = summary(evidence(tallies(MONTH)))
    assert report["totals"]["conversations"] == whole["totals"]["conversations"] == 42
    assert report["cost"] == whole["cost"]
    assert report["totals"]["people"] is None and report["health"]["latency_ms_p95"] is None
    assert report["leaks"]["findings"] == 0 and report["leaks"]["secrets"] in (0, None)


def test_one_row_a_team_knows_the_people_of_the_team():
    report = summary(evidence(rows(MONTH, by=("team",))))
    assert [team["people"] for team in report["teams"]] == [3, 3]
    assert report["totals"]["people"] is None


def test_the_plainest_daily_document_is_enough():
    document = {"date": "2026-01-03", "total_conversations": 3, "total_events_processed": 10,
                "metrics": [{"team": "Sales", "task_category": "Technical Help", "conversation_count": 3, "total_turns": 10,
                             "total_chars_user": 50, "total_chars_assistant": 60}]}
    report = summary(evidence([document]))
    assert report["totals"]["conversations"] == 3 and report["from"] == "2026-01-03"
    assert report["leaks"]["findings"] is None and report["cost"]["cost_usd"] is None and report["health"]["errors"] is None


def test_a_span_takes_both_its_ends():
    found = evidence(tallies(MONTH), first="2026-03-05", last="2026-03-06")
    assert sorted(found.days) == ["2026-03-05", "2026-03-06"]
    assert len(found.dates_seen) == 21


def test_what_has_no_date_counts_in_the_totals_alone():
    records = tallies([conversation("2026-03-02"), conversation("unknown")])
    report = summary(evidence(records))
    assert report["totals"]["conversations"] == 2 and report["totals"]["conversations_without_date"] == 1
    assert [day["conversations"] for day in report["days"]] == [1]
    assert summary(evidence(records, first="2026-03-01"))["totals"]["conversations"] == 1


def test_a_span_needs_dates():
    with pytest.raises(UserError, match="not by date"):
        evidence(tallies(MONTH, by=("team",)), first="2026-03-05")


TALLY = tallies(MONTH[:1])[0]
ROW = rows(MONTH[:1])[0]


@pytest.mark.parametrize("record, reason", [
    ({"tally_version": 99}, "another version"),
    ({**TALLY, "group": ["2026-03-02"]}, "not a whole tally"),
    ({**TALLY, "by": None}, "not a whole tally"),
    ({**TALLY, "users": 5}, "not a whole tally"),
    ({**TALLY, "group": ["soon", "Sales", "x"]}, "not a date"),
    ({"team": "Sales"}, "conversation_count is missing"),
    ({**ROW, "conversation_count": "3"}, "conversation_count is not a count"),
    ({**ROW, "conversation_count": -3}, "conversation_count is not a count"),
    ({**ROW, "conversation_count": True}, "conversation_count is not a count"),
    ({**ROW, "conversation_count": 10 ** 400}, "conversation_count is not a count"),
    ({**ROW, "cost_usd": "dear"}, "cost_usd is not a number"),
    ({**ROW, "cost_usd": 1e308}, "cost_usd is below zero or beyond all bounds"),
    ({**ROW, "cost_usd": -3}, "cost_usd is below zero or beyond all bounds"),
    ({**ROW, "users": 10 ** 400}, "users is below zero or beyond all bounds"),
    ({**ROW, "date": "2026-13-01"}, "not a date"),
    ({"metrics": []}, "date is missing"),
    ({"date": "2026-03-02", "metrics": 5}, "not a list of rows"),
    ({"date": "2026-03-02", "metrics": [{}], "total_conversations": 0}, "no conversation_count"),
    ({"date": "2026-03-02", "metrics": [ROW], "total_conversations": 7}, "not the sum"),
])
def test_a_broken_record_is_refused_whole(record, reason):
    found = Evidence()
    with pytest.raises(ValueError, match=reason):
        found.add_record(record)
    assert found.total().parts == 0 and not found.days and not found.teams


def test_tallies_and_rows_can_stand_together():
    report = summary(evidence([*tallies(MONTH[:2]), *rows([conversation("2026-04-01")])]))
    assert report["totals"]["conversations"] == 3
    assert report["totals"]["people"] is None
