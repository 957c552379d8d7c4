"""How much a group has changed since the period before, and how much of that may be chance."""

import heapq
from math import sqrt
from typing import Any, Iterator, NamedTuple

from ..errors import UserError
from .periods import after, before, finest

Z = 1.959963984540054       # of the normal distribution: 95 % lie within so many standard deviations
Group = tuple[str, ...]


class Numbers(NamedTuple):
    """What is compared of a group."""

    conversations: int = 0
    users: int = 0
    nano_dollars: int | None = 0        # None when nothing of it has a price


NOTHING = Numbers()


class Comparison:
    """Joins each group to the same group in the period before. Holds a few numbers of every group.

    `by` must name a day, week or month; of several the shortest counts.
    """

    def __init__(self, by: tuple[str, ...], week_start: str = "mon"):
        self._key, self._week_start = finest(by), week_start
        if self._key not in ("date", "week", "month"):
            raise UserError("--compare needs a day, week or month among the keys", hint="--by week,team")
        if any(key in by for key in ("date", "week", "month") if key != self._key):
            raise UserError("--compare needs one of date, week and month, not several", hint="--by week,team")
        self._place = by.index(self._key)
        self._numbers: dict[Group, Numbers] = {}
        self._periods: set[str] = set()
        self._first = ""

    def add(self, group: Group, numbers: Numbers) -> None:
        """Take the numbers of a group; all of them are needed before anything is compared."""
        self._numbers[group] = numbers
        self._periods.add(group[self._place])

    def _moved(self, group: Group, period: str) -> Group:
        return (*group[:self._place], period, *group[self._place + 1:])

    def vanished(self) -> Iterator[Group]:
        """The groups that are not there any more in a period for which there are others, sorted."""
        last = max((period for period in self._periods if after(self._key, period, self._week_start)), default="")
        found = []
        for group in self._numbers:
            following = after(self._key, group[self._place], self._week_start)
            if following and following <= last and (gone := self._moved(group, following)) not in self._numbers:
                found.append(gone)
        return iter(sorted(found))

    def columns(self, group: Group) -> dict[str, Any]:
        """What a row of a group gets beside its own numbers; nulls where nothing came before."""
        earlier = before(self._key, group[self._place], self._week_start)
        self._first = self._first or min((period for period in self._periods if before(self._key, period, self._week_start)), default="")
        now = self._numbers.get(group, NOTHING)
        then = self._numbers.get(self._moved(group, earlier), NOTHING) if earlier and earlier >= self._first else None
        low, high = chance_range(now, then) if then else (None, None)
        return {
            "previous": earlier if then else None,
            "conversation_count_previous": then.conversations if then else None,
            "conversation_count_change": _change(now.conversations, then.conversations) if then else None,
            "conversation_count_change_low": low,
            "conversation_count_change_high": high,
            "conversation_count_changed": None if then is None or low is None and high is None else (low or 0) > 0 or high is not None and high < 0,
            "users_previous": then.users if then else None,
            "users_change": _change(now.users, then.users) if then else None,
            "cost_usd_previous": then.nano_dollars / 1e9 if then and then.nano_dollars is not None else None,
            "cost_usd_change": _change(now.nano_dollars, then.nano_dollars) if then else None,
        }


def merged(rows: Iterator[tuple[Group, Any]], vanished: Iterator[Group], empty: Any) -> Iterator[tuple[Group, Any]]:
    """Groups and what is known of them, those that vanished among them with `empty`."""
    return heapq.merge(rows, ((group, empty) for group in vanished), key=lambda row: row[0])


def _change(now: int | None, then: int | None) -> float | None:
    return None if now is None or not then else round(now / then - 1, 4)


def chance_range(now: Numbers, then: Numbers) -> tuple[float | None, float | None]:
    """The change of conversations that chance alone leaves possible, from and to, as shares; None for no bound.

    People come by chance and bring the conversations they have, so the counts are divided by how many a person has. Given the
    sum of two such counts, how it is parted is binomial: Wilson's score interval of the share at 95 % (JASA 1927), turned
    into the ratio. Two against one is no news, two hundred against one hundred is:

    >>> chance_range(Numbers(2, 2), Numbers(1, 1)), chance_range(Numbers(200, 200), Numbers(100, 100))
    ((-0.7379, 14.2623), (0.5741, 1.5412))
    """
    total = now.conversations + then.conversations
    if not total:
        return None, None
    people = now.users + then.users
    clumps = max(1.0, total / people) if people else 1.0
    trials = total / clumps
    share = now.conversations / total
    middle = share + Z * Z / (2 * trials)
    width = Z * sqrt(share * (1 - share) / trials + Z * Z / (4 * trials * trials))
    scale = 1 + Z * Z / trials
    low, high = max(0.0, (middle - width) / scale), min(1.0, (middle + width) / scale)
    return round(low / (1 - low) - 1, 4), None if now.conversations and not then.conversations or high >= 1 else round(high / (1 - high) - 1, 4)
