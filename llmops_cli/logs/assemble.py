"""Events to conversations: grouped by id (or by user and silence), ordered by time, in bounded memory.

A message keeps the bytes it came in: conversations are spliced together, not encoded again.
"""

from datetime import datetime
from hashlib import blake2b
from operator import itemgetter
from typing import Any, Callable, Iterable, Iterator, NamedTuple

from ..jsonl import dump, parse, scan
from ..records import TURN_ROLES, UNKNOWN, Calendar, parse_time, utc_stamp

NO_ID = "\0"        # how that begins by which a message without an id is known
ENTRY_COST = 450    # bytes of bookkeeping that a held message costs beside its own, measured


class Entry(NamedTuple):
    """A message on its way into a conversation."""

    moment: str         # UTC without the Z, so that text order is time order
    number: int         # input order
    known_by: str       # what tells it from its repeats
    role: str
    team: Any
    user: Any
    raw: bytes


class Conversation(NamedTuple):
    """An assembled conversation: where it stands in the output, and its line in pieces."""

    started: str
    id: str
    head: bytes                     # the line up to its first message
    repeated: int                   # repeats of its messages that were dropped
    messages: Iterable[bytes]       # a list of messages, or blocks of them already joined

    @property
    def keys(self) -> dict[str, Any]:
        """Its keys but for the messages."""
        return head_of(self.head)

    def parts(self) -> Iterator[bytes]:
        """The line, without its end, in pieces to be written one after another."""
        yield self.head
        if isinstance(self.messages, list):
            yield b", ".join(self.messages)
        else:
            yield from self.messages
        yield b"]}"

    def line(self) -> bytes:
        return b"".join(self.parts())


MESSAGES = b', "messages": ['


def head_of(line: bytes) -> dict[str, Any]:
    """The keys before the messages of a conversation's line. (In a JSON string the quotes would be escaped.)"""
    return parse(line[:line.index(MESSAGES)] + b"}")


def split_messages(line: bytes) -> Iterator[tuple[dict[str, Any], bytes]]:
    """The messages of a conversation's line as it was assembled, each with its own bytes."""
    text = line.decode()
    at = text.index(MESSAGES.decode()) + len(MESSAGES)
    while text[at] != "]":
        message, end = scan(text, at)
        yield message, text[at:end].encode()
        at = end + 2 if text[end] == "," else end


in_time_order = itemgetter(0, 1)     # moment, then number
in_output_order = itemgetter(0, 1)   # start, then id

# What holds the messages of one conversation while it grows: a list, or something on disk with the same two methods.
Shelf = Callable[[], Any]
Join = Callable[[str, Iterable[Entry], Shelf], Iterator[Conversation]]


class Assembler:
    """Takes events in any order, then gives their conversations in the order of their first event, then of their id.

    `gap` is the silence in seconds that ends a conversation of events that carry no conversation id. Beyond `memory`
    bytes the events go to temporary files; the conversations and their order are the same. With `turns`, each question
    and its reply is a conversation of its own.
    """

    def __init__(self, calendar: Calendar, *, gap: float = 1800.0, memory: int = 256 << 20, turns: bool = False):
        self._calendar, self._gap, self._memory, self._turns = calendar, gap, memory, turns
        self._held: dict[str, list[Entry]] = {}
        self._used = 0
        self._spill: Any = None
        self.events = 0         # taken so far
        self.repeated = 0       # of these, dropped as repeats; known when the conversations have been given

    def add(self, event: dict[str, Any], raw: bytes) -> None:
        """Take an event (one that `records.event_problem` finds nothing wrong with) whose line is `raw`."""
        stamp = event["event_time"]
        moment = stamp[:19] if len(stamp) == 20 and stamp[-1] == "Z" else _moment(stamp)
        role = event["role"]
        group = group_of(event)
        identity = event.get("message_id")
        known_by = str(identity) if identity not in (None, "") else _fingerprint(moment, role, event["content"])
        self.events += 1
        entry = Entry(moment, self.events, known_by, role, event.get("team"), event.get("user_id"), raw)
        if self._spill:
            self._spill.add(group, entry)
            return
        entries = self._held.get(group)
        if entries is None:
            self._held[group] = [entry]
        else:
            entries.append(entry)
        self._used += len(raw) + ENTRY_COST
        if self._used > self._memory:
            self._to_disk()

    def _to_disk(self) -> None:
        from .spill import Spill
        self._spill = Spill(self._memory)
        for group, entries in self._held.items():
            for entry in entries:
                self._spill.add(group, entry)
        self._held.clear()

    def conversations(self) -> Iterator[Conversation]:
        """Every conversation, once."""
        if self._spill:
            yield from self._spill.conversations(self._join)
            return
        found: list[Conversation] = []
        for group, entries in self._held.items():
            entries.sort(key=in_time_order)
            found.extend(self._join(group, entries, list))
        self._held.clear()
        found.sort(key=in_output_order)
        found.reverse()
        while found:
            yield found.pop()       # what has been given need not be held

    def _join(self, group: str, entries: Iterable[Entry], shelf: Shelf) -> Iterator[Conversation]:
        """The conversations of one group of entries that are in time order."""
        draft: _Draft | None = None
        seen: set[str] = set()
        now: set[str] = set()       # of this moment alone: what has no id is known by its time, too
        at = ""
        repeated = 0
        for entry in entries:
            if entry.moment != at:
                at = entry.moment
                now.clear()
            known = now if entry.known_by[0] == NO_ID else seen
            if entry.known_by in known:
                repeated += 1
                continue
            known.add(entry.known_by)
            if draft is None:
                draft = _Draft(group, entry, shelf(), self._turns)
            elif group[0] == "u" and _seconds_between(draft.ended, entry.moment) > self._gap:
                yield draft.finished(self._calendar, self._dropped(repeated))
                draft, repeated = _Draft(group, entry, shelf(), self._turns), 0
            elif self._turns and entry.role == "user" and draft.last_role != "user":
                yield draft.finished(self._calendar, self._dropped(repeated))
                draft, repeated = draft.next_turn(entry, shelf()), 0
            draft.add(entry)
        if draft:
            yield draft.finished(self._calendar, self._dropped(repeated))

    def _dropped(self, repeated: int) -> int:
        self.repeated += repeated
        return repeated


