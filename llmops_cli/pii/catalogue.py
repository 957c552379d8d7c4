"""All detectors, in one tuple, and the choice among them."""
from __future__ import annotations

import difflib
import functools
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import UserError
from . import contact, dates, devices, identity, network, payment, phones, places, vehicles
from .clusters import Family
from .detector import KINDS, Detector
from .identity import labelled, vat
from .secrets import blocks, names, providers, tokens

DETECTORS: tuple[Detector, ...] = (
    contact.DETECTORS + phones.DETECTORS + network.DETECTORS + payment.DETECTORS + identity.DETECTORS
    + vehicles.DETECTORS + devices.DETECTORS + dates.DETECTORS + places.DETECTORS + blocks.DETECTORS + names.DETECTORS + tokens.DETECTORS + providers.DETECTORS
)


def _begins_with_country(shape: bytes) -> bool:
    return not 48 <= shape[0] < 58 and not 48 <= shape[1] < 58


# What looks at each run of digits besides the table of shapes.
FAMILIES = (
    Family(phones.look, lambda shape, size: 5 <= size <= 23 and not shape.translate(None, b"0 ()./?-xXAa") and sum(65 <= c <= 122 for c in shape) < 2, lambda shape, size: phones.speaks_alone(shape)),
    Family(payment.look_cards, lambda shape, size: 12 <= size <= 19 and payment.CARD_FORM.fullmatch(shape.decode()) is not None, lambda shape, size: True),
    Family(network.look_run, lambda shape, size: size in (12, 16), lambda shape, size: False, frozenset({"mac"})),
    Family(vat.look, lambda shape, size: 6 < size < 10 and _begins_with_country(shape), lambda shape, size: False, frozenset({"tax"})),
    Family(vat.look, lambda shape, size: size > 9 and _begins_with_country(shape), lambda shape, size: True),
    Family(dates.look, lambda shape, size: 4 <= size <= 8 and not shape.translate(None, b"0 ./?-"), lambda shape, size: False, frozenset({"birth"})),
    Family(vehicles.look, lambda shape, size: size == 17, lambda shape, size: True),
    Family(vehicles.look, lambda shape, size: 4 <= size <= 9 and b"A" in shape, lambda shape, size: False, frozenset({"vehicle"})),
    Family(places.look, lambda shape, size: shape in places.US_ZIPS, lambda shape, size: True),
    Family(places.look, lambda shape, size: 3 <= size <= 9 and len(shape) < 12 and shape not in places.US_ZIPS, lambda shape, size: False, frozenset({"zip"})),
    Family(labelled.look, lambda shape, size: 3 <= size <= 22, lambda shape, size: False, labelled.TOPICS),
)
RULES_VERSION = "1"


def choose(only: Sequence[str] = (), skip: Sequence[str] = (), detectors: Sequence[Detector] = DETECTORS) -> tuple[Detector, ...]:
    """The detectors of some kinds (or rules), without others.

    >>> {rule.kind for rule in choose(only=["EMAIL"])}
    {'EMAIL'}
    """
    known = set(KINDS) | {rule.kind for rule in detectors}
    rules = {rule.id for rule in detectors}
    for name in (*only, *skip):
        if name.upper() not in known and name not in rules:
            near = difflib.get_close_matches(name.upper(), sorted(known), 1, 0.4)
            raise UserError(f"unknown kind {name!r}", hint=f"did you mean {near[0]}? `llmops sanitize --list` shows them all" if near
                            else "`llmops sanitize --list` shows all kinds")
    wanted = {name.upper() for name in only} | set(only)
    barred = {name.upper() for name in skip} | set(skip)
    chosen = tuple(rule for rule in detectors
                   if (not only or rule.kind in wanted or rule.id in wanted) and rule.kind not in barred and rule.id not in barred)
    if only and not chosen:
        raise UserError("nothing is left to look for", hint="all that --only names is switched off elsewhere")
    return chosen


def from_rules(table: Mapping[str, Any]) -> tuple[Detector, ...]:
    """All detectors as a parsed rules file wants them: some switched off, some of the user's own added.

    Give the result to `choose` as `detectors`.
    """
    from . import rules
    return rules.detectors(table, DETECTORS)


def from_rules_file(path: str) -> tuple[Detector, ...]:
    """`from_rules` of a TOML file; a UserError names the file."""
    from .. import config
    try:
        return from_rules(config.read_toml(path))
    except UserError as error:
        raise UserError(error.message, where=error.where or path, hint=error.hint) from None


@functools.cache
def rules_version() -> tuple[str, str]:
    """The version of the rule set and a hash over all that its rules say."""
    digest = hashlib.sha256()
    for rule in DETECTORS:
        digest.update(repr((rule.id, rule.kind, rule.shapes, rule.pattern, rule.anchor, rule.validator_name, rule.strength, rule.words)).encode())
    return RULES_VERSION, digest.hexdigest()


def table_of_kinds() -> str:
    """Each kind with its rules, as a Markdown table for the documentation."""
    rows = ["| kind | rules | what they find |", "|---|---:|---|"]
    for kind in KINDS:
        rules = [rule for rule in DETECTORS if rule.kind == kind]
        shown = ", ".join(rule.what for rule in rules[:4]) + (" and so on" if len(rules) > 4 else "")
        rows.append(f"| `{kind}` | {len(rules)} | {shown} |")
    return "\n".join(rows) + "\n"


def table_of_rules() -> str:
    """Every rule but the token shapes of providers, as a Markdown table for the documentation."""
    shapes = {rule.id for rule in providers.DETECTORS}
    rows = ["| kind | rule | what | validator | words that raise it | source |", "|---|---|---|---|---|---|"]
    for rule in sorted((rule for rule in DETECTORS if rule.id not in shapes), key=lambda rule: (KINDS.index(rule.kind), rule.id)):
        rows.append(f"| {rule.kind} | `{rule.id}` | {rule.what} | {rule.validator_name or '-'} | {', '.join(rule.words) or '-'} | {rule.source or '-'} |".replace("|-|", "| - |"))
    return "\n".join(rows) + "\n"
