"""Rows labelled by a provider: what can be known here is settled here, the rest is asked, and all of it comes out in order."""

import re
from typing import Any, Callable, Iterator, NamedTuple

from ..errors import UserError
from ..jsonl import BadLine, Reader, parse
from ..llm.answers import Answer, Ask
from ..llm.cache import Cache, digest
from . import intake
from .intake import Reading
from .label import Decider, keys
from .prompt import Task
from .recovery import Recovery
from .splice import without
from .taxonomy import UNKNOWN
from .window import Counts, Row, Window

_PLAIN = re.compile(r"[A-Za-z0-9_.:-]{1,64}").fullmatch


class Cascade(NamedTuple):
    """The local model goes first; rows that it is less sure of than `below` go up."""

    decide: Decider
    by: str
    below: float


class Job(NamedTuple):
    """What is to be done. `put` asks the provider, `spent` says what was paid so far, `by` is its name on the rows;
    `below` gives sub-labels."""

    task: Task
    by: str
    reading: Reading
    put: Callable[[Ask], Answer]
    spent: Callable[[], list[int]]
    threads: Callable[[], int] = lambda: 16
    pack: int = 1
    cascade: Cascade | None = None
    below: Callable[[str, str], str] = lambda label, text: ""
    cache: Cache | None = None


def run(reader: Reader, job: Job, write: Callable[[bytes], None], recovery: Recovery | None = None,
        flush: Callable[[], None] = lambda: None, on_window: Callable[[Window], None] = lambda window: None) -> Counts:
    """Label every row of the reader and write it, `flush` what was written when answers have come; `on_window` gets the
    window before the first row goes in."""
    window = Window(job.task, job.put, job.by, write, spent=job.spent, threads=job.threads, pack=job.pack, recovery=recovery,
                    cache=job.cache, below=job.below, flush=flush)
    on_window(window)
    try:
        _feed(window, reader, job, recovery)
        window.finish()
    except BaseException as error:
        window.abandon(error)
        raise
    return window.counts


def _feed(window: Window, reader: Reader, job: Job, recovery: Recovery | None) -> None:
    """Every row of the reader, into the window."""
    kept = recovery.kept_rows() if recovery and recovery.amends else None
    for row, record in intake.rows(reader, job.reading, recovery, window.reject):
        earlier = _earlier(row, kept) if kept else None
        if earlier:
            window.keep(row, earlier)
        else:
            _admit(window, row, record, job)


def _admit(window: Window, row: Row, record: dict[str, Any], job: Job) -> None:
    added = settled_here(row, job)
    if added:
        window.settle(row, added)
    else:
        if job.cache:
            row.key = digest(job.by, job.task.identity(), row.text)
        window.ask(row, name_of(row, record, job))


def settled_here(row: Row, job: Job) -> dict[str, Any] | None:
    """What is added to a row that needs no provider: nothing was said in it, or the local model is sure enough. Otherwise
    None, and what the local model says is the row's fallback."""
    if job.cascade:
        verdict, below = job.cascade.decide(row.text)
        added = keys(verdict, job.cascade.by, below)
        if not row.text or verdict.confidence >= job.cascade.below:
            return added
        row.fallback = added
        return None
    return None if row.text else {"task_category": UNKNOWN, "confidence": 1.0, "classified_by": job.by}


def name_of(row: Row, record: dict[str, Any], job: Job) -> str:
    """The id of a row in a packed request: its conversation's where that is plain and gives nobody away."""
    own = record.get("conversation_id")
    if job.pack > 1 and own.__class__ is str and _PLAIN(own) and job.reading.mask(own) == own:
        return own
    return f"row-{row.number + 1}"


def _earlier(row: Row, kept: Iterator[bytes]) -> bytes | None:
    """The row as it stands in the finished output, None when it has no label there."""
    old = next(kept, None)
    if old is None:
        return None
    gone = row.kept.keys() & _added_to(old) if row.kept.keys() - {""} else ()
    head = (without(row.stem, gone) if gone else row.stem).rstrip()[:-1].rstrip()
    if not old.startswith(head):
        raise UserError(f"row {row.number + 1:,} of the output is not of this input", hint="--resume needs the input that the output was made of; without it, all is done anew")
    tail = old[len(head):]
    return old if b'"task_category": ' in tail and b'"error": ' not in tail else None


def _added_to(old: bytes) -> set[str]:
    """The keys that were added to a row of the output."""
    try:
        return set(parse(b"{" + old[old.rfind(b'"task_category": '):]))
    except BadLine:
        return set()


def labeller(job: Job) -> Callable[[Iterator[bytes]], Iterator[bytes]]:
    """A function from lines of conversations to the same lines with their labels, in order: `run` by another door, for who
    holds lines and not a reader. Lines must be records; what a provider gives no label for has `error`, as always."""
    def label(lines: Iterator[bytes]) -> Iterator[bytes]:
        from collections import deque

        from ..jsonl import Rejects
        ready: deque[bytes] = deque()
        window = Window(job.task, job.put, job.by, ready.append, spent=job.spent, threads=job.threads, pack=job.pack, cache=job.cache, below=job.below)
        reader = Reader([_Lines(lines)], Rejects(lambda line: None))
        try:
            for row, record in intake.rows(reader, job.reading):
                _admit(window, row, record, job)
                while ready:
                    yield ready.popleft()[:-1]
            window.finish()
        except BaseException as error:
            window.abandon(error)
            raise
        while ready:
            yield ready.popleft()[:-1]
    return label


class _Lines:
    """Lines as an input."""

    name = "conversations"

    def __init__(self, lines: Iterator[bytes]):
        self._lines = lines

    @property
    def stream(self) -> "_Lines":
        return self

    def __enter__(self) -> Iterator[bytes]:
        return self._lines

    def __exit__(self, *_: object) -> None:
        pass
