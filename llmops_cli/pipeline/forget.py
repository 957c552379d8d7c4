"""One person taken out of a lake: out of what came in, the sanitized events, the conversations and the feedback; the
metrics of the dates that were touched are made anew, and everything changes in one commit.

What counts as a person's own: each event with the person's `user_id`, and the whole of each conversation that is the
person's. Of a conversation of somebody else, the person's messages alone.
"""

from collections import Counter
from typing import Any, Callable, Iterator, NamedTuple

from .. import storage
from ..feedback.record import ERASURE
from ..feedback.store import Store
from ..jsonl import BadLine, Reader, Rejects, dump, parse
from ..logs import sources
from ..logs.assemble import Assembler, group_of, group_of_conversation, head_of, split_messages
from ..logs.ingest import Ingest
from .lake import WORK, DatedFiles, Lake
from .memory import SameHeadcount, kinds_of, tellable
from .publish import CONVERSATIONS, Settings, conversations_of, lines_of, order_of, write_date

FEEDBACK = "feedback/feedback.jsonl"
RECEIPTS = "reports/erasures.jsonl"


class Person:
    """Somebody by an id, as typed or as the pseudonym that sanitizing gives it. `alias` is that giving, by key and value."""

    def __init__(self, identity: str, alias: Callable[[str, str], str]):
        self.names = {identity, alias("user_id", identity)}
        self._alias, self._known = alias, {}

    def owns(self, record: dict[str, Any]) -> bool:
        """Whether a record's `user_id` is this person, sanitized or not."""
        user = record.get("user_id")
        return user is not None and user != "" and (str(user) in self.names or self._sanitized("user_id", str(user)) in self.names)

    def group(self, event: dict[str, Any]) -> str:
        """The group of an event as the sanitized lake names it."""
        named = {key: self._sanitized(key, str(event[key])) for key in ("conversation_id", "user_id") if event.get(key) not in (None, "")}
        return group_of(named)

    def _sanitized(self, key: str, value: str) -> str:
        known = self._known.get((key, value))
        if known is None:
            known = self._known[key, value] = self._alias(key, value)
        return known


class Held(NamedTuple):
    """What a lake holds of a person: conversations of their own, and others that they wrote in, by date and group."""

    own: dict[str, set[str]]
    shared: dict[str, set[str]]

    def groups(self) -> set[str]:
        return {group for groups in self.own.values() for group in groups}


def held(lake: Lake, person: Person) -> Held:
    """Find a person in the conversations of a lake."""
    own: dict[str, set[str]] = {}
    shared: dict[str, set[str]] = {}
    for date in lake.partitions("conversations"):
        for line in lines_of(lake, conversations_of(date)):
            head = head_of(line)
            if person.owns(head):
                own.setdefault(date, set()).add(group_of_conversation(head))
            elif any(person.owns(message) for message, _ in split_messages(line)):
                shared.setdefault(date, set()).add(group_of_conversation(head))
    return Held(own, shared)


def everything(lake: Lake, person: Person, make_ingest: Callable[[], Ingest]) -> Iterator[dict[str, Any]]:
    """Everything that a lake holds of a person, for the person to read: `stage, file, record`, as it stands there."""
    about = held(lake, person)
    own = about.groups()
    for date in lake.partitions("landing"):
        for path in lake.files("landing", date):
            for raw, _ in _landed(lake, path, person, own, make_ingest):
                yield {"stage": "landing", "file": path, "record": _record(raw)}
    for date in sorted({*about.own, *about.shared}):
        for line in lines_of(lake, conversations_of(date)):
            if group_of_conversation(head_of(line)) in about.own.get(date, ()):
                yield {"stage": "conversations", "file": conversations_of(date), "record": parse(line)}
            elif group_of_conversation(head_of(line)) in about.shared.get(date, ()):
                for message, _ in split_messages(line):
                    if person.owns(message):
                        yield {"stage": "conversations", "file": conversations_of(date), "record": message}
    store = Store(lake.path(FEEDBACK))
    for record in store.read() if store.exists() else ():
        if person.owns(record):
            yield {"stage": "feedback", "file": FEEDBACK, "record": record}


def forget(lake: Lake, person: Person, make_ingest: Callable[[], Ingest], settings: Settings, stamp: str) -> dict[str, Any]:
    """Take a person out of the lake for good; the receipt: what was taken out of where, by number, and when."""
    about = held(lake, person)
    own, dates, moves = about.groups(), {*about.own, *about.shared}, []
    counts: Counter[str] = Counter()
    manifests = {(state, key): manifest for state in ("done", "pending") for key, manifest in lake.manifests(state).items()}
    for (state, key), manifest in manifests.items():
        changed = _cleared_manifest(lake, manifest, person, own, counts, moves)
        if changed:
            lake.write_json(f"{WORK}/{state}.{key}.json", manifest)
            moves.append((f"{WORK}/{state}.{key}.json", f".llmops/inputs/{state}/{key}.json"))
    for date in lake.partitions("landing"):
        for path in lake.files("landing", date):
            _clear_landing(lake, path, person, own, make_ingest, counts, moves)
    settings = settings._replace(kinds=kinds_of(manifests.values()), findings_known=tellable(manifests.values()))
    made = _clear_conversations(lake, person, about, settings, dates, counts, moves)
    for date in sorted(dates):
        moves += _corrected_report(lake, date, made.get(date, {}), [manifest for _, manifest in sorted(manifests.items()) if date in manifest["dates"]])
    receipt = {"time": stamp, "landing_lines": counts["lines"], "landing_files": counts["files"], "sanitized_events": counts["events"],
               "conversations": counts["conversations"], "messages": counts["messages"], "feedback": _clear_feedback(lake, person, stamp), "dates": sorted(dates)}
    if any(receipt[key] for key in ("landing_lines", "landing_files", "sanitized_events", "conversations", "messages", "feedback")):
        with open(lake.ready(f"{WORK}/erasures.jsonl"), "wb") as file:
            file.writelines(line + b"\n" for line in lines_of(lake, RECEIPTS))
            file.write(dump(receipt) + b"\n")
        lake.commit([*moves, (f"{WORK}/erasures.jsonl", RECEIPTS)])
    else:
        lake.recover()      # clears the unfinished work away
    return receipt


