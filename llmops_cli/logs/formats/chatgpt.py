"""ChatGPT's account export: each conversation is a tree of messages; the branch that is shown is taken."""

from typing import Any, Iterator

from ...jsonl import BadLine
from . import content, figures, times
from .calls import known
from .format import Decoder, Event, Format

_PASSED = ("thoughts", "reasoning_recap", "user_editable_context", "model_editable_context", "system_error")


def _matches(record: dict[str, Any]) -> bool:
    return isinstance(record.get("mapping"), dict) and ("current_node" in record or "conversation_id" in record)


def _branch(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The messages from the root to the current one; the other branches are earlier versions of an edited message."""
    nodes = record["mapping"]
    at, path = figures.name(record.get("current_node")), []
    if at not in nodes:
        at = next((key for key in reversed(nodes) if not figures.mapping(nodes[key]).get("children")), None)
    while isinstance(at, str) and isinstance(nodes.get(at), dict) and len(path) <= len(nodes):
        path.append(nodes[at].get("message"))
        at = nodes[at].get("parent")
    return (message for message in reversed(path) if isinstance(message, dict))


class _Decoder(Decoder):
    def decode(self, record: dict[str, Any]) -> list[Event]:
        if not _matches(record):
            raise BadLine("not a conversation of an export")
        conversation = figures.name(record.get("conversation_id"), record.get("id"))
        time = times.stamp(record.get("create_time")) or times.stamp(self.settings.given.get("event_time", ""))
        events = []
        for message in _branch(record):
            about, said = figures.mapping(message.get("metadata")), figures.mapping(message.get("content"))
            time = times.stamp(message.get("create_time")) or time
            role = content.ROLES.get(str(figures.mapping(message.get("author")).get("role")), "")
            text = content.text(figures.first(said.get("parts"), said.get("text"), said.get("result")))
            files = [content.marker({"mime_type": one.get("mime_type"), "size_bytes": one.get("size")}, "file") for one in about.get("attachments") or ()
                     if isinstance(one, dict) and not str(one.get("mime_type")).startswith("image/")]      # images stand among the parts
            text = "\n".join(filter(None, (text, *files)))
            if about.get("is_visually_hidden_from_conversation") or said.get("content_type") in _PASSED or not role or not text:
                self.skip("hidden or empty messages")
                continue
            if not time:
                raise BadLine("no time in it; --set event_time=T gives one")
            identity = figures.name(message.get("id"))
            if identity and self.is_repeat((conversation, identity)):
                continue
            event = known(event_time=time, conversation_id=conversation, message_id=identity, role=role) | {"content": text}
            if role == "assistant":
                tool = message.get("recipient")
                if isinstance(tool, str) and tool not in ("all", ""):
                    event |= {"content": "", "tool_calls": [{"name": tool, "arguments": text}]}
                event |= figures.model(figures.first(about.get("model_slug"), record.get("default_model_slug")))
            events.append(event)
        return events


FORMAT = Format(
    "chatgpt", "ChatGPT account export", "conversations.json of the export, or the .zip itself", _matches, _Decoder,
    {"event_time": "create_time of the message, else of the message before, else of the conversation", "conversation_id": "conversation_id, id", "message_id": "id of the message",
     "role": "author.role", "content": "content.parts of the visible branch; hidden and empty messages are passed over", "model": "metadata.model_slug, default_model_slug",
     "tool_calls": "messages whose recipient is a tool"},
    """{"conversation_id": "c-1", "create_time": 1772438400.5, "current_node": "n-3", "default_model_slug": "gpt-4o", "mapping": {"n-0": {"message": null, "parent": null}, "n-1": {"message": {"id": "n-1", "author": {"role": "user"}, "create_time": null, "content": {"content_type": "multimodal_text", "parts": [{"content_type": "image_asset_pointer", "size_bytes": 52000}, "What is it?"]}}, "parent": "n-0"}, "n-2": {"message": {"id": "n-2", "author": {"role": "assistant"}, "create_time": 1772438402, "content": {"content_type": "text", "parts": ["A cat."]}}, "parent": "n-1"}, "n-3": {"message": {"id": "n-3", "author": {"role": "assistant"}, "create_time": 1772438404, "content": {"content_type": "text", "parts": ["A hat."]}, "recipient": "all"}, "parent": "n-1"}}}""",
    ({"event_time": "2026-03-02T08:00:00.5Z", "conversation_id": "c-1", "message_id": "n-1", "role": "user", "content": "[image 52 kB]\nWhat is it?"},
     {"event_time": "2026-03-02T08:00:04Z", "conversation_id": "c-1", "message_id": "n-3", "role": "assistant", "content": "A hat.", "model": "gpt-4o"}),
)
