"""The stream that `codex exec --json` prints: turns without times, each with what it used."""

from typing import Any

from ...jsonl import BadLine
from . import figures, times
from .calls import known
from .format import Decoder, Event, Format

_TYPES = ("thread.started", "turn.started", "turn.completed", "turn.failed", "item.started", "item.updated", "item.completed", "error")


def _matches(record: dict[str, Any]) -> bool:
    kind = record.get("type")
    return kind == "thread.started" and "thread_id" in record or kind in _TYPES[4:7] and isinstance(record.get("item"), dict) \
        or kind == "turn.completed" and isinstance(record.get("usage"), dict)


class _Decoder(Decoder):
    """One reply a turn: its messages joined, its commands and tools as calls; what it used, once."""

    def __init__(self, *settings: Any):
        super().__init__(*settings)
        self._start()

    def _start(self) -> None:
        self._thread, self._number = "", 0
        self._said: list[str] = []
        self._calls: list[dict[str, str]] = []

    def decode(self, record: dict[str, Any]) -> list[Event]:
        kind = record.get("type")
        if kind not in _TYPES:
            raise BadLine("not an event of the stream")
        if kind == "thread.started":
            found = self._ended()
            self._start()
            self._thread = figures.name(record.get("thread_id")) or ""
            return found
        if kind == "item.completed":
            return self._item(figures.mapping(record.get("item")))
        if kind == "turn.completed":
            return self._reply(figures.mapping(record.get("usage")), None)
        if kind in ("turn.failed", "error"):
            failure = figures.mapping(record.get("error"))
            return self._reply({}, figures.error_in(str(failure.get("message") or record.get("message") or "")))
        return []

    def _item(self, item: dict[str, Any]) -> list[Event]:
        kind = item.get("type") or item.get("item_type")
        if kind in ("agent_message", "assistant_message"):
            self._said.append(str(item.get("text") or ""))
        elif kind in ("command_execution", "mcp_tool_call", "web_search", "file_change"):
            name = figures.name(item.get("tool")) or {"command_execution": "shell"}.get(kind, kind)
            self._calls.append(known(id=figures.name(item.get("id")), name=name, arguments=figures.name(item.get("command"), item.get("query")) or ""))
        else:
            return self.skip(f"items of type {kind}" if kind in ("reasoning", "todo_list", "error") else "items of another type")
        return []

    def _reply(self, usage: dict[str, Any], failure: str | None) -> list[Event]:
        start = times.stamp(self.settings.given.get("event_time", ""))
        if not start:
            raise times.NONE_GIVEN
        if not (usage or failure or self._said or self._calls):
            return []
        thread = self._thread or "codex-exec"
        self._number += 1
        event = {"event_time": times.later(start, self._number - 1), "conversation_id": thread, "message_id": f"{thread}-{self._number}", "role": "assistant",
                 "content": "\n".join(self._said)}
        if self._calls:
            event["tool_calls"] = self._calls
        self._said, self._calls = [], []
        event |= known(input_tokens=figures.whole(usage.get("input_tokens")), cached_input_tokens=figures.whole(usage.get("cached_input_tokens")),
                       output_tokens=figures.whole(usage.get("output_tokens")), reasoning_tokens=figures.whole(usage.get("reasoning_output_tokens")), error=failure)
        return [] if self.is_repeat(event["message_id"]) else [event]

    def _ended(self) -> list[Event]:
        return self._reply({}, None) if self._said or self._calls else []

    def end_file(self) -> list[Event]:
        found = self._ended()
        self._start()
        return found


FORMAT = Format(
    "codex-exec", "the stream of codex exec --json", "standard output of `codex exec --json`, kept by a CI job", _matches, _Decoder,
    {"event_time": "--set event_time, and a second more for each reply", "conversation_id": "thread_id", "message_id": "thread_id and the number of the turn",
     "role": "assistant: the stream has no questions", "content": "text of agent_message, a turn's joined", "tool_calls": "command_execution, mcp_tool_call",
     "input_tokens": "usage.input_tokens", "cached_input_tokens": "usage.cached_input_tokens", "output_tokens": "usage.output_tokens",
     "reasoning_tokens": "usage.reasoning_output_tokens", "error": "class and code in turn.failed"},
    """{"type": "thread.started", "thread_id": "t-1"}
{"type": "turn.started"}
{"type": "item.completed", "item": {"id": "item_0", "type": "command_execution", "command": "ls", "aggregated_output": "a.py", "exit_code": 0}}
{"type": "item.completed", "item": {"id": "item_1", "type": "agent_message", "text": "One file."}}
{"type": "turn.completed", "usage": {"input_tokens": 90, "cached_input_tokens": 60, "output_tokens": 5}}""",
    ({"event_time": "2026-03-02T08:00:00Z", "conversation_id": "t-1", "message_id": "t-1-1", "role": "assistant", "content": "One file.",
      "tool_calls": [{"id": "item_0", "name": "shell", "arguments": "ls"}], "input_tokens": 90, "cached_input_tokens": 60, "output_tokens": 5},),
    given={"event_time": "2026-03-02T08:00:00Z"},
)
