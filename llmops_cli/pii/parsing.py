"""A line of JSON read strictly: what cannot be read whole, or could be read in two ways, is not examined."""
from __future__ import annotations

import json
from typing import Any

from ..jsonl import BadLine
from .pattern import Pattern

SPACE = " \t\n\r"
DEEPEST = 400


class Unexaminable(BadLine):
    """A line that could not be looked at whole. The reason never quotes it."""

    def __init__(self, reason: str, column: int = 1) -> None:
        super().__init__(reason, column)


class Pairs(list[tuple[str, Any]]):
    """An object in which a key stands twice."""


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _object(pairs: list[tuple[str, Any]]) -> Any:
    made = dict(pairs)
    return made if len(made) == len(pairs) else Pairs(pairs)


_scan = json.JSONDecoder(parse_constant=_no_constant, object_pairs_hook=_object).scan_once
# The same for integers of any length: only how long they are is kept.
_scan_long = json.JSONDecoder(parse_constant=_no_constant, parse_int=len, object_pairs_hook=_object).scan_once
# (text, start) -> (value, end), where nobody asks for keys that stand twice.
scan_long = json.JSONDecoder(parse_constant=_no_constant, parse_int=len).scan_once


def parse(raw: bytes) -> tuple[str, Any]:
    """A line as text and as what it means, objects in which a key stands twice as Pairs; Unexaminable when it is not one JSON value.

    >>> parse(b'{"a": 1}'), parse(b'{"a": 1, "a": 2}')
    (('{"a": 1}', {'a': 1}), ('{"a": 1, "a": 2}', [('a', 1), ('a', 2)]))
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
            record, end = _scan_long(text, start)
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
