"""Windows: exact crossings, sums that add up, late replies, wrong clocks, the zone's days."""

import json
import subprocess
import sys
from math import ceil
from random import Random

import pytest

from llmops_cli.monitor import summary
from llmops_cli.monitor.counts import Counts
from llmops_cli.monitor.moments import Moments
from llmops_cli.monitor.spans import Spans
from llmops_cli.monitor.state import State
from llmops_cli.records import Calendar

from ..conftest import environment
from .made import START, alerts_of, lines, named, reply, watcher

QUIET = {name: {"enabled": False} for name in ("slow_reply", "error", "no_traffic", "refusal", "empty_reply")}


def first_crossing(events, share, limit, least):
    """The reply with which the nearest-rank percentile of all so far first passes a limit, found by sorting."""
    values = []
    for event in events:
        values.append(event["latency_ms"])
        if len(values) >= least and sorted(values)[ceil(share * len(values)) - 1] > limit:
            return event["message_id"]
    return None


@pytest.mark.parametrize("seed", range(12))
def test_percentiles_cross_on_the_very_reply(seed):
    pick = Random(seed)
    events = [reply(number, latency_ms=round(pick.lognormvariate(6.7, 0.55), 1)) for number in range(300)]
    found = dict(named(alerts_of(watcher(QUIET), events)))
    assert found.get("latency_p95") == first_crossing(events, 0.95, 2000, 20) and found.get("latency_p99") == first_crossing(events, 0.99, 5000, 100)


@pytest.mark.parametrize("seed", range(6))
def test_rates_cross_on_the_very_reply(seed):
    pick = Random(seed)
    events = [reply(number, error="E" if pick.random() < 0.06 else None) for number in range(400)]
    expected = next((event["message_id"] for number, event in enumerate(events, 1) if number >= 20 and sum(bool(one["error"]) for one in events[:number]) > 0.05 * number), None)
    assert dict(named(alerts_of(watcher(QUIET), events))).get("error_rate") == expected


def test_a_value_that_crosses_is_said_above_its_limit():
    (alert,) = alerts_of(watcher(QUIET), [reply(number, latency_ms=2000.01) for number in range(30)])
    assert alert["alert"] == "latency_p95" and 2000 < alert["value"] <= 2020


def test_twenty_replies_are_needed():
    assert named(alerts_of(watcher(QUIET), [reply(number, error="E") for number in range(19)])) == []
    assert named(alerts_of(watcher(QUIET), [reply(number, error="E") for number in range(25)])) == [("error_rate", "m19")]


def test_a_timeout_is_an_error_and_counts_apart():
    assert [name for name, _ in named(alerts_of(watcher(), [reply(number, error="ReadTimeout" if number == 2 else None, content="" if number == 2 else "ok") for number in range(30)]))] == ["error", "timeouts"]


@pytest.mark.parametrize("seed", range(4))
def test_any_order_and_split_gives_the_same_sums(seed):
    pick = Random(seed)
    events = [reply(pick.randrange(7200), message_id=f"m{number}", team=pick.choice("abc"), latency_ms=pick.choice([None, -1, pick.lognormvariate(6, 2)]), cost_usd=pick.random() / 1000, error=pick.choice([None, None, "E"]),
                    feedback=pick.choice([None, "up", "down"]), scores={"hit@3": pick.random()}, cached_input_tokens=pick.randrange(50)) for number in range(400)]

    def rows(order, *cuts):
        watching = watcher(QUIET, by=("team",), people=True)
        for first, last in zip((0, *cuts), (*cuts, len(order))):
            for event in order[first:last]:
                watching.add(event)
            watching.settle()
        return summary.rows(watching)
    whole = rows(events)
    for _ in range(3):
        shuffled = events[:]
        pick.shuffle(shuffled)
        assert rows(shuffled, 17, 200) == whole
    assert sum(row["replies"] for row in whole) == 400


