"""Days, weeks, months and hours as keys of groups: which dates one spans, and which one was before it."""

from datetime import date, datetime, timedelta

from ..records import week_of

CALENDAR_KEYS = ("date", "week", "month", "hour")
_FINEST_FIRST = ("hour", "date", "week", "month")


def is_date(value: object) -> bool:
    """Whether a value is a date as our records write it.

    >>> is_date("2024-02-29"), is_date("2026-02-29"), is_date("20260103"), is_date(None)
    (True, False, False, False)
    """
    try:
        return value.__class__ is str and len(value) == 10 and value[4:8:3] == "--" and bool(date.fromisoformat(value))
    except ValueError:
        return False


def finest(by: tuple[str, ...]) -> str:
    """The shortest of the periods among the keys of a group, "" when there is none.

    >>> finest(("month", "week", "team"))
    'week'
    """
    return next((key for key in _FINEST_FIRST if key in by), "")


def span(key: str, period: str, week_start: str = "mon") -> tuple[str, str] | None:
    """The first and the last date of a period, None when it is not one.

    >>> span("week", "2026-W53"), span("week", "2027-W01", "sun"), span("month", "2024-02")
    (('2026-12-28', '2027-01-03'), ('2027-01-03', '2027-01-09'), ('2024-02-01', '2024-02-29'))
    """
    try:
        if key == "week":
            first = datetime.strptime(period + "-1", "%G-W%V-%u").date() - timedelta(days=1 if week_start == "sun" else 0)
            return first.isoformat(), (first + timedelta(days=6)).isoformat()
        if key == "month":
            first = date.fromisoformat(period + "-01")
            return first.isoformat(), ((first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)).isoformat()
        return (day := date.fromisoformat(period[:10]).isoformat()), day
    except (ValueError, OverflowError):
        return None


def before(key: str, period: str, week_start: str = "mon") -> str:
    """The period before a day, week or month, "" when it is none.

    >>> before("date", "2024-03-01"), before("week", "2027-W01"), before("month", "2026-01")
    ('2024-02-29', '2026-W53', '2025-12')
    """
    return _neighbour(key, period, week_start, 0, -1)


def after(key: str, period: str, week_start: str = "mon") -> str:
    """The period after one, "" when it is none."""
    return _neighbour(key, period, week_start, 1, 1)


def _neighbour(key: str, period: str, week_start: str, end: int, days: int) -> str:
    dates = span(key, period, week_start)
    if dates is None or key == "hour":
        return ""
    try:
        day = (date.fromisoformat(dates[end]) + timedelta(days=days)).isoformat()
    except OverflowError:
        return ""
    return of_date(key, day, week_start)


def of_date(key: str, day: str, week_start: str = "mon") -> str:
    """The day, week or month that a date falls in."""
    return week_of(day, week_start) if key == "week" else day[:7] if key == "month" else day
