"""A model as one file: a line that names the form, a checksum, a header in JSON, numbers. Reading it executes nothing.

    llmops-model 1
    <SHA-256 of everything below>
    {"labels": [...], "features": "tasks", "trained_on": {...}, ...}
    <vocabulary, a feature a line; rarities, a byte each; weights, a byte each, label by label>
"""

import hashlib
import json
import zlib
from typing import Any, NamedTuple

from ..errors import UserError
from .softmax import ONE, Weights, adder

MAGIC = b"llmops-model 1\n"
RARITY_STEPS = 16           # a rarity of 1.0 is 16
PLAIN_LIMIT = 1 << 20       # numbers beyond this are compressed; below, the bytes are the same under every zlib


def is_model(path: str) -> bool:
    """Whether a file says of itself that it is a model."""
    try:
        with open(path, "rb") as file:
            return file.read(12) == MAGIC[:12]
    except OSError:
        return False


class Contents(NamedTuple):
    """What a model file holds: header, vocabulary, a byte of rarity a feature, and a column of bytes a label (weight + 128)."""

    header: dict[str, Any]
    vocabulary: list[str]
    rarity: bytes
    columns: list[bytes]


def contents(weights: Weights, header: dict[str, Any]) -> Contents:
    """Weights in a byte each: one scale for all, features that say nothing left out."""
    per_feature = [adder([lanes], weights.labels)((0,)) for lanes in weights.lanes]
    largest = max((max(map(abs, row)) for row in per_feature), default=0) or 1
    rows = [[round(value * 127 / largest) for value in row] for row in per_feature]
    kept = [number for number, row in enumerate(rows) if any(row)]
    return Contents(header | {"scale": largest / ONE / 127}, [weights.vocabulary[number] for number in kept],
                    bytes(min(255, round(weights.rarity[number] * RARITY_STEPS)) for number in kept),
                    [bytes(rows[number][label] + 128 for number in kept) for label in range(weights.labels)])


def encode(model: Contents) -> bytes:
    """The bytes of the file."""
    names = "\n".join(model.vocabulary).encode()
    numbers = b"".join((names, b"\n", model.rarity, *model.columns))
    packed = len(numbers) > PLAIN_LIMIT
    header = model.header | {"features_kept": len(model.vocabulary), "vocabulary_bytes": len(names), "compressed": packed}
    body = json.dumps(header, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace") + b"\n" + (zlib.compress(numbers, 9) if packed else numbers)
    return MAGIC + hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def decode(data: bytes, where: str) -> Contents:
    """What the bytes of a file hold; UserError when they are not a whole model of this version."""
    if not data.startswith(MAGIC):
        kind = "a model of another version" if data.startswith(b"llmops-model ") else "not a model file"
        raise UserError(kind, where=where, hint="llmops train FILE... -o MODEL makes one")
    checksum, _, body = data[len(MAGIC):].partition(b"\n")
    if hashlib.sha256(body).hexdigest().encode() != checksum:
        raise UserError("the model file is cut short or was changed", where=where, hint="train it again, or copy it again")
    try:
        line, _, numbers = body.partition(b"\n")
        header = json.loads(line)
        numbers = _inflated(numbers) if header["compressed"] else numbers
        count, start, labels = header["features_kept"], header["vocabulary_bytes"] + 1, len(header["labels"])
        vocabulary = numbers[:start - 1].decode().split("\n") if count else []
        rarity, columns = numbers[start:start + count], numbers[start + count:]
        if len(vocabulary) != count or len(rarity) != count or len(columns) != count * labels or not labels or not _sound(header):
            raise ValueError
        return Contents(header, vocabulary, rarity, [columns[label * count:(label + 1) * count] for label in range(labels)])
    except (ValueError, KeyError, TypeError, zlib.error):
        raise UserError("the model file does not hold together", where=where, hint="train it again") from None


def _sound(header: dict[str, Any]) -> bool:
    """Whether the header says what every model needs, each of its kind."""
    labels, numbers = header["labels"], (header["scale"], header["temperature"], header.get("floor", 0.0))
    return labels.__class__ is list and all(label.__class__ is str for label in labels) and len(set(labels)) == len(labels) \
        and all(header.get(key, "").__class__ is str for key in ("unknown", "features")) and header["id"].__class__ is str \
        and all(number.__class__ in (int, float) and 0 <= number < 1e9 for number in numbers) and header["temperature"] > 0


def _inflated(numbers: bytes, limit: int = 1 << 29) -> bytes:
    engine = zlib.decompressobj()
    data = engine.decompress(numbers, limit)
    if not engine.eof:
        raise ValueError
    return data
