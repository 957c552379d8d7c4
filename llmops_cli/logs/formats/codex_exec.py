"""The stream that `codex exec --json` prints: turns without times, each with what it used."""

from typing import Any

from ...jsonl import BadLine
from . import content, figures, times
from .calls import known
from .format import Decoder, Event, Format

_TYPES = ("thread.started", "turn.started", "turn.completed", "turn.failed", "item.started", "item.updated", "item.completed", "error")

_TOKENS = (("input_tokens", "input_tokens"), ("cached_input_tokens", "cached_input_tokens"), ("output_tokens", "output_tokens"),
           ("reasoning_tokens", "reasoning_output_tokens"))


def _matches(record: dict[str, Any]) -> bool:
    kind = record.get("type")
    return kind == "thread.started" and "thread_id" in record or kind in _TYPES[4:7] and isinstance(record.get("item"), dict) \
        or kind == "turn.completed" and isinstance(record.get("usage"), dict)


class _Decoder(Decoder):
    """One reply a turn: its messages joined, its commands and tools as calls; what it used, once."""

    def __init__(self, *settings: Any):
        super().__init__(*settings)
        # A thread that is resumed is a stream of its own, and goes on counting: thread -> its replies so far, what it had used.
        self._replies: dict[str, int] = {}
        self._used: dict[str, tuple[int, ...]] = {}
        self._start()

    def _start(self) -> None:
        self._thread, self._failure = "", ""
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
        if kind == "turn.failed":
            return self._reply({}, figures.error_in(str(figures.mapping(record.get("error")).get("message") or self._failure)))
        if kind == "error":     # the turn may go on: one that fails says so once more
            self._failure = str(record.get("message") or "") or "error"
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
        said, called, self._said, self._calls, self._failure = self._said, self._calls, [], [], ""
        if self.is_repeat((thread, content.known_by([said, called, usage, failure]))):
            return []
        number = self._replies[thread] = self._replies.get(thread, 0) + 1
        event = {"event_time": times.later(start, number - 1), "conversation_id": thread, "message_id": f"{thread}-{number}", "role": "assistant",
                 "content": "\n".join(said)}
        if called:
            event["tool_calls"] = called
        return [event | (self._spent(thread, usage) if usage else {}) | known(error=failure)]

    def _spent(self, thread: str, usage: dict[str, Any]) -> Event:
        """The tokens of a turn: by how much those of its thread grew."""
        counted = {name: count for name, key in _TOKENS if (count := figures.whole(usage.get(key))) is not None}
        now = tuple(counted.get(name, 0) for name, _ in _TOKENS)
        before = self._used.get(thread, (0,) * len(_TOKENS))
        self._used[thread] = now
        if not self._thread or any(count < earlier for count, earlier in zip(now, before)):
            return counted
        return {name: count - earlier for (name, _), count, earlier in zip(_TOKENS, now, before) if name in counted}

    def _ended(self) -> list[Event]:
        return self._reply({}, figures.error_in(self._failure) if self._failure else None) if self._said or self._calls or self._failure else []

    def end_file(self) -> list[Event]:
        found = self._ended()
        self._start()
        return found


FORMAT = Format(
    "codex-exec", "the stream of codex exec --json", "standard output of `codex exec --json`, kept by a CI job", _matches, _Decoder,
    {"event_time": "--set event_time, and a second more for each reply", "conversation_id": "thread_id", "message_id": "thread_id and the number of the turn",
     "role": "assistant: the stream has no questions", "content": "text of agent_message, a turn's joined", "tool_calls": "command_execution, mcp_tool_call",
     "input_tokens": "by how much usage.input_tokens grew in the thread", "cached_input_tokens": "usage.cached_input_tokens", "output_tokens": "usage.output_tokens",
     "reasoning_tokens": "usage.reasoning_output_tokens", "error": "class and code in turn.failed, else in an error before it"},
    """{"type": "thread.started", "thread_id": "t-1"}
{"type": "turn.started"}
{"type": "item.completed", "item": {"id": "item_0", "type": "command_execution", "command": "ls", "aggregated_output": "a.py", "exit_code": 0}}
{"type": "item.completed", "item": {"id": "item_1", "type": "agent_message", "text": "One file."}}
{"type": "turn.completed", "usage": {"input_tokens": 90, "cached_input_tokens": 60, "output_tokens": 5}}""",
    ({"event_time": "2026-03-02T08:00:00Z", "conversation_id": "t-1", "message_id": "t-1-1", "role": "assistant", "content": "One file.",
      "tool_calls": [{"id": "item_0", "name": "shell", "arguments": "ls"}], "input_tokens": 90, "cached_input_tokens": 60, "output_tokens": 5},),
    given={"event_time": "2026-03-02T08:00:00Z"},
)
