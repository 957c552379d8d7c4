"""Finding: every family looks at a page, then the best hit wins each character."""
from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Sequence

from . import catalogue, clusters, contact, network, payment, places, rules, wordlists
from .context import Vocabulary
from .detector import Detector, Finding, Hit
from .dull import DULL, LEAST, PLAIN_ID, SHORT
from .page import Page
from .pattern import Pattern
from .secrets import assignments, blocks, names, passwords, tokens

# What this program itself writes in place of a value is never found again.
_LABEL = Pattern(r"\[[A-Z][A-Z_]{1,30}(?:_\d{1,9}|:[0-9a-f]{8,32})?\]")
_STARS = Pattern(r"\*{4}[A-Za-z0-9]{0,4}(?![A-Za-z0-9])")
_LABEL_LENGTH = 70
_PSEUDONYM = Pattern(r"-[0-9a-f]{12}(?![0-9A-Za-z-])")
_PSEUDONYM_OF = Pattern(r"(?:^|[^\w-])(user|conversation|message|team|role|model|release|prompt_version|region|task_category|classified_by|event_time|started_at|ended_at|date)$")
_LEAST_PIECE = 4
_MOST_CLEAN = 4096

# The first digit with which any family may have to do: each says what its digits look like.
_FIRST = Pattern(clusters.ANCHOR)
_LONG = Pattern(b"|".join((assignments.ANCHOR, network.ANCHOR, places.ANCHOR)))

Look = Callable[[Page, "list[Hit]"], None]


class Scanner:
    """Finds what its detectors describe.

    >>> from .catalogue import choose
    >>> Scanner(choose()).find("mail ann@example.org")[0][:3]
    (5, 20, 'EMAIL')
    """

    def __init__(self, detectors: Sequence[Detector], *, deny: Iterable[str] = (), allow: Iterable[str] = ()) -> None:
        self.detectors = tuple(detectors)
        everything = catalogue.DETECTORS
        self.enabled = frozenset(rule.id for rule in self.detectors) | {wordlists.DENIED.id}
        built_in = {rule.id for rule in everything}
        self._own = tuple(rules.OwnRule(rule) for rule in self.detectors if rule.id not in built_in)
        denied = tuple(deny)
        self._denied = wordlists.WordList(denied, wordlists.DENIED) if denied else None
        kept = tuple(allow)
        self._allowed = wordlists.Allowed(kept) if kept else None
        # What tells at a glance that there is nothing holds for our rules: what the user wants found may be "X1".
        self._of_user = frozenset(own.rule.id for own in self._own) | ({wordlists.DENIED.id} if self._denied else frozenset())
        self.least = 1 if self._of_user else LEAST
        self.is_plain_id: Callable[[str], object] = self._is_plain_id if self._of_user else PLAIN_ID.fullmatch
        self.vocabulary = Vocabulary({rule.id: rule.words for rule in everything if rule.words})
        self._clusters = clusters.Clusters(clusters.table_of(rule for rule in everything if rule.shapes), catalogue.FAMILIES, payment.look_iban)
        # Names of fields met so far: do they say anything about the value?
        self._names: dict[str, bool] = {}
        # Short texts met lately in which nothing was found: models, roles, tags, which come again and again.
        self._clean: set[str] = set()

    def find(self, text: str, name: str = "") -> list[Finding]:
        """What is in a text, in order and without overlaps. `name` is the key it stands under, a word of context."""
        if len(text) < self.least:
            return []
        if name and not self.says(name):
            name = ""
        short = not name and len(text) < SHORT
        if short and text in self._clean:
            return []
        hits = [] if short and not self._own and not self._denied and DULL.fullmatch(text) else self._hits(text, name)
        findings = self._resolve(text, hits) if hits else hits
        if short and not findings:
            if len(self._clean) > _MOST_CLEAN:
                self._clean.clear()
            self._clean.add(text)
        return findings

    def clean(self, text: str) -> bool:
        """Whether there is nothing in a text."""
        return not self.find(text)

    def says(self, name: str) -> bool:
        """Whether the name of a field tells anything of its value."""
        says = self._names.get(name)
        if says is None:
            if len(self._names) > _MOST_CLEAN:
                self._names.clear()
            says = self._names[name] = bool(self.vocabulary.of_name(name) or names.kind_of(name))
        return says

    def _is_plain_id(self, value: str) -> bool:
        return bool(PLAIN_ID.fullmatch(value)) and not any(finding.rule in self._of_user for finding in self.find(value))

    def _hits(self, text: str, name: str) -> list[Hit]:
        page = Page(text, name, self.vocabulary)
        hits: list[Hit] = []
        digit = page.marks.find(b"0")
        first = long = None
        if digit >= 0:
            first, long = _FIRST.search(page.marks, digit), _LONG.search(page.marks, digit)
        page.first = first.start() if first else -1
        page.long = long.start() if long else -1
        if "@" in page.text:
            contact.look_emails(page, hits)
        worded = page.worded or page.link >= 0
        if worded:
            contact.look_urls(page, hits)
        network.look(page, hits)
        if first:
            self._clusters.look(page, hits)
        if long:
            tokens.look(page, hits)
            places.look_streets(page, hits)
        if worded:
            blocks.look(page, hits)
            payment.look_swift(page, hits)
            passwords.look(page, hits)
        if long or page.name:
            assignments.look(page, hits)
        if self._own:
            rules.look(self._own, page, hits)
        if self._denied:
            hits.extend(self._denied.find(text))
        return hits

    def _resolve(self, text: str, hits: list[Hit]) -> list[Finding]:
        low, high = min([hit.start for hit in hits]), max([hit.end for hit in hits])
        ours = _ours(text, low - _LABEL_LENGTH, high + _LABEL_LENGTH)
        if len(hits) > 1:
            hits.sort(key=_rank)
        best = hits[0]
        if best.start == low and best.end == high and not ours:
            return [_finding(best, low, high)] if self._wanted(best, text[low:high]) else []
        taken = _Taken(ours)
        findings: list[Finding] = []
        for hit in hits:
            for start, end in _free(hit, taken):
                taken.add(start, end)
                if self._wanted(hit, text[start:end]):
                    findings.append(_finding(hit, start, end))
        findings.sort()
        return findings

    def _wanted(self, hit: Hit, value: str) -> bool:
        return hit.rule.id in self.enabled and not (self._allowed and self._allowed.keeps(value))


