"""One input into the lake: its lines filed by their date under landing/, its events sanitized beside them.

What an input gave is kept as a note (a manifest), so that the same input is never counted twice and a run that was
killed goes on behind the last input that was finished. Files are named after the input's content, so doing an input
again writes the same bytes under the same names.
"""

import hashlib
import os
import re
import shutil
from collections import Counter, deque
from typing import Any, Callable, Iterable, Iterator, NamedTuple

from .. import storage
from ..errors import UserError
from ..jsonl import BadLine, Reader, Rejects, dump, parse
from ..logs import sources
from ..logs.ingest import Ingest, Ingested
from ..pii.records import Sanitizer
from ..records import UNKNOWN, Calendar
from .lake import DatedFiles, Lake

_ANY_STAMP = re.compile(rb'"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d[0-9:.]*(?:Z|[+-]\d\d:?\d\d)?)"')
_STAMP = re.compile(rb'"event_time"\s*:\s*"([0-9T:.+Z -]{10,40})"')

BLOCK = 1 << 19     # bytes of events that are sanitized together


class Input(NamedTuple):
    """What is taken in at once: a file, or all the files of a set of sessions, whose messages may stand in several."""

    name: str               # as the user gave it
    files: tuple[str, ...]
    partition: str          # the date that all of it goes to, "" by its lines' dates
    landed: tuple[str, ...]     # where it already lies in the lake's landing, () when it does not
    key: str                # its content and partition, shortened
    size: int               # bytes


Ordered = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]    # work done on blocks, results in their order


class Tools(NamedTuple):
    """What an intake works with."""

    lake: Lake
    calendar: Calendar
    sanitizer: Sanitizer
    make_ingest: Callable[[], Ingest]
    mask: Callable[[str], str]
    say: Callable[[str], None]
    stop_on_error: bool
    keep_landing: bool
    key: Any                    # of pseudonyms: called it is there, and `used`; its `id`
    ordered: Ordered = map      # in this process, or in several
    way: dict[str, Any] = {}    # of the settings, what the note on an input keeps


def identify(addresses: list[str], partition: str, landed: str = "") -> list[Input]:
    """The inputs that addresses stand for, each with its key: the SHA-256 of its bytes, so that a renamed copy is known
    again. Session files, in a folder or named one by one, are one input: their messages are copied from file to file."""
    found, sessions = [], []
    for address in addresses:
        storage.refuse_remote(address)
        if os.path.isdir(address):
            sessions += sources.session_files(address)
        elif not landed and sources.form_of(address) in sources.SESSIONS:
            sessions.append(address)
        else:
            found.append(_input(address, (address,), partition, (landed,) if landed else ()))
    if sessions:
        found.append(_input(sessions[0] if len(sessions) == 1 else "sessions", tuple(sessions), partition, ()))
    return found


def landed_before(lake: Lake, manifests: dict[str, dict[str, Any]]) -> list[Input]:
    """The inputs whose lines all lie in the landing still, under the keys they had when they first came: taking them in
    again replaces what they gave then."""
    return [Input(manifest["name"], tuple(map(lake.path, manifest["landing"])), manifest["partition"], tuple(manifest["landing"]), key, manifest["bytes"])
            for key, manifest in manifests.items() if manifest["landing"] and all(map(lake.exists, manifest["landing"]))]


def _input(name: str, files: tuple[str, ...], partition: str, landed: tuple[str, ...]) -> Input:
    digest, size = hashlib.sha256(partition.encode()), 0
    for path in files:
        try:
            with open(path, "rb", buffering=0) as file:
                while block := file.read(1 << 20):
                    digest.update(block)
                    size += len(block)
        except OSError as error:
            raise UserError(f"cannot be read: {error.strerror}", where=path) from None
    return Input(name, files, partition, landed, digest.hexdigest()[:16], size)


