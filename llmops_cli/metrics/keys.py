"""Which group a conversation belongs to."""

from operator import itemgetter
from typing import Any

from ..jsonl import dump
from ..records import UNKNOWN, Calendar, week_of
from .periods import CALENDAR_KEYS, is_date

Group = tuple[str, ...]


class Keys:
    """The keys of groups, read from conversations. With `own_dates`, a conversation that says its `date` is believed when it is one."""

    def __init__(self, by: Group, calendar: Calendar, own_dates: bool, since: str | None, until: str | None):
        self._calendar, self._own_dates, self._since, self._until = calendar, own_dates, since, until
        self._keys = [(key, key in CALENDAR_KEYS) for key in by]
        deciding = [key for key in by if key not in CALENDAR_KEYS]
        deciding += ["date"] if len(deciding) < len(by) or since or until else []
        deciding += ["team"] if "team" not in by else []
        self._deciding = tuple(deciding)
        self._decided = own_dates and "hour" not in by      # an hour is not said but computed
        self.said = itemgetter(*deciding) if self._decided else _nothing

    def dated(self, conversation: dict[str, Any], messages: list[dict[str, Any]]) -> dict[str, Any]:
        """The conversation with its date, where the date has a say in its group and is not said."""
        if not self._decided or "date" not in self._deciding or is_date(conversation.get("date")):
            return conversation
        return {**conversation, "date": self._date(conversation, messages)}

    def told(self, conversation: dict[str, Any]) -> Any:
        """What `said` is of a conversation, where that alone decides its group; else None."""
        values = tuple(map(conversation.get, self._deciding))
        if not self._decided or not all(value.__class__ is str and value for value in values) or "date" in self._deciding and not is_date(conversation["date"]):
            return None
        return values if len(values) > 1 else values[0]

    def gathered(self, keys: dict[str, Any]) -> Any:
        """The same of a conversation whose messages have nothing to add; None when it does not decide."""
        values = tuple(map(keys.get, self._deciding))
        return values if self._decided and all(value is None or value.__class__ is str for value in values) else None

    def asked_for(self, date: str) -> bool:
        """Whether a date lies between those that were asked for."""
        return not (self._since and (date < self._since or date == UNKNOWN) or self._until and date > self._until)

    def group(self, conversation: dict[str, Any], messages: list[dict[str, Any]]) -> Group | None:
        """The group of a conversation, None when its date is not asked for. BadLine when a key cannot be written."""
        date = conversation.get("date")
        if not (self._own_dates and is_date(date)):
            date = self._date(conversation, messages)
        if not self.asked_for(date):
            return None
        return tuple([self._moment(key, date, conversation, messages) if of_time else _text(conversation.get(key), key, messages)
                      for key, of_time in self._keys])

    @staticmethod
    def team(conversation: dict[str, Any], messages: list[dict[str, Any]]) -> str:
        return _text(conversation.get("team"), "team", messages)

    def _date(self, conversation: dict[str, Any], messages: list[dict[str, Any]]) -> str:
        date, started = conversation.get("date"), _started(conversation, messages)
        return self._calendar.date(started) if started else date if is_date(date) else UNKNOWN

    def _moment(self, key: str, date: str, conversation: dict[str, Any], messages: list[dict[str, Any]]) -> str:
        if key == "date":
            return date
        if key == "month":
            return date[:7]
        if key == "hour":
            return self._calendar.hour(_started(conversation, messages))
        return week_of(date, self._calendar.week_start)


def _nothing(conversation: dict[str, Any]) -> Any:
    raise KeyError


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
