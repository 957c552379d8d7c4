"""All detectors, in one tuple, and the choice among them."""
from __future__ import annotations

import difflib
import functools
import hashlib
from collections.abc import Sequence

from ..errors import UserError
from . import contact, dates, devices, identity, network, payment, phones, places, vehicles
from .detector import KINDS, Detector
from .identity import labelled, vat
from .secrets import assignments, blocks, providers, tokens

DETECTORS: tuple[Detector, ...] = (
    contact.DETECTORS + phones.DETECTORS + network.DETECTORS + payment.DETECTORS + identity.DETECTORS
    + vehicles.DETECTORS + devices.DETECTORS + dates.DETECTORS + places.DETECTORS + blocks.DETECTORS + assignments.DETECTORS + tokens.DETECTORS + providers.DETECTORS
)
# What looks at each run of digits besides the table of shapes.
FAMILIES = (phones.look, payment.look_cards, network.look_run, vat.look, vehicles.look, places.look, labelled.look)
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
    return tuple(rule for rule in detectors
                 if (not only or rule.kind in wanted or rule.id in wanted) and rule.kind not in barred and rule.id not in barred)


@functools.cache
def rules_version() -> tuple[str, str]:
    """The version of the rule set and a hash over all that its rules say."""
    digest = hashlib.sha256()
    for rule in DETECTORS:
        digest.update(repr((rule.id, rule.kind, rule.shapes, rule.pattern, rule.anchor, rule.validator_name, rule.strength, rule.words)).encode())
    return RULES_VERSION, digest.hexdigest()