def test_counts_survive_being_written():
    watching = watcher(QUIET, people=True)
    alerts_of(watching, [reply(number, latency_ms=number + 0.5, feedback="up", scores={"a": 0.5}) for number in range(50)])
    (_, counts), = watching.history.totals.values()
    again = Counts.from_json(json.loads(json.dumps(counts.to_json())))
    again.merge(Counts())
    assert again.to_json() == counts.to_json()


def test_late_replies_land_in_their_window():
    events = [*(reply(number, error="E" if number < 2 else None) for number in range(19)), reply(7200), reply(3000, message_id="late")]
    (alert,) = alerts_of(watcher(QUIET), events)
    assert (alert["alert"], alert["message_id"], alert["window"]) == ("error_rate", "late", "2026-01-03T10:00:00Z/2026-01-03T11:00:00Z")


def test_a_clock_that_leaps_ahead_once_closes_nothing_and_makes_no_gap():
    events = [reply(number, error="E" if number < 3 else None) for number in range(25)]
    leap = reply(400 * 86400, message_id="leap")
    watching = watcher({**QUIET, "no_traffic": {}})
    found = alerts_of(watching, [*events, leap, *(reply(3600 + number) for number in range(5))])
    assert [(alert["alert"], alert["state"]) for alert in found] == [("error_rate", "raised")] and watching.history.wrong == 1 and watching.history.last == "2026-01-03T11:00:04Z"


def test_a_clock_that_is_far_behind_once_makes_no_gap_and_an_older_log_is_not_one(tmp_path):
    events = [reply(60 * number) for number in range(90)]
    old = reply(0, event_time="2000-01-01T00:00:00Z", message_id="old")
    watching = watcher()
    assert alerts_of(watching, [*events[:30], old, *events[30:]]) == [] and watching.history.wrong == 1
    found = []
    for part in ([*events[:30], old], events[30:]):
        watching = watcher()
        state = State(str(tmp_path / "state"), watching, [].append)
        for event in part:
            watching.add(event)
        watching.settle()
        found += watching.alerts
        state.save()
        state.close()
    assert found == []
    older = [reply(60 * number - 3 * 86400) for number in range(90)]
    assert [alert["window"] for alert in alerts_of(watcher(), [*events, *older])] == ["2025-12-31T12:00:00Z/2026-01-03T10:00:00Z"]


def test_gaps_of_a_schedule():
    friday_evening, monday_morning = reply(6.5 * 86400 - 3600 * 3), reply(8.9 * 86400)
    table = {"no_traffic": {"hours": "08:00-18:00", "days": ["mon", "tue", "wed", "thu", "fri"]}}
    assert named(alerts_of(watcher(table), [friday_evening, monday_morning])) == []
    (alert,) = alerts_of(watcher(table), [friday_evening, reply(9.1 * 86400)])
    assert alert["alert"] == "no_traffic" and alert["value"] == 4 * 3600


def test_scores_on_a_limit():
    (alert,) = alerts_of(watcher({"score": {"accuracy": {"below": 0.8}}}), [reply(number, scores={"accuracy": 0.9 if number < 10 else 0.5, "other": 0}) for number in range(30)])
    assert (alert["alert"], alert["limit"], alert["message_id"], alert["evidence"]) == ("score", 0.8, "m19", "accuracy: mean of 20") and alert["value"] == 0.7


def test_a_score_that_is_well_again_names_the_limit_that_it_had_crossed(tmp_path):
    table = {**QUIET, "score": {"grounded": {"below": 0.5, "above": 0.9, "min_replies": 5}, "tone": {"below": 0.0, "above": 0.9, "min_replies": 5}}}
    found = []
    for number, grounded in enumerate((0.1, 0.7, 0.95, 0.7, 0.95, 0.1, 0.7, 0.7)):
        watching = watcher(table)
        state = State(str(tmp_path / "state"), watching, [].append)
        for second in range(5):
            watching.add(reply(3600 * number + second, scores={"grounded": grounded, "tone": 0.5 + (number == 0) / 2}))
        watching.settle()
        found += [(alert["evidence"].partition(":")[0], alert["state"], alert["limit"]) for alert in watching.alerts]
        state.save()
        state.close()
    assert found == [("grounded", "raised", 0.5), ("tone", "raised", 0.9), ("grounded", "cleared", 0.5), ("tone", "cleared", 0.9), ("grounded", "raised", 0.9), ("grounded", "cleared", 0.9),
                     ("grounded", "raised", 0.9), ("grounded", "raised", 0.5), ("grounded", "cleared", 0.5)]


