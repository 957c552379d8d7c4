"""Sanitizing one line of JSON: every string is looked at, and only what was found is changed."""
from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from . import jsontext
from .detector import Finding
from .dull import SHORT
from .parsing import DEEPEST, Unexaminable, parse, scan_long
from .paths import Choice, Path, path_text
from .redaction import Redactor, filled, fingerprint, pseudonym
from .scanner import Scanner
from .splicing import Change, rebuilt, splice
from .walk import Walk

_NOT_IN_IDS = frozenset({"prefixed-token", "wallet-near-word"})
_ROUNDS = 6
# Characters of texts that are kept in mind, what each costs besides, and the longest of them.
_MOST_MET = 8_000_000
_EACH = 200
_LONGEST_MET = 100_000
_WORTH = 16     # of so many texts one must come again,
_REST = 10      # or none is kept for so many times as many
# Around a replacement: characters within which a word or a number may count for another, and as many more as it takes to begin with a whole word.
_NEAR = 100
_AROUND = 150


class Sanitizer:
    """Finds and replaces in records; counts what it replaced by kind."""

    def __init__(self, scanner: Scanner, redactor: Redactor, *, key_source: Callable[[], bytes],
                 fields: Sequence[str] = (), leave: Sequence[str] = ()) -> None:
        self.scanner = scanner
        self.redactor = redactor
        self.counts: Counter[str] = Counter()
        self._key_source = key_source
        self._choice = Choice(fields, leave)
        self.everything = self._choice.everything
        # What was found in texts met lately, and what became of those with findings: each request repeats the talk before it.
        self._met: dict[str, list[Finding]] = {}
        self._became: dict[str, tuple[str, list[str] | None]] = {}
        self._room = _MOST_MET
        self._again = self._resting = 0
        # Ids met lately that are not personal.
        self.plain_ids: set[str] = set()

    # What others call.

    def line(self, raw: bytes) -> bytes:
        """A line of JSON without its line end, sanitized; the very same object when nothing was found."""
        text, record = parse(raw)
        changes = self._changes(record)
        if not changes:
            return raw
        for change in changes:
            self._count(change.findings)
        return splice(text, changes).encode("utf-8", "surrogatepass")

    def record(self, record: Any) -> Any:
        """A record that is parsed already, sanitized; the same object when nothing was found."""
        changes = Walk(self, True).over(record).changes
        if not changes:
            return record
        for change in changes:
            self._count(change.findings)
        return rebuilt(record, {change.path: change.new for change in changes})

    def text(self, text: str) -> str:
        """A plain line of text, sanitized."""
        findings = self.find(text, "")
        if not findings:
            return text
        self._count(findings)
        return self.replaced(text, "", findings, "")[0]

    def explain(self, raw: bytes) -> list[tuple[str, Finding]]:
        """Each finding of a line with the path of the string it is in."""
        return [(self._told(change.path), finding) for change in self._changes(parse(raw)[1], replace=False) for finding in change.findings]

    def fingerprints(self, raw: bytes) -> list[tuple[str, Finding, str]]:
        """Like `explain`, with the keyed fingerprint of each value for a baseline."""
        key = self.key()
        return [(self._told(change.path), finding, fingerprint(finding, change.old[finding.start:finding.end], key))
                for change in self._changes(parse(raw)[1], replace=False) for finding in change.findings]

    def key(self) -> bytes:
        """The key of pseudonyms and fingerprints, asked for when it is needed."""
        return self._key_source()

    # How it is done.

    def _told(self, path: Path) -> str:
        """A path for a report: a key may be personal itself, and reports tell no values."""
        return path_text(tuple(filled(step, found, [f"[{one.kind}]" for one in found]) if isinstance(step, str) and (found := self.scanner.find(step)) else step
                               for step in path))

    def _count(self, findings: Sequence[Finding]) -> None:
        for finding in findings:
            self.counts[finding.kind] += 1

    def _changes(self, record: Any, replace: bool = True) -> list[Change]:
        walk = Walk(self, replace).over(record)
        if walk.depth > DEEPEST:
            raise Unexaminable("nested too deeply")
        if walk.repeats and walk.changes:
            raise Unexaminable("a key stands twice in one object")
        return walk.changes

    def chosen(self, path: Path) -> bool:
        """Whether the string at a path is looked at at all."""
        return self.everything or self._choice.holds(path)

    def id_change(self, path: Path, value: str, name: str) -> Change | None:
        """What becomes of an id: a pseudonym when the whole of it is personal."""
        findings = self.scanner.find(value)
        whole = value.strip()
        at = value.find(whole)
        if len(findings) == 1 and findings[0].start <= at and findings[0].end >= at + len(whole) and findings[0].rule not in _NOT_IN_IDS:
            stand_in = pseudonym(name.removesuffix("_id"), value, self.key())
            if self.redactor.kept is not None:
                self.redactor.kept[stand_in] = value
            return Change(path, value, stand_in, findings, None)
        if len(value) < 64:
            self.plain_ids.add(value)
        return None

    def find(self, text: str, name: str, depth: int = 0) -> list[Finding]:
        """Findings of a string that stands under a key; where it is JSON itself, those of the strings in it."""
        if name and not self.scanner.says(name):
            name = ""
        if name or depth or not SHORT <= len(text) < _LONGEST_MET:
            return self._look(text, name, depth)
        if self._resting:
            self._resting -= 1
            return self._look(text, "", 0)
        findings = self._met.get(text)
        if findings is None:
            findings = self._met[text] = self._look(text, "", 0)
            self._room -= len(text) + _EACH
            if self._room < 0:
                self._make_room()
        else:
            self._again += 1
        return findings

    def _make_room(self) -> None:
        """Forget the texts met lately, and where hardly one of them came again keep none of those that come now."""
        if self._again * _WORTH < len(self._met):
            self._resting = _REST * len(self._met)
        self._again, self._room = 0, _MOST_MET
        self._met.clear()
        self._became.clear()

    def _look(self, text: str, name: str, depth: int) -> list[Finding]:
        if depth < jsontext.NESTED and jsontext.may_be_json(text):
            inner = self._find_in_json(text, depth)
            if inner is not None:
                return inner
        return self.scanner.find(text, name)

    def _find_in_json(self, text: str, depth: int) -> list[Finding] | None:
        try:
            _, end = scan_long(text, 0)
        except (ValueError, StopIteration, RecursionError):
            return None
        if end != len(text):
            return None
        findings: list[Finding] = []
        for literal in jsontext.literals(text):
            value = json.loads(text[literal.start:literal.end])
            if len(value) < self.scanner.least:
                continue
            key = next((step for step in reversed(literal.path) if isinstance(step, str)), "")
            found = self.find(value, key, depth + 1)
            if found:
                places = jsontext.offsets(text[literal.start + 1:literal.end - 1])
                shift = literal.start + 1
                for one in found:
                    start, stop = (one.start, one.end) if places is None else (places[one.start], places[one.end])
                    findings.append(one._replace(start=start + shift, end=stop + shift, depth=one.depth + 1))
        return findings

    def replaced(self, text: str, name: str, findings: list[Finding], group: str) -> tuple[str, list[str] | None]:
        """The text with its findings replaced, and again until nothing is left to find; and what stands in their places,
        None when more had to be replaced than these."""
        if self.redactor.style == "label-numbered" or self._met.get(text) is not findings:
            return self._replaced(text, name, findings, group)
        became = self._became.get(text)
        if became is None:
            became = self._became[text] = self._replaced(text, name, findings, group)
        return became

    def _replaced(self, text: str, name: str, findings: list[Finding], group: str) -> tuple[str, list[str] | None]:
        pieces = self.redactor.pieces(text, findings, group)
        new = filled(text, findings, pieces)
        if self.redactor.style == "fake":
            return new, pieces
        if self._settled(new, name, findings, pieces):
            return new, pieces
        left = self._look(new, name, 0)
        if not left:
            return new, pieces
        for turn in range(2 * _ROUNDS):
            # What is removed can bring the ends of another value together, again and again: at last a label keeps them apart.
            stand_ins = self.redactor.pieces(new, left, group) if turn < _ROUNDS else [f"[{finding.kind}]" for finding in left]
            new = filled(new, left, stand_ins)
            left = self._look(new, name, 0)
            if not left:
                break
        return new, None

    def _settled(self, new: str, name: str, findings: Sequence[Finding], pieces: Sequence[str]) -> bool:
        """Whether nothing is found around what was replaced. Farther away a replacement changes nothing, except in tables
        and in what spans many lines; there, and where it would not pay, the answer is no."""
        if len(new) < 3 * _AROUND or len(findings) * _AROUND > len(new) or new[0] in "{[" \
                or "|" in new or "data:" in new or "-----BEGIN" in new:
            return False
        shift, windows = 0, []
        for finding, piece in zip(findings, pieces):
            start = finding.start + shift
            shift += len(piece) - (finding.end - finding.start)
            low = new.rfind(" ", max(0, start - _AROUND), max(0, start - _NEAR))
            high = new.find(" ", start + len(piece) + _NEAR, start + len(piece) + _AROUND)
            low, high = low if low >= 0 or start > _NEAR else 0, high if high >= 0 else len(new) if len(new) < start + len(piece) + _AROUND else -1
            if low < 0 or high < 0:
                return False
            if windows and low <= windows[-1][1]:
                windows[-1] = (windows[-1][0], high)
            else:
                windows.append((low, high))
        return not any(self.scanner.find(new[low:high], name) for low, high in windows)
