"""From lines to rows that can be labelled: what is read of each, what is taken out of it before it leaves, what tells it."""

import zlib
from hashlib import blake2b
from typing import AbstractSet, Any, Callable, Iterator, NamedTuple

from ..jsonl import BadLine, Reader, parse
from .recovery import Recovery
from .snippet import masked, missing
from .splice import without
from .window import ADDED, Row


class Reading(NamedTuple):
    """What is read of a record: so many messages of so many characters, or what stands at a path. `mask` takes out what
    must not leave; `most` rows are read, None for all."""

    messages: int = 8
    chars: int = 200
    field: str | None = None
    mask: Callable[[str], str] = lambda text: text
    most: int | None = None


def rows(reader: Reader, reading: Reading, recovery: Recovery | None = None,
         reject: Callable[[int, str, int], None] = lambda line, reason, column: None) -> Iterator[tuple[Row, dict[str, Any]]]:
    """Each row and its record. Lines that have their rows already are passed over; those that give none are rejected here
    and told to `reject` by their number."""
    lines = reader.lines()
    line, crc, number = 0, 0, 0
    if recovery:
        recovery.pass_over(lines, reader.reject)
        line, crc, number = recovery.start.lines, recovery.start.crc, recovery.start.rows
    crc32 = zlib.crc32
    while reading.most is None or number < reading.most:
        raw = next(lines, None)
        if raw is None:
            break
        line += 1
        crc = crc32(raw, crc)
        try:
            record = parse(raw)
        except BadLine as error:
            reader.reject(error.reason, error.column)
            reject(line, error.reason, error.column)
            continue
        text = masked(record, reading.mask, reading.messages, reading.chars, reading.field)
        if text is None:
            reader.reject(missing(reading.field))
            reject(line, missing(reading.field), 0)
            continue
        stem, left = (without(raw, ADDED), record.keys() - set(ADDED)) if "classified_by" in record else (raw, record.keys())
        if "classified_by" not in record and not record.keys().isdisjoint(ADDED[:3]):
            stem, left = without(raw, ADDED[:3]), record.keys() - set(ADDED[:3])
        row = Row(number, line, crc, stem, kept(left))
        row.text = text
        row.mark = mark(row.text)
        number += 1
        yield row, record


def kept(names: AbstractSet[str]) -> dict[str, None]:
    """Of the keys of a stem those that may have to be replaced, and "" for all others.

    >>> kept({"text", "error"}), kept({"text"}), kept(set())
    ({'error': None, '': None}, {'': None}, {})
    """
    own = [name for name in ADDED[3:] if name in names]
    return dict.fromkeys([*own, ""] if len(names) > len(own) else own)


def mark(text: str) -> str:
    """What tells a text from another where that is not worth many letters.

    >>> mark("hello")
    'a7b6eda801e5347d'
    """
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()

