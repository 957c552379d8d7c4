"""The way back from `--as hash`: which value each token stands for. Whoever holds the vault holds the values."""

import io
import json
import os
import re
import sys
from contextlib import contextmanager
from typing import Iterable, Iterator, Mapping

from .. import storage
from ..errors import UserError
from ..jsonl import BadLine, dump, parse
from ..storage import compression, local
from . import jsontext
from .dull import IDS
from .parsing import scan_long
from .pattern import Pattern

# The tokens that `hash` writes, and the pseudonyms of ids: words of their own, or behind an escape as \n.
_TOKEN = Pattern(r"\[[A-Z][A-Z_]*:[0-9a-f]{12}\]|-[0-9a-f]{12}\b", re.ASCII)
_NAMES = sorted(name.removesuffix("_id") for name in IDS)
_NAME = Pattern(rf"(?:\b|(?<=\\[bfnrt])|(?<=\\u[0-9a-fA-F]{{4}}))(?:{'|'.join(_NAMES)})$", re.ASCII)
_LONGEST_NAME = max(map(len, _NAMES))
# Halves of characters, which UTF-8 cannot hold, and those of them that are no bytes of a text which was not UTF-8.
_HALVES = re.compile("[\ud800-\udfff]")
_NO_BYTES = re.compile("[\ud800-\udc7f\udd00-\udfff]")

_TURNS = 100


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


def begin(path: str) -> None:
    """UserError when values cannot be put into a vault there: to be known before there are tokens that need it."""
    if not storage.is_remote(path):
        local.require_folder(path)
    if os.path.isdir(path) or storage.about(path):
        _held(path)


def add(path: str, values: Mapping[str, str]) -> None:
    """Put values into a vault. Of several runs at once none loses what another put there."""
    if storage.is_remote(path):
        _add_remote(path, values)
        return
    with _alone(path):
        together = {**_held(path), **values} if storage.about(path) else values
        with storage.create(path, private=True) as file:
            file.writelines(write(together))


def _held(path: str) -> dict[str, str]:
    with storage.open_source(path).stream as lines:
        return read(lines, path)


@contextmanager
def _alone(path: str) -> Iterator[None]:
    """The folder of a file is held until the block ends, where it is a folder that can be."""
    import fcntl
    number = -1
    try:
        number = os.open(os.path.dirname(os.path.realpath(path)), os.O_RDONLY)
        fcntl.flock(number, fcntl.LOCK_EX)
    except OSError:
        pass
    try:
        yield
    finally:
        if number >= 0:
            os.close(number)


def _add_remote(path: str, values: Mapping[str, str]) -> None:
    """What another run wrote meanwhile is taken in, until nobody was in between."""
    for _ in range(_TURNS):
        found = storage.about(path)
        packed = io.BytesIO()
        with compression.writer(packed, path) as file:
            file.writelines(write({**_held(path), **values} if found else values))
        data = packed.getvalue()
        if storage.replace(path, data, found.etag) if found else storage.create_new(path, data):
            return
    raise UserError("the vault was changed by others again and again", where=path, hint="run it again")


def tokens(text: str, low: int = 0, high: int = sys.maxsize) -> list[tuple[int, int]]:
    """Where tokens stand in a text.

    >>> tokens("[EMAIL:0123456789ab] of user-0123456789ab, not superuser-0123456789ab")
    [(0, 20), (24, 41)]
    """
    found = []
    for token in _TOKEN.finditer(text, low, high):
        name = _NAME.search(text, max(low, token.start() - _LONGEST_NAME), token.start()) if token[0][0] == "-" else token
        if name:
            found.append((name.start(), token.end()))
    return found


class Restorer:
    """Puts values back in place of their tokens."""

    def __init__(self, values: Mapping[str, str], *, as_text: bool = False):
        self.restored = self.unknown = 0
        self._values, self._as_text = values, as_text

    def line(self, raw: bytes) -> bytes:
        """A line of JSON (or of text) with its tokens replaced; tokens that the vault does not know stay."""
        text = raw.decode("utf-8", "surrogateescape")
        found = tokens(text)
        if not found:
            return raw
        depths = [0] * len(found) if self._as_text else _depths(text) if '\\"' in text or "\\u0022" in text else [1] * len(found)
        parts, at = [], 0
        for (start, end), depth in zip(found, depths):
            parts += (text[at:start], self._value(text[start:end], depth))
            at = end
        parts.append(text[at:])
        return "".join(parts).encode("utf-8", "surrogateescape")

    def _value(self, token: str, depth: int) -> str:
        """What a token stands for, spelled as within so many strings of JSON."""
        value = self._values.get(token)
        if value is None:
            self.unknown += token[0] == "["
            return token
        self.restored += 1
        return (_HALVES if depth else _NO_BYTES).sub(lambda half: f"\\u{ord(half[0]):04x}", jsontext.spelled(value, depth))


def _depths(text: str, most: int = jsontext.NESTED) -> list[int]:
    """Within how many strings each token of a JSON text stands."""
    depths = {start: 1 for start, _ in tokens(text)}
    for literal in jsontext.literals(text) if depths and _is_json(text) else ():
        within = [start for start, _ in tokens(text, literal.start, literal.end)]
        value = json.loads(text[literal.start:literal.end]) if within and most else ""
        if jsontext.may_be_json(value) and _is_json(value):
            depths.update((token, 1 + depth) for token, depth in zip(within, _depths(value, most - 1)))
    return list(depths.values())


def _is_json(text: str) -> bool:
    try:
        return not text[scan_long(text, len(text) - len(text.lstrip()))[1]:].strip()
    except (ValueError, StopIteration, RecursionError):
        return False
