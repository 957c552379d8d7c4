"""From an event to an item: which release it is of, and what is measured of it, as a row of whole numbers."""

from datetime import datetime, timezone
from math import log
from typing import Any, Callable, Mapping, NamedTuple
from zlib import crc32

from ..jsonl import BadLine
from .ledger import BUCKETS
from .metrics import PARTS, RATED, UNIT, Metric, Plan

_NUMBER = frozenset((int, float))
LARGEST = 1e15          # of a value of --metric
HUGE = 1e18             # what no latency, cost or length reaches
_ERROR = (1, 0, 1) + (0,) * (RATED - 3)     # the columns of an error, up to its opinion
_UNRATED = 0, 0                             # the columns of no opinion


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
        self._judge, self._personal, self._price, self._opinion = senses
        self.unusable: dict[str, int] = {}          # metric of the user's own -> values that are neither number nor yes/no
        self.seen_own: dict[str, int] = {metric.name: 0 for metric in plan.own}
        self.replies = 0

    def reply(self, event: Mapping[str, Any]) -> Reply | None:
        """What is measured of a reply; None for messages that are no replies. BadLine when it is not what it should be."""
        get = event.get
        role = get("role")
        if role != "assistant":
            if role.__class__ is not str or not role:
                raise _not_a_text("role", role)
            return None
        content = get("content")
        if content.__class__ is not str:
            raise _not_a_text("content", content)
        time = seconds(get("event_time"))
        latency, cost, tokens = _measures(get)
        self.replies += 1
        word = self._judge(event)
        opinion = get("feedback")
        rest = (_UNRATED if opinion is None else self._rated(opinion)) + (self._own_row(event) if self.own else ())
        row = (_ERROR if word == "error" else self._answered(event, content, word, latency, cost, tokens)) + rest
        user, conversation, identity = get("user_id"), get("conversation_id"), get("message_id")
        # Buckets as `_bucket` says, without a call for the names of nearly all.
        return (time, identity if identity.__class__ is str else "" if identity is None else str(identity), get(self._key), conversation,
                crc32(user.encode()) % BUCKETS if user.__class__ is str and user.isascii() else _bucket(user),
                crc32(conversation.encode()) % BUCKETS if conversation.__class__ is str and conversation.isascii() else _bucket(conversation), row)

    def _answered(self, event: Mapping[str, Any], content: str, word: str, latency: Any, cost: Any, tokens: Any) -> tuple[int, ...]:
        """The columns of a reply that is no error, up to its opinion."""
        if cost is None:
            cost = self._price(event)
        personal = 1 if self._personal and content and self._personal(content) else 0
        length = tokens if tokens is not None else len(content) or None
        latency_log = round(log(latency) * UNIT) if latency else 0
        cost_log = round(log(cost) * UNIT) if cost else 0
        length_log = round(log(1 + length) * UNIT) if length else 0
        return (1, 1, 0, 1 if word else 0, personal,
                0 if latency is None else 1, latency_log, latency_log * latency_log,
                1 if cost else 0, cost_log, cost_log * cost_log,
                0 if length is None else 1, length_log, length_log * length_log, 0 if tokens is None else 1)

    def _rated(self, opinion: Any) -> tuple[int, int]:
        """The columns of an opinion."""
        said = self._opinion(opinion)
        return 1 if said else 0, 1 if said == "down" else 0

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


def _measures(get: Callable[[str], Any]) -> tuple[Any, Any, Any]:
    """Latency, cost and tokens of a reply, None where it does not say. BadLine when one of them is not a number from 0."""
    latency, cost, tokens = get("latency_ms"), get("cost_usd"), get("output_tokens")
    if not (latency is None or latency.__class__ in _NUMBER and 0 <= latency < HUGE):
        raise not_a_number("latency_ms", latency)
    if not (cost is None or cost.__class__ in _NUMBER and 0 <= cost < HUGE):
        raise not_a_number("cost_usd", cost)
    if not (tokens is None or tokens.__class__ in _NUMBER and 0 <= tokens < HUGE):
        raise not_a_number("output_tokens", tokens)
    return latency, cost, tokens


def opinion_row(plan: Plan, down: bool) -> tuple[int, ...]:
    """The row of an opinion that is no part of its reply."""
    row = [0] * (plan.width - 2)
    row[RATED], row[RATED + 1] = 1, int(down)
    return tuple(row)


def _not_a_text(name: str, value: Any) -> BadLine:
    return BadLine(f"{name} is missing" if value is None else f"{name} is not a string")


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
