"""How many of those who could use it do, who is new to it, and how much each of them does."""

from typing import Any, Protocol

from ..errors import UserError
from ..records import UNKNOWN
from .distinct import Distinct
from .periods import finest, span
from .tally import Tally

Group = tuple[str, ...]


class Headcounts(Protocol):
    """Who knows how many people there are. Dates are included; "" is open. `team` and `cost_center` narrow it, None does not."""

    def headcount(self, first: str, last: str, team: str | None = None, cost_center: str | None = None) -> int | None: ...

    def teams(self, first: str, last: str) -> int: ...


class Headcount:
    """The people that a group could have had as users."""

    def __init__(self, by: Group, week_start: str, known: Headcounts):
        self._by, self._period, self._week_start, self.known = by, finest(by), week_start, known
        self._memo: dict[Group, int | None] = {}

    def dates(self, group: Group) -> tuple[str, str] | None:
        """The dates of a group's period; all of time when it has none, None when it is no period."""
        return span(self._period, group[self._by.index(self._period)], self._week_start) if self._period else ("", "")

    def of(self, group: Group) -> int | None:
        """How many people there were on any day of its period, in its team and cost center; None when that is not known."""
        dates = self.dates(group)
        said = dict(zip(self._by, group))
        narrowed = (*(dates or ()), said.get("team"), said.get("cost_center"))
        if narrowed not in self._memo:
            self._memo[narrowed] = None if dates is None or UNKNOWN in narrowed else self.known.headcount(*narrowed)
        return self._memo[narrowed]


class Adoption:
    """The columns of adoption, group by group in the order of `Aggregator.groups`. Holds the people of all groups.

    `first` is the earliest period there is: who is new in it cannot be told. `teams` are all teams there are, where nobody
    knows the headcounts.
    """

    def __init__(self, by: Group, headcount: Headcount | None, first: str, teams: Distinct):
        self._by, self._period, self._headcount, self._first, self._teams = by, period_of(by), headcount, first, teams
        self._place = by.index(self._period)
        self._seen: dict[Group, Distinct] = {}      # the rest of the key -> the people before this period

    def columns(self, group: Group, tally: Tally) -> dict[str, Any]:
        """`new_users`: people whose first conversation of this kind falls in this period."""
        period, active = group[self._place], tally.users.count()
        rest = tuple(value for key, value in zip(self._by, group) if key not in ("date", "week", "month", "hour"))
        seen = self._seen.setdefault(rest, Distinct())
        before = seen.count()
        seen.merge(tally.users)
        new = None if period in (self._first, UNKNOWN) else max(0, seen.count() - before)
        return {
            "new_users": new,
            "conversations_per_user": round(tally.conversations / active, 4) if active else None,
            "teams_active": None if "team" in self._by else tally.teams.count(),
            "share_of_teams_active": self._share(group, tally),
        }

    def _share(self, group: Group, tally: Tally) -> float | None:
        if "team" in self._by:
            return None
        dates = self._headcount.dates(group) if self._headcount else None
        teams = self._headcount.known.teams(*dates) if self._headcount and dates else self._teams.count()
        return round(tally.teams.count() / teams, 4) if teams else None


def period_of(by: Group) -> str:
    """The period whose users are new or not. UserError when there is none."""
    period = finest(by)
    if period in ("", "hour"):
        raise UserError("--adoption needs a day, week or month among the keys", hint="--by month,task_category")
    return period
