"""A line after splicing means what its record means after sanitizing, however its strings are spelled."""
import json
import random

import pytest

from llmops_cli.pii import catalogue
from llmops_cli.pii.records import Sanitizer
from llmops_cli.pii.redaction import Redactor
from llmops_cli.pii.scanner import Scanner

SCANNER = Scanner(catalogue.choose())
PIECES = ["ann@example.org", "josé@correo.es", "ssn 219-09-9999", "https://example.org/a?b=c", "4111 1111 1111 1111", "card", "a \"quoted\" word", "C:\\new", "{\"a\": 1}", "\t", "\n", "\x7f", "\x1b", "ü", "😀", "/", " ", "and", ": ", ",", "]"]
KEYS = ("content", "note", "ann@example.org", "user_id", "meta", "role")


def spelled(text: str, source: random.Random) -> str:
    """A JSON literal of a text in one of its many spellings."""
    style = source.randint(0, 3)
    if style < 2:
        return json.dumps(text, ensure_ascii=bool(style))
    body = json.dumps(text, ensure_ascii=False)[1:-1]
    if style == 2:
        return '"' + body.replace("/", "\\/") + '"'
    return '"' + "".join(f"\\u{ord(c):04x}" if ord(c) < 0x10000 and c not in '\\"' and source.random() < 0.2 and not body[max(0, i - 1):i].endswith("\\") and "\\" not in body else c for i, c in enumerate(body)) + '"'


def value(source: random.Random, depth: int = 0) -> str:
    kind = source.randint(0, 6)
    if kind == 0 and depth < 3:
        return "[" + ", ".join(value(source, depth + 1) for _ in range(source.randint(0, 3))) + "]"
    if kind == 1 and depth < 3:
        return "{" + ",".join(f"{spelled(key, source)} : {value(source, depth + 1)}" for key in source.sample(KEYS, source.randint(0, 3))) + "}"
    if kind == 2:
        return source.choice(("1", "1.50", "true", "null", "12345678901234567890"))
    return spelled("".join(source.choices(PIECES, k=source.randint(1, 6))), source)


def test_line_and_record_agree():
    source = random.Random(17)
    changed = 0
    for _ in range(1500):
        raw = "{" + ", ".join(f"{spelled(key, source)}:{value(source)}" for key in source.sample(KEYS, source.randint(1, 5))) + "}"
        one, other = (Sanitizer(SCANNER, Redactor(), key_source=lambda: b"key") for _ in range(2))
        line = one.line(raw.encode())
        assert json.loads(line) == other.record(json.loads(raw)), raw
        assert one.counts == other.counts
        assert list(json.loads(line)) == list(json.loads(raw))
        changed += line != raw.encode()
    assert changed > 300


@pytest.mark.parametrize("first, second", [('ann\\u0040example.org', 'ann@example.org'), ('\\u00e9 ann@example.org', 'é ann@example.org'), ('é\\u00e9 ann@example.org', '\\u00E9é ann@example.org'),
                                           ('https:\\/\\/example.org\\/a', 'https://example.org/a'), ('\\u007f ann@example.org', '\x7f ann@example.org'), ('\\u000a ann@example.org', '\\n ann@example.org')])
def test_what_is_spelled_in_two_ways_is_told_apart(first, second):
    for one, other in ((first, second), (second, first)):
        raw = f'{{"a":"{one}", "b" : "{other}"}}'
        clean, left = (Sanitizer(SCANNER, Redactor(), key_source=lambda: b"key", leave=leave) for leave in ([], ["b"]))
        made = json.loads(clean.line(raw.encode()))
        assert made["a"] == made["b"] == clean.text(json.loads(raw)["a"])
        assert left.line(raw.encode()).endswith(f', "b" : "{other}"}}'.encode()) and json.loads(left.line(raw.encode()))["a"] == made["a"]


def test_what_stands_beside_a_value_keeps_its_spelling():
    raw = r'{"a": "é\u00E9\/ ann@example.org \u00e9\/é bob@example.org é", "b": "\ud83d\ude00"}'
    assert Sanitizer(SCANNER, Redactor(), key_source=lambda: b"key").line(raw.encode()).decode() == raw.replace("ann@example.org", "[EMAIL]").replace("bob@example.org", "[EMAIL]")
