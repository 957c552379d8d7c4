"""Files that are one large JSON document (an array of records, an export), read a record at a time."""

import codecs
import re
from typing import Any, Iterable, Iterator, NamedTuple

from ..jsonl import BadLine, scan

_BETWEEN = re.compile(r"[\s,]*")
_PIECE = 1 << 20        # bytes of a long line that are decoded at a time


class Element(NamedTuple):
    """A record of a document: the value, its own text on one line, and the line it begins on."""

    value: Any
    raw: bytes
    line: int


def opens(first: bytes) -> bool:
    """Whether a file that begins with this line is a document and not a record a line.

    >>> opens(b"["), opens(b'{"a": 1}'), opens(b'{'), opens(b'[1]'), opens(b'[{"a": 1}]')
    (True, False, True, False, True)
    """
    head = first.strip()
    if head[:1] == b"[":
        return head == b"[" or head[1:].lstrip()[:1] in (b"{", b"]")
    # Printers break a line after these; a record of its own line ends in }.
    return head == b"{" or head[:1] == b"{" and head[-1:] in (b"{", b"[")


def elements(lines: Iterable[tuple[bytes, int]]) -> Iterator[Element]:
    """The records of a document given as (line, its number): those of an array, or values one after another.

    Raises BadLine where the document breaks off, after everything before that.
    """
    buffer, pending, waiting = "", [], 0
    marks: list[tuple[int, int]] = []       # (characters before a line, its number), for what is in the buffer
    total = base = 0                        # characters read so far; of these, before the buffer
    outer = True                            # between records, an array may begin
    for text, number in _decoded(lines):
        marks.append((total, number))
        total += len(text)
        pending.append(text)
        waiting += len(text)
        if waiting < len(buffer):           # trying again only when there is twice as much keeps this linear
            continue
        buffer, pending, waiting = buffer + "".join(pending), [], 0
        at = 0
        while True:
            at = _BETWEEN.match(buffer, at).end()
            sign = buffer[at:at + 1]
            if sign == "[" and outer or sign == "]" and not outer:
                outer = not outer
                at += 1
                continue
            try:
                value, end = scan(buffer, at)
            except BadLine:
                raise
            except (StopIteration, ValueError, RecursionError):
                break
            yield Element(value, buffer[at:end].replace("\n", "").encode("utf-8", "surrogatepass"), _line(marks, base + at))
            at = end
        buffer, base = buffer[at:], base + at
        while len(marks) > 1 and marks[1][0] <= base:
            del marks[0]
    rest = buffer + "".join(pending)
    if rest.strip(" \r\n\t,]") or not outer and total:
        if pending:
            yield from _last(rest, marks, base)
        else:
            raise BadLine("the document is cut short or broken here; what stood before was used")


def _last(rest: str, marks: list[tuple[int, int]], base: int) -> Iterator[Element]:
    """What is left when the input ends between two tries."""
    at, depth = 0, 0
    while at < len(rest):
        at = _BETWEEN.match(rest, at).end()
        if rest[at:at + 1] in ("]", ""):
            depth += bool(rest[at:at + 1])
            at += 1
            continue
        try:
            value, end = scan(rest, at)
        except (StopIteration, ValueError, RecursionError):
            raise BadLine("the document is cut short or broken here; what stood before was used") from None
        yield Element(value, rest[at:end].replace("\n", "").encode("utf-8", "surrogatepass"), _line(marks, base + at))
        at = end


def _decoded(lines: Iterable[tuple[bytes, int]]) -> Iterator[tuple[str, int]]:
    for raw, number in lines:
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            for start in range(0, len(raw), _PIECE):
                yield decoder.decode(raw[start:start + _PIECE]), number
            yield decoder.decode(b"", True) + "\n", number
        except UnicodeDecodeError:
            raise BadLine("not UTF-8") from None


def _line(marks: list[tuple[int, int]], at: int) -> int:
    return next((number for start, number in reversed(marks) if start <= at), 1)
