"""A text made ready for searching: the same text as plain bytes, and as marks in which every digit looks alike.

Searching for one literal byte runs at gigabytes a second, searching for "a digit" at a hundred megabytes. So each
text is mapped once: digits become 0, capitals A, small letters a; all else stays, and what is not ASCII becomes "?".
Positions are the same in all three.
"""
from __future__ import annotations

from .context import Near, Vocabulary

_MARKS = bytes(48 if 48 <= c < 58 else 65 if 65 <= c < 91 else 97 if 97 <= c < 123 else 32 if c == 9 else c for c in range(256))
# Digits and signs of other scripts that stand for ASCII ones (Arabic-Indic, Devanagari, full width and so on).
_FOREIGN = {zero + n: 48 + n for zero in (0x660, 0x6F0, 0x966, 0x9E6, 0xFF10) for n in range(10)}
_FOREIGN.update({0xFF20: 64, 0xFF0E: 46, 0xFF0D: 45, 0x2010: 45, 0x2011: 45, 0x2012: 45, 0x2013: 45, 0xFF1A: 58, 0xFF0B: 43,
                 0xA0: 32, 0x202F: 32, 0x2007: 32, 0x2009: 32, 0x3000: 32, 0xFF08: 40, 0xFF09: 41})
_LEADS = (b"\xef\xbc", b"\xd9", b"\xdb", b"\xe0\xa5", b"\xe0\xa7", b"\xe2\x80", b"\xc2\xa0", b"\xe3\x80\x80")


class Page:
    """One text under search. `name` is the key it stood under in a record, if any: a word of context like others."""

    __slots__ = ("text", "plain", "marks", "name", "words", "_before", "_after", "_name_topics")

    def __init__(self, text: str, name: str, words: Vocabulary) -> None:
        if not text.isascii():
            encoded = text.encode("utf-8", "surrogatepass")
            if any(lead in encoded for lead in _LEADS):
                text = text.translate(_FOREIGN)
        self.text = text
        self.plain = text.encode("ascii", "replace")
        self.marks = self.plain.translate(_MARKS)
        self.name = name
        self.words = words
        self._before: dict[int, Near] = {}
        self._after: dict[int, Near] = {}
        self._name_topics: Near | None = None

    def before(self, start: int) -> Near:
        """The topics before a place; the name of the field counts as the words before its text."""
        near = self._before.get(start)
        if near is None:
            near = self.words.before(self.text, start)
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

    def is_whole(self, start: int, end: int) -> bool:
        """Whether nothing but white space and quotes stands beside the value."""
        return not self.text[:start].strip(" \t\n\"'") and not self.text[end:].strip(" \t\n\"'")
