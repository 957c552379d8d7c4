"""From sanitized events to conversations, metrics and reports: what is new is joined to what the lake already holds.

A conversation has the date of its first event. Parts that come later join it when its date is at most `lookback` days
away; the dates they touch are made anew, all in one commit.
"""

import heapq
import json
from collections import Counter, deque
from datetime import date as calendar_date, timedelta
from typing import Any, Callable, Iterator, NamedTuple

from ..errors import UserError
from ..jsonl import dump, parse
from ..logs.assemble import Assembler, group_of, group_of_conversation, head_of, split_messages
from ..metrics.adoption import Headcount
from ..metrics.aggregate import BY, Aggregator, daily
from ..records import Calendar
from .intake import BLOCK, Ordered
from .lake import WORK, DatedFiles, Lake
from .memory import SameHeadcount

CONVERSATIONS = "conversations.jsonl"
BY_MODEL = ("date", "model", "release")


class Settings(NamedTuple):
    """How conversations are made and classified."""

    calendar: Calendar
    gap: float
    memory: int
    lookback: int
    label: Callable[[bytes], bytes]         # a conversation's line to the same line with its category
    wanted: Callable[[str], bool]           # whether a date's conversations are asked for
    asked: str                              # the one date that was asked for, "" for all: it gets metrics even without conversations
    ordered: Ordered = map                  # work on blocks in this process, or in several
    label_file: Callable[[str, str], None] | None = None    # in place of `label`: from one file of conversations to another, in order
    kinds: frozenset[str] = frozenset()     # of findings, beside those that the program knows
    findings_known: Callable[[str], bool] = lambda date: True      # whether the findings of a date can be told from its texts
    headcount: Headcount | None = None      # who knows how many people a group could have; None: what a date's metrics said before


class Published(NamedTuple):
    """What a publication made: the moves that put it in place, and for each date that changed its counts."""

    moves: list[tuple[str, str]]
    dates: dict[str, dict[str, Any]]
    too_late: int           # conversations that began on dates whose conversations were pruned: those keep their metrics
    unasked: int            # conversations that began on dates that were not asked for


def publish(lake: Lake, manifests: list[dict[str, Any]], settings: Settings, *, rebuild: bool, tell: Callable[[str], None]) -> Published:
    """Make the conversations and metrics that the events of `manifests` change. With `rebuild`, everything anew."""
    closed = frozenset() if rebuild else _closed(lake)
    held = _Held(lake, [] if rebuild else _window(lake, manifests, settings.lookback), manifests, forget=rebuild)
    assembler = Assembler(settings.calendar, gap=settings.gap, memory=settings.memory)
    for event, raw in held.messages():
        assembler.add(event, raw)
    tell("assembling")
    for manifest in manifests:
        for path in manifest["sanitized"]:
            for event, raw in _events(lake, path):
                if not (closed and settings.calendar.date(event["event_time"]) in closed and group_of(event) in held.groups):
                    assembler.add(event, raw)
    tell("classifying")
    fresh = DatedFiles(lake, f"{WORK}/fresh", CONVERSATIONS)
    repeated: Counter = Counter()
    left_out: Counter = Counter()

    def is_wanted(conversation: Any) -> bool:
        date = conversation.keys["date"]
        if date not in closed and (settings.wanted(date) or group_of_conversation(conversation.keys) in held.groups):
            return True
        left_out["closed" if date in closed else "unasked"] += 1
        return False

    wanted = filter(is_wanted, assembler.conversations())
    for dated, lines in _labelled_by_file(lake, wanted, settings.label_file) if settings.label_file else _labelled(wanted, settings):
        for (date, again), line in zip(dated, lines):
            fresh.write(date, line)
            repeated[date] += again
    dates = sorted({*fresh.flush(), *held.dates, *({settings.asked} - closed if settings.asked else ())})
    stale = [date for date in lake.partitions("conversations") if date not in dates and settings.wanted(date)] if rebuild else []
    moves, counts = [], {}
    def count(date: str) -> tuple[list[tuple[str, str]], dict[str, Any]]:
        return write_date(lake, date, fresh, held.untouched(date), settings, settings.headcount or (None if rebuild else SameHeadcount(lake, date)))

    for date, (made, counted) in zip(dates, settings.ordered(count, dates)):
        tell(f"counting {date}")
        counts[date] = {**counted, "repeated": repeated[date]}
        moves += made
    for date in stale:
        moves += [(path, "") for stage in ("conversations", "curated/metrics_daily", "reports") for path in lake.files(stage, date)]
    return Published(moves, counts, left_out["closed"], left_out["unasked"])


