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
    name = reader.name
    begun: list[tuple[int, bytes]] = []     # the first line of the row at hand: by a quotation mark that is not closed, it takes all to the end
    broken = False      # whether the row at hand has a line that is not UTF-8

    def lines() -> Iterator[str]:
        nonlocal broken
        last = reader.line
        for raw in rest:
            yield from ["\n"] * (reader.line - last - 1)    # blank lines are passed over, but not inside a cell
            last = reader.line
            if not begun:
                begun.append((last, raw))
            try:
                text = raw.decode()
            except UnicodeDecodeError:
                broken, text = True, raw.decode("utf-8", "replace")
            yield text + "\n"

    table = csv.reader(lines(), strict=True)
    while True:
        try:
            cells = next(table, None)
        except csv.Error:
            [(line, raw)] = begun
            reader.rejects.add(name, line, "not a row of CSV", raw=raw)
            cells = []
        if cells is None:
            return
        if broken and cells:
            reader.reject("not UTF-8")
        elif len(cells) > len(columns):
            reader.reject(f"a row of {len(cells)} cells under a header of {len(columns)}")
        elif cells:
            yield b"", {column: cell for column, cell in zip(columns, cells) if cell != ""}, reader.line
        begun.clear()
        broken = False
