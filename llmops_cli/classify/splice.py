"""Keys put at the end of a record as it was written: everything else keeps its bytes, numbers and spaces."""

import re
from json.decoder import scanstring
from typing import Any, Iterable, Iterator

from ..jsonl import dump, scan

_GAP = re.compile(r"[ \t\n\r]*").match


def spliced(raw: bytes, record: dict[str, Any], added: dict[str, Any]) -> bytes:
    """The line `raw`, which holds `record`, with `added` at its end in place of keys of those names.

    >>> spliced(b'{"id": 1.50, "n": 3}', {"id": 1.5, "n": 3}, {"n": 4})
    b'{"id": 1.50, "n": 4}'
    """
    if not added.keys().isdisjoint(record):
        raw = without(raw, added)
        record = record.keys() - added.keys()
    body = raw.rstrip()[:-1].rstrip()
    return body + (b", " if record else b"") + dump(added)[1:]


def without(raw: bytes, names: Iterable[str]) -> bytes:
    """The object on a line without the members of those names; neighbours that stay have between them what they had.

    >>> without(b'{"a":1,"b":2,"n":3,"c":4, "n":5}', ("n",))
    b'{"a":1,"b":2, "c":4}'
    """
    text = raw.decode()
    kept, apart = [], True
    for name, start, end in members(text):
        if name in names:
            apart = True
        elif apart:
            kept.append((start, end))
            apart = False
        else:
            kept[-1] = kept[-1][0], end
    return (text[:_opened(text)] + ", ".join(text[start:end] for start, end in kept) + "}").encode()


def members(text: str) -> Iterator[tuple[str, int, int]]:
    """(key, start, end) of each member of the object that `text` is known to be."""
    at = _opened(text)
    while text[at] != "}":
        start = at
        name, at = scanstring(text, at + 1, True)
        at = _GAP(text, _GAP(text, at).end() + 1).end()
        _, at = scan(text, at)
        yield name, start, at
        at = _GAP(text, at).end()
        if text[at] == ",":
            at = _GAP(text, at + 1).end()


def _opened(text: str) -> int:
    """Where the first member of an object begins, or its end."""
    return _GAP(text, _GAP(text).end() + 1).end()