def _labelled(conversations: Iterator[Any], settings: Settings) -> Iterator[tuple[list[tuple[str, int]], list[bytes]]]:
    """Conversations with their categories, block by block: of each its date and how many repeats it dropped, and its line."""
    underway: deque[list[tuple[str, int]]] = deque()

    def blocks() -> Iterator[list[bytes]]:
        dated, lines, size = [], [], 0
        for conversation in conversations:
            lines.append(conversation.line())
            dated.append((conversation.keys["date"], conversation.repeated))
            size += len(lines[-1])
            if size >= BLOCK:
                underway.append(dated)
                yield lines
                dated, lines, size = [], [], 0
        underway.append(dated)
        yield lines

    for lines in settings.ordered(lambda block: [settings.label(line) for line in block], blocks()):
        yield underway.popleft(), lines


def _labelled_by_file(lake: Lake, conversations: Iterator[Any], label_file: Callable[[str, str], None]) -> Iterator[tuple[list[tuple[str, int]], list[bytes]]]:
    """The same through files: who is asked over a network takes its own time and keeps its own journal."""
    dated: list[tuple[str, int]] = []
    source, target = lake.ready(f"{WORK}/unlabelled.jsonl"), lake.ready(f"{WORK}/labelled.jsonl")
    with open(source, "wb", buffering=1 << 18) as file:
        for conversation in conversations:
            dated.append((conversation.keys["date"], conversation.repeated))
            file.write(conversation.line() + b"\n")
    if dated:
        label_file(source, target)
        with open(target, "rb", buffering=1 << 18) as file:
            for known, line in zip(dated, file, strict=True):
                yield [known], [line.rstrip(b"\n")]