def test_keys_that_cannot_be_keys():
    watching = watcher(by=("model", "region"))
    assert alerts_of(watching, [reply(1, model=["m"], region={"a": 1}), reply(2, model=None, region=5)]) == [] and sorted(watching.history.totals) == ["model=unknown,region=5", "model=unknown,region=unknown"]


@pytest.mark.parametrize("record", [{}, {"event_time": "soon", "role": "assistant", "content": "x"}, {**reply(1), "team": ["x"]}, {**reply(1), "content": None}, {**reply(1), "role": ""}, {**reply(1), "event_time": "2026-13-03T10:00:00Z"}])
def test_what_is_no_event_is_said(record):
    assert watcher().add(record) != ""


@pytest.mark.parametrize("stamp", ["2026-01-03T10:00:00Z", "2026-01-03T10:00:00.5Z", "2026-01-03T11:00:00+01:00", "2026-01-03 10:00:00"])
def test_times_in_other_spellings(stamp):
    watching = watcher()
    alerts_of(watching, [{**reply(1), "event_time": stamp}])
    assert watching.history.last.startswith("2026-01-03T10:00:00") and watching.history.newest == START // 3600


def test_windows_of_a_zone():
    days = Moments(86400, Calendar("Europe/Oslo"))
    assert days.span(days.place("2026-03-29T12:00:00Z").window) == "2026-03-28T23:00:00Z/2026-03-29T22:00:00Z"      # 23 hours: the clocks go forward
    assert Moments(3600, Calendar("+05:30")).span(Moments(3600, Calendar("+05:30")).place("2026-01-03T10:15:00Z").window) == "2026-01-03T09:30:00Z/2026-01-03T10:30:00Z"
    weeks = Moments(604800, Calendar())
    assert weeks.span(weeks.place("2026-01-03T10:15:00Z").window) == "2025-12-29T00:00:00Z/2026-01-05T00:00:00Z"
    sundays = Moments(604800, Calendar("UTC", "sun"))
    assert sundays.span(sundays.place("2026-01-03T10:15:00Z").window).startswith("2025-12-28T00:00:00Z")
    odd = Moments(45, Calendar())
    assert odd.span(odd.place("2026-01-03T10:00:50Z").window) == "2026-01-03T10:00:45Z/2026-01-03T10:01:30Z"


def test_spans_are_a_set():
    pick = Random(4)
    numbers = [pick.randrange(60) for _ in range(40)]
    spans = Spans()
    for number in numbers:
        spans.add(number)
    assert [number for first, last in spans.spans for number in range(first, last + 1)] == sorted(set(numbers))
    assert [number for first, last in spans.gaps() for number in range(first, last + 1)] == sorted(set(range(min(numbers), max(numbers))) - set(numbers))


def test_alerts_by_a_key_of_many_values_keep_no_sum_for_each(tmp_path):
    """What only a summary needs is not held without one: the memory of alerts does not grow with the people in a log."""
    run = "import resource, subprocess, sys; subprocess.run([sys.executable, '-m', 'llmops_cli', *sys.argv[1:]], check=True); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    held = []
    for people in (15_000, 40_000):
        (tmp_path / "log").write_bytes(lines([reply(5 * at, user_id=f"u{at}", message_id=f"m{at}") for at in range(people)]))
        done = subprocess.run([sys.executable, "-c", run, "monitor", "-q", "--no-pii", "--by", "user_id", "log"], cwd=tmp_path, env=environment(tmp_path), stdout=subprocess.PIPE, check=True)
        held.append(int(done.stdout))
    assert held[1] < 1.3 * held[0]
