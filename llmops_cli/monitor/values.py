"""Values as people write them in a rules file: lengths of time, shares, amounts."""

import re
from math import isfinite
from typing import Any

from ..errors import UserError

_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "min": 60_000, "h": 3_600_000}


def milliseconds(value: Any, place: str, where: str) -> float:
    """Milliseconds of a number, or of `"5s"`, `"800ms"`, `"1.5m"`.

    >>> milliseconds("5s", "", ""), milliseconds(800, "", "")
    (5000.0, 800.0)
    """
    if isinstance(value, str) and (found := re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|min|m|h)\s*", value)):
        return float(found[1]) * _UNITS[found[2]]
    if value.__class__ in (int, float) and 0 <= value < 1e12:
        return float(value)
    raise UserError(f"{place} is not a length of time", where=where, hint='milliseconds, or as "5s", "800ms"')


def share(value: Any, place: str, where: str, most: float = 1.0) -> float:
    """A share of a number from 0 to 1, or of `"5%"`.

    >>> share("5%", "", ""), share(0.05, "", "")
    (0.05, 0.05)
    """
    if isinstance(value, str) and (found := re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*%\s*", value)):
        value = float(found[1]) / 100
    if value.__class__ in (int, float) and 0 <= value <= most:
        return float(value)
    raise UserError(f"{place} is not a share", where=where, hint='as 0.05, or "5%"')


def amount(value: Any, place: str, where: str) -> float:
    """A finite number."""
    if value.__class__ in (int, float) and isfinite(value):
        return float(value)
    raise UserError(f"{place} is not a number", where=where)


def whole_number(value: Any, place: str, where: str) -> int:
    """A whole number from 1."""
    if value.__class__ is int and value >= 1:
        return value
    raise UserError(f"{place} is not a whole number from 1", where=where)
