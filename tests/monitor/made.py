"""Events and watchers for the tests of monitor."""

import json
from typing import Any

from llmops_cli.monitor import rules
from llmops_cli.monitor.moments import Moments, stamp_of
from llmops_cli.monitor.watcher import Watcher
from llmops_cli.records import Calendar

START = 1_767_434_400       # 2026-01-03T10:00:00Z


def reply(second: float, **more: Any) -> dict[str, Any]:
    """A reply so many seconds after the start that nothing is wrong with; `more` makes it so."""
    return {"event_time": stamp_of(START + second), "conversation_id": "c1", "role": "assistant", "content": "The ferry leaves at nine.", "team": "Sales", "user_id": "u1",
            "message_id": f"m{second:g}", "model": "m-1", "latency_ms": 900.0, "input_tokens": 100, "output_tokens": 20, "cost_usd": 0.001, **more}


def hour(first: int, number: int, **more) -> list[dict]:
    """So many replies of one hour, two minutes apart."""
    return [reply(3600 * first + 120 * at, message_id=f"h{first}-{at}", **more) for at in range(number)]


def watcher(table: dict[str, Any] | None = None, *, window: int = 3600, by: tuple[str, ...] = (), zone: str = "UTC", budget: dict[str, Any] | None = None, **more: Any) -> Watcher:
    return Watcher(rules.read(table or {}, budget or {}, "rules.toml"), Moments(window, Calendar(zone)), by=by, **more)


def alerts_of(watching: Watcher, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All that is said of some events, the end included."""
    for event in events:
        assert watching.add(event) == ""
    watching.settle(final=True)
    said, watching.alerts[:] = list(watching.alerts), []
    return said


def named(alerts: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    """(alert, message) of those that were raised."""
    return [(alert["alert"], alert.get("message_id")) for alert in alerts if alert["state"] == "raised"]


def lines(events: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)
