"""A line after splicing means what its record means after sanitizing, however its strings are spelled."""
import json
import random

from llmops_cli.pii import catalogue
from llmops_cli.pii.records import Sanitizer
from llmops_cli.pii.redaction import Redactor
from llmops_cli.pii.scanner import Scanner

SCANNER = Scanner(catalogue.choose())
PIECES = ["ann@example.org", "josé@correo.es", "ssn 219-09-9999", "https://example.org/a?b=c", "4111 1111 1111 1111", "card", "a \"quoted\" word", "C:\\new", "{\"a\": 1}", "\t", "\n", "ü", "😀", "/", " ", "and", ": ", ",", "]"]
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
