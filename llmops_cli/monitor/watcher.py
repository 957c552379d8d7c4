"""Every reply as it comes: counted to its window, its sums and its budgets, and held against the rules."""

from bisect import bisect_left
from typing import Any, Callable

from .. import replies
from ..metrics.sketch import ENOUGH
from ..records import UNKNOWN, event_problem, utc_stamp, parse_time
from . import singles
from .alerts import Alert, identity, made, scope_text
from .counts import BOUNDS, NANO, Counts, add_score
from .history import History
from .moments import SECONDS, Moments, Place
from .money import Money
from .rules import DIMENSIONS, Rules
from .windows import Cell

ABSURD = 10 ** 15           # no reply has that many tokens, dollars or milliseconds
NEVER = float("inf")
_ID = {str, int, type(None)}
_TOKENS = ("input_tokens", "output_tokens", "cached_input_tokens", "cache_write_tokens", "reasoning_tokens")
_SAYS_NONE = frozenset(("cached_input_tokens", "cache_write_tokens", "reasoning_tokens", "feedback", "scores", "finish_reason", "stop_reason", "stopReason", "finishReason")).isdisjoint
_REMEMBERED = 10_000        # alerts of single messages that are known again


class Leaf(Counts):
    """The replies of one window that share all keys that anybody asks for, with what applies to them."""

    __slots__ = ("values", "cells", "scope", "rules", "slow_ms", "spendings", "users", "talks")


Leaks = Callable[[str], dict[str, int]]                     # kinds of personal data in a text, with how many
Price = Callable[[dict[str, Any], str], int | None]         # nano-dollars of a reply that does not say its cost
Seen = Callable[[dict[str, Any], dict[str, Any]], None]     # a reply and what was found about it


