"""Addresses of cryptographic money: a checksum says yes, so they need no context."""
from __future__ import annotations

import hashlib

from .detector import ALONE, NAMED, Detector
from .pattern import Pattern

_BASE58 = {c: i for i, c in enumerate("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")}
_BECH32 = {c: i for i, c in enumerate("qpzry9x8gf2tvdw0s3jn54khce6mua7l")}


def base58check(text: str) -> bool:
    """Base58 whose last four bytes are the double SHA-256 of the rest.

    >>> base58check("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"), base58check("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3")
    (True, False)
    """
    number = 0
    for c in text:
        if c not in _BASE58:
            return False
        number = number * 58 + _BASE58[c]
    zeros = len(text) - len(text.lstrip("1"))
    raw = b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
    return len(raw) > 8 and hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:]


def bech32(text: str) -> bool:
    """BIP 173 and BIP 350 checksums.

    >>> bech32("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"), bech32("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5")
    (True, False)
    """
    if text.lower() != text and text.upper() != text:
        return False
    text = text.lower()
    head, _, data = text.rpartition("1")
    if not head or len(data) < 6 or any(c not in _BECH32 for c in data):
        return False
    values = [ord(c) >> 5 for c in head] + [0] + [ord(c) & 31 for c in head] + [_BECH32[c] for c in data]
    check = 1
    for v in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ v
        for i, g in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            if top >> i & 1:
                check ^= g
    return check in (1, 0x2BC830A3)


BITCOIN = Detector("btc-base58", "CRYPTO", "Bitcoin or Litecoin address, legacy form", pattern=r"[13LM][1-9A-HJ-NP-Za-km-z]{25,34}", check=base58check, strength=ALONE,
                   finds=("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",), ignores=("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3",))
SEGWIT = Detector("btc-bech32", "CRYPTO", "Bitcoin or Litecoin address, segregated witness", pattern=r"(?i:(?:bc|tb|ltc)1[02-9ac-hj-np-z]{11,87})", check=bech32, strength=ALONE,
                  finds=("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",), ignores=("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",), source="BIP 173, BIP 350")
ETHEREUM = Detector("eth-address", "CRYPTO", "0x and forty hexadecimal digits", pattern=r"0x[0-9A-Fa-f]{40}", strength=ALONE,
                    finds=("0x88dA6B6a8D3590e88E0FcadD5CEC56A7C9478319",), ignores=("0x88dA6B6a8D3590e88E0FcadD5CEC56A7C947831",), source="EIP-55")
TRON = Detector("tron-address", "CRYPTO", "Tron address", pattern=r"T[1-9A-HJ-NP-Za-km-z]{33}", check=base58check, strength=ALONE,
                finds=("TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC",), ignores=("TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeD",))
DOGE = Detector("doge-address", "CRYPTO", "Dogecoin or Dash address", pattern=r"[DX7][1-9A-HJ-NP-Za-km-z]{33}", check=base58check, strength=ALONE)
RIPPLE = Detector("xrp-address", "CRYPTO", "Ripple address beside its name", pattern=r"r[1-9A-HJ-NP-Za-km-z]{24,34}", words=("xrp", "ripple"), strength=NAMED,
                  finds=("XRP wallet rDsbeomae4FXwgQTJp9Rs64Qg9vDiTCdBv",), ignores=("rDsbeomae4FXwgQTJp9Rs64Qg9vDiTCdBv",))
MONERO = Detector("xmr-address", "CRYPTO", "Monero address", pattern=r"[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}", strength=ALONE)
WALLET = Detector("wallet-near-word", "CRYPTO", "25 to 110 letters and digits beside a word such as wallet", pattern=r"[A-Za-z0-9]{25,110}", words=("wallet", "bitcoin", "btc", "litecoin", "ltc", "solana", "cardano", "monero", "dogecoin"),
                  strength=NAMED, finds=("send it to wallet LeVrq0tGr6MXzrnkYabcdefgh12345678",), ignores=("LeVrq0tGr6MXzrnkYabcdefgh12345678",))
DETECTORS = (BITCOIN, SEGWIT, ETHEREUM, TRON, DOGE, RIPPLE, MONERO, WALLET)
_PATTERNS = tuple((rule, Pattern(rule.pattern)) for rule in DETECTORS)


def look_token(token: str) -> Detector | None:
    """The rule that a token of 25 or more letters and digits satisfies by itself.

    >>> look_token("0x88dA6B6a8D3590e88E0FcadD5CEC56A7C9478319").id
    'eth-address'
    """
    for rule, pattern in _PATTERNS:
        if rule.strength == ALONE and pattern.fullmatch(token) and (rule.check is None or rule.check(token)):
            return rule
    return None


def look_named(token: str, near: dict[str, tuple[int, str]]) -> tuple[Detector, str] | None:
    """The rule that a token satisfies when the words near it say so."""
    if "wallet" in near and not token.isalpha():
        for rule, pattern in _PATTERNS:
            if rule.strength == NAMED and pattern.fullmatch(token):
                own = near.get(rule.id)
                if own:
                    return rule, own[1]
    return None
