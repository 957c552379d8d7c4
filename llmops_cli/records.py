"""The records that travel between the commands: events, conversations, and the times in them."""

from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any, TypedDict

from .errors import UserError

ROLES = ("user", "assistant", "system", "tool")
TURN_ROLES = ("user", "assistant")
UNKNOWN = "unknown"     # what a missing group key counts as

# Ids, times and names that our own records carry beside their text: looked at only as whole values when sanitizing.
KEY_FIELDS = ("event_time", "started_at", "ended_at", "date", "conversation_id", "message_id", "user_id", "team", "role",
              "model", "release", "prompt_version", "region", "task_category", "classified_by")


class Event(TypedDict, total=False):
    """One message. Only `event_time`, `role` and `content` must be there; unknown keys pass through untouched."""

    event_time: str
    conversation_id: str
    message_id: str
    role: str
    content: str
    team: str
    user_id: str
    model: str
    latency_ms: float
    input_tokens: int
    output_tokens: int
    cost_usd: float
    error: str
    release: str
    prompt_version: str


class Conversation(TypedDict, total=False):
    """What `assemble` makes of events; `classify` adds the last three."""

    conversation_id: str
    team: str
    user_id: str
    date: str
    started_at: str
    ended_at: str
    turn_count: int
    messages: list[Event]
    task_category: str
    confidence: float
    classified_by: str


def event_problem(record: dict[str, Any]) -> str:
    """Why a record is not an event, "" when it is one.

    >>> event_problem({"event_time": "2026-01-03T10:15:00Z", "role": "user", "content": "hi"})
    ''
    >>> event_problem({"event_time": "soon", "role": "user", "content": "hi"})
    'event_time is not a time'
    """
    for key in ("event_time", "role", "content"):
        value = record.get(key)
        if value.__class__ is not str:
            return f"{key} is missing" if value is None else f"{key} is not a string"
    if not record["role"]:
        return "role is empty"
    stamp = record["event_time"]
    if not is_utc_stamp(stamp) and parse_time(stamp) is None:
        return "event_time is not a time"
    get = record.get
    for key in ("conversation_id", "message_id", "team", "user_id"):
        if get(key).__class__ not in _NAMING:
            return f"{key} is not a string"
    return ""


_NAMING = {str, int, type(None)}    # what an id or a team may be


def is_utc_stamp(stamp: str) -> bool:
    """Whether a time is already written as our records write it: `2026-01-03T10:15:00Z`, with any fraction.

    >>> is_utc_stamp("2026-01-03T10:15:00.25Z"), is_utc_stamp("2026-01-03 10:15"), is_utc_stamp("2026-02-30T10:15:00Z")
    (True, False, False)
    """
    # The signs between the numbers: fromisoformat also takes weeks (2026-W01-1), 101500 and a decimal comma.
    if stamp[-1:] != "Z" or stamp[4:20:3] not in ("--T::Z", "--T::."):
        return False
    try:
        datetime.fromisoformat(stamp)
        return True
    except ValueError:
        return False


def parse_time(stamp: str) -> datetime | None:
    """An ISO 8601 time in UTC, None when it is not one. A time without a zone is taken to be UTC."""
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    try:
        return moment.replace(tzinfo=timezone.utc) if moment.tzinfo is None else moment.astimezone(timezone.utc)
    except OverflowError:
        return None


def utc_stamp(moment: datetime) -> str:
    """A time as our records write it, with no more fraction than it has.

    >>> utc_stamp(datetime(2026, 1, 3, 10, 15, tzinfo=timezone.utc))
    '2026-01-03T10:15:00Z'
    """
    text = moment.astimezone(timezone.utc).isoformat()
    return text[:-6].rstrip("0") + "Z" if moment.microsecond else text[:-6] + "Z"


class Calendar:
    """Which day, week, month and hour a moment falls in, in one time zone: the one boundary of every command."""

    def __init__(self, zone: str = "UTC", week_start: str = "mon"):
        self.zone_name, self.week_start = zone, week_start
        self._utc = zone in ("UTC", "Etc/UTC", "Z")
        self.zone: tzinfo = timezone.utc if self._utc else _zone(zone)

    def date(self, stamp: str) -> str:
        """`2026-01-03`, or "unknown" when `stamp` is not a time.

        >>> Calendar("Asia/Kolkata").date("2026-01-03T20:00:00Z")
        '2026-01-04'
        """
        if self._utc and is_utc_stamp(stamp):
            return stamp[:10]
        moment = self.local(stamp)
        return moment.date().isoformat() if moment else UNKNOWN

    def local(self, stamp: str) -> datetime | None:
        moment = parse_time(stamp)
        try:
            return moment.astimezone(self.zone) if moment else None
        except OverflowError:
            return None

    def week(self, stamp: str) -> str:
        """`2026-W53`, the ISO 8601 week; with `week_start` sun, the week of the Monday after the Sunday it begins on."""
        return week_of(self.date(stamp), self.week_start)

    def month(self, stamp: str) -> str:
        return self.date(stamp)[:7]

    def hour(self, stamp: str) -> str:
        moment = self.local(stamp)
        return moment.isoformat()[:13] if moment else UNKNOWN


def refuse_backwards(since: str | None, until: str | None) -> None:
    """A span that ends before it begins would choose nothing, silently."""
    if since and until and since > until:
        raise UserError(f"--since {since} is later than --until {until}", hint="the earlier date first")


def week_of(date: str, week_start: str = "mon") -> str:
    """The week of a date, `2026-W53`; "unknown" when it is not a date.

    >>> week_of("2027-01-03"), week_of("2027-01-03", "sun"), week_of("0001-01-01")
    ('2026-W53', '2027-W01', '0001-W01')
    """
    try:
        day = datetime.fromisoformat(date) + timedelta(days=1 if week_start == "sun" else 0)
    except (ValueError, OverflowError):     # no date, or the last Sunday of the year 9999
        return UNKNOWN
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def _zone(name: str) -> tzinfo:
    """A zone by its name in the tz database or as an offset, `Europe/Oslo` or `+05:30`."""
    if name[:1] in "+-" and name[1:2].isdigit():
        try:
            return datetime.strptime(name, "%z").tzinfo or timezone.utc
        except ValueError:
            pass
    from zoneinfo import ZoneInfo
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UserError(f"unknown time zone {name!r}", hint="a name such as Europe/Oslo, or an offset such as +05:30") from None
