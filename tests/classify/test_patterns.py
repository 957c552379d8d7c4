"""Turns of phrase: each finds its text, and trying only what is worth it finds what trying everything finds."""

import re
from random import Random

import pytest

from llmops_cli.classify import corpus
from llmops_cli.classify.patterns import PATTERNS, found_in

EVERY = [(f"~{pattern.name}", re.compile(pattern.expression).search) for pattern in PATTERNS]
BETWEEN = ("", " ", " ", " ", " ", "\n", "\t", ", ", ": ", ". ", "-", "'", "_", "(", ") ", "| ", "$", "\\", "/", "ß", "٣", "1. ", "2) ", "日")


def by_trying_all(text):
    return {name for name, search in EVERY if search(text)}


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: f"{pattern.name}, {pattern.finds[:12]}")
def test_patterns_find_what_they_say(pattern):
    assert f"~{pattern.name}" in found_in(pattern.finds)


def test_random_pieces_of_the_patterns():
    random = Random(11)
    of_each = [re.findall(r"[a-z][a-z']+|\d", pattern.expression) + pattern.finds.split() for pattern in PATTERNS]
    everything = [piece for pieces in of_each for piece in pieces]
    for number in range(4000):
        pieces = of_each[number % len(of_each)]
        text = "".join(random.choice(pieces if random.random() < 0.8 else everything) + random.choice(BETWEEN)
                       for _ in range(random.randint(1, 9)))
        assert found_in(text) == by_trying_all(text), text


def test_texts_of_the_corpus():
    for row in corpus.read()[::7]:
        text = row.text.lower()
        assert found_in(text) == by_trying_all(text), text
