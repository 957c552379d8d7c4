"""Styles, pseudonyms and fingerprints."""
import pytest

from llmops_cli.errors import UserError
from llmops_cli.pii import catalogue
from llmops_cli.pii.fakes import fake
from llmops_cli.pii.redaction import Redactor, pseudonym
from llmops_cli.pii.scanner import Scanner

SCANNER = Scanner(catalogue.choose())
TEXT = "ann@example.org, bob@example.org, ann@example.org, card 4111 1111 1111 1111"


def redact(style, key=b"key", text=TEXT):
    return Redactor(style, key).apply(text, SCANNER.find(text))


def test_styles():
    assert redact("label") == "[EMAIL], [EMAIL], [EMAIL], card [CREDIT_CARD]"
    assert redact("label-numbered") == "[EMAIL_1], [EMAIL_2], [EMAIL_1], card [CREDIT_CARD_1]"
    assert redact("partial").endswith("card ****1111")
    assert redact("remove") == ", , , card "
    hashed = redact("hash").split(", ")
    assert hashed[0] == hashed[2] != hashed[1] and hashed[0].startswith("[EMAIL:")
    assert redact("hash") != redact("hash", b"other")
    assert len(redact("fake").split("@")) == 4 and "ann" not in redact("fake")


def test_numbers_count_within_a_conversation():
    redactor = Redactor("label-numbered")
    findings = SCANNER.find("ann@example.org")
    assert redactor.apply("ann@example.org", findings, "c1") == "[EMAIL_1]"
    assert redactor.apply("bob@example.org", findings, "c1") == "[EMAIL_2]"
    assert redactor.apply("bob@example.org", findings, "c2") == "[EMAIL_1]"


def test_keyed_styles_are_refused_without_a_key():
    for style in ("hash", "fake"):
        with pytest.raises(UserError, match="needs a key"):
            Redactor(style, None)
    with pytest.raises(UserError, match="unknown style"):
        Redactor("loud")


def test_pseudonyms():
    assert pseudonym("user", "ann@example.org", b"k") == pseudonym("user", "ann@example.org", b"k")
    assert pseudonym("user", "ann@example.org", b"k") != pseudonym("user", "ann@example.org", b"l")
    assert pseudonym("user", "x", b"k") != pseudonym("team", "x", b"k")


@pytest.mark.parametrize("value", ["***", "🐳", "!?", "a", "b", "7", "x-1"])
def test_a_stand_in_is_never_the_value(value):
    assert all(fake("DENIED", value, b"%d" % key) != value for key in range(200))
