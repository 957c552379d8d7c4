"""Rows as bytes: JSON lines, JSON, CSV, Markdown, an aligned table."""

import csv
import io
import json
import re
from itertools import chain
from typing import Any, Callable, Iterable, Iterator, Sequence

from ..jsonl import dump
from ..term import table

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")     # what a team's name may do to a terminal, it may not do here
Rows = Iterable[dict[str, Any]]


def jsonl(rows: Rows) -> Iterator[bytes]:
    for row in rows:
        yield dump(row) + b"\n"


def document(rows: Rows) -> Iterator[bytes]:
    """One JSON list, written row by row."""
    before = "[\n"
    for row in rows:
        shown = json.dumps(row, indent=1, ensure_ascii=False).replace("\n", "\n ")
        yield f"{before} {shown}".encode("utf-8", "backslashreplace")
        before = ",\n"
    yield b"[]\n" if before == "[\n" else b"\n]\n"


def comma_separated(rows: Rows, columns: Sequence[str] = ()) -> Iterator[bytes]:
    """RFC 4180 but for the line ends, which are those of the other forms; a missing value is an empty cell. The header
    names the columns of the first row, without rows those given."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    rows = iter(rows)
    first = next(rows, None)
    writer.writerow(columns if first is None else first)
    if first is None:
        yield buffer.getvalue().encode("utf-8", "backslashreplace")
        return
    for row in chain([first], rows):
        writer.writerow(["" if value is None else json.dumps(value) if isinstance(value, (bool, dict, list)) else value
                         for value in row.values()])
        yield buffer.getvalue().encode("utf-8", "backslashreplace")
        buffer.seek(0)
        buffer.truncate()


def markdown(rows: Rows) -> Iterator[bytes]:
    rows = list(rows)
    if not rows:
        return
    numbers = _numbers(rows)
    yield _markdown_line(list(rows[0]))
    yield _markdown_line(["--:" if column in numbers else "---" for column in range(len(rows[0]))])
    for row in rows:
        yield _markdown_line([_shown(value).replace("|", "\\|") for value in row.values()])


def aligned(rows: Rows) -> Iterator[bytes]:
    """A table for a terminal; columns that say nothing in any row are left out."""
    rows = list(rows)
    if rows:
        telling = [key for key in rows[0] if any(row[key] is not None for row in rows)]
        rows = [{key: row[key] for key in telling} for row in rows]
        lines = table([list(rows[0]), *([_shown(value) for value in row.values()] for row in rows)], right=_numbers(rows))
        yield "".join(line + "\n" for line in lines).encode("utf-8", "backslashreplace")


FORMATS: dict[str, Callable[[Rows], Iterator[bytes]]] = {
    "jsonl": jsonl, "json": document, "csv": comma_separated, "markdown": markdown, "table": aligned}


def _numbers(rows: list[dict[str, Any]]) -> list[int]:
    """The columns that hold numbers."""
    return [column for column, key in enumerate(rows[0])
            if any(isinstance(row[key], (int, float)) for row in rows) and not any(isinstance(row[key], str) for row in rows)]


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else CONTROL.sub(" ", str(value))


def _markdown_line(cells: list[str]) -> bytes:
    return ("| " + " | ".join(cells) + " |\n").encode("utf-8", "backslashreplace")
