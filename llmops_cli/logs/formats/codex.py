"""Sessions of Codex (rollout files): totals of tokens that grow, forks and subagents that repeat their parent."""

from typing import Any

from ...jsonl import BadLine
from . import content, figures, times
from .format import Decoder, Event, Format
from .rollouts import Rollouts, Session, TOKENS

_TYPES = ("session_meta", "turn_context", "response_item", "event_msg", "compacted")
_WRITTEN = ("<environment_context>", "<user_instructions>", "# AGENTS.md", "<turn_aborted>", "<permissions", "<INSTRUCTIONS>", "<skill")


def _matches(record: dict[str, Any]) -> bool:
    return record.get("type") in _TYPES and isinstance(record.get("payload"), dict) and "timestamp" in record


def _totals(usage: Any) -> tuple[int, ...] | None:
    return tuple(figures.whole(usage.get(key)) or 0 for key in TOKENS) if isinstance(usage, dict) else None


class _Decoder(Decoder):
    def __init__(self, *settings: Any):
        super().__init__(*settings)
        self._session = Session()
        self._rollouts = Rollouts()

    def decode(self, record: dict[str, Any]) -> list[Event]:
        if not _matches(record):
            raise BadLine("not a row of a session")
        time = times.stamp(record["timestamp"])
        if time is None:
            raise BadLine("timestamp is not a time")
        payload, session = record["payload"], self._session
        kind = payload.get("type")
        if record["type"] == "session_meta":
            if not session.id:
                spawned = figures.mapping(figures.mapping(figures.mapping(payload.get("source")).get("subagent")).get("thread_spawn"))
                session.id, session.began = figures.name(payload.get("id")) or time, time
                session.parent = figures.name(payload.get("forked_from_id"), spawned.get("parent_thread_id")) or ""
                session.project = str(payload.get("cwd") or "").rstrip("/").rpartition("/")[2] or None
        elif record["type"] == "turn_context":
            session.rows.append((time, "model", figures.name(payload.get("model"))))
        elif record["type"] == "response_item":
            found = content.of_dict(payload)
            if kind == "message" and (payload.get("role") not in ("user", "assistant") or found and found[0].content.lstrip().startswith(_WRITTEN)):
                return self.skip("rows of instructions and surroundings")
            session.rows += [(time, "said", message) for message in found]
        elif kind == "token_count":
            info = figures.mapping(payload.get("info"))
            if total := _totals(info.get("total_token_usage")):
                session.rows.append((time, "total", total))
            elif last := _totals(info.get("last_token_usage")):
                session.rows.append((time, "spent", last))
        elif kind == "error":
            session.rows.append((time, "error", figures.error(payload.get("codex_error_info") if isinstance(payload.get("codex_error_info"), str) else None) or "error"))
        return []

    def end_file(self) -> list[Event]:
        session, self._session = self._session, Session()
        return self._rollouts.ended(session)

    def finish(self) -> list[Event]:
        events = self._rollouts.rest()
        self.repeated = self._rollouts.repeated
        return events


FORMAT = Format(
    "codex", "sessions of Codex (rollout-*.jsonl)", "~/.codex/sessions and ~/.codex/archived_sessions", _matches, _Decoder,
    {"event_time": "timestamp", "conversation_id": "session_meta.payload.id", "message_id": "the session's id and the number of the message",
     "role": "role; function_call_output is tool", "content": "response_item of type message; copies in event_msg are passed over", "project": "last part of cwd",
     "model": "turn_context.payload.model, else gpt-5", "model_estimated": "no turn_context before it", "input_tokens": "how much total_token_usage grew; belongs to the reply before it",
     "output_tokens": "the same", "cached_input_tokens": "the same", "reasoning_tokens": "the same", "error": "event_msg error", "tool_calls": "function_call"},
    """{"timestamp": "2026-03-02T08:00:00Z", "type": "session_meta", "payload": {"id": "s-1", "cwd": "/home/x/shop"}}
{"timestamp": "2026-03-02T08:00:00Z", "type": "response_item", "payload": {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "<environment_context>x</environment_context>"}]}}
{"timestamp": "2026-03-02T08:00:01Z", "type": "turn_context", "payload": {"model": "gpt-5-codex"}}
{"timestamp": "2026-03-02T08:00:01Z", "type": "response_item", "payload": {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}}
{"timestamp": "2026-03-02T08:00:01Z", "type": "event_msg", "payload": {"type": "user_message", "message": "Hi"}}
{"timestamp": "2026-03-02T08:00:04Z", "type": "response_item", "payload": {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hello."}]}}
{"timestamp": "2026-03-02T08:00:05Z", "type": "event_msg", "payload": {"type": "token_count", "info": {"total_token_usage": {"input_tokens": 90, "cached_input_tokens": 60, "output_tokens": 5, "reasoning_output_tokens": 2}}}}
{"timestamp": "2026-03-02T08:00:05Z", "type": "event_msg", "payload": {"type": "token_count", "info": {"total_token_usage": {"input_tokens": 90, "cached_input_tokens": 60, "output_tokens": 5, "reasoning_output_tokens": 2}}}}""",
    ({"event_time": "2026-03-02T08:00:01Z", "conversation_id": "s-1", "project": "shop", "message_id": "s-1-1", "role": "user", "content": "Hi"},
     {"event_time": "2026-03-02T08:00:04Z", "conversation_id": "s-1", "project": "shop", "message_id": "s-1-2", "role": "assistant", "content": "Hello.",
      "model": "gpt-5-codex", "input_tokens": 90, "cached_input_tokens": 60, "output_tokens": 5, "reasoning_tokens": 2}),
)
