"""A line of JSON read strictly: what cannot be read whole, or could be read in two ways, is not examined."""
from __future__ import annotations

import json
from typing import Any

from ..jsonl import BadLine
from .pattern import Pattern

SPACE = " \t\n\r"
DEEPEST = 400
_LONG = 100_000     # characters of a text whose escapes would be too many to list
_ESCAPED = Pattern(r'\\["\\]')


class Unexaminable(BadLine):
    """A line that could not be looked at whole. The reason never quotes it."""

    def __init__(self, reason: str, column: int = 1) -> None:
        super().__init__(reason, column)


class Pairs(list[tuple[str, Any]]):
    """An object whose keys may repeat."""


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_scan = json.JSONDecoder(parse_constant=_no_constant).scan_once
_scan_pairs = json.JSONDecoder(parse_constant=_no_constant, parse_int=len, object_pairs_hook=Pairs).scan_once
# (text, start) -> (value, end), for integers of any length: only how long they are is kept.
scan_long = json.JSONDecoder(parse_constant=_no_constant, parse_int=len).scan_once


def parse(raw: bytes) -> tuple[str, Any]:
    """A line as text and as what it means; Unexaminable when it is not one JSON value.

    >>> parse(b'{"a": 1}')
    ('{"a": 1}', {'a': 1})
    """
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise Unexaminable("not UTF-8", error.start + 1) from None
    start = 0
    if text[:1] in SPACE or text[:1] == "\ufeff":
        start = len(text) - len(text.lstrip(SPACE + "\ufeff"))
    try:
        try:
            record, end = _scan(text, start)
        except ValueError as error:
            if isinstance(error, json.JSONDecodeError) or "limit" not in str(error):
                raise
            record, end = scan_long(text, start)
    except StopIteration as error:
        raise Unexaminable("not JSON", (error.value if isinstance(error.value, int) else 0) + 1) from None
    except json.JSONDecodeError as error:
        raise Unexaminable("not JSON", error.pos + 1) from None
    except RecursionError:
        raise Unexaminable("nested too deeply") from None
    except ValueError as error:
        raise Unexaminable(str(error) if str(error).endswith("is not JSON") else "not JSON") from None
    if end != len(text) and text[end:].strip(SPACE):
        raise Unexaminable("more than one JSON value", end + 1)
    return text, record


def may_repeat(text: str, strings: int) -> bool:
    """Whether a key may stand twice: then the text has more quotes than the parsed record, of so many strings, accounts for.

    >>> may_repeat('{"a": 1}', 1), may_repeat('{"a": 1, "a": 2}', 1)
    (False, True)
    """
    quotes = text.count('"')
    if quotes == 2 * strings:
        return False
    if len(text) > _LONG:
        return "\\\\" in text or quotes - text.count('\\"') != 2 * strings
    escaped = _ESCAPED.findall(text)
    return "\\\\" in escaped or quotes - len(escaped) != 2 * strings


def pairs_of(text: str) -> Any:
    """A line that `parse` took, with every object as Pairs."""
    try:
        return _scan_pairs(text, len(text) - len(text.lstrip(SPACE + "\ufeff")))[0]
    except RecursionError:
        raise Unexaminable("nested too deeply") from None


def repeats(value: Any) -> bool:
    """Whether a key stands twice in one of the Pairs of a value."""
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, Pairs):
            if len({key for key, _ in one}) != len(one):
                return True
            stack.extend(item for _, item in one)
        elif isinstance(one, list):
            stack.extend(one)
    return False
