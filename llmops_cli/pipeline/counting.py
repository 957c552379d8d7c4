"""Lines to tallies: conversations are counted as they come, events when all of them are there."""

from typing import Any, Iterator, Protocol

from ..jsonl import BadLine, Rejects, parse, scan
from ..logs.assemble import Assembler
from ..metrics.aggregate import Aggregator
from ..metrics.gathering import Gathering
from ..records import Calendar, event_problem


class Lines(Protocol):
    """Lines of inputs and where they stand: a reader, or a share of one."""

    name: str
    line: int
    raw: bytes

    def lines(self) -> Iterator[bytes]: ...

    def reject(self, reason: str, column: int = 0) -> None: ...


class Counting:
    """Counts what it is given in `totals`. With `merge`, lines are tallies. With `apart`, lines that are events are not
    counted but set down there."""

    def __init__(self, totals: Aggregator, calendar: Calendar, *, merge: bool = False, gap: float = 1800.0, memory: int = 48 << 20,
                 apart: list[bytes] | None = None):
        self.totals, self._merge, self._apart = totals, merge, apart
        self._events = Assembler(calendar, gap=gap, memory=memory // 2)

    def read(self, reader: Lines) -> None:
        """Count the lines of the inputs."""
        add, record_of = self.totals.add, scan
        for raw in reader.lines():
            try:
                text = raw.decode()
                record, end = record_of(text, 0)
                if end != len(text) or record.__class__ is not dict:
                    raise ValueError
            except (StopIteration, ValueError, RecursionError):
                try:
                    record = parse(raw)
                except BadLine as error:
                    reader.reject(error.reason, error.column)
                    continue
            problem = add(record) if "messages" in record and not self._merge else self._other(record, reader)
            if problem:
                reader.reject(problem)

    def _other(self, record: dict[str, Any], reader: Lines) -> str:
        """Count a record that is no conversation; why it cannot be, "" when it was."""
        if self._merge:
            return self.totals.merge(record, f"{reader.name}:{reader.line}")
        if "event_time" not in record:
            return self.totals.add(record)
        if self._apart is not None and not (problem := event_problem(record)):
            self._apart.append(reader.raw)
            return problem
        if record.get("content").__class__ is not str:
            return event_problem(record)
        return self._events.take(record, self.totals.facts(record))

    def finish(self, rejects: Rejects) -> None:
        """Count the conversations that the events make."""
        for number, (keys, gathering) in enumerate(self._events.gathered(Gathering), 1):
            problem = self.totals.add_gathered(keys, gathering)
            if problem:
                rejects.add("assembled conversation", number, problem)

    def take(self, raw: bytes) -> None:
        """Count the line of an event that was set apart."""
        record = parse(raw)
        self._events.take(record, self.totals.facts(record))
