"""One pass over everything that has digits in it, shared by all the kinds of numbers.

A *cluster* is a chain of groups of letters and digits with at most a few separators between them. Every run of groups
in it is looked up in a table of shapes; what the table gives is checked, then weighed by the words around it.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from .context import Near
from .detector import ALONE, NAMED, NUMBER, Detector, Hit
from .page import Page

# A digit that begins something: five letters or digits, four digits, digits with separators, or beside a capital.
ANCHOR = re.compile(rb"0(?:[0Aa]{4}|0{3}|(?<=A0)|(?<=A[ ?-]0)|(?:[ ./()?-]{0,3}0){4}|A|[ ?-]{1,2}AA[^a])")
_GROUP = rb"(?:[Aa]{0,6}0[0Aa]{0,40}|A{1,4}(?![Aa]))"
_RIGHT = re.compile(rb"[0Aa]{0,64}(?:[ ()./?-]{1,3}" + _GROUP + rb"){0,11}")
_LEFT = re.compile(rb"[0Aa]{0,64}(?:[ ()./?-]{1,2}(?:A{1,4}(?![Aa])|0[0A]{0,3}(?![0Aa]))){0,3}")
_GROUPS = re.compile(rb"[0Aa]+")
_NOT_ALNUM = bytes(c for c in range(256) if not (48 <= c < 58 or 65 <= c < 91 or 97 <= c < 123))
TOPIC = {"PHONE": "phone", "CREDIT_CARD": "card", "BANK": "bank", "IBAN": "iban", "SSN": "ssn", "NATIONAL_ID": "national", "TAX_ID": "tax",
         "PASSPORT": "passport", "DRIVER_LICENSE": "license", "MEDICAL_ID": "medical", "VEHICLE": "vehicle", "IMEI": "imei",
         "ZIP": "zip", "DOB": "birth", "CRYPTO": "wallet", "MAC": "mac"}


# Rules whose check a random number passes once in fifty times or less: a bare number that passes is one.
RARE = frozenset("br-cpf br-cnpj fr-nir de-steuer-id no-fodselsnummer tr-tckn pl-pesel ro-cnp cn-id se-personnummer be-nn ee-isikukood "
                 "lt-asmens-kodas fi-hetu mx-curp au-abn kr-rrn-plain za-id bg-egn yu-jmbg is-kennitala in-aadhaar it-partita-iva ch-ahv uk-nhs au-medicare us-npi th-id".split())


Family = Callable[[Page, "Run", "list[Hit]"], None]
Fits = Callable[[bytes, int], bool]


class Run(NamedTuple):
    """A run of groups of a cluster: where it is, its marks, itself without separators, and whether more digits stood beside it."""

    start: int
    end: int
    shape: bytes
    value: str
    cut: bool


def plain_boundary(page: Page, start: int, end: int) -> bool:
    """Whether a value may begin and end here: not inside a word, decimal, path, handle, amount or longer token."""
    text = page.text
    if start:
        c = text[start - 1]
        if c.isascii() and c.isalnum() or c in "_@$£€¥%\\^~":
            return False
        if start > 1 and c in "-./,:+&":
            b = text[start - 2]
            if b.isascii() and (b.isdigit() if c in ",:." else b.isalnum() or b in "_-/."):
                return False
    if end < len(text):
        c = text[end]
        if c.isascii() and c.isalnum() or c in "_@%\\^~€£¥°":
            return False
        if end + 1 < len(text) and c in "-./,:+":
            b = text[end + 1]
            if b.isascii() and (b.isdigit() or b.isalpha() and c in "-/+" or b == "_"):
                return False
    return True


class Piece(NamedTuple):
    """A run within a cluster of a certain shape: where, its marks, the rules of that shape, and whether more digits stand beside it."""

    start: int
    end: int
    shape: bytes
    rules: tuple[Detector, ...]
    families: tuple[Family, ...]
    cut: bool


class Plan(NamedTuple):
    """What to try on every cluster of the same marks; `ibans` are the groups that begin like one.

    Unless it is `strong`, nothing in it can be found without a word near it.
    """

    pieces: tuple[Piece, ...]
    ibans: tuple[int, ...]
    starts: tuple[int, ...]
    strong: bool
    ruled: bool


Table = dict[bytes, tuple[Detector, ...]]
_MOST_PLANS = 8192
_SURE = 745


class Clusters:
    """Finds clusters; remembers for each form of cluster what may be in it, as most texts write numbers in few forms."""

    def __init__(self, table: Table, families: tuple[tuple[Family, Fits], ...]) -> None:
        self.table = table
        self.families = families
        self._plans: dict[bytes, Plan] = {}

    def find(self, page: Page) -> Iterator[tuple[int, int, Plan]]:
        """Each cluster of a page with its plan."""
        marks, done, plans = page.marks, 0, self._plans
        right, left = _RIGHT.match, _LEFT.match
        for anchor in ANCHOR.finditer(marks):
            i = anchor.start()
            if i < done:
                continue
            end = right(marks, i).end()  # type: ignore[union-attr]
            start = i
            if i > done and marks[i - 1] in _BESIDE:
                start = i - left(marks[max(done, i - 72):i][::-1]).end()  # type: ignore[union-attr]
            done = end
            if end - start > 160:
                continue
            form = marks[start:end]
            plan = plans.get(form)
            if plan is None:
                if len(plans) >= _MOST_PLANS:
                    plans.clear()
                plan = plans[form] = self._plan(form)
            if plan.pieces or plan.ibans:
                yield start, end, plan

    def _plan(self, form: bytes) -> Plan:
        spans = [group.span() for group in _GROUPS.finditer(form)]
        count = len(spans)
        loose = [True] + [_is_break(form[spans[k][1]:spans[k + 1][0]]) for k in range(count - 1)] + [True]
        pieces = []
        for length in range(min(count, 9), 0, -1):
            for first in range(count - length + 1):
                last = first + length - 1
                if not loose[first] or not loose[last + 1]:
                    continue
                s, e = spans[first][0], spans[last][1]
                shape = form[s:e]
                size = sum(b - a for a, b in spans[first:last + 1])
                if b"0" not in shape or size < 3 or size > 24:
                    continue
                rules = self.table.get(shape, ())
                if not rules and size == 3 and b"A" not in shape:
                    continue
                families = tuple(look for look, fits in self.families if fits(shape, size))
                if not rules and not families:
                    continue
                beside = spans[max(0, first - 1):first] + spans[last + 1:last + 2]
                pieces.append(Piece(s, e, shape, rules, families, any(b"0" in form[a:b] for a, b in beside)))
        ibans = tuple(a for a, _ in spans if form[a:a + 4].lower() == b"aa00")
        strong = any(rule.strength > NAMED for piece in pieces for rule in piece.rules) or any(len(form) > 6 and sum(48 <= c < 58 for c in piece.shape) > 6 for piece in pieces) or any(piece.shape in (b"00000", b"00000-0000") and form[:1] == b"A" for piece in pieces)
        return Plan(tuple(pieces), ibans, tuple(dict.fromkeys(piece.start for piece in pieces)), strong, any(piece.rules for piece in pieces))


_BESIDE = frozenset(b"0Aa ()./?-")


def _is_break(gap: bytes) -> bool:
    return b" " in gap or b"(" in gap or b")" in gap


def weigh(rule: Detector, page: Page, start: int, end: int) -> Hit | None:
    """A hit of a rule whose shape and check are right already, if the words around it allow it."""
    near = page.before(start)
    own = near.get(rule.id)
    if own:
        return Hit(start, end, (900 if rule.check else 880) - own[0], rule, own[1])
    # A shape that nothing checks needs a word of its own, not just one of its kind.
    topic = TOPIC.get(rule.kind, "") if rule.check or rule.strength > NAMED else ""
    named = near.get(topic)
    thing = near.get("thing")
    if named and not (thing and thing[0] < named[0]):
        return Hit(start, end, 800 - 10 * named[0], rule, named[1])
    later = page.after(end)
    own = later.get(rule.id)
    if own:
        return Hit(start, end, 700 - own[0], rule, own[1])
    if rule.strength == ALONE:
        if thing and thing[0] < 3 and not named:
            return None
        return Hit(start, end, 600, rule, "")
    named = later.get(topic)
    if named and named[0] < 5 and not thing:
        return Hit(start, end, 500 - 10 * named[0], rule, named[1])
    if rule.strength == NUMBER and not thing:
        number = near.get("number") or later.get("number")
        if number and number[0] < 5:
            return Hit(start, end, 400 - number[0], rule, number[1])
        if page.is_whole(start, end) and (rule.id in RARE or not page.text[start:end].isdigit()):
            return Hit(start, end, 300, rule, "")
    return None


def table_of(rules: Iterable[Detector]) -> Table:
    """shape -> rules, small letters standing for capitals too."""
    table: dict[bytes, list[Detector]] = {}
    for rule in rules:
        for shape in rule.shapes:
            for form in dict.fromkeys((shape, shape.replace("A", "a"))):
                at = table.setdefault(form.encode("ascii", "replace"), [])
                if rule not in at:
                    at.append(rule)
    return {shape: tuple(at) for shape, at in table.items()}


def forms(*templates: str) -> tuple[str, ...]:
    """Templates with hyphens, and the same with spaces, with dots, and with nothing.

    >>> forms("000-00")
    ('000-00', '000 00', '000.00', '00000')
    """
    return tuple(dict.fromkeys(t.replace("-", sep) for sep in ("-", " ", ".", "") for t in templates))


Start = Callable[[Page, int, "list[Hit]"], None]


def look(page: Page, clusters: Clusters, iban: Start, hits: list[Hit]) -> None:
    """Add to `hits` everything with digits that the table or one of the families knows."""
    before = sorted(((hit.start, hit.end) for hit in hits if hit.score >= _SURE), reverse=True)
    for base, stop, plan in clusters.find(page):
        while before and before[-1][1] <= base:
            before.pop()
        if before and before[-1][0] <= base and stop <= before[-1][1]:
            continue
        if not plan.strong and not plan.ibans:
            # Most numbers of a text are years, counts and chapters: no word near them, no more work.
            if not any(page.hint(base + at, 24 if stop - base < 6 else 44) for at in plan.starts) and not (plan.ruled and page.after(stop)):
                continue
        seen = len(hits)
        sure_start = sure_end = 0
        for at in plan.ibans:
            iban(page, base + at, hits)
        for piece in plan.pieces:
            start, end = base + piece.start, base + piece.end
            # What is part of something sure needs no look of its own.
            for hit in hits[seen:]:
                if hit.score >= _SURE and hit.end - hit.start > sure_end - sure_start:
                    sure_start, sure_end = hit.start, hit.end
            seen = len(hits)
            if sure_start <= start and end <= sure_end and end - start < sure_end - sure_start:
                if sure_start <= base and stop <= sure_end:
                    break
                continue
            value = page.plain[start:end].upper().translate(None, _NOT_ALNUM).decode()
            run = Run(start, end, piece.shape, value, piece.cut)
            if piece.rules and plain_boundary(page, start, end):
                for rule in piece.rules:
                    if rule.check is None or rule.check(value):
                        hit = weigh(rule, page, start, end)
                        if hit:
                            hits.append(hit)
            for family in piece.families:
                family(page, run, hits)
