"""The token shapes of `templates`, as detectors."""
from __future__ import annotations

import base64
import functools
import hashlib
import itertools
import re
from collections.abc import Sequence
from typing import NamedTuple

from ..detector import ALONE, Detector
from .templates import TEMPLATES

_ALPHABETS = {
    "w": "A-Za-z0-9", "b": r"A-Za-z0-9_-", "l": "a-z0-9", "u": "A-Z0-9", "h": "a-f0-9", "H": "A-Fa-f0-9", "d": "0-9", "s": r"A-Za-z0-9+/=_-",
}
_SAMPLE = {
    "w": "aB3dE5gH7jK9mN1pQ4sT6vW8yZ0cF2", "b": "aB3dE5gH7jK9mN1pQ4sT6vW8yZ0cF2", "l": "a3d5g7j9m1p4s6v8y0c2f", "u": "A3D5G7J9M2P4S6V8Y7C2F",
    "h": "a3d5e7b9c1f4a6d8e0b2", "H": "a3d5e7b9c1f4a6d8e0b2", "d": "31415926535897932384", "s": "aB3dE5gH7jK9mN1pQ4sT6vW8yZ0cF2",
}
# Shapes that need a word beside them, or contents that no sample has.
_JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0"
_SHOWN = {"ghost-admin": "key {}", "mailgun-signing": "key {}", "jwt": _JWT + ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U", "jwt-unsigned": _JWT + ".", "jwt-headless": _JWT,
          "jwt-base64": base64.b64encode(_JWT.encode()).decode() + "LmRvempnTnJ5UDRKM2pWbU5IbDB3"}
_FIELD = re.compile(r"\{(\w)(\d+)(,?)(\d*)\}")


class Token(NamedTuple):
    """A token shape: `head` is the literal it begins with, `least` its shortest length."""

    head: str
    least: int
    rule: Detector


@functools.cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern of a shape; compiled when first wanted, for most shapes never are."""
    return re.compile(pattern + r"(?![A-Za-z0-9_])")


def _pattern(template: str) -> str:
    parts, at = [], 0
    for field in _FIELD.finditer(template):
        parts.append(re.escape(template[at:field.start()]))
        alphabet, low, comma, high = field.groups()
        length = f"{{{low}}}" if not comma else f"{{{low},{high or 4000}}}"
        parts.append(f"[{_ALPHABETS[alphabet]}]{length}")
        at = field.end()
    return "".join(parts) + re.escape(template[at:])


def _sample(rule: str, template: str) -> str:
    """A made-up token of that shape, always the same one."""
    stream = itertools.chain.from_iterable(hashlib.sha256(f"{rule} {n}".encode()).hexdigest() for n in range(24))     # as many as are asked for

    def fill(field: re.Match[str]) -> str:
        letters = _SAMPLE[field[1]]
        length = int(field[2]) + (3 if field[3] and (not field[4] or int(field[4]) > int(field[2]) + 3) else 0)
        return "".join(letters[int(next(stream) + next(stream), 16) % len(letters)] if i < 60 else letters[i % len(letters)] for i in range(length))
    return _FIELD.sub(fill, template)


class _Example(Sequence):
    """The one text that proves a shape: made when it is looked at, which only tests do."""

    def __init__(self, rule: str, template: str) -> None:
        self._rule, self._template = rule, template

    def __len__(self) -> int:
        return 1

    def __getitem__(self, at: int) -> str:
        return (_SHOWN.get(self._rule, "{}").format(_sample(self._rule, self._template)),)[at]


def _build() -> tuple[Token, ...]:
    tokens = []
    for line in TEMPLATES.strip().splitlines():
        rule, template = line.split(" ", 1)
        pattern = _pattern(template)
        head = template.partition("{")[0]
        least = len(_FIELD.sub("", template)) + sum(int(field[2]) for field in _FIELD.finditer(template))
        maker = rule.replace("-", " ")
        detector = Detector(rule, "SECRET", maker, pattern=pattern, anchor=head, strength=ALONE, validator="variety", finds=_Example(rule, template))
        tokens.append(Token(head, least, detector))
    return tuple(tokens)


TOKENS = _build()
DETECTORS = tuple(token.rule for token in TOKENS)