def _rank(hit: Hit) -> tuple[int, int, int, str]:
    """The best first: the highest score, then the longest."""
    return -hit.score, hit.start - hit.end, hit.start, hit.rule.id


def _finding(hit: Hit, start: int, end: int) -> Finding:
    rule = hit.rule
    return Finding(start, end, rule.kind, rule.id, rule.validator_name, hit.context)


def _ours(text: str, low: int, high: int) -> list[tuple[int, int]]:
    """Where labels, stars and pseudonyms stand between two places."""
    low = max(0, low)
    spans = [match.span() for match in _LABEL.finditer(text, low, high)] if text.find("[", low, high) >= 0 else []
    if text.find("****", low, high) >= 0:
        spans += [match.span() for match in _STARS.finditer(text, low, high)]
    for match in _PSEUDONYM.finditer(text, low, high):
        name = _PSEUDONYM_OF.search(text, max(0, match.start() - 16), match.start())
        if name:
            spans.append((name.start(1), match.end()))
    return spans


class _Taken:
    """Spans of a text that do not overlap, in order, so that a clash is found without looking at all of them."""

    def __init__(self, spans: list[tuple[int, int]]) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        for start, end in sorted(spans):
            if not self.ends or start >= self.ends[-1]:
                self.starts.append(start)
                self.ends.append(end)

    def add(self, start: int, end: int) -> None:
        """One more span, which clashes with none."""
        at = bisect.bisect(self.starts, start)
        self.starts.insert(at, start)
        self.ends.insert(at, end)

    def clashes(self, start: int, end: int) -> list[tuple[int, int]]:
        """The spans that share a character with this one."""
        low = bisect.bisect_right(self.ends, start)
        if low == len(self.starts) or self.starts[low] >= end:
            return []
        high = bisect.bisect_left(self.starts, end)
        return list(zip(self.starts[low:high], self.ends[low:high]))


def _free(hit: Hit, taken: _Taken) -> Iterable[tuple[int, int]]:
    """The part of a hit that nothing better has; an address keeps what is left beside a secret in it."""
    clashes = taken.clashes(hit.start, hit.end)
    if not clashes:
        return ((hit.start, hit.end),)
    if hit.rule.kind != "URL":
        return ()
    pieces, at = [], hit.start
    for start, end in sorted(clashes):
        if start - at >= _LEAST_PIECE:
            pieces.append((at, start))
        at = max(at, end)
    if hit.end - at >= _LEAST_PIECE:
        pieces.append((at, hit.end))
    return pieces