def write_date(lake: Lake, date: str, fresh: DatedFiles, old: Iterator[tuple[tuple[str, str], bytes]], settings: Settings,
               headcount: Headcount | SameHeadcount | None) -> tuple[list[tuple[str, str]], dict[str, Any]]:
    """Write the files of one date under their working names, from its fresh conversations and the `old` ones that stay, each
    with its place in the order: the moves that put them in place, and the date's counts."""
    totals, models = [Aggregator(by, settings.calendar, kinds=settings.kinds, findings_known=settings.findings_known(date)) for by in (BY, BY_MODEL)]
    new = ((order_of(line), line) for line in lines_of(lake, fresh.hidden(date)))
    staged = {name: f"{WORK}/{date}.{name}" for name in (CONVERSATIONS, "metrics.json", "tallies.jsonl", "models.jsonl")}
    with open(lake.ready(staged[CONVERSATIONS]), "wb", buffering=1 << 18) as file:
        for _, line in heapq.merge(new, old):
            conversation = parse(line)
            totals.add(conversation)
            models.add(conversation)
            file.write(line + b"\n")
    document = next(daily(totals, headcount), {"date": date, "metrics": [], "total_conversations": 0, "total_events_processed": 0})
    with open(lake.path(staged["metrics.json"]), "wb") as file:
        file.write(json.dumps(document, indent=1, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")
    for name, counted in (("tallies.jsonl", totals), ("models.jsonl", models)):
        with open(lake.path(staged[name]), "wb") as file:
            file.writelines(dump(partial) + b"\n" for partial in counted.partials())
    curated = f"curated/metrics_daily/date={date}"
    moves = [(staged[CONVERSATIONS], conversations_of(date)),
             (staged["tallies.jsonl"], f"{curated}/tallies.jsonl"), (staged["models.jsonl"], f"{curated}/models.jsonl"),
             (staged["metrics.json"], f"{curated}/metrics.json")]
    return moves, {"conversations": document["total_conversations"], "rows": len(document["metrics"])}


class _Held:
    """The conversations that the lake already holds on some dates: those that new events touch, and the others."""

    def __init__(self, lake: Lake, dates: list[str], manifests: list[dict[str, Any]], forget: bool):
        self._lake, self._forget = lake, forget
        self.groups: set[str] = set()       # touched conversations, as `group_of` names them
        self.dates: set[str] = set()        # dates that lose or change a conversation
        if not dates:
            return
        new = {group_of(event) for manifest in manifests for path in manifest["sanitized"] for event, _ in _events(lake, path)}
        for date in dates:
            for line in lines_of(lake, conversations_of(date)):
                group = group_of_conversation(head_of(line))
                if group in new:
                    self.groups.add(group)
                    self.dates.add(date)

    def messages(self) -> Iterator[tuple[dict[str, Any], bytes]]:
        """The messages of the touched conversations, with the bytes they have there."""
        for date in sorted(self.dates):
            for line in lines_of(self._lake, conversations_of(date)):
                if group_of_conversation(head_of(line)) in self.groups:
                    yield from split_messages(line)

    def untouched(self, date: str) -> Iterator[tuple[tuple[str, str], bytes]]:
        """The other conversations of a date, each with its place in the order."""
        for line in () if self._forget else lines_of(self._lake, conversations_of(date)):
            if date not in self.dates or group_of_conversation(head_of(line)) not in self.groups:
                yield order_of(line), line


def conversations_of(date: str) -> str:
    """The file of a date's conversations, as a path in the lake."""
    return f"conversations/date={date}/{CONVERSATIONS}"


def _window(lake: Lake, manifests: list[dict[str, Any]], lookback: int) -> list[str]:
    """The dates of the lake whose conversations new events may belong to."""
    new = sorted(date for manifest in manifests for date in manifest["event_dates"])
    if not new:
        return []
    since, until = _shifted(new[0], -lookback), _shifted(new[-1], lookback)
    return [date for date in lake.partitions("conversations") if since <= date <= until]


def _closed(lake: Lake) -> frozenset[str]:
    """The dates that have metrics and whose conversations were pruned, so that nothing can be added to them."""
    return frozenset(date for date in lake.partitions("curated/metrics_daily") if not lake.exists(conversations_of(date)))


def _shifted(date: str, days: int) -> str:
    try:
        return (calendar_date.fromisoformat(date) + timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        return date


def order_of(line: bytes) -> tuple[str, str]:
    """A conversation's place among others: its start as text that sorts as time does, then its id."""
    record = head_of(line)
    return record["started_at"].removesuffix("Z"), str(record["conversation_id"])


def _events(lake: Lake, path: str) -> Iterator[tuple[dict[str, Any], bytes]]:
    for line in lines_of(lake, path):
        yield parse(line), line


def lines_of(lake: Lake, path: str) -> Iterator[bytes]:
    """The lines of a file of the lake, none when it is not there. UserError when one was cut or is no record at all."""
    try:
        file = open(lake.path(path), "rb", buffering=1 << 18)
    except FileNotFoundError:
        return
    with file:
        for number, line in enumerate(file, 1):
            line = line.rstrip(b"\n")
            if line[:1] != b"{" or line[-1:] != b"}":
                raise UserError("is not a whole record", where=f"{lake.path(path)}:{number}", hint="llmops run --force makes everything anew from the landing")
            yield line
