"""Any log to events: the format is told by a file's first records, its decoder does the rest."""

from collections import Counter, deque
from itertools import chain, islice
from typing import Any, Iterable, Iterator, Mapping, NamedTuple

from ..errors import DamagedInput, UserError
from ..jsonl import BadLine, Reader, glance, parse, scan
from ..records import event_problem, is_utc_stamp
from . import documents, formats, stored, tables
from .formats import mapped, times
from .formats.figures import dollars, unpacked, whole
from .formats.format import MISSHAPEN, Decoder, Event, Format, Settings
from .people import People
from .pricing import Pricing

SNIFFED = 1000          # records that are looked at before a format counts as unknown
BATCHES = ("openai-batch",)     # formats of services that answer later, at a price of their own
FIRST = 1 << 20         # bytes of a file's first line by which it is told whether the file is one document
PAGES = ("data", "records")     # where a page of an API, or a batch of an event hub, has its records
_HOLDERS = frozenset(("events", "logEvents", "message", "@message", *PAGES))
_NUMBERS = ("latency_ms", "input_tokens", "output_tokens", "cached_input_tokens", "cache_write_tokens", "reasoning_tokens", "cost_usd")
_BINARY = {b"PK\x03\x04": "a zip archive", b"SQLite format 3\0": "a SQLite database"}


class Ingested(NamedTuple):
    """What a line of the input gave."""

    raw: bytes              # the line as it came, b"" for events that no single line gave
    events: list[Event]
    copy: bytes             # the line of the one event, where it could be made without encoding it again, else b""


