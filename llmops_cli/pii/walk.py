"""One walk over a record: each string is looked at as what it is, an id, a time or a text."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .detector import Finding
from .dull import IDS, LEAST, PLAIN_ID
from .parsing import DEEPEST, Pairs
from .paths import Path
from .splicing import Change

if TYPE_CHECKING:
    from .records import Sanitizer

_ALWAYS_NEW = frozenset({"event_time", "conversation_id", "message_id", "user_id", "started_at", "ended_at"})
_MOST_IDS = 4096


class Walk:
    """One walk over a record: the strings with findings, how many strings (keys too) there are, and how deep it goes."""

    __slots__ = ("of", "replace", "changes", "strings", "depth", "group")

    def __init__(self, of: Sanitizer, replace: bool) -> None:
        self.of = of
        self.replace = replace
        self.changes: list[Change] = []
        self.strings = 0
        self.depth = 0
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
        find, every, plain, known = of.find, of.everything, PLAIN_ID.fullmatch, of.plain_ids
        if len(known) > _MOST_IDS:
            known.clear()
        self.strings = len(record)
        for name, value in record.items():
            if value.__class__ is str:
                self.strings += 1
                if name in IDS and every:
                    if value not in known and not plain(value):
                        self._id((name,), value, name)
                    elif name not in _ALWAYS_NEW:
                        known.add(value)
                elif not every:
                    self._string((name,), value, name)
                elif len(value) >= LEAST:
                    findings = find(value, name)
                    if findings:
                        self._found((name,), value, name, findings)
            elif value.__class__ is dict or value.__class__ is list:
                self._down((name,), value, name)
        return self

    def _down(self, path: Path, value: Any, name: str) -> None:
        stack: list[tuple[Path, Any, str]] = [(path, value, name)]
        while stack:
            path, value, name = stack.pop()
            if isinstance(value, str):
                self.strings += 1
                self._string(path, value, name)
                continue
            if len(path) > self.depth:
                self.depth = len(path)
                if self.depth > DEEPEST:
                    return
            if isinstance(value, Pairs):
                self.strings += len(value)
                stack.extend([((*path, key), item, key) for key, item in reversed(value)])
            elif isinstance(value, dict):
                self.strings += len(value)
                stack.extend([((*path, key), item, key) for key, item in reversed(value.items()) if isinstance(item, (str, dict, list))])
            elif isinstance(value, list):
                stack.extend([((*path, index), value[index], name) for index in range(len(value) - 1, -1, -1) if isinstance(value[index], (str, dict, list))])

    def _string(self, path: Path, value: str, name: str) -> None:
        if not self.of.chosen(path):
            return
        if name in IDS and (len(path) == 1 or len(path) == 3 and path[0] == "messages"):
            if not PLAIN_ID.fullmatch(value):
                self._id(path, value, name)
        elif len(value) >= LEAST:
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
