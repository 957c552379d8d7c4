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
    """The object on a line without the members of those names."""
    text = raw.decode()
    kept = [text[start:end] for name, start, end in members(text) if name not in names]
    return ("{" + ", ".join(kept) + "}").encode()


def members(text: str) -> Iterator[tuple[str, int, int]]:
    """(key, start, end) of each member of the object that `text` is known to be."""
    at = _GAP(text, _GAP(text).end() + 1).end()
    while text[at] != "}":
        start = at
        name, at = scanstring(text, at + 1, True)
        at = _GAP(text, _GAP(text, at).end() + 1).end()
        _, at = scan(text, at)
        yield name, start, at
        at = _GAP(text, at).end()
        if text[at] == ",":
            at = _GAP(text, at + 1).end()
