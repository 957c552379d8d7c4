"""The tally: what is known of a group of conversations, in a form that can be added.

Adding is associative and commutative bit for bit: counts and whole nano-dollars are integers, quantiles stand in fixed
buckets, people are a set or registers. One file, many processes and many machines give the same bytes.
"""

import re
from operator import attrgetter
from typing import Any, Iterable

from ..pii.detector import KINDS
from .distinct import Distinct, person_hash
from .pile import NANO, Pile, amounts_in, counts_in
from .sketch import ENOUGH, Sketch, counted

VERSION = 2     # of the form of a tally; another version is refused, never guessed at

COUNTS = ("conversations", "messages", "turns", "replies", "chars_user", "chars_assistant",
          "input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens",
          "nano_dollars", "priced", "errors", "feedback_up", "feedback_down", "leaks_unknown")

# What `sanitize` leaves in place of a finding: [EMAIL], [EMAIL_2], [EMAIL:9f2c…]. A pasted [ERROR] or [TODO] is none.
counts_of = attrgetter(*COUNTS)

DENIED = "DENIED"       # the kind of the values of a deny list


def token(kinds: Iterable[str]) -> re.Pattern[str]:
    """What finds the tokens of some kinds, the kind in its one group."""
    return re.compile(rf"\[({'|'.join(map(re.escape, kinds))})(?:_\d+|:[0-9a-f]+)?\]")


TOKEN = token((*KINDS, DENIED))

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

    __slots__ = (*COUNTS, "latency", "users", "teams", "leaks")

    def __init__(self) -> None:
        for name in COUNTS:
            setattr(self, name, 0)
        self.latency = Sketch()
        self.users = Distinct()
        self.teams = Distinct()             # where teams are not a key of the groups
        self.leaks: dict[str, int] = {}     # findings by kind

    def add(self, conversation: dict[str, Any], messages: list[dict[str, Any]]) -> None:
        """Count a conversation with its messages. TypeError, and nothing counted, when a message is no object."""
        pile = Pile()
        pile.take(conversation.get("user_id"), messages, TOKEN.findall)
        self.count(pile)

    def count(self, pile: Pile) -> None:
        """Count what is on a pile, which is empty then."""
        if pile.rows:
            messages, turns, replies, chars_user, chars_assistant, users = zip(*pile.rows)
            self.conversations += len(messages)
            self.messages += sum(messages)
            self.turns += sum(turns)
            self.replies += sum(replies)
            self.chars_user += sum(chars_user)
            self.chars_assistant += sum(chars_assistant)
            self._note(users)
        if pile.figures:
            tokens_in, tokens_out, dollars, latencies = zip(*pile.figures)
            self.input_tokens += counts_in(tokens_in)
            self.output_tokens += counts_in(tokens_out)
            if paid := amounts_in(dollars):
                self.nano_dollars += sum([round(cost * NANO) for cost in paid])
                self.priced += len(paid)
            self.latency.waiting += amounts_in(latencies)
            if len(self.latency.waiting) > ENOUGH:
                self.latency.settle()
        if pile.rare:
            read, written, reasoned, failed, said = zip(*pile.rare)
            self.cached_input_tokens += counts_in(read)
            self.cache_write_tokens += counts_in(written)
            self.reasoning_tokens += counts_in(reasoned)
            self.errors += sum(failed)
            for vote in said:
                up, down = vote if vote.__class__ is tuple else (vote == "up", vote == "down")
                self.feedback_up += up
                self.feedback_down += down
        if pile.users:
            self._note(pile.users)
        for kind in pile.leaks:
            self.leaks[kind] = self.leaks.get(kind, 0) + 1
        for things in (pile.rows, pile.figures, pile.rare, pile.users, pile.leaks):
            things.clear()

    def _note(self, users: Iterable[Any]) -> None:
        """Count people; an id may be a number."""
        try:
            different = set(users)
        except TypeError:       # one of them is a list or an object
            different = {user for user in users if user.__class__ in (str, int)}
        for user in different:
            if user.__class__ is str and user:
                self.users.add(_hash(user))
            elif user.__class__ is int:
                self.users.add(_hash(str(user)))

    def note_team(self, team: str) -> None:
        """Count a team that a conversation of the group belongs to."""
        self.teams.add(_hash(team))

    @property
    def weight(self) -> int:
        """Bytes that it takes in memory, more or less."""
        return 2200 + self.users.weight + self.teams.weight + 90 * len(self.latency.buckets)

    def merge(self, other: "Tally") -> None:
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.latency.merge(other.latency)
        self.users.merge(other.users)
        self.teams.merge(other.teams)
        for kind, number in other.leaks.items():
            self.leaks[kind] = self.leaks.get(kind, 0) + number

    @property
    def findings(self) -> int | None:
        """Findings of personal data; None when they cannot be told from the content of all conversations."""
        return None if self.leaks_unknown else sum(self.leaks.values())

    @property
    def cost_usd(self) -> float | None:
        """Dollars, None when no message said what it cost."""
        return self.nano_dollars / NANO if self.priced else None

    def to_json(self) -> dict[str, Any]:
        return {**{name: getattr(self, name) for name in COUNTS}, "latency_ms": self.latency.to_json(),
                "users": self.users.to_json(), "teams": self.teams.to_json(), "leaks": dict(sorted(self.leaks.items()))}

    def packed(self) -> tuple:
        """All of it as plain values, for this program's own temporary files."""
        return (counts_of(self), self.latency.zeros, dict(self.latency.buckets), self.users.packed(), self.teams.packed(), self.leaks)

    @classmethod
    def unpacked(cls, values: tuple) -> "Tally":
        """A tally that was packed."""
        tally = cls.__new__(cls)
        counts, zeros, buckets, users, teams, tally.leaks = values
        for name, count in zip(COUNTS, counts):
            setattr(tally, name, count)
        tally.latency = Sketch(buckets, zeros)
        tally.users, tally.teams = Distinct.unpacked(users), Distinct.unpacked(teams)
        return tally

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Tally":
        """A tally read back. KeyError, TypeError or ValueError when it is not one."""
        tally = cls()
        for name in COUNTS:
            setattr(tally, name, counted(value[name]))
        tally.latency = Sketch.from_json(value["latency_ms"])
        tally.users = Distinct.from_json(value["users"])
        tally.teams = Distinct.from_json(value["teams"])
        tally.leaks = {kind: counted(number) for kind, number in value["leaks"].items()}
        return tally
