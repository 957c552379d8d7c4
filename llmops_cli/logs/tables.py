"""Logs that are tables: CSV with a header, a row a record."""

import csv
import re
from typing import Any, Iterator

from ..jsonl import Reader
from . import formats

_HEADER = re.compile(rb'[\w ."\-]+(?:,[\w ."\-]*)+')
csv.field_size_limit(1 << 27)


def opens(first: bytes, asked_for: bool) -> bool:
    """Whether a file that begins with this line is such a table, of a format that is known by its columns or was asked for."""
    return bool(_HEADER.fullmatch(first)) and (asked_for or formats.detect(dict.fromkeys(_columns(first), "")) is not None)


def _columns(first: bytes) -> list[str]:
    return [name.strip() for name in next(csv.reader([first.decode()]))]


def rows(first: bytes, rest: Iterator[bytes], reader: Reader) -> Iterator[tuple[bytes, dict[str, Any], int]]:
    """(the last line of a row, the row as a record without its empty cells, the number of that line)."""
    columns = _columns(first)

    def lines() -> Iterator[str]:
        for raw in rest:
            yield raw.decode("utf-8", "replace") + "\n"

    table = csv.reader(lines(), strict=True)
    while True:
        try:
            cells = next(table, None)
        except csv.Error:
            reader.reject("not a row of CSV")
            continue
        if cells is None:
            return
        if len(cells) > len(columns):
            reader.reject(f"a row of {len(cells)} cells under a header of {len(columns)}")
            continue
        yield b"", {name: cell for name, cell in zip(columns, cells) if cell != ""}, reader.line
