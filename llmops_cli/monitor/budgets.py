"""Money: what was spent by day, week and month, held against budgets, and what the rest of a period will cost.

The forecast of a week or month is what was spent so far, plus the mean of the last whole days (those of the same kind,
weekday or weekend, once there are four of each) for each day that is left. Its range is that of the sum of so many days drawn
from a normal distribution with their mean and spread, the uncertainty of the mean included (Student's factor is left out:
there are at least five days): plus and minus 1.28 standard deviations, which holds four times in five.
"""

from collections import OrderedDict
from datetime import date, timedelta
from math import sqrt
from typing import Any, NamedTuple

from ..errors import UserError, nearest
from .moments import Day

PERIODS = ("day", "week", "month")
STEPS = ((0.8, "warning"), (1.0, "critical"))
LEAST_DAYS = 5          # whole days that a forecast rests on
RECENT_DAYS = 28
KEPT_DAYS = 70
SPREAD = 1.2816         # four times in five
NANO = 1_000_000_000


class Budget(NamedTuple):
    """So many nano-dollars a period; for all, or for one team or model."""

    period: str
    nano: int
    dimension: str = ""
    name: str = ""

    @property
    def scope(self) -> str:
        return f"{self.dimension}={self.name}" if self.dimension else "all"

    @property
    def id(self) -> str:
        return f"{self.scope}/{self.period}"


def budgets_of(table: dict[str, Any], where: str) -> tuple[Budget, ...]:
    """What `[budget] month = 500` and `[budget.team.Sales] week = 20` say, in dollars.

    >>> [budget.id for budget in budgets_of({"day": 20.0, "team": {"Sales": {"month": 100}}}, "")]
    ['all/day', 'team=Sales/month']
    """
    found = _periods({key: value for key, value in table.items() if key not in ("team", "model")}, "", "", where, (*PERIODS, "team", "model"))
    for dimension in ("team", "model"):
        own = table.get(dimension, {})
        if not isinstance(own, dict) or not all(isinstance(value, dict) for value in own.values()):
            raise UserError(f"budget.{dimension} is not a table of tables", where=where, hint=f"[budget.{dimension}.NAME] month = 100")
        for name, periods in own.items():
            found += _periods(periods, dimension, name, where, PERIODS)
    return tuple(found)


def _periods(table: dict[str, Any], dimension: str, name: str, where: str, known: tuple[str, ...]) -> list[Budget]:
    found = []
    for period, value in table.items():
        place = ".".join(part for part in ("budget", dimension, name, period) if part)
        if period not in PERIODS:
            raise UserError(f"unknown key {place!r}", where=where, hint=nearest(period, known))
        if value.__class__ not in (int, float) or not 1 / NANO <= value < 1e12:
            raise UserError(f"{place} is not an amount of dollars", where=where, hint=f"{period} = 20.0")
        found.append(Budget(period, round(value * NANO), dimension, name))
    return found


class Forecast(NamedTuple):
    """What a period will have cost, in nano-dollars: likely, and the range that holds four times in five; the date on which the
    likely sum passes the budget, "" where it does not."""

    likely: int
    low: int
    high: int
    passes_on: str
    days: int


def forecast(spent: dict[str, int], today: str, last: str, budget: int, begun: str) -> Forecast | None:
    """The forecast of a period that began on `begun` and ends with `last`, from what was spent by date; None with too few whole days.

    `today` is the date of the newest reply: the days before it are whole.
    """
    so_far = sum(nano for day, nano in spent.items() if begun <= day <= today)
    first = min(spent, default=today)
    whole = [(day, spent.get(day, 0)) for day in _dates(max(first, _moved(today, -RECENT_DAYS)), _moved(today, -1))]
    if len(whole) < LEAST_DAYS:
        return None
    likely, variance, passes_on = float(so_far), 0.0, ""
    groups = {weekend: [nano for day, nano in whole if _weekend(day) == weekend] for weekend in (False, True)}
    by_kind = min(map(len, groups.values())) >= 4
    left = _dates(_moved(today, 1), last)
    today_rate = _mean(groups[_weekend(today)] if by_kind else [nano for _, nano in whole])
    likely += max(0.0, today_rate - spent.get(today, 0))        # what is left of today
    for weekend in ((False, True) if by_kind else (None,)):
        values = [nano for _, nano in whole] if weekend is None else groups[weekend]
        mean = _mean(values)
        number = len(left) if weekend is None else sum(_weekend(day) == weekend for day in left)
        spread = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
        variance += spread * (number + number * number / len(values))
    running = likely
    if so_far >= budget:
        passes_on = today
    for day in left:
        running += _mean(groups[_weekend(day)] if by_kind else [nano for _, nano in whole])
        if not passes_on and running >= budget:
            passes_on = day
    deviation = SPREAD * sqrt(variance)
    return Forecast(round(running), max(so_far, round(running - deviation)), round(running + deviation), passes_on, len(whole))


