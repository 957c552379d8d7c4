"""What waits to be added to a tally: the figures of some conversations as they came, added up a column at a time.

Adding up a column of numbers costs a fraction of adding them one by one, and whether they are numbers at all is asked of the
column. The loops here run for every message there is.
"""

from operator import itemgetter
from typing import Any, Callable, Sequence

NANO = 1_000_000_000
ABSURD = 10 ** 15   # no message has that many tokens, dollars or milliseconds; sums stay numbers that can be written

# A conversation: messages, turns, replies, characters of the user, of the assistant, user. Of one whose parts were added
# before, only what those parts did not count.
Row = tuple[int, int, int, int, int, Any]
# What a message says in numbers: input tokens, output tokens, dollars, milliseconds, as it says them.
Figures = tuple[Any, Any, Any, Any]
# What few messages say: tokens read from a cache, written to one, of reasoning, whether it failed, what was thought of it.
Rare = tuple[Any, Any, Any, bool, Any]

NUMBERS = ("input_tokens", "output_tokens", "cost_usd", "latency_ms")
RARE = ("cached_input_tokens", "cache_write_tokens", "reasoning_tokens", "error", "feedback")
who_and_what = itemgetter("role", "content", "user_id")
numbers_of = itemgetter(*NUMBERS)
no_numbers = frozenset(NUMBERS).isdisjoint
nothing_more = frozenset(NUMBERS + RARE).isdisjoint


class Pile:
    """The figures of some conversations of one group."""

    __slots__ = ("rows", "figures", "rare", "users", "leaks")

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.figures: list[Figures] = []
        self.rare: list[Rare] = []
        self.users: list[Any] = []      # beside those of the rows
        self.leaks: list[str] = []      # kinds of the findings

    def take(self, user: Any, messages: list[dict[str, Any]], find: Callable[[str], list[str]]) -> None:
        """Put a conversation of `user` on it; `find` gives the kinds of the findings in a text.

        TypeError, and nothing taken, when a message is no object.
        """
        asked = answered = chars_user = chars_assistant = 0
        seen_user, figures = user, self.figures
        before = len(figures), len(self.rare), len(self.users), len(self.leaks)
        try:
            for message in messages:
                try:
                    role, content, by = who_and_what(message)
                except KeyError:
                    role, content, by = message.get("role"), message.get("content"), message.get("user_id")
                if type(content) is str:
                    length = len(content)
                    if "[" in content:
                        self.leaks += find(content)
                else:
                    length = 0
                if by != seen_user and by is not None:
                    self.users.append(by)
                    seen_user = by
                if role == "user":
                    asked += 1
                    chars_user += length
                    if nothing_more(message):
                        continue
                elif role == "assistant":
                    answered += 1
                    chars_assistant += length
                try:
                    figures.append(numbers_of(message))
                except KeyError:
                    if not no_numbers(message):
                        figures.append(tuple(map(message.get, NUMBERS)))
                if ("error" in message or "feedback" in message or "cached_input_tokens" in message or "cache_write_tokens" in message
                        or "reasoning_tokens" in message):
                    self.rare.append(rare_of(message))
        except (TypeError, AttributeError):     # no object: nothing of its conversation counts
            del figures[before[0]:], self.rare[before[1]:], self.users[before[2]:], self.leaks[before[3]:]
            raise TypeError from None
        self.rows.append((len(messages), asked + answered, answered, chars_user, chars_assistant, user))

    def weight(self) -> int:
        """How many things are on it."""
        return len(self.rows) + len(self.figures)


def rare_of(message: dict[str, Any]) -> Rare:
    get = message.get
    return get("cached_input_tokens"), get("cache_write_tokens"), get("reasoning_tokens"), bool(get("error")), get("feedback")


def counts_in(column: Sequence[Any]) -> int:
    """The sum of the counts in a column; anything else in it is none.

    >>> counts_in([3, None, 4]), counts_in([3, True, "5", -4, 2.5, 10 ** 400])
    (7, 3)
    """
    if set(map(type, column)) == {int} and min(column) >= 0 and (total := sum(column)) < ABSURD:
        return total
    return sum([number for number in column if type(number) is int and 0 < number < ABSURD])


def amounts_in(column: Sequence[Any]) -> Sequence[int | float]:
    """The amounts in a column: numbers from zero up that are not absurd.

    >>> amounts_in([3, 0.5]), amounts_in([True, None, "5", -4, 10 ** 400, 1e300, 0])
    ([3, 0.5], [0])
    """
    if set(map(type, column)) <= {int, float} and min(column, default=0) >= 0 and sum(column) < ABSURD:
        return column
    return [number for number in column if type(number) in (int, float) and 0 <= number < ABSURD]
