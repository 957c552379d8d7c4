"""Events to conversations: grouped by id (or by user and silence), ordered by time, in bounded memory.

A message keeps the bytes it came in: conversations are spliced together, not encoded again.
"""

from datetime import datetime
from hashlib import blake2b
from operator import itemgetter
from typing import Any, Callable, Iterable, Iterator, NamedTuple, Sequence

from ..jsonl import dump, parse, scan
from ..records import TURN_ROLES, UNKNOWN, Calendar, event_problem, is_utc_stamp, parse_time, utc_stamp

LONG = 4096         # messages of a conversation that are only counted, before they are added up
NO_ID = "\0"        # how that begins by which a message without an id is known
ENTRY_COST = 330    # bytes of bookkeeping that a held message costs beside its own, measured
FACTS = 150         # bytes of what is kept in place of a message that is only counted, on average
UNHELD = 40 << 20   # more than this of an input of unknown size is not held: what is held in vain costs more than the way over the disk
HELD = 2            # bytes that an input of as many bytes takes in memory, at most, if its lines are of usual length

# A message on its way into a conversation, as a plain tuple (there are millions of them):
#   group     what it is grouped by, see `group_of`
#   moment    UTC without the Z, so that text order is time order
#   number    input order; the two together are the order of a conversation
#   known_by  what tells it from its repeats
#   role, team, user
#   kept      what becomes of it: its bytes, or whatever else the caller wants back
Entry = tuple[str, str, int, str, str, Any, Any, Any]

keys_of = itemgetter("event_time", "role", "content", "conversation_id", "message_id", "team", "user_id")
WRITTEN = "--T::Z"  # the signs between the numbers of a time; `2026-01-03 10:15:00Z` and `2026-W01-6T10:15:00Z` are as long
SECONDS = frozenset(f":{second:02}Z" for second in range(60))


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


in_output_order = itemgetter(0, 1)   # start, then id

# What holds the messages of one conversation while it grows: a list, or something with the same `append`.
Shelf = Callable[[], Any]


