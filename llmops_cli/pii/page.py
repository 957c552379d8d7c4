"""A text made ready for searching: the same text as plain bytes, and as marks in which every digit looks alike.

Searching for one literal byte runs at gigabytes a second, searching for "a digit" at a hundred megabytes. So each
text is mapped once: digits become 0, capitals A, small letters a; all else stays, and what is not ASCII becomes "?".
Positions are the same in all three.
"""
from __future__ import annotations

from .context import AHEAD, REACH, SHOUTS, Near, Tables, Vocabulary
from .dull import WORDED
from .pattern import Pattern

_MARKS = bytes(48 if 48 <= c < 58 else 65 if 65 <= c < 91 else 97 if 97 <= c < 123 else 32 if c == 9 else c for c in range(256))
LETTERS = bytes(c if 97 <= c < 123 else c + 32 if 65 <= c < 91 else 32 for c in range(256))
_LARGE = bytes(c if 65 <= c < 91 else 32 for c in range(256))
_SHORT = 600
_WORDED = Pattern(WORDED.pattern.encode())
# Numbers, as they are found in bytes ten times as fast as bytes are.
_BAR, _APOSTROPHE = b"|'"
NOT_ALNUM = bytes(c for c in range(256) if not (48 <= c < 58 or 65 <= c < 91 or 97 <= c < 123))
_LINK = Pattern(rb"://")
_CAPITALS = Pattern(rb"AA(?:AAAA|-AA-AA-)")
_SHOUT = Pattern(rb"AA")
_CAMEL = Pattern(rb"aA")
# Digits and signs of other scripts that stand for ASCII ones (Arabic-Indic, Devanagari, Bengali, full width).
_FOREIGN = {zero + n: 48 + n for zero in (0x660, 0x6F0, 0x966, 0x9E6, 0xFF10) for n in range(10)}
_FOREIGN.update({0xFF20: 64, 0xFF0E: 46, 0xFF0D: 45, 0xFF1A: 58, 0xFF0B: 43, 0xFF08: 40, 0xFF09: 41})
_FOREIGN_BYTES = Pattern(rb"[\xd9][\xa0-\xa9]|\xdb[\xb0-\xb9]|\xe0\xa5[\xa6-\xaf]|\xe0\xa7[\xa6-\xaf]|\xef\xbc[\x88-\xa0]")
_FOREIGN_SIGNS = Pattern("[" + "".join(map(chr, _FOREIGN)) + "]+")
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
    if (0xD9 in encoded or 0xDB in encoded or 0xE0 in encoded or 0xEF in encoded) and _FOREIGN_BYTES.search(encoded):
        text = _FOREIGN_SIGNS.sub(lambda found: found.group().translate(_FOREIGN), text)
    return text


