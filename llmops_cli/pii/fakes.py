"""Stand-ins of the same shape, made from the key: a test system can work with them, nobody can go back."""
from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator

from .checkdigits import luhn

_LOWER = "abcdefghijklmnopqrstuvwxyz"


def _stream(key: bytes, kind: str, value: str) -> Iterator[int]:
    block = 0
    while True:
        yield from hmac.new(key, f"fake\0{kind}\0{block}\0{value}".encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
        block += 1


def fake(kind: str, value: str, key: bytes) -> str:
    """Digits for digits, letters for letters, all else as it was.

    >>> fake("PHONE", "+49 30 901820", b"k") == fake("PHONE", "+49 30 901820", b"k")
    True
    >>> fake("DENIED", "***", b"k")
    '[DENIED]'
    >>> len(fake("EMAIL", "ann@example.org", b"k").split("@"))
    2
    """
    stream = _stream(key, kind, value)
    if kind == "EMAIL":
        local, _, domain = value.rpartition("@")
        return _like(local, stream) + "@example." + ("org" if domain.endswith("org") else "net")
    if kind == "URL":
        head, sep, tail = value.partition("://")
        return f"{head}{sep}example.org/{_like(tail.rpartition('/')[2][:12], stream)}" if sep else "www.example.org"
    if kind == "IP" and "." in value and ":" not in value:
        return f"192.0.2.{next(stream) % 254 + 1}"
    made = _like(value, stream)
    if kind == "CREDIT_CARD":
        for last in "0123456789":
            tried = made[:-1] + last
            if luhn("".join(filter(str.isdigit, tried))):
                return tried
    return made if made != value else f"[{kind}]"      # signs alone have no others like them


def _like(value: str, stream: Iterator[int]) -> str:
    made = []
    for c in value:
        if c.isdigit():
            made.append("123456789"[next(stream) % 9])
        elif c.isascii() and c.isalpha():
            letter = _LOWER[next(stream) % 26]
            made.append(letter.upper() if c.isupper() else letter)
        elif c.isalpha():
            made.append(_LOWER[next(stream) % 26])
        else:
            made.append(c)
    return "".join(made)
