"""The rules file: what it may say, what is said of what it may not."""

from datetime import datetime, timezone

import pytest

from llmops_cli.errors import UserError
from llmops_cli.monitor import rules
from llmops_cli.monitor.values import milliseconds, share

from .made import alerts_of, named, reply, watcher


def read(table, budget=None):
    return rules.read(table, budget or {}, "rules.toml")


@pytest.mark.parametrize("table, message", [
    ({"slow_repl": {}}, "unknown key 'slow_repl'\n  hint: did you mean 'slow_reply'?"), ({"slow_reply": {"limt": 5}}, "unknown key 'limt' of slow_reply\n  hint: did you mean 'limit'?"),
    ({"error_rate": {"limit": "a lot"}}, "error_rate.limit is not a share"), ({"slow_reply": {"limit": "5 parsecs"}}, "slow_reply.limit is not a length of time"), ({"error": {"severity": "fatal"}}, "error.severity cannot be 'fatal'"),
    ({"error": {"enabled": "no"}}, "error.enabled is true or false"), ({"error": 5}, "error is not a table"), ({"pii_rate": {"enabled": True}}, "pii_rate has no limit"), ({"error_rate": {"min_replies": 0}}, "not a whole number from 1"),
    ({"team": {"Sales": {"slow": {}}}}, "unknown rule 'slow' of team.Sales"), ({"team": {"Sales": 5}}, "team.Sales is not a table"), ({"score": {"accuracy": {}}}, "score.accuracy has no limit"),
    ({"change": {}}, "change names no measure"), ({"change": {"latency": "50%", "against": "year"}}, "change.against cannot be 'year'"), ({"change": {"latncy": 1}}, "did you mean 'latency'?"),
    ({"budget": {"year": 5}}, "unknown key 'budget.year'"), ({"budget": {"day": "20"}}, "budget.day is not an amount of dollars"), ({"budget": {"day": 1e-10}}, "budget.day is not an amount of dollars"), ({"budget": {"team": {"Sales": 5}}}, "budget.team is not a table of tables"),
    ({"budget": {"team": {"Sales": {"days": 5}}}}, "did you mean 'day'?"), ({"mute": {}}, "mute is not a list"), ({"mute": [{"alrt": "x"}]}, "did you mean 'alert'?"), ({"mute": [{"alert": "slow"}]}, "unknown alert 'slow' of mute"),
    ({"mute": [{"from": "soon"}]}, "from of mute is not a time"), ({"mute": [{"from": "2026-01-02", "until": "2026-01-01"}]}, "ends before it begins"), ({"mute": [{"scope": "Sales"}]}, "is not KEY=VALUE"),
    ({"mute": [{"scope": ["team=Sales"]}]}, "is not KEY=VALUE"), ({"mute": [{"days": []}]}, "days is not a list of weekdays"), ({"score": {"tone": {"below": 0.9, "above": 0.1}}}, "every mean is over a limit"),
    ({"no_traffic": {"hours": "9-5"}}, "hours is not a span"), ({"no_traffic": {"days": ["someday"]}}, "days is not a list of weekdays"), ({"window": 5}, "window is not a text"), ({"by": 5}, "by is not a list"),
])
def test_what_is_wrong_is_said_with_its_place(table, message):
    with pytest.raises(UserError) as caught:
        read(table)
    assert message in str(caught.value) and "rules.toml" in str(caught.value)


def test_values():
    assert [milliseconds(text, "", "") for text in ("5s", "250ms", "1.5m", 800, 0.5)] == [5000, 250, 90000, 800, 0.5]
    assert [share(text, "", "") for text in ("5%", "12.5 %", 0.05, 0, 1)] == [0.05, 0.125, 0.05, 0, 1]


def test_defaults():
    found = read({})
    assert (found.message["slow_reply"].limit, found.window["latency_p95"], found.window["latency_p99"].least) == (5000, rules.Rule("latency_p95", "warning", 2000, 20), 100)
    assert [found.window[name].limit for name in ("error_rate", "refusal_rate", "timeouts")] == [0.05, 0.1, 0.01] and not {"pii_rate", "feedback_down"} & set(found.window) and found.change is None


