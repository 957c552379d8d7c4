"""What is said of money: a budget at 80 % and at 100 %, and one that will not last."""

from typing import Any, Callable

from .alerts import CLEARED, Alert, made
from .budgets import STEPS, Budget, Forecast, Ledger, Spending, bounds, dollars, forecast
from .moments import Day, Moments
from .rules import Rules


class Money:
    """The spending against each budget, and that of all by day."""

    def __init__(self, rules: Rules, moments: Moments, say: Callable[[Alert, dict[str, str]], None]):
        self._rules, self._moments, self._say = rules, moments, say
        self.spendings = [Spending(budget) for budget in rules.budgets]
        self.days = Ledger()        # of all, budget or not
        self.newest: Day | None = None
        self._ahead: tuple[Day, str] | None = None      # the day of a leap that may be a wrong clock's, and when

    def of(self, values: dict[str, str]) -> tuple[Spending, ...]:
        """The budgets that a reply of these values is paid from."""
        return tuple(one for one in self.spendings if not one.budget.dimension or values.get(one.budget.dimension) == one.budget.name)

    def spend(self, day: Day, nano: int, spendings: tuple[Spending, ...], stamp: str, leap: Any = None) -> None:
        """Count the cost of a reply, and say what it brings about. After a `leap` ahead no day begins yet, see `believe`."""
        if not spendings and self.newest is day:       # nearly every reply
            self.days.spent[day.date] += nano
            return
        self.days.add(day.date, nano)
        if self.newest is None or day.date > self.newest.date:
            if leap:
                self._ahead = day, stamp
            else:
                self._go_on(day, stamp)
        elif day == self.newest:
            self.newest = day       # the very same from now on
        for spending in spendings:
            period, spent = spending.add(day, nano)
            budget = spending.budget
            said = spending.said.get(period, 0)
            reached = sum(spent >= share * budget.nano for share, _ in STEPS)
            if reached > said:
                self._clear(spending, period, stamp)
            elif reached < said:        # it was said of a smaller budget
                spending.said[period] = reached
                if spending.running == period:
                    self._say_over(spending, STEPS[reached:said], period, stamp, f"the {budget.period}'s budget is larger now")
                    spending.running = period if reached else ""
            for share, severity in STEPS[said:reached]:
                spending.said[period] = reached
                spending.running = max(spending.running, period)
                self._say(made(stamp, "budget", severity, budget.scope, dollars(spent), dollars(budget.nano), period,
                               f"{share:.0%} of the {budget.period}'s budget is spent".replace("%", " %")), self._values(budget))

    def believe(self, believed: bool) -> None:
        """What became of a leap ahead: its day has begun, or its clock was wrong."""
        if self._ahead and believed:
            self._go_on(*self._ahead)
        self._ahead = None

    def _go_on(self, day: Day, stamp: str) -> None:
        before, self.newest = self.newest, day
        if before:
            for spending in self.spendings:
                self._begin(spending, day, stamp)

    def _begin(self, spending: Spending, day: Day, stamp: str) -> None:
        """What a new day says of a budget: its old period is over, its forecast."""
        budget = spending.budget
        period = self._period(budget, day)
        self._clear(spending, period, stamp)
        rule = self._rules.other.get("budget_forecast")
        ahead = self.forecast_of(budget, spending.ledger, day) if rule else None
        if ahead is None:
            return
        beyond = bool(ahead.passes_on) and spending.said.get(period, 0) < len(STEPS)
        if beyond == (spending.foretold == period):
            return
        spending.foretold = period if beyond else ""
        self._say(made(stamp, "budget_forecast", rule.severity, budget.scope, dollars(ahead.likely), dollars(budget.nano), period, self._told(budget, ahead),
                       state="raised" if beyond else CLEARED), self._values(budget))

    def _clear(self, spending: Spending, period: str, stamp: str) -> None:
        """A new period has begun: what was raised of the one before is over."""
        if spending.running and spending.running < period:
            self._say_over(spending, STEPS[:spending.said.get(spending.running, 0)], period, stamp, f"a new {spending.budget.period} has begun")
            spending.running = ""

    def _say_over(self, spending: Spending, steps: tuple[tuple[float, str], ...], period: str, stamp: str, why: str) -> None:
        budget = spending.budget
        for _, severity in steps:
            self._say(made(stamp, "budget", severity, budget.scope, dollars(spending.periods.get(period, 0)), dollars(budget.nano), period, why, state=CLEARED), self._values(budget))

    def forecast_of(self, budget: Budget, ledger: Ledger, day: Day) -> Forecast | None:
        """What the week or month of a date will cost, None for days and when there is too little to go by."""
        if budget.period == "day":
            return None
        first, last = bounds(budget.period, day.date, self._moments.calendar.week_start)
        return forecast(ledger.spent, day.date, last, budget.nano, first)

    def _told(self, budget: Budget, ahead: Forecast) -> str:
        span = f"likely ${dollars(ahead.low):,.2f} to ${dollars(ahead.high):,.2f} by the end of the {budget.period}, from {ahead.days} days"
        return f"will pass on {ahead.passes_on}: {span}" if ahead.passes_on else span

    @staticmethod
    def _values(budget: Budget) -> dict[str, str]:
        return {budget.dimension: budget.name} if budget.dimension else {}

    @staticmethod
    def _period(budget: Budget, day: Day) -> str:
        return day.date if budget.period == "day" else day.week if budget.period == "week" else day.month

    def now(self, spending: Spending) -> tuple[str, int]:
        """The day, week or month of the newest reply, and what was spent of a budget in it; ("", 0) before the first one."""
        period = self._period(spending.budget, self.newest) if self.newest else ""
        return period, spending.periods.get(period, 0)

    def spent_now(self) -> dict[str, Any]:
        """What all of the newest day, week and month cost so far, in dollars, and what the month will cost; empty when nothing is priced."""
        day = self.newest
        if day is None:
            return {}
        week, month = (bounds(period, day.date, self._moments.calendar.week_start) for period in ("week", "month"))
        spent = {"date": day.date, "day": dollars(self.days.spent.get(day.date, 0)),
                 **{name: dollars(sum(nano for date, nano in self.days.spent.items() if first <= date <= last)) for name, (first, last) in (("week", week), ("month", month))}}
        ahead = forecast(self.days.spent, day.date, month[1], 1 << 100, month[0])
        if ahead:
            spent |= {"month_forecast": dollars(ahead.likely), "month_forecast_low": dollars(ahead.low), "month_forecast_high": dollars(ahead.high)}
        return spent

    # Written and read back ---------------------------------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        return {"days": self.days.spent, "newest": list(self.newest) if self.newest else None, "budgets": {one.budget.id: one.to_json() for one in self.spendings}}

    def restore(self, kept: dict[str, Any]) -> None:
        """Take up what was written. KeyError, TypeError, ValueError or AttributeError when it is not that."""
        self.days = Ledger({str(day): int(nano) for day, nano in kept["days"].items()})
        self.newest = Day(*map(str, kept["newest"])) if kept["newest"] else None
        for spending in self.spendings:
            if spending.budget.id in kept["budgets"]:
                spending.restore(kept["budgets"][spending.budget.id])