class Assembler:
    """Takes events in any order, then gives their conversations in the order of their first event, then of their id.

    `gap` is the silence in seconds that ends a conversation of events that carry no conversation id. Beyond `memory`
    bytes the events go to temporary files, at once where the bytes `expected` are too many; the conversations and their
    order are the same. With `turns`, each question and its reply is a conversation of its own.
    """

    def __init__(self, calendar: Calendar, *, gap: float = 1800.0, memory: int = 256 << 20, turns: bool = False, expected: int | None = None):
        self._calendar, self._gap, self._memory, self._turns = calendar, gap, memory, turns
        self._held: dict[str, list[Entry]] = {}
        self._room = min(memory, UNHELD) if expected is None else memory if expected * HELD <= memory else 0
        self._spill: Any = None
        self._put: Callable[[Entry], None] = self._hold
        self._minutes: set[str] = set()     # that were looked at: valid ones, of UTC
        self.events = 0         # taken so far
        self.repeated = 0       # of these, dropped as repeats; known when the conversations have been given

    def take(self, event: dict[str, Any], kept: Any) -> str:
        """Take a record of which `kept` is to be kept, if it is an event; why it is none, "" when it was taken."""
        try:
            stamp, role, content, conversation, known_by, team, user = keys_of(event)
            if not (str is type(stamp) is type(role) is type(content) is type(conversation) is type(known_by) is type(team) is type(user)):
                raise KeyError
            if stamp[:16] not in self._minutes or stamp[16:] not in SECONDS or not (role and conversation and known_by):
                raise KeyError
        except KeyError:        # what most events are, is looked at fast; the others in full
            problem = event_problem(event)
            if not problem:
                self.add(event, kept)
            return problem
        self.events += 1
        self._put((f"c{conversation}", stamp[:19], self.events, known_by, role, team, user, kept))
        return ""

    def add(self, event: dict[str, Any], kept: Any) -> None:
        """Take an event (one that `records.event_problem` finds nothing wrong with) of which `kept` is to be kept."""
        stamp = event["event_time"]
        if len(stamp) == 20 and stamp[4::3] == WRITTEN:
            moment = stamp[:19]
            if len(self._minutes) > 100_000:
                self._minutes.clear()
            self._minutes.add(stamp[:16])
        else:
            moment = _moment(stamp)
        known_by = event.get("message_id")
        if type(known_by) is not str or not known_by:
            known_by = _fingerprint(moment, event["role"], event["content"]) if known_by is None or known_by == "" else str(known_by)
        self.events += 1
        self._put((group_of(event), moment, self.events, known_by, event["role"], event.get("team"), event.get("user_id"), kept))

    def _hold(self, entry: Entry) -> None:
        held, group, kept = self._held, entry[0], entry[7]
        if group in held:
            held[group].append(entry)
        else:
            held[group] = [entry]
        self._room -= ENTRY_COST + (len(kept) if kept.__class__ is bytes else FACTS)
        if self._room < 0:
            self._to_disk()

    def _to_disk(self) -> None:
        from .spill import Spill
        self._spill = Spill(self._memory)
        self._put = self._spill.add
        for entries in self._held.values():
            for entry in entries:
                self._put(entry)
        self._held.clear()

    def conversations(self) -> Iterator[Conversation]:
        """Every conversation, once."""
        def spliced(group: str, entries: Iterable[Entry], shelf: Shelf) -> Iterator[Conversation]:
            for draft in self._join(group, entries, shelf):
                head = dump(draft.keys(self._calendar))[:-1] + MESSAGES
                yield Conversation(draft.started, draft.id, head, draft.repeated, draft.shelf)
        if self._spill:
            yield from self._spill.conversations(spliced)
            return
        found: list[Conversation] = []
        for group, entries in self._sorted_groups():
            found.extend(spliced(group, entries, list))
        found.sort(key=in_output_order)
        found.reverse()
        while found:
            yield found.pop()       # what has been given need not be held

    def gathered(self, shelf: Shelf) -> Iterator[tuple[dict[str, Any], Any]]:
        """The keys of every conversation and the shelf with role, user and what was kept of its messages; in no order.
        A shelf that grows long is asked to `fold`."""
        for group, entries in self._spill.groups() if self._spill else self._sorted_groups():
            for draft in self._join(group, entries, shelf, bare=False):
                yield draft.keys(self._calendar), draft.shelf

    def _sorted_groups(self) -> Iterator[tuple[str, list[Entry]]]:
        while self._held:
            group, entries = self._held.popitem()
            entries.sort()
            yield group, entries

    def _join(self, group: str, entries: Iterable[Entry], shelf: Shelf, bare: bool = True) -> Iterator["_Draft"]:
        """The conversations of one group of entries that are in time order."""
        if entries.__class__ is list and group[0] == "c" and not self._turns and len(entries) < LONG:
            yield self._whole(group, entries, shelf, bare)
            return
        draft: _Draft | None = None
        seen: set[str] = set()
        at = ""
        now: set[str] = set()       # of this moment alone: what has no id is known by its time, too, and need not be remembered
        repeated = 0
        split = self._turns or group[0] == "u"
        for entry in entries:
            _, moment, _, known_by, role, team, user, kept = entry
            if known_by[0] != NO_ID:
                known = seen
            else:
                if moment != at:
                    at = moment
                    now.clear()
                known = now
            if known_by in known:
                repeated += 1
                continue
            known.add(known_by)
            if draft is None:
                draft = _Draft(group, moment, shelf(), self._turns)
                append = draft.shelf.append
            elif split:
                if group[0] == "u" and _seconds_between(draft.ended, moment) > self._gap:
                    later = _Draft(group, moment, shelf(), self._turns)
                elif self._turns and role == "user" and draft.last_role != "user":
                    later = draft.next_turn(moment, shelf())
                else:
                    later = draft
                if later is not draft:
                    draft.repeated, repeated = self._dropped(repeated), 0
                    yield draft
                    draft, append = later, later.shelf.append
            if draft.team is None or draft.team == "" and not bare:
                draft.team = team
            if draft.user is None:
                draft.user = user
            draft.ended, draft.last_role = moment, role
            if role in TURN_ROLES:
                draft.turns += 1
            if bare:
                append(kept)
            else:
                append((role, user, kept))
                if len(draft.shelf) > LONG:
                    draft.shelf.fold()
        if draft:
            draft.repeated = self._dropped(repeated)
            yield draft

    def _whole(self, group: str, entries: list[Entry], shelf: Shelf, bare: bool) -> "_Draft":
        """What `_join` gives of a group that is one conversation, a column at a time."""
        _, moments, _, known_by, roles, teams, users, kept = zip(*entries)
        if len(set(known_by)) < len(entries):
            first = {entry[3]: entry for entry in reversed(entries)}    # of each the earliest, which comes last here
            many = len(entries)
            entries = sorted(first.values())
            _, moments, _, known_by, roles, teams, users, kept = zip(*entries)
            self.repeated += many - len(entries)
        else:
            many = len(entries)
        draft = _Draft(group, moments[0], shelf(), 0)
        draft.shelf += kept if bare else zip(roles, users, kept)
        draft.ended, draft.repeated = moments[-1], many - len(entries)
        draft.team = teams[0] if teams[0] is not None and (bare or teams[0] != "") else _first(teams, bare)
        draft.user = users[0] if users[0] is not None else _first(users, True)
        draft.turns = roles.count("user") + roles.count("assistant")
        return draft

    def _dropped(self, repeated: int) -> int:
        self.repeated += repeated
        return repeated


class _Draft:
    """A conversation that is growing."""

    __slots__ = ("group", "id", "started", "ended", "shelf", "team", "user", "last_role", "turns", "turn", "repeated")

    def __init__(self, group: str, started: str, shelf: Any, turn: int):
        self.group, self.started, self.ended, self.shelf = group, started, started, shelf
        self.id = group[1:] if group[0] == "c" else _inferred_id(group, started)
        self.team = self.user = None
        self.last_role = ""
        self.turns, self.turn = 0, int(turn)     # the number of this turn, 0 for a whole conversation
        self.repeated = 0

    def next_turn(self, started: str, shelf: Any) -> "_Draft":
        later = _Draft(self.group, started, shelf, self.turn + 1)
        later.id, later.team, later.user = self.id, self.team, self.user
        return later

    def keys(self, calendar: Calendar) -> dict[str, Any]:
        """The keys of the conversation's record but for its messages."""
        started = self.started + "Z"
        keys = {"conversation_id": self.id, "team": self.team, "user_id": self.user, "date": calendar.date(started),
                "started_at": started, "ended_at": self.ended + "Z", "turn_count": self.turns}
        if self.group[0] == "u":
            keys["conversation_inferred"] = True
        if self.turn:
            keys["turn"] = self.turn
        return keys


def _first(values: Sequence[Any], empty: bool) -> Any:
    """The first value there is; an empty text is one if `empty`."""
    return next((value for value in values if value is not None and (empty or value != "")), None)


def weight(kept: Any) -> int:
    """Bytes that a kept thing takes, more or less."""
    return len(kept) if kept.__class__ is bytes else FACTS


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
    if not is_utc_stamp(stamp):
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
