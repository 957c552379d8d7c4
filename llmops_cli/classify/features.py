"""The features of a text: words, what the words do, where they stand, turns of phrase, form."""

import re
from math import log2
from typing import Callable

from .patterns import found_in
from .scripts import asking
from .words import classes

# Scripts without spaces give a word a character; everything else a word a run of letters, digits, or one telling sign.
TOKEN = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]|[^\W\d_]+(?:['’][^\W\d_]{1,3}(?![^\W\d_]))?|\d+"
                   r"|[?!:;=<>{}()\[\]|%$€£#@/\\+*\"]")
OPENING = 12            # words from the start that form a zone of their own
FIRST = 4               # words from the start that are known by their place
HEAD, TAIL = 40, 20     # words that are read: what is wanted stands first or last, a pasted text between
HEAD_SIGNS, TAIL_SIGNS = 250, 120
LATIN = "\u036f"         # the last character of Latin script and its accents
_CLASS = classes()
_PLACED = tuple(f"{place}" for place in range(FIRST))


def tokens(text: str) -> list[str]:
    """The words of a lower-cased text, numbers as zeros of their length, telling signs.

    >>> tokens("translate 25 emails, please!")
    ['translate', '00', 'emails', 'please', '!']
    """
    return ["00000"[:len(token)] if token[0] in "0123456789" else token for token in TOKEN.findall(text)]


def tasks(text: str) -> set[str]:
    """What tells one task from another, whatever the subject."""
    text = ends(text)
    lowered = text.lower()
    words, kinds = read_words(lowered)
    opening, opening_kinds = words[:OPENING], kinds[:OPENING]
    features = {*words, *kinds, *map("%s %s".__mod__, zip(kinds, kinds[1:])),
                *map("^".__add__, opening), *map("^".__add__, opening_kinds),
                *map("%s%s".__mod__, zip(_PLACED, opening)), *map("%s%s".__mod__, zip(_PLACED, opening_kinds))}
    features.update(found_in(lowered))
    features.update(form(text, words))
    if not text.isascii() and max(lowered) > LATIN:
        features.update(asking(lowered))
    return features


def read_words(lowered: str) -> tuple[list[str], list[str]]:
    """The words that are read of a text without its middle, and for each its class, or itself when it has none."""
    words = tokens(lowered)
    if len(words) > HEAD + TAIL:
        words = words[:HEAD] + words[-TAIL:]
    return words, list(map(_CLASS.get, words, words))


def ends(text: str) -> str:
    """A long text without its middle."""
    if len(text) <= HEAD_SIGNS + TAIL_SIGNS:
        return text
    return f"{text[:HEAD_SIGNS]}\n{text[-TAIL_SIGNS:]}"


def form(text: str, words: list[str]) -> tuple[str, ...]:
    """Length, lines, questions, numbers, capitals: each a feature of a few steps."""
    lines, numbers = text.count("\n"), sum(word[0] == "0" for word in words)
    return (f"~words {min(8, int(log2(len(words) + 1)))}", f"~lines {min(3, lines)}", f"~numbers {min(4, numbers.bit_length())}",
            "~question" if "?" in text else "~no question", "~ends as question" if text.endswith("?") else "~ends otherwise",
            "~small start" if text[:1].islower() else "~other start")


def words_and_characters(text: str) -> set[str]:
    """Words, pairs of words, and runs of 3 to 5 characters: what tells one subject from another."""
    words = tokens(text.lower())
    line = f" {' '.join(words)} "
    features = {*words, *map("%s %s".__mod__, zip(words, words[1:])), *map("^".__add__, words[:1])}
    for length in (3, 4, 5):
        features.update("#" + line[at:at + length] for at in range(len(line) - length + 1))
    return features


KINDS: dict[str, Callable[[str], set[str]]] = {"tasks": tasks, "subjects": words_and_characters}
