"""What is kept of an event that is to be counted: not the event, only what it adds and the keys it may be grouped by."""

from typing import Any, Callable

from .tally import ABSURD, COUNTS, NANO, TOKEN, Sums, added, says_nothing_more, sums_of

TOGETHER = 4096     # messages of a conversation that are held before they are added up

# A message in short: the characters of its content, and where it says more than that
# (characters, input tokens, output tokens, nano-dollars, latency, what is rare), the last of it None or what RARE names.
Facts = int | tuple
RARE = tuple(COUNTS.index(name) - 1 for name in ("cached_input_tokens", "cache_write_tokens", "reasoning_tokens", "errors", "feedback_up", "feedback_down"))
rare_keys = ("cached_input_tokens", "cache_write_tokens", "reasoning_tokens", "error", "feedback")
nothing_rare = frozenset(rare_keys).isdisjoint


def facts_of(event: dict[str, Any], keys: frozenset[str], find: Callable[[str], list[str]] = TOKEN.findall) -> Facts:
    """What an event adds, and what it says of each of `keys`; its role and its user are known to who asks."""
    content = event["content"]
    get = event.get
    said = None if keys.isdisjoint(event) else {key: event[key] for key in keys if get(key) not in (None, "")}
    if "[" in content and find(content) or not nothing_rare(event):
        sums = sums_of(None, [event], find)
        rare: Any = (*[sums[place] for place in RARE], sums[-1], said)
    elif said is not None:
        rare = (0, 0, 0, 0, 0, 0, (), said)
    elif says_nothing_more(event):
        return len(content)
    else:
        rare = None
    tokens_in, tokens_out, cost, latency = get("input_tokens"), get("output_tokens"), get("cost_usd"), get("latency_ms")
    return (len(content),
            tokens_in if type(tokens_in) is int and 0 < tokens_in < ABSURD else 0,
            tokens_out if type(tokens_out) is int and 0 < tokens_out < ABSURD else 0,
            round(cost * NANO) if type(cost) in (float, int) and 0 <= cost < ABSURD else None,
            latency if type(latency) in (float, int) and 0 <= latency < ABSURD else None,
            rare)


class Gathering:
    """The facts of the messages of one conversation, in the order of time."""

    __slots__ = ("_held", "_sums", "said")

    def __init__(self) -> None:
        self._held: list[tuple[str, Any, Facts]] = []
        self._sums: list[Sums] = []
        self.said: dict[str, Any] = {}      # for each key, what the first message that has it says

    def append(self, message: tuple[str, Any, Facts]) -> None:
        """Take a message: its role, its user, its facts."""
        self._held.append(message)
        if len(self._held) == TOGETHER:
            self._sums = [added([*self._sums, self._added_up()])]
            self._held.clear()

    def sums(self, user: Any) -> Sums:
        """What the messages of this conversation of `user` add up to."""
        sums = self._added_up()
        if self._sums:
            sums = added([*self._sums, sums])
        return (*sums[:-2], [user, *sums[-2]], sums[-1])

    def _added_up(self) -> Sums:
        seen_user = None
        users: list[Any] = []
        asked = answered = chars_user = chars_assistant = tokens_in = tokens_out = nano = priced = 0
        latencies: list[float] = []
        rares: list[tuple] = []
        for role, user, facts in self._held:
            if facts.__class__ is int:
                length = facts
            else:
                length, number, replied, cost, latency, rare = facts
                tokens_in += number
                tokens_out += replied
                if cost is not None:
                    nano += cost
                    priced += 1
                if latency is not None:
                    latencies.append(latency)
                if rare:
                    rares.append(rare)
            if role == "user":
                asked += 1
                chars_user += length
            elif role == "assistant":
                answered += 1
                chars_assistant += length
            if user != seen_user and user is not None:
                users.append(user)
                seen_user = user
        cached = written = reasoned = errors = up = down = 0
        leaks: list[str] = []
        for rare in rares:
            cached, written, reasoned = cached + rare[0], written + rare[1], reasoned + rare[2]
            errors, up, down = errors + rare[3], up + rare[4], down + rare[5]
            leaks += rare[6]
            if rare[7]:
                self.said = rare[7] | self.said
        return (len(self._held), asked + answered, answered, chars_user, chars_assistant, tokens_in, cached, written, tokens_out, reasoned,
                nano, priced, errors, up, down, latencies, users, leaks)
