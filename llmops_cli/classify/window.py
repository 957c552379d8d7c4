"""Rows under way: taken in order, labelled by several threads in any order, written in order, none held longer than needed."""

import threading
from collections import Counter, deque
from queue import SimpleQueue
from typing import Any, Callable

from ..errors import UserError
from ..llm.answers import Answer, Ask
from ..llm.cache import Cache
from . import asking
from .prompt import Item, Task
from .recovery import Checkpoint, Recovery
from .replies import Judgement
from .splice import spliced
from .taxonomy import UNKNOWN

ROWS_MOST, BYTES_MOST = 16_384, 20_000_000      # under way at a time
LOOK_SECONDS = 0.05                             # between two looks at whether more threads can be used
ADDED = ("task_category", "confidence", "classified_by", "sub_category", "reason", "error")


class Row:
    """A line on its way. `line` and `crc` tell how far the input had been read; `stem` is the line without the keys that
    an earlier run added, and `kept` those keys of it that matter to `spliced`; `fallback` what is added when the provider
    gives no label."""

    __slots__ = ("number", "line", "crc", "stem", "kept", "text", "mark", "key", "fallback", "made", "error", "note")

    def __init__(self, number: int, line: int, crc: int, stem: bytes, kept: dict[str, None]):
        self.number, self.line, self.crc, self.stem, self.kept = number, line, crc, stem, kept
        self.text = self.mark = ""              # what is asked about, and what tells it in the journal
        self.key: bytes | None = None           # of its answer in the cache
        self.fallback: dict[str, Any] = {}
        self.made: bytes | None = None          # the finished row
        self.error = ""                         # why it has no label
        self.note = -1                          # where in the journal its answer stands


class Counts:
    """How it went: rows in the output, of those passed over or kept from before, found in a cache, asked about; and rows
    without a label by reason."""

    def __init__(self) -> None:
        self.rows = self.kept = self.cached = self.asked = self.rejects = 0
        self.failed: Counter[str] = Counter()

    @property
    def labelled(self) -> int:
        return self.rows - self.failed.total()


def added_keys(judgement: Judgement, by: str, below: str) -> dict[str, Any]:
    """What is written of a provider's judgement."""
    return {"task_category": judgement.label, "confidence": judgement.confidence, "classified_by": by} \
        | ({"sub_category": below} if below else {}) | ({"reason": judgement.reason} if judgement.reason else {})


