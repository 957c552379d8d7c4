"""Plain text line by line, but for what cannot be told by one line alone."""
from __future__ import annotations

from collections.abc import Iterator

from ..jsonl import Reader
from .detector import Finding
from .pattern import Pattern

_BEGIN = Pattern(rb"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?!.*-----END )")
# A line of a key: also quoted in a mail or a patch, or as a text of a program.
_ARMOUR = Pattern(rb"[\s>#|*'\"+-]*(?:[A-Za-z0-9+/=]*|[\w-]{1,20}: .{0,80})(?:\\[nr])*[\s'\",;+\\]*")
_END = b"-----END "
_LONGEST = 1 << 20      # bytes of a key


class TextLines:
    """The lines of a reader, blank ones too; those of a private key are one, with the number of the first."""

    def __init__(self, reader: Reader) -> None:
        reader.blank = True
        self._reader = reader
        self.rejects, self.reject = reader.rejects, reader.reject
        self.name, self.line = "", 0

    def lines(self) -> Iterator[bytes]:
        reader, key, size = self._reader, [], 0
        for raw in reader.lines():
            if key and reader.name == self.name and size < _LONGEST and _ARMOUR.fullmatch(raw):
                key.append(raw)
                size += len(raw)
                continue
            if key:
                ends = reader.name == self.name and _END in raw
                yield b"\n".join([*key, raw] if ends else key)
                key = []
                if ends:
                    continue
            self.name, self.line = reader.name, reader.line
            if b"PRIVATE KEY" in raw and _BEGIN.search(raw):
                key, size = [raw], 0
            else:
                yield raw
        if key:
            yield b"\n".join(key)


def by_line(text: str, finding: Finding) -> tuple[int, Finding]:
    """How many lines below the first a finding begins, and where it stands there.

    >>> by_line("one\\ntwo ann@example.org", Finding(8, 23, "EMAIL", "email", "", ""))[1][:2]
    (4, 19)
    """
    begin = text.rfind("\n", 0, finding.start) + 1
    return text.count("\n", 0, finding.start), finding._replace(start=finding.start - begin, end=finding.end - begin)
