"""Detectors of the user's own, from a parsed rules file; proven before they are used."""
from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..errors import UserError
from . import checkdigits, crypto, payment, vehicles
from .detector import ALONE, NAMED, Detector, Hit
from .page import Page
from .secrets.variety import entropy
from .wordlists import WordList, compiled


def is_random(value: str) -> bool:
    """Three bits of entropy a character or more.

    >>> is_random("aK3jf92nFk20"), is_random("aaaaaaaa")
    (True, False)
    """
    return entropy(value) >= 3


VALIDATORS: dict[str, Callable[[str], bool]] = {
    "luhn": lambda value: checkdigits.luhn(checkdigits.digits(value)), "verhoeff": lambda value: checkdigits.verhoeff(checkdigits.digits(value)),
    "mod97": lambda value: checkdigits.mod97(checkdigits.compact(value)), "mod11_10": lambda value: checkdigits.mod11_10(checkdigits.digits(value)),
    "mod11_2": lambda value: checkdigits.mod11_2(checkdigits.compact(value)), "damm": lambda value: checkdigits.damm(checkdigits.digits(value)),
    "iban": lambda value: payment.iban(checkdigits.compact(value)), "base58check": crypto.base58check, "bech32": crypto.bech32,
    "vin": lambda value: vehicles.vin(checkdigits.compact(value)), "entropy": is_random,
}
_KEYS = frozenset("id kind what pattern values context validator finds ignores".split())


def detectors(rules: Mapping[str, Any], known: Sequence[Detector]) -> tuple[Detector, ...]:
    """The known detectors without those switched off, then the user's own.

    A rules file has `off = ["us-ssn"]` and tables `[[rule]]` with id, kind, pattern or values, and if wanted what,
    context, validator, finds, ignores.
    """
    strange = set(rules) - {"off", "rule"}
    if strange:
        raise UserError(f"unknown key {min(strange)!r} in the rules", hint="known are off and [[rule]]")
    off = set(_texts(rules, "off", "the rules"))
    tables = rules.get("rule", [])
    if not isinstance(tables, (list, tuple)) or not all(isinstance(table, dict) for table in tables):
        raise UserError("rule must be a table of its own for each", hint="begin each with [[rule]]")
    names = {rule.id for rule in known} | {rule.kind for rule in known}
    for name in sorted(off - names):
        raise UserError(f"there is no rule {name!r} to switch off", hint="`llmops sanitize --list` shows them all")
    own = []
    for number, table in enumerate(tables, 1):
        own.append(_detector(table, number, names | {rule.id for rule in own}))
    return tuple(rule for rule in known if rule.id not in off and rule.kind not in off) + tuple(own)


def _texts(table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    """A list of texts, none of them empty: a text in the place of the list would be read letter by letter."""
    values = table.get(key, [])
    if not isinstance(values, (list, tuple)) or not all(isinstance(value, str) and value.strip() for value in values):
        raise UserError(f"{where}: {key} must be a list of texts", hint=f'as {key} = ["one", "another"]')
    return tuple(values)


def _detector(table: Mapping[str, Any], number: int, taken: set[str]) -> Detector:
    where = f"rule {table.get('id', number)!r}"
    for key in table:
        if key not in _KEYS:
            raise UserError(f"{where}: unknown key {key!r}", hint="known are " + ", ".join(sorted(_KEYS)))
    for key in ("id", "kind"):
        if not isinstance(table.get(key), str):
            raise UserError(f"{where}: {key} is missing")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", table["id"]) or table["id"] in taken:
        raise UserError(f"{where}: the id is taken or not of small letters, digits and hyphens")
    if not re.fullmatch(r"[A-Z][A-Z_]{1,30}", table["kind"]):
        raise UserError(f"{where}: the kind must be of capitals and _, as PROJECT")
    for key in ("what", "pattern", "validator"):
        if not isinstance(table.get(key, ""), str):
            raise UserError(f"{where}: {key} must be a text")
    values, context, finds, ignores = (_texts(table, key, where) for key in ("values", "context", "finds", "ignores"))
    pattern = table.get("pattern", "")
    if bool(pattern) == bool(values):
        raise UserError(f"{where}: give either a pattern or values")
    if pattern and compiled(pattern, where).fullmatch(""):
        raise UserError(f"{where}: the pattern matches nothing at all")
    name = table.get("validator", "")
    if name and name not in VALIDATORS:
        raise UserError(f"{where}: unknown validator {name!r}", hint="one of " + ", ".join(sorted(VALIDATORS)))
    rule = Detector(table["id"], table["kind"], table.get("what", "rule of your own"), pattern=pattern, check=VALIDATORS.get(name), validator=name,
                    strength=NAMED if context else ALONE, words=context, values=values, finds=finds, ignores=ignores)
    proof = OwnRule(rule)
    for text in rule.finds:
        if not proof.find(text):
            raise UserError(f"{where}: does not find one of its finds ({rule.finds.index(text) + 1})")
    for text in rule.ignores:
        if proof.find(text):
            raise UserError(f"{where}: finds one of its ignores ({rule.ignores.index(text) + 1})")
    return rule


class OwnRule:
    """A rule of the user's own, ready to look.

    >>> OwnRule(Detector("project", "PROJECT", "", pattern="PRJ-[0-9]{4}", strength=ALONE)).find("see PRJ-1234")[0][:2]
    (4, 12)
    """

    def __init__(self, rule: Detector) -> None:
        self.rule = rule
        self.pattern = re.compile(rule.pattern) if rule.pattern else None
        self.values = WordList(rule.values, rule, 965) if rule.values else None
        self.words = tuple(word.casefold() for word in rule.words)

    def find(self, text: str) -> list[Hit]:
        """Its hits in a text."""
        if self.values:
            hits = self.values.find(text)
        else:
            assert self.pattern
            hits = [Hit(found.start(), found.end(), 965, self.rule, "") for found in self.pattern.finditer(text)
                    if found.end() > found.start() and (self.rule.check is None or self.rule.check(found.group()))]
        if self.words:
            near = ((hit, text[max(0, hit.start - 64):hit.start].casefold() + " " + text[hit.end:hit.end + 40].casefold()) for hit in hits)
            hits = [hit._replace(context=word) for hit, window in near for word in self.words if word in window]
        return hits


def look(own: Sequence[OwnRule], page: Page, hits: list[Hit]) -> None:
    """Add what the user's own rules find on a page."""
    for rule in own:
        hits.extend(rule.find(page.text))
