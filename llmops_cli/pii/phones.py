"""Telephone numbers: with a country code by the length the country uses, without one by form and by the words near them."""
from __future__ import annotations

import re

from .detector import ALONE, NAMED, Detector, Hit
from .numbers import WORD_SIGNS, Run, Topic, plain_boundary
from .page import Page
from .pattern import Pattern

# Country calling code -> shortest and longest national number (ITU-T E.164 and the national numbering plans).
LENGTHS: dict[str, tuple[int, int]] = {}
for _entry in (
    "1:10 7:10 20:8-10 27:5-10 30:10-11 31:5-11 32:8-9 33:9 34:9 36:8-9 39:6-12 40:9 41:9-12 43:4-13 44:7-10 45:8 46:6-12 47:5-12 48:6-10 "
    "49:5-14 51:8-9 52:10-11 53:6-10 54:10-11 55:10-11 56:9-11 57:8-11 58:10 60:8-10 61:5-12 62:7-13 63:8-11 64:7-10 65:8-11 66:8-10 "
    "81:8-13 82:8-13 84:7-10 86:7-12 90:7-12 91:8-13 92:8-12 93:9 94:9 95:6-10 98:4-10 211:9 212:9 213:8-9 216:8 218:8-9 220:7 221:9 "
    "222:8 223:8 224:8-9 225:10 226:8 227:8 228:8 229:8-10 230:7-10 231:7-9 232:8 233:8-9 234:8-11 235:8 236:8 237:8-9 238:7 239:7 "
    "240:9 241:7-8 242:9 243:7-10 244:9 245:7-9 246:7 247:4-6 248:6-7 249:9 250:8-9 251:9 252:6-9 253:8 254:6-10 255:7-9 256:9 257:8 "
    "258:8-9 260:9 261:7-10 262:9 263:5-10 264:8-12 265:7-9 266:8 267:7-10 268:8-9 269:7 290:4-5 291:7 297:7 298:6-9 299:6 350:8 "
    "351:9 352:4-12 353:7-10 354:7-9 355:6-9 356:8 357:8 358:5-12 359:6-12 370:8-10 371:8 372:7-10 373:8 374:8 375:6-11 376:6-9 "
    "377:8-9 378:6-12 379:6-11 380:8-10 381:6-12 382:4-12 383:8-12 385:6-10 386:5-8 387:8-9 389:6-8 420:9-12 421:6-9 423:7-9 "
    "500:5 501:7-11 502:8-11 503:7-11 504:8-11 505:8 506:8-10 507:7-11 508:6-9 509:8 590:9 591:8-9 592:7 593:8-11 594:9 595:6-11 "
    "596:9 597:6-7 598:7-11 599:7-8 670:7-8 672:6 673:7 674:7 675:7-8 676:5-7 677:5-7 678:5-7 679:7-11 680:7 681:6-9 682:5 683:4-7 "
    "685:5-10 686:5-8 687:6 688:5-7 689:6-9 690:4-7 691:7 692:7 800:8 808:8 850:6-10 852:5-12 853:8 855:8-10 856:8-10 870:9-12 "
    "880:6-10 881:9 882:7-12 883:7-12 886:7-11 888:11 960:7-10 961:7-8 962:8-9 963:8-9 964:8-10 965:7-8 966:8-10 967:7-9 968:7-9 "
    "970:8-10 971:5-12 972:7-12 973:8 974:7-11 975:7-8 976:8-10 977:8-11 979:9 992:9 993:8 994:9 995:9 996:9-10 998:9"
).split():
    _code, _, _span = _entry.partition(":")
    _low, _, _high = _span.partition("-")
    LENGTHS[_code] = (int(_low), int(_high or _low))

INTERNATIONAL = Detector(
    "phone-international", "PHONE", "number with + or 00 and an assigned country code", strength=ALONE, validator="country_length",
    finds=("+49 30 901820", "+1 415-555-0132", "0044 20 7946 0958", "011 81 3-3224-9999"),
    ignores=("+9991234567", "x+12", "1+2345678"), source="ITU-T E.164")
NORTH_AMERICAN = Detector(
    "phone-north-american", "PHONE", "ten digits grouped 3-3-4, with or without 1 and an extension", strength=ALONE,
    validator="nanp", finds=("(212) 555-0100", "555-123-4567", "1-800-555-0199", "328.994.7574", "001-378-454-7783x52615"),
    ignores=("1.212.555.0", "2023-555-0100", "12345-6789"), source="ATIS-0300055 (NANP)")
