"""What was spent of the budgets in the latest day, week and month that a report reaches."""

from typing import Any, Iterator, Mapping, NamedTuple

from .numbers import MONTHS, day


class Spent(NamedTuple):
    """A budget: whose it is, which period, dollars spent in it and dollars there are."""

    name: str
    period: str
    spent: float
    limit: float


def spent(report: Mapping[str, Any], budget: Mapping[str, Any]) -> Iterator[Spent]:
    """The budgets that are set (`day`, `week`, `month`, `team.NAME.month`), in dollars, with what was spent of each."""
    days = [row for row in report["days"] if row["cost_usd"] is not None]
    weeks = [row for row in report["weeks"] if row["cost_usd"] is not None]
    months = report["months"]
    if (limit := _limit(budget.get("day"))) and days:
        yield Spent("a day", day(days[-1]["date"], year=True), days[-1]["cost_usd"], limit)
    if (limit := _limit(budget.get("week"))) and weeks:
        yield Spent("a week", weeks[-1]["week"], weeks[-1]["cost_usd"], limit)
    if not months:
        return
    latest = months[-1]
    period = f"{MONTHS[int(latest['month'][5:]) - 1]} {latest['month'][:4]}"
    if limit := _limit(budget.get("month")):
        yield Spent("a month", period, latest["cost_usd"] or 0.0, limit)
    teams = budget.get("team")
    for team, own in sorted(teams.items()) if isinstance(teams, dict) else ():
        if isinstance(own, dict) and (limit := _limit(own.get("month"))):
            yield Spent(f"{team}, a month", period, latest["teams"].get(team, 0.0), limit)


def _limit(value: Any) -> float:
    """Dollars, 0 when that is no budget."""
    return float(value) if value.__class__ in (int, float) and value > 0 else 0.0
