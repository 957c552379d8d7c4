"""Labels from a person, a key each: what to ask first, which key is which label, and the file that the answers go to."""

import heapq
import json
import os
import textwrap
from typing import Any, Callable, Iterable, NamedTuple, Sequence

from ..errors import UserError
from ..jsonl import dump
from ..storage.local import require_folder
from ..term import plain

ACCEPT, SKIP, UNDO, QUIT = "\n", "s", "u", "q"
KEYS = "1234567890abcdefghijklmnoprtvwxyz"      # those that are labels: all but the four above
LINES = 16          # of a text, on the screen


class Offer(NamedTuple):
    """A text to be labelled, what the model holds it to be and how sure it is."""

    text: str
    guess: str
    confidence: float


def keys_of(labels: Sequence[str]) -> dict[str, str]:
    """The label of each key; UserError when there are more labels than keys.

    >>> keys_of(["Billing", "Delivery"])
    {'1': 'Billing', '2': 'Delivery'}
    """
    if len(labels) > len(KEYS):
        raise UserError(f"{len(labels):,} labels, and {len(KEYS)} keys", where="label", hint="--taxonomy FILE names fewer, with sub-labels below them")
    return dict(zip(KEYS, labels))


def least_certain(offers: Iterable[Offer], most: int) -> list[Offer]:
    """The `most` offers that the model is least sure of, no text twice, the least sure first; no more than those are held."""
    seen: set[int] = set()

    def fresh(offer: Offer) -> bool:
        known = hash(offer.text) in seen
        seen.add(hash(offer.text))
        return not known
    return heapq.nsmallest(most, filter(fresh, offers), key=lambda offer: offer.confidence)


class Labels:
    """A file of `{"text", "label"}` lines that grows by one with each answer; the last one can be taken back."""

    def __init__(self, path: str):
        self.path = path
        self.known: set[str] = set()
        self._ends: list[int] = []          # where the file ended before each answer
        try:
            with open(path, "rb") as file:
                data = file.read()
        except FileNotFoundError:
            data = b""
            require_folder(path)
        except OSError as error:
            raise UserError(f"cannot be read: {error.strerror or error}", where=path) from None
        for number, line in enumerate(data.split(b"\n"), 1):
            if line.strip():
                self.known.add(self._text(line, number))
        self._size, self._torn = len(data), bool(data) and not data.endswith(b"\n")

    def _text(self, line: bytes, number: int) -> str:
        try:
            row = json.loads(line)
            return row["text"] if row["text"].__class__ is str else ""
        except (ValueError, KeyError, TypeError, RecursionError):
            raise UserError('not a {"text", "label"} line', where=f"{self.path}:{number}", hint="name a new file with -o, or mend that line") from None

    def add(self, text: str, label: str) -> None:
        """Write an answer; it is on the disk when this comes back."""
        self._ends.append(self._size)
        line = dump({"text": text, "label": label}) + b"\n"
        with self._opened() as file:
            self._size += file.write(b"\n" + line if self._torn else line)
            file.flush()
            os.fsync(file.fileno())
        self._torn = False

    def take_back(self) -> None:
        """Remove the last answer of this session."""
        with self._opened() as file:
            self._size = self._ends.pop()
            file.truncate(self._size)

    def _opened(self) -> Any:
        try:
            file = open(self.path, "ab")
        except OSError as error:
            raise UserError(f"cannot be written: {error.strerror or error}", where=self.path) from None
        if file.tell() != self._size:
            file.close()
            raise UserError("somebody else writes to this file", where=self.path, hint="-o FILE gives each session a file of its own; train takes several")
        return file


def ask(offers: Sequence[Offer], labels: Sequence[str], store: Labels, next_key: Callable[[], str], show: Callable[[str], None],
        width: int = 80) -> int:
    """Show one offer after another and write what the keys say, until all are through or the key is QUIT; how many were labelled."""
    label_of, at = keys_of(labels), 0
    answers: list[bool] = []        # of each offer gone through, whether it was labelled
    while at < len(offers):
        offer = offers[at]
        show(screen(offer, label_of, len(offers) - at, width))
        while True:
            key = next_key().lower()
            label = offer.guess if key == ACCEPT and offer.guess in labels else label_of.get(key)
            if label is not None:
                store.add(offer.text, label)
                show(f"   → {label}\n")
            elif key == UNDO and answers:
                at -= 2
                if answers.pop():
                    store.take_back()
                show("   taken back\n")
            elif key == QUIT:
                return sum(answers)
            elif key == SKIP:
                show("   skipped\n")
            else:
                continue
            break
        if key != UNDO:
            answers.append(label is not None)
        at += 1
    return sum(answers)


def screen(offer: Offer, label_of: dict[str, str], left: int, width: int) -> str:
    """An offer as it is shown: the text, the guess, the keys."""
    text = "".join(sign if sign.isprintable() or sign == "\n" else "\ufffd" for sign in offer.text)
    lines = [part for line in text.split("\n") for part in textwrap.wrap(line, max(20, width - 4)) or [""]]
    if len(lines) > LINES:
        lines = [*lines[:LINES - 4], "…", *lines[-3:]]
    keys = [f"{key} {plain(label)}" for key, label in label_of.items()]
    column = max(map(len, keys)) + 3
    across = max(1, (width - 2) // column)
    down = -(-len(keys) // across)
    table = ["".join(key.ljust(column) for key in keys[row::down]).rstrip() for row in range(down)]
    guess = f"Enter {plain(offer.guess)} ({offer.confidence:.2f})   " if offer.guess in label_of.values() else ""
    return "\n".join(["", f"{left:,} to go", "", *(f"  {line}" for line in lines), "", *(f" {line}" for line in table),
                      f" {guess}{SKIP} skip   {UNDO} undo   {QUIT} quit", ""])
