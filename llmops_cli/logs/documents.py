"""Files that are one large JSON document (an array of records, an export), read a record at a time."""

import codecs
import re
from json import JSONDecodeError, JSONDecoder
from typing import Any, Iterable, Iterator, NamedTuple

from ..jsonl import BadLine, scan

_BETWEEN = re.compile(r"[\s,]*")
_PIECE = 1 << 20        # bytes that are decoded at a time
_HALF = 16              # characters: no word, escape or number is longer that more text could still make whole
_lenient = JSONDecoder().scan_once


class Broken(BadLine):
    """Where in the middle of a document something is no JSON: what comes after it cannot be told apart."""

    def __init__(self, reason: str, line: int):
        super().__init__(reason)
        self.line = line


class Element(NamedTuple):
    """A record of a document: the value (a BadLine where it is none), its own text on one line, and the line it begins on."""

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


def glued(line: bytes) -> list[bytes]:
    """The records of a line that has several, one after another as a delivery stream writes them; [] when it has not.

    >>> glued(b'{"a": 1}{"a": "}{"}'), glued(b'{"a": "}{"}'), glued(b'{"a": 1}{"a"')
    ([b'{"a": 1}', b'{"a": "}{"}'], [], [])
    """
    if b"}{" not in line:
        return []
    found, at = [], 0
    try:
        text = line.decode()
        while at < len(text):
            value, end = scan(text, at)
            if value.__class__ is not dict:
                return []
            found.append(text[at:end].encode())
            at = _BETWEEN.match(text, end).end()
    except (StopIteration, ValueError, RecursionError):
        return []
    return found if len(found) > 1 else []


def elements(pieces: Iterable[bytes], line: int = 1) -> Iterator[Element]:
    """The records of a document that comes in pieces, from a line on: those of an array, or values one after another.

    Raises BadLine where the document breaks off, after everything before that; Broken where it has more, which is no JSON.

    >>> [element.value for element in elements([b'[{"a": 1}, {"a"', b': 2}]'])]
    [{'a': 1}, {'a': 2}]
    """
    buffer, pending, waiting = "", [], 0
    outer = True                            # between records, where an array may begin
    for text in _decoded(pieces):
        pending.append(text)
        waiting += len(text)
        if text and waiting < len(buffer):  # trying again only when there is twice as much keeps this linear
            continue
        buffer, pending, waiting = buffer + "".join(pending), [], 0
        at = 0
        while True:
            start, at = at, _BETWEEN.match(buffer, at).end()
            line += buffer.count("\n", start, at)
            sign = buffer[at:at + 1]
            if sign == "[" and outer or sign == "]" and not outer:
                outer = not outer
                at += 1
                continue
            try:
                try:
                    value, end = scan(buffer, at)
                except BadLine as error:        # a record with a NaN is none, and yet it is clear where it ends
                    value, end = error, _lenient(buffer, at)[1]
            except (StopIteration, ValueError, RecursionError) as error:
                place = _broken(error)
                if at < len(buffer) and place < len(buffer) - _HALF:
                    raise Broken("the document is broken here; what stood before was used", line + buffer.count("\n", at, max(at, place))) from None
                break
            own = buffer[at:end].replace("\n", "").replace("\r", "")
            try:
                raw = own.encode()
            except UnicodeEncodeError:
                value, raw = BadLine("not UTF-8"), own.encode("utf-8", "surrogateescape")
            yield Element(value, raw, line)
            line += buffer.count("\n", at, end)
            at = end
        buffer = buffer[at:]
    if buffer or not outer:
        raise BadLine("the document is cut short or broken here; what stood before was used")


def _broken(error: Exception) -> float:
    """Where the parser stopped; infinity where more text may mend it."""
    if isinstance(error, StopIteration):
        return error.value
    if isinstance(error, JSONDecodeError) and not error.msg.startswith("Unterminated string"):
        return error.pos
    return float("inf")


def _decoded(pieces: Iterable[bytes]) -> Iterator[str]:
    """The pieces as text, bytes that are not UTF-8 as lone surrogates, and "" at the end."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    for piece in pieces:
        for start in range(0, len(piece), _PIECE):
            if text := decoder.decode(piece[start:start + _PIECE]):
                yield text
    if text := decoder.decode(b"", True):
        yield text
    yield ""
