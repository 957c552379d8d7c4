"""Dates of birth: a date of any form, when a word says that somebody was born on it."""
from __future__ import annotations

import re

from .checkdigits import is_date
from .detector import NAMED, Detector, Hit
from .months import MONTHS
from .numbers import Run
from .page import Page
from .pattern import Pattern

DOB = Detector("date-of-birth", "DOB", "date near a word such as born, DOB, Geburtsdatum, né le, 生年月日", validator="calendar",
               finds=("born on 04.08.2001", "DOB: 1990-01-02", "birthday is September 23, 1976", "date of birth: 06 May 1916", "né le 3 avril 1961", "生年月日 1990年5月3日"),
               ignores=("released on 04.08.2001", "born on 34.18.2001", "born in 1990"))
DETECTORS = (DOB,)

_DATE = Pattern(
    r"(?P<y1>\d{4})[-/. ](?P<m1>\d{1,2})[-/. ](?P<d1>\d{1,2})(?:T[\d:.]+Z?)?(?!\d)|(?P<a>\d{1,2})[-/. ](?P<b>\d{1,2})[-/. ](?P<y2>\d{4}|\d\d)(?!\d)"
    r"|(?P<d2>\d{1,2})(?:st|nd|rd|th|\.|º|er)?(?: of| de| den)?[ .-]{1,2}(?P<n1>[^\W\d_]{3,12})\.?(?: of| de| del|,)?[ .,-]{1,2}(?P<y3>\d{4}|\d\d)(?!\d)"
    r"|(?P<n2>[^\W\d_]{3,12})\.?[ .-]{1,2}(?:the )?(?P<d3>\d{1,2})(?:st|nd|rd|th)?,?[ ,-]{1,2}(?P<y4>\d{4})(?!\d)|(?P<y5>\d{4})[年년] ?(?P<m5>\d{1,2})[月월] ?(?P<d5>\d{1,2})[日일]?|(?P<y6>(?:19|20)\d\d)(?P<m6>[01]\d)(?P<d6>[0-3]\d)(?!\d)")
_BEFORE_YEAR = Pattern(r"(?:(?P<d>\d{1,2})(?:st|nd|rd|th|\.|º|er)?(?: of| de| den)?[ .-]{1,2})?(?P<n>[^\W\d_]{3,12})\.?(?: of| de| del|,)?(?:[ .-]{1,2}(?:the )?\d{1,2}(?:st|nd|rd|th)?)?,?[ .,-]{1,2}$")
_CLOSE = 6


def is_calendar_date(found: re.Match[str]) -> bool:
    """Whether a match of one of the date forms names a day that exists.

    >>> is_calendar_date(_DATE.match("04 Mar 2013")), is_calendar_date(_DATE.match("34.18.2001"))
    (True, False)
    """
    parts = found.groupdict()
    if parts["a"]:
        a, b, year = int(parts["a"]), int(parts["b"]), int(parts["y2"])
        return is_date(2000 if year < 100 else year, a, b) or is_date(2000 if year < 100 else year, b, a)
    for year, month, day in (("y1", "m1", "d1"), ("y5", "m5", "d5"), ("y6", "m6", "d6")):
        if parts[year]:
            return 1850 < int(parts[year]) < 2100 and is_date(int(parts[year]), int(parts[month]), int(parts[day]))
    name, day, year = (parts["n1"], parts["d2"], parts["y3"]) if parts["n1"] else (parts["n2"], parts["d3"], parts["y4"])
    month = MONTHS.get(name.lower())
    return bool(month) and is_date(int(year) if len(year) == 4 else 2000, month or 1, int(day))


def look(page: Page, run: Run, hits: list[Hit]) -> None:
    """A run that is a date, or the year of one, near a word of birth."""
    size = len(run.value)
    if not run.value.isdigit() or not 4 <= size <= 8:
        return
    start, end = run.start, run.end
    if size == 4 and end - start == 4:
        named = _BEFORE_YEAR.search(page.text, max(0, start - 26), start)
        if not named or named.group("n").lower() not in MONTHS:
            return
        start = named.start()
    elif size < 6 and end - start < 6:
        return
    birth = page.before(start).get("birth")
    if not birth or birth[0] > _CLOSE + 6 * bool(page.name):
        return
    found = _DATE.search(page.text, start, end + 2)
    if found and found.start() == start and is_calendar_date(found) and not page.text[found.end():found.end() + 1].isdigit():
        hits.append(Hit(start, found.end(), 865, DOB, birth[1]))
