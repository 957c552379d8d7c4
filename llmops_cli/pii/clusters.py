"""One pass over everything that has digits in it, shared by all the kinds of numbers.

A *cluster* is a chain of groups of letters and digits with at most a few separators between them. Every run of groups
in it is looked up in a table of shapes; what the table gives is checked, then weighed by the words around it.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from .context import REACH
from .detector import NAMED, Detector, Hit
from .numbers import Run, may_weigh, plain_boundary, topics_wanted, weigh
from .page import NOT_ALNUM, Page
from .pattern import Pattern

# A digit that begins something: five letters or digits, four digits, digits with separators, or beside a capital.
ANCHOR = rb"0(?:[0Aa]{4}|0{3}|(?<=A0)|(?<=A[ ?-]0)|(?:[ ./()?-]{0,3}0){4}|A|[ ?-]{1,2}AA[^a])"
_GROUP = rb"(?:[Aa]{0,6}0[0Aa]{0,40}|A{1,4}(?![Aa]))"
_CLUSTER = Pattern(ANCHOR.replace(rb"0(?:", rb"0(?=", 1) + rb"[0Aa]{0,63}(?:[ ()./?-]{1,3}" + _GROUP + rb"){0,11}")
_LEFT = Pattern(rb"[0Aa]{0,64}(?:[ ()./?-]{1,2}(?:A{1,4}(?![Aa])|0[0A]{0,3}(?![0Aa]))){0,3}")
_GROUPS = Pattern(rb"[0Aa]+")
_SEPARATORS = b" ()./?-"
_BESIDE = frozenset(b"0Aa ()./?-")
_MOST_PLANS = 8192
_LONGEST = 160
_PLUS, = b"+"     # a number, as it is found in bytes ten times as fast as bytes are
_SURE = 745
_JOINED = 12    # characters between numbers of one sort: "123, 234 and 345"
# A text with more clusters than a few may be one that repeats itself, so what is judged is remembered. No rule looks
# farther than this many characters before and behind a cluster, and none at more of the last hits.
_FEW = 64
_SIGHT = 128
_RECENT = 12
_MOST_JUDGED = 1024

Look = Callable[[Page, Run, "list[Hit]"], None]
Start = Callable[[Page, int, "list[Hit]"], None]
Table = dict[bytes, tuple[Detector, ...]]


class Family(NamedTuple):
    """What looks at runs of digits besides the table of shapes: at which (`fits`), and at which of them even when no
    word near them tells anything (`alone`). Both are given the marks of the run and the number of its letters and digits.
    With `topics` it looks only where one of them is before the run, or behind what was found just before."""

    look: Look
    fits: Callable[[bytes, int], bool]
    alone: Callable[[bytes, int], bool]
    topics: frozenset[str] = frozenset()


class Sort(NamedTuple):
    """What looks at runs of the same marks: the rules of that shape and the families; of these the `strong` rules and the
    `lone` families even where no word near tells anything. Without any of the `topics` near only the strong rules can
    weigh anything. `size` is the number of letters and digits."""

    rules: tuple[Detector, ...]
    families: tuple[tuple[Look, frozenset[str]], ...]
    strong: tuple[Detector, ...]
    lone: tuple[tuple[Look, frozenset[str]], ...]
    topics: frozenset[str]
    size: int


class Piece(NamedTuple):
    """A run within a cluster: where, its marks, what looks at it (see Sort), and whether more digits stand beside it."""

    start: int
    end: int
    shape: bytes
    rules: tuple[Detector, ...]
    families: tuple[tuple[Look, frozenset[str]], ...]
    cut: bool
    strong: tuple[Detector, ...]
    topics: frozenset[str]


_NOTHING = Sort((), (), (), (), frozenset(), 0)


class Plan(NamedTuple):
    """What to try on every cluster of the same marks: `pieces` where words within `reach` of it tell something, else only
    the `alone` ones. `ibans` are the groups that begin like one; `last` is where the last piece begins; a word behind
    the cluster counts only if it is `ruled`."""

    pieces: tuple[Piece, ...]
    alone: tuple[Piece, ...]
    ibans: tuple[int, ...]
    last: int
    reach: int
    ruled: bool


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


class Clusters:
    """Finds clusters; remembers for each form of cluster what may be in it, as most texts write numbers in few forms."""

    def __init__(self, table: Table, families: tuple[Family, ...], iban: Start) -> None:
        self.table = table
        self.families = families
        self._iban = iban
        self._plans: dict[bytes, Plan] = {}
        self._sorts: dict[bytes, Sort] = {}

    def look(self, page: Page, hits: list[Hit]) -> None:
        """Add to `hits` everything with digits that the table or one of the families knows."""
        marks, done, plans, met = page.marks, 0, self._plans, 0
        judged: dict[tuple, list[Hit]] = {}
        sure = sorted([(hit.start, hit.end) for hit in hits if hit.score >= _SURE], reverse=True) if hits else []
        for found in _CLUSTER.finditer(marks, page.first):
            start, end = found.span()
            if start > done and marks[start - 1] in _BESIDE and (marks[start - 1] != 32 or marks[start - 2] != 97):
                start -= _LEFT.match(marks[max(done, start - 72):start][::-1]).end()  # type: ignore[union-attr]
            done = end
            if end - start > _LONGEST:
                continue
            form = marks[start:end]
            plan = plans.get(form)
            if plan is None:
                if len(plans) >= _MOST_PLANS:
                    plans.clear()
                plan = plans[form] = self._plan(form)
            if not plan.pieces and not plan.ibans:
                continue
            while sure and sure[-1][1] <= start:
                sure.pop()
            if sure and sure[-1][0] <= start and end <= sure[-1][1]:
                continue
            met += 1
            if met > _FEW and start > _SIGHT:
                self._again(page, start, end, plan, hits, judged)
            else:
                self._judge(page, start, end, plan, hits)

    def _again(self, page: Page, start: int, end: int, plan: Plan, hits: list[Hit], judged: dict[tuple, list[Hit]]) -> None:
        """`_judge`, but for what was judged before: a cluster within the same text, all of that farther than anything looks,
        in the same column of a table, and behind the same hits."""
        within = page.text[start - _SIGHT:end + _SIGHT]
        if len(within) < end - start + 2 * _SIGHT:
            self._judge(page, start, end, plan, hits)
            return
        last = hits[-_RECENT:]
        joined = [(at, hit.start - start, hit.end - start) for at, hit in enumerate(reversed(last)) if start - _JOINED < hit.end <= end]
        key = (within, *joined, *[(hit.rule.id, hit.context) for hit in last]) if joined else (within,)
        if page.drawn:
            key += (page.heading(start),)
        known = judged.get(key)
        if known is None:
            if len(judged) >= _MOST_JUDGED:
                judged.clear()
            before = len(hits)
            self._judge(page, start, end, plan, hits)
            judged[key] = [hit._replace(start=hit.start - start, end=hit.end - start) for hit in hits[before:]]
        else:
            hits += [hit._replace(start=hit.start + start, end=hit.end + start) for hit in known]

    def _judge(self, page: Page, start: int, end: int, plan: Plan, hits: list[Hit]) -> None:
        # Most numbers of a text are years, counts and chapters: no word near them, no more work.
        pieces, alone, ibans, last, reach, ruled = plan
        told = page.tells(start - reach, start + last, end if ruled else 0, bool(alone))
        if not told and _PLUS not in page.marks[start - 2 if start > 1 else 0:start] and not (hits and start - _JOINED < hits[-1].end <= start):
            pieces = alone
        if pieces or ibans:
            self._try(page, start, end, pieces, ibans, told, hits)

    def _try(self, page: Page, base: int, stop: int, pieces: tuple[Piece, ...], ibans: tuple[int, ...], told: bool, hits: list[Hit]) -> None:
        seen = len(hits)
        sure_start = sure_end = 0
        for at in ibans:
            self._iban(page, base + at, hits)
        for first, last, shape, rules, families, cut, strong, topics in pieces:
            start, end = base + first, base + last
            # What is part of something sure needs no look of its own.
            if len(hits) > seen:
                for hit in hits[seen:]:
                    if hit.score >= _SURE and hit.end - hit.start > sure_end - sure_start:
                        sure_start, sure_end = hit.start, hit.end
                seen = len(hits)
            if sure_start <= start and end <= sure_end and end - start < sure_end - sure_start:
                if sure_start <= base and stop <= sure_end:
                    break
                continue
            near = page.before(start)
            value = ""
            if rules and plain_boundary(page, start, end):
                later = page.after(end)
                if topics.isdisjoint(near) and topics.isdisjoint(later):
                    rules = strong
                if rules:
                    value = _value(page, start, end)
                    for rule in rules:
                        if may_weigh(rule, near, later) and (rule.check is None or rule.check(value)):
                            hit = weigh(rule, page, start, end)
                            if hit:
                                hits.append(hit)
            run = None
            for look, wanted in families:
                if not wanted or not wanted.isdisjoint(near) or hits and start - _JOINED < hits[-1].end <= start:
                    run = run or Run(start, end, shape, value or _value(page, start, end), cut, told)
                    look(page, run, hits)

    def _plan(self, form: bytes) -> Plan:
        pieces, alone, widest = [], [], 0
        for start, end, cut in _runs(form):
            shape = form[start:end]
            sort = self._sorts.get(shape) or self._sort(shape)
            if sort.rules or sort.families:
                pieces.append(Piece(start, end, shape, sort.rules, sort.families, cut, sort.strong, sort.topics))
                # Part of a row of numbers is not a number by its shape.
                rules = () if cut and b" " in shape else sort.strong
                if rules or sort.lone:
                    alone.append(Piece(start, end, shape, rules, sort.lone, cut, rules, sort.topics))
                widest = max(widest, sort.size)
        ibans = tuple(group.start() for group in _GROUPS.finditer(form) if form[group.start():group.start() + 4].lower() == b"aa00")
        wide = bool(alone) or widest > 6
        return Plan(tuple(pieces), tuple(alone), ibans, max((piece.start for piece in pieces), default=0),
                    REACH if wide else 44 if len(form) > 5 else 24, wide or any(piece.rules for piece in pieces))

    def _sort(self, shape: bytes) -> Sort:
        if len(self._sorts) >= _MOST_PLANS:
            self._sorts.clear()
        size = len(shape.translate(None, _SEPARATORS))
        rules = self.table.get(shape, ())
        if b"0" not in shape or not 3 <= size <= 24 or not rules and size == 3 and b"A" not in shape:
            sort = _NOTHING
        else:
            fitting = [family for family in self.families if family.fits(shape, size)]
            sort = Sort(rules, tuple((family.look, family.topics) for family in fitting), tuple(rule for rule in rules if rule.strength > NAMED),
                        tuple((family.look, family.topics) for family in fitting if family.alone(shape, size)), frozenset().union(*map(topics_wanted, rules)), size)
        self._sorts[shape] = sort
        return sort


def _runs(form: bytes) -> Iterable[tuple[int, int, bool]]:
    """The runs of groups in a cluster that may be a number, the longest first, and whether more digits stand beside them."""
    spans = [group.span() for group in _GROUPS.finditer(form)]
    count = len(spans)
    loose = [True] + [_is_break(form[spans[k][1]:spans[k + 1][0]]) for k in range(count - 1)] + [True]
    digits = [b"0" in form[start:end] for start, end in spans]
    for length in range(min(count, 9), 0, -1):
        for first in range(count - length + 1):
            last = first + length - 1
            if loose[first] and loose[last + 1]:
                yield spans[first][0], spans[last][1], first > 0 and digits[first - 1] or last + 1 < count and digits[last + 1]


def _value(page: Page, start: int, end: int) -> str:
    return page.plain[start:end].upper().translate(None, NOT_ALNUM).decode()


def _is_break(gap: bytes) -> bool:
    return b" " in gap or b"(" in gap or b")" in gap
