"""One person taken out of a lake: out of what came in, the sanitized events, the conversations and the feedback; the
metrics of the dates that were touched are made anew, and everything changes in one commit.

What counts as a person's own: each event with the person's `user_id`, and the whole of each conversation that is the
person's. Of a conversation of somebody else, the person's messages alone. Lines that were rejected are theirs, too, when
they name the person; what the listings of rejects say of them goes with them.
"""

from collections import Counter
from typing import Any, Callable, Iterable, Iterator

from .. import storage
from ..errors import DamagedInput
from ..feedback.store import Store
from ..jsonl import BadLine, Reader, Rejects, dump, parse, readable
from ..logs import sources
from ..logs.assemble import Assembler, group_of, group_of_conversation, head_of, split_messages
from ..logs.ingest import Ingest
from . import erasure
from .erasure import FEEDBACK
from .lake import WORK, DatedFiles, Lake
from .memory import SameHeadcount, kinds_of, tellable
from .person import Held, Person, held
from .publish import CONVERSATIONS, Settings, conversations_of, lines_of, order_of, write_date

RECEIPTS = "reports/erasures.jsonl"


class _TheirRejects(Rejects):
    """The rejected lines that are a person's, until they are taken; their texts as the listings of rejects have them."""

    def __init__(self, person: Person, own: set[str], mask: Callable[[str], str] | None = None):
        super().__init__(lambda line: None, mask=mask)
        self._person, self._own = person, own
        self.texts: set[str] = set()
        self._lines: list[bytes] = []

    def add(self, file: str, line: int, reason: str, column: int = 0, raw: bytes = b"") -> None:
        if raw and self._person.wrote(raw, self._own):
            self._lines.append(raw)
            self.texts.add(self._masked(raw))

    def taken(self) -> list[bytes]:
        """Those that came since it was last asked."""
        lines, self._lines = self._lines, []
        return lines


def everything(lake: Lake, person: Person, make_ingest: Callable[[], Ingest]) -> Iterator[dict[str, Any]]:
    """Everything that a lake holds of a person, for the person to read: `stage, file, record`, as it stands there."""
    about = held(lake, person, make_ingest)
    own = about.groups()
    barren = _barren([*lake.manifests("done").values(), *lake.manifests("pending").values()])
    for date in lake.partitions("landing"):
        for path in lake.files("landing", date):
            for raw in _landed(lake, path, path in barren, person, own, make_ingest, _TheirRejects(person, own)):
                yield {"stage": "landing", "file": path, "record": _record(raw)}
    for date in sorted({*about.own, *about.shared}):
        for line in lines_of(lake, conversations_of(date)):
            if group_of_conversation(head_of(line)) in about.own.get(date, ()):
                yield {"stage": "conversations", "file": conversations_of(date), "record": parse(line)}
            elif group_of_conversation(head_of(line)) in about.shared.get(date, ()):
                for message, _ in split_messages(line):
                    if person.owns(message):
                        yield {"stage": "conversations", "file": conversations_of(date), "record": message}
    made = about.made()
    for path in (path for date in lake.partitions("sanitized") for path in lake.files("sanitized", date)):
        for event in map(parse, lines_of(lake, path)):
            if group_of(event) not in made and (person.owns(event) or group_of(event) in about.unmade):
                yield {"stage": "sanitized", "file": path, "record": event}
    store = Store(lake.path(FEEDBACK))
    for record in store.read() if store.exists() else ():
        if person.owns(record):
            yield {"stage": "feedback", "file": FEEDBACK, "record": record}


def forget(lake: Lake, person: Person, make_ingest: Callable[[], Ingest], settings: Settings, stamp: str, mask: Callable[[str], str]) -> dict[str, Any]:
    """Take a person out of the lake for good; the receipt: what was taken out of where, by number, and when. `mask` is what
    the texts of rejects were masked with."""
    about = held(lake, person, make_ingest)
    own, dates, moves = about.groups(), {*about.own, *about.shared}, []
    counts: Counter[str] = Counter()
    manifests = {(state, key): manifest for state in ("done", "pending") for key, manifest in lake.manifests(state).items()}
    rejected, barren = _TheirRejects(person, own, mask), _barren(manifests.values())
    for date in lake.partitions("landing"):
        for path in lake.files("landing", date):
            _clear_landing(lake, path, path in barren, person, own, make_ingest, rejected, counts, moves)
    for (state, key), manifest in manifests.items():
        changed = _cleared_manifest(lake, manifest, person, own, counts, moves)
        if _cleared_rejects(manifest["rejects"], person, own, rejected.texts, counts) or changed:
            lake.write_json(f"{WORK}/{state}.{key}.json", manifest)
            moves.append((f"{WORK}/{state}.{key}.json", f".llmops/inputs/{state}/{key}.json"))
    if counts["rejects"]:
        _clear_listings(lake, rejected.texts, moves)
    settings = settings._replace(kinds=kinds_of(manifests.values()), findings_known=tellable(manifests.values()))
    made = _clear_conversations(lake, person, about, settings, dates, counts, moves)
    for date in sorted(dates):
        moves += _corrected_report(lake, date, made.get(date, {}), [manifest for _, manifest in sorted(manifests.items()) if date in manifest["dates"]])
    _clear_feedback(lake, person, stamp, counts, moves)
    receipt = {"time": stamp, "landing_lines": counts["lines"], "landing_files": counts["files"], "sanitized_events": counts["events"],
               "conversations": counts["conversations"], "messages": counts["messages"], "rejects": counts["rejects"], "feedback": counts["feedback"], "dates": sorted(dates)}
    if any(receipt[key] for key in ("landing_lines", "landing_files", "sanitized_events", "conversations", "messages", "rejects", "feedback")):
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


