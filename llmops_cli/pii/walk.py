"""One walk over a record: each string is looked at as what it is, an id, a time or a text."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .detector import Finding
from .dull import IDS
from .parsing import DEEPEST, Pairs
from .paths import Path
from .splicing import Change

if TYPE_CHECKING:
    from .records import Sanitizer

_ALWAYS_NEW = frozenset({"event_time", "conversation_id", "message_id", "user_id", "started_at", "ended_at"})
_MOST_IDS = 4096
_HOLDERS = frozenset({dict, list, Pairs})


class Walk:
    """One walk over a record: the strings with findings, how deep it goes, and whether a key stands twice in some object."""

    __slots__ = ("of", "replace", "changes", "depth", "repeats", "group")

    def __init__(self, of: Sanitizer, replace: bool) -> None:
        self.of = of
        self.replace = replace
        self.changes: list[Change] = []
        self.depth = 0
        self.repeats = False
        self.group = ""

    def over(self, record: Any) -> Walk:
        """Itself, after it looked at everything in a record."""
        if record.__class__ is not dict:
            self._down((), record, "")
            return self
        conversation = record.get("conversation_id")
        if conversation.__class__ is str:
            self.group = conversation
        of = self.of
        least = of.scanner.least
        find, every, plain, known = of.find, of.everything, of.scanner.is_plain_id, of.plain_ids
        if len(known) > _MOST_IDS:
            known.clear()
        for name, value in record.items():
            if value.__class__ is str:
                if name in IDS and every:
                    if value not in known:
                        if not plain(value):
                            self._id((name,), value, name)
                        elif name not in _ALWAYS_NEW:
                            known.add(value)
                elif not every:
                    self._string((name,), value, name)
                elif len(value) >= least:
                    findings = find(value, name)
                    if findings:
                        self._found((name,), value, name, findings)
            elif value.__class__ in _HOLDERS:
                self._down((name,), value, name)
        return self

    def _down(self, path: Path, value: Any, name: str) -> None:
        """Everything within an object or a list; a list's own name is that of what stands in it."""
        kind = value.__class__
        if kind is str:
            self._string(path, value, name)
            return
        if len(path) > self.depth:
            self.depth = len(path)
        if self.depth > DEEPEST:
            return
        if kind is dict:
            items = value.items()
        elif kind is Pairs:
            self.repeats = True
            items = value
        elif kind is list:
            items = enumerate(value)
        else:
            return
        find, every, listed, least = self.of.find, self.of.everything, kind is list, self.of.scanner.least
        for key, item in items:
            under = name if listed else key
            if item.__class__ is str:
                if under in IDS or not every:
                    self._string((*path, key), item, under)
                elif len(item) >= least:
                    findings = find(item, under)
                    if findings:
                        self._found((*path, key), item, under, findings)
            elif item.__class__ in _HOLDERS:
                self._down((*path, key), item, under)

    def _string(self, path: Path, value: str, name: str) -> None:
        if not self.of.chosen(path):
            return
        if name in IDS and (len(path) == 1 or len(path) == 3 and path[0] == "messages"):
            if not self.of.scanner.is_plain_id(value):
                self._id(path, value, name)
        elif len(value) >= self.of.scanner.least:
            findings = self.of.find(value, name)
            if findings:
                self._found(path, value, name, findings)

    def _id(self, path: Path, value: str, name: str) -> None:
        change = self.of.id_change(path, value, name)
        if change:
            self.changes.append(change)

    def _found(self, path: Path, value: str, name: str, findings: list[Finding]) -> None:
        new, pieces = self.of.replaced(value, name, findings, self.group) if self.replace else (value, None)
        self.changes.append(Change(path, value, new, findings, pieces))
