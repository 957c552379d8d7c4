"""What stands in the text instead of a value, and how a value is known again without being kept."""
from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import Any

from ..errors import UserError
from . import fakes
from .detector import Finding
from .jsontext import meant, spelled

STYLES = ("label", "label-numbered", "hash", "partial", "remove", "fake")
NEEDS_KEY = frozenset({"hash", "fake"})
TOKEN_HEX = 12


def keyed(key: bytes, *parts: str) -> str:
    """HMAC-SHA256 over the parts, in hexadecimal.

    >>> keyed(b"k", "EMAIL", "ann@example.org")[:12]
    'ddec49243492'
    """
    return hmac.new(key, "\0".join(parts).encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def pseudonym(what: str, value: str, key: bytes) -> str:
    """A stable stand-in for an id that is itself personal.

    >>> pseudonym("user", "ann@example.org", b"k")
    'user-43f4ed3fd390'
    """
    return f"{what}-{keyed(key, what, value.strip())[:TOKEN_HEX]}"


def fingerprint(finding: Finding, value: str, key: bytes) -> str:
    """A value, as it stands in its text, as a baseline knows it: without the key no way back, and the same wherever the value moves to.

    >>> fingerprint(Finding(0, 3, "EMAIL", "email", "", ""), "a@b", b"k") == fingerprint(Finding(9, 12, "EMAIL", "email", "", ""), "a@b", b"k")
    True
    """
    return keyed(key, "baseline", finding.kind, meant(value, finding.depth))[:24]


class Redactor:
    """Replaces findings in one style.

    >>> Redactor().apply("mail ann@example.org", [Finding(5, 20, "EMAIL", "email", "mailbox", "")])
    'mail [EMAIL]'
    """

    def __init__(self, style: str = "label", key: bytes | None = None, *, keep: bool = False) -> None:
        if style not in STYLES:
            raise UserError(f"unknown style {style!r}", hint="one of " + ", ".join(STYLES))
        if style in NEEDS_KEY and not key:
            raise UserError(f"the style {style!r} needs a key", hint="set LLMOPS_HASH_KEY")
        self.style = style
        self.key = key or b""
        # token -> value, for the vault of the style `hash`; only if somebody asked for it.
        self.kept: dict[str, str] | None = {} if keep else None
        self._numbers: dict[tuple[str, str], dict[bytes, int]] = {}
        self._stand_in: Callable[[Finding, str, str], str] = {
            "label": lambda finding, value, group: f"[{finding.kind}]",
            "label-numbered": self._numbered,
            "hash": self._hashed,
            "partial": lambda finding, value, group: partial(value),
            "remove": lambda finding, value, group: "",
            "fake": lambda finding, value, group: fakes.fake(finding.kind, value, self.key),
        }[style]

    def pieces(self, text: str, findings: Sequence[Finding], group: str = "") -> list[str]:
        """What stands in place of each finding of a text; `group` is the conversation within which numbers count."""
        stand_in = self._stand_in
        return [spelled(stand_in(finding, meant(text[finding.start:finding.end], finding.depth), group), finding.depth) for finding in findings]

    def apply(self, text: str, findings: Sequence[Finding], group: str = "") -> str:
        """The text with each finding replaced."""
        return filled(text, findings, self.pieces(text, findings, group))

    def _numbered(self, finding: Finding, value: str, group: str) -> str:
        seen = self._numbers.setdefault((group, finding.kind), {})
        short = hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        return f"[{finding.kind}_{seen.setdefault(short, len(seen) + 1)}]"

    def _hashed(self, finding: Finding, value: str, group: str) -> str:
        token = f"[{finding.kind}:{keyed(self.key, finding.kind, value)[:TOKEN_HEX]}]"
        if self.kept is not None:
            self.kept[token] = value
        return token


def filled(text: str, findings: Sequence[Finding], pieces: Sequence[str]) -> str:
    """The text with a piece in place of each finding.

    >>> filled("mail ann@example.org!", [Finding(5, 20, "EMAIL", "email", "mailbox", "")], ["[EMAIL]"])
    'mail [EMAIL]!'
    """
    parts, at = [], 0
    for finding, piece in zip(findings, pieces):
        parts += (text[at:finding.start], piece)
        at = finding.end
    parts.append(text[at:])
    return "".join(parts)


def masked(text: str, finders: Sequence[Any]) -> str:
    """The text with labels for what the finders find, one after another."""
    for finder in finders:
        text = Redactor().apply(text, finder.find(text))
    return text


def partial(value: str) -> str:
    """The last four letters or digits of a value long enough to spare them.

    >>> partial("4111 1111 1111 1234"), partial("secret")
    ('****1234', '****')
    """
    plain = [c for c in value if c.isascii() and c.isalnum()]
    return "****" + ("".join(plain[-4:]) if len(plain) >= 8 else "")
