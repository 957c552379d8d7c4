"""Labelled rows: our own corpus, and the files of a user who trains a model."""

import csv
import hashlib
import io
import json
import os
from typing import Any, Callable, Iterator, NamedTuple

from .snippet import TEXT_KEYS, snippet, text_of

FOLDER = os.path.join(os.path.dirname(__file__), "corpus")
LABEL_KEYS = ("label", "task_category")


class Row(NamedTuple):
    """A text as the model reads it, its label, and the hand (file) it came from."""

    text: str
    label: str
    hand: str
    language: str = "en"


def hands(folder: str = FOLDER) -> list[str]:
    """The files of the corpus, in order of their names."""
    return sorted(name for name in os.listdir(folder) if name.endswith(".jsonl"))


def fingerprint(folder: str = FOLDER) -> str:
    """SHA-256 over the names and bytes of the corpus."""
    digest = hashlib.sha256()
    for name in hands(folder):
        with open(os.path.join(folder, name), "rb") as file:
            data = file.read()
        digest.update(f"{name} {len(data)}\n".encode() + data)
    return digest.hexdigest()


def read(folder: str = FOLDER) -> list[Row]:
    """Every row of the corpus."""
    rows = []
    for name in hands(folder):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            for line in file:
                record = json.loads(line)
                rows.append(Row(as_read(record), record["label"], name, record.get("lang", "en")))
    return rows


def as_read(record: dict[str, Any]) -> str:
    """The text of a row as `classify` would read it: `messages` of a row are a user's own, one after another."""
    said = record.get("messages")
    if said.__class__ is list and said and said[0].__class__ is str:
        record = {"messages": [{"role": "user", "content": text} for text in said]}
    return snippet(record) or ""


def labelled(record: dict[str, Any], label_key: str | None, field: str | None) -> tuple[str, str] | str:
    """(text, label) of a user's record, or why it has none."""
    label = next((record[key] for key in ([label_key] if label_key else LABEL_KEYS) if key in record), None)
    if label.__class__ is not str or not label:
        return f"{label_key or ' or '.join(LABEL_KEYS)} is missing"
    text = snippet(record, field=field) if field else as_read(record) if "messages" in record else snippet(record)
    if text is None:
        return f"{field or ', '.join(TEXT_KEYS)} or messages is missing"
    return text, label


def from_csv(stream: Any, refuse: Callable[[int, str], None]) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, record) of each row of a CSV file with a heading; a row of another width is refused with its line."""
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
    reader = csv.reader(text)
    heading = next(reader, [])
    for cells in reader:
        if len(cells) == len(heading):
            yield reader.line_num, dict(zip(heading, cells))
        elif cells:
            refuse(reader.line_num, f"{len(cells)} cells where the heading has {len(heading)}")