def test_a_rule_can_be_switched_off_and_made_stricter():
    events = [reply(number, latency_ms=3000.0, error="E" if number % 2 else None) for number in range(4)]
    assert named(alerts_of(watcher({"error": {"enabled": False}, "slow_reply": {"limit": "2s", "severity": "critical"}}), events)) == [("slow_reply", f"m{number}") for number in range(4)]


def test_thresholds_of_a_team_model_and_release():
    table = {"team": {"Sales": {"slow_reply": {"limit": "1s"}}}, "model": {"m-2": {"slow_reply": {"limit": "10s"}}}, "release": {"v9": {"slow_reply": {"enabled": False}}}}
    events = [reply(1, latency_ms=2000.0), reply(2, latency_ms=2000.0, team="Support"), reply(3, latency_ms=6000.0, model="m-2"), reply(4, latency_ms=60_000.0, release="v9"), reply(5, latency_ms=6000.0, team="Support")]
    assert named(alerts_of(watcher(table), events)) == [("slow_reply", "m1"), ("slow_reply", "m5")]


def test_a_window_rule_of_one_team_has_windows_of_its_own():
    table = {"team": {"Sales": {"error_rate": {"limit": "1%", "min_replies": 10}}}, "error": {"enabled": False}, "error_rate": {"limit": "50%"}}
    events = [reply(number, error="E" if number == 3 else None, team="Sales" if number % 2 else "Support") for number in range(40)]
    (alert,) = alerts_of(watcher(table), events)
    assert (alert["alert"], alert["scope"], alert["value"], alert["message_id"]) == ("error_rate", "team=Sales", 0.1, "m19")
    assert [one["scope"] for one in alerts_of(watcher(table, by=("team",)), events)] == ["team=Sales"]


def test_mutes():
    slow = [reply(3600 * number, latency_ms=9000.0, team=team, message_id=f"{team}{number}") for number in range(4) for team in ("Sales", "Support")]
    quiet = {"no_traffic": {"enabled": False}}

    def left(*mutes):
        watching = watcher({"mute": list(mutes), **quiet})
        return [name for _, name in named(alerts_of(watching, slow))], watching.muted
    assert left({"alert": "slow_reply"}) == ([], 8) and left({"alert": "error"})[1] == 0
    assert left({"scope": "team=Sales"})[0] == ["Support0", "Support1", "Support2", "Support3"]
    assert left({"from": "2026-01-03T11:00:00Z", "until": datetime(2026, 1, 3, 13, tzinfo=timezone.utc), "reason": "a move"})[0] == ["Sales0", "Support0", "Sales3", "Support3"]
    assert left({"hours": "11:00-12:30", "days": ["sat"]})[1] == 4 and left({"hours": "11:00-12:30", "days": ["sun"]})[1] == 0


def test_kinds_of_personal_data():
    def leaks(text):
        return {"URL": 1} if "://" in text else {"EMAIL": 1, "SECRET": 2} if "@" in text else {}
    events = [reply(1, content="see https://x.org"), reply(2, content="a@x.org")]
    assert named(alerts_of(watcher(leaks=leaks), events)) == [("pii", "m2"), ("secret", "m2")]
    assert named(alerts_of(watcher({"pii": {"skip": []}}, leaks=leaks), events)) == [("pii", "m1"), ("pii", "m2"), ("secret", "m2")]
    assert named(alerts_of(watcher({"pii": {"kinds": ["PHONE"]}}, leaks=leaks), events)) == [("secret", "m2")]      # a rule of its own
    assert named(alerts_of(watcher({"pii": {"kinds": ["SECRET"]}}, leaks=leaks), events)) == [("secret", "m2")]
    assert named(alerts_of(watcher({"pii": {"skip": ["SECRET"]}}, leaks=leaks), events)) == [("pii", "m1"), ("pii", "m2")]


def test_a_mute_beside_an_alert_of_a_far_time():
    watching = watcher({"mute": [{"alert": "pii"}, {"alert": "stale", "until": "3400-01-01"}]})
    watching.add(reply(0))
    watching.expect(45_000_000_000)         # in the year 3395
    assert watching.muted == 1 and not watching.alerts
