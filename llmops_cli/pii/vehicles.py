"""Vehicle identification numbers, and plates whose form is distinctive."""
from __future__ import annotations

import re

from .detector import ALONE, NAMED, NUMBER, Detector, Hit
from .numbers import Run, plain_boundary, weigh
from .page import Page

_VALUES = {c: v for c, v in zip("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9))}
# Letters that make a quantity of a number, not a plate.
_UNITS = frozenset("EUR USD GBP CHF SEK NOK DKK PLN JPY CNY INR AUD CAD KM KG MM CM GB MB TB KW KWH HP PS AM PM UTC CET GMT JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split())
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def vin(value: str) -> bool:
    """Seventeen characters without I, O and Q; check digit in ninth place (ISO 3779, 49 CFR 565).

    >>> vin("1HGCM82633A004352"), vin("1HGCM82633A004353")
    (True, False)
    """
    return len(value) == 17 and all(c in _VALUES for c in value) and "0123456789X"[sum(_VALUES[c] * w for c, w in zip(value, _WEIGHTS)) % 11] == value[8]


def vin_form(value: str) -> bool:
    """The form alone, for makers outside North America.

    >>> vin_form("WVWZZZ1JZXW000001"), vin_form("WVWZZZ1JZXW00000O")
    (True, False)
    """
    return len(value) == 17 and all(c in _VALUES for c in value) and value[-3:].isdigit() and any(map(str.isalpha, value[:8]))


def uk_plate(value: str) -> bool:
    """Two letters, a half-year that was or will be issued, three letters without I and Q; or the form before 2001.

    >>> uk_plate("AB12CDE"), uk_plate("AB35CDE"), uk_plate("M456DEF")
    (True, False, True)
    """
    if set(value) & {"I", "Q"}:
        return False
    if value[1].isalpha():
        return 2 <= int(value[2:4]) <= 40 and int(value[2:4]) <= 29 or 51 <= int(value[2:4]) <= 79
    return value[0] not in "OUZ" and value[1] != "0"


VIN = Detector("vin", "VEHICLE", "vehicle identification number with right check digit", check=vin, strength=ALONE, words=("vin", "chassis"), finds=("1HGCM82633A004352",), ignores=("1HGCM82633A004353",), source="ISO 3779")
VIN_NAMED = Detector("vin-near-word", "VEHICLE", "seventeen characters beside VIN or chassis", check=vin_form, words=("vin", "chassis", "fahrgestellnummer", "fin"), finds=("VIN: WVWZZZ1JZXW000001",), ignores=("WVWZZZ1JZXW000001",))
PLATE_WORDS = Detector("plate-near-word", "VEHICLE", "4 to 9 letters and digits near a word such as plate or Kennzeichen", validator="mixed", finds=("the number plate of his car, AB12 CDE",), ignores=("AB12 CDE",))
UK = Detector("uk-plate", "VEHICLE", "British number plate", ("AA00 AAA", "AA00AAA", "A000 AAA", "A000AAA"), strength=NUMBER,
              check=uk_plate, validator="uk_plate", finds=("plate AB12 CDE",), ignores=("AB12 CDE apples",))
DETECTORS = (VIN, VIN_NAMED, PLATE_WORDS, UK)


def look(page: Page, run: Run, hits: list[Hit]) -> None:
    """VINs, and mixed groups near a word of plates."""
    value = run.value
    if len(value) == 17 and b" " not in run.shape and b"-" not in run.shape:
        for rule in (VIN, VIN_NAMED):
            if rule.check and rule.check(value) and (rule is VIN_NAMED or value[-4:].isdigit() or "vehicle" in page.before(run.start)) and plain_boundary(page, run.start, run.end) and not value.isdigit():
                hit = weigh(rule, page, run.start, run.end)
                if hit:
                    hits.append(hit)
                    return
    elif 4 <= len(value) <= 9 and b"a" not in run.shape and b"A" in run.shape:
        near = page.before(run.start).get("vehicle")
        letters = "".join(filter(str.isalpha, value))
        if near and letters not in _UNITS and near[1].removesuffix("s") not in ("license", "licence", "car", "vehicle", "registration", "truck") and near[0] < 7 and plain_boundary(page, run.start, run.end):
            hits.append(Hit(run.start, run.end, 520 - near[0] + len(value), PLATE_WORDS, near[1]))
