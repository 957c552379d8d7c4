"""Sanitizing one line of JSON: every string is looked at, and only what was found is changed."""
from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any, NamedTuple

from ..jsonl import BadLine
from . import jsontext
from .detector import Finding
from .redaction import Redactor, fingerprint, pseudonym
from .scanner import Scanner

# Ids and times of our own records: left alone unless the whole value is personal.
IDS = frozenset("event_time started_at ended_at date conversation_id message_id user_id team role model release prompt_version region "
                "task_category classified_by".split())
_PLAIN_ID = re.compile(r"[A-Za-z_.:/ -]{0,40}\d{0,6}[A-Za-z_.:/ -]{0,40}|\d{4}-\d\d-\d\d(?:[T ][\d:.]{5,15}(?:Z|[+-]\d\d:?\d\d)?)?|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NOT_IN_IDS = frozenset({"prefixed-token", "wallet-near-word"})
_DEEPEST = 400
_ROUNDS = 6
_SPACE = " \t\n\r"
_LOOKED_AT = (str, dict, list)
Path = tuple[str | int, ...]


class Unexaminable(BadLine):
    """A line that could not be looked at whole. The reason never quotes it."""

    def __init__(self, reason: str, column: int = 1) -> None:
        super().__init__(reason, column)


class Change(NamedTuple):
    """A string of a record that had findings."""

    path: Path
    old: str
    new: str
    findings: list[Finding]


class _Pairs(list[tuple[str, Any]]):
    """An object whose keys may repeat."""


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_scan = json.JSONDecoder(parse_constant=_no_constant).scan_once
_scan_long = json.JSONDecoder(parse_constant=_no_constant, parse_int=len).scan_once
_scan_pairs = json.JSONDecoder(parse_constant=_no_constant, parse_int=len, object_pairs_hook=_Pairs).scan_once


def path_text(path: Path) -> str:
    """A path as people write it.

    >>> path_text(("messages", 0, "content"))
    'messages.0.content'
    """
    return ".".join(map(str, path))


def path_pattern(path: str) -> re.Pattern[str]:
    """What a path of `--fields` or `--leave` matches: itself and all below it; list positions may be left out or *.

    >>> bool(path_pattern("messages.content").fullmatch("messages.3.content")), bool(path_pattern("a.*").fullmatch("a.b.c"))
    (True, True)
    """
    steps = path.strip(".").removeprefix("$.").replace("[", ".").replace("]", "").split(".")
    return re.compile(r"(?:\d+\.)*" + r"(?:\.\d+)*\.".join(r"[^.]+" if step in ("*", "") else re.escape(step) for step in steps) + r"(?:\..*)?", re.S)


class Sanitizer:
    """Finds and replaces in records; counts what it replaced by kind."""

    def __init__(self, scanner: Scanner, redactor: Redactor, *, key_source: Callable[[], bytes],
                 fields: Sequence[str] = (), leave: Sequence[str] = ()) -> None:
        self.scanner = scanner
        self.redactor = redactor
        self.counts: Counter[str] = Counter()
        self._key_source = key_source
        self._key: bytes | None = None
        self._fields = [path_pattern(path) for path in fields]
        self._leave = [path_pattern(path) for path in leave]
        self._plain_ids: set[str] = set()

    # What others call.

    def line(self, raw: bytes) -> bytes:
        """A line of JSON without its line end, sanitized; the very same object when nothing was found."""
        text, record = self._parse(raw)
        changes = self._changes(text, record)
        if not changes:
            return raw
        for change in changes:
            self.counts.update(finding.kind for finding in change.findings)
        return self._splice(text, changes).encode("utf-8", "surrogatepass")

    def record(self, record: Any) -> Any:
        """A record that is parsed already, sanitized; the same object when nothing was found."""
        changes, _, _ = self._examine(record, replace=True)
        if not changes:
            return record
        for change in changes:
            self.counts.update(finding.kind for finding in change.findings)
        return _rebuilt(record, {change.path: change.new for change in changes})

    def text(self, text: str) -> str:
        """A plain line of text, sanitized."""
        findings = self._find(text, "")
        if not findings:
            return text
        self.counts.update(finding.kind for finding in findings)
        return self._replaced(text, "", findings, "")

    def explain(self, raw: bytes) -> list[tuple[str, Finding]]:
        """Each finding of a line with the path of the string it is in."""
        text, record = self._parse(raw)
        return [(path_text(change.path), finding) for change in self._changes(text, record, replace=False) for finding in change.findings]

    def fingerprints(self, raw: bytes) -> list[tuple[str, Finding, str]]:
        """Like `explain`, with the keyed fingerprint of each value for a baseline."""
        text, record = self._parse(raw)
        key = self.key()
        return [(path_text(change.path), finding, fingerprint(finding, change.old[finding.start:finding.end], key))
                for change in self._changes(text, record, replace=False) for finding in change.findings]

    def key(self) -> bytes:
        """The key of pseudonyms and fingerprints, asked for when first needed."""
        if self._key is None:
            self._key = self._key_source()
        return self._key

    # How it is done.

    def _parse(self, raw: bytes) -> tuple[str, Any]:
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            raise Unexaminable("not UTF-8", error.start + 1) from None
        start = 0
        if text[:1] in _SPACE or text[:1] == "\ufeff":
            start = len(text) - len(text.lstrip(_SPACE + "\ufeff"))
        try:
            try:
                record, end = _scan(text, start)
            except ValueError as error:
                if isinstance(error, json.JSONDecodeError) or "limit" not in str(error):
                    raise
                record, end = _scan_long(text, start)
        except StopIteration as error:
            raise Unexaminable("not JSON", (error.value if isinstance(error.value, int) else 0) + 1) from None
        except json.JSONDecodeError as error:
            raise Unexaminable("not JSON", error.pos + 1) from None
        except RecursionError:
            raise Unexaminable("nested too deeply") from None
        except ValueError as error:
            raise Unexaminable(str(error) if str(error).endswith("is not JSON") else "not JSON") from None
        if end != len(text) and text[end:].strip(_SPACE):
            raise Unexaminable("more than one JSON value", end + 1)
        return text, record

    def _changes(self, text: str, record: Any, replace: bool = True) -> list[Change]:
        changes, strings, depth = self._examine(record, replace)
        if depth > _DEEPEST:
            raise Unexaminable("nested too deeply")
        if self._may_repeat(text, strings):
            try:
                pairs = _scan_pairs(text, len(text) - len(text.lstrip(_SPACE + "\ufeff")))[0]
            except RecursionError:
                raise Unexaminable("nested too deeply") from None
            if _repeats(pairs) and (changes or self._examine(pairs, False)[0]):
                raise Unexaminable("a key stands twice in one object")
        return changes

    @staticmethod
    def _may_repeat(text: str, strings: int) -> bool:
        """Whether a key may stand twice: then the text has more quotes than the parsed record accounts for."""
        quotes = text.count('"')
        if quotes == 2 * strings:
            return False
        return "\\\\" in text or quotes - text.count('\\"') != 2 * strings

    def _examine(self, record: Any, replace: bool) -> tuple[list[Change], int, int]:
        """The strings with findings, how many strings (keys too) there are, and how deep the record goes."""
        changes: list[Change] = []
        strings = 0
        deepest = 0
        group = ""
        if isinstance(record, dict):
            conversation = record.get("conversation_id")
            group = conversation if isinstance(conversation, str) else ""
        plain_ids = self._plain_ids
        find, chosen = self._find, bool(self._fields or self._leave)
        stack: list[tuple[Path, Any, str]] = [((), record, "")]
        while stack:
            path, value, name = stack.pop()
            if isinstance(value, str):
                strings += 1
                if chosen and not self._is_chosen(path):
                    continue
                if name in IDS and (len(path) == 1 or len(path) == 3 and path[0] == "messages"):
                    change = None if value in plain_ids or _PLAIN_ID.fullmatch(value) else self._examine_id(path, value, name)
                    if change:
                        changes.append(change)
                    continue
                if len(value) < 4:
                    continue
                findings = find(value, name)
                if findings:
                    changes.append(Change(path, value, self._replaced(value, name, findings, group) if replace else value, findings))
            elif isinstance(value, _Pairs):
                strings += len(value)
                deepest = max(deepest, len(path))
                stack.extend([((*path, key), item, key) for key, item in reversed(value)])
            elif isinstance(value, dict):
                strings += len(value)
                if len(path) > deepest:
                    deepest = len(path)
                    if deepest > _DEEPEST:
                        return changes, strings, deepest
                stack.extend([((*path, key), item, key) for key, item in reversed(value.items()) if isinstance(item, _LOOKED_AT)])
            elif isinstance(value, list):
                if len(path) > deepest:
                    deepest = len(path)
                    if deepest > _DEEPEST:
                        return changes, strings, deepest
                stack.extend([((*path, index), value[index], name) for index in range(len(value) - 1, -1, -1) if isinstance(value[index], _LOOKED_AT)])
        return changes, strings, deepest

    def _is_chosen(self, path: Path) -> bool:
        where = path_text(path)
        if self._fields and not any(pattern.fullmatch(where) for pattern in self._fields):
            return False
        return not any(pattern.fullmatch(where) for pattern in self._leave)

    def _examine_id(self, path: Path, value: str, name: str) -> Change | None:
        plain = self._plain_ids
        findings = self.scanner.find(value)
        whole = value.strip()
        at = value.find(whole)
        if len(findings) == 1 and findings[0].start <= at and findings[0].end >= at + len(whole) and findings[0].rule not in _NOT_IN_IDS:
            stand_in = pseudonym(name.removesuffix("_id"), value, self.key())
            if self.redactor.kept is not None:
                self.redactor.kept[stand_in] = value
            return Change(path, value, stand_in, findings)
        if len(value) < 64:
            if len(plain) > 4096:
                plain.clear()
            plain.add(value)
        return None

    def _find(self, text: str, name: str, depth: int = 0) -> list[Finding]:
        """Findings of a string; where it is JSON itself, those of the strings in it."""
        if text[0:1] in "{[" and text[-1:] in "}]" and depth < 4 and len(text) > 1:
            inner = self._find_in_json(text, depth)
            if inner is not None:
                return inner
        return self.scanner.find(text, name)

    def _find_in_json(self, text: str, depth: int) -> list[Finding] | None:
        try:
            record, end = _scan_long(text, 0)
        except (ValueError, StopIteration, RecursionError):
            return None
        if end != len(text):
            return None
        findings: list[Finding] = []
        for literal in jsontext.literals(text):
            value = json.loads(text[literal.start:literal.end])
            if len(value) < 4:
                continue
            key = next((step for step in reversed(literal.path) if isinstance(step, str)), "")
            found = self._find(value, key, depth + 1)
            if found:
                places = jsontext.offsets(text[literal.start + 1:literal.end - 1])
                shift = literal.start + 1
                for one in found:
                    start, stop = (one.start, one.end) if places is None else (places[one.start], places[one.end])
                    findings.append(one._replace(start=start + shift, end=stop + shift))
        return findings

    def _replaced(self, text: str, name: str, findings: list[Finding], group: str) -> str:
        """The text with its findings replaced, and again until nothing is left to find."""
        new = self.redactor.apply(text, findings, group)
        if self.redactor.style == "fake":
            return new
        for _ in range(_ROUNDS):
            left = self._find(new, name)
            if not left:
                break
            new = self.redactor.apply(new, left, group)
        return new

    @staticmethod
    def _splice(text: str, changes: list[Change]) -> str:
        """The line with the changed strings in place of the old ones, all else as it was."""
        edits: list[tuple[int, int, str]] = []
        places: dict[Path, jsontext.Literal] | None = None
        for change in changes:
            edit = None
            if change.old.lstrip()[:1] not in ",:]}":
                for encode in (encode_basestring, encode_basestring_ascii):
                    literal = encode(change.old)
                    at = text.find(literal)
                    if at >= 0 and text.find(literal, at + 1) < 0 and text[at - 1:at] != "\\" and text[at + len(literal):].lstrip(_SPACE)[:1] != ":":
                        edit = (at, at + len(literal), encode(change.new))
                        break
            if edit is None:
                if places is None:
                    places = {literal.path: literal for literal in jsontext.literals(text)}
                literal = places[change.path]
                edit = (literal.start, literal.end, _respelled(text[literal.start + 1:literal.end - 1], change))
            edits.append(edit)
        edits.sort()
        pieces, at = [], 0
        for start, end, new in edits:
            pieces += (text[at:start], new)
            at = end
        pieces.append(text[at:])
        return "".join(pieces)


def _respelled(body: str, change: Change) -> str:
    """The literal of the new string; the parts that it shares with the old one keep their spelling."""
    old, new = change.old, change.new
    head = 0
    limit = min(len(old), len(new))
    while head < limit and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < limit - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    places = jsontext.offsets(body)
    start, end = head, len(old) - tail
    if places is not None:
        start, end = places[start], places[end]
    return f'"{body[:start]}{encode_basestring_ascii(new[head:len(new) - tail])[1:-1]}{body[end:]}"'


def _repeats(value: Any) -> bool:
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, _Pairs):
            if len({key for key, _ in one}) != len(one):
                return True
            stack.extend(item for _, item in one)
        elif isinstance(one, list):
            stack.extend(one)
    return False


def _rebuilt(value: Any, news: dict[Path, str], path: Path = ()) -> Any:
    if path in news:
        return news[path]
    if isinstance(value, dict):
        return {key: _rebuilt(item, news, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [_rebuilt(item, news, (*path, index)) for index, item in enumerate(value)]
    return value
