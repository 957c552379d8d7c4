"""Postal codes near a word, or where an address ends; street addresses of a plain English form."""
from __future__ import annotations

from .detector import ALONE, NAMED, NUMBER, Detector, Hit
from .numbers import Run, plain_boundary
from .page import Page
from .pattern import Pattern

_STATES = ("AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC PR AP AE AA").split()
ZIP = Detector("zip-near-word", "ZIP", "postal code of some country beside a word such as ZIP, postcode, PLZ", validator="postal_form",
               finds=("zip code 92290", "postcode: HD65 8YF", "PLZ 10115", "postal code B3K 5X5", "zip code 317-0529"), ignores=("92290 apples", "zip file 2"))
ZIP_STATE = Detector("us-zip-after-state", "ZIP", "ZIP code behind the short name of a state", validator="state", strength=ALONE, finds=("San Diego, CA 92101", "Boston MA 02101-1234"), ignores=("CA 921", "XX 92101"), source="USPS Publication 28")
UK = Detector("uk-postcode", "ZIP", "British postcode", ("AA00 0AA", "AA0 0AA", "A00 0AA", "A0 0AA", "A0A 0AA", "AA0A 0AA", "AAA 0AA"), strength=ALONE, check=lambda v: uk_postcode(v), validator="uk_postcode",
              finds=("address SW1A 1AA", "SW1A 1AA"), ignores=("QV1 1AA",), source="BS 7666")
ADDRESS = Detector("street-address", "ADDRESS", "house number, name and a word such as Street or Avenue", strength=ALONE, validator="street_word",
                   finds=("I live at 742 Evergreen Terrace", "12 Main St, Springfield"), ignores=("12 main points", "3 Street Fighter games"), source="USPS Publication 28")
DETECTORS = (ZIP, ZIP_STATE, UK, ADDRESS)

_FORM = Pattern(
    r"\d{5}(?:[- ]?\d{4})?|\d{4,6}|\d{3}[- ]\d{3,4}|\d{3} ?\d{2}|\d{2}[- ]\d{3}|\d{5}-\d{3}|[A-Za-z]\d[A-Za-z][ -]?\d[A-Za-z]\d|[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}|GIR ?0AA|\d{4} ?[A-Z]{2}"
    r"|[A-Z]{1,3}[- ]?\d{3,6}|[A-Z]\d{4}[A-Z]{3}|[A-Z]\d{2} ?[A-Z0-9]{4}|\d{2}\.\d{3}-\d{3}|[A-Z]{2}-?\d{4}[A-Z]{0,2}|\d{4}-\d{3}|\d{3}|[A-Z]{3} ?\d{4}|[A-Z]{2} ?\d{2} ?\d{2}|\d{7,8}")
_STATE = Pattern(r"(?:[A-Z][\w.'-]{1,24},? )(?:" + "|".join(_STATES) + r"),? $")
_STREET = Pattern(
    r"\d{1,5}[A-Za-z]?,? (?:(?:North|South|East|West|N|S|E|W|NE|NW|SE|SW)\.? )?(?:[A-Z0-9][\w'.’-]{1,20} ){1,3}"
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Terrace|Way|Square|Sq|Highway|Hwy|Parkway|Pkwy|Crescent|Close|Circle|Cir|Alley|Row|Walk|Grove|Gardens|Mews)\b\.?"
    r"(?:,? (?:Apt|Apartment|Suite|Ste|Unit|Floor|Fl|Room|Rm|#)\.? ?[\w-]{1,6})?")
US_ZIPS = (b"00000", b"00000-0000")
ANCHOR = rb"0 A[Aa0.]"
_STREET_ANCHOR = Pattern(ANCHOR)


def uk_postcode(value: str) -> bool:
    """Areas and inward letters that exist.

    >>> uk_postcode("SW1A1AA"), uk_postcode("QV11AA"), uk_postcode("GIR0AA")
    (True, False, True)
    """
    return value == "GIR0AA" or value[0] not in "QVX" and value[1] not in "IJZ" and not set(value[-2:]) & set("CIKMOV")


def look(page: Page, run: Run, hits: list[Hit]) -> None:
    """Postal codes among the runs of a page."""
    size = len(run.value)
    if not 3 <= size <= 9 or run.end - run.start > 11:
        return
    near = page.before(run.start) if run.told else {}
    word = near.get("zip")
    value = page.text[run.start:run.end]
    if word and word[0] < 5 and (word[1] != "post" or word[0] == 0) and _FORM.fullmatch(value) and plain_boundary(page, run.start, run.end) and not (size == 3 and word[0]):
        if word[1] in ("cep", "cap", "zip", "zips", "post") and word[0] > 2:
            return
        if not any(topic[0] < word[0] for name, topic in near.items() if name in ("phone", "card", "passport", "vehicle", "bank")):
            hits.append(Hit(run.start, run.end, 790 - 10 * word[0] + 2 * (run.end - run.start), ZIP, word[1]))
            return
    if run.shape in US_ZIPS and run.start > 5:
        window = page.text[max(0, run.start - 32):run.start]
        if _STATE.search(window) and plain_boundary(page, run.start, run.end):
            hits.append(Hit(run.start, run.end, 610, ZIP_STATE, window[-4:-1].strip(" ,")))


def look_streets(page: Page, hits: list[Hit]) -> None:
    """Street addresses of the form number, name, kind of street."""
    marks, text = page.marks, page.text
    for anchor in _STREET_ANCHOR.finditer(marks, page.long):
        start = anchor.start()
        while start and marks[start - 1] == 48 and anchor.start() - start < 5:
            start -= 1
        if start and (text[start - 1].isalnum() or text[start - 1] in ".,$#/:-_"):
            continue
        found = _STREET.match(text, start)
        if found:
            hits.append(Hit(start, found.end(), 500, ADDRESS, ""))
