"""Verdicts taken out of a lake's feedback as part of a commit. Others add to that file at any time, so it is never
replaced by one made earlier: what goes is listed first, and taken out of whatever the file holds when its turn comes."""

from hashlib import blake2b
from typing import Any, Callable

from ..feedback.record import ERASURE
from ..feedback.store import Store
from ..jsonl import dump

FEEDBACK = "feedback/feedback.jsonl"

Record = dict[str, Any]


def listed(store: Store, goes: Callable[[Record], bool], stamp: str) -> Record:
    """What is taken out of a store, without a word of it: the marks of the verdicts that go, and what is left in their place."""
    marks = [_mark(record) for record in store.read() if goes(record)] if store.exists() else []
    return {"marks": marks, "tombstone": {"event_time": stamp, "type": ERASURE, "erased": len(marks)}}


def take_out(store: Store, listing: Record) -> None:
    """Take what is listed out of a store. Done again, it changes nothing."""
    marks = set(listing["marks"])
    store.rewrite(lambda record: None if _mark(record) in marks else record, after=[listing["tombstone"]])


def _mark(record: Record) -> str:
    return blake2b(dump(record), digest_size=16).hexdigest()
