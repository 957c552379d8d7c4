"""Conversations to one tally a group, tallies to bigger tallies, tallies to rows."""

from typing import Any, Iterator

from ..errors import UserError
from ..jsonl import BadLine, dump
from ..records import UNKNOWN, Calendar, week_of
from .tally import VERSION, Tally

BY = ("date", "team", "task_category")
CALENDAR_KEYS = ("date", "week", "month", "hour")


class Aggregator:
    """Tallies of groups. With `own_dates`, a conversation that says its `date` is believed."""

    def __init__(self, by: tuple[str, ...], calendar: Calendar, *, own_dates: bool = True,
                 since: str | None = None, until: str | None = None):
        self.by, self._calendar, self._own_dates, self._since, self._until = by, calendar, own_dates, since, until
        self._tallies: dict[tuple[str, ...], Tally] = {}
        self._plain = [(key, key in CALENDAR_KEYS) for key in by]

    def add(self, conversation: dict[str, Any]) -> str:
        """Count a conversation; why it was not, "" when it was."""
        messages = conversation.get("messages")
        if messages.__class__ is not list:
            return "messages is missing" if messages is None else "messages is not a list"
        for message in messages:
            if message.__class__ is not dict:
                return "a message is not an object"
        date = self._date(conversation, messages)
        if (self._since and (date < self._since or date == UNKNOWN)) or (self._until and date > self._until):
            return ""
        try:
            group = tuple([self._moment(key, date, conversation, messages) if of_time else _text(conversation.get(key), key, messages)
                           for key, of_time in self._plain])
        except BadLine as error:
            return f"a key of --by holds {error.reason}"
        tally = self._tallies.get(group)
        if tally is None:
            tally = self._tallies[group] = Tally()
        tally.add(conversation, messages)
        return ""

    def _date(self, conversation: dict[str, Any], messages: list[dict[str, Any]]) -> str:
        date = conversation.get("date")
        if self._own_dates and date.__class__ is str and date:
            return date
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
        mine = self._tallies.get(key)
        if mine is None:
            self._tallies[key] = tally
        else:
            mine.merge(tally)
        return ""

    def groups(self) -> Iterator[tuple[tuple[str, ...], Tally]]:
        """The groups, sorted."""
        for group in sorted(self._tallies):
            yield group, self._tallies[group]

    def partials(self) -> Iterator[dict[str, Any]]:
        """The tallies in the form that `merge` takes."""
        for group, tally in self.groups():
            yield {"tally_version": VERSION, "by": list(self.by), "group": list(group), **tally.to_json()}

    def rows(self) -> Iterator[dict[str, Any]]:
        """One row a group."""
        for group, tally in self.groups():
            yield {**dict(zip(self.by, group)), **measures(tally)}


def measures(tally: Tally) -> dict[str, Any]:
    """The numbers of a row, in the order that rows have."""
    p50, p95, p99 = (None if value is None else float(f"{value:.6g}") for value in tally.latency.quantiles((0.5, 0.95, 0.99)))
    return {
        "conversation_count": tally.conversations,
        "total_turns": tally.turns,
        "total_chars_user": tally.chars_user,
        "total_chars_assistant": tally.chars_assistant,
        "users": tally.users.count(),
        "users_exact": tally.users.exact,
        "input_tokens": tally.input_tokens,
        "output_tokens": tally.output_tokens,
        "cost_usd": tally.cost_usd,
        "errors": tally.errors,
        "latency_ms_p50": p50,
        "latency_ms_p95": p95,
        "latency_ms_p99": p99,
        "pii_findings": sum(tally.leaks.values()),
        "feedback_up": tally.feedback_up,
        "feedback_down": tally.feedback_down,
        "messages": tally.messages,
        "replies": tally.replies,
        "replies_priced": tally.priced,
        "replies_timed": tally.latency.count,
    }


def daily(aggregator: Aggregator) -> Iterator[dict[str, Any]]:
    """The daily metrics document of each date: its rows, and the totals over them."""
    if "date" not in aggregator.by:
        raise UserError("the daily form needs the date among the keys", hint="--by date,team,task_category")
    days: dict[str, list[dict[str, Any]]] = {}
    for row in aggregator.rows():
        days.setdefault(row["date"], []).append(row)
    for date, rows in days.items():
        yield {"date": date, "metrics": [{key: value for key, value in row.items() if key != "date"} for row in rows],
               "total_conversations": sum(row["conversation_count"] for row in rows),
               "total_events_processed": sum(row["messages"] for row in rows)}


def _started(conversation: dict[str, Any], messages: list[dict[str, Any]]) -> str:
    started = conversation.get("started_at")
    if started is None and messages:
        started = messages[0].get("event_time")
    return started if started.__class__ is str else ""


def _text(value: Any, key: str, messages: list[dict[str, Any]]) -> str:
    """A group key as text: the conversation's own, else that of its first message that has it."""
    if value is None or value == "":
        value = next((message[key] for message in messages if message.get(key) not in (None, "")), None)
        if value is None:
            return UNKNOWN
    return value if value.__class__ is str else dump(value).decode()
