"""What is found in a short text is found in a long one: gates, windows and short cuts lose nothing."""
import json
import random

from llmops_cli.pii import catalogue, clusters
from llmops_cli.pii.records import Sanitizer
from llmops_cli.pii.redaction import Redactor
from llmops_cli.pii.scanner import Scanner

SCANNER = Scanner(catalogue.choose())
WORDS = "the of and to in is that it was as with be by on not this are or from at which but have an they you were her all she there would their we him been has when who will no more".split()


def prose(source: random.Random, count: int) -> str:
    return " ".join(source.choice(WORDS) if source.random() > 0.02 else str(source.choice((3, 12, 2024, 1990, 100))) for _ in range(count))


def sanitizer(style: str = "label") -> Sanitizer:
    return Sanitizer(SCANNER, Redactor(style, b"key" if style == "hash" else None), key_source=lambda: b"key")


def test_every_example_in_the_middle_of_a_long_text():
    source = random.Random(3)
    lost = []
    for rule in catalogue.DETECTORS:
        for text in rule.finds:
            alone = {finding.kind for finding in SCANNER.find(f"so\n{text}\nso")}
            long = {finding.kind for finding in SCANNER.find(f"{prose(source, 200)}\n{text}\n{prose(source, 200)}")}
            if rule.kind in alone and rule.kind not in long:
                lost.append((rule.id, text))
    assert not lost


def test_long_texts_twice_is_once_and_nothing_is_left():
    source = random.Random(5)
    examples = [text for rule in catalogue.DETECTORS for text in rule.finds if len(text) < 80]
    for style in ("label", "hash", "partial", "remove"):
        for _ in range(60):
            pieces = [prose(source, source.randint(5, 120)) if source.random() < 0.6 else source.choice(examples) for _ in range(source.randint(4, 12))]
            raw = json.dumps({"content": source.choice((" ", ". ", "\n")).join(pieces)}, ensure_ascii=source.random() < 0.5).encode()
            once = sanitizer(style).line(raw)
            assert sanitizer(style).line(once) == once, raw
            assert not sanitizer(style).explain(once), raw


def test_findings_do_not_depend_on_the_lines_before():
    """What is remembered from line to line (plans of clusters, words, clean texts) changes nothing."""
    source = random.Random(7)
    examples = [text for rule in catalogue.DETECTORS for text in (*rule.finds, *rule.ignores)]
    source.shuffle(examples)
    fresh = [Scanner(catalogue.choose(only=["PHONE", "SSN", "SECRET"])).find(text) for text in examples[:40]]
    used = Scanner(catalogue.choose(only=["PHONE", "SSN", "SECRET"]))
    for text in examples:
        used.find(text)
    assert [used.find(text) for text in examples[:40]] == fresh


def test_what_repeats_is_judged_as_if_it_were_new(monkeypatch):
    draw = random.Random(23)
    words = ["12 34 56 78", "DE89", "id: 1234", "call", "phone", "order", "449 4898", "passport number", "AB 12345", "VAT", "é1", "\n", "born", "12 May 1990", "sort code 20-00-00", "zip", "92290", "numbers", "and", "| 5"]
    texts = []
    for _ in range(25):
        few = draw.sample(words, draw.randint(2, 6))
        unit = " ".join(draw.choices(few, k=draw.randint(2, 20))) + draw.choice((" ", "\n", "; "))
        text = unit * (3000 // len(unit) + 1)
        at = draw.randrange(len(text))
        texts.append(text[:at] + draw.choice(words) + text[at:])
    remembered = [SCANNER.find(text) for text in texts]
    monkeypatch.setattr(clusters, "_FEW", 1_000_000)
    assert [SCANNER.find(text) for text in texts] == remembered
    assert sum(map(len, remembered)) > 300
