"""The state file: what a killed run said is not said again by the second one after it, nor by the third."""

import json

import pytest

from llmops_cli.errors import UserError
from llmops_cli.monitor import alerts
from llmops_cli.monitor.state import State

from .made import alerts_of, reply, watcher


def alert(number: int) -> dict:
    return alerts.made("2026-01-03T10:00:00Z", "error", "warning", "all", None, None, None, "", f"m{number}")


def opened(path, said=None) -> State:
    return State(str(path), watcher(), (said or []).append)


def test_the_journal_of_killed_runs(tmp_path):
    path = tmp_path / "state"
    told: list[int] = []
    for more in (2, 1, 3):
        state = opened(path)
        state_of_this_run = [number for number in range(len(told) + more) if state.is_news(alert(number))]
        for number in state_of_this_run:
            told.append(number)
            state.said(alert(number))
        state.close()       # without save: killed
    assert told == list(range(6))
    state = opened(path)
    assert not any(state.is_news(alert(number)) for number in range(6)) and state.is_news(alert(6))
    state.save()
    state.close()
    assert opened(path).is_news(alert(0))       # all is behind it now


def test_equal_alerts_are_as_many_as_they_were(tmp_path):
    state = opened(tmp_path / "state")
    state.said(alert(1))
    state.close()
    state = opened(tmp_path / "state")
    assert [state.is_news(alert(1)) for _ in range(2)] == [False, True]


def test_one_at_a_time(tmp_path):
    state = opened(tmp_path / "state")
    with pytest.raises(UserError, match="another run is using this state"):
        opened(tmp_path / "state")
    state.close()
    opened(tmp_path / "state").close()


def test_windows_budgets_and_sums_go_on(tmp_path):
    events = [reply(number, error="E" if number % 10 == 0 else None, cost_usd=0.5, scores={"a": 0.25}) for number in range(60)]
    whole = watcher(budget={"day": 20.0}, by=("team",), people=True)
    expected = alerts_of(whole, events)
    found = []
    for first in range(0, 60, 7):
        part = watcher(budget={"day": 20.0}, by=("team",), people=True)
        state = State(str(tmp_path / "state"), part, [].append)
        found += alerts_of(part, events[first:first + 7])
        state.save()
        state.close()
    assert found == expected and {one["alert"] for one in found} == {"error", "error_rate", "budget"}
    kept = json.loads((tmp_path / "state").read_text())
    whole.settle()
    assert kept["history"]["totals"] == json.loads(json.dumps(whole.history.to_json()["totals"])) and kept["money"] == json.loads(json.dumps(whole.money.to_json()))
