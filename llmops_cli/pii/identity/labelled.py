"""Values of free form that stand directly behind their label: "passport number AB 12345", "licence plate: 4559 HBT"."""
from __future__ import annotations

import re

from ..context import Near
from ..detector import Detector, Hit
from ..numbers import TOPIC, Run, plain_boundary
from ..page import Page
from ..pattern import Pattern

_FILL = r"(?:[\s:=#.,\"'(\[*_`|-]|(?<![a-z])(?:is|are|was|no|nr|num|number|numbers|numero|número|numéro|nummer|code|id|ids|card|value|as|ist|es|est|è|il|n°|nº|№|der|die|das|the|my|new|of|for|with|lautet|reads?)(?![a-z]))*"


def _label(rule: Detector, words: str, low: int, high: int, least: int) -> tuple[Detector, str, Pattern, int, int, int]:
    return rule, TOPIC[rule.kind], Pattern(rf"(?:{words}){_FILL}$"), low, high, least


NATIONAL = Detector("national-id-labelled", "NATIONAL_ID", "5 to 20 letters and digits behind a label such as national id, identity card number", validator="label",
                    finds=("national id number: 73260311", "my identity card number is 01234567L", "ID number: 566 657 227"), ignores=("product id number one", "national record 100"))
TAX = Detector("tax-id-labelled", "TAX_ID", "5 to 18 letters and digits behind a label such as tax id, VAT number", validator="label",
               finds=("our VAT / tax number is 34557619099",), ignores=("tax of 15012557",))
PASSPORT = Detector("passport-labelled", "PASSPORT", "6 to 12 letters and digits behind the word passport", validator="label",
                    finds=("my passport no. is Q17847829", "passport number U 01048537"), ignores=("passport 123",))
LICENSE = Detector("driver-license-labelled", "DRIVER_LICENSE", "5 to 20 letters and digits behind a label such as driver's license", validator="label",
                   finds=("driver's license number: D1234567", "Führerschein Nr. B072RRE2I55"), ignores=("driver 12 and 13",))
PLATE = Detector("plate-labelled", "VEHICLE", "4 to 10 letters and digits behind a label such as licence plate, Kennzeichen", validator="label",
                 finds=("license plate: M AB 12", "my plate number is FZU-317", "Kennzeichen B-MW 1234"), ignores=("plate 5",))
MEDICAL = Detector("medical-record-labelled", "MEDICAL_ID", "4 to 14 letters and digits behind a label such as MRN, medical record number", validator="label",
                   finds=("MRN: 65735", "medical record number CHC-00032584", "MRN-294607"), ignores=("medical record of 12",))
ACCOUNT = Detector("bank-account", "BANK", "6 to 18 digits directly behind a label such as account number", validator="label",
                   finds=("account number: 12345678", "Kontonummer 1234567890"), ignores=("account for 12345678",))
DETECTORS = (NATIONAL, TAX, PASSPORT, LICENSE, PLATE, MEDICAL, ACCOUNT)

