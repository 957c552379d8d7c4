"""Events, times, and which day, week, month and hour a moment falls in."""

import random
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from llmops_cli.errors import UserError
from llmops_cli.records import Calendar, event_problem, is_utc_stamp, parse_time, utc_stamp, week_of

GOOD = {"event_time": "2026-01-03T10:15:00Z", "role": "user", "content": "hello"}


@pytest.mark.parametrize("change, problem", [
    ({}, ""),
    ({"content": ""}, ""),
    ({"role": "tool"}, ""),
    ({"team": None, "user_id": 7, "conversation_id": 10 ** 39, "x": [1e300]}, ""),
    ({"role": None}, "role is missing"),
    ({"role": ""}, "role is empty"),
    ({"role": 5}, "role is not a string"),
    ({"content": ["hello"]}, "content is not a string"),
    ({"event_time": 1767435300}, "event_time is not a string"),
    ({"event_time": "yesterday"}, "event_time is not a time"),
    ({"event_time": "2026-02-29T00:00:00Z"}, "event_time is not a time"),
    ({"team": ["Sales"]}, "team is not a string"),
    ({"user_id": float("inf")}, "user_id is not a string"),
    ({"conversation_id": {"id": 1}}, "conversation_id is not a string"),
    ({"message_id": True}, "message_id is not a string"),
])
def test_what_an_event_must_be(change, problem):
    assert event_problem({**GOOD, **change}) == problem


@pytest.mark.parametrize("stamp, canonical, utc", [
    ("2026-01-03T10:15:00Z", True, "2026-01-03T10:15:00Z"),
    ("2026-01-03T10:15:00.25Z", True, "2026-01-03T10:15:00.25Z"),
    ("2026-01-03T10:15:00.123456789Z", True, "2026-01-03T10:15:00.123456Z"),
    ("2024-02-29T23:59:59Z", True, "2024-02-29T23:59:59Z"),
    ("2026-01-03 10:15:00", False, "2026-01-03T10:15:00Z"),
    ("2026-01-03T10:15", False, "2026-01-03T10:15:00Z"),
    ("2026-01-03", False, "2026-01-03T00:00:00Z"),
    ("2026-01-03T11:15:00+01:00", False, "2026-01-03T10:15:00Z"),
    ("2026-01-03T10:15:00.500000+00:00", False, "2026-01-03T10:15:00.5Z"),
    ("2026-W01-6T10:15:00Z", False, "2026-01-03T10:15:00Z"),
    ("2026-01-03T101500.1Z", False, "2026-01-03T10:15:00.1Z"),
    ("2026-01-03T10:15:00,5Z", False, "2026-01-03T10:15:00.5Z"),
    ("20260103T101500Z", False, "2026-01-03T10:15:00Z"),
    ("2026-02-30T10:15:00Z", False, None),
    ("2026-01-03T25:15:00Z", False, None),
    ("0001-01-01T00:00:00+05:00", False, None),
    ("9999-12-31T23:59:59-05:00", False, None),
    ("2026-01-03T10:15:00Z\n", False, None),
    ("1767435300", False, None),
    ("", False, None),
])
def test_times(stamp, canonical, utc):
    assert is_utc_stamp(stamp) is canonical
    moment = parse_time(stamp)
    assert (utc_stamp(moment) if moment else None) == utc