class Page:
    """One text under search. `name` is the key it stood under in a record, if any: a word of context like others.

    `small` is the text in small letters; `link` is where the first :// stands, and `capitals` where the first six capitals
    stand, in a row or in pairs with hyphens between them; `drawn` says that there is a | in it, of which tables are drawn.
    The scanner sets `first`, where the first digit of a cluster stands, and `long`, where the first digit stands that begins
    anything else. Each place is -1 when there is none.
    """

    __slots__ = ("text", "plain", "marks", "small", "ascii", "link", "capitals", "drawn", "name", "words", "first", "long", "_before", "_after", "_name_topics", "_tables", "_quiet")

    def __init__(self, text: str, name: str, words: Vocabulary) -> None:
        self.ascii = text.isascii()
        if not self.ascii:
            text = ascii_like(text)
        self.text = text
        self.plain = plain = text.encode("ascii", "replace")
        self.marks = plain.translate(_MARKS)
        self.small = plain.lower()
        link = _LINK.search(plain) if ":" in text else None
        self.link = link.start() if link else -1
        capitals = _CAPITALS.search(self.marks)
        self.capitals = capitals.start() if capitals else -1
        self.drawn = "|" in text
        self.name = name
        self.words = words
        self.first = self.long = 0
        self._before: dict[int, Near] = {}
        self._after: dict[int, Near] = {}
        self._name_topics: Near | None = None
        self._tables: Tables | None = None
        self._quiet = 0, 0, False

    @property
    def worded(self) -> bool:
        """Whether one of the words may be there by which secrets and addresses are found. In short texts one search for
        all of them pays; in long ones each family searches its own, the answer is yes."""
        if len(self.plain) > _SHORT or not self.ascii:
            return True
        return _WORDED.search(self.small) is not None or b"senha" in self.small

    def spelled(self, start: int, end: int) -> list[bytes]:
        """The words between two places, in small letters."""
        return self.plain[start:end].translate(LETTERS).split()

    def before(self, start: int) -> Near:
        """The topics before a place; the name of the field counts as the words before its text."""
        near = self._before.get(start)
        if near is None:
            near = self._topics_before(start)
            if self.name:
                named = self._name_topics
                if named is None:
                    named = self._name_topics = self.words.of_name(self.name)
                for topic, (distance, word) in named.items():
                    near.setdefault(topic, (distance + 6, word))
            self._before[start] = near
        return near

    def _topics_before(self, start: int) -> Near:
        low = start - REACH if start > REACH else 0
        window = self.plain[low:start]
        if _CAMEL.search(self.marks, low, start) or not (self.ascii or self.text[low:start].isascii()):
            return self._searched_before(start)
        if self.drawn and _BAR in window:
            return self._topics_in_cell(window, start)
        cut = window.rfind(b"\n") + 1
        words = self.spelled(low + cut, start)
        if _APOSTROPHE in window or not words:
            return self._searched_before(start)
        return self.words.near(words[:-11:-1], window[cut:])

    def _topics_in_cell(self, window: bytes, start: int) -> Near:
        """`before` in a table: the words of the cell and those at the head of its column."""
        cut = window.rfind(b"\n") + 1
        bar = window.rfind(b"|", cut) + 1
        if not bar or cut and not window[cut:].translate(None, NOT_ALNUM) or _APOSTROPHE in window:
            return self._searched_before(start)
        heading = self.heading(start)
        if heading and (not heading.isascii() or "'" in heading or not heading.isupper() and not heading.islower() and not heading.istitle()):
            return self._searched_before(start)
        cell = heading.encode() + b" " + window[bar:]
        return self.words.near(cell.translate(LETTERS).split()[:-11:-1], cell)

    def heading(self, start: int) -> str:
        """What stands at the head of the column of a table that a place is in; empty where there is no table."""
        return self._all_tables().heading(start)

    def _all_tables(self) -> Tables:
        if self._tables is None:
            self._tables = Tables(self.text)
        return self._tables

    def _searched_before(self, start: int) -> Near:
        return self.words.before(self.text, start, self._all_tables())

    def after(self, end: int) -> Near:
        """The topics after a place."""
        near = self._after.get(end)
        if near is None:
            window = self.plain[end:end + AHEAD]
            if _APOSTROPHE in window or not (self.ascii or self.text[end:end + AHEAD].isascii()):
                near = self.words.after(self.text, end)
            else:
                window = window.partition(b"\n")[0]
                near = self.words.near(window.translate(LETTERS).split()[:6], window)
            self._after[end] = near
        return near

    def tells(self, start: int, stop: int, after: int, phrases: bool) -> bool:
        """Whether a word between two places, or within forty characters after a third (0: none), says something of the
        numbers near it; much cheaper than `before` and `after`. With `phrases` the last word of a phrase is enough."""
        if self.name:
            return True
        if start < 0:
            start = 0
        if self.drawn and _BAR in self.plain[start:stop] and self.before(stop):
            return True
        end = after + AHEAD if after else stop
        if not self.ascii and not self.text[start:end].isascii():
            return self.words.speaks(self.text[start:stop], phrases) or after > 0 and bool(self.after(after))
        # Where nothing told of the number before, only what comes behind the last space is new.
        low, high, phrased = self._quiet
        fresh = start
        if low <= start < high and phrased >= phrases:
            if end <= high:
                return False
            fresh = self.marks.rfind(b" ", start, high) + 1 or start
        if self.words.tells(self.spelled(fresh, end), phrases):
            return True
        if phrases and _CAMEL.search(self.marks, fresh, end) and self.before(stop):
            return True
        if _SHOUT.search(self.marks, fresh, end) and not SHOUTS.isdisjoint(self.plain[fresh:end].translate(_LARGE).split()):
            return True
        self._quiet = start, end, phrases
        return False

    def is_whole(self, start: int, end: int) -> bool:
        """Whether nothing but white space and quotes stands beside the value."""
        return len(self.text) < end - start + 12 and not self.text[:start].strip(" \t\n\"'") and not self.text[end:].strip(" \t\n\"'")