def take_in(item: Input, tools: Tools, tell: Callable[[int], None]) -> dict[str, Any]:
    """File and sanitize one input; its manifest. `tell` hears how many bytes of it have been read."""
    taken = _Intake(item, tools)
    reader = Reader(_sources(item, tools.mask, tell), taken.rejects)
    underway: deque[list[_Event]] = deque()

    def blocks() -> Iterator[list[tuple[str, bytes]]]:
        block, size = [], 0
        for line in tools.make_ingest().feed(reader):
            for event in taken.line(line, reader):
                block.append(event)
                size += len(event.raw)
            if size >= BLOCK:
                underway.append(block)
                yield [(event.date, event.raw) for event in block]
                block, size = [], 0
        underway.append(block)
        yield [(event.date, event.raw) for event in block]

    ordered = tools.ordered if item.size > BLOCK else map       # processes for a small file take longer than they save
    for done in ordered(_sanitizing(tools), blocks()):
        taken.sanitized(underway.popleft(), done)
    return taken.finish()


class _Event(NamedTuple):
    """An event on its way through the sanitizer: where it came from, the date it is filed under, its own date."""

    file: str
    line: int
    date: str
    own_date: str
    raw: bytes
    source: bytes       # the line of the log, for the reject that this may become


class _Sanitized(NamedTuple):
    """What became of a block of events: each one's new bytes, None where nothing was found, or why it was rejected."""

    lines: list[bytes | BadLine | None]
    redacted: dict[str, Counter]        # by date
    key_used: bool


def _sanitizing(tools: Tools) -> Callable[[list[tuple[str, bytes]]], _Sanitized]:
    """What is done to a block of events, in whatever process."""
    def sanitize(block: list[tuple[str, bytes]]) -> _Sanitized:
        found: list[bytes | BadLine | None] = []
        counts: dict[str, Counter] = {}
        tools.key.used = False
        for date, raw in block:
            tools.sanitizer.counts = counts.setdefault(date, Counter())
            try:
                clean = tools.sanitizer.line(raw)
                found.append(None if clean is raw else clean)
            except BadLine as error:
                found.append(BadLine(error.reason, error.column))
        return _Sanitized(found, counts, tools.key.used)
    return sanitize


def _sources(item: Input, mask: Callable[[str], str], tell: Callable[[int], None]) -> Iterator[storage.Source]:
    """The opened inputs under names that give nothing away, telling how far they are."""
    done = 0
    for path in item.files:
        for source in sources.open_sources(path):
            watched = storage.Watched(source.stream, lambda: tell(done + source.consumed()))
            yield source._replace(name=mask(os.path.basename(path) + source.name.removeprefix(path)), stream=watched)
        done += os.path.getsize(path)


