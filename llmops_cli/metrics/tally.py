"""The tally: what is known of a group of conversations, in a form that can be added.

Adding is associative and commutative bit for bit: counts and whole nano-dollars are integers, quantiles stand in fixed
buckets, people are a set or registers. One file, many processes and many machines give the same bytes.
"""

import re
from math import isfinite
from typing import Any

from .distinct import Distinct, person_hash
from .sketch import Sketch

VERSION = 1     # of the form of a tally; another version is refused, never guessed at
NANO = 1_000_000_000

COUNTS = ("conversations", "messages", "turns", "replies", "chars_user", "chars_assistant", "input_tokens", "output_tokens",
          "nano_dollars", "priced", "errors", "feedback_up", "feedback_down")

# What `sanitize` leaves in place of a finding: [EMAIL], [EMAIL_2], [EMAIL:9f2c…].
TOKEN = re.compile(r"\[([A-Z][A-Z_]*[A-Z])(?:_\d+|:[0-9a-f]+)?\]")

_memo: dict[str, int] = {}


def _hash(user: str) -> int:
    hashed = _memo.get(user)
    if hashed is None:
        if len(_memo) > 50_000:
            _memo.clear()
        hashed = _memo[user] = person_hash(user)
    return hashed


class Tally:
    """Counts, sums and sketches of the conversations of one group."""

    __slots__ = (*COUNTS, "latency", "users", "leaks")

    def __init__(self) -> None:
        for name in COUNTS:
            setattr(self, name, 0)
        self.latency = Sketch()
        self.users = Distinct()
        self.leaks: dict[str, int] = {}     # findings by kind

    def add(self, conversation: dict[str, Any], messages: list[dict[str, Any]]) -> None:
        """Count a conversation with its messages. TypeError or AttributeError when a message is not an object."""
        self.conversations += 1
        self.messages += len(messages)
        seen_user = conversation.get("user_id")
        if seen_user.__class__ is str and seen_user:
            self.users.add(_hash(seen_user))
        chars_user = chars_assistant = turns = 0
        for message in messages:
            get = message.get
            role = get("role")
            content = get("content")
            if content.__class__ is str:
                if role == "user":
                    chars_user += len(content)
                    turns += 1
                elif role == "assistant":
                    chars_assistant += len(content)
                    turns += 1
                if "[" in content:
                    for kind in TOKEN.findall(content):
                        self.leaks[kind] = self.leaks.get(kind, 0) + 1
            elif role == "user" or role == "assistant":
                turns += 1
            user = get("user_id")
            if user != seen_user and user.__class__ is str and user:
                self.users.add(_hash(user))
                seen_user = user
            if role == "assistant":
                self.replies += 1
            if len(message) > 7:        # more than an event must have
                self._add_measures(get)
        self.turns += turns
        self.chars_user += chars_user
        self.chars_assistant += chars_assistant

    def _add_measures(self, get: Any) -> None:
        """What a message may say of itself. A value of another type, or below zero, counts as not said."""
        tokens = get("input_tokens")
        if tokens.__class__ is int and tokens > 0:
            self.input_tokens += tokens
        tokens = get("output_tokens")
        if tokens.__class__ is int and tokens > 0:
            self.output_tokens += tokens
        cost = get("cost_usd")
        if cost is not None and cost.__class__ in (int, float) and isfinite(cost):
            self.nano_dollars += round(cost * NANO)
            self.priced += 1
        latency = get("latency_ms")
        if latency is not None and latency.__class__ in (int, float) and 0 <= latency < 1e18:
            self.latency.add(latency)
        if get("error"):
            self.errors += 1
        feedback = get("feedback")
        if feedback == "up":
            self.feedback_up += 1
        elif feedback == "down":
            self.feedback_down += 1

    def merge(self, other: "Tally") -> None:
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.latency.merge(other.latency)
        self.users.merge(other.users)
        for kind, number in other.leaks.items():
            self.leaks[kind] = self.leaks.get(kind, 0) + number

    @property
    def cost_usd(self) -> float | None:
        """Dollars, None when no message said what it cost."""
        return self.nano_dollars / NANO if self.priced else None

    def to_json(self) -> dict[str, Any]:
        return {**{name: getattr(self, name) for name in COUNTS}, "latency_ms": self.latency.to_json(),
                "users": self.users.to_json(), "leaks": dict(sorted(self.leaks.items()))}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Tally":
        """A tally read back. KeyError, TypeError or ValueError when it is not one."""
        tally = cls()
        for name in COUNTS:
            if value[name].__class__ is not int:
                raise TypeError(name)
            setattr(tally, name, value[name])
        tally.latency = Sketch.from_json(value["latency_ms"])
        tally.users = Distinct.from_json(value["users"])
        tally.leaks = {str(kind): int(number) for kind, number in value["leaks"].items()}
        return tally