class _Draft:
    """A conversation that is growing."""

    def __init__(self, group: str, first: Entry, shelf: Any, turn: int):
        self.group, self.started, self.shelf = group, first.moment, shelf
        self.id = group[1:] if group[0] == "c" else _inferred_id(group, first.moment)
        self.team = self.user = None
        self.ended = first.moment
        self.last_role = ""
        self.turns, self.turn = 0, int(turn)     # the number of this turn, 0 for a whole conversation

    def next_turn(self, first: Entry, shelf: Any) -> "_Draft":
        later = _Draft(self.group, first, shelf, self.turn + 1)
        later.id, later.team, later.user = self.id, self.team, self.user
        return later

    def add(self, entry: Entry) -> None:
        self.team = entry.team if self.team is None else self.team
        self.user = entry.user if self.user is None else self.user
        self.ended, self.last_role = entry.moment, entry.role
        self.turns += entry.role in TURN_ROLES
        self.shelf.append(entry.raw)

    def finished(self, calendar: Calendar, repeated: int) -> Conversation:
        started = self.started + "Z"
        head = {"conversation_id": self.id, "team": self.team, "user_id": self.user, "date": calendar.date(started),
                "started_at": started, "ended_at": self.ended + "Z", "turn_count": self.turns}
        if self.group[0] == "u":
            head["conversation_inferred"] = True
        if self.turn:
            head["turn"] = self.turn
        return Conversation(self.started, self.id, dump(head)[:-1] + MESSAGES, repeated, self.shelf)


def group_of(event: dict[str, Any]) -> str:
    """What an event is grouped by: `c` and its conversation, or `u` and its user where it names none."""
    conversation = event.get("conversation_id")
    return _of_user(event) if conversation is None or conversation == "" else f"c{conversation}"


def group_of_conversation(keys: dict[str, Any]) -> str:
    """The group that an assembled conversation was made of."""
    return _of_user(keys) if keys.get("conversation_inferred") else f"c{keys['conversation_id']}"


def _of_user(record: dict[str, Any]) -> str:
    user = record.get("user_id")
    return f"u{UNKNOWN if user is None or user == '' else user}"


def _moment(stamp: str) -> str:
    """A time as text that sorts as time does: UTC, no Z, no zeros at the end of a fraction.

    >>> _moment("2026-01-03T11:00:00.50+01:00")
    '2026-01-03T10:00:00.5'
    """
    if stamp[-1:] != "Z" or stamp[10:11] != "T":
        moment = parse_time(stamp)
        stamp = utc_stamp(moment) if moment else stamp
    text = stamp.removesuffix("Z")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _fingerprint(moment: str, role: str, content: str) -> str:
    """What a message without an id is known by within its conversation."""
    return NO_ID + blake2b(f"{moment}\0{role}\0{content}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _inferred_id(group: str, moment: str) -> str:
    """The id of a conversation that was told by its user and its first moment alone."""
    return "inferred-" + blake2b(f"{group}\0{moment}".encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _seconds_between(earlier: str, later: str) -> float:
    try:
        return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()
    except ValueError:
        return 0.0