class _Intake:
    """The files and counts of one input while it is read."""

    def __init__(self, item: Input, tools: Tools):
        self._item, self._tools = item, tools
        self.shown_name = tools.mask(os.path.basename(item.name))
        self._name = f"{_plain(self.shown_name)}-{item.key[:12]}.jsonl"
        self._copy_whole = bool(item.partition)
        self._landing = DatedFiles(tools.lake, "landing", self._name)
        self._sanitized = DatedFiles(tools.lake, "sanitized", self._name)
        self._rejected: list[dict[str, Any]] = []
        self._counts: dict[str, Counter] = {}
        self._redacted: dict[str, Counter] = {}
        self._event_dates: set[str] = set()
        self._key_id = ""           # of the key that pseudonyms of this input were made with
        self._filed = b"", ""       # the last line that gave events, and its date
        self.rejects = _FiledRejects(tools.say, stop=tools.stop_on_error, keep=self._rejected.append, mask=tools.mask)
        self.rejects.intake = self

    def line(self, line: Ingested, reader: Reader) -> Iterator[_Event]:
        """File one line of the input, and give the events in it to be sanitized."""
        date = self._date_of_line(line.raw, line.events, _ANY_STAMP)
        self._file(date, line.raw)
        self._counts_of(date)["read"] += bool(line.raw)
        self._filed = line.raw, date
        for event in line.events:
            try:
                raw = line.copy or dump(event)
            except BadLine as error:
                self.rejects.note(reader.name, reader.line, error.reason, error.column, line.raw, date)
                continue
            yield _Event(reader.name, reader.line, date, self._tools.calendar.date(event["event_time"]), raw, line.raw)

    def sanitized(self, events: list[_Event], done: _Sanitized) -> None:
        """Write a block of events as it was sanitized."""
        if done.key_used and not self._key_id:
            self._tools.key()       # it may have been made in another process
            self._key_id = self._tools.key.id()
        for date, counts in done.redacted.items():
            self._redacted[date].update(counts)
        for event, clean in zip(events, done.lines):
            if isinstance(clean, BadLine):
                self.rejects.note(event.file, event.line, clean.reason, clean.column, event.source, event.date)
                continue
            self._event_dates.add(event.own_date)
            self._sanitized.write(self._item.partition or event.own_date, event.raw if clean is None else clean)
            self._counts[event.date]["events"] += 1

    def reject(self, raw: bytes) -> str:
        """File a line that was not taken, unless a part of it was; its date."""
        if raw and raw is self._filed[0]:
            return self._filed[1]
        date = self._date_of_line(raw, [], _STAMP)
        self._file(date, raw)
        self._counts_of(date)["read"] += 1
        return date

    def _date_of_line(self, raw: bytes, events: list[dict[str, Any]], stamps: re.Pattern[bytes]) -> str:
        if self._item.partition:
            return self._item.partition
        if events:
            return self._tools.calendar.date(events[0]["event_time"])
        stamp = stamps.search(raw)
        return self._tools.calendar.date(stamp[1].decode()) if stamp else UNKNOWN

    def _file(self, date: str, raw: bytes) -> None:
        if self._tools.keep_landing and not self._copy_whole and not self._item.landed and raw:
            self._landing.write(date, raw if b"\n" not in raw else dump(parse(raw)))    # an element of a document may have lines

    def _counts_of(self, date: str) -> Counter:
        if date not in self._counts:
            self._counts[date], self._redacted[date] = Counter(), Counter()
        return self._counts[date]

    def count_reject(self, date: str) -> None:
        self._counts_of(date)["invalid"] += 1

    def finish(self) -> dict[str, Any]:
        lake = self._tools.lake
        landing = list(self._item.landed) if self._item.landed else self._landing.publish()
        if self._copy_whole and not self._item.landed and self._tools.keep_landing:
            landing = [self._copied(path) for path in self._item.files]
        sanitized = self._sanitized.publish()
        if self._item.partition:
            self._counts_of(self._item.partition)
        dates = {date: {**counts, "redactions": dict(sorted(self._redacted[date].items()))} for date, counts in sorted(self._counts.items())}
        manifest = {"name": self.shown_name, "partition": self._item.partition, "bytes": self._item.size,
                    "landing": landing, "sanitized": sanitized, "event_dates": sorted(self._event_dates),
                    "dates": dates, "rejects": self._in_order(), "way": self._tools.way, "key": self._key_id}
        lake.write_json(f".llmops/inputs/pending/{self._item.key}.json", manifest)
        return manifest

    def _in_order(self) -> list[dict[str, Any]]:
        """The rejects as they stand in the input: those of the sanitizer were found later than those of the reader."""
        files = list(dict.fromkeys(reject["file"] for reject in self._rejected))
        return sorted(self._rejected, key=lambda reject: (files.index(reject["file"]), reject["line"]))

    def _copied(self, path: str) -> str:
        """A file of the input as it stands, whole, under the landing of its partition."""
        base = os.path.basename(path)
        ending = re.search(r"((?:\.[A-Za-z0-9]{1,7}){0,2})$", base)[1]
        target = f"landing/date={self._item.partition}/{_plain(self._tools.mask(base))}-{self._item.key[:12]}{ending}"
        folder, name = target.rsplit("/", 1)
        hidden = f"{folder}/.{name}.partial"
        shutil.copyfile(path, self._tools.lake.ready(hidden))
        self._tools.lake.place(hidden, target)
        return target


class _FiledRejects(Rejects):
    """Rejects that are filed by date as well as counted."""

    intake: _Intake

    def add(self, file: str, line: int, reason: str, column: int = 0, raw: bytes = b"") -> None:
        self.note(file, line, reason, column, raw, self.intake.reject(raw))

    def note(self, file: str, line: int, reason: str, column: int, raw: bytes, date: str) -> None:
        """Count a line that has been filed already."""
        super().add(file, line, reason, column, raw)
        self.intake.count_reject(date)
        self.intake._rejected[-1]["date"] = date


def _plain(name: str) -> str:
    """The stem of a file name, of signs that any system takes.

    >>> _plain("chat logs.jsonl.gz")
    'chat-logs'
    """
    stem = re.sub(r"\.(jsonl?|ndjson|log|gz|bz2|xz)\b", "", name)
    return re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-.")[:60] or "input"
