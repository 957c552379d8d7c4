"""Dates of birth: a date of any form, when a word says that somebody was born on it."""
from __future__ import annotations

import re

from .checkdigits import is_date
from .detector import NAMED, Detector, Hit
from .page import Page

DOB = Detector("date-of-birth", "DOB", "date near a word such as born, DOB, Geburtsdatum, né le, 生年月日", validator="calendar",
               finds=("born on 04.08.2001", "DOB: 1990-01-02", "birthday is September 23, 1976", "date of birth: 06 May 1916", "né le 3 avril 1961", "生年月日 1990年5月3日"),
               ignores=("released on 04.08.2001", "born on 34.18.2001", "born in 1990"))
DETECTORS = (DOB,)

_WORDS = re.compile(r"birth|\bborn\b|\bd\.?o\.?b\b|\bbday|geboren|geburt|\bgeb\.|naissance|\bnée?\b|nacimiento|nacid[oa]|nascita|\bnat[oa] (?:il|a)|nascimento|nascid[oa]|geboorte|urodz|fødsel|\bfødt|\bfödd|syntym|syntyn|рожд|родил|doğum|born:|生年月日|出生|生日|생년월일|생일|誕生日|γέννησ|születés|naroz|naster|născut|วันเกิด", re.I)
_MONTHS = {name: number for number, names in enumerate((
    "jan january januar januari janvier enero ene gennaio gen janeiro stycznia января", "feb february februar februari février fevrier febrero febbraio fevereiro fev lutego февраля",
    "mar march märz maerz maart mars marzo março marco marca марта", "apr april avril abril abr aprile kwietnia апреля", "may mai mayo maggio mag maio mei maja мая", "jun june juni juin junio giugno giu junho czerwca июня",
    "jul july juli juillet julio luglio lug julho lipca июля", "aug august augustus août aout agosto ago sierpnia августа", "sep sept september septembre septiembre settembre set setembro września сентября",
    "oct october oktober okt octobre octubre ottobre ott outubro out października октября", "nov november novembre noviembre novembro listopada ноября",
    "dec december dezember dez décembre decembre diciembre dic dicembre dezembro grudnia декабря"), 1) for name in names.split()}
_DATE = re.compile(
    r"(?P<y1>\d{4})[-/. ](?P<m1>\d{1,2})[-/. ](?P<d1>\d{1,2})(?:T[\d:.]+Z?)?(?!\d)|(?P<a>\d{1,2})[-/. ](?P<b>\d{1,2})[-/. ](?P<y2>\d{4}|\d\d)(?!\d)"
    r"|(?P<d2>\d{1,2})(?:st|nd|rd|th|\.|º|er)?(?: of| de| den)?[ .-]{1,2}(?P<n1>[^\W\d_]{3,12})\.?(?: of| de| del|,)?[ .,-]{1,2}(?P<y3>\d{4}|\d\d)(?!\d)"
    r"|(?P<n2>[^\W\d_]{3,12})\.?[ .-]{1,2}(?:the )?(?P<d3>\d{1,2})(?:st|nd|rd|th)?,?[ ,-]{1,2}(?P<y4>\d{4})(?!\d)|(?P<y5>\d{4})[年년] ?(?P<m5>\d{1,2})[月월] ?(?P<d5>\d{1,2})[日일]?|(?P<y6>(?:19|20)\d\d)(?P<m6>[01]\d)(?P<d6>[0-3]\d)(?!\d)")
_REACH = 60


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
    month = _MONTHS.get(name.lower())
    return bool(month) and is_date(int(year) if len(year) == 4 else 2000, month or 1, int(day))


def look(page: Page, hits: list[Hit]) -> None:
    """From each word of birth to the date behind it; a date as the whole text under such a name counts too."""
    text = page.text
    if page.name and len(text) < 40 and _WORDS.search(page.name.replace("_", " ")):
        found = _DATE.search(text)
        if found and is_calendar_date(found):
            hits.append(Hit(found.start(), found.end(), 865, DOB, page.name[:24].lower()))
    low = page.plain.lower()
    if not (b"birth" in low or b"born" in low or b"dob" in low or b"d.o.b" in low or b"bday" in low or b"geb" in low or b"nac" in low or b"nas" in low
            or not text.isascii() or b"nat" in low or b"urodz" in low or b"naroz" in low or b"syntym" in low):
        return
    for word in _WORDS.finditer(text):
        window = text[word.end():word.end() + _REACH]
        cut = window.find("\n\n")
        if cut >= 0:
            window = window[:cut]
        for found in _DATE.finditer(window):
            if found.start() and (window[found.start() - 1].isalnum() and window[found.start() - 1].isascii() or window[found.start() - 1] in "-/."):
                continue
            if is_calendar_date(found):
                start, end = word.end() + found.start(), word.end() + found.end()
                if text[end:end + 1].isdigit():
                    continue
                hits.append(Hit(start, end, 865, DOB, word.group().lower()))
                break
