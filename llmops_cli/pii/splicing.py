"""Putting changed strings into a line of JSON while every other byte of it stays."""
from __future__ import annotations

from collections.abc import Sequence
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any, NamedTuple

from . import jsontext
from .detector import Finding
from .parsing import SPACE
from .paths import Path
from .pattern import Pattern

_RESPELLED = Pattern(r"\\[u/]")


class Change(NamedTuple):
    """A string of a record that had findings. `pieces` are what stands in their places, one for each, unless the new
    string came about in more than one step."""

    path: Path
    old: str
    new: str
    findings: list[Finding]
    pieces: Sequence[str] | None


def splice(text: str, changes: Sequence[Change]) -> str:
    """The line with the changed strings in place of the old ones, all else as it was."""
    plain = not _RESPELLED.search(text)
    edits: list[tuple[int, int, str]] = []
    places: dict[Path, jsontext.Literal] | None = None
    for change in changes:
        quick = _in_place(text, change) if plain else None
        if quick is not None:
            edits += quick
            continue
        edit = _whole(text, change)
        if edit is None:
            if places is None:
                places = {literal.path: literal for literal in jsontext.literals(text)}
            literal = places[change.path]
            edit = (literal.start, literal.end, _respelled(text[literal.start + 1:literal.end - 1], change))
        edits.append(edit)
    edits.sort()
    pieces, at = [], 0
    for start, end, new in edits:
        pieces += (text[at:start], new)
        at = end
    pieces.append(text[at:])
    return "".join(pieces)


def _in_place(text: str, change: Change) -> list[tuple[int, int, str]] | None:
    """Edits of the findings alone, when each value stands in the line just once, spelled as it is: in a line without
    \\u and \\/ a value without quotes, backslashes and control characters has no other spelling."""
    if change.pieces is None:
        return None
    edits = []
    for finding, piece in zip(change.findings, change.pieces):
        value = change.old[finding.start:finding.end]
        if len(encode_basestring(value)) != len(value) + 2:
            return None
        at = text.find(value)
        if at < 0 or text.find(value, at + 1) >= 0:
            return None
        edits.append((at, at + len(value), encode_basestring(piece)[1:-1]))
    return edits


def _whole(text: str, change: Change) -> tuple[int, int, str] | None:
    """An edit of the whole string, when its literal in one of the two usual spellings stands in the line just once."""
    if change.old.lstrip()[:1] in ",:]}":
        return None
    for encode in (encode_basestring, encode_basestring_ascii):
        literal = encode(change.old)
        at = text.find(literal)
        if at >= 0 and text.find(literal, at + 1) < 0 and text[at - 1:at] != "\\" and text[at + len(literal):].lstrip(SPACE)[:1] != ":":
            return at, at + len(literal), encode(change.new)
    return None


def _respelled(body: str, change: Change) -> str:
    """The literal of the new string; the parts that it shares with the old one keep their spelling."""
    old, new = change.old, change.new
    head = 0
    limit = min(len(old), len(new))
    while head < limit and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < limit - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    places = jsontext.offsets(body)
    start, end = head, len(old) - tail
    if places is not None:
        start, end = places[start], places[end]
    return f'"{body[:start]}{encode_basestring_ascii(new[head:len(new) - tail])[1:-1]}{body[end:]}"'


def rebuilt(value: Any, news: dict[Path, str], path: Path = ()) -> Any:
    """A parsed record with the strings at some paths replaced."""
    if path in news:
        return news[path]
    if isinstance(value, dict):
        return {key: rebuilt(item, news, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [rebuilt(item, news, (*path, index)) for index, item in enumerate(value)]
    return value
