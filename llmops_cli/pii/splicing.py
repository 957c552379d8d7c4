"""Putting changed strings into a line of JSON while every other byte of it stays."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any, NamedTuple

from . import jsontext
from .detector import Finding
from .parsing import SPACE
from .paths import Path
from .pattern import Pattern

# Findings of a line of which each is searched for by itself; where there are more, all strings are gone through once.
_MANY = 100
_RESPELLED = Pattern(r"\\[u/]")
# Escapes that only some writers make: of a slash, in capitals, of a sign that has a shorter spelling.
_ODD = Pattern(r"\\(?:/|u(?:[0-9a-fA-F]{0,3}[A-F]|00[2-7]|000[89acd]))")
# An escape of a sign that may stand as it is.
_SPARED = Pattern(r"\\u(?!00[01])")


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
    encode = _spelling(text) if sum(len(change.findings) for change in changes) < _MANY else None
    edits: list[tuple[int, int, str]] = []
    places: dict[Path, jsontext.Literal] | None = None
    for change in changes:
        quick = _in_place(text, change, encode) if encode else None
        if quick is not None:
            edits += quick
            continue
        edit = _whole(text, change, encode) if encode else None
        if edit is not None:
            edits.append(edit)
            continue
        if places is None:
            places = {literal.path: literal for literal in jsontext.literals(text)}
        edits += _within(text, places[change.path], change)
    edits.sort()
    pieces, at = [], 0
    for start, end, new in edits:
        pieces += (text[at:start], new)
        at = end
    pieces.append(text[at:])
    return "".join(pieces)


def _spelling(text: str) -> Callable[[str], str] | None:
    """How every string of a line is spelled, when that can be said: then a string which stands there once is the one
    that is meant, and no other spelling of it was passed over."""
    if not _RESPELLED.search(text):
        return encode_basestring
    if _ODD.search(text):
        return None
    if text.isascii():
        return encode_basestring_ascii
    return None if _SPARED.search(text) else encode_basestring


def _in_place(text: str, change: Change, encode: Callable[[str], str]) -> list[tuple[int, int, str]] | None:
    """Edits of the findings alone, when each value stands in the line just once, spelled as it is."""
    if change.pieces is None:
        return None
    edits = []
    for finding, piece in zip(change.findings, change.pieces):
        value = change.old[finding.start:finding.end]
        if len(encode(value)) != len(value) + 2:
            return None
        at = text.find(value)
        if at < 0 or text.find(value, at + 1) >= 0:
            return None
        edits.append((at, at + len(value), encode(piece)[1:-1]))
    return edits


def _whole(text: str, change: Change, encode: Callable[[str], str]) -> tuple[int, int, str] | None:
    """An edit of the whole string, when its literal stands in the line just once."""
    if change.old.lstrip()[:1] in ",:]}":
        return None
    literal = encode(change.old)
    at = text.find(literal)
    if at >= 0 and text.find(literal, at + 1) < 0 and text[at - 1:at] != "\\" and text[at + len(literal):].lstrip(SPACE)[:1] != ":":
        return at, at + len(literal), encode(change.new)
    return None


def _within(text: str, literal: jsontext.Literal, change: Change) -> list[tuple[int, int, str]]:
    """Edits within a literal: what the new string shares with the old one keeps its spelling."""
    begin = literal.start + 1
    places = jsontext.offsets(text[begin:literal.end - 1]) or range(len(change.old) + 1)
    if change.pieces is None:
        parts = [_difference(change.old, change.new)]
    else:
        parts = [(finding.start, finding.end, piece) for finding, piece in zip(change.findings, change.pieces)]
    return [(begin + places[start], begin + places[end], encode_basestring_ascii(new)[1:-1]) for start, end, new in parts]


def _difference(old: str, new: str) -> tuple[int, int, str]:
    """The part of an old text that differs from a new one: where it begins and ends, and what stands there now."""
    limit = min(len(old), len(new))
    head = tail = 0
    while head < limit and old[head] == new[head]:
        head += 1
    while tail < limit - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return head, len(old) - tail, new[head:len(new) - tail]


def rebuilt(value: Any, news: dict[Path, str], path: Path = ()) -> Any:
    """A parsed record with the strings at some paths replaced."""
    if path in news:
        return news[path]
    if isinstance(value, dict):
        return {key: rebuilt(item, news, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [rebuilt(item, news, (*path, index)) for index, item in enumerate(value)]
    return value
