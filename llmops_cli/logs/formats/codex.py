"""Sessions of Codex (rollout files): totals of tokens that grow, forks and subagents that repeat their parent."""

from typing import Any

from ...jsonl import BadLine
from . import content, figures, times
from .calls import known
from .format import Decoder, Event, Format

_TYPES = ("session_meta", "turn_context", "response_item", "event_msg", "compacted")
_WRITTEN = ("<environment_context>", "<user_instructions>", "# AGENTS.md", "<turn_aborted>", "<permissions", "<INSTRUCTIONS>", "<skill")
_COUNTS = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens")


def _matches(record: dict[str, Any]) -> bool:
    return record.get("type") in _TYPES and isinstance(record.get("payload"), dict) and "timestamp" in record


def _totals(usage: Any) -> tuple[int, ...] | None:
    return tuple(figures.whole(usage.get(key)) or 0 for key in _COUNTS) if isinstance(usage, dict) else None


class _Session:
    """The rows of one file: (time, what it is, its value), in order."""

    def __init__(self) -> None:
        self.id, self.parent, self.project, self.began = "", "", None, ""
        self.rows: list[tuple[str, str, Any]] = []


class _Decoder(Decoder):
    def __init__(self, *settings: Any):
        super().__init__(*settings)
        self._session = _Session()
        self._sessions: dict[str, list[int]] = {}      # session -> what was said in it, as hashes
        self._orphans: list[_Session] = []          # forks whose parent was not seen yet

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
        session, self._session = self._session, _Session()
        if session.parent and session.parent not in self._sessions and session.id not in self._sessions:
            self._orphans.append(session)
            return []
        return self._events(session)

    def finish(self) -> list[Event]:
        events = []
        for session in sorted(self._orphans, key=lambda session: session.began):    # a parent begins before its forks
            events += self._events(session)
        self._orphans.clear()
        return events

    def _events(self, session: _Session) -> list[Event]:
        marks = [hash(str(value)) for _, what, value in session.rows if what in ("said", "total")]
        repeats = self._repeats(session, marks)
        self._sessions.setdefault(session.id, marks)
        if len(marks) > len(self._sessions[session.id]):
            self._sessions[session.id] = marks
        events: list[Event] = []
        answer: Event | None = None
        before, model, number, passed = (0,) * len(_COUNTS), None, 0, 0
        for time, what, value in session.rows:
            if what in ("said", "total") and (passed := passed + 1) <= repeats:
                number += what == "said"
                before = value if what == "total" else before
                self.repeated += what == "said"
                continue
            head = known(event_time=time, conversation_id=session.id, project=session.project)
            named = figures.model(model) if model else {"model": "gpt-5", "model_estimated": True}
            if what == "model":
                model = value or model
            elif what == "said":
                number += 1
                if value.role == "assistant" and answer and answer is events[-1] and "input_tokens" not in answer and value.tool_calls:
                    answer.setdefault("tool_calls", []).extend(value.tool_calls)
                    continue
                events.append(head | {"message_id": f"{session.id}-{number}", "role": value.role, "content": value.content}
                              | ({"tool_calls": list(value.tool_calls)} if value.tool_calls else {}) | (named if value.role == "assistant" else {}))
                answer = events[-1] if value.role == "assistant" else answer
            else:
                spent = value if what == "spent" else None
                if what == "total":
                    fell = any(now < then for now, then in zip(value, before))
                    spent, before = (value if fell else tuple(now - then for now, then in zip(value, before))), value
                if spent is not None and not any(spent):
                    continue
                if not answer:
                    events.append(head | {"message_id": f"{session.id}-{number}-usage", "role": "assistant", "content": ""} | named)
                    answer = events[-1]
                if what == "error":
                    answer["error"] = value
                else:
                    for key, count in zip(("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_tokens"), spent):
                        answer[key] = answer.get(key, 0) + count
        return events

    def _repeats(self, session: _Session, marks: list[int]) -> int:
        """How many rows at the beginning are those of the session's parent, or of another copy of it."""
        others = self._sessions.get(session.id) or self._sessions.get(session.parent)
        if others is not None:
            at = 0
            for count, mark in enumerate(marks):
                try:
                    at = others.index(mark, at) + 1
                except ValueError:
                    return count
            return len(marks)
        if not session.parent:
            return 0
        # The parent is not here: what is older than the fork, or was counted within its first second, is the parent's.
        limit, last, passed = times.later(session.began, 1), 0, 0
        for time, what, _ in session.rows:
            passed += what in ("said", "total")
            if time < session.began or what == "total" and time <= limit:
                last = passed
        return last


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
