"""The log of the `llm` program: its SQLite database, or what `llm logs --json` prints."""

from typing import Any

from ...jsonl import BadLine
from . import content, figures, times
from .calls import known
from .format import Decoder, Event, Format


def _matches(record: dict[str, Any]) -> bool:
    return "datetime_utc" in record and ("prompt" in record or "messages" in record)


class _Decoder(Decoder):
    def decode(self, record: dict[str, Any]) -> list[Event]:
        if not _matches(record):
            raise BadLine("neither a turn nor a response")
        time = times.stamp(record["datetime_utc"])
        if not time:
            raise BadLine("datetime_utc is not a time")
        identity = figures.name(record.get("id"))
        thread = figures.name(record.get("thread_id"), record.get("conversation_id"), identity)
        model = figures.name(record.get("resolved_model"), record.get("model"))
        reply = known(**figures.model(model), latency_ms=times.duration(record.get("duration_ms")),
                      input_tokens=figures.whole(record.get("input_tokens")), output_tokens=figures.whole(record.get("output_tokens")))
        if isinstance(record.get("messages"), list):
            said = [(figures.name(one.get("hash")), message) for one in record["messages"] if isinstance(one, dict) for message in content.of_dict(one)]
        else:
            system = content.text(record.get("system"))
            said = [(f"{thread}-{content.known_by(system)}", content.Message("system", system))] if system else []
            said += [(identity and f"{identity}-prompt", content.Message("user", content.text(record.get("prompt")))),
                     (identity, content.Message("assistant", content.text(record.get("response"))))]
        events = []
        for number, (mark, message) in enumerate(said):
            if mark and self.is_repeat(f"{thread}\0{mark}"):
                continue
            event = known(event_time=time, conversation_id=thread, message_id=mark) | {"role": message.role, "content": message.content}
            if message.tool_calls:
                event["tool_calls"] = list(message.tool_calls)
            events.append(event | (reply if number == len(said) - 1 and message.role == "assistant" else {}))
        return events


FORMAT = Format(
    "llm", "the log of the llm program", "its logs.db (SQLite), or what `llm logs --json` prints", _matches, _Decoder,
    {"event_time": "datetime_utc of the turn", "conversation_id": "thread_id; conversation_id of older rows", "message_id": "hash of the message; id of older rows", "role": "messages.role",
     "content": "parts.text by position; prompt, system, response of older rows", "model": "resolved_model, model", "latency_ms": "duration_ms", "input_tokens": "input_tokens, on the reply",
     "output_tokens": "output_tokens, on the reply", "tool_calls": "parts of type tool_call"},
    """{"id": "r-1", "model": "m-1", "prompt": "Hi", "system": null, "response": "Hello.", "conversation_id": "c-1", "duration_ms": 560, "datetime_utc": "2026-03-02T08:00:00+00:00", "input_tokens": 4, "output_tokens": 2}
{"id": "t-1", "thread_id": "c-2", "model": "m", "resolved_model": "m-1", "duration_ms": 0, "datetime_utc": "2026-03-02T08:00:01+00:00", "input_tokens": 7, "output_tokens": 3, "messages": [{"hash": "b2:1", "role": "user", "content": [{"type": "text", "text": "Bye"}]}, {"hash": "b2:2", "role": "assistant", "content": [{"type": "text", "text": "Farewell."}]}]}""",
    ({"event_time": "2026-03-02T08:00:00Z", "conversation_id": "c-1", "message_id": "r-1-prompt", "role": "user", "content": "Hi"},
     {"event_time": "2026-03-02T08:00:00Z", "conversation_id": "c-1", "message_id": "r-1", "role": "assistant", "content": "Hello.", "model": "m-1", "latency_ms": 560, "input_tokens": 4, "output_tokens": 2},
     {"event_time": "2026-03-02T08:00:01Z", "conversation_id": "c-2", "message_id": "b2:1", "role": "user", "content": "Bye"},
     {"event_time": "2026-03-02T08:00:01Z", "conversation_id": "c-2", "message_id": "b2:2", "role": "assistant", "content": "Farewell.", "model": "m-1", "latency_ms": 0, "input_tokens": 7, "output_tokens": 3}),
)
