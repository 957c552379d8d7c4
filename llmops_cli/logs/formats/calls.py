"""What formats of single calls share: each record is one request to a model and what came back."""

from typing import Any, Callable, Iterable, TypeVar

from ...jsonl import BadLine
from ..history import Call, History
from . import content, times
from .format import MISSHAPEN, Decoder, Event, Settings

Part = TypeVar("Part")


class CallDecoder(Decoder):
    """A decoder that says what call a record is; which of its messages are new is the history's matter.

    A format brings `call(record) -> Call | None`: the call that a record is; None, after `skip`, when it is none. One whose
    records hold several calls brings its own `decode`, with `calls`.
    """

    call: Callable[[dict[str, Any]], Call | None]

    def __init__(self, settings: Settings = Settings()):
        super().__init__(settings)
        self.history = History()

    def decode(self, record: dict[str, Any]) -> list[Event]:
        call = self.call(record)
        return self.history.events(call) if call else []

    def calls(self, parts: Iterable[Part], call_of: Callable[[Part], Call | None]) -> list[Call]:
        """The calls that the parts of a record are. A part that cannot be taken is set aside, and costs no others."""
        found = []
        for part in parts:
            try:
                call = call_of(part)
            except BadLine as error:
                self.aside.append(error)
            except MISSHAPEN:
                self.aside.append(BadLine(f"not what a record of {self.name} looks like"))
            else:
                found += [call] if call else []
        return found

    def finish(self) -> list[Event]:
        events = self.history.rest()
        self.repeated = self.history.repeated
        return events

    def time(self, *values: Any) -> str:
        """The first of some values that is a time, else the one the user gave, else a reject."""
        for value in values:
            if value is not None and (found := times.stamp(value)):
                return found
        if found := times.stamp(self.settings.given.get("event_time", "")):
            return found
        raise BadLine("no time in it; --set event_time=T gives one")


def known(**keys: Any) -> dict[str, Any]:
    """The keys that have a value."""
    return {key: value for key, value in keys.items() if value is not None and value != ""}


def choices(body: dict[str, Any]) -> list[content.Message]:
    """The replies of a chat completion."""
    found: list[content.Message] = []
    for choice in body.get("choices") or ():
        if not isinstance(choice, dict):
            continue
        message = choice.get("message") or choice.get("delta")
        if isinstance(message, dict):
            if plain := content.plain(message):
                found.append(plain)
                continue
            found += [reply for reply in content.of_dict({"role": "assistant"} | message) if reply.content or reply.tool_calls]
        elif isinstance(choice.get("text"), str):
            found.append(content.Message("assistant", choice["text"]))
    return found


def output(items: Any) -> list[content.Message]:
    """The reply of the Responses API: its messages and tool calls as one."""
    texts, called = [], []
    for item in items if isinstance(items, list) else ():
        if not isinstance(item, dict):
            continue
        if item.get("type") == "message":
            texts.append(content.text(item.get("content")))
        elif str(item.get("type")).endswith("_call"):
            called += content.calls([{"name": item["type"].removesuffix("_call")} | item])
    text = "\n".join(filter(None, texts))
    return [content.Message("assistant", text, tuple(called))] if text or called else []
