"""Payment cards, bank accounts, and the addresses of cryptographic money."""
from __future__ import annotations

import re

from . import crypto
from .checkdigits import luhn, mod97, weighted
from .detector import ALONE, NAMED, NUMBER, Detector, Hit
from .numbers import Run, Topic, forms, plain_boundary
from .page import NOT_ALNUM, Page
from .pattern import Pattern

# Leading digits of each brand and the lengths it issues (ISO/IEC 7812 registrations, published by the schemes).
BRANDS = (
    ("4", (13, 16, 19)), (("51", "55"), (16,)), (("2221", "2720"), (16,)), ("34", (15,)), ("37", (15,)), ("6011", (16, 19)),
    (("622126", "622925"), (16, 17, 18, 19)), (("644", "649"), (16, 19)), ("65", (16, 19)), (("3528", "3589"), (16, 17, 18, 19)),
    (("300", "305"), (14, 16)), ("3095", (14, 16)), ("36", (14, 16, 19)), (("38", "39"), (14, 16)), ("1800", (15,)), ("2131", (15,)),
    ("50", tuple(range(12, 20))), (("56", "58"), tuple(range(12, 20))), ("6304", tuple(range(12, 20))), ("6390", tuple(range(12, 20))), ("67", tuple(range(12, 20))),
    ("62", (16, 17, 18, 19)), ("81", (16, 17, 18, 19)), (("2200", "2204"), (16, 17, 18, 19)), (("60", "61"), (16,)), ("82", (16,)), ("508", (16,)),
    (("6500", "6530"), (16,)), ("506", (16, 18, 19)), ("9792", (16,)), ("4026", (16,)), ("1", (15,)),
)
# Country -> length of an IBAN (SWIFT IBAN registry, and countries that use the form without being in it).
IBAN_LENGTHS = {entry[:2]: int(entry[2:]) for entry in (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 "
    "FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 "
    "MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 "
    "SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30 DZ26 AO25 BJ28 BF28 CM27 CV25 CF27 TD27 KM27 CG27 CI28 GQ27 "
    "GA27 GW25 IR26 MG27 ML28 MA28 MZ25 NE28 SN28 TG28").split()}


def aba(number: str) -> bool:
    """ABA routing number: weights 3 7 1, and a Federal Reserve district in front.

    >>> aba("021000021"), aba("021000022"), aba("990000000")
    (True, False, False)
    """
    first = int(number[:2])
    return (first <= 12 or 21 <= first <= 32 or 61 <= first <= 72 or first == 80) and number != "000000000" and weighted(number, (3, 7, 1) * 3) % 10 == 0


def brand(number: str) -> bool:
    """Whether a number begins like a card of some brand and has a length that it issues.

    >>> brand("4111111111111111"), brand("4111"), brand("9999999999999999")
    (True, False, False)
    """
    for prefix, lengths in BRANDS:
        if len(number) in lengths:
            if isinstance(prefix, str):
                if number.startswith(prefix):
                    return True
            elif prefix[0] <= number[:len(prefix[0])] <= prefix[1]:
                return True
    return False


def clabe(number: str) -> bool:
    """Mexican CLABE: weights 3 7 1.

    >>> clabe("032180000118359719"), clabe("032180000118359718")
    (True, False)
    """
    return (10 - sum(w * int(d) % 10 for w, d in zip((3, 7, 1) * 6, number[:17])) % 10) % 10 == int(number[17])


def iban(value: str) -> bool:
    """Country, length and check digits of an IBAN.

    >>> iban("DE89370400440532013000"), iban("DE88370400440532013000")
    (True, False)
    """
    return IBAN_LENGTHS.get(value[:2]) == len(value) and mod97(value[4:] + value[:4])


CARD = Detector(
    "card-number", "CREDIT_CARD", "12 to 19 digits in a brand's range", check=luhn, strength=ALONE,
    finds=("4111 1111 1111 1111", "card 340000000000009", "5555-5555-5555-4444", "4832861405686933376"),
    ignores=("4111 1111 1111 1112", "order 1234567890123456", "0000 0000 0000 0000"), source="ISO/IEC 7812-1")
CARD_NAMED = Detector(
    "card-near-word", "CREDIT_CARD", "13 to 19 digits in a brand's range beside a word such as card", strength=NAMED, validator="brand",
    finds=("credit card: 4111111111111112",), ignores=("4111111111111112",))
IBAN = Detector(
    "iban", "IBAN", "country, length of the registry, check digits", check=iban, strength=ALONE,
    finds=("DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819", "gb29nwbk60161331926819"),
    ignores=("DE88 3704 0044 0532 0130 00", "XX89370400440532013000"), source="ISO 13616")
IBAN_NAMED = Detector("iban-near-word", "IBAN", "check digits of an IBAN that is a little short, beside a word such as account", validator="mod97", finds=("my bank account is GB53GAHT5486695870772",), ignores=("GB53GAHT5486695870772",))
ABA = Detector("us-routing", "BANK", "US routing number", shapes=forms("000000000") + ("0000-0000-0",), check=aba, words=("routing", "aba", "rtn", "transit"),
               finds=("routing number 021000021",), ignores=("routing number 021000022", "021000021"), source="ANSI X9.9 / ABA")
CLABE = Detector("mx-clabe", "BANK", "Mexican account number", shapes=("0" * 18,), check=clabe, words=("clabe", "interbancaria"),
                 finds=("CLABE 032180000118359719",), ignores=("CLABE 032180000118359718",), source="ABM")
SORT_CODE = Detector("uk-sort-code", "BANK", "British sort code", shapes=("00-00-00", "00 00 00"), words=("sort code", "sort", "sortcode"),
                     finds=("sort code 20-00-00",), ignores=("20-00-00",))
