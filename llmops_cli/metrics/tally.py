"""The tally: what is known of a group of conversations, in a form that can be added.

Adding is associative and commutative bit for bit: counts and whole nano-dollars are integers, quantiles stand in fixed
buckets, people are a set or registers. One file, many processes and many machines give the same bytes.
"""

import re
from typing import Any

from ..pii.detector import KINDS
from .distinct import Distinct, person_hash
from .sketch import Sketch, counted

VERSION = 1     # of the form of a tally; another version is refused, never guessed at
NANO = 1_000_000_000
NUMBERS = (int, float)
ABSURD = 10 ** 15   # no message has that many tokens, dollars or milliseconds; sums stay numbers that can be written

COUNTS = ("conversations", "messages", "turns", "replies", "chars_user", "chars_assistant", "input_tokens", "output_tokens",
          "nano_dollars", "priced", "errors", "feedback_up", "feedback_down")

# What `sanitize` leaves in place of a finding: [EMAIL], [EMAIL_2], [EMAIL:9f2c…]. A pasted [ERROR] or [TODO] is none.
TOKEN = re.compile(rf"\[({'|'.join(KINDS)})(?:_\d+|:[0-9a-f]+)?\]")

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
        """Count a conversation with its messages. AttributeError when a message is not an object.

        What a message says of itself counts as not said when it is of another type, below zero or absurd. One long
        loop over local names: it runs for every message there is, and taking it apart costs a third of the pace.
        """
        self.conversations += 1
        self.messages += len(messages)
        seen_user = conversation.get("user_id")
        self._note(seen_user)
        asked = answered = chars_user = chars_assistant = tokens_in = tokens_out = nano = priced = 0
        add_latency = self.latency.add
        for message in messages:
            get = message.get
            role = get("role")
            content = get("content")
            length = len(content) if content.__class__ is str else 0
            if role == "user":
                asked += 1
                chars_user += length
            elif role == "assistant":
                answered += 1
                chars_assistant += length
            if length and "[" in content:
                for kind in TOKEN.findall(content):
                    self.leaks[kind] = self.leaks.get(kind, 0) + 1
            user = get("user_id")
            if user != seen_user and user is not None:
                self._note(user)
                seen_user = user
            number = get("input_tokens")
            if number is not None and number.__class__ is int and 0 < number < ABSURD:
                tokens_in += number
            number = get("output_tokens")
            if number is not None and number.__class__ is int and 0 < number < ABSURD:
                tokens_out += number
            number = get("cost_usd")
            if number is not None and number.__class__ in NUMBERS and 0 <= number < ABSURD:
                nano += round(number * NANO)
                priced += 1
            number = get("latency_ms")
            if number is not None and number.__class__ in NUMBERS and 0 <= number < ABSURD:
                add_latency(number)
            if get("error"):
                self.errors += 1
            feedback = get("feedback")
            if feedback is not None:
                self.feedback_up += feedback == "up"
                self.feedback_down += feedback == "down"
        self.turns += asked + answered
        self.replies += answered
        self.chars_user += chars_user
        self.chars_assistant += chars_assistant
        self.input_tokens += tokens_in
        self.output_tokens += tokens_out
        self.nano_dollars += nano
        self.priced += priced

    def _note(self, user: Any) -> None:
        """Count a person; an id may be a number."""
        if user.__class__ is int:
            user = str(user)
        if user.__class__ is str and user:
            self.users.add(_hash(user))

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
            setattr(tally, name, counted(value[name]))
        tally.latency = Sketch.from_json(value["latency_ms"])
        tally.users = Distinct.from_json(value["users"])
        tally.leaks = {kind: counted(number) for kind, number in value["leaks"].items()}
        return tally