class Window:
    """Rows go in by `ask`, `settle` or `keep`, and come out by `write` in the same order.

    `put` sends a question to the provider, `spent` says what was paid so far, `by` is who classifies,
    `threads` how many threads can be used just now; `below` gives the
    sub-label of a label and a text, "" when there is none.
    """

    def __init__(self, task: Task, put: Callable[[Ask], Answer], by: str, write: Callable[[bytes], None], *, spent: Callable[[], list[int]],
                 threads: Callable[[], int], pack: int, recovery: Recovery | None = None, cache: Cache | None = None,
                 below: Callable[[str, str], str] = lambda label, text: "", flush: Callable[[], None] = lambda: None):
        self._task, self._put, self._by, self._write, self._spent, self._below, self._flush = task, put, by, write, spent, below, flush
        self._pack_size, self._recovery, self._cache = pack, recovery, cache
        self.counts = Counts()
        self.counts.rows = self.counts.kept = recovery.start.rows if recovery else 0
        self._rejects = recovery.start.rejects if recovery else 0
        self._last: Row | None = None                       # the last one written
        self._order: deque[Row] = deque()                   # all that are under way
        self._asked: dict[int, Row] = {}                    # those that the provider is asked about
        self._same: dict[bytes, list[Row]] = {}             # further rows with the very same question, by its key
        self._pack: list[Item] = []
        self._held = 0                                      # bytes under way
        self._change = threading.Condition()
        self._failure: BaseException | None = None
        self._questions: SimpleQueue = SimpleQueue()
        self._most, self._threads, self._limit = threads, 0, ROWS_MOST

    # In ---------------------------------------------------------------------------------------------------------------

    def ask(self, row: Row, name: str) -> None:
        """Have a row labelled by the provider; `name` is its id in a packed request."""
        self._admit(row)
        with self._change:
            known = self._recovery.answered(row.number, row.mark) if self._recovery else None
            if known:
                row.note = known[1]
                return self._place(row, self._added(known[0], row))
            if row.key in self._same:
                self._same[row.key].append(row)
                return
            if row.key and (kept := self._cache.get(row.key)):
                self.counts.cached += 1
                return self._place(row, self._added(Judgement(*kept["answer"]), row))
            if row.key:
                self._same[row.key] = []
            self.counts.asked += 1
            self._asked[row.number] = row
        if any(item.key == name for item in self._pack):
            name = f"row-{row.number + 1}"
        self._pack.append(Item(row.number, name, row.text))
        if len(self._pack) >= self._pack_size:
            self.send()

    def settle(self, row: Row, added: dict[str, Any]) -> None:
        """Take a row of which the added keys are known."""
        self._admit(row)
        with self._change:
            self._place(row, added)

    def keep(self, row: Row, made: bytes) -> None:
        """Take a row as it was in an earlier output."""
        self._admit(row)
        with self._change:
            self.counts.kept += 1
            row.made = made
            self._advance()

    def _place(self, row: Row, added: dict[str, Any]) -> None:
        row.made = spliced(row.stem, row.kept, added)
        self._advance()

    def reject(self, line: int, reason: str, column: int) -> None:
        """Know of a line that gives no row."""
        if self._recovery:
            with self._change:
                self._rejects += 1
                self._recovery.reject(line, reason, column)

    def send(self) -> None:
        """Ask about what has been gathered."""
        if self._pack:
            self._questions.put(self._pack)
            self._pack = []
            self._hire()

    def finish(self) -> None:
        """Wait until every row has been written."""
        self.send()
        self._await(lambda: not self._order)
        for _ in range(self._threads):
            self._questions.put(None)
        self._raise()
        if self._recovery:
            self._recovery.finish(self._checkpoint(), self._spent())

    def abandon(self, error: BaseException) -> None:
        """Ask and write nothing more."""
        with self._change:
            self._failure = self._failure or error
            self._change.notify_all()
        for _ in range(self._threads):
            self._questions.put(None)

    def _admit(self, row: Row) -> None:
        """Wait for room, and take a place in the order."""
        if len(self._order) >= ROWS_MOST or self._held >= BYTES_MOST:
            self.send()
            self._await(lambda: len(self._order) < ROWS_MOST and self._held < BYTES_MOST)
        self._raise()
        with self._change:
            self._order.append(row)
            self._held += len(row.stem)

    def _await(self, enough: Callable[[], bool]) -> None:
        """Wait for something, or for a failure; meanwhile see that there are threads enough."""
        while not self._failure:
            with self._change:
                if enough() or self._change.wait_for(lambda: enough() or self._failure, LOOK_SECONDS):
                    return
            self._hire()

    def _hire(self) -> None:
        """Start as many threads as have something to do: more than calls at a time, when some sleep before another try. Where
        the system gives no more, those there are do all."""
        while self._threads < min(self._most(), self._limit) and not self._questions.empty():
            try:
                threading.Thread(target=self._work, daemon=True).start()
            except RuntimeError:
                if not self._threads:
                    raise UserError("no thread can be started", hint="raise the limit of processes and of memory (ulimit -u, ulimit -v)") from None
                self._limit = self._threads
                return
            self._threads += 1

    def _raise(self) -> None:
        if self._failure:
            raise self._failure

    # Asked ------------------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while (pack := self._questions.get()) is not None and not self._failure:
            try:
                for found in asking.label(pack, self._task, self._put):
                    if self._failure:
                        return
                    self._take(found)
            except BaseException as error:      # of any kind: the thread that reads the input raises it again
                self.abandon(error)

    def _take(self, found: asking.Found) -> None:
        """Note what a call settled, then let its rows go on."""
        with self._change:
            rows = [(row, found.judged[number]) for number in found.judged for row in self._with_twins(number)]
            self.counts.cached += len(rows) - len(found.judged)
            note = -1
            if self._recovery and rows:
                note = self._recovery.answer([[row.number, row.mark, *judgement] for row, judgement in rows], self._spent())
            for row, judgement in rows:
                if row.key and row.number in found.judged:
                    self._cache.put(row.key, {"answer": list(judgement)})
                row.note = note
                row.made = spliced(row.stem, row.kept, self._added(judgement, row))
            for number, reason in found.failed.items():
                for row in self._with_twins(number):
                    row.error = reason
                    added = (row.fallback or {"task_category": UNKNOWN, "confidence": 0, "classified_by": self._by}) | {"error": reason}
                    row.made = spliced(row.stem, row.kept, added)
            self._advance()
            self._flush()

    def _with_twins(self, number: int) -> list[Row]:
        row = self._asked.pop(number)
        return [row, *(self._same.pop(row.key, ()) if row.key else ())]

    def _added(self, judgement: Judgement, row: Row) -> dict[str, Any]:
        return added_keys(judgement, self._by, self._below(judgement.label, row.text))

    # Out --------------------------------------------------------------------------------------------------------------

    def _advance(self) -> None:
        """Write the rows whose turn has come."""
        order, before = self._order, self._last
        while order and order[0].made is not None:
            row = order.popleft()
            self._held -= len(row.stem)
            (self._recovery.write if self._recovery else self._write)(row.made + b"\n")
            self.counts.rows += 1
            if row.error:
                self.counts.failed[row.error] += 1
            self._last = row
        if self._last is not before:
            self._change.notify_all()
            if self._recovery and self._recovery.due():
                self._recovery.checkpoint(self._checkpoint(), self._spent())

    def _checkpoint(self) -> Checkpoint:
        start = self._recovery.start
        line, crc = (self._last.line, self._last.crc) if self._last else (start.lines, start.crc)
        floor = min((row.note for row in self._order if row.note >= 0), default=-1)
        if self.counts.rows < self._recovery.known_until:       # answers of an earlier run are still to be come to
            floor = start.floor
        return Checkpoint(self.counts.rows, line, 0, crc, self.counts.failed.total(), self._rejects, floor)
