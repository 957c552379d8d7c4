"""Value added tax numbers with their country in front."""
from __future__ import annotations

from ..checkdigits import luhn, weighted
from ..detector import ALONE, NUMBER, Detector, Hit
from ..numbers import Run, plain_boundary, weigh
from ..page import Page
from ..pattern import Pattern
from . import europe_east as east
from . import europe_north as north
from . import europe_west as west

# Country -> form of the number behind it (VIES, and the like of Norway, Switzerland and Britain).
FORMS = {country: Pattern(form) for country, form in {
    "AT": r"U\d{8}", "BE": r"[01]?\d{9}", "BG": r"\d{9,10}", "CY": r"\d{8}[A-Z]", "CZ": r"\d{8,10}", "DE": r"\d{9}", "DK": r"\d{8}", "EE": r"\d{9}",
    "EL": r"\d{9}", "GR": r"\d{8,9}", "ES": r"[A-Z0-9]\d{7}[A-Z0-9]", "EU": r"\d{9}", "FI": r"\d{8}", "FR": r"[A-HJ-NP-Z0-9]{2}\d{9}", "GB": r"\d{9}(?:\d{3})?|GD\d{3}|HA\d{3}",
    "HR": r"\d{11}", "HU": r"\d{8}", "IE": r"\d[A-Z0-9+*]\d{5}[A-Z]{1,2}", "IT": r"\d{11}", "LT": r"\d{9}(?:\d{3})?", "LU": r"\d{8}", "LV": r"\d{11}", "MT": r"\d{8}",
    "NL": r"\d{9}B\d{2}", "NO": r"\d{9}(?:MVA)?", "PL": r"\d{10}", "PT": r"\d{9}", "RO": r"\d{2,10}", "SE": r"\d{10}01", "SI": r"\d{8}", "SK": r"\d{10}", "XI": r"\d{9}(?:\d{3})?",
    "AL": r"[JKLM]\d{8}[A-Z]", "AR": r"\d{11}", "AU": r"\d{11}", "BY": r"\d{9}", "CHE": r"\d{9}", "CA": r"\d{9}", "EC": r"\d{13}", "IL": r"\d{9}", "IN": r"\d{2}[A-Z]{5}\d{4}[A-Z]\w{3}", "IS": r"\d{5,6}",
    "MK": r"\d{13}", "RS": r"\d{9}", "RU": r"\d{10}(?:\d{2})?", "SM": r"\d{5}", "TR": r"\d{10}", "UA": r"\d{10,12}", "UZ": r"\d{9}", "CL": r"\d{8}[0-9K]", "CO": r"\d{10}", "CR": r"\d{9,12}",
    "DO": r"\d{9,11}", "GT": r"\d{8}", "HN": r"\d{14}", "MX": r"[A-Z&]{3,4}\d{6}\w{3}", "NI": r"\d{14}", "PA": r"\d{8,14}", "PE": r"\d{11}", "PY": r"\d{7,9}", "SV": r"\d{14}", "UY": r"\d{12}", "VE": r"[JGVE]\d{9}",
    "BO": r"\d{7}", "BR": r"\d{11,14}", "NZ": r"\d{8,9}", "PH": r"\d{12}", "SA": r"\d{15}", "KZ": r"\d{12}", "NG": r"\d{8,12}", "ID": r"\d{15}",
}.items()}


def _de(number: str) -> bool:
    from ..checkdigits import mod11_10
    return number[0] != "0" and mod11_10(number)


def _gb(number: str) -> bool:
    rest = weighted(number[:9], (8, 7, 6, 5, 4, 3, 2, 10, 1)) % 97
    return rest in (0, 42)


def _fr(number: str) -> bool:
    if not west.siret(number[2:]) and number[2:5] != "000":
        return False
    return not number[:2].isdigit() or int(number[2:] + "12") % 97 == int(number[:2]) or number[2:5] == "000"


def _nl(number: str) -> bool:
    return west.bsn(number[:9]) or int("".join(str(int(c, 36)) for c in "NL" + number)) % 97 == 1


def _at(number: str) -> bool:
    total = sum(int(d) if i % 2 == 0 else sum(map(int, str(2 * int(d)))) for i, d in enumerate(number[1:8]))
    return (6 - total) % 10 == int(number[8])


CHECKS = {
    "AT": _at, "BE": west.be_firm, "DE": _de, "DK": north.cvr, "EL": east.afm, "GR": lambda n: east.afm(n.zfill(9)), "FI": north.y_tunnus, "FR": _fr, "GB": _gb, "HR": east.oib,
    "HU": east.adoszam, "IT": west.partita_iva, "LU": lambda n: int(n[:6]) % 89 == int(n[6:]), "NL": _nl, "NO": lambda n: north.orgnr_no(n[:9]), "PL": east.nip, "PT": west.pt_nif,
    "SE": lambda n: luhn(n[:10]), "SI": east.ddv, "SK": lambda n: int(n) % 11 == 0, "EE": lambda n: weighted(n, (3, 7, 1, 3, 7, 1, 3, 7, 1)) % 10 == 0,
    "CHE": lambda n: west.ch_uid("CHE" + n), "RO": east.cui, "ES": lambda n: west.cif(n) or west.nif(n),
}

CHECKED = Detector(
    "vat-checked", "TAX_ID", "value added tax number with its country and right check digit", strength=ALONE, validator="country_check",
    finds=("GB 980 7806 84", "ATU13585627", "DE136695976", "LU 150 274 42"), ignores=("DE136695977", "GB 980 7806 85", "GR 123"), source="VIES")
NAMED_VAT = Detector(
    "vat-near-word", "TAX_ID", "value added tax number with its country, beside a word such as VAT, USt-IdNr or tax", validator="country_form",
    finds=("VAT number LV12345678901", "tax id: HU12345678"), ignores=("HU12345678 apples",))
DETECTORS = (CHECKED, NAMED_VAT)


def look(page: Page, run: Run, hits: list[Hit]) -> None:
    """Runs that begin with a country."""
    value = run.value
    if len(value) < 7 or not (65 <= run.shape[0] <= 90 or run.shape[0] == 97):
        return
    country = value[:2]
    number = value[2:]
    if value.startswith("CHE"):
        country, number = "CHE", value[3:].removesuffix("MWST").removesuffix("TVA").removesuffix("IVA")
    form = FORMS.get(country)
    if form is None or not form.fullmatch(number):
        return
    if not plain_boundary(page, run.start, run.end):
        return
    check = CHECKS.get(country)
    if check and check(number) and country != "RO" and len(number) > 7:
        hit = weigh(CHECKED, page, run.start, run.end)
        if hit and (run.shape[:2] == b"AA" or hit.context):
            hits.append(hit)
    elif "tax" in page.before(run.start):
        hit = weigh(NAMED_VAT, page, run.start, run.end)
        if hit:
            hits.append(hit._replace(score=min(hit.score, 760)))
