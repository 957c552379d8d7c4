"""Verdicts from elsewhere: JSON lines, a JSON document or CSV, of our own keys or as the tools that collect them export.

A source is a name, how one of its rows is told, and what the row says in our keys. Comments and ratings are taken over, and
the ids that join them; names, e-mail addresses and whole conversations that stand beside them are not.
"""

import json
import math
from datetime import datetime, timezone
from itertools import chain
from typing import Any, BinaryIO, Callable, Iterator, Mapping, NamedTuple

from .. import tables
from ..errors import UserError
from ..jsonl import BadLine, parse
from ..records import parse_time, utc_stamp

Row = Mapping[str, Any]
Said = dict[str, Any]


class Source(NamedTuple):
    """A tool whose export can be imported."""

    name: str
    about: str
    matches: Callable[[Row], bool]
    says: Callable[[Row, str], Said]     # (row, scale) -> our keys; BadLine when the row is no verdict


def _inner(row: Row, key: str) -> Row:
    value = row.get(key)
    return value if isinstance(value, dict) else {}


def _first(row: Row, *keys: str) -> Any:
    return next((row[key] for key in keys if row.get(key) not in (None, "")), None)


def _score(value: Any, scale: str) -> Any:
    """A number that some tool calls a score, as a rating: of thumbs 1 is up, 0 and -1 are down; of stars it is itself. The cell
    of a table is a text, a number or a word."""
    if value.__class__ is str:
        try:
            value = float(value)
        except ValueError:
            return value
    if value is None or value.__class__ is bool:
        return value
    if scale == "stars":
        return value
    if value not in (1, 0, -1):
        raise BadLine("a score beside 1, 0 and -1: --scale stars takes 1 to 5")
    return "up" if value == 1 else "down"


def _langfuse(row: Row, scale: str) -> Said:
    number = _first(row, "value")
    words = _first(row, "stringValue", "string_value")
    kind = _first(row, "dataType", "data_type")
    rating = words if kind == "CATEGORICAL" else _score(number, "thumbs" if kind == "BOOLEAN" else scale)
    return {"rating": rating, "text": row.get("comment"), "event_time": _first(row, "timestamp", "createdAt", "created_at"),
            "user_id": _first(row, "userId", "user_id", "authorUserId", "author_user_id"),
            "message_id": _first(row, "observationId", "observation_id"),
            "conversation_id": _first(row, "sessionId", "session_id", "traceId", "trace_id")}


def _helicone(row: Row, scale: str) -> Said:
    notes = _inner(row, "request_properties")
    return {"rating": row["feedback_rating"], "event_time": _first(row, "feedback_created_at", "request_created_at"), "user_id": row.get("request_user_id"),
            "message_id": row.get("request_id"), "conversation_id": notes.get("Helicone-Session-Id"), "team": notes.get("team"),
            "model": _first(row, "response_model", "request_model")}


def _open_webui(row: Row, scale: str) -> Said:
    said, about = _inner(row, "data"), _inner(row, "meta")
    parts = [part for part in (said.get("reason"), said.get("comment")) if isinstance(part, str) and part.strip()]
    return {"rating": _score(said.get("rating"), "thumbs"), "text": ": ".join(parts) or None, "event_time": row.get("created_at"), "user_id": row.get("user_id"),
            "message_id": about.get("message_id"), "conversation_id": about.get("chat_id"), "model": _first(about, "model_id") or said.get("model_id")}


def _librechat(row: Row, scale: str) -> Said:
    said = _inner(row, "feedback")
    tag = said["tag"].get("key") if isinstance(said.get("tag"), dict) else said.get("tag")
    parts = [part for part in (tag, said.get("text")) if isinstance(part, str) and part.strip()]
    return {"rating": said.get("rating"), "text": ": ".join(parts) or None, "event_time": _first(row, "updatedAt", "createdAt"), "user_id": row.get("user"),
            "message_id": row.get("messageId"), "conversation_id": row.get("conversationId"), "model": row.get("model")}


def _chatgpt(row: Row, scale: str) -> Said:
    content = row.get("content")
    try:
        content = json.loads(content) if isinstance(content, str) else content
    except ValueError:
        content = {"text": content}
    said = content if isinstance(content, dict) else {}
    tags = [tag for tag in said.get("tags") or () if isinstance(tag, str)]
    parts = [*tags, *([said["text"]] if isinstance(said.get("text"), str) and said["text"].strip() else [])]
    return {"rating": row.get("rating"), "text": ": ".join(parts) or None, "event_time": _first(row, "create_time", "update_time"),
            "user_id": row.get("user_id"), "message_id": _first(row, "message_id", "id"), "conversation_id": row.get("conversation_id")}


def _langsmith(row: Row, scale: str) -> Said:
    return {"rating": _score(row.get("score"), scale), "text": row.get("comment"), "event_time": row.get("created_at"),
            "message_id": row.get("run_id"), "conversation_id": _first(row, "trace_id")}


def _event(row: Row, scale: str) -> Said:
    return {key: row.get(key) for key in ("event_time", "user_id", "message_id", "conversation_id", "release", "team", "model")} | {"rating": row["feedback"]}


def _ours(row: Row, scale: str) -> Said:
    said = {key: _first(row, *names) for key, names in _COLUMNS.items()}
    said["type"] = said["type"].strip().lower() if isinstance(said["type"], str) else said["type"]
    if said["rating"] is not None and said["rating"] == _first(row, "vote", "thumbs") and _first(row, "rating", "score") is None:
        said["rating"] = _score(said["rating"], scale)
    if said["rating"].__class__ in (int, float) and scale == "thumbs" and said["rating"] in (0, -1):
        said["rating"] = "down"
    return said


