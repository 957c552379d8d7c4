"""Conversations in ShareGPT's form: no times, no ids of messages."""

from typing import Any

from ...jsonl import BadLine
from . import content, figures, times
from .calls import known
from .format import Decoder, Event, Format


def _turns(record: dict[str, Any]) -> list[Any] | None:
    turns = record.get("conversations")
    return turns if isinstance(turns, list) and all(isinstance(turn, dict) and "from" in turn for turn in turns) else None


class _Decoder(Decoder):
    def decode(self, record: dict[str, Any]) -> list[Event]:
        turns = _turns(record)
        if turns is None:
            raise BadLine("no list of conversations[].from and value")
        start = times.stamp(self.settings.given.get("event_time", ""))
        if not start:
            raise times.NONE_GIVEN
        identity = figures.name(record.get("id"), record.get("conversation_id")) or "inferred-" + content.known_by(turns)
        if self.is_repeat(identity):
            return []
        if isinstance(record.get("system"), str) and record["system"]:
            turns = [{"from": "system", "value": record["system"]}, *turns]
        said = [message for turn in turns for message in content.messages(turn["from"], figures.first(turn.get("value"), turn.get("text")) or "")]
        return [{"event_time": times.later(start, number), "conversation_id": identity, "message_id": f"{identity}-{number + 1}", "role": message.role, "content": message.content}
                | (known(**figures.model(record.get("model"))) if message.role == "assistant" else {}) for number, message in enumerate(said)]


FORMAT = Format(
    "sharegpt", "conversations in ShareGPT's form", "data sets of shared conversations", lambda record: _turns(record) is not None, _Decoder,
    {"event_time": "--set event_time, and a second more for each message", "conversation_id": "id", "message_id": "id and the number of the message",
     "role": "from: human is user, gpt is assistant", "content": "value", "model": "model"},
    """{"id": "c-1", "conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello."}]}""",
    ({"event_time": "2026-03-02T08:00:00Z", "conversation_id": "c-1", "message_id": "c-1-1", "role": "user", "content": "Hi"},
     {"event_time": "2026-03-02T08:00:01Z", "conversation_id": "c-1", "message_id": "c-1-2", "role": "assistant", "content": "Hello."}),
    given={"event_time": "2026-03-02T08:00:00Z"},
)
