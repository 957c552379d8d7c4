"""What every number shares: where it may begin and end, and how the words around it weigh."""
from __future__ import annotations

from typing import NamedTuple

from .context import Near
from .detector import ALONE, NAMED, NUMBER, Detector, Hit
from .page import Page

TOPIC = {"PHONE": "phone", "CREDIT_CARD": "card", "BANK": "bank", "IBAN": "iban", "SSN": "ssn", "NATIONAL_ID": "national", "TAX_ID": "tax",
         "PASSPORT": "passport", "DRIVER_LICENSE": "license", "MEDICAL_ID": "medical", "VEHICLE": "vehicle", "IMEI": "imei",
         "ZIP": "zip", "DOB": "birth", "CRYPTO": "wallet", "MAC": "mac"}


# Rules whose check a random number passes once in fifty times or less: a bare number that passes is one.
RARE = frozenset("br-cpf br-cnpj fr-nir de-steuer-id no-fodselsnummer tr-tckn pl-pesel ro-cnp cn-id se-personnummer be-nn ee-isikukood "
                 "lt-asmens-kodas fi-hetu mx-curp au-abn kr-rrn-plain za-id bg-egn yu-jmbg is-kennitala in-aadhaar it-partita-iva ch-ahv uk-nhs au-medicare us-npi th-id".split())

# Signs beside which a value neither begins nor ends. Letters of other scripts are none: not all put spaces between words.
WORD_SIGNS = frozenset(sign for sign in map(chr, range(128)) if sign.isalnum() or sign == "_")

Topic = tuple[int, str]     # that is near: how many words away, and the word


class Run(NamedTuple):
    """A run of groups of a cluster: where it is, its marks, itself without separators, whether more digits stood beside it,
    and whether any word near the cluster tells something (`told`)."""

    start: int
    end: int
    shape: bytes
    value: str
    cut: bool
    told: bool


def plain_boundary(page: Page, start: int, end: int) -> bool:
    """Whether a value may begin and end here: not inside a word, decimal, path, handle, amount or longer token."""
    text = page.text
    if start:
        c = text[start - 1]
        if c.isascii() and c.isalnum() or c in "_@$£€¥%\\^~":
            return False
        if start > 1 and c in "-./,:+&":
            b = text[start - 2]
            if b.isascii() and (b.isdigit() if c in ",:." else b.isalnum() or b in "_-/."):
                return False
    if end < len(text):
        c = text[end]
        if c.isascii() and c.isalnum() or c in "_@%\\^~€£¥°":
            return False
        if end + 1 < len(text) and c in "-./,:+":
            b = text[end + 1]
            if b.isascii() and (b.isdigit() or b.isalpha() and c in "-/+" or b == "_"):
                return False
    return True


def may_weigh(rule: Detector, near: Near, later: Near) -> bool:
    """Whether a rule can weigh anything beside words of these topics, whatever its check says (most checks cost more)."""
    if rule.strength > NAMED or rule.id in near or rule.id in later:
        return True
    topic = TOPIC.get(rule.kind, "")
    return rule.check is not None and (topic in near or topic in later)


def topics_wanted(rule: Detector) -> frozenset[str]:
    """The topics of which one must be near a value for a rule that its shape says nothing for, as `may_weigh` asks."""
    return frozenset((rule.id, TOPIC.get(rule.kind, "")) if rule.check else (rule.id,))


def weigh(rule: Detector, page: Page, start: int, end: int) -> Hit | None:
    """A hit of a rule whose shape and check are right already, if the words around it allow it."""
    near = page.before(start)
    own = near.get(rule.id)
    if own:
        return Hit(start, end, (900 if rule.check else 880) - own[0], rule, own[1])
    # A shape that nothing checks needs a word of its own, not just one of its kind.
    topic = TOPIC.get(rule.kind, "") if rule.check or rule.strength > NAMED else ""
    named = near.get(topic)
    thing = near.get("thing")
    if named and not (thing and thing[0] < named[0]):
        return Hit(start, end, 800 - 10 * named[0], rule, named[1])
    later = page.after(end)
    own = later.get(rule.id)
    if own:
        return Hit(start, end, 700 - own[0], rule, own[1])
    if rule.strength == ALONE:
        if thing and thing[0] < 3 and not named:
            return None
        return Hit(start, end, 600, rule, "")
    named = later.get(topic)
    if named and named[0] < 5 and not thing:
        return Hit(start, end, 500 - 10 * named[0], rule, named[1])
    if rule.strength == NUMBER and not thing:
        number = near.get("number") or later.get("number")
        if number and number[0] < 5:
            return Hit(start, end, 400 - number[0], rule, number[1])
        if page.is_whole(start, end) and (rule.id in RARE or not page.text[start:end].isdigit()):
            return Hit(start, end, 300, rule, "")
    return None


def forms(*templates: str) -> tuple[str, ...]:
    """Templates with hyphens, and the same with spaces, with dots, and with nothing.

    >>> forms("000-00")
    ('000-00', '000 00', '000.00', '00000')
    """
    return tuple(dict.fromkeys(t.replace("-", sep) for sep in ("-", " ", ".", "") for t in templates))
