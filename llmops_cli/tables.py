"""Tables as spreadsheets and databases write them: CSV with a heading, rows with their place."""

import csv
from collections import deque
from itertools import chain
from typing import Iterator, NamedTuple

from .errors import UserError

csv.field_size_limit(1 << 27)       # letters of a cell: it may be a whole conversation
_BETWEEN_CELLS = ",;\t"


class Row(NamedTuple):
    """A row: the line that it begins on, its bytes and its cells; or why it is none, and in which column if that is known."""

    line: int
    raw: bytes
    cells: list[str]
    fault: str = ""
    column: int = 0


def rows(lines: Iterator[bytes], name: str, line: int = 1) -> Iterator[Row]:
    """The heading and the rows below it; `line` is the number of the first line. Blank lines are none. Commas, semicolons or
    tabs stand between cells, whichever the heading has most of. A quotation mark that is never closed costs its line alone.
    UserError when the heading cannot be read.

    >>> [(row.line, row.cells) for row in rows(iter([b"rating;text\\r\\n", b'up;"so;\\n', b'so"\\n', b"down;no\\n"]), "t.csv")]
    [(1, ['rating', 'text']), (2, ['up', 'so;\\nso']), (4, ['down', 'no'])]
    """
    feed = _Feed(lines, line)
    table = csv.reader(feed, delimiter=max(_BETWEEN_CELLS, key=feed.heading().count), strict=True)
    heading = None
    while True:
        try:
            cells, fault = next(table), ""
        except StopIteration:
            return
        except csv.Error:
            cells, fault = [], "not CSV: a quote that is not closed, or text after one"
        at = feed.line
        raw = feed.took(1) if fault else feed.took()
        if raw.strip():
            row = _readable(Row(at, raw, cells, fault))
            heading = heading or row
            if heading.fault:
                raise UserError(heading.fault, where=f"{name}:{heading.line}", hint="save the table as CSV in UTF-8")
            yield row


def _readable(row: Row) -> Row:
    try:
        row.raw.decode()
    except UnicodeDecodeError as error:
        return row._replace(cells=[], fault="not UTF-8", column=error.start + 1)
    return row


class _Feed:
    """Lines for a reader of CSV, which takes as many as a row has; `line` is the number of the first that no row has taken yet."""

    def __init__(self, lines: Iterator[bytes], line: int):
        whole = chain([next(lines, b"").removeprefix(b"\xef\xbb\xbf")], lines)
        self._fresh = (part for raw in whole for part in raw.splitlines(keepends=True))     # a carriage return alone ends a line, too
        self._again: deque[bytes] = deque()
        self._given: list[bytes] = []
        self.line = line

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        self._given.append(self._again.popleft() if self._again else next(self._fresh))
        return self._given[-1].decode("utf-8", "surrogateescape")

    def took(self, count: int | None = None) -> bytes:
        """So many of the lines given, or all of them, are the row's; the others are given again."""
        own, rest = (self._given, []) if count is None else (self._given[:count], self._given[count:])
        self._again.extendleft(reversed(rest))
        self._given = []
        self.line += len(own)
        return b"".join(own)

    def heading(self) -> str:
        """The first line that is not blank, which is given again."""
        for text in self:
            if text.strip():
                self.took(0)
                return text
            self.took()
        return ""
