"""Lists of the user's own: values always to be removed, values and patterns to be kept."""
from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from ..errors import UserError
from .detector import ALONE, Detector, Hit

DENIED = Detector("denied", "DENIED", "value of the deny list", strength=ALONE, validator="list")
_WORD = re.compile(r"\w+")


def entries(lines: Iterable[str]) -> list[str]:
    """The entries of a list file: one a line, blank lines and lines that begin with # left out.

    >>> entries(["# ours", "", " Project Falcon "])
    ['Project Falcon']
    """
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


class WordList:
    """Finds any of many values as whole words, in time that does not grow with their number.

    >>> [hit[:2] for hit in WordList(["Project Falcon", "ACME", "Fox & Co."], DENIED).find("acme and project  falcon, fox & co.")]
    [(0, 4), (9, 24), (26, 35)]
    """

    def __init__(self, values: Iterable[str], rule: Detector, score: int = 970) -> None:
        self.rule, self.score = rule, score
        self.by_first: dict[str, list[list[str]]] = {}
        # Values with other signs: by their first word, with where it stands in them; and those without any word.
        self.signed: dict[str, list[tuple[int, str]]] = {}
        self.odd: list[re.Pattern[str]] = []
        for value in map(str.strip, values):
            words = [word.casefold() for word in _WORD.findall(value)]
            if words and re.fullmatch(r"\w.*\w|\w", value, re.S) and not re.search(r"[^\w\s]", value):
                self.by_first.setdefault(words[0], []).append(words)
            elif words:
                self.signed.setdefault(words[0], []).append((_WORD.search(value).start(), value))
            elif value:
                self.odd.append(_literal(value))
        for chains in self.by_first.values():
            chains.sort(key=len, reverse=True)

    def find(self, text: str) -> list[Hit]:
        """Each value in a text, whatever its case and the space between its words."""
        hits = [Hit(found.start(), found.end(), self.score, self.rule, "") for pattern in self.odd for found in pattern.finditer(text)]
        if not self.by_first and not self.signed:
            return hits
        words = [(found.start(), found.end(), found.group().casefold()) for found in _WORD.finditer(text)]
        for index, (start, _, word) in enumerate(words):
            for chain in self.by_first.get(word, ()):
                run = words[index:index + len(chain)]
                if len(run) == len(chain) and all(one[2] == other for one, other in zip(run, chain)) and all(
                        not text[a[1]:b[0]].strip() for a, b in zip(run, run[1:])):
                    hits.append(Hit(start, run[-1][1], self.score, self.rule, ""))
                    break
            for before, value in self.signed.get(word, ()):
                found = _literal(value).match(text, start - before) if start >= before else None
                if found:
                    hits.append(Hit(start - before, found.end(), self.score, self.rule, ""))
        return hits


@functools.lru_cache(4096)
def _literal(value: str) -> re.Pattern[str]:
    return re.compile(r"\s+".join(map(re.escape, value.split())), re.I)


class Allowed:
    """Values that are to be kept: as they stand, or as /pattern/ that a whole value matches.

    >>> allowed = Allowed(["noreply@example.org", "/.*@example\\\\.com/"])
    >>> [allowed.keeps(value) for value in ("NoReply@example.org", "ann@example.com", "ann@example.net")]
    [True, True, False]
    """

    def __init__(self, values: Iterable[str]) -> None:
        self.values: set[str] = set()
        self.patterns: list[re.Pattern[str]] = []
        for value in values:
            if len(value) > 2 and value[0] == value[-1] == "/":
                self.patterns.append(compiled(value[1:-1], "allow list"))
            else:
                self.values.add(value.casefold())

    def keeps(self, value: str) -> bool:
        """Whether a value found stays."""
        return value.casefold() in self.values or any(pattern.fullmatch(value) for pattern in self.patterns)


def compiled(pattern: str, where: str) -> re.Pattern[str]:
    """A user's pattern; one that can take for ever on a hostile text is refused.

    >>> compiled("PRJ-[0-9]{4}", "x").pattern
    'PRJ-[0-9]{4}'
    """
    if re.search(r"\((?:[^()\\]|\\.)*[+*}](?:[^()\\]|\\.)*\)(?:[+*]|\{\d*,)", pattern):
        raise UserError(f"{where}: a repeated group that repeats inside can take for ever", hint="write the pattern without a + or * inside a group that has one behind it")
    try:
        return re.compile(pattern)
    except re.error as error:
        raise UserError(f"{where}: the pattern is wrong at {error.pos}: {error.msg}", hint="patterns are Python regular expressions") from None