@pytest.mark.parametrize("zone, stamp, day", [
    ("UTC", "2026-01-03T23:59:59.9Z", "2026-01-03"),
    ("UTC", "2026-01-04T00:30:00+01:00", "2026-01-03"),
    ("+05:30", "2026-01-03T18:29:59Z", "2026-01-03"),
    ("+05:30", "2026-01-03T18:30:00Z", "2026-01-04"),
    ("-0330", "2024-03-01T03:29:59Z", "2024-02-29"),
    ("Europe/Oslo", "2026-03-28T22:59:59Z", "2026-03-28"),     # winter, an hour ahead
    ("Europe/Oslo", "2026-03-28T23:00:00Z", "2026-03-29"),     # the day on which summer time begins has 23 hours
    ("Europe/Oslo", "2026-03-29T22:00:00Z", "2026-03-30"),
    ("Europe/Oslo", "2026-10-25T22:59:59Z", "2026-10-25"),     # and this one 25
    ("Europe/Oslo", "2026-10-24T22:00:00Z", "2026-10-25"),
    ("America/New_York", "2026-01-01T04:59:59Z", "2025-12-31"),
    ("UTC", "2026-W01-6T10:15:00Z", "2026-01-03"),
    ("UTC", "not a timeTat all, thoughZ", "unknown"),
    ("Asia/Tokyo", "9999-12-31T23:00:00Z", "unknown"),
])
def test_days(zone, stamp, day):
    calendar = Calendar(zone)
    assert calendar.date(stamp) == day
    assert calendar.month(stamp) == day[:7]


def test_hours_are_those_of_the_zone():
    oslo = Calendar("Europe/Oslo")
    assert [oslo.hour(stamp) for stamp in ("2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "soon")] == \
        ["2026-03-29T01", "2026-03-29T03", "2026-10-25T02", "2026-10-25T02", "unknown"]
    assert Calendar().hour("0999-12-31T23:10:00Z") == "0999-12-31T23"


@pytest.mark.parametrize("day, monday, sunday", [
    ("2026-01-01", "2026-W01", "2026-W01"),
    ("2026-12-31", "2026-W53", "2026-W53"),
    ("2027-01-03", "2026-W53", "2027-W01"),      # a Sunday ends an ISO week, or begins the next
    ("2027-01-04", "2027-W01", "2027-W01"),
    ("2024-12-29", "2024-W52", "2025-W01"),
    ("2024-12-30", "2025-W01", "2025-W01"),
    ("2024-02-29", "2024-W09", "2024-W09"),
    ("9999-12-31", "9999-W52", "unknown"),      # the day after is no date
    ("unknown", "unknown", "unknown"),
])
def test_weeks(day, monday, sunday):
    assert (week_of(day), week_of(day, "sun")) == (monday, sunday)
    if day != "unknown":
        assert (Calendar().week(day + "T12:00:00Z"), Calendar(week_start="sun").week(day + "T12:00:00Z")) == (monday, sunday)


def test_weeks_of_seven_days_that_begin_on_their_day():
    for start, first in (("mon", 0), ("sun", 6)):
        day, weeks = date(1999, 1, 1), {}
        while day < date(2040, 1, 1):
            weeks.setdefault(week_of(day.isoformat(), start), []).append(day)
            day += timedelta(days=1)
        whole = list(weeks.values())[1:-1]
        assert all(len(days) == 7 and days[0].weekday() == first for days in whole)
        assert list(weeks) == sorted(weeks)


def test_days_agree_with_the_standard_library_at_random_moments():
    pick = random.Random(5)
    zones = ["Europe/Oslo", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "UTC"]
    calendars = {zone: Calendar(zone) for zone in zones}
    for _ in range(2000):
        moment = datetime(1975, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=pick.randrange(70 * 365 * 86400))
        zone = pick.choice(zones)
        there = moment.astimezone(ZoneInfo(zone))
        calendar = calendars[zone]
        stamp = utc_stamp(moment)
        assert is_utc_stamp(stamp)
        assert calendar.date(stamp) == there.date().isoformat()
        assert calendar.hour(stamp) == there.strftime("%Y-%m-%dT%H")
        assert calendar.week(stamp) == f"{there.isocalendar()[0]}-W{there.isocalendar()[1]:02}"


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "+99:99", "../../etc/passwd", "Europe", "+", "5"])
def test_unknown_zones(name):
    with pytest.raises(UserError, match="unknown time zone"):
        Calendar(name)
