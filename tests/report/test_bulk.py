"""Tallies added up at once are tallies added up one by one; what is not whole is refused either way."""

import json
import random

import pytest

from llmops_cli.metrics.tally import Tally
from llmops_cli.report.bulk import added_up
from llmops_cli.report.evidence import Evidence
from llmops_cli.report.summary import summary

from .made import conversation, evidence, tallies


def many(seed: int, number: int = 120) -> list[dict]:
    draw = random.Random(seed)
    return tallies([conversation(f"2026-03-{draw.randrange(1, 15):02}", draw.choice("ABC"), draw.choice(("x", "y")), user=f"u{draw.randrange(40)}",
                                 latency_ms=draw.lognormvariate(6, 1), cost_usd=draw.randrange(10 ** 6) / 1e9, content=draw.choice(("plain", "[EMAIL] [SECRET]")),
                                 **({"error": "Throttling"} if draw.random() < 0.1 else {})) for _ in range(number)])


@pytest.mark.parametrize("seed", range(5))
def test_at_once_is_one_by_one(seed):
    records = many(seed)
    one_by_one = Tally()
    for record in records:
        one_by_one.merge(Tally.from_json(record))
    assert added_up(records).to_json() == one_by_one.to_json()


def test_more_people_than_are_counted_exactly():
    records = tallies([conversation("2026-03-02", team, user=f"{team}{number}") for team in "AB" for number in range(3000)], by=("team",))
    one_by_one = Tally()
    for record in records:
        one_by_one.merge(Tally.from_json(record))
    assert added_up(records).to_json() == one_by_one.to_json() and not one_by_one.users.exact
    assert added_up([{**one_by_one.to_json(), "tally_version": records[0]["tally_version"]}, records[0]]).users.to_json() == one_by_one.users.to_json()


@pytest.mark.parametrize("seed", range(3))
def test_days_at_once_are_records_one_by_one(seed):
    records = many(seed)
    made = Evidence()
    for date in sorted({record["group"][0] for record in records}):
        day = [record for record in records if record["group"][0] == date]
        made.add_day(date, day, sum(record["conversations"] for record in day))
    made.settle()
    assert json.dumps(summary(made)) == json.dumps(summary(evidence(records)))


@pytest.mark.parametrize("broken", [
    {"tally_version": 1}, {"conversations": -1}, {"conversations": 1.0}, {"conversations": True}, {"priced": None}, {"latency_ms": {"zeros": 0, "buckets": [[1.5, 1]]}},
    {"latency_ms": {"zeros": 0, "buckets": [[1, -1]]}}, {"latency_ms": {"zeros": 0, "buckets": [[99_999, 1]]}}, {"latency_ms": {}}, {"latency_ms": []}, {"users": ["not a hash"]}, {"users": "AAAA"},
    {"users": [5]}, {"users": [[]]}, {"users": None}, {"teams": {}}, {"users": ["1" * 17]}, {"latency_ms": {"zeros": 0, "buckets": [[1, 1, 1]]}},
    {"latency_ms": {"zeros": 0, "buckets": [[1]]}}, {"latency_ms": {"zeros": 0, "buckets": 7}}, {"latency_ms": {"zeros": -1, "buckets": []}}, {"leaks": {"EMAIL": "1"}}, {"leaks": []}, {"group": ["2026-03-02"]}, {"by": None}, {"turns": 10 ** 40}])
def test_what_is_not_whole_is_refused_and_nothing_is_counted(broken):
    records = tallies([conversation("2026-03-02", team, latency_ms=5.0, content="[EMAIL]") for team in "AB"])
    made = Evidence()
    with pytest.raises(ValueError):
        made.add_day("2026-03-02", [records[0], {**records[1], **broken}], 2)
    assert made.days == {} and made.tasks == {} and len(made._teams) == 0


def test_a_missing_key_is_refused():
    record, = tallies([conversation("2026-03-02")])
    for key in record:
        with pytest.raises(ValueError):
            Evidence().add_day("2026-03-02", [{name: value for name, value in record.items() if name != key}], 1)
