"""Times as logs write them, to times as events write them: UTC with a Z."""

from datetime import datetime, timedelta, timezone
from typing import Any

from ...errors import UserError
from ...records import is_utc_stamp, parse_time, utc_stamp

NONE_GIVEN = UserError("this format has no times", hint="--set event_time=2026-01-03T10:15:00Z gives the first message one; later ones follow a second apart")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
# A number is taken as seconds, milliseconds, microseconds or nanoseconds by its size: seconds reach the year 5138.
_UNITS = ((10 ** 11, 1), (10 ** 14, 10 ** 3), (10 ** 17, 10 ** 6), (10 ** 20, 10 ** 9))


def stamp(value: Any) -> str | None:
    """A time of a log as an event writes it, None when it is none. Without a zone it is taken to be UTC.

    >>> stamp(1711652795), stamp("1711652795000000000"), stamp("2024-03-28 20:06:35.5")
    ('2024-03-28T19:06:35Z', '2024-03-28T19:06:35Z', '2024-03-28T20:06:35.5Z')
    """
    if value.__class__ is str:
        if is_utc_stamp(value):
            return value
        if value.isascii() and value.replace(".", "", 1).isdigit():
            return stamp(float(value) if "." in value else int(value)) if len(value) > 8 else None
        moment = parse_time(value.removesuffix(" UTC").strip())
        return utc_stamp(moment) if moment else None
    moment = _moment(value)
    return utc_stamp(moment) if moment else None


def later(moment: str, seconds: float) -> str:
    """The time some seconds after another.

    >>> later("2026-01-03T10:15:59Z", 2)
    '2026-01-03T10:16:01Z'
    """
    try:
        return utc_stamp(datetime.fromisoformat(moment) + timedelta(seconds=seconds))
    except (ValueError, OverflowError):
        return moment


def milliseconds(start: Any, end: Any) -> float | int | None:
    """Milliseconds from one time to another, None when either is missing or time ran backwards.

    >>> milliseconds("2026-05-29 13:46:19.963", "2026-05-29 13:46:21.463"), milliseconds(20, 10)
    (1500, None)
    """
    begun, ended = (_moment(value) if value.__class__ is not str else _read(value) for value in (start, end))
    return duration((ended - begun) / timedelta(milliseconds=1)) if begun and ended else None


def duration(value: Any) -> float | int | None:
    """A length of time as an event carries it: not negative, no more than three decimals.

    >>> duration(1021.0), duration(-3), duration("812.5")
    (1021, None, 812.5)
    """
    if value.__class__ is str:
        try:
            value = float(value)
        except ValueError:
            return None
    if value.__class__ not in (int, float) or not 0 <= value < 1e15:
        return None
    rounded = round(value, 3)
    return int(rounded) if rounded == int(rounded) else rounded


def _read(text: str) -> datetime | None:
    written = stamp(text)
    return datetime.fromisoformat(written) if written else None


def _moment(value: Any) -> datetime | None:
    if value.__class__ not in (int, float) or not 0 < value < 10 ** 20:
        return None
    scale = next(scale for limit, scale in _UNITS if value < limit)
    try:
        if value.__class__ is float:
            return _EPOCH + timedelta(microseconds=round(value / scale * 1_000_000))
        return _EPOCH + timedelta(microseconds=value * 1_000_000 // scale)
    except OverflowError:
        return None
