"""What a glance calls dull, the detectors find nothing in."""

import random

from llmops_cli.pii import dull, page
from llmops_cli.pii.catalogue import DETECTORS, choose
from llmops_cli.pii.records import Sanitizer
from llmops_cli.pii.redaction import Redactor
from llmops_cli.pii.scanner import Scanner

SCANNER = Scanner(choose())


def looked_at(record: dict) -> dict:
    return Sanitizer(SCANNER, Redactor(), key_source=lambda: b"key").record(record)


def test_the_silent_keys_say_nothing():
    assert [name for name in dull.SILENT if SCANNER.says(name)] == []


def test_the_words_are_those_of_a_page():
    assert dull.WORDED.pattern == page._WORDED.pattern.decode()


def test_nothing_dull_is_changed():
    draw = random.Random(7)
    words = [word for rule in DETECTORS for text in (*rule.finds, *rule.ignores, *rule.words) for word in text.split()] + "the totals are wrong , ! ? u_789 m_456".split()
    found = 0
    for _ in range(6000):
        record = {key: draw.choice((" ", ". ", "-", "\n", ".")).join(draw.choices(words, k=draw.randrange(1, 4))) for key in draw.sample(("text", "source", "user_id", "message_id", "team", "release"), 2)}
        if dull.is_dull(record):
            found += 1
            assert looked_at(record) is record
    assert found > 100


def test_what_may_be_personal_is_looked_at():
    for text in ("ann@example.org", "call 030 1234567", "x" * 601, "my passphrase is. Correct horse", "see www.example.org.", "key=a8Kd93jXm2Qp7vB4nT6z"):
        assert not dull.is_dull({"text": text})
    assert not dull.is_dull({"user_id": "ann@example.org"}) and not dull.is_dull({"note": "hello there"}) and not dull.is_dull({"text": ["hello"]})
