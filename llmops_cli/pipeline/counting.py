"""Lines to tallies: conversations are counted as they come, events when all of them are there."""

from typing import Any

from ..jsonl import Reader, Rejects, parse
from ..logs.assemble import Assembler
from ..metrics.aggregate import Aggregator
from ..metrics.gathering import Gathering
from ..records import Calendar, event_problem


class Counting:
    """Counts what it is given in `totals`. With `merge`, lines are tallies. With `apart`, lines that are events are not
    counted but set down there."""

    def __init__(self, totals: Aggregator, calendar: Calendar, *, merge: bool = False, gap: float = 1800.0, memory: int = 48 << 20,
                 apart: list[bytes] | None = None):
        self.totals, self._merge, self._apart = totals, merge, apart
        self._events = Assembler(calendar, gap=gap, memory=memory // 2)

    def read(self, reader: Reader) -> None:
        """Count the lines of the inputs."""
        add = self.totals.add
        for record in reader:
            problem = add(record) if "messages" in record and not self._merge else self._other(record, reader)
            if problem:
                reader.reject(problem)

    def _other(self, record: dict[str, Any], reader: Reader) -> str:
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
