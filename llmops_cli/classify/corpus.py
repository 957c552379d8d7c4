"""Labelled rows: our own corpus, the public prompts beside it, and the files of a user who trains a model."""

import gzip
import hashlib
import json
import os
from collections import Counter
from itertools import repeat
from typing import Any, BinaryIO, Callable, Iterator, NamedTuple

from .. import storage, tables
from ..errors import UserError
from ..jsonl import Reader, Rejects, dump
from .snippet import TEXT_KEYS, snippet

FOLDER = os.path.join(os.path.dirname(__file__), "corpus")
PUBLIC = os.path.join(os.path.dirname(__file__), "corpus_public")
LABEL_KEYS = ("label", "task_category")
FEW = 5                 # rows below which a label is hardly learned


class Row(NamedTuple):
    """A text as the model reads it, its label, and the hand (file or public source) it came from."""

    text: str
    label: str
    hand: str
    language: str = "en"


def hands(folder: str = FOLDER) -> list[str]:
    """The files of rows in a folder, in order of their names."""
    return sorted(name for name in os.listdir(folder) if name.endswith((".jsonl", ".jsonl.gz")))


def fingerprint(*folders: str) -> str:
    """SHA-256 over the names and (unpacked) bytes of the rows in some folders; of none, over all that the program's model learns."""
    digest = hashlib.sha256()
    for folder in folders or (FOLDER, PUBLIC):
        for name in hands(folder):
            data = _bytes(folder, name)
            digest.update(f"{name} {len(data)}\n".encode() + data)
    return digest.hexdigest()


def read(folder: str = FOLDER) -> list[Row]:
    """Every row of a folder; those of our own know their file, those of the public their source."""
    rows = []
    for name in hands(folder):
        for line in _bytes(folder, name).splitlines():
            record = json.loads(line)
            hand = record.get("source", name).partition(":")[0]
            rows.append(Row(as_read(record) or "", record["label"], hand, record.get("lang", "en")))
    return rows


def _bytes(folder: str, name: str) -> bytes:
    with open(os.path.join(folder, name), "rb") as file:
        data = file.read()
    return gzip.decompress(data) if name.endswith(".gz") else data


def as_read(record: dict[str, Any]) -> str | None:
    """The text of a row as `classify` would read it: `messages` of a row are a user's own, one after another."""
    said = record.get("messages")
    if said.__class__ is list and said and said[0].__class__ is str:
        record = {"messages": [{"role": "user", "content": text} for text in said]}
    return snippet(record)


def labelled(reader: Reader, label_key: str | None = None, field: str | None = None, by: str | None = None,
             least: float = 0.0) -> Iterator[Row]:
    """The labelled rows of a user's records, each with the value of `by` as its hand; records without text or label are rejected.

    Rows that a labeller gave no label (`error`), and those it was less sure of than `least`, are passed over.
    """
    keys = [label_key] if label_key else LABEL_KEYS
    for record in reader:
        label = next((name for key in keys if (name := record.get(key)).__class__ is str and name.strip()), None)
        text = snippet(record, field=field) if field else as_read(record)
        confidence = record.get("confidence", 1.0)
        if label is None:
            reader.reject(f"{' or '.join(keys)} is missing")
        elif text is None:
            reader.reject(f"{field or ', '.join(('messages', *TEXT_KEYS))} is missing")
        elif not record.get("error") and not (least and number(confidence) < least):
            yield Row(text, writable(label.strip()), writable(str(record.get(by, "-"))) if by else "", record.get("lang", "en"))


def writable(name: str) -> str:
    """A name without halves of characters, which no file in UTF-8 can hold."""
    return name if name.isascii() else name.encode("utf-8", "replace").decode()


def number(value: Any) -> float:
    """A confidence as a number, also when it is written as text (CSV); 0 when it is none.

    >>> number("0.9"), number("nan"), number(10 ** 400), number(None)
    (0.9, 0.0, 0.0, 0.0)
    """
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return 0.0
    return found if found == found else 0.0


def check(rows: list[Row]) -> list[str]:
    """The labels with few rows, fewest first; UserError when there is nothing to tell apart."""
    counts = Counter(row.label for row in rows)
    if len(counts) < 2:
        raise UserError(f"{'no' if not counts else 'only one'} label in {len(rows):,} labelled rows", where="train",
                        hint="rows of two labels at least are needed; --label KEY says where the label stands")
    return sorted((label for label, count in counts.items() if count < FEW), key=lambda label: (counts[label], label))


def opener(rejects: Rejects) -> Callable[[str, Callable[[], None] | None], Iterator[storage.Source]]:
    """A function that opens an input of labelled rows: JSONL, or CSV when its name says so."""
    def open_sources(address: str, on_wait: Callable[[], None] | None) -> Iterator[storage.Source]:
        source = storage.open_source(address, on_wait)
        plain = address.lower().removesuffix(".gz").removesuffix(".bz2").removesuffix(".xz")
        yield source._replace(stream=CsvLines(source.stream, source.name, rejects)) if plain.endswith(".csv") else source
    return open_sources


class CsvLines:
    """A CSV file with a heading as lines of JSON, each on the line of the file that its row begins on; the others are blank."""

    def __init__(self, stream: BinaryIO, name: str, rejects: Rejects):
        self._stream, self._name, self._rejects = stream, name, rejects

    def close(self) -> None:
        self._stream.close()

    def __iter__(self) -> Iterator[bytes]:
        table, heading, at = tables.rows(iter(self._stream), self._name), None, 0
        for line, raw, cells, fault, column in table:
            yield from repeat(b"\n", line - 1 - at)
            at = line
            if fault:
                self._rejects.add(self._name, line, fault, column, raw)
            yield dump(dict(zip(heading, cells))) + b"\n" if heading and not fault else b"\n"
            heading = heading or [cell.strip() for cell in cells]
