"""The sanitized conversations of a lake behind a number."""

import re
from typing import Any, Callable, Iterator, NamedTuple

from ..jsonl import parse
from ..logs.assemble import head_of
from ..records import UNKNOWN
from ..term import plain
from .lake import Lake
from .publish import conversations_of, lines_of


class Wanted(NamedTuple):
    """Which conversations: those that are all of what is given here; "" asks for nothing."""

    conversation: str = ""
    date: str = ""
    team: str = ""
    category: str = ""
    kind: str = ""          # of personal data, as it stands in the text: [SECRET], [EMAIL_2], [EMAIL:9f2c…]
    user: str = ""
    model: str = ""
    errors: bool = False


def conversations(lake: Lake, wanted: Wanted) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """The conversations that are wanted, by date and start: each line, and its record."""
    fits = _test(wanted)
    needle = wanted.conversation.encode("utf-8", "surrogatepass")
    for date in [wanted.date] if wanted.date else lake.partitions("conversations"):
        for line in lines_of(lake, conversations_of(date)):
            if needle and str(head_of(line).get("conversation_id")) != wanted.conversation:
                continue
            record = parse(line)
            if fits(record):
                yield line, record


def _test(wanted: Wanted) -> Callable[[dict[str, Any]], bool]:
    token = re.compile(rf"\[{re.escape(wanted.kind)}(?:_\d+|:[0-9a-f]+)?\]")

    def fits(record: dict[str, Any]) -> bool:
        messages = record.get("messages") or ()
        return (not wanted.team or str(record.get("team") or UNKNOWN) == wanted.team) \
            and (not wanted.category or record.get("task_category") == wanted.category) \
            and (not wanted.user or str(record.get("user_id")) == wanted.user) \
            and (not wanted.model or any(str(message.get("model") or "") == wanted.model for message in messages)) \
            and (not wanted.errors or any(message.get("error") for message in messages)) \
            and (not wanted.kind or any(token.search(str(message.get("content"))) for message in messages))
    return fits


def transcript(record: dict[str, Any]) -> list[str]:
    """A conversation to read: a line about it, then who said what and when."""
    about = [plain(str(record.get(key) or UNKNOWN)) for key in ("conversation_id", "date", "team", "user_id", "task_category")]
    lines = ["  ".join(about)]
    for message in record.get("messages") or ():
        notes = [plain(str(message["model"]))] if message.get("model") else []
        notes += [f"{message['latency_ms']:.10g} ms"] if isinstance(message.get("latency_ms"), (int, float)) else []
        notes += [plain(f"error {message['error']}")] if message.get("error") else []
        text = [plain(line.expandtabs(4)) for line in str(message.get("content") or "").splitlines()] or [""]
        said = f"({', '.join(notes)}) " if notes else ""
        lines.append(f"  {plain(str(message.get('event_time'))[11:19])} {plain(str(message.get('role')))} {said}{text[0]}".rstrip())
        lines += [f"      {line}" for line in text[1:]]
    return [*lines, ""]
