"""What a log format is: how its records are told, how they become events, and a sample that proves both."""

from abc import ABC, abstractmethod
from collections import Counter
from typing import Any, Callable, Iterable, Mapping, NamedTuple

from ...jsonl import BadLine

Event = dict[str, Any]
# What a decoder raises, that takes the shape of a record on trust, when the record is of another.
MISSHAPEN = (TypeError, AttributeError, KeyError, IndexError, ValueError, OverflowError, RecursionError)


class Settings(NamedTuple):
    """What the user gave: constants for every event, and where to find each key in a form of the user's own."""

    given: Mapping[str, str] = {}
    mapping: Mapping[str, str] = {}
    memory: int = 256 << 20         # bytes of records that may wait in memory
    stored: Callable[[str], Any] = lambda address: None     # what a log keeps elsewhere, by the address that it gives


class Decoder(ABC):
    """Turns the records of one format into events, remembering what it must to count nothing twice."""

    name = "this format"
    verbatim = False        # whether a record can be an event as it stands

    def __init__(self, settings: Settings = Settings()):
        self.settings = settings
        self.skipped: Counter[str] = Counter()      # records that are no messages: what they are, how many
        self.repeated = 0                           # messages that were seen before
        self.aside: list[BadLine] = []              # why parts of the record at hand were not taken
        self._known: set[Any] = set()

    @abstractmethod
    def decode(self, record: dict[str, Any]) -> list[Event]:
        """The events that are known once this record is seen. Raises BadLine for a record that cannot be taken."""

    def end_file(self) -> list[Event]:
        """The events that are known once a file has ended."""
        return []

    def finish(self) -> Iterable[Event]:
        """The events that are known only once everything was seen."""
        return []

    def is_repeat(self, mark: Any) -> bool:
        """Whether what is known by `mark` was seen before; counted if so, remembered if not."""
        if mark in self._known:
            self.repeated += 1
            return True
        self._known.add(mark)
        return False

    def skip(self, what: str) -> list[Event]:
        """No events, and a count of why."""
        self.skipped[what] += 1
        return []


class Format(NamedTuple):
    """A log format. `sample` is one JSON record a line; `events` is what it becomes, in order
    (a message_id of "-" stands for a hash)."""

    name: str
    what: str
    where: str                                      # where a file of it comes from
    matches: Callable[[dict[str, Any]], bool]
    decoder: Callable[[Settings], Decoder]
    fields: Mapping[str, str]                       # key of an event -> where in a record it comes from
    sample: str
    events: tuple[Event, ...]
    given: Mapping[str, str] = {}                   # constants that the sample needs