_LABELS = (
    _label(PASSPORT, r"passports?|reisepass(?:nummer)?|passnummer|passeport|pasaporte|passaporto|passaporte|paspoort(?:nummer)?|paszportu?|паспорта?|pasaport|útlevél|护照号?码?|護照號?碼?|旅券番?号?|여권번호|여권", 6, 12, 2),
    _label(LICENSE, r"driv(?:er|ers|er's|er’s|ing)[ -]?(?:permit|licen[cs]es?)|führerscheins?(?:nummer)?|permis de conduire|licencia de conducir|patente di guida|rijbewijs(?:nummer)?|carta de condução|운전면허(?:번호)?|(?<![a-z])dl\s?(?:no|number|#)", 5, 20, 4),
    _label(PLATE, r"(?:licen[cs]e|number|registration|vehicle|car|truck|reg)[ _-]?plates?|(?<![a-z])plates?(?= ?(?:number|no|is|was|:|#))|vehicle (?:registration|reg)|car registration|license[ _-]?plate[ _-]?number|(?:kfz-?)?kennzeichen|nummernschild|matr[íi]cula|immatriculation|plaque d'immatriculation|targa|kenteken(?:nummer)?|"
                  r"tablic[ae] rejestracyjn[ae]|numer rejestracyjny|rekisteritunnus|registreringsnummer|nummerplade|rendszám|placa|plaka(?: no)?|госномер|номерной знак|车牌号?码?|車牌號?碼?|ナンバープレート|차량번호|번호판", 3, 12, 1),
    _label(MEDICAL, r"(?<![a-z])mrns?|med(?:ical)?\.?[ _-]?rec(?:ord)?s?\.?(?: (?:id|for))?|(?:patient|health|medicare|medicaid|beneficiary|chart)[ _-]?(?:id|identifier|card|record|insurance)|health (?:plan )?(?:member|beneficiary)|hospital number|nhs|npi", 4, 20, 3),
    _label(TAX, r"(?:tax|vat|gst|taxpayer|fiscal)(?: ?/ ?(?:tax|vat|gst))?[ ._-]?(?:identification|id|payer|registration|file|reg|identifier|nummer)?s?|steuer-?(?:nummer|id|identifikationsnummer)|ust-?id(?:-?nr)?|umsatzsteuer-?id|btw(?:-identificatienummer|-nummer)?|n° ?(?:de )?tva|tva|partita iva|codice fiscale|"
                r"(?<![a-z])(?:tin|vat|nif|nit|rfc|ruc|rut|cif|ein|uid|moms|iva|mwst|inn|инн)", 5, 20, 4),
    _label(ACCOUNT, r"(?:bank|checking|savings|current|deposit)?[ _-]?(?:account|acct|a/c)[ ._-]?(?:number|no|nr|num|#)|kontonummer|konto-?nr|numéro de compte|número de cuenta|numero di conto|rekeningnummer|bank account|口座番号|银行账号|계좌번호", 6, 20, 6),
    _label(NATIONAL, r"(?:national|identity|identification|citizen|citizenship|resident|residence|personal|civil|government|state)[ _-]?(?:identity|identification|registration|insurance|id|card)*[ _-]?(?:card|document|number|no|nr|code|id|#)|national (?:id|insurance|identity)|personal id|identity (?:card|document|number)|"
                     r"(?<![a-z])id[ _-]?(?:card|number|no|nr|#)+|personalausweis(?:nummer)?|ausweisnummer|carte d'identité|documento de identidad|c[ée]dula(?: de (?:identidad|ciudadanía))?|carta d'identità|identiteitskaart|dowód osobisty|personnummer|身份证号?码?|身分證字?號?|신분증|удостоверени[ея]|"
                     r"(?<![a-z])(?:dni|nie|nino|nric|hkid|curp|cpf|pesel|cnp|egn|bsn)", 5, 22, 4),
)
_IDS = frozenset(rule.id for rule in DETECTORS)
_JOINED = Pattern(r"(?:,|;| and| or| und| et| y| &|, and|, or| /)[ \n]$")
TOPICS = frozenset({"passport", "license", "vehicle", "medical", "tax", "bank", "national"})
_NOT = Pattern(r"(?:19|20)\d\d|\d{1,2}[:h]\d\d|\d+(?:st|nd|rd|th|px|km|kg|mb|gb|am|pm|ms|cm|mm)|\d{4}-\d\d-\d\d", re.I)


def look(page: Page, run: Run, hits: list[Hit]) -> None:
    """A value whose label ends where it begins, or that is joined to a value with a label."""
    near = page.before(run.start)
    follows = any(hit.rule.id in _IDS for hit in hits[-6:])
    if not follows and TOPICS.isdisjoint(near):
        return
    value = page.text[run.start:run.end]
    if _NOT.fullmatch(value) or not plain_boundary(page, run.start, run.end):
        return
    window = _window(page, run.start)
    digits = sum(map(str.isdigit, run.value))
    hit = _labelled(run, value, digits, window, near)
    if hit is None and follows and digits > 2:
        hit = _joined(run, window, hits)
    if hit:
        hits.append(hit)


def _window(page: Page, start: int) -> str:
    """What stands before a value in small letters; where nothing does, the name of its field."""
    window = page.text[max(0, start - 70):start].lower()
    cut = window.rfind("\n")
    if cut >= 0 and window[cut:].strip(" \n\t*-_|"):
        window = window[cut + 1:]
    if not page.name:
        return window
    name = page.name.lower().replace("_", " ")
    if not window.strip():
        return name.replace("-", " ") + " "
    return f"{name} {window}" if start < 3 else window


def _labelled(run: Run, value: str, digits: int, window: str, near: Near) -> Hit | None:
    size = len(run.value)
    for rule, topic, label, low, high, least in _LABELS:
        if low <= size <= high and digits >= least and topic in near:
            found = label.search(window)
            if found:
                return Hit(run.start, run.end, _score(rule, value, size), rule, found.group().strip(" :=#\"'(")[:24])
    return None


def _score(rule: Detector, value: str, size: int) -> int:
    """Behind a label every group belongs to the value, so the longest run wins; but a known national form goes first, and a
    plate that is long or has many groups may have taken in what follows it."""
    if rule is NATIONAL:
        return 720 + size
    if rule is PLATE and (size > 9 and " " in value or value.count(" ") > 3):
        return 710 + size
    return 740 + size


def _joined(run: Run, window: str, hits: list[Hit]) -> Hit | None:
    """The second of "numbers 123456 and 234567": what is joined to a labelled value and about as long is of the same sort."""
    joint = _JOINED.search(window)
    if not joint:
        return None
    stop = run.start - len(joint.group())
    for hit in reversed(hits[-12:]):
        if hit.end == stop and hit.rule.id in _IDS and abs(hit.end - hit.start - (run.end - run.start)) < 4:
            return Hit(run.start, run.end, 700, hit.rule, hit.context)
    return None
