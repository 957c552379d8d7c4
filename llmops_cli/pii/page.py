"""A text made ready for searching: the same text as plain bytes, and as marks in which every digit looks alike.

Searching for one literal byte runs at gigabytes a second, searching for "a digit" at a hundred megabytes. So each
text is mapped once: digits become 0, capitals A, small letters a; all else stays, and what is not ASCII becomes "?".
Positions are the same in all three.
"""
from __future__ import annotations

import re

from .context import Near, Vocabulary

_MARKS = bytes(48 if 48 <= c < 58 else 65 if 65 <= c < 91 else 97 if 97 <= c < 123 else 32 if c == 9 else c for c in range(256))
# Digits and signs of other scripts that stand for ASCII ones (Arabic-Indic, Devanagari, Bengali, full width).
_FOREIGN = {zero + n: 48 + n for zero in (0x660, 0x6F0, 0x966, 0x9E6, 0xFF10) for n in range(10)}
_FOREIGN.update({0xFF20: 64, 0xFF0E: 46, 0xFF0D: 45, 0xFF1A: 58, 0xFF0B: 43, 0xFF08: 40, 0xFF09: 41})
_FOREIGN_BYTES = re.compile(rb"[\xd9][\xa0-\xa9]|\xdb[\xb0-\xb9]|\xe0\xa5[\xa6-\xaf]|\xe0\xa7[\xa6-\xaf]|\xef\xbc[\x88-\xa0]")
_FOREIGN_SIGN = re.compile("[" + "".join(map(chr, _FOREIGN)) + "]")
_LEADS = (b"\xef\xbc", b"\xd9", b"\xdb", b"\xe0\xa5", b"\xe0\xa7")
_DASHES = tuple("\u2010\u2011\u2012\u2013")
_SPACES = tuple("\u00a0\u202f\u2007\u2009\u3000")


def ascii_like(text: str) -> str:
    """The text with foreign digits, dashes and spaces as ASCII ones, of the same length.

    >>> ascii_like("\u0663\u0663-\u06f1"), ascii_like("1\u20112")
    ('33-1', '1-2')
    """
    for c in _DASHES:
        text = text.replace(c, "-")
    for c in _SPACES:
        text = text.replace(c, " ")
    encoded = text.encode("utf-8", "surrogatepass")
    if any(lead in encoded for lead in _LEADS) and _FOREIGN_BYTES.search(encoded):
        text = _FOREIGN_SIGN.sub(lambda found: chr(_FOREIGN[ord(found.group())]), text)
    return text


class Page:
    """One text under search. `name` is the key it stood under in a record, if any: a word of context like others."""

    __slots__ = ("text", "plain", "marks", "name", "words", "_before", "_after", "_name_topics", "_low", "link", "_tables")

    def __init__(self, text: str, name: str, words: Vocabulary) -> None:
        if not text.isascii():
            text = ascii_like(text)
        self.text = text
        self.plain = text.encode("ascii", "replace")
        self.marks = self.plain.translate(_MARKS)
        self.name = name
        self.words = words
        self._before: dict[int, Near] = {}
        self._after: dict[int, Near] = {}
        self._name_topics: Near | None = None
        self._low: bytes | None = None
        # Where the first :// stands, if any; heads of tables met so far.
        self.link = text.find("://")
        self._tables: dict[int, list[str]] = {}

    @property
    def low(self) -> bytes:
        """The plain bytes in small letters."""
        if self._low is None:
            self._low = self.plain.lower()
        return self._low

    def before(self, start: int) -> Near:
        """The topics before a place; the name of the field counts as the words before its text."""
        near = self._before.get(start)
        if near is None:
            near = self.words.before(self.text, start, self._tables)
            if self.name:
                named = self._name_topics
                if named is None:
                    named = self._name_topics = self.words.of_name(self.name)
                for topic, (distance, word) in named.items():
                    near.setdefault(topic, (distance + 6, word))
            self._before[start] = near
        return near

    def after(self, end: int) -> Near:
        """The topics after a place."""
        near = self._after.get(end)
        if near is None:
            near = self._after[end] = self.words.after(self.text, end)
        return near

    def hint(self, start: int, reach: int = 44) -> bool:
        """Whether a word just before a place makes a look at its surroundings worth while (cheaper than looking)."""
        if self.name:
            return True
        window = self.text[max(0, start - reach):start]
        return bool(self.before(start)) if "|" in window else self.words.speaks(window)

    def is_whole(self, start: int, end: int) -> bool:
        """Whether nothing but white space and quotes stands beside the value."""
        return len(self.text) < end - start + 12 and not self.text[:start].strip(" \t\n\"'") and not self.text[end:].strip(" \t\n\"'")
