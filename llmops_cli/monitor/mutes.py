"""When not to speak: mutes and maintenance windows, and the hours in which traffic is expected."""

import re
from datetime import date, datetime, time, timezone, tzinfo
from typing import Any, Mapping, NamedTuple

from ..errors import UserError, nearest
from ..records import parse_time

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = 24 * 60


class Schedule(NamedTuple):
    """Hours of some days of the week, in minutes since midnight; an end before the begin is on the next day."""

    begin: int = 0
    end: int = _DAY
    days: frozenset[int] = frozenset(range(7))

    @classmethod
    def read(cls, table: Mapping[str, Any], where: str) -> "Schedule":
        """What `hours = "08:00-18:00"` and `days = ["mon", "fri"]` say; every hour of every day where they are missing."""
        begin, end = 0, _DAY
        if "hours" in table:
            found = re.fullmatch(r"\s*(\d\d?):(\d\d)\s*[-–]\s*(\d\d?):(\d\d)\s*", str(table["hours"]))
            begin, end = (int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])) if found else (-1, -1)
            if not (0 <= begin < _DAY and 0 <= end <= _DAY) or begin == end:
                raise UserError("hours is not a span of the day", where=where, hint='hours = "08:00-18:00"')
        days = table.get("days", list(WEEKDAYS))
        if isinstance(days, str):
            days = [day.strip() for day in days.split(",")]
        for day in days if isinstance(days, list) and days else [days]:
            if not isinstance(day, str) or day.lower()[:3] not in WEEKDAYS:
                raise UserError("days is not a list of weekdays", where=where, hint='days = ["mon", "tue", "wed", "thu", "fri"]')
        return cls(begin, end, frozenset(WEEKDAYS.index(day.lower()[:3]) for day in days))

    @property
    def always(self) -> bool:
        return self == Schedule()

    def covers(self, moment: datetime) -> bool:
        """Whether a local time lies in it.

        >>> night = Schedule.read({"hours": "22:00-02:00", "days": ["fri"]}, "")
        >>> [night.covers(datetime(2026, 1, day, hour)) for day, hour in ((2, 23), (3, 1), (3, 23))]
        [True, True, False]
        """
        minute, day = moment.hour * 60 + moment.minute, moment.weekday()
        if self.begin < self.end:
            return self.begin <= minute < self.end and day in self.days
        return minute >= self.begin and day in self.days or minute < self.end and (day - 1) % 7 in self.days


class Mute(NamedTuple):
    """What is not to be said: an alert ("" for any) of a scope, between two moments and in some hours."""

    alert: str
    scope: tuple[tuple[str, str], ...]
    begin: float
    end: float
    schedule: Schedule
    reason: str

    def covers(self, alert: str, values: Mapping[str, str], epoch: float, zone: tzinfo) -> bool:
        """Whether an alert about these values at a moment (epoch seconds) is silenced."""
        return ((not self.alert or self.alert == alert) and self.begin <= epoch < self.end and all(values.get(key) == value for key, value in self.scope)
                and (self.schedule.always or self.schedule.covers(datetime.fromtimestamp(epoch, zone))))


_KEYS = ("alert", "scope", "from", "until", "reason", "hours", "days")


def mutes_of(tables: Any, alerts: tuple[str, ...], where: str) -> tuple[Mute, ...]:
    """The mutes of a rules file."""
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise UserError("mute is not a list of tables", where=where, hint="[[mute]] with two brackets, its keys below it")
    return tuple(_mute(table, alerts, where) for table in tables)


def _mute(table: dict[str, Any], alerts: tuple[str, ...], where: str) -> Mute:
    for key in table:
        if key not in _KEYS:
            raise UserError(f"unknown key {key!r} of mute", where=where, hint=nearest(key, _KEYS))
    alert = table.get("alert", "")
    if alert in ("*", "all"):
        alert = ""
    if alert and alert not in alerts:
        raise UserError(f"unknown alert {alert!r} of mute", where=where, hint=nearest(str(alert), alerts))
    begin, end = (_moment(table[key], key, where) if key in table else missing for key, missing in (("from", -1e18), ("until", 1e18)))
    if begin >= end:
        raise UserError("a mute ends before it begins", where=where, hint="from is earlier than until")
    return Mute(alert, _scope(table.get("scope", ""), where), begin, end, Schedule.read(table, f"{where}: mute"), str(table.get("reason", "")))


def _scope(scope: Any, where: str) -> tuple[tuple[str, str], ...]:
    """`team=Sales,model=m-1` as pairs; a table is as good."""
    if isinstance(scope, dict):
        return tuple((key, str(value)) for key, value in scope.items())
    if scope in ("", "*", "all"):
        return ()
    pairs = [part.partition("=") for part in scope.split(",")] if isinstance(scope, str) else []
    if not pairs or not all(sign and key.strip() for key, sign, _ in pairs):
        raise UserError("the scope of a mute is not KEY=VALUE", where=where, hint='scope = "team=Sales"')
    return tuple((key.strip(), value.strip()) for key, _, value in pairs)


def _moment(value: Any, key: str, where: str) -> float:
    """Epoch seconds of a TOML time, date or text; UTC where no zone is said."""
    moment = value if isinstance(value, datetime) else datetime.combine(value, time()) if isinstance(value, date) else parse_time(value) if isinstance(value, str) else None
    if moment is None:
        raise UserError(f"{key} of mute is not a time", where=where, hint=f"{key} = 2026-03-01T22:00:00Z")
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
