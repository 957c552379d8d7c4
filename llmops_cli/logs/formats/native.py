"""Our own events, from this program or from an application that writes them."""

from typing import Any

from ...jsonl import BadLine
from ...records import event_problem
from . import times
from .format import Decoder, Event, Format


def _matches(record: dict[str, Any]) -> bool:
    return isinstance(record.get("event_time"), str) and ("role" in record or "content" in record or "message_id" in record)


class _Decoder(Decoder):
    verbatim = True

    def decode(self, record: dict[str, Any]) -> list[Event]:
        problem = event_problem(record)
        if problem:
            raise BadLine(problem)
        return [record | {"event_time": times.stamp(record["event_time"])}]


FORMAT = Format(
    "events", "our own events, one message a line", "this program, or an application that writes them itself", _matches, _Decoder,
    {key: key for key in ("event_time", "conversation_id", "message_id", "role", "content", "team", "user_id", "model", "latency_ms",
                          "input_tokens", "output_tokens", "cached_input_tokens", "cache_write_tokens", "reasoning_tokens", "cost_usd", "error",
                          "release", "prompt_version", "region", "feedback", "scores", "tool_calls")},
    """{"event_time": "2026-03-02T09:00:00+01:00", "message_id": "m-1", "role": "user", "content": "Hi", "mood": 7}""",
    ({"event_time": "2026-03-02T08:00:00Z", "message_id": "m-1", "role": "user", "content": "Hi", "mood": 7},),
)
