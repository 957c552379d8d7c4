"""Sessions of Claude Code: one answer stands on several rows, resumed sessions and subagents repeat rows of others."""

import re
from typing import Any, Iterator

from ...jsonl import BadLine
from . import content, figures, times
from .answers import Answers, Rank, put_together
from .calls import known
from .format import Decoder, Event, Format

_VERSION = re.compile(r"\d+\.\d+\.\d+")


def _matches(record: dict[str, Any]) -> bool:
    return isinstance(record.get("message"), dict) and "sessionId" in record and "timestamp" in record


def _empty(row: dict[str, Any], message: dict[str, Any]) -> bool:
    """Whether a row of usage is one that no session writes: a key is there without a value, or a strange version."""
    named = [message.get("id", "-"), message.get("model", "-"), row.get("requestId", "-"), row.get("sessionId")]
    return not all(named) or not _VERSION.match(str(row.get("version", "0.0.0")))


class _Decoder(Decoder):
    def __init__(self, *settings: Any):
        super().__init__(*settings)
        self._answers = Answers(self.settings.memory)

    def decode(self, record: dict[str, Any]) -> list[Event]:
        message = record.get("message")
        if not _matches(record):
            return self.skip(f"rows of type {figures.error(record.get('type')) or 'unknown'}")
        role = figures.first(message.get("role"), record.get("type"))
        time = times.stamp(record["timestamp"])
        if time is None or role not in ("user", "assistant"):
            raise BadLine("timestamp is not a time" if time is None else "neither of the user nor of the assistant")
        head = {"event_time": time}
        if session := figures.name(record["sessionId"]):
            head["conversation_id"] = session
        if folder := record.get("cwd"):
            head["project"] = str(folder).rstrip("/").rpartition("/")[2]
        if role == "user":
            return self._said(record, message, head)
        if _empty(record, message):
            return self.skip("rows with an empty id, model or session, or of a strange version")
        return self._answered(record, message, head)

    def _said(self, record: dict[str, Any], message: dict[str, Any], head: Event) -> list[Event]:
        if record.get("isMeta") or record.get("isCompactSummary") or record.get("isVisibleInTranscriptOnly"):
            return self.skip("rows that the program wrote for the user")
        row = figures.name(record.get("uuid"))
        if row and self.is_repeat(row):
            return []
        found = content.messages("user", message.get("content"))
        return [{**head, **({"message_id": f"{row}#{number}" if number else row} if row else {}), "role": one.role, "content": one.content}
                for number, one in enumerate(found)]

    def _answered(self, record: dict[str, Any], message: dict[str, Any], head: Event) -> list[Event]:
        failed = bool(record.get("isApiErrorMessage"))
        usage = figures.mapping(message.get("usage"))
        tokens = known(**figures.anthropic_usage(usage)) if any([usage[key] for key in usage if key.endswith("_tokens")]) else {}
        figures_of_row = known(**figures.model(message.get("model")), **tokens, cost_usd=figures.dollars(record.get("costUSD")),
                               error=figures.error_in(content.text(message.get("content"))) if failed else None)
        identity = figures.name(message.get("id"))
        if identity is None:
            row = figures.name(record.get("uuid"))
            return [] if row and self.is_repeat(row) else [put_together(head | known(message_id=row), [] if failed else content.messages("assistant", message.get("content")), figures_of_row)]
        rank = Rank(not record.get("isSidechain"), tokens.get("input_tokens", 0) + tokens.get("output_tokens", 0), "speed" in usage)
        if not self._answers.add(identity, figures.name(record.get("requestId")) or "", rank, head, figures_of_row, None if failed else message.get("content")):
            self.repeated += 1
        return []

    def finish(self) -> Iterator[Event]:
        return self._answers.events()


FORMAT = Format(
    "claude-code", "sessions of Claude Code", "~/.claude/projects or ~/.config/claude/projects", _matches, _Decoder,
    {"event_time": "timestamp", "conversation_id": "sessionId", "message_id": "message.id, of the user's rows uuid", "role": "type; tool_result blocks are tool",
     "content": "message.content; the blocks of all rows of an answer", "model": "message.model (<synthetic> is none)", "project": "last part of cwd",
     "input_tokens": "message.usage.input_tokens and both kinds of cached ones", "output_tokens": "message.usage.output_tokens",
     "cached_input_tokens": "message.usage.cache_read_input_tokens", "cache_write_tokens": "message.usage.cache_creation_input_tokens",
     "cost_usd": "costUSD", "error": "isApiErrorMessage: class and code out of its text", "tool_calls": "tool_use blocks"},
    """{"type": "summary", "summary": "A greeting", "leafUuid": "w-2"}
{"type": "user", "timestamp": "2026-03-02T08:00:00.000Z", "sessionId": "s-1", "cwd": "/home/x/shop", "version": "2.0.1", "uuid": "w-1", "message": {"role": "user", "content": "Hi"}}
{"type": "assistant", "timestamp": "2026-03-02T08:00:03.000Z", "sessionId": "s-1", "requestId": "q-1", "version": "2.0.1", "uuid": "w-2", "message": {"id": "m-1", "role": "assistant", "model": "claude-x", "content": [{"type": "text", "text": "Look:"}], "usage": {"input_tokens": 3, "cache_read_input_tokens": 7, "output_tokens": 1}}}
{"type": "assistant", "timestamp": "2026-03-02T08:00:04.000Z", "sessionId": "s-1", "requestId": "q-1", "version": "2.0.1", "uuid": "w-3", "message": {"id": "m-1", "role": "assistant", "model": "claude-x", "content": [{"type": "tool_use", "id": "t-1", "name": "Bash", "input": {"command": "ls"}}], "usage": {"input_tokens": 3, "cache_read_input_tokens": 7, "output_tokens": 9}}}
{"type": "user", "timestamp": "2026-03-02T08:00:05.000Z", "sessionId": "s-1", "version": "2.0.1", "uuid": "w-4", "message": {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t-1", "content": "a.py"}]}}""",
    ({"event_time": "2026-03-02T08:00:00.000Z", "conversation_id": "s-1", "project": "shop", "message_id": "w-1", "role": "user", "content": "Hi"},
     {"event_time": "2026-03-02T08:00:05.000Z", "conversation_id": "s-1", "message_id": "w-4", "role": "tool", "content": "a.py"},
     {"event_time": "2026-03-02T08:00:03.000Z", "conversation_id": "s-1", "message_id": "m-1", "role": "assistant", "content": "Look:",
      "tool_calls": [{"id": "t-1", "name": "Bash", "arguments": "{\"command\":\"ls\"}"}], "model": "claude-x", "input_tokens": 10, "output_tokens": 9, "cached_input_tokens": 7}),
)
