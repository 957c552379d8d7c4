"""WildChat's rows: a conversation each, with times and a hashed address."""

from typing import Any

from ...jsonl import BadLine
from . import content, figures, times
from .calls import known
from .format import Decoder, Event, Format


def _matches(record: dict[str, Any]) -> bool:
    return isinstance(record.get("conversation"), list) and ("conversation_hash" in record or "conversation_id" in record)


class _Decoder(Decoder):
    def decode(self, record: dict[str, Any]) -> list[Event]:
        if not _matches(record):
            raise BadLine("not a row with a conversation")
        identity = figures.name(record.get("conversation_hash"), record.get("conversation_id"))
        turns = [turn for turn in record["conversation"] if isinstance(turn, dict)]
        own = [times.stamp(turn.get("timestamp")) for turn in turns]
        whole = times.stamp(record.get("timestamp")) or times.stamp(record.get("tstamp")) or times.stamp(self.settings.given.get("event_time", ""))
        # The time of a row may be that of its last reply: it does not go after the first one.
        time = min(filter(None, (whole, next(filter(None, own), None))), default=None)
        if not time:
            raise BadLine("no time in it; --set event_time=T gives one")
        if self.is_repeat(identity):
            return []
        who = figures.name(record.get("hashed_ip"), *(turn.get("hashed_ip") for turn in turns))
        events: list[Event] = []
        for turn, at in zip(turns, own):
            time = at or time       # only replies have a time: a question is of that of the reply before, the first of the first
            for message in content.messages(turn.get("role"), turn.get("content") or ""):
                events.append(known(event_time=time, conversation_id=identity, message_id=f"{identity}-{len(events) + 1}", role=message.role) | {"content": message.content}
                              | known(user_id=who, **(figures.model(record.get("model")) if message.role == "assistant" else {})))
        return events


FORMAT = Format(
    "wildchat", "WildChat rows (and those of LMSYS-Chat)", "the data sets, as JSON lines", _matches, _Decoder,
    {"event_time": "conversation[].timestamp, else that of the message before, else timestamp of the row (no later than the first reply)", "conversation_id": "conversation_hash, conversation_id",
     "message_id": "conversation_hash and the number of the message", "role": "conversation[].role", "content": "conversation[].content", "user_id": "hashed_ip", "model": "model"},
    """{"conversation_hash": "h-1", "model": "gpt-4", "timestamp": "2026-03-02 08:00:07", "hashed_ip": "u-1", "conversation": [{"role": "user", "content": "Hi", "timestamp": null}, {"role": "assistant", "content": "Hello.", "timestamp": "2026-03-02T08:00:05+00:00"}]}""",
    ({"event_time": "2026-03-02T08:00:05Z", "conversation_id": "h-1", "message_id": "h-1-1", "role": "user", "content": "Hi", "user_id": "u-1"},
     {"event_time": "2026-03-02T08:00:05Z", "conversation_id": "h-1", "message_id": "h-1-2", "role": "assistant", "content": "Hello.", "user_id": "u-1", "model": "gpt-4"}),
)
