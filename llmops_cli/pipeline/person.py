"""Somebody in a lake: what is theirs in it."""

import re
from typing import Any, Callable, Iterator, NamedTuple

from ..jsonl import BadLine, Reader, Rejects, parse, readable
from ..logs import sources
from ..logs.assemble import group_of, group_of_conversation, head_of, split_messages
from ..logs.ingest import Ingest
from ..records import parse_time, utc_stamp
from .lake import Lake
from .publish import conversations_of, lines_of


class Person:
    """Somebody by an id, as typed or as the pseudonym that sanitizing gives it. `alias` is that giving, by key and value."""

    def __init__(self, identity: str, alias: Callable[[str, str], str]):
        self.names = {identity, alias("user_id", identity)}
        self._alias, self._known = alias, {}
        self._named = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(self.names)))})(?!\w)").search

    def owns(self, record: dict[str, Any]) -> bool:
        """Whether a record's `user_id` is this person, sanitized or not."""
        user = record.get("user_id")
        return user is not None and user != "" and (str(user) in self.names or self._sanitized("user_id", str(user)) in self.names)

    def wrote(self, raw: bytes, own: set[str]) -> bool:
        """Whether a line that gave no event is this person's: of one of the conversations in `own`, or naming the person."""
        try:
            record = parse(raw)
        except BadLine:
            return bool(self._named(readable(raw)))
        return self.owns(record) or record.get("conversation_id") not in (None, "") and self.group(record) in own or _holds(record, self.names)

    def group(self, event: dict[str, Any]) -> str:
        """The group of an event as the sanitized lake names it."""
        named = {key: self._sanitized(key, str(event[key])) for key in ("conversation_id", "user_id") if event.get(key) not in (None, "")}
        return group_of(named)

    def _sanitized(self, key: str, value: str) -> str:
        known = self._known.get((key, value))
        if known is None:
            known = self._known[key, value] = self._alias(key, value)
        return known


def _holds(value: Any, names: set[str]) -> bool:
    """Whether one of the names is the whole of a text at any depth."""
    if value.__class__ is str:
        return value in names
    parts = value.values() if value.__class__ is dict else value if value.__class__ is list else ()
    return any(_holds(part, names) for part in parts)


class Held(NamedTuple):
    """What a lake holds of a person: conversations of their own, and others that they wrote in, by date and group; and of
    their own those that are not among its conversations, since their events wait to be published or those were pruned."""

    own: dict[str, set[str]]
    shared: dict[str, set[str]]
    unmade: set[str]

    def groups(self) -> set[str]:
        """All that are the person's own."""
        return self.unmade.union(*self.own.values())

    def made(self) -> set[str]:
        """All that the lake's conversations show."""
        return set().union(*self.own.values(), *self.shared.values())


def held(lake: Lake, person: Person, make_ingest: Callable[[], Ingest]) -> Held:
    """Find a person in a lake."""
    own: dict[str, set[str]] = {}
    shared: dict[str, set[str]] = {}
    for date in lake.partitions("conversations"):
        for line in lines_of(lake, conversations_of(date)):
            head = head_of(line)
            if person.owns(head):
                own.setdefault(date, set()).add(group_of_conversation(head))
            elif any(person.owns(message) for message, _ in split_messages(line)):
                shared.setdefault(date, set()).add(group_of_conversation(head))
    about = Held(own, shared, set())
    return about._replace(unmade=_unmade(lake, person, make_ingest, about.made()))


def _unmade(lake: Lake, person: Person, make_ingest: Callable[[], Ingest], made: set[str]) -> set[str]:
    """The groups beside those in `made` whose first event that names a user is the person's."""
    theirs = {person.group(event) for event in _all_events(lake, make_ingest) if person.owns(event)} - made
    first: dict[str, tuple[str, bool]] = {}
    for event in _all_events(lake, make_ingest) if theirs else ():
        group = person.group(event)
        if group in theirs and event.get("user_id") not in (None, ""):
            said = utc_stamp(parse_time(event["event_time"])), person.owns(event)
            first[group] = min(first.get(group, said), said)
    return {group for group, (_, own) in first.items() if own}


def _all_events(lake: Lake, make_ingest: Callable[[], Ingest]) -> Iterator[dict[str, Any]]:
    """The sanitized events of a lake, and those of what lies in its landing and no run has taken in yet."""
    for date in lake.partitions("sanitized"):
        for path in lake.files("sanitized", date):
            yield from map(parse, lines_of(lake, path))
    taken = {path for state in ("done", "pending") for manifest in lake.manifests(state).values() for path in manifest["landing"]}
    for date in lake.partitions("landing"):
        for path in lake.files("landing", date):
            if path not in taken:
                for line in make_ingest().feed(Reader(sources.open_sources(lake.path(path)), Rejects(lambda line: None))):
                    yield from line.events