def _cleared_rejects(rejects: list[dict[str, Any]], person: Person, own: set[str], texts: set[str], counts: Counter) -> bool:
    """Empty the texts of an input's rejects that are the person's, and add them to `texts`; whether there were any."""
    found = False
    for reject in rejects:
        text = reject["text"]
        if text and (text in texts or person.wrote(text.encode("utf-8", "replace"), own)):
            texts.add(text)
            reject["text"], found = "", True
            counts["rejects"] += 1
    return found


def _clear_listings(lake: Lake, texts: set[str], moves: list) -> None:
    """Empty these texts in the listings of rejects."""
    for date in lake.partitions("reports"):
        path, staged = f"reports/date={date}/rejects.jsonl", f"{WORK}/{date}.rejects.jsonl"
        rejects = [parse(line) for line in lines_of(lake, path)]
        if any(reject.get("text") in texts for reject in rejects):
            with open(lake.ready(staged), "wb") as file:
                file.writelines(dump({**reject, "text": ""} if reject.get("text") in texts else reject) + b"\n" for reject in rejects)
            moves.append((staged, path))


def _barren(manifests: Iterable[dict[str, Any]]) -> set[str]:
    """The landed files whose lines gave no event at all, so that no format can be told from them."""
    return {path for manifest in manifests for path in manifest["landing"]
            if not manifest["dates"].get(path.split("/")[1].removeprefix("date="), {}).get("events")}


def _landed(lake: Lake, path: str, barren: bool, person: Person, own: set[str], make_ingest: Callable[[], Ingest], rejected: _TheirRejects) -> Iterator[bytes]:
    """The lines of a landed file that are the person's; of a file whose events come without their lines, b""."""
    reader = Reader(sources.open_sources(lake.path(path)), rejected)
    if barren:
        for _ in reader.lines():
            reader.reject("no event")
            yield from rejected.taken()
        return
    for line in make_ingest().feed(reader):
        if any(person.owns(event) or person.group(event) in own for event in line.events) or not line.events and line.raw and person.wrote(line.raw, own):
            yield line.raw
        yield from rejected.taken()
    yield from rejected.taken()


def _clear_landing(lake: Lake, path: str, barren: bool, person: Person, own: set[str], make_ingest: Callable[[], Ingest], rejected: _TheirRejects,
                   counts: Counter, moves: list) -> None:
    """Write a landed file without the person's lines; where these cannot be told apart (an archive, a database, one large
    document) the file goes as a whole: what was made of it stays."""
    theirs = set(_landed(lake, path, barren, person, own, make_ingest, rejected))
    if not theirs:
        return
    staged, left = f"{WORK}/{path.replace('/', '.')}", set(theirs)
    source = storage.open_source(lake.path(path), archives=True)
    with source.stream as lines, storage.create(lake.ready(staged)) as file:
        try:
            for number, raw in enumerate(lines):
                bare = (raw if number else raw.removeprefix(b"\xef\xbb\xbf")).removesuffix(b"\n").removesuffix(b"\r")      # as a Reader gives it
                if bare and bare in theirs:
                    left.discard(bare)
                    counts["lines"] += 1
                else:
                    file.write(raw)
        except DamagedInput:
            pass        # a cut archive: what stood before the cut is all there is
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


def _clear_feedback(lake: Lake, person: Person, stamp: str, counts: Counter, moves: list) -> None:
    listing = erasure.listed(Store(lake.path(FEEDBACK)), person.owns, stamp)
    counts["feedback"] = len(listing["marks"])
    if listing["marks"]:
        lake.write_json(f"{WORK}/feedback.json", listing)
        moves.append((f"{WORK}/feedback.json", FEEDBACK))


def _record(raw: bytes) -> Any:
    try:
        return parse(raw)
    except BadLine:
        return readable(raw) or None
