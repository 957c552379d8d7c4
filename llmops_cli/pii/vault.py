"""The way back from `--as hash`: which value each token stands for. Whoever holds the vault holds the values."""

import re
from json.encoder import encode_basestring
from typing import Iterable, Iterator, Mapping

from ..errors import UserError
from ..jsonl import BadLine, dump, parse
from .pattern import Pattern

# The tokens that `hash` writes, and the pseudonyms of ids.
TOKEN = Pattern(rb"\[[A-Z][A-Z_]*:[0-9a-f]{12}\]|\b[a-z]+-[0-9a-f]{12}\b")


def read(lines: Iterable[bytes], where: str) -> dict[str, str]:
    """The values by their tokens. UserError when it is not a vault."""
    values = {}
    for number, line in enumerate(lines, 1):
        try:
            row = parse(line)
            values[row["token"]] = row["value"] + ""
        except (BadLine, KeyError, TypeError):
            raise UserError("not a vault", where=f"{where}:{number}", hint="a vault is written by llmops sanitize --as hash --vault FILE") from None
    return values


def write(values: Mapping[str, str]) -> Iterator[bytes]:
    """A vault's lines, sorted."""
    for token, value in sorted(values.items()):
        yield dump({"token": token, "value": value}) + b"\n"


class Restorer:
    """Puts values back in place of their tokens."""

    def __init__(self, values: Mapping[str, str], *, as_text: bool = False):
        self.restored = self.unknown = 0
        self._values = {token.encode("utf-8", "surrogatepass"): _spelled(value, as_text) for token, value in values.items()}

    def line(self, raw: bytes) -> bytes:
        """A line of JSON (or of text) with its tokens replaced; tokens that the vault does not know stay."""
        return TOKEN.sub(self._value, raw)

    def _value(self, found: re.Match[bytes]) -> bytes:
        value = self._values.get(found[0])
        if value is None:
            self.unknown += found[0].startswith(b"[")
            return found[0]
        self.restored += 1
        return value


def _spelled(value: str, as_text: bool) -> bytes:
    """A value as it stands within a JSON string, or in plain text."""
    return (value if as_text else encode_basestring(value)[1:-1]).encode("utf-8", "surrogateescape" if as_text else "backslashreplace")
