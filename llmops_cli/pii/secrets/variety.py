"""Whether a value looks made by a machine: not a word, a placeholder, a path, a call or a reference."""
from __future__ import annotations

import base64
import binascii
import functools
import math
import re

from ..pattern import Pattern

_PLACEHOLDER = Pattern(
    r"^[<\[{(%$@].*[>\]})%]$|\$\{|\$\(|\{\{|<%|%\(|^\$[A-Za-z_]|^<[A-Za-z]|^%[sdA-Z]|\.\.\.|…|xxxx|\*\*\*|0000000000|1234567890123|^(?:x+|\*+|\.+|-+|_+)$|"
    r"(?:^|[_.-])(?:your|my|example|sample|dummy|placeholder|changeme|change[_-]me|redacted|insert|replace|todo|fixme|fake|foobar|short)(?:$|[_.-])|"
    r"abcdefghijklm|abc123def|^123456789012345$|your[_-]?(?:api|secret|token|key|pass|own|access|client|app)|example$|EXAMPLE|process\.env|os\.environ|getenv|secrets\.|vars?\.|env\.|config\.|"
    r"settings\.|self\.|this\.|params\.|request\.|options\.|args\.|_here$|[-_]HERE|put[_-]your|not[_-]a[_-]real", re.I)
# Values looked at lately: each is asked several things, and again after it was replaced.
_REMEMBERED = 1024
_WORDY = Pattern(r"[A-Za-z]+(?:[ _.\-/:][A-Za-z]+)*\d{0,2}")
_CODE = Pattern(r"[\w.]+\(|[\w.]+\[|->|=>|^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$|^/|^\.{1,2}/|^[A-Za-z]:\\|^https?://|^[\w.-]+\.(?:com|org|net|io|dev|py|js|ts|json|ya?ml|txt|md|html?|png|jpe?g|svg|css|pem|crt|key|pub|log)$")


@functools.lru_cache(_REMEMBERED)
def entropy(text: str) -> float:
    """Shannon's entropy in bits a character.

    >>> entropy("aaaa"), entropy("abcd")
    (0.0, 2.0)
    """
    size = len(text)
    return -sum(n / size * math.log2(n / size) for n in map(text.count, set(text))) + 0.0 if size else 0.0


@functools.lru_cache(_REMEMBERED)
def is_placeholder(value: str) -> bool:
    """Whether somebody left the value out.

    >>> [is_placeholder(v) for v in ("${TOKEN}", "<your-key>", "xxxxxxxxxxxx", "aK3jf92nFk20")]
    [True, True, True, False]
    """
    return bool(_PLACEHOLDER.search(value)) or len(set(value)) < 4


@functools.lru_cache(_REMEMBERED)
def variety(token: str) -> bool:
    """Whether a token in a provider's shape has the variety of a real one.

    >>> variety("ghp_aB3dE5gH7jK9mN1pQ4sT6vW8yZ0cF2aB3dE5"), variety("ghp_" + "x" * 36)
    (True, False)
    """
    body = token[len(token) // 5:]
    return not (len(set(body)) < min(6, len(body) // 2) or "xxxxxx" in body or "XXXXXX" in body or "000000000" in body or "AAAAAAAAAA" in body
                or "aaaaaaaaaa" in body or "abc123def" in token.lower() or token.endswith("EXAMPLE") or "your" in token.lower() or entropy(body) < 2.4)


def jwt_header(token: str) -> bool:
    """Whether a token begins with the header of a JSON web token: base64 of JSON that names an algorithm (RFC 7515).

    >>> jwt_header("eyJhbGciOiJIUzI1NiJ9.e30.x"), jwt_header("eyJhIjoxfQ.e30.x")
    (True, False)
    """
    head = token.partition(".")[0]
    try:
        decoded = base64.urlsafe_b64decode(head + "=" * (-len(head) % 4))
        if decoded[:4] == b"eyJ" + decoded[3:4]:
            return jwt_header(decoded.decode("ascii", "replace"))
        return b'"alg"' in decoded and decoded.lstrip()[:1] == b"{"
    except (ValueError, binascii.Error):
        return False


@functools.lru_cache(_REMEMBERED)
def random_looking(value: str, bits: float = 3.0) -> bool:
    """Whether a value has the entropy of a key, and is neither words nor code.

    >>> [random_looking(v) for v in ("aK3jf92nFk20dj3", "some_long_variable_name", "os.path.join(a)", "2023-01-01T10:00:00")]
    [True, False, False, False]
    """
    if is_placeholder(value) or _WORDY.fullmatch(value) or _CODE.search(value):
        return False
    if sum(c.isdigit() for c in value) == 0 and (value.islower() or value.isupper() or " " in value):
        return False
    if value.count("-") + value.count(":") + value.count("/") > 1 and re.fullmatch(r"[\d:./T Z+-]+", value):
        return False
    return entropy(value) >= bits