# What a column of a table may be called.
_COLUMNS = {
    "type": ("type", "kind"),
    "rating": ("rating", "score", "vote", "thumbs", "stars", "feedback"),
    "text": ("text", "comment", "message", "remark", "reason"),
    "event_time": ("event_time", "time", "timestamp", "date", "created_at", "createdAt"),
    "user_id": ("user_id", "userId", "user"),
    "message_id": ("message_id", "messageId"),
    "conversation_id": ("conversation_id", "conversationId", "session_id", "chat_id"),
    "release": ("release", "version"),
    "team": ("team",), "model": ("model",), "task_category": ("task_category", "category"),
}

# Keys with capitals, by what is left of them in the first line of a table, which is read in small letters.
_AS_SPELT = {name.lower(): name for name in (
    *(name for names in _COLUMNS.values() for name in names), "dataType", "stringValue", "authorUserId", "observationId", "sessionId", "traceId", "updatedAt")}

SOURCES = (
    Source("langfuse", "Langfuse scores (API or export)", lambda row: ("dataType" in row or "data_type" in row) and "name" in row, _langfuse),
    Source("helicone", "Helicone requests with feedback", lambda row: "feedback_rating" in row, _helicone),
    Source("open-webui", "Open WebUI feedback export", lambda row: isinstance(row.get("data"), dict) and isinstance(row.get("meta"), dict), _open_webui),
    Source("librechat", "LibreChat messages with feedback", lambda row: isinstance(row.get("feedback"), dict), _librechat),
    Source("chatgpt", "ChatGPT account export, message_feedback.json", lambda row: "rating" in row and ("evaluation_name" in row or "create_time" in row), _chatgpt),
    Source("langsmith", "LangSmith feedback", lambda row: "run_id" in row and "score" in row, _langsmith),
    Source("events", "our events that carry `feedback`", lambda row: "feedback" in row and "role" in row, _event),
    Source("rows", "JSON lines or CSV with our keys, or the usual names of such columns", lambda row: any(name in row for key in ("rating", "text") for name in _COLUMNS[key]), _ours),
)


def said(row: Row, scale: str) -> tuple[str, Said]:
    """The name of the source that a row is of, and what it says in our keys. BadLine when it is of none."""
    for source in SOURCES:
        if source.matches(row):
            values = source.says(row, scale)
            values["event_time"] = _stamp(values.get("event_time"))
            return source.name, values
    raise BadLine("neither a rating nor a text in it")


def without_opinion(row: Row) -> bool:
    """Whether a row of an export is there for other reasons: a message or request that nobody judged."""
    return row.get("feedback_rating", 0) is None or "feedback" in row and not row["feedback"] and ("role" in row or "messageId" in row) \
        or "feedback" not in row and "role" in row and "content" in row


def _stamp(value: Any) -> Any:
    """A time as our records write it: ISO 8601, or seconds since 1970 (or thousandths, millionths, … of them)."""
    if isinstance(value, str) and value.replace(".", "", 1).isdecimal() and len(value) >= 9:
        value = float(value)
    if value.__class__ in (int, float):
        try:
            seconds = float(value)
            while 1e11 < abs(seconds) < math.inf:        # the year 5138 in seconds
                seconds /= 1000
            return utc_stamp(datetime.fromtimestamp(seconds, timezone.utc))
        except (ValueError, OverflowError, OSError):
            raise BadLine("event_time is not a time") from None
    if isinstance(value, str):
        moment = parse_time(value.strip())
        return utc_stamp(moment) if moment else value
    return value


def rows(stream: BinaryIO, name: str) -> Iterator[tuple[int, bytes, dict[str, Any] | BadLine]]:
    """(line or place, its bytes, the row or why it is none) of JSON lines, of a JSON list, or of CSV, as the first bytes tell."""
    lines = iter(stream)
    blank, head = next(((number, line) for number, line in enumerate(lines) if line.removeprefix(b"\xef\xbb\xbf").strip()), (0, b""))
    opening = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if opening == b"[":
        yield from _document(head + b"".join(lines), name)
    elif opening == b"{":
        for number, raw in enumerate(chain([head], lines), blank + 1):
            raw = raw.removeprefix(b"\xef\xbb\xbf").rstrip(b"\r\n")
            if raw.strip():
                try:
                    yield number, raw, parse(raw)
                except BadLine as bad:
                    yield number, raw, bad
    elif opening:
        yield from _table(chain([head], lines), name, blank + 1)


def _document(data: bytes, name: str) -> Iterator[tuple[int, bytes, dict[str, Any] | BadLine]]:
    try:
        values = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UserError("begins as a JSON list and is none", where=f"{name}:{getattr(error, 'lineno', 1)}", hint="is it whole?") from None
    for place, value in enumerate(values, 1):
        yield place, b"", value if isinstance(value, dict) else BadLine("not a JSON object")


def _table(lines: Iterator[bytes], name: str, line: int) -> Iterator[tuple[int, bytes, dict[str, Any] | BadLine]]:
    table = tables.rows(lines, name, line)
    heading = next(table)
    columns = [column.strip().lower().replace(" ", "_") for column in heading.cells]
    columns = [_AS_SPELT.get(column, column) for column in columns]
    known = {column for names in _COLUMNS.values() for column in names}
    if not known & set(columns):
        raise UserError("neither JSON lines nor CSV with a known column", where=f"{name}:{heading.line}",
                        hint="the first line names the columns, among them rating or text")
    for row in table:
        cells = row.cells
        if row.fault:
            yield row.line, row.raw, BadLine(row.fault, row.column)
        elif len(cells) != len(columns):
            yield row.line, row.raw, BadLine(f"{len(cells)} cells where the first line names {len(columns)}")
        else:
            yield row.line, row.raw, {column: cell for column, cell in zip(columns, cells) if cell.strip()}
