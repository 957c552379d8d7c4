"""Event times: which window, day, week and month a time stamp falls in. Windows are tumbling and aligned to the zone's midnight."""

from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from ..errors import UserError
from ..records import Calendar, parse_time, utc_stamp, week_of

WEEK = 604_800
EARLIEST, LATEST = 86_400, 32_503_000_000      # epoch seconds: from 2 January 1970 to the end of the year 2999, wherever days begin
_REMEMBERED = 20_000
SECONDS = {f"{second:02}Z": second for second in range(60)}     # the end of most time stamps


class Day(NamedTuple):
    """A date with the week and month it is in."""

    date: str
    week: str
    month: str


class Place(NamedTuple):
    """Where a moment lies: epoch second, number of its window, its day."""

    epoch: float
    window: int
    day: Day


class Moments:
    """Windows of `length` seconds and days, in the zone of a calendar.

    Where the length does not divide the zone's distance from UTC, windows go by the clock on the wall: a day is 23 or 25
    hours long when the clocks change.
    """

    def __init__(self, length: int, calendar: Calendar):
        if length < 1 or length > 31 * 86400:
            raise UserError("a window is from 1 s to 31 d long", hint="--window 1h")
        self.length, self.calendar = length, calendar
        self._shift = (4 if calendar.week_start == "sun" else 3) * 86400 if length % WEEK == 0 else 0     # 1 January 1970 was a Thursday
        sampled = {self._offset(datetime(2026, month, 1, tzinfo=timezone.utc).timestamp()) for month in (1, 7)}
        self._on_the_wall = any(offset % length for offset in sampled)
        self._days: dict[str, Day] = {}
        self.minutes: dict[str, Place | None] = {}      # where minutes lie that were asked for
        self._whole_minutes = length % 60 == 0 and all(offset % 60 == 0 for offset in sampled)

    def place(self, stamp: str) -> Place | None:
        """Where a time stamp lies, None when it is none, or none of the years 1970 to 2999."""
        if self._whole_minutes and len(stamp) == 20 and (second := SECONDS.get(stamp[17:])) is not None:
            minute = self.minute(stamp[:17])
            return minute and minute._replace(epoch=minute.epoch + second)
        moment = parse_time(stamp)
        return self._of(moment.timestamp()) if moment and EARLIEST <= moment.timestamp() < LATEST else None

    def minute(self, text: str) -> Place | None:
        """Where a minute `2026-01-03T10:15:` lies, remembered; None when it is none, or when windows begin within minutes."""
        if text not in self.minutes:
            if len(self.minutes) > _REMEMBERED:
                self.minutes.clear()
            moment = parse_time(text + "00Z") if text[4:17:3] == "--T::" and self._whole_minutes else None
            self.minutes[text] = self._of(moment.timestamp()) if moment and EARLIEST <= moment.timestamp() < LATEST else None
        return self.minutes[text]

    def _of(self, epoch: float) -> Place:
        stamp = utc_stamp(datetime.fromtimestamp(epoch, timezone.utc))
        return Place(epoch, self.window(epoch), self.day_of(self.calendar.date(stamp)))

    def window(self, epoch: float) -> int:
        """The number of the window that a moment falls in."""
        return int((epoch + self._shift + (self._offset(epoch) if self._on_the_wall else 0)) // self.length)

    def day_of(self, date: str) -> Day:
        if date not in self._days:
            self._days[date] = Day(date, week_of(date, self.calendar.week_start), date[:7])
        return self._days[date]

    def start(self, window: int) -> float:
        """The epoch second at which a window begins."""
        begin = window * self.length - self._shift
        if not self._on_the_wall:
            return begin
        wall = datetime(1970, 1, 1) + timedelta(seconds=begin)
        return wall.replace(tzinfo=self.calendar.zone).timestamp()

    def span(self, window: int) -> str:
        """A window as an interval of ISO 8601.

        >>> Moments(3600, Calendar()).span(490_000)
        '2025-11-24T16:00:00Z/2025-11-24T17:00:00Z'
        """
        return f"{stamp_of(self.start(window))}/{stamp_of(self.start(window + 1))}"

    def _offset(self, epoch: float) -> int:
        moment = datetime.fromtimestamp(epoch, timezone.utc).astimezone(self.calendar.zone)
        return int((moment.utcoffset() or timedelta()).total_seconds())


def stamp_of(epoch: float) -> str:
    """A moment as our records write it."""
    return utc_stamp(datetime.fromtimestamp(epoch, timezone.utc))