def _mean(values: list[int]) -> float:
    return sum(values) / len(values)


def _weekend(day: str) -> bool:
    return date.fromisoformat(day).weekday() >= 5


def _moved(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days)).isoformat()


def _dates(first: str, last: str) -> list[str]:
    """All dates from one to another."""
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return [(begin + timedelta(number)).isoformat() for number in range((end - begin).days + 1)]


def bounds(period: str, day: str, week_start: str) -> tuple[str, str]:
    """First and last date of the week or month of a date.

    >>> bounds("month", "2026-02-10", "mon"), bounds("week", "2026-01-03", "mon")
    (('2026-02-01', '2026-02-28'), ('2025-12-29', '2026-01-04'))
    """
    at = date.fromisoformat(day)
    if period == "month":
        following = (at.replace(day=1) + timedelta(32)).replace(day=1)
        return at.replace(day=1).isoformat(), (following - timedelta(1)).isoformat()
    begin = at - timedelta((at.weekday() + (1 if week_start == "sun" else 0)) % 7)
    return begin.isoformat(), (begin + timedelta(6)).isoformat()


def dollars(nano: int) -> float:
    """Dollars of whole nano-dollars."""
    return nano / NANO


class Ledger:
    """Nano-dollars by date, the newest KEPT_DAYS of them."""

    def __init__(self, spent: dict[str, int] | None = None):
        self.spent: dict[str, int] = dict(spent or {})

    def add(self, day: str, nano: int) -> None:
        self.spent[day] = self.spent.get(day, 0) + nano
        if len(self.spent) > KEPT_DAYS + 30:
            for old in sorted(self.spent)[:-KEPT_DAYS]:
                del self.spent[old]


class Spending:
    """What was spent against one budget: by period, and which steps of it were said."""

    def __init__(self, budget: Budget):
        self.budget = budget
        self.ledger = Ledger()
        self.periods: OrderedDict[str, int] = OrderedDict()     # period: nano-dollars
        self.said: dict[str, int] = {}      # period: how many steps of STEPS were said
        self.running = ""                   # the period of a raised alert that was not cleared
        self.foretold = ""                  # the period whose forecast alert stands

    def add(self, day: Day, nano: int) -> tuple[str, int]:
        """Count what a reply cost; (period, what that period has cost so far)."""
        period = day.date if self.budget.period == "day" else day.week if self.budget.period == "week" else day.month
        spent = self.periods[period] = self.periods.get(period, 0) + nano
        if len(self.periods) > KEPT_DAYS:
            del self.periods[min(self.periods)]
        self.ledger.add(day.date, nano)
        return period, spent

    def to_json(self) -> dict[str, Any]:
        return {"spent": self.ledger.spent, "periods": dict(self.periods), "said": self.said, "running": self.running, "foretold": self.foretold}

    def restore(self, kept: dict[str, Any]) -> None:
        """Take up what was written. KeyError, TypeError, ValueError or AttributeError when it is not that."""
        self.ledger = Ledger({str(day): int(nano) for day, nano in kept["spent"].items()})
        self.periods = OrderedDict((str(period), int(nano)) for period, nano in kept["periods"].items())
        self.said = {str(period): int(steps) for period, steps in kept["said"].items()}
        self.running, self.foretold = str(kept["running"]), str(kept["foretold"])
