"""What is found in whole texts, what is left alone, and the laws that hold for any text."""
import random

import pytest

from llmops_cli.pii import catalogue
from llmops_cli.pii.redaction import Redactor
from llmops_cli.pii.scanner import Scanner

SCANNER = Scanner(catalogue.choose())


def found(text, name=""):
    return [(text[f.start:f.end], f.kind) for f in SCANNER.find(text, name)]


@pytest.mark.parametrize("text, expected", [
    ("ann@example.org, +49 30 901820 and 10.0.0.1", [("ann@example.org", "EMAIL"), ("+49 30 901820", "PHONE"), ("10.0.0.1", "IP")]),
    ("see https://ann:s3cr3tP4ss@example.org/a", [("https://ann:s3cr3tP4ss@", "SECRET"), ("example.org/a", "URL")]),
    ("passport number 925076473\nlicence plate AB12 CDE", [("925076473", "PASSPORT"), ("AB12 CDE", "VEHICLE")]),
    ("| name | NPI | phone |\n|---|---|---|\n| Ann | 7275784461 | 328-994-7574 |", [("7275784461", "MEDICAL_ID"), ("328-994-7574", "PHONE")]),
    ("medical record numbers MRN-780498 and MRN-780499", [("MRN-780498", "MEDICAL_ID"), ("MRN-780499", "MEDICAL_ID")]),
    ("Phone:\n434 14 557", [("434 14 557", "PHONE")]),
    ("٣٣١-١٠٥-٢٦٨ Tax Registration Number", [("٣٣١-١٠٥-٢٦٨", "TAX_ID")]),
    ("call me on \uff0b49 30 901820", [("\uff0b49 30 901820", "PHONE")]),
])
def test_found(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize("text", [
    "id=713ae7e3-cb32-45f9-adcb-7c4fa86b90c1", "sha256 1d996e033d612d9af2b44b70061ee0e868bfd14c2dd90b129e1edeb7953e7985", "version 4.8.0.1", "3.14159265358979",
    "ISBN 9783836221191", "2023-01-05T10:15:00Z", "$1,234,567.89", "rgba(255,255,255,0.1)", "order 4111111111111111111", "max_tokens=4096", "public_key = 'aK3jf92nFk20dj3LmQ'",
    "std::vector<int>", "git@github.com:me/it.git", "@decorator", "left-pad@1.3.0", "[EMAIL] [EMAIL_1] [EMAIL:9f2c41ab03de] user-5f3c9a0b1c2d ****1234", "In 2023 about 100,000 people", "chapters 12 34 56",
    "run 10 miles in 12345 seconds", "the ice 123456789 melts",
])
def test_left_alone(text):
    assert found(text) == []


def test_names_of_fields_are_context():
    assert found("5551234567", "phone_number") == [("5551234567", "PHONE")]
    assert found("1990-01-02", "date_of_birth") == [("1990-01-02", "DOB")]
    assert found("hunter2x", "db_password") == [("hunter2x", "PASSWORD")]
    assert found("5551234567", "text") == []


def test_only_is_a_part_of_all():
    text = "ann@example.org 4111 1111 1111 1111 +49 30 901820"
    only = Scanner(catalogue.choose(only=["EMAIL"])).find(text)
    assert only == [finding for finding in SCANNER.find(text) if finding.kind == "EMAIL"]


def test_findings_are_sorted_and_apart():
    source = random.Random(3)
    alphabet = "0123456789aAbB .-:/@=+()\"'\n,é"
    for _ in range(400):
        text = "".join(source.choices(alphabet, k=source.randint(0, 80)))
        findings = SCANNER.find(text)
        assert all(0 <= f.start < f.end <= len(text) for f in findings)
        assert all(a.end <= b.start for a, b in zip(findings, findings[1:]))
        assert SCANNER.clean(text) == (not findings)


def test_every_style_hides_the_value():
    text = "mail ann.smith@example.org now"
    for style in ("label", "label-numbered", "hash", "partial", "remove", "fake"):
        assert "ann.smith" not in Redactor(style, b"key").apply(text, SCANNER.find(text))


def test_what_was_met_before_changes_nothing():
    draw = random.Random(31)
    parts = [text for rule in catalogue.DETECTORS for text in (*rule.finds, *rule.ignores, *rule.words) if len(text) < 80]
    texts = [draw.choice((" ", ", ", "\n", " and ")).join(draw.choices(parts, k=draw.randint(1, 6))) for _ in range(700)]
    one, other = Scanner(catalogue.choose()), Scanner(catalogue.choose())
    assert [one.find(text) for text in texts] == [other.find(text) for text in reversed(texts)][::-1]


def test_the_context_of_a_finding_tells_no_value():
    for name in ("4111111111111111", "01-AB-03-04-05-06", "AKCgsQjH0vcys6sy", "ann@example.org", "s3cr3tP4ss"):
        for text in (f"{name}_token = aK3jf92nFk20dj3LmQ", f"{name}.password=h4nt3r99aX", f'set("{name} api_key", "aK3jf92nFk20dj3LmQ")', f"{name}_{'x' * 30}_token: aK3jf92nFk20dj3LmQ"):
            findings = [finding for finding in SCANNER.find(text) if "assignment" in finding.rule]
            assert findings and not any(name[-4:].lower() in finding.context for finding in findings), text


def test_every_shape_can_be_judged_whatever_its_letters_are():
    draw = random.Random(41)
    filled = {"0": "0123456789", "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "a": "abcdefghijklmnopqrstuvwxyz"}
    for rule in catalogue.DETECTORS:
        for shape in rule.shapes * 3:
            text = "".join(draw.choice(filled.get(c, c)) for c in shape)
            for word in rule.words[:1] or ("number",):
                SCANNER.find(f"{word} {text}")
    assert found("RUT US 12531909-2") == [("12531909-2", "NATIONAL_ID")] and found("RUT JA 89545034-2") == []
