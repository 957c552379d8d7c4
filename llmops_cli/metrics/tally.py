"""The tally: what is known of a group of conversations, in a form that can be added.

Adding is associative and commutative bit for bit: counts and whole nano-dollars are integers, quantiles stand in fixed
buckets, people are a set or registers. One file, many processes and many machines give the same bytes.
"""

import re
from itertools import chain
from typing import Any, Callable, Iterable

from ..pii.detector import KINDS
from .distinct import Distinct, person_hash
from .sketch import ENOUGH, Sketch, counted

VERSION = 2     # of the form of a tally; another version is refused, never guessed at
NANO = 1_000_000_000
ABSURD = 10 ** 15   # no message has that many tokens, dollars or milliseconds; sums stay numbers that can be written

COUNTS = ("conversations", "messages", "turns", "replies", "chars_user", "chars_assistant",
          "input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens",
          "nano_dollars", "priced", "errors", "feedback_up", "feedback_down", "leaks_unknown")

# What a message may say beside who, when and what: most users' messages say none of it.
says_nothing_more = frozenset(("input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens",
                               "cost_usd", "latency_ms", "error", "feedback")).isdisjoint

# What `sanitize` leaves in place of a finding: [EMAIL], [EMAIL_2], [EMAIL:9f2c…]. A pasted [ERROR] or [TODO] is none.
DENIED = "DENIED"       # the kind of the values of a deny list


def token(kinds: Iterable[str]) -> re.Pattern[str]:
    """What finds the tokens of some kinds, the kind in its one group."""
    return re.compile(rf"\[({'|'.join(map(re.escape, kinds))})(?:_\d+|:[0-9a-f]+)?\]")


TOKEN = token((*KINDS, DENIED))

# What messages add up to, as a plain tuple (there are millions of them): the sums in the order of COUNTS from `messages` to
# `feedback_down`, then the latencies, the users and the kinds of the findings.
Sums = tuple

_memo: dict[str, int] = {}


def _hash(user: str) -> int:
    hashed = _memo.get(user)
    if hashed is None:
        if len(_memo) > 50_000:
            _memo.clear()
        hashed = _memo[user] = person_hash(user)
    return hashed


def sums_of(seen_user: Any, messages: list[dict[str, Any]], find: Callable[[str], list[str]] = TOKEN.findall) -> Sums:
    """What the messages of a conversation of `seen_user` add up to; `find` gives the kinds of the findings in a text.
    AttributeError when one is no object.

    What a message says of itself counts as not said when it is of another type, below zero or absurd. One long
    loop over local names: it runs for every message there is, and taking it apart costs a third of the pace.
    """
    users = [seen_user]
    asked = answered = chars_user = chars_assistant = tokens_in = cached = written = tokens_out = reasoned = 0
    nano = priced = errors = up = down = 0
    leaks: list[str] = []
    latencies: list[float] = []
    for message in messages:
        get = message.get
        role = get("role")
        content = get("content")
        if type(content) is str:
            length = len(content)
            if "[" in content:
                leaks += find(content)
        else:
            length = 0
        user = get("user_id")
        if user != seen_user and user is not None:
            users.append(user)
            seen_user = user
        if role == "user":
            asked += 1
            chars_user += length
            if says_nothing_more(message):
                continue
        elif role == "assistant":
            answered += 1
            chars_assistant += length
        number = get("input_tokens")
        if type(number) is int and 0 < number < ABSURD:
            tokens_in += number
        number = get("output_tokens")
        if type(number) is int and 0 < number < ABSURD:
            tokens_out += number
        number = get("cost_usd")
        kind = type(number)
        if (kind is float or kind is int) and 0 <= number < ABSURD:
            nano += round(number * NANO)
            priced += 1
        number = get("latency_ms")
        kind = type(number)
        if (kind is float or kind is int) and 0 <= number < ABSURD:
            latencies.append(number)
        number = get("cached_input_tokens")
        if number is not None and type(number) is int and 0 < number < ABSURD:
            cached += number
        number = get("cache_write_tokens")
        if number is not None and type(number) is int and 0 < number < ABSURD:
            written += number
        number = get("reasoning_tokens")
        if number is not None and type(number) is int and 0 < number < ABSURD:
            reasoned += number
        if get("error"):
            errors += 1
        feedback = get("feedback")
        if feedback is not None:
            voted_up, voted_down = feedback if feedback.__class__ is tuple else (feedback == "up", feedback == "down")
            up += voted_up
            down += voted_down
    return (len(messages), asked + answered, answered, chars_user, chars_assistant, tokens_in, cached, written, tokens_out, reasoned,
            nano, priced, errors, up, down, latencies, users, leaks)


def added(many: list[Sums]) -> Sums:
    """The sums of all of them."""
    *counts, latencies, users, leaks = zip(*many)
    return (*map(sum, counts), list(chain(*latencies)), list(chain(*users)), list(chain(*leaks)))


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
        """Count a conversation with its messages. AttributeError, and nothing counted, when a message is no object."""
        self.count(sums_of(conversation.get("user_id"), messages))

    def count(self, sums: Sums) -> None:
        """Count a conversation whose messages add up to `sums`."""
        (messages, turns, replies, chars_user, chars_assistant, tokens_in, cached, written, tokens_out, reasoned,
         nano, priced, errors, up, down, latencies, users, leaks) = sums
        self.conversations += 1
        self.messages += messages
        self.turns += turns
        self.replies += replies
        self.chars_user += chars_user
        self.chars_assistant += chars_assistant
        self.input_tokens += tokens_in
        self.output_tokens += tokens_out
        self.nano_dollars += nano
        self.priced += priced
        self.errors += errors
        if cached or written or reasoned:
            self.cached_input_tokens += cached
            self.cache_write_tokens += written
            self.reasoning_tokens += reasoned
        if up or down:
            self.feedback_up += up
            self.feedback_down += down
        if latencies:
            waiting = self.latency.waiting
            waiting += latencies
            if len(waiting) > ENOUGH:
                self.latency.settle()
        for user in users:
            self._note(user)
        for kind in leaks:
            self.leaks[kind] = self.leaks.get(kind, 0) + 1

    def _note(self, user: Any) -> None:
        """Count a person; an id may be a number."""
        if user.__class__ is int:
            user = str(user)
        if user.__class__ is str and user:
            self.users.add(_hash(user))

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
