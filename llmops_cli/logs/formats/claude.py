"""Claude.ai's account export."""

from typing import Any

from ...jsonl import BadLine
from . import content, figures, times
from .calls import known
from .format import Decoder, Event, Format


def _matches(record: dict[str, Any]) -> bool:
    return isinstance(record.get("chat_messages"), list)


class _Decoder(Decoder):
    def decode(self, record: dict[str, Any]) -> list[Event]:
        if not _matches(record):
            raise BadLine("not a conversation of an export")
        conversation = figures.name(record.get("uuid"))
        user = figures.name(figures.mapping(record.get("account")).get("uuid"))
        time = times.stamp(record.get("created_at")) or times.stamp(self.settings.given.get("event_time", ""))
        events: list[Event] = []
        for message in record["chat_messages"]:
            message = figures.mapping(message)
            time = times.stamp(message.get("created_at")) or time
            said = [one for one in content.messages(message.get("sender"), figures.first(message.get("content"), message.get("text")))]
            if not any(one.content or one.tool_calls for one in said):
                said = content.messages(message.get("sender"), message.get("text") or "")
            files = [_attached(one) for key in ("attachments", "files", "files_v2") for one in message.get(key) or () if isinstance(one, dict)]
            identity = figures.name(message.get("uuid"))
            if not time:
                raise BadLine("no time in it; --set event_time=T gives one")
            if identity and self.is_repeat((conversation, identity)):
                continue
            for number, one in enumerate(said):
                text = "\n".join(filter(None, [one.content, *(dict.fromkeys(files) if number == len(said) - 1 else ())]))
                if not text and not one.tool_calls:
                    self.skip("empty messages")
                    continue
                event = known(event_time=time, conversation_id=conversation, message_id=identity and (f"{identity}#{number}" if number else identity), role=one.role)
                events.append(event | {"content": text} | known(user_id=user, tool_calls=list(one.tool_calls) or None))
        return events


def _attached(file: dict[str, Any]) -> str:
    """A file as a marker, with the text that was taken out of it: what it holds was said, too."""
    kind = figures.first(file.get("file_type"), str(file.get("file_name") or "").rpartition(".")[2][:8])
    mark = content.marker({"mime_type": kind if isinstance(kind, str) else "", "size_bytes": figures.whole(file.get("file_size"))}, "file")
    return "\n".join(filter(None, [mark, file.get("extracted_content") if isinstance(file.get("extracted_content"), str) else ""]))


FORMAT = Format(
    "claude", "Claude.ai account export", "conversations.json of the export, or the .zip itself", _matches, _Decoder,
    {"event_time": "chat_messages[].created_at, else that of the message before, else of the conversation", "conversation_id": "uuid", "message_id": "chat_messages[].uuid",
     "role": "sender (human is user)", "content": "content blocks or text; attachments as markers with their extracted_content", "user_id": "account.uuid",
     "tool_calls": "tool_use blocks"},
    """{"uuid": "c-1", "created_at": "2026-03-02T08:00:00.000000Z", "account": {"uuid": "u-1"}, "chat_messages": [{"uuid": "m-1", "sender": "human", "text": "Sum it up.", "content": [], "created_at": "2026-03-02T08:00:01.000000Z", "attachments": [{"file_name": "a.txt", "file_type": "txt", "file_size": 1500, "extracted_content": "One. Two."}]}, {"uuid": "m-2", "sender": "assistant", "text": "Three.", "content": [{"type": "text", "text": "Three."}], "created_at": null}]}""",
    ({"event_time": "2026-03-02T08:00:01.000000Z", "conversation_id": "c-1", "message_id": "m-1", "role": "user", "content": "Sum it up.\n[file txt 2 kB]\nOne. Two.", "user_id": "u-1"},
     {"event_time": "2026-03-02T08:00:01.000000Z", "conversation_id": "c-1", "message_id": "m-2", "role": "assistant", "content": "Three.", "user_id": "u-1"}),
)
