"""Which words near a value say what it is, in a dozen languages.

A word belongs to one or more topics; `before` and `after` tell which topics are near a place in a text and how many
words away. A topic is named after a kind of value, "number" (any number that somebody keeps) or "thing" (numbers of
orders, pages, versions: not of people).
"""
from __future__ import annotations

from .months import MONTHS
from .pattern import Pattern
from .topics import INSIDE, TOPICS

_TOPICS_OF: dict[str, tuple[str, ...]] = {}
for _topic, _words in TOPICS.items():
    for _word in dict.fromkeys(_words.split()):
        _TOPICS_OF[_word] = _TOPICS_OF.get(_word, ()) + (_topic,)
_INSIDE = tuple((word, topic) for topic, words in INSIDE.items() for word in words.split())
_WORD = Pattern(r"[^\W\d_]+(?:['’][^\W\d_]+)?|№")
_CAMEL = Pattern(r"(?<=[a-z])(?=[A-Z])")
# Characters before and behind a number within which a word counts.
REACH = 64
AHEAD = 40
# Short names of numbers that are words of some language: they count in capitals only.
SHOUTED = frozenset("in ice run sin nas pin bis ni ci rc cr lu cc bn ik kt mf nn hp tc pk fn ic cf nic epic eid cn fin vid moa nin bir mst nit tin uid inn ein che pib cnp nid sss oib ahv avs rif cif".split())
SHOUTS = frozenset(word.upper().encode() for word in SHOUTED)
_MOST_WORDS = 20_000
_LONG = 10      # letters of a word in which others are looked for
# Topics that make no weak shape into anything.
_VAGUE = frozenset({"number", "thing", "iban"})
# Names of fields that are words of a topic elsewhere, but say nothing about the field.
BLANK_NAMES = frozenset("text message line content contact id ids code file document record records number main office body value data input output "
                        "prompt response answer question title name call calls desk case payment charge address order account company business".split())


class Tables:
    """The tables drawn with | in a text. Lines are looked at once, however many numbers stand in them."""

    def __init__(self, text: str) -> None:
        self.text = text
        # Where a line begins -> the cells of the head of its table, and the place behind which no column has one.
        self._heads: dict[int, tuple[list[str], int]] = {}
        self._start = self._line = 0

    def heading(self, start: int) -> str:
        """What stands at the head of the column that a place is in."""
        text = self.text
        line = self._line = (text.rfind("\n", self._start, start) + 1 or self._line) if start >= self._start else text.rfind("\n", 0, start) + 1
        self._start = start
        if line not in self._heads:
            self._heads[line] = self._head(line)
        cells, end = self._heads[line]
        if start > end:
            return ""
        column = text.count("|", line, start)
        return cells[column].strip() if column < len(cells) else ""

    def _head(self, line: int) -> tuple[list[str], int]:
        text, top = self.text, line
        cells: list[str] | None = None
        for _ in range(40):
            above = text.rfind("\n", 0, top - 1) + 1 if top else 0
            if top == 0 or text.find("|", above, top) < 0:
                break
            if above in self._heads:
                cells = self._heads[above][0]
                break
            top = above
        if cells is None:
            cells = text[top:text.find("\n", top)].split("|") if top != line else []
        end = line
        for _ in cells:
            end = text.find("|", end) + 1
            if not end:
                return cells, len(text)
        return cells, end


class Near(dict[str, tuple[int, str]]):
    """topic -> (distance in words, the word)."""


