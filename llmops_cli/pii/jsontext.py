"""Where the strings of a JSON text stand, so that one of them can be changed and all else keeps its bytes."""
from __future__ import annotations

import bisect
import json
import re
from collections.abc import Iterator
from json.encoder import encode_basestring
from typing import NamedTuple

from .pattern import Pattern

NESTED = 4      # JSON in strings in JSON
_TOKEN = Pattern(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]', re.S)
_ESCAPE = Pattern(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.", re.S)


class Literal(NamedTuple):
    """A string value of a JSON text: its path, and where it begins and ends, quotes included."""

    path: tuple[str | int, ...]
    start: int
    end: int


def literals(text: str) -> Iterator[Literal]:
    """The string values (not the keys) of a valid JSON text, in order.

    >>> [(one.path, one.start, one.end) for one in literals('{"a": ["x", {"b": "y"}]}')]
    [(('a', 0), 7, 10), (('a', 1, 'b'), 18, 21)]
    """
    path: list[str | int] = []
    is_object: list[bool] = []
    expects_key = False
    for token in _TOKEN.finditer(text):
        c = text[token.start()]
        if c == '"':
            if expects_key:
                path[-1] = json.loads(token.group())
                expects_key = False
            else:
                yield Literal(tuple(path), token.start(), token.end())
        elif c == "{":
            is_object.append(True)
            path.append("")
            expects_key = True
        elif c == "[":
            is_object.append(False)
            path.append(0)
            expects_key = False
        elif c in "}]":
            is_object.pop()
            path.pop()
            expects_key = False
        elif c == ",":
            if is_object[-1]:
                expects_key = True
            else:
                path[-1] += 1  # type: ignore[operator]


class Offsets:
    r"""Where each character of the string that a literal's body means begins in that body, and where the body ends.

    >>> [Offsets(r"a\nb")[at] for at in range(4)]
    [0, 1, 3, 4]
    """

    def __init__(self, body: str) -> None:
        self._behind: list[int] = []    # characters up to and with each escape,
        self._longer: list[int] = []    # and how many more the body has there
        longer = 0
        for escape in _ESCAPE.finditer(body):
            longer += escape.end() - escape.start() - 1
            self._behind.append(escape.end() - longer)
            self._longer.append(longer)

    def __getitem__(self, at: int) -> int:
        before = bisect.bisect_right(self._behind, at)
        return at + self._longer[before - 1] if before else at


def offsets(body: str) -> Offsets | None:
    """Where the characters that a literal's body means stand in it, None when nothing is escaped: each where it means.

    >>> offsets("abc")
    """
    return Offsets(body) if "\\" in body else None


def may_be_json(text: str) -> bool:
    """Whether a string is looked into as JSON, if it is valid.

    >>> may_be_json('{"a": 1}'), may_be_json("see [1] above")
    (True, False)
    """
    return text[:1] in ("{", "[") and text[-1:] in ("}", "]")


def meant(body: str, depth: int) -> str:
    r"""What a part of a string means that stands within so many strings of JSON.

    >>> meant(r"caf\u00e9", 1), meant("C:/x", 1)
    ('café', 'C:/x')
    """
    for _ in range(depth if "\\" in body else 0):
        body = json.loads(f'"{body}"')
    return body


def spelled(text: str, depth: int) -> str:
    r"""A text as it is spelled within so many strings of JSON.

    >>> spelled('a"b', 1), spelled('a"b', 0)
    ('a\\"b', 'a"b')
    """
    for _ in range(depth):
        text = encode_basestring(text)[1:-1]
    return text
