"""From an event to an item: which release it is of, and what is measured of it, as a row of whole numbers."""

from datetime import datetime, timezone
from math import log
from typing import Any, Callable, Mapping, NamedTuple
from zlib import crc32

from ..jsonl import BadLine
from .ledger import BUCKETS
from .metrics import OWN, PARTS, RATED, UNIT, Metric, Plan

_NUMBER = frozenset((int, float))
LARGEST = 1e15          # of a value of --metric
HUGE = 1e18             # what no latency, cost or length reaches


class Senses(NamedTuple):
    """What is told of a reply by others: each takes the event."""

    judge: Callable[[Mapping[str, Any]], str]                   # "error", "refusal" or ""
    personal: Callable[[str], bool] | None                      # whether a text holds personal data; None: not looked at
    price: Callable[[Mapping[str, Any]], float | None]          # dollars of a reply that does not say them
    opinion: Callable[[Any], str]                               # "up", "down" or ""


# A reply as it was read: its time in seconds; its message id, "" when it has none; the value of the key that tells releases
# apart; its conversation; the buckets of its user and conversation, -1 for none; its row. A plain tuple: there are many.
Reply = tuple[float, str, Any, Any, int, int, tuple[int, ...]]


class Extractor:
    """Reads replies for one plan. Counts what was there and could not be used."""

    def __init__(self, plan: Plan, key: str, senses: Senses):
        self.own = plan.own
        self._key = key
        self._senses = senses
        self._without_own = (0,) * (plan.width - 2 - OWN)
        self.unusable: dict[str, int] = {}          # metric of the user's own -> values that are neither number nor yes/no
        self.seen_own: dict[str, int] = {metric.name: 0 for metric in plan.own}
        self.replies = 0

    def reply(self, event: Mapping[str, Any]) -> Reply | None:
        """What is measured of a reply; None for messages that are no replies. BadLine when it is not what it should be."""
        get = event.get
        role = get("role")
        if role != "assistant":
            if role.__class__ is not str or not role:
                raise BadLine("role is missing" if role is None else "role is not a string")
            return None
        content, stamp = get("content"), get("event_time")
        if content.__class__ is not str:
            raise BadLine("content is missing" if content is None else "content is not a string")
        time = seconds(stamp)
        latency, cost, tokens = get("latency_ms"), get("cost_usd"), get("output_tokens")
        if not (latency is None or latency.__class__ in _NUMBER and 0 <= latency < HUGE):
            raise not_a_number("latency_ms", latency)
        if not (cost is None or cost.__class__ in _NUMBER and 0 <= cost < HUGE):
            raise not_a_number("cost_usd", cost)
        if not (tokens is None or tokens.__class__ in _NUMBER and 0 <= tokens < HUGE):
            raise not_a_number("output_tokens", tokens)
        self.replies += 1
        senses = self._senses
        word = senses.judge(event)
        opinion = get("feedback")
        rated = down = 0
        if opinion is not None and (said := senses.opinion(opinion)):
            rated, down = 1, int(said == "down")
        own = self._own_row(event) if self.own else self._without_own
        if word == "error":
            row = (1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, rated, down) + own
        else:
            if cost is None:
                cost = senses.price(event)
            timed = latency2 = latency_log = priced = cost2 = cost_log = sized = length2 = length_log = in_tokens = 0
            if latency is not None:
                timed, latency_log = 1, round(log(latency) * UNIT) if latency else 0
                latency2 = latency_log * latency_log
            if cost:
                priced, cost_log = 1, round(log(cost) * UNIT)
                cost2 = cost_log * cost_log
            if tokens is not None:
                sized, in_tokens, length_log = 1, 1, round(log(1 + tokens) * UNIT)
                length2 = length_log * length_log
            elif content:
                sized, length_log = 1, round(log(1 + len(content)) * UNIT)
                length2 = length_log * length_log
            personal = 1 if senses.personal and content and senses.personal(content) else 0
            row = (1, 1, 0, 1 if word else 0, personal, timed, latency_log, latency2, priced, cost_log, cost2,
                   sized, length_log, length2, in_tokens, rated, down) + own
        user, conversation, identity = get("user_id"), get("conversation_id"), get("message_id")
        release = get(self._key)
        return (time, identity if identity.__class__ is str else "" if identity is None else str(identity), release, conversation,
                crc32(user.encode()) % BUCKETS if user.__class__ is str and user.isascii() else _bucket(user),
                crc32(conversation.encode()) % BUCKETS if conversation.__class__ is str and conversation.isascii() else _bucket(conversation), row)

    def _own_row(self, event: Mapping[str, Any]) -> tuple[int, ...]:
        row: tuple[int, ...] = ()
        for metric in self.own:
            value = _at(event, metric)
            if value is True or value is False:
                value = int(value)
            if value.__class__ not in _NUMBER or not -LARGEST < value < LARGEST:
                if value is not None:
                    self.unusable[metric.name] = self.unusable.get(metric.name, 0) + 1
                row += (0, 0, 0, 0, 0, 0, 0)
                continue
            self.seen_own[metric.name] += 1
            parts = round(value * PARTS)
            positive = value > 0
            value_log = round(log(value) * UNIT) if positive else 0
            row += (1, parts, parts * parts, int(value not in (0, 1)), int(not positive), value_log, value_log * value_log)
        return row


def opinion_row(plan: Plan, down: bool) -> tuple[int, ...]:
    """The row of an opinion that is no part of its reply."""
    row = [0] * (plan.width - 2)
    row[RATED], row[RATED + 1] = 1, int(down)
    return tuple(row)


def not_a_number(name: str, value: Any) -> BadLine:
    """Why a value is not a number from 0."""
    if value.__class__ not in _NUMBER:
        return BadLine(f"{name} is not a number")
    return BadLine(f"{name} is negative" if value < 0 else f"{name} is out of range")


def seconds(stamp: Any) -> float:
    """Seconds since 1970 of an ISO 8601 time; one without a zone is UTC. BadLine when it is none.

    >>> seconds("1970-01-01T00:01:00Z"), seconds("1970-01-01T00:01:00.5")
    (60.0, 60.5)
    """
    try:
        moment = datetime.fromisoformat(stamp)
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
    except (ValueError, OverflowError):
        raise BadLine("event_time is not a time") from None
    except TypeError:
        raise BadLine("event_time is missing" if stamp is None else "event_time is not a string") from None


def _bucket(value: Any) -> int:
    """Which of the buckets a user or conversation falls into, the same in every run; -1 for none."""
    if value.__class__ is str:
        return crc32(value.encode("utf-8", "surrogatepass")) % BUCKETS
    return -1 if value is None else crc32(str(value).encode()) % BUCKETS


def _at(event: Mapping[str, Any], metric: Metric) -> Any:
    value: Any = event
    for step in metric.path:
        value = value.get(step) if isinstance(value, dict) else None
    return value
