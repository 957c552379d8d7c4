"""Conversations to one tally a group, tallies to bigger tallies, tallies to rows."""

from typing import Any, Iterable, Iterator

from ..errors import UserError
from ..jsonl import BadLine, dump
from ..pii.detector import KINDS
from ..records import UNKNOWN, Calendar, week_of
from .gathering import Facts, Gathering, facts_of
from .opinions import Opinions
from .overflow import Tallies
from .periods import CALENDAR_KEYS
from .rows import daily, measures, rows     # also for those who ask here
from .tally import DENIED, TOKEN, VERSION, Sums, Tally, sums_of, token

BY = ("date", "team", "task_category")
OF_CONVERSATIONS = ("conversation_id", "team", "user_id")      # what no message need be asked for


class Aggregator:
    """Tallies of groups. With `own_dates`, a conversation that says its `date` is believed. `opinions` are joined to the
    messages and conversations that they are about. `kinds` are the names that may stand in the place of personal data;
    without `findings_known` its findings are not counted but unknown: what replaced them cannot be told from other text.
    Beyond `memory` bytes tallies go to temporary files; the rows are the same."""

    def __init__(self, by: tuple[str, ...], calendar: Calendar, *, own_dates: bool = True, since: str | None = None, until: str | None = None,
                 opinions: Opinions | None = None, findings_known: bool = True, kinds: Iterable[str] = (), memory: int | None = None):
        self.by, self._calendar, self._own_dates, self._since, self._until = by, calendar, own_dates, since, until
        self._opinions, self._findings_known = opinions, findings_known
        self._find = token((*KINDS, DENIED, *kinds)).findall if kinds else TOKEN.findall
        self._tallies = Tallies(memory)
        self._team_apart = "team" not in by
        self._keys = [(key, key in CALENDAR_KEYS) for key in by]
        self._said_by_messages = frozenset(by) - {*CALENDAR_KEYS, *OF_CONVERSATIONS}

    def add(self, conversation: dict[str, Any]) -> str:
        """Count a conversation; why it was not, "" when it was."""
        messages = conversation.get("messages")
        if messages.__class__ is not list:
            return "messages is missing" if messages is None else "messages is not a list"
        try:
            if self._opinions:
                messages = [self._opinions.told(message) for message in messages]
            sums = sums_of(conversation.get("user_id"), messages, self._find)
        except AttributeError:
            return "a message is not an object"
        return self._count(conversation, messages, sums)

    def facts(self, event: dict[str, Any]) -> Facts:
        """What is to be kept of an event of a conversation that `add_gathered` will get."""
        if self._opinions:
            event = self._opinions.told(event)
        return facts_of(event, self._said_by_messages, self._find)

    def add_gathered(self, keys: dict[str, Any], gathering: Gathering) -> str:
        """Count an assembled conversation of which only the facts were kept."""
        sums = gathering.sums(keys["user_id"])
        for key, said in gathering.said.items():
            if keys.get(key) in (None, ""):
                keys[key] = said
        return self._count(keys, [], sums)

    def _count(self, conversation: dict[str, Any], messages: list[dict[str, Any]], sums: Sums) -> str:
        date = conversation.get("date")
        if not (self._own_dates and date.__class__ is str and date):
            date = self._date(conversation, messages)
        if (self._since and (date < self._since or date == UNKNOWN)) or (self._until and date > self._until):
            return ""
        group = []
        try:
            for key, of_time in self._keys:
                if of_time:
                    value = date if key == "date" else self._moment(key, date, conversation, messages)
                else:
                    value = conversation.get(key)
                    if value.__class__ is not str or not value:
                        value = _text(value, key, messages)
                group.append(value)
        except BadLine as error:
            return f"a key of --by holds {error.reason}"
        tally = self._tallies.of(tuple(group))
        tally.count(sums)
        if self._team_apart:
            try:
                team = _text(conversation.get("team"), "team", messages)
            except BadLine:
                team = UNKNOWN
            if team != UNKNOWN:
                tally.note_team(team)
        if self._opinions:
            up, down = self._opinions.of_conversation(conversation.get("conversation_id"))
            tally.feedback_up += up
            tally.feedback_down += down
        if not self._findings_known:
            tally.leaks_unknown += 1
        return ""

    def _date(self, conversation: dict[str, Any], messages: list[dict[str, Any]]) -> str:
        date = conversation.get("date")
        started = _started(conversation, messages)
        return self._calendar.date(started) if started else date if date.__class__ is str and date else UNKNOWN

    def _moment(self, key: str, date: str, conversation: dict[str, Any], messages: list[dict[str, Any]]) -> str:
        if key == "date":
            return date
        if key == "month":
            return date[:7]
        if key == "hour":
            return self._calendar.hour(_started(conversation, messages))
        return week_of(date, self._calendar.week_start)

    def merge(self, record: dict[str, Any], where: str = "") -> str:
        """Add a tally that `partials` gave, here or elsewhere; why it cannot be, "" when it was.

        `where` is the place to name when it is of another version or was grouped otherwise, which is a UserError.
        """
        version = record.get("tally_version")
        if version.__class__ is not int:
            return "not a tally: tally_version is missing"
        if version != VERSION:
            raise UserError(f"a tally of version {version}; this program reads version {VERSION}", where=where,
                            hint="make it again with `llmops aggregate --partial` of this version")
        by, group = record.get("by"), record.get("group")
        if by.__class__ is not list or group.__class__ is not list or any(key.__class__ is not str for key in by + group):
            return "not a whole tally"
        if by != list(self.by):
            raise UserError("a tally grouped by other keys", where=where,
                            hint=f"give --by as it was given with --partial: --by {','.join(by)}")
        try:
            tally = Tally.from_json(record)
            key = tuple(group)
        except (KeyError, TypeError, ValueError, AttributeError):
            return "not a whole tally"
        if len(key) != len(self.by):
            return "not a whole tally"
        if "date" in self.by:
            date = key[self.by.index("date")]
            if (self._since and (date < self._since or date == UNKNOWN)) or (self._until and date > self._until):
                return ""
        self._tallies.of(key).merge(tally)
        return ""

    def groups(self) -> Iterator[tuple[tuple[str, ...], Tally]]:
        """The groups, sorted."""
        return self._tallies.sorted()

    def merge_all(self, other: "Aggregator") -> None:
        """Add what another one with the same keys has counted."""
        for group, tally in other.groups():
            self._tallies.of(group).merge(tally)

    def partials(self) -> Iterator[dict[str, Any]]:
        """The tallies in the form that `merge` takes."""
        for group, tally in self.groups():
            yield {"tally_version": VERSION, "by": list(self.by), "group": list(group), **tally.to_json()}

    def rows(self) -> Iterator[dict[str, Any]]:
        """One row a group."""
        return rows(self)

    @property
    def spilled(self) -> bool:
        """Whether there were more groups than memory for them, and temporary files hold the rest."""
        return self._tallies.spilled


def _started(conversation: dict[str, Any], messages: list[dict[str, Any]]) -> str:
    started = conversation.get("started_at")
    if started is None and messages:
        started = messages[0].get("event_time")
    return started if started.__class__ is str else ""


def _text(value: Any, key: str, messages: list[dict[str, Any]]) -> str:
    """A group key as text: the conversation's own, else that of its first message that has it."""
    if value is None or value == "":
        for message in messages:
            value = message.get(key)
            if value is not None and value != "":
                break
        else:
            return UNKNOWN
    return value if value.__class__ is str else dump(value).decode()