BSB = Detector("au-bsb", "BANK", "Australian bank, state and branch", shapes=("000-000", "000 000"), words=("bsb",), finds=("BSB 062-000",), ignores=("062-000",))
IFSC = Detector("in-ifsc", "BANK", "Indian branch code", shapes=("AAAA0000000", "AAAA0AAAAAA"), words=("ifsc",),
                finds=("IFSC HDFC0001234",), ignores=("HDFC0001234",))
SWIFT = Detector("swift-bic", "BANK", "bank identifier code beside SWIFT or BIC", strength=NAMED, pattern=r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?",
                 finds=("SWIFT: DEUTDEFF500", "BIC NWBKGB2L"), ignores=("DEUTDEFF500",), source="ISO 9362")
DETECTORS = (CARD, CARD_NAMED, IBAN, IBAN_NAMED, ABA, CLABE, SORT_CODE, BSB, IFSC, SWIFT) + crypto.DETECTORS

CARD_FORM = Pattern(r"\d{12,19}|\d{4}([ .-]{1,3})\d{4}\1\d{4}\1\d{1,7}|\d{4}([ .-])\d{6}\2\d{4,5}|\d{4}([ .-])\d{4}\3\d{5}|\d{4}(?:[ -]\d{4}){3,4}(?:[ -]\d{1,3})?")
_IBAN_START = Pattern(rb"[Aa]{2}00(?:[ .-]?[0Aa]){11,31}")
_OF_LENGTH = {length: Pattern(rb"(?:[ .-]?[0Aa]){%d}" % length) for length in set(IBAN_LENGTHS.values())}
_SWIFT_NAME = Pattern(rb"swift|bic")
_SWIFT_REACH = 48
_CODE = Pattern(rb"AAAAAA[A0]{2}")
_SWIFT = Pattern(r"(?:swift|bic)(?:[ /-]?(?:code|bic|number|no))*\.?[\s:=#-]{1,4}(?:is )?(" + SWIFT.pattern + r")(?!\w)", re.I)


def look_cards(page: Page, run: Run, hits: list[Hit]) -> None:
    """Cards among the runs of a page."""
    value, text, start, end = run.value, page.text, run.start, run.end
    # A shape has a space for a tab, but what tabs part are columns.
    if value.count(value[0]) == len(value) or not CARD_FORM.fullmatch(text, start, end) or not plain_boundary(page, start, end):
        return
    checked = luhn(value)
    if not checked and not run.told:
        return
    near = page.before(start)
    card = near.get("card") or page.after(end).get("card")
    if len(value) < 14 and "national" in near:
        if len(value) < 13:
            return
        card = None
    score = _score_of_checked(value, card, near.get("thing")) if checked else _score_of_named(value, card)
    if score:
        hits.append(Hit(start, end, score, CARD if checked else CARD_NAMED, card[1] if card else ""))


def _score_of_checked(value: str, card: Topic | None, thing: Topic | None) -> int:
    """How sure digits with the right check digit are a card, 0 for not at all. One in ten numbers has it: a number of no
    brand or of a rare one needs a word, and a number of things must not stand there."""
    if not brand(value) or value[0] in "0189" and not card:
        return 845 if card else 0
    if card:
        return 860
    if thing and thing[0] <= 2:
        return 0
    return 750 if len(value) > 13 else 420


def _score_of_named(value: str, card: Topic | None) -> int:
    """How sure digits with a wrong check digit are a card: only of a brand, and near a word for cards."""
    return 700 - card[0] if card and card[0] < 6 and len(value) > 12 and brand(value) else 0


def look_iban(page: Page, start: int, hits: list[Hit]) -> None:
    """An IBAN, in groups of four or not, that begins at `start`."""
    text = page.text
    length = IBAN_LENGTHS.get(text[start:start + 2].upper())
    if length and not (start and (text[start - 1].isalnum() and text[start - 1].isascii() or text[start - 1] == "_")):
        found = _IBAN_START.match(page.marks, start)
        if found:
            _try_iban(page, start, found.end(), length, hits)


def _try_iban(page: Page, start: int, limit: int, length: int, hits: list[Hit]) -> None:
    text = page.text
    value, end = page.plain[start:limit].translate(None, NOT_ALNUM).decode(), limit
    if len(value) < length - 2:
        return
    if len(value) > length:
        value, end = value[:length], _OF_LENGTH[length].match(page.marks, start).end()  # type: ignore[union-attr]
    after = text[end:end + 1]
    if len(value) < length and mod97(value[4:].upper() + value[:4].upper()) and {"iban", "bank"} & page.before(start).keys():
        word = page.before(start).get("iban") or page.before(start)["bank"]
        hits.append(Hit(start, end, 760, IBAN_NAMED, word[1]))
    elif len(value) == length and not (after.isalnum() and after.isascii() or after == "_") and iban(value.upper()):
        near = page.before(start).get("iban")
        hits.append(Hit(start, end, 895, IBAN, near[1] if near else ""))


def look_swift(page: Page, hits: list[Hit]) -> None:
    """Bank identifier codes after their name."""
    if page.capitals < 0:
        return
    for code in _CODE.finditer(page.marks, page.capitals):
        for name in _SWIFT_NAME.finditer(page.small, max(0, code.start() - _SWIFT_REACH), code.start()):
            at = name.start()
            found = _SWIFT.match(page.text, at) if not at or not page.text[at - 1].isalpha() else None
            if found and found.group(1).isupper():
                hits.append(Hit(*found.span(1), 860, SWIFT, "swift"))