class Ingest:
    """Reads inputs of any format. `given` are constants for every event, `mapping` says where to find each key in a
    form of the user's own, `people` supplies the teams that the log does not know, `pricing` what messages cost that
    do not say it. Beyond `memory` bytes, what has to wait for the end of the input does so in a temporary file."""

    def __init__(self, format: str = "auto", given: Mapping[str, str] = {}, mapping: Mapping[str, str] = {}, people: People | None = None,
                 memory: int = 256 << 20, pricing: Pricing | None = None):
        self._settings = Settings(dict(given), dict(mapping), memory, lambda address: stored.body(address, self._name))
        self._format = mapped.FORMAT if mapping else None if format == "auto" else formats.named(format)
        self._people = people
        self._name = ""         # of the file that is read
        self._pricing = pricing
        constants = {key: value for key, value in given.items() if key != "event_time"}
        self._constants = {key: _number(key, value) if key in _NUMBERS else value for key, value in constants.items()}
        if "event_time" in given and times.stamp(given["event_time"]) is None:
            raise UserError("event_time: not a time", where="--set", hint="as in --set event_time=2026-01-03T10:15:00Z")
        self._decoders: dict[str, Decoder] = {mapped.FORMAT.name: mapped.FORMAT.decoder(self._settings)} if mapping else {}
        self.found: Counter[str] = Counter()        # format -> files

    @property
    def skipped(self) -> Counter[str]:
        """What was passed over because it is no message, and how often."""
        return sum((decoder.skipped for decoder in self._decoders.values()), Counter())

    @property
    def repeated(self) -> int:
        """Messages that were seen more than once, and written once."""
        return sum(getattr(decoder, "repeated", 0) for decoder in self._decoders.values())

    def feed(self, reader: Reader) -> Iterator[Ingested]:
        """What each line gives, in order. Bad lines go to `reader.reject`."""
        lines = reader.lines(first=FIRST)
        first = next(lines, None)
        while first is not None:
            first = yield from self._file(first, lines, reader)
        for decoder in self._decoders.values():
            yield from self._late(decoder.finish(), decoder)

    def _file(self, first: bytes, lines: Iterator[bytes], reader: Reader) -> Iterator[Ingested]:
        """All of one file, which begins with the line `first`; returns the first line of the next."""
        for magic, what in _BINARY.items():
            if first.startswith(magic):
                raise UserError(f"is {what}, which is read from a file only", where=reader.name, hint="llmops ingest FILE makes events of it")
        self._following: bytes | None = None
        self._parts: deque[bytes] = deque()     # further records of the line at hand
        self._name = reader.name
        rest = self._rest(lines, reader)
        whole = documents.opens(first)
        if reader.cut and not whole:
            first = reader.rest_of_line()
        rows = not whole and tables.opens(first, self._format is not None)
        records = (tables.rows(first, rest, reader) if rows else self._elements(first, reader) if whole
                   else self._records(chain([first], rest), reader))
        held = []
        form = self._format
        for one in records:
            held.append(one)
            form = form or next(filter(None, map(formats.detect, filter(None, self._inside(one[1]) or one[1:2]))), None)
            if form or len(held) == SNIFFED:
                break
        if form:
            self.found[form.name] += 1
            decoder = self._decoder(form)
            yield from self._taken(held, decoder, reader)
            held.clear()
            if form.name == "events" and not whole and not rows and not self._constants and not self._people:
                yield from self._copied(chain(self._parts, rest), decoder, reader)
            else:
                yield from self._taken(records, decoder, reader)
            yield from self._late(decoder.end_file(), decoder)
        elif held:
            raise UserError(f"the format cannot be told from its first {len(held):,} record{'s' * (len(held) > 1)}; tried: {', '.join(formats.NAMES)}",
                            where=self._name,
                            hint="--from FORMAT names it; --map content=PATH and so on reads a form of your own")
        return next(lines, None) if whole else self._following

    def _rest(self, lines: Iterator[bytes], reader: Reader) -> Iterator[bytes]:
        """The further lines of the file that the reader is in."""
        name, last = reader.name, reader.line
        for raw in lines:
            if reader.line <= last or reader.name != name:
                self._following = raw
                return
            last = reader.line
            yield raw

    def _records(self, lines: Iterator[bytes], reader: Reader) -> Iterator[tuple[bytes, dict, int]]:
        """(line, its record, its number); of a line that holds several records, each of them."""
        for raw in lines:
            if record := glance(raw):
                yield raw, record, reader.line
                continue
            self._parts.extend(documents.glued(raw) or [raw])
            while self._parts:
                reader.raw = one = self._parts.popleft()
                try:
                    yield one, parse(one), reader.line
                except BadLine as error:
                    reader.reject(error.reason, error.column)

    def _elements(self, first: bytes, reader: Reader) -> Iterator[tuple[bytes, dict, int]]:
        """The same of a file that is one document."""
        damaged = []

        def pieces() -> Iterator[bytes]:
            yield first
            try:
                yield from reader.blocks()
            except DamagedInput as error:       # the reader tells of it when it goes on
                damaged.append(error)

        rest = pieces()
        try:
            for element in documents.elements(rest, reader.line):
                if element.value.__class__ is dict:
                    yield element.raw, element.value, element.line
                else:
                    reason = element.value.reason if isinstance(element.value, BadLine) else "not a JSON object"
                    reader.rejects.add(reader.name, element.line, reason, raw=element.raw)
        except documents.Broken as error:
            reader.rejects.add(reader.name, error.line, error.reason)
            deque(rest, 0)
        except BadLine as error:
            deque(rest, 0)      # what comes after the break are no lines
            if not damaged:
                reader.reject(error.reason, error.column)

    def _copied(self, lines: Iterator[bytes], decoder: Decoder, reader: Reader) -> Iterator[Ingested]:
        """Our own events: a line that needs no change is passed on as it is."""
        price = self._pricing.line if self._pricing else None
        for raw in lines:
            try:
                text = raw.decode()
                record, end = scan(text, 0)
                if end != len(text):
                    raise ValueError
                if event_problem(record) or not is_utc_stamp(record["event_time"]):
                    raise ValueError
            except (StopIteration, ValueError, RecursionError, AttributeError):
                try:
                    record = parse(raw)
                except BadLine as error:
                    several = documents.glued(raw)
                    yield from self._taken(((one, parse(one), reader.line) for one in several), decoder, reader)
                    if not several:
                        reader.reject(error.reason, error.column)
                    continue
                yield from self._taken([(raw, record, reader.line)], decoder, reader)
            else:
                yield Ingested(raw, [record], price(raw, record) if price and ("input_tokens" in record or "output_tokens" in record) else raw)

    def _taken(self, records: Iterable[tuple[bytes, dict, int]], decoder: Decoder, reader: Reader) -> Iterator[Ingested]:
        """What each record gives, and then its reject."""
        for raw, record, line in records:
            taken, bad = self._decoded(raw, record, decoder)
            if taken:
                yield taken
            if bad:
                more = f" (and {len(bad) - 1:,} more of its records)" if len(bad) > 1 else ""
                reader.rejects.add(reader.name, line, bad[0].reason + more, bad[0].column, raw)

    def _decoded(self, raw: bytes, record: dict[str, Any], decoder: Decoder) -> tuple[Ingested | None, list[BadLine]]:
        """What a record gives, None if nothing can be taken of it; and why not, of each record that it holds and that is bad."""
        inner = self._inside(record)
        events: list[Event] = []
        bad: list[BadLine] = []
        for one in [record] if inner is None else inner:
            if one is None:
                decoder.skip("lines of text")
                continue
            try:
                events += decoder.decode(one)
            except BadLine as error:
                bad.append(self._mixed(one, decoder) or error)
            except MISSHAPEN:
                bad.append(BadLine(f"not what a record of {decoder.name} looks like"))
            if decoder.aside:
                bad += decoder.aside
                decoder.aside.clear()
        if bad and not events:
            return None, bad
        if self._constants or self._people:
            events = [self._completed(event) for event in events]
        if decoder.verbatim and len(events) == 1 and events[0] == record:
            return Ingested(raw, events, self._pricing.line(raw, events[0]) if self._pricing else raw), bad
        self._price(events, decoder)
        return Ingested(raw, events, b""), bad

    def _inside(self, record: dict[str, Any]) -> list[dict[str, Any] | None] | None:
        """The records that a record holds, None in the place of a line of text; None when it holds none."""
        if record.keys().isdisjoint(_HOLDERS):
            return None
        inner = _unwrapped(record)
        return inner if inner is not None or self._format is mapped.FORMAT else _paged(record)

    def _mixed(self, record: dict[str, Any], decoder: Decoder) -> BadLine | None:
        """Why a record cannot be taken that is of another format, if it is."""
        other = formats.detect(record) if self._format is None else None
        if not other or other.name == decoder.name:
            return None
        return BadLine(f"a record of {other.name} in a file of {decoder.name}; a file is of one format")

    def _late(self, events: Iterable[Event], decoder: Decoder) -> Iterator[Ingested]:
        """Events that no single line gave, some at a time."""
        events = iter(events)
        while some := list(islice(events, 500)):
            some = [self._completed(event) for event in some]
            self._price(some, decoder)
            yield Ingested(b"", some, b"")

    def _price(self, events: list[Event], decoder: Decoder) -> None:
        if self._pricing:
            add, batch = self._pricing.add, decoder.name in BATCHES
            for event in events:
                add(event, batch)

    def _completed(self, event: Event) -> Event:
        if self._constants:
            event |= self._constants
        if self._people and not event.get("team") and (user := event.get("user_id")):
            if person := self._people.of(user, event["event_time"]):
                event |= {"team": person.team} if person.team else {}
                if person.cost_center and not event.get("cost_center"):
                    event["cost_center"] = person.cost_center
        return event

    def _decoder(self, form: Format) -> Decoder:
        """The decoder of a format; one for all files, so that copies in several files are known."""
        if form.name not in self._decoders:
            self._decoders[form.name] = form.decoder(self._settings)
            self._decoders[form.name].name = form.name
        return self._decoders[form.name]


