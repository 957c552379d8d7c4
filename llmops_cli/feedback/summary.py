"""What many verdicts add up to: counts, the share that is up with its range, groups, weeks, themes."""

from collections import Counter
from itertools import repeat
from math import sqrt
from typing import Any, Callable, Iterable, Mapping
from zlib import crc32

from ..records import UNKNOWN, Calendar
from . import themes
from .record import ERASURE, TYPES, share

SPANS = ("week", "month", "date")
BY = ("type", "team", "task_category", "model", "release", *SPANS)
ALIASES = {"category": "task_category", "day": "date"}

_TEXTS = 40_000         # texts that themes are read from; of more, an even sample by their ids
_Z95 = 1.959964         # normal quantile of a two-sided 95 % range


def wilson(up: int, rated: int, z: float = _Z95) -> tuple[float, float]:
    """The range in which a share lies, 95 % sure: Wilson, JASA 22 (1927); never empty, never beyond 0 and 1.

    >>> [round(bound, 3) for bound in wilson(8, 10)]
    [0.49, 0.943]
    """
    if not rated:
        return 0.0, 1.0
    share_up, spread = up / rated, z * z / rated
    middle = (share_up + spread / 2) / (1 + spread)
    half = z / (1 + spread) * sqrt(share_up * (1 - share_up) / rated + spread / (4 * rated))
    return max(0.0, middle - half), min(1.0, middle + half)


class Count:
    """How many verdicts, how many of them up and down."""

    __slots__ = ("total", "up", "down")

    def __init__(self) -> None:
        self.total = self.up = self.down = 0

    def add(self, word: str) -> None:
        self.total += 1
        self.up += word == "up"
        self.down += word == "down"

    def row(self) -> dict[str, Any]:
        """Counts and the share up; the share and its range are null where nothing was rated."""
        rated = self.up + self.down
        low, high = wilson(self.up, rated)
        known = bool(rated)
        return {"total": self.total, "up": self.up, "down": self.down, "share_up": round(self.up / rated, 4) if known else None,
                "share_up_low": round(low, 4) if known else None, "share_up_high": round(high, 4) if known else None}


class Summary:
    """Adds verdicts up, one after another; memory grows with the groups, not with the verdicts."""

    def __init__(self, by: tuple[str, ...], calendar: Calendar, joined: Callable[[Mapping[str, Any], str], Any] = lambda record, key: record.get(key)):
        self._by, self._calendar, self._joined = by, calendar, joined
        self._all, self._groups, self._weeks = Count(), {}, {}
        self._types: Counter[str] = Counter()
        self._texts: list[tuple[int, str, str, str]] = []      # (place in the sample, verdict, type, text)
        self._limit = 1 << 32
        self._texts_seen = 0

    def add(self, record: Mapping[str, Any]) -> None:
        """Count a verdict; tombstones of erasures are passed over."""
        kind = record.get("type")
        if kind == ERASURE:
            return
        word = share(record)
        self._all.add(word)
        self._types[kind if kind in TYPES else "other"] += 1
        for groups, value in ((self._groups, self._group(record)), (self._weeks, self._calendar.week(str(record.get("event_time"))))):
            count = groups.get(value)
            if count is None:
                count = groups[value] = Count()
            count.add(word)
        text = record.get("text")
        if text.__class__ is str and text:
            self._keep(word, kind, text, str(record.get("feedback_id")))

    def _group(self, record: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(map(self._value, self._by, repeat(record)))

    def _value(self, key: str, record: Mapping[str, Any]) -> str:
        if key in SPANS:
            return getattr(self._calendar, key)(str(record.get("event_time")))
        value = self._joined(record, key)
        return UNKNOWN if value in (None, "") else str(value)

    def _keep(self, word: str, kind: Any, text: str, identity: str) -> None:
        """Keep a text for the themes; of too many, those whose ids fall in an ever smaller part of all ids."""
        self._texts_seen += 1
        place = crc32(identity.encode("utf-8", "surrogatepass"))
        if place >= self._limit:
            return
        self._texts.append((place, word, kind, text))
        if len(self._texts) > _TEXTS:
            self._limit //= 2
            self._texts = [one for one in self._texts if one[0] < self._limit]

    def document(self) -> dict[str, Any]:
        """Everything in plain values: `total, up, down, share_up, share_up_low, share_up_high, types`, the groups as `by`,
        the weeks as `trend`, `themes` and how many of the `texts` they were read from."""
        in_time = self._by[0] in SPANS
        groups = sorted(self._groups.items(), key=lambda item: item[0] if in_time else (-item[1].total, item[0]))
        return {**self._all.row(), "types": {kind: self._types[kind] for kind in TYPES if self._types[kind]},
                "by": [{**dict(zip(self._by, values)), **count.row()} for values, count in groups],
                "trend": [{"week": week, **count.row()} for week, count in sorted(self._weeks.items())],
                "themes": self._themes(), "themes_from_texts": len(self._texts), "texts": self._texts_seen}

    def _themes(self) -> list[dict[str, Any]]:
        """What those who are unhappy, happy, or say one type of thing talk about and the others do not."""
        parts: list[tuple[str, Callable[[tuple], bool]]] = [
            ("down", lambda one: one[1] == "down"), ("up", lambda one: one[1] == "up"),
            *((kind, lambda one, kind=kind: one[2] == kind) for kind in TYPES if kind != "other")]
        found = []
        for name, belongs in parts:
            ours = [one[3] for one in self._texts if belongs(one)]
            if ours:
                rest = [one[3] for one in self._texts if not belongs(one)]
                found += [{"of": name, "words": theme.words, "texts": theme.texts, "others": theme.others, "z": theme.z}
                          for theme in themes.telling(ours, rest)]
        return found


def counted(records: Iterable[Mapping[str, Any]], by: tuple[str, ...], calendar: Calendar) -> dict[str, Any]:
    """The summary of some verdicts.

    >>> document = counted([{"type": "bug", "rating": "down", "event_time": "2026-01-03T10:00:00Z"}], ("type",), Calendar())
    >>> document["total"], document["share_up"], document["by"][0]["type"]
    (1, 0.0, 'bug')
    """
    summary = Summary(by, calendar)
    for record in records:
        summary.add(record)
    return summary.document()
