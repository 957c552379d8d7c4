"""What a detector is: a shape, a check of the value, the words around it, and texts that prove it."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

KINDS = tuple(
    "EMAIL PHONE URL IP MAC CREDIT_CARD IBAN BANK CRYPTO SSN NATIONAL_ID TAX_ID PASSPORT DRIVER_LICENSE MEDICAL_ID "
    "VEHICLE IMEI DOB ZIP ADDRESS SECRET PASSWORD".split()
)

# How much a shape says by itself.
ALONE = 3     # found wherever it stands
NUMBER = 2    # needs at least a word like "number" or "id" near it, or to be the whole text
NAMED = 1     # needs a word of its own near it


class Detector(NamedTuple):
    """One rule.

    `shapes` are templates in which 0 is a digit, A a capital, a a small letter and anything else itself; they are
    looked up in a table, so that a thousand of them cost no more than one. `pattern` is a regular expression (for
    secrets: of the whole token); `anchor` a literal without which it is not tried. A rule with neither is found by
    the code of its family. `values` is the list of a rule of the user's own.
    """

    id: str
    kind: str
    what: str
    shapes: tuple[str, ...] = ()
    pattern: str = ""
    anchor: str = ""
    check: Callable[[str], bool] | None = None
    validator: str = ""
    strength: int = NAMED
    words: tuple[str, ...] = ()
    lowers: tuple[str, ...] = ()
    finds: Sequence[str] = ()
    ignores: tuple[str, ...] = ()
    source: str = ""
    values: tuple[str, ...] = ()

    @property
    def validator_name(self) -> str:
        """The name under which the check of the value is shown.

        >>> Detector("x", "SSN", "", check=str.isdigit).validator_name
        'isdigit'
        """
        return self.validator or (self.check.__name__ if self.check else "")


class Finding(NamedTuple):
    """Where something was found: characters `start` to `end` of a text. Never the value itself. `depth` is within how many
    strings of JSON in that text it stands."""

    start: int
    end: int
    kind: str
    rule: str
    validator: str
    context: str
    depth: int = 0


class Hit(NamedTuple):
    """A finding that still competes with others for the same characters; the highest score wins."""

    start: int
    end: int
    score: int
    rule: Detector
    context: str