def _cleared_manifest(lake: Lake, manifest: dict[str, Any], person: Person, own: set[str], counts: Counter, moves: list) -> bool:
    """Write the sanitized files of an input without the person, and count its note down; whether anything was theirs."""
    gone = 0
    for path in manifest["sanitized"]:
        staged, theirs = f"{WORK}/{path.replace('/', '.')}", 0
        with open(lake.ready(staged), "wb", buffering=1 << 18) as file:
            for line in lines_of(lake, path):
                event = parse(line)
                if person.owns(event) or group_of(event) in own:
                    theirs += 1
                else:
                    file.write(line + b"\n")
        if theirs:
            moves.append((staged, path))
            date = path.split("/")[1].removeprefix("date=")
            if date in manifest["dates"]:
                manifest["dates"][date]["events"] = max(0, manifest["dates"][date].get("events", 0) - theirs)
        gone += theirs
    counts["events"] += gone
    return bool(gone)


def _landed(lake: Lake, path: str, person: Person, own: set[str], make_ingest: Callable[[], Ingest]) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """The lines of a landed file that are the person's, each with its event; of a file whose events come without their lines, b""."""
    reader = Reader(sources.open_sources(lake.path(path)), Rejects(lambda line: None))
    for line in make_ingest().feed(reader):
        theirs = next((event for event in line.events if person.owns(event) or person.group(event) in own), None)
        if theirs is not None:
            yield line.raw, theirs


def _clear_landing(lake: Lake, path: str, person: Person, own: set[str], make_ingest: Callable[[], Ingest], counts: Counter, moves: list) -> None:
    """Write a landed file without the person's lines; where these cannot be told apart (an archive, a database, one large
    document) the file goes as a whole: what was made of it stays."""
    theirs = Counter(raw for raw, _ in _landed(lake, path, person, own, make_ingest))
    if not theirs:
        return
    staged, left = f"{WORK}/{path.replace('/', '.')}", dict(theirs)
    source = storage.open_source(lake.path(path))
    with source.stream as lines, storage.create(lake.ready(staged)) as file:
        for raw in lines:
            bare = raw.rstrip(b"\r\n")
            if bare in theirs:
                left.pop(bare, None)
                counts["lines"] += 1
            elif not any(name.encode() in bare and not _is_record(bare) for name in person.names):
                file.write(raw)
    if left:
        counts["files"] += 1
        moves.append((path, ""))
    else:
        moves.append((staged, path))


def _clear_conversations(lake: Lake, person: Person, about: Held, settings: Settings, dates: set[str], counts: Counter, moves: list) -> dict[str, dict[str, Any]]:
    """Make the conversations and metrics of the touched dates anew; the counts of each date. Adds to `dates` where a shared
    conversation now begins on another."""
    assembler = Assembler(settings.calendar, gap=settings.gap, memory=settings.memory)
    for date, groups in sorted(about.shared.items()):
        for line in lines_of(lake, conversations_of(date)):
            if group_of_conversation(head_of(line)) in groups:
                for message, raw in split_messages(line):
                    if person.owns(message):
                        counts["messages"] += 1
                    else:
                        assembler.add(message, raw)
    fresh = DatedFiles(lake, f"{WORK}/fresh", CONVERSATIONS)
    for conversation in assembler.conversations():
        fresh.write(conversation.keys["date"], settings.label(conversation.line()))
    dates.update(fresh.flush())
    counts["conversations"] = sum(map(len, about.own.values()))
    made = {}
    for date in sorted(dates):
        gone = about.own.get(date, set()) | about.shared.get(date, set())
        left = ((order_of(line), line) for line in lines_of(lake, conversations_of(date)) if group_of_conversation(head_of(line)) not in gone)
        more, made[date] = write_date(lake, date, fresh, left, settings, SameHeadcount(lake, date))
        moves += more
    return made


def _corrected_report(lake: Lake, date: str, made: dict[str, Any], manifests: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """The run report of a date with the numbers of what is left."""
    path = f"reports/date={date}/run_latest.json"
    report = lake.read_json(path)
    if report is None or not made:
        return []
    report |= {"conversations_assembled": made["conversations"], "conversations_classified": made["conversations"], "metrics_written": made["rows"],
               "sanitized_written": sum(manifest["dates"][date].get("events", 0) for manifest in manifests)}
    lake.write_json(f"{WORK}/{date}.run_latest.json", report)
    return [(f"{WORK}/{date}.run_latest.json", path)]


def _clear_feedback(lake: Lake, person: Person, stamp: str) -> int:
    store = Store(lake.path(FEEDBACK))
    if not store.exists():
        return 0
    tomb = {"event_time": stamp, "type": ERASURE, "erased": 0}

    def kept(record: dict[str, Any]) -> dict[str, Any] | None:
        if not person.owns(record):
            return record
        tomb["erased"] += 1
        return None
    store.rewrite(kept, after=(tomb,))
    lake.changed(FEEDBACK)
    return tomb["erased"]


def _is_record(raw: bytes) -> bool:
    try:
        parse(raw)
    except BadLine:
        return False
    return True


def _record(raw: bytes) -> Any:
    try:
        return parse(raw)
    except BadLine:
        return None
