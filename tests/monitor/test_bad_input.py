"""Whatever stands in a log: it is counted, rejected or passed over, and nothing breaks."""

import json
from random import Random

import pytest

from llmops_cli.monitor import exposition, summary
from llmops_cli.report import prometheus

from .made import alerts_of, reply, watcher

ODD = (None, True, False, 0, -1, -0.5, 1e-320, 1e300, float("inf"), 10 ** 40, "", "x", "\ud800", "NaN", [], ["up"], {}, {"a": {"b": 1}}, {"type": 5}, {"": -1, "x": "y", "z": 2}, "up", "length")
STAMPS = ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-01-03T10:00:60Z", "2026-01-03", "", "2026-W01-1", "2026-01-03T10:00:00+14:00", "9999-12-31T23:59:59-12:00", "1969-12-31T23:59:59Z", "２026-01-03T10:00:00Z")
KEYS = ("latency_ms", "cost_usd", "input_tokens", "output_tokens", "cached_input_tokens", "error", "feedback", "scores", "finish_reason", "model", "release", "tool_calls", "team", "message_id", "user_id", "conversation_id", "content", "role", "event_time")


@pytest.mark.parametrize("zone, window", [("UTC", 3600), ("America/New_York", 86400), ("+05:30", 90)])
@pytest.mark.parametrize("seed", range(5))
def test_anything_goes_in(seed, zone, window):
    pick = Random(seed)
    watching = watcher({"score": {"z": {"below": 1}}, "change": {"latency": "5%"}}, window=window, zone=zone, by=("model", "release"), budget={"day": 1.0, "month": 2.0}, people=True)
    taken = 0
    for number in range(600):
        event = reply(number * 40, **{key: pick.choice(ODD) for key in pick.sample(KEYS[:-1], pick.randrange(4))})
        if pick.random() < 0.05:
            event["event_time"] = pick.choice(STAMPS)
        taken += watching.add(event) == ""
    alerts = alerts_of(watching, [])
    assert taken > 300
    json.dumps(alerts, allow_nan=False)
    json.dumps([summary.rows(watching), watching.history.to_json(), watching.money.to_json()], allow_nan=False)
    prometheus.text(prometheus.Family(*family[:3], [prometheus.Sample(*one) for one in family[3]]) for family in exposition.families(watching, 0)).encode()
    assert summary.table(watching)


@pytest.mark.parametrize("stamp", STAMPS)
def test_times_at_the_edge(stamp):
    watching = watcher(window=86400, budget={"month": 1.0})
    watching.add(reply(0))
    if watching.add({**reply(1, error="E", cost_usd=5.0), "event_time": stamp}) == "":
        alerts_of(watching, [reply(2)])