class Vocabulary:
    """The words of the topics above and those that single rules bring along (their topic is the id of the rule)."""

    def __init__(self, own: dict[str, tuple[str, ...]]) -> None:
        self.topics_of = dict(_TOPICS_OF)
        inside = list(_INSIDE)
        self.phrases: dict[str, list[tuple[str, str]]] = {}
        for rule, words in own.items():
            for word in words:
                word = word.lower()
                if " " in word:
                    self.phrases.setdefault(word.split()[-1], []).append((word, rule))
                elif word.isascii() or word.isalpha() and word < "\u2e80":
                    self.topics_of[word] = self.topics_of.get(word, ()) + (rule,)
                else:
                    inside.append((word, rule))
        # The parts by their first letter.
        self._inside: dict[str, list[tuple[str, str]]] = {}
        for part, rule in inside:
            self._inside.setdefault(part[0], []).append((part, rule))
        self._known: dict[str, tuple[str, ...]] = {}
        self._telling: dict[str, bool] = {}
        # In small letters, as pages have them: the topics of each word that has any; the words that tell something, and the
        # same with those that end a phrase. Long words, in which others may be, are not in them.
        heard = {form for word in (*self.topics_of, *self.phrases) if word.isascii() for form in (word, word + "s")}
        self._heard = {form.encode(): topics for form in heard if (topics := self._learn(form)) or form in self.phrases}
        self._tell = frozenset(form.encode() for form in heard if not _VAGUE.issuperset(self._plain_topics(form))) | {month.encode() for month in MONTHS}
        self._tell_or_end = self._tell | {word.encode() for word in self.phrases}

    def _plain_topics(self, word: str) -> tuple[str, ...]:
        return _TOPICS_OF.get(word, ()) if word in SHOUTED else self.topics_of.get(word, ()) or self.topics_of.get(word.removesuffix("s"), ())

    def topics(self, words: list[str], text: str) -> Near:
        """The topics of words, the nearest word first."""
        near = Near()
        known = self._known
        for distance, word in enumerate(words):
            found = known.get(word)
            if found is None:
                found = self._learn(word)
            if found or word in self.phrases:
                self._take(near, distance, word, found, text)
        return near

    def speaks(self, window: str, phrases: bool) -> bool:
        """Whether one of the last words of a text has any topic, or is the name of a month; with `phrases`, or ends one."""
        telling = self._telling
        words = _WORD.findall(window.lower())
        if phrases and not self.phrases.keys().isdisjoint(words):
            return True
        for word in words[-6:] if not phrases else words:
            tells = telling.get(word)
            if tells is None:
                if len(telling) > _MOST_WORDS:
                    telling.clear()
                tells = telling[word] = word in MONTHS or not _VAGUE.issuperset(self._known.get(word) or self._learn(word))
            if tells and (word not in SHOUTED or word.upper() in window):
                return True
        return False

    def tells(self, words: list[bytes], phrases: bool) -> bool:
        """Whether one of these small-lettered words has any topic, or is the name of a month (what counts in capitals only does not); with `phrases`, or ends one."""
        if not (self._tell_or_end if phrases else self._tell).isdisjoint(words):
            return True
        for word in words:
            if len(word) >= _LONG and not _VAGUE.issuperset(self.of_long(word)):
                return True
        return False

    def near(self, words: list[bytes], text: bytes) -> Near:
        """`topics` of small-lettered words of a text in plain ASCII, the nearest first."""
        near = Near()
        heard = self._heard
        for distance, spelled in enumerate(words):
            found = heard.get(spelled)
            if found is None:
                if len(spelled) < _LONG:
                    continue
                found = self.of_long(spelled)
                if not found:
                    continue
            self._take(near, distance, spelled.decode(), found, text.decode())
        return near

    def _take(self, near: Near, distance: int, word: str, found: tuple[str, ...], text: str) -> None:
        """Add the topics of a word of a text, and those of the phrases that end with it."""
        if word in SHOUTED and word.upper() not in text:
            found = _TOPICS_OF.get(word, ())
        for topic in found:
            if topic not in near:
                near[topic] = (distance, word)
        if word in self.phrases:
            flat = " ".join(text.lower().split())
            for phrase, rule in self.phrases[word]:
                if rule not in near and phrase in flat:
                    near[rule] = (distance, phrase)

    def of_long(self, spelled: bytes) -> tuple[str, ...]:
        """The topics of a word so long that others may be inside it."""
        word = spelled.decode()
        found = self._known.get(word)
        return self._learn(word) if found is None else found

    def _learn(self, word: str) -> tuple[str, ...]:
        """The topics of a word not met before; remembered, as texts repeat their words."""
        found = self.topics_of.get(word, ())
        if not found and len(word) > 3 and word[-1] == "s":
            found = self.topics_of.get(word[:-1], ())
        if not word.isascii() or len(word) >= _LONG:
            inside = [topic for letter in sorted(self._inside.keys() & set(word)) for part, topic in self._inside[letter] if part in word]
            found = tuple(dict.fromkeys((*found, *inside)))
        if len(self._known) > _MOST_WORDS:
            self._known.clear()
        if len(word) < 40:
            self._known[word] = found
        return found

    def before(self, text: str, start: int, tables: Tables) -> Near:
        """Topics on the same line before `start`; of the line above where nothing else stands on this one."""
        window = text[max(0, start - REACH):start]
        cut = window.rfind("\n")
        if cut >= 0 and (any(map(str.isalnum, window[cut:]))):
            window = window[cut:]
        elif cut >= 0:
            window = window.rstrip()
            window = window[window.rfind("\n") + 1:]
            if not window.endswith((":", "=", "-", "is", ">", "|")) and len(window) > 32:
                window = ""
        cell = window.rfind("|")
        heading = tables.heading(start) if cell >= 0 else ""
        if cell >= 0:
            window = f"{heading} {window[cell + 1:]}"
        if "_" not in window and not window.isupper():
            window = _CAMEL.sub(" ", window)
        return self.topics(_WORD.findall(window.lower())[:-11:-1], window)

    def of_name(self, name: str) -> Near:
        """Topics that the name of a field tells."""
        words = [word for word in _WORD.findall(_CAMEL.sub(" ", name.replace("_", " ")).lower()) if word not in BLANK_NAMES or len(name) > 16]
        return self.topics(words[::-1], " ".join(words) + name.upper())

    def after(self, text: str, end: int) -> Near:
        """Topics within the next few words of the same line."""
        window = text[end:end + AHEAD]
        cut = window.find("\n")
        if cut >= 0:
            window = window[:cut]
        return self.topics(_WORD.findall(window.lower())[:6], window)
