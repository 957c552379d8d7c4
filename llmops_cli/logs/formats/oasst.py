"""Conversation trees of OpenAssistant: of several answers the best-ranked one is followed."""

from typing import Any

from ...jsonl import BadLine
from . import figures, times
from .format import Decoder, Event, Format

_ROLES = {"prompter": "user", "assistant": "assistant"}


def _root(record: dict[str, Any]) -> dict[str, Any]:
    return record["prompt"] if isinstance(record.get("prompt"), dict) and "message_tree_id" in record else record


def _matches(record: dict[str, Any]) -> bool:
    root = _root(record)
    return isinstance(root.get("role"), str) and root["role"] in _ROLES and isinstance(root.get("replies"), list) and "text" in root


def _best(replies: Any) -> dict[str, Any] | None:
    """The reply with the lowest rank, of those without one the first; deleted ones do not count."""
    standing = [reply for reply in replies or () if isinstance(reply, dict) and not reply.get("deleted")]
    return min(standing, key=lambda reply: (0, reply["rank"]) if isinstance(reply.get("rank"), (int, float)) else (1, 0), default=None)


class _Decoder(Decoder):
    def decode(self, record: dict[str, Any]) -> list[Event]:
        message: dict[str, Any] | None = _root(record)
        if not _matches(record):
            raise BadLine("not a conversation tree")
        start = times.stamp(self.settings.given.get("event_time", ""))
        conversation = figures.name(record.get("message_tree_id"), message.get("message_tree_id"), message.get("message_id"))
        if self.is_repeat(conversation):
            return []
        events: list[Event] = []
        while message is not None:
            time = times.stamp(message.get("created_date")) or start and times.later(start, len(events))
            if not time:
                raise times.NONE_GIVEN
            if not isinstance(message.get("role"), str) or message["role"] not in _ROLES or not isinstance(message.get("text"), str):
                raise BadLine("a message of the tree has no role or no text")
            event = {"event_time": time, "conversation_id": conversation, "message_id": figures.name(message.get("message_id")),
                     "role": _ROLES[message["role"]], "content": message["text"], "user_id": figures.name(message.get("user_id")),
                     **(figures.model(message.get("model_name")) if message["role"] == "assistant" else {})}
            events.append({key: value for key, value in event.items() if value is not None})
            message = _best(message.get("replies"))
        return events


FORMAT = Format(
    "oasst", "conversation trees of OpenAssistant", "the *trees.jsonl.gz files of its data sets", _matches, _Decoder,
    {"event_time": "created_date, else --set event_time and a second more for each message", "conversation_id": "message_tree_id, else message_id of the root",
     "message_id": "message_id", "role": "prompter is user", "content": "text", "user_id": "user_id", "model": "model_name"},
    """{"message_id": "t-1", "role": "prompter", "text": "Name a river.", "rank": null, "replies": [{"message_id": "t-2", "role": "assistant", "text": "A river?", "rank": 1, "replies": []}, {"message_id": "t-3", "role": "assistant", "text": "The Niger.", "rank": 0, "model_name": "m-7", "replies": []}]}""",
    ({"event_time": "2026-03-02T08:00:00Z", "conversation_id": "t-1", "message_id": "t-1", "role": "user", "content": "Name a river."},
     {"event_time": "2026-03-02T08:00:01Z", "conversation_id": "t-1", "message_id": "t-3", "role": "assistant", "content": "The Niger.", "model": "m-7"}),
    given={"event_time": "2026-03-02T08:00:00Z"},
)