NATIONAL = Detector(
    "phone-national", "PHONE", "national number in a form used for telephones alone", strength=ALONE, validator="trunk_form",
    finds=("06 12 34 56 78", "(03) 5327 5996", "079 2718 1155"), ignores=("03 04 2023", "12 34 56"))
NEAR_WORD = Detector(
    "phone-near-word", "PHONE", "five to fifteen digits beside a word such as phone, call, Handy or 电话", strength=NAMED,
    finds=("call 449 4898", "phone: 5551234567", "Mobile: 0712 345678"), ignores=("449 4898 apples", "order 5551234567"))
DETECTORS = (INTERNATIONAL, NORTH_AMERICAN, NATIONAL, NEAR_WORD)

_LONGEST = 15   # digits of a number with its country (E.164)
_NANP = Pattern(r"(?:(?:00)?1[ .-]?)?(?:\(\d{3}\)[ .-]{0,2}|\d{3}[.-])\d{3}[ .-]\d{4}"
                r"|(?:(?:00)?1[ .-])?\d{3}([.-])\d{3}\1\d{4}|(?:00)?1[ .-]\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}|\(\d{3}\) ?\d{7}")
_PAIRS = Pattern(r"0[1-9](?:([ .-])\d\d)(?:\1\d\d){3}")
_AREA = Pattern(r"\(0\d{1,5}\)[ .-]{0,2}\d[\d .-]{4,11}")
_TRUNK = Pattern(r"0[1-9]\d{0,4}[ .-]\d{2,8}(?:[ .-]\d{2,5}){0,3}")
_FORMS = (_NANP, _AREA, _PAIRS, _TRUNK)
_ABROAD = ("0044", "0049", "0033")      # what most people who write no separators dial first
_EXTENSION = Pattern(r" ?(?:x|ext\.?|extension|#) ?(\d{1,6})(?![\w])", re.I)
_FRACTION = Pattern(r"\d+\.\d+|\d+ ?/ ?\d+\.\d+|\d{1,3} ?/ ?\d+")
_LOCAL = Pattern(r"\d{3}\.\d{4}")
_DATE = Pattern(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d\d|(?:19|20)\d\d ?[-–] ?(?:19|20)\d\d|\d{1,3}(?:\.\d{1,3}){3}")


def country_length(number: str) -> bool:
    """Whether a number with its country code has a length that the country uses.

    >>> country_length("4930901820"), country_length("9991234567")
    (True, False)
    """
    for width in (1, 2, 3):
        span = LENGTHS.get(number[:width])
        if span:
            # One more or less: people write trunk zeros after the country code, or leave digits out.
            return span[0] - 1 <= len(number) - width <= span[1] + 1 and len(number) <= 16
    return False


def speaks_alone(shape: bytes) -> bool:
    """Whether a run of these marks can be a telephone number by its form alone, without + in front and without a word near it.

    >>> speaks_alone(b"(000) 000-0000"), speaks_alone(b"00 00 00 00 00"), speaks_alone(b"0 0 0 0 0 0"), speaks_alone(b"000.000")
    (True, True, False, False)
    """
    body = shape.lower().partition(b"a")[0].decode()
    if body[:2] == "00" and body.count("0") > 8:
        return True     # 00 or 011, and a country
    forms = _FORMS if 10 <= body.count("0") <= 11 else (_NANP, _AREA)
    body = "(" * (body.count(")") - body.count("(")) + body
    plain = body.replace("0", "5")
    for first in ("5", "0", "1", "001"):
        filled = plain if first == "5" else plain.replace("5" * len(first), first, 1)
        if any(form.fullmatch(filled) for form in forms):
            return True
    return False


def look(page: Page, run: Run, hits: list[Hit]) -> None:
    """Telephone numbers among the runs of a page."""
    text, start, end, value = page.text, run.start, run.end, run.value
    body = text[start:end]
    if not value.isdigit():
        value, body = _without_extension(run, body)
    if not 5 <= len(value) <= 17:
        return
    extension = _EXTENSION.match(text, end)
    if extension:
        end = extension.end()
    plus = _plus_before(text, start)
    if plus:
        hit = _behind_plus(page, start - plus, end, value)
    else:
        if text[start - 1:start] == "(" and body.count("(") < body.count(")"):
            start, body = start - 1, "(" + body
        hit = _without_plus(page, start, end, value, body, run)
    if hit:
        hits.append(hit)


def _without_extension(run: Run, body: str) -> tuple[str, str]:
    """The digits of a number and how it is written, both without an extension that an x joins to it; empty if it has other letters."""
    number, _, extension = run.value.partition("X")
    joined = b"0a0" in run.shape or b"0A0" in run.shape
    if not (joined and number.isdigit() and extension.isdigit() and len(extension) <= 6):
        return "", ""
    return number, body.lower().partition("x")[0]


def _plus_before(text: str, start: int) -> int:
    """How many characters a + takes before a place, alone or with a bracket; 0 for none."""
    if text[start - 1:start] == "+":
        return 1
    return 2 if text[max(0, start - 2):start] in ("+(", "(+") else 0


def _behind_plus(page: Page, start: int, end: int, value: str) -> Hit | None:
    """A number with + and its country, which needs no word near it."""
    before = page.text[start - 1:start]
    if not country_length(value) or before == "+" or before in WORD_SIGNS or _goes_on(page.text, end):
        return None
    return Hit(start, end, 850, INTERNATIONAL, _word(page.before(start).get("phone")))


def _goes_on(text: str, end: int) -> bool:
    return text[end:end + 1] in WORD_SIGNS or text[end:end + 1] in ("-", ".") and text[end + 1:end + 2].isdigit()


def _without_plus(page: Page, start: int, end: int, value: str, body: str, run: Run) -> Hit | None:
    """A number with 00 or 011 and its country, else one of the own country."""
    if len(value) > _LONGEST and value[0] != "0" or not plain_boundary(page, start, end):
        return None
    if _is_dialled_abroad(value):
        phone = page.before(start).get("phone")
        if run.cut and not phone:
            return None
        if phone or body.startswith(_ABROAD) or " " in body or "-" in body:
            return Hit(start, end, 650, INTERNATIONAL, _word(phone))
    return _national(page, start, end, len(value), body, run)


def _national(page: Page, start: int, end: int, count: int, body: str, run: Run) -> Hit | None:
    """A number without its country by its form, else by the words beside it."""
    # All forms of telephone numbers, dates and fractions have separators, or a bracket before them.
    separated = len(body) > count
    form = _form_of(body) if separated else None
    if not form and not run.told:
        return None
    near = page.before(start)
    phone = near.get("phone")
    if _is_nearer(near.get("thing"), phone):
        return None
    if form is _NANP:
        return Hit(start, end, 790 - phone[0] if phone else 640, NORTH_AMERICAN, _word(phone))
    if run.cut and not phone or separated and _is_date_or_fraction(body, phone):
        return None
    if form is _AREA or form is _PAIRS:
        return Hit(start, end, 780 - phone[0] if phone else 560, NATIONAL, _word(phone))
    if form is _TRUNK and 10 <= count <= 11 and not near:
        return Hit(start, end, 420, NATIONAL, "")
    return _beside_word(page, start, end, count, body, phone)


def _is_dialled_abroad(value: str) -> bool:
    """Whether digits begin with 00 or 011 and a country of which they have the length."""
    return (value.startswith("00") and len(value) > 8 and country_length(value[2:])
            or value.startswith("011") and len(value) > 11 and country_length(value[3:]))


def _form_of(body: str) -> Pattern | None:
    """The form of telephone numbers that something has, if any."""
    for form in _FORMS:
        if form.fullmatch(body):
            return form
    return None


def _is_date_or_fraction(body: str, phone: Topic | None) -> bool:
    """Whether something is a date, an address of the net, or a fraction that is no local number directly behind its word."""
    if _DATE.fullmatch(body):
        return True
    local = phone and phone[0] < 2 and _LOCAL.fullmatch(body)
    return not local and _FRACTION.fullmatch(body) is not None


def _is_nearer(one: Topic | None, other: Topic | None) -> bool:
    return one is not None and (other is None or one[0] < other[0])


def _beside_word(page: Page, start: int, end: int, count: int, body: str, phone: Topic | None) -> Hit | None:
    """Digits before or behind a word such as phone."""
    if phone:
        if count > _LONGEST or "/" in body[1:3]:
            return None
        weight = count // 2 if " " in body else count
        return Hit(start, end, 780 - 10 * phone[0] + weight, NEAR_WORD, phone[1])
    later = page.after(end).get("phone")
    if later and later[0] < 4 and count >= 7:
        return Hit(start, end, 450 - 10 * later[0], NEAR_WORD, later[1])
    return None


def _word(topic: Topic | None) -> str:
    return topic[1] if topic else ""