class Watcher:
    """Takes events one by one; `alerts` holds what is to be said until somebody takes it away."""

    def __init__(self, rules: Rules, moments: Moments, *, by: tuple[str, ...] = (), leaks: Leaks | None = None, price: Price | None = None,
                 people: bool = False):
        self.rules, self.moments, self.by = rules, moments, by
        self._minutes = moments.minutes
        self.alerts: list[Alert] = []
        self.muted = 0
        self.forget()
        self._leaks, self._price, self._people = leaks, price, people
        self.seen: Seen | None = None       # told of every reply, with what was found about it
        self._keys = tuple(dict.fromkeys((*by, "team", "model", *(dimension for dimension, _ in rules.overrides))))
        self._usual_keys = self._keys == ("team", "model")
        self._window: int | None = None
        self._leaves: dict[tuple, Leaf] = {}
        self._kinds = rules.kinds, rules.skipped_kinds

    def forget(self) -> None:
        """Begin as if nothing had been taken in."""
        self.sent: dict[str, None] = {}     # identities of messages' alerts, the newest of them
        self.raised: dict[tuple[str, str], int] = {}    # how many alerts there were by name and severity
        self.history = History(self.rules, self.moments, self.by, self._say)
        self.money = Money(self.rules, self.moments, self._say)

    # Taking in ---------------------------------------------------------------------------------------------------------

    def add(self, event: dict[str, Any]) -> str:
        """Take an event; why it is none, "" when it is one. One long function over local names: it runs for every reply."""
        get = event.get
        stamp, role, content = get("event_time"), get("role"), get("content")
        if (stamp.__class__ is not str or role.__class__ is not str or content.__class__ is not str or not role
                or get("conversation_id").__class__ is not str and get("conversation_id").__class__ not in _ID or get("message_id").__class__ is not str and get("message_id").__class__ not in _ID
                or get("team").__class__ is not str and get("team").__class__ not in _ID or get("user_id").__class__ is not str and get("user_id").__class__ not in _ID):
            return event_problem(event)
        place = self._minutes.get(stamp[:17])
        if place is None or stamp[17:] not in SECONDS:
            place = self.moments.place(stamp)
            if place is None:
                return event_problem(event) or "event_time is not of the years 1970 to 2999"
            if len(stamp) != 20:
                stamp = utc_stamp(parse_time(stamp))
        if place[1] != self._window:
            self._enter(place, stamp)
        if stamp > self.history.last:
            self.history.last = stamp
        if role != "assistant":
            return ""
        try:
            key = (get("team"), get("model")) if self._usual_keys else tuple([get(name) for name in self._keys])
            leaf = self._leaves.get(key) or self._leaf(key)
        except TypeError:       # a key that is a list or an object
            leaf = self._leaf(tuple(value if value.__class__ in _ID else UNKNOWN for value in map(get, self._keys)))
        error = get("error")
        said = "error" if error else replies.said(content) if content else ""
        leaf.replies += 1
        bad = odd = False

        latency = get("latency_ms")
        kind = latency.__class__
        if (kind is float or kind is int) and 0 <= latency < ABSURD:
            leaf.timed += 1
            waiting = leaf.latency.waiting      # what Sketch.add does, without a call
            waiting.append(latency)
            if len(waiting) > ENOUGH:
                leaf.latency.settle()
            leaf.latency_micros += round(latency * 1000)
            leaf.bounds[bisect_left(BOUNDS, latency)] += 1
            slow = latency > leaf.slow_ms
            if slow:
                leaf.slow += 1
        else:
            odd, latency, slow = latency is not None, None, False
        number = get("input_tokens")
        if number.__class__ is int and 0 <= number < ABSURD:
            leaf.input_tokens += number
        elif number is not None:
            odd = True
        number = get("output_tokens")
        if number.__class__ is int and 0 <= number < ABSURD:
            leaf.output_tokens += number
        elif number is not None:
            odd = True
        plain = _SAYS_NONE(event)
        if not plain:
            odd = self._rarer(event, leaf) or odd
        nano = None
        number = get("cost_usd")
        kind = number.__class__
        if (kind is float or kind is int) and 0 <= number < ABSURD:
            nano = round(number * NANO)
        else:
            odd = odd or number is not None
            if self._price:
                nano = self._price(event, place[2].date)
        if odd:
            leaf.odd += 1
        if nano is not None:
            leaf.priced += 1
            leaf.nano_dollars += nano
            leaf.nano_squares += nano * nano
            self.money.spend(place[2], nano, leaf.spendings, stamp, self.history.leap)
        if self._people:
            leaf.users.add(get("user_id"))
            leaf.talks.add(get("conversation_id"))

        timed_out = refused = False
        if said == "error":
            leaf.errors += 1
            timed_out = replies.is_timeout(event)
            leaf.timeouts += timed_out
            bad = True
        elif said or not plain and replies.refuses(event):
            refused = bad = True
            leaf.refusals += 1
        empty = not said and not refused and (not content or content.isspace()) and replies.is_empty(event)
        leaf.empty += empty
        cut = not error and (replies.breaks_off(content) if plain else replies.is_cut_off(event))
        leaf.truncated += cut
        kinds = self._leaked(content) if self._leaks and content else None
        if kinds:
            bad = True
            leaf.leaks += 1
            for kind, number in kinds.items():
                leaf.kinds[kind] = leaf.kinds.get(kind, 0) + number

        voted = not plain and (get("feedback") in ("up", "down") or bool(get("scores")))
        for cell in leaf.cells:
            cell.replies += 1
            judge = bad or voted or cell.replies in cell.scope.minima
            if latency is not None:
                cell.timed += 1
                if latency > cell.scope.least_latency:
                    cell.slow95 += latency > cell.scope.limit95
                    cell.slow99 += latency > cell.scope.limit99
                    judge = True
                elif cell.timed in cell.scope.minima:
                    judge = True
            if bad:
                cell.errors += said == "error"
                cell.timeouts += timed_out
                cell.refusals += refused
                cell.leaks += bool(kinds)
            if voted:
                self._vote(event, cell)
            if judge:
                self._judge(cell, stamp, event)
        if slow or bad or empty or cut:
            self._single(event, leaf, stamp, slow=latency if slow else None, error=said == "error", refused=refused, empty=empty, cut=cut, kinds=kinds)
        if self.seen:
            self.seen(event, {"time": stamp, "latency_ms": latency, "nano_dollars": nano, "error": said == "error", "timed_out": timed_out, "refused": refused, "empty": empty, "truncated": cut, "slow": slow, "kinds": kinds or {}})
        return ""

    def _rarer(self, event: dict[str, Any], leaf: Leaf) -> bool:
        """Count what few replies say; whether a number was one that cannot be."""
        odd = False
        for name in _TOKENS[2:]:
            number = event.get(name)
            if number.__class__ is int and 0 <= number < ABSURD:
                setattr(leaf, name, getattr(leaf, name) + number)
            elif number is not None:
                odd = True
        feedback = event.get("feedback")
        leaf.up += feedback == "up"
        leaf.down += feedback == "down"
        for name, value in singles.scores(event):
            add_score(leaf.scores, name, value)
        return odd

    def _vote(self, event: dict[str, Any], cell: Cell) -> None:
        cell.up += event.get("feedback") == "up"
        cell.down += event.get("feedback") == "down"
        for name, value in singles.scores(event):
            if name in cell.scope.scores:
                add_score(cell.scores, name, value)

    def _leaked(self, content: str) -> dict[str, int]:
        found = self._leaks(content)
        only, skipped = self._kinds
        return {kind: number for kind, number in found.items() if (not only or kind in only or kind in singles.SECRETS) and kind not in skipped} if found else found

    # Windows -----------------------------------------------------------------------------------------------------------

    def _enter(self, place: Place, stamp: str) -> None:
        """Go on with the replies of another window; a newer one than all before closes those behind it."""
        wrong = self.history.wrong
        self.history.visit(place, stamp)
        self.money.believe(self.history.wrong == wrong)
        self._window = place.window
        self._leaves = self.history.leaves.setdefault(place.window, {})

    def _leaf(self, key: tuple) -> Leaf:
        """The leaf of some keys in the window of the moment, made when it is the first reply there."""
        leaf = self._leaves.get(key)
        if leaf:
            return leaf
        values = {name: str(value) if value.__class__ in _ID and value is not None and value != "" else UNKNOWN for name, value in zip(self._keys, key)}
        leaf = self._leaves[key] = Leaf()
        leaf.values = values
        leaf.scope = scope_text({name: values[name] for name in self.by} if self.by else {"team": values["team"]} if values["team"] != UNKNOWN else {})
        own = {name: values[name] for name in DIMENSIONS if name in values}
        leaf.rules = self.rules.of_message(own)
        leaf.slow_ms = leaf.rules["slow_reply"].limit if "slow_reply" in leaf.rules else NEVER
        leaf.spendings = self.money.of(values)
        leaf.users, leaf.talks = set(), set()
        leaf.cells = self.history.cells(values, self._window)
        for cell in leaf.cells:
            cell.leaves.append(leaf)
        return leaf

    def _judge(self, cell: Cell, stamp: str, event: dict[str, Any]) -> None:
        """Say which rules a window crosses with this reply."""
        for crossing in cell.crossings():
            cell.fired.add(crossing.id)
            cell.scope.note(crossing, cell.window)
            identifier = event.get("message_id")
            self._say(made(stamp, crossing.id.partition(":")[0], crossing.rule.severity, cell.scope.name, crossing.value, crossing.limit, self.moments.span(cell.window),
                           crossing.evidence, None if identifier is None else str(identifier)), cell.scope.values)

    # Single replies ----------------------------------------------------------------------------------------------------

    def _single(self, event: dict[str, Any], leaf: Leaf, stamp: str, *, slow: float | None, error: bool, refused: bool, empty: bool, cut: bool, kinds: dict[str, int] | None) -> None:
        """The alerts of one reply."""
        found = singles.judged(leaf.slow_ms, slow=slow, error=(replies.error_class(event) if event.get("error") else "said in the reply") if error else "", refused=refused, empty=empty, cut=cut, kinds=kinds)
        rules = leaf.rules
        identifier = event.get("message_id")
        for name, value, limit, evidence in found:
            if name in rules:
                alert = made(stamp, name, rules[name].severity, leaf.scope, value, limit, None, evidence, None if identifier is None else str(identifier))
                if identifier is not None:
                    known = identity(alert)
                    if known in self.sent:
                        continue
                    self.sent[known] = None
                    if len(self.sent) > _REMEMBERED:
                        del self.sent[next(iter(self.sent))]
                self._say(alert, leaf.values)

    def _say(self, alert: Alert, values: dict[str, str]) -> None:
        """Pass an alert on, unless it is muted."""
        if self.rules.mutes and self._is_muted(alert["alert"], values, parse_time(alert["time"]).timestamp()):
            self.muted += 1
            return
        if alert["state"] == "raised":
            key = alert["alert"], alert["severity"]
            self.raised[key] = self.raised.get(key, 0) + 1
        self.alerts.append(alert)

    def _is_muted(self, name: str, values: dict[str, str], epoch: float) -> bool:
        return any(mute.covers(name, values, epoch, self.moments.calendar.zone) for mute in self.rules.mutes)

    # The end of a batch ------------------------------------------------------------------------------------------------

    def settle(self, *, final: bool = False) -> None:
        """What only the replies so far together can say: gaps in the traffic. `final`: nothing more comes now."""
        self._window, self._leaves = None, {}       # all is taken in: the next reply begins anew
        self.history.settle(final)
        if final:
            self.money.believe(True)

    def expect(self, until: float) -> None:
        """Raise `stale` when the last line is a whole window or more before a moment (epoch seconds), clear it when not."""
        self.history.expect(until)
