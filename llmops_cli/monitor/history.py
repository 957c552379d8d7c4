"""The windows there were: open ones, closed ones that late replies may still reach, and what closing one says."""

from datetime import datetime
from typing import Any, Callable

from ..records import UNKNOWN, parse_time
from ..term import figures
from . import change
from .alerts import CLEARED, Alert, made, scope_text
from .counts import Counts, distinct
from .moments import Moments, Place, stamp_of
from .rules import Rules
from .spans import Spans
from .windows import OFTEN_KEPT, Cell, Scope

OTHER = "other"
MOST_SCOPES = 10_000        # that windows are kept for; the rest is one scope, `other`
MOST_CELLS = 20_000         # closed windows of scopes that late replies may still reach
MOST_SERIES = 200           # teams and models that are counted apart for good
FRESH = 2                   # windows behind the newest whose latencies are kept for late replies
Say = Callable[[Alert, dict[str, str]], None]


class History:
    """The windows of every scope, and the sums of all that was ever taken in."""

    def __init__(self, rules: Rules, moments: Moments, by: tuple[str, ...], say: Say):
        self.rules, self.moments, self.by, self._say = rules, moments, by, say
        self.newest: int | None = None
        self.last = ""                                  # the newest event time, as a stamp
        self.wrong = 0                                  # leaps ahead, and back, that the next line took back
        self.stale = False
        self.traffic = Spans()
        self.gaps_said: set[int] = set()
        self.leaves: dict[int, dict[tuple, Any]] = {}   # window: replies by their keys, not yet taken in
        self.open: dict[int, dict[str, Cell]] = {}
        self.kept: dict[int, dict[str, Cell]] = {}      # window: scope's name: cell, open ones too
        self.scopes: dict[str, Scope] = {}
        self.totals: dict[str, tuple[dict[str, str], Counts]] = {}      # by the keys of `by`
        self.series: dict[tuple[str, str], Counts] = {}                 # by team and model
        self.on_close: Callable[[Cell], None] | None = None
        self.keep_counts = rules.change is not None     # of closed windows, for those who compare or draw them
        self.keep_totals = True                         # for a summary, of this run or of a later one
        self._scopes_of: dict[tuple, list[Scope]] = {}
        self.leap: tuple[int, int, str] | None = None  # a leap of over a day: window, newest and last before it
        self.stray: int | None = None                   # a window more than a day behind, which only the last line is in
        self._day = max(2, 86400 // moments.length)
        steps = 7 * 86400 if rules.change and rules.change.against == "week" else 86400
        self._steps = max(1, round(steps / moments.length))
        self._keep = max(OFTEN_KEPT, self._steps + 2) if rules.change else OFTEN_KEPT

    # Coming and going --------------------------------------------------------------------------------------------------

    def visit(self, place: Place, stamp: str) -> None:
        """A reply of another window than the last one's: the newest window moves on, those behind it are closed.

        A leap of over a day is believed when the next line does not take it back: a clock that was wrong once closes nothing,
        and makes no gap where it was behind.
        """
        window = place.window
        if self.stray is not None and window > self.stray + self._day:
            self.wrong += 1
            self.traffic.discard(self.stray)
        self.stray = None
        if self.leap:
            far, newest, last = self.leap
            self.leap = None
            if window < far - self._day:
                self.newest, self.last = newest, last
                self.wrong += 1
                self.traffic.discard(far)
            else:
                self._close_behind()
        is_new = self.traffic.add(window)
        if self.newest is None:
            self.newest = window
        elif window > self.newest:
            if window - self.newest > self._day:
                self.leap = window, self.newest, self.last
            self.newest = window
            if not self.leap:
                self._close_behind()
        elif is_new:
            if window in self.gaps_said or any(first in self.gaps_said for first, last in self.traffic.gaps() if last == window - 1):
                self.gaps_said.add(window + 1)      # what is left of a gap that was said is no other one
            if window < self.newest - self._day:
                self.stray = window

    def cells(self, values: dict[str, str], window: int) -> list[Cell]:
        """The cells of a window that replies of these values are counted to."""
        kept = self.kept.setdefault(window, {})
        found = []
        for scope in self._scopes(values):
            cell = kept.get(scope.name)
            if cell is None:
                cell = kept[scope.name] = Cell(scope, window)
            self.open.setdefault(window, {})[scope.name] = cell
            found.append(cell)
        return found

    def _scopes(self, values: dict[str, str]) -> list[Scope]:
        key = tuple(values.values())
        if key not in self._scopes_of:
            if len(self._scopes_of) > 4 * MOST_SCOPES:
                self._scopes_of.clear()
            found = [self.scope({name: values[name] for name in self.by})]
            for dimension, name in self.rules.own_windows():
                if values.get(dimension) == name and self.by != (dimension,):
                    found.append(self.scope({dimension: name}, own_only=True))
            self._scopes_of[key] = found
        return self._scopes_of[key]

    def scope(self, values: dict[str, str], own_only: bool = False) -> Scope:
        name = scope_text(values)
        if name not in self.scopes:
            if len(self.scopes) >= MOST_SCOPES:
                values, own_only = dict.fromkeys(values, OTHER), False
                name = scope_text(values)
            if name not in self.scopes:
                self.scopes[name] = Scope(name, values, self.rules, own_only)
        return self.scopes[name]

    # Closing -----------------------------------------------------------------------------------------------------------

    def _close_behind(self) -> None:
        for window in sorted(window for window in self.leaves.keys() | self.open.keys() if window < self.newest):
            self._take_in(window)
            self._close(window)
        self._forget()

    def _take_in(self, window: int) -> None:
        """Add the replies of a window to its cells and to the sums."""
        leaves = self.leaves.pop(window, {})
        for leaf in leaves.values():
            if leaf.users or leaf.talks:
                leaf.people, leaf.conversations = distinct(leaf.users - {None}), distinct(leaf.talks - {None})
            if self.keep_totals:
                values = {name: leaf.values[name] for name in self.by}
                self.totals.setdefault(scope_text(values), (values, Counts()))[1].merge(leaf)
            series = leaf.values.get("team", UNKNOWN), leaf.values.get("model", UNKNOWN)
            if series not in self.series and len(self.series) >= MOST_SERIES:
                series = OTHER, OTHER
            self.series.setdefault(series, Counts()).merge(leaf)
        for cell in self.open.get(window, {}).values():
            cell.take_in()

    def _close(self, window: int) -> None:
        """Say what a whole window says: what is well again, and what changed."""
        for cell in self.open.pop(window, {}).values():
            if cell.closed:
                continue
            cell.closed = True
            self._clear(cell)
            if self.rules.change:
                self._compare(cell)
            if self.on_close:
                self.on_close(cell)

    def _clear(self, cell: Cell) -> None:
        active = cell.scope.active
        for id in [id for id, window in active.items() if window < cell.window and id not in cell.fired and not id.startswith("change:")]:
            name = id.partition(":")[0]
            rule = cell.scope.scores[id[6:]].rule if id[6:] in cell.scope.scores and name == "score" else cell.scope.rules.get(name)
            if rule is None:        # a rule that is no more
                del active[id]
                continue
            value, number, least = cell.value_of(id)
            if number >= least:
                del active[id]
                self._say(made(stamp_of(self.moments.start(cell.window + 1)), name, rule.severity, cell.scope.name, value, cell.scope.limit_of(id), self.moments.span(cell.window),
                               f"{id[6:]}: mean of {number:,}" if name == "score" else f"of {number:,}", state=CLEARED), cell.scope.values)

    def _compare(self, cell: Cell) -> None:
        """The change of a window against the same one before."""
        rule = self.rules.change
        before = self.kept.get(cell.window - self._steps, {}).get(cell.scope.name)
        if before is None:
            return
        for measure, limit in rule.limits.items():
            for name, found in change.change_of(measure, before.counts, cell.counts, rule.confidence, rule.rule.least).items():
                both_ways = measure in ("requests", "score")
                difference = found.now - found.before
                beyond = not found.chance and (difference > 0 or both_ways) and (found.relative is None or abs(found.relative) > limit)
                id, active = f"change:{name}", cell.scope.active
                if beyond == (id in active):
                    if beyond:
                        active[id] = cell.window
                    continue
                if beyond:
                    active[id] = cell.window
                else:
                    del active[id]
                likely = f", likely {found.low * 100:+.0f} to {found.high * 100:+.0f} %" if found.low is not None and found.high is not None else ""
                self._say(made(stamp_of(self.moments.start(cell.window + 1)), "change", rule.rule.severity, cell.scope.name,
                               None if found.relative is None else round(found.relative, 4), limit, self.moments.span(cell.window),
                               f"{name}: {figures(found.now, 4)} of {found.rests_on[1]:,}, {figures(found.before, 4)} of {found.rests_on[0]:,} the {rule.against} before{likely}",
                               state="raised" if beyond else CLEARED), cell.scope.values)

    def _forget(self) -> None:
        """Let go of windows that are too old for late replies."""
        for window in [window for window in self.kept if window < self.newest - self._keep and window not in self.open]:
            del self.kept[window]
        if not self.keep_counts:
            for window, cells in self.kept.items():
                if window < self.newest - FRESH and window not in self.open:
                    for cell in cells.values():
                        if cell.counts.replies:
                            cell.counts = Counts()
        number = sum(map(len, self.kept.values()))
        for window in sorted(self.kept):
            if number <= MOST_CELLS or window >= self.newest - 1:
                break
            if window not in self.open:
                number -= len(self.kept.pop(window))

    # The end of a batch ------------------------------------------------------------------------------------------------

    def settle(self, final: bool) -> None:
        """Take in everything, and say which windows within the log were empty."""
        if self.newest is None:
            return
        if final:
            self.leap = self.stray = None
        for window in sorted(self.leaves):
            self._take_in(window)
        if not self.leap:
            self._close_behind()
        if not self.leap and self.stray is None:
            self._say_gaps()

    def _say_gaps(self) -> None:
        rule = self.rules.other.get("no_traffic")
        for first, last in self.traffic.gaps() if rule else ():
            if first in self.gaps_said:
                continue
            self.gaps_said.add(first)
            expected = [window for window in range(first, min(last, first + 100_000) + 1) if self._is_expected(window)] if not self.rules.traffic.always else range(first, last + 1)
            if len(expected):
                number = len(expected)
                self._say(made(stamp_of(self.moments.start(expected[0] + 1)), "no_traffic", rule.severity, "all", number * self.moments.length, self.moments.length,
                               f"{stamp_of(self.moments.start(first))}/{stamp_of(self.moments.start(last + 1))}", f"{number:,} window{'s' * (number > 1)} without a line"), {})

    def _is_expected(self, window: int) -> bool:
        zone = self.moments.calendar.zone
        return all(self.rules.traffic.covers(datetime.fromtimestamp(epoch, zone)) for epoch in (self.moments.start(window), self.moments.start(window + 1) - 1))

    def expect(self, until: float) -> None:
        """Raise or clear `stale`: the log should reach until that moment."""
        rule = self.rules.other.get("stale")
        in_doubt = self.leap and self.last > stamp_of(until)
        stamp = self.leap[2] if in_doubt else self.last
        last = parse_time(stamp).timestamp() if stamp else None
        is_stale = last is None or until - last >= self.moments.length
        if rule and is_stale != self.stale:
            self.stale = is_stale
            self._say(made(stamp_of(until), "stale", rule.severity, "all", None if last is None else until - last, self.moments.length, None,
                           f"the last line is of {stamp}" if stamp else "there is no line", state="raised" if is_stale else CLEARED), {})

    # Written and read back ---------------------------------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        return {"newest": self.newest, "last": self.last, "leap": self.leap, "stray": self.stray, "future": self.wrong, "stale": self.stale, "traffic": self.traffic.spans, "gaps_said": sorted(self.gaps_said)[-2000:],
                "active": {name: [scope.values, scope.active, scope.limits] for name, scope in self.scopes.items() if scope.active},
                "cells": [[window, cell.scope.values, self._own_only(cell.scope), cell.to_json()] for window, cells in sorted(self.kept.items()) for cell in cells.values()],
                "totals": [[values, counts.to_json()] for values, counts in self.totals.values()],
                "series": [[*key, counts.to_json()] for key, counts in self.series.items()]}

    def _own_only(self, scope: Scope) -> bool:
        return tuple(scope.values) != self.by

    def restore(self, kept: dict[str, Any], *, windows: bool) -> None:
        """Take up what was written; without `windows` only the sums. KeyError, TypeError, ValueError or AttributeError when
        it is not that."""
        self.series = {(str(team), str(model)): Counts.from_json(counts) for team, model, counts in kept["series"]}
        self.last, self.wrong, self.stale = str(kept["last"]), int(kept["future"]), bool(kept["stale"])
        if not windows:
            return
        self.newest = None if kept["newest"] is None else int(kept["newest"])
        if leap := kept.get("leap"):
            self.leap = int(leap[0]), int(leap[1]), str(leap[2])
        self.stray = None if kept.get("stray") is None else int(kept["stray"])
        self.traffic = Spans([[int(first), int(last)] for first, last in kept["traffic"]])
        self.gaps_said = {int(first) for first in kept["gaps_said"]}
        self.totals = {scope_text(values): (values, Counts.from_json(counts)) for values, counts in kept["totals"]}
        for window, values, own_only, cell in kept["cells"]:
            scope = self.scope(values, own_only)
            made_cell = self.kept.setdefault(int(window), {}).setdefault(scope.name, Cell(scope, int(window)))
            made_cell.restore(cell)
            if not made_cell.closed:
                self.open.setdefault(int(window), {})[scope.name] = made_cell
        for values, active, *limits in kept["active"].values():
            scope = self.scope(values, tuple(values) != self.by)
            scope.active.update({str(id): int(window) for id, window in active.items()})
            scope.limits.update({str(id): float(limit) for one in limits for id, limit in one.items()})