def _unwrapped(record: dict[str, Any]) -> list[dict[str, Any] | None] | None:
    """The records inside one of CloudWatch Logs, None in the place of a line of text; None when it is no such wrapping."""
    wrapped = record.get("events") or record.get("logEvents")
    if wrapped.__class__ is not list:
        said = record.get("message") or record.get("@message")
        if said.__class__ is not str or said[:1] != "{":
            return None
        wrapped = [record]
    if not wrapped or not all(isinstance(one, dict) and not isinstance(one.get("message"), dict) for one in wrapped):
        return None
    inner = [unpacked(one.get("message") or one.get("@message")) for one in wrapped]
    found = [one if isinstance(one, dict) else None for one in inner]
    # Functions write lines of text besides, and a subscription its own: not so in a record that merely has a list of events.
    mixed = "logEvents" in record or any("ingestionTime" in one for one in wrapped)
    return found if None not in found or mixed and all(isinstance(one, (dict, str)) for one in inner) else None


def _paged(record: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The records on a page; None when it is no page, but a record with such a list."""
    for key in PAGES:
        if key in record and record[key].__class__ is list and all(one.__class__ is dict for one in record[key]) \
                and any(map(formats.detect, record[key])) and not formats.detect(record):
            return record[key]
    return None


def _number(key: str, text: str) -> int | float:
    number = times.duration(text) if key == "latency_ms" else dollars(text) if key == "cost_usd" else whole(text)
    if number is None:
        raise UserError(f"{key}: not a number of 0 or more" if key in ("latency_ms", "cost_usd") else f"{key}: not a whole number of 0 or more", where="--set")
    return whole(text) if number == whole(text) else number
