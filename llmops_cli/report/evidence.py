"""What a report rests on: tallies, or metric rows that say less, added up by day and team."""

from collections import Counter
from datetime import date as calendar_date
from itertools import repeat
from typing import Any

from ..errors import UserError
from ..records import UNKNOWN, week_of
from .bulk import CONVERSATIONS, NANO_DOLLARS, PRICED, Values, checked, summed
from .figures import Figures, document_rows, figures_of_row, groups_of, read_tally

ENOUGH = 256        # tallies of a group that wait before they are added up


class Waiting:
    """Figures by key. Tallies of a key wait until they are enough to be worth adding up."""

    def __init__(self, figures: dict[Any, Figures]):
        self._figures = figures
        self._rows: dict[Any, list[Values]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def take(self, key: Any, row: Values) -> None:
        """Count a tally that was checked."""
        rows = self._rows.setdefault(key, [])
        rows.append(row)
        if len(rows) >= ENOUGH:
            self._add_up(key)

    def _add_up(self, key: Any) -> None:
        rows = self._rows.pop(key)
        self._figures.setdefault(key, Figures()).merge(figures_of(rows))

    def settle(self) -> None:
        """Add up what waits."""
        for key in list(self._rows):
            self._add_up(key)


def figures_of(rows: list[Values]) -> Figures:
    """The figures of some tallies that were checked."""
    figures = Figures(summed(rows))
    figures.parts = len(rows)
    return figures


class Evidence:
    """Figures by day and by team, counts by team and task, and what the runs said of themselves."""

    def __init__(self, first: str | None = None, last: str | None = None, week_start: str = "mon"):
        self.first, self.last, self.week_start = first, last, week_start
        self.days: dict[str, Figures] = {}
        self.weeks: dict[str, Figures] = {}             # of groups by week; those of days are added up from them
        self.timeless = Figures()                       # of groups by neither
        self.teams: dict[str, Figures] = {}
        self.tasks: Counter[tuple[str, str]] = Counter()        # conversations by (team, task category)
        self.team_weeks: Counter[tuple[str, str]] = Counter()   # conversations by (team, week)
        self.team_money: Counter[tuple[str, str]] = Counter()   # nano-dollars by (team, month)
        self.keys: set[str] = set()                     # what the groups are by
        self.dates_seen: set[str] = set()               # also those outside the span asked for
        self.left_out: list[str] = []                   # dates whose files cannot be used
        self.read = self.rejected = self.repeated = 0
        self.reasons: Counter[str] = Counter()          # of rejected lines
        self.redacted: Counter[str] = Counter()         # what the runs took out, by kind
        self.has_runs = False
        self.models: dict[str, Figures] = {}
        self.releases: dict[str, Figures] = {}
        self.release_days: dict[str, tuple[str, str]] = {}      # the first and the last day of each release
        self._by_version: dict[tuple[str, str], Figures] = {}   # of models and releases that are not settled
        self._teams, self._versions = Waiting(self.teams), Waiting(self._by_version)

    def wants(self, date: str) -> bool:
        """Whether a date lies in the span asked for; what has no date does when no span is."""
        if date == UNKNOWN:
            return not (self.first or self.last)
        return (not self.first or date >= self.first) and (not self.last or date <= self.last)

    def add(self, group: dict[str, str], figures: Figures) -> None:
        """Count a group where it belongs."""
        date, team = group.get("date"), group.get("team")
        if date is not None:
            if date != UNKNOWN and not is_date(date):
                raise ValueError("date is not a date")
            self.dates_seen.add(date)
            if not self.wants(date):
                return
        elif self.first or self.last:
            raise UserError("these numbers are not by date, so --from and --to cannot choose among them", hint="llmops aggregate --by date,team,task_category")
        self.keys.update(group)
        week = group.get("week") or (week_of(date, self.week_start) if date and date != UNKNOWN else None)
        if date is not None:
            self.days.setdefault(date, Figures()).merge(figures)
        elif week is not None:
            self.weeks.setdefault(week, Figures()).merge(figures)
        else:
            self.timeless.merge(figures)
        if team is not None:
            self.teams.setdefault(team, Figures()).merge(figures)
            if week:
                self.team_weeks[team, week] += figures.tally.conversations
            if date and date != UNKNOWN and figures.tally.priced:
                self.team_money[team, date[:7]] += figures.tally.nano_dollars
        if "task_category" in group:
            self.tasks[team or "", group["task_category"]] += figures.tally.conversations

    def add_day(self, date: str, records: list[dict[str, Any]], conversations: int) -> None:
        """Count all tallies of a date at once. ValueError, and nothing counted, when one is not whole, or when they do not
        add up to so many conversations. `settle` must follow when all days are added."""
        groups, rows = groups_of(records), checked(records)
        figures = figures_of(rows)
        if figures.tally.conversations != conversations:
            raise ValueError("does not agree with the metrics.json beside it")
        self.dates_seen.add(date)
        self.keys.update(groups)
        self.days.setdefault(date, Figures()).merge(figures)
        teams, tasks = groups.get("team"), groups.get("task_category")
        if tasks:
            for group, row in zip(zip(teams or repeat(""), tasks), rows):
                self.tasks[group] += row[CONVERSATIONS]
        if teams:
            week, month, take = week_of(date, self.week_start), date[:7], self._teams.take
            for team, row in zip(teams, rows):
                take(team, row)
                self.team_weeks[team, week] += row[CONVERSATIONS]
                if row[PRICED] and date != UNKNOWN:
                    self.team_money[team, month] += row[NANO_DOLLARS]

    def add_models(self, date: str, records: list[dict[str, Any]]) -> None:
        """Count a date's tallies by model and release. ValueError, and nothing counted, when one is not whole."""
        groups, rows = groups_of(records), checked(records)
        unknown = (UNKNOWN,) * len(rows)
        for model, release, row in zip(groups.get("model", unknown), groups.get("release", unknown), rows):
            self._versions.take((model, release), row)
            first, last = self.release_days.get(release, (date, date))
            self.release_days[release] = min(first, date), max(last, date)

    def settle(self) -> None:
        """Add up what waits."""
        self._teams.settle()
        self._versions.settle()
        for (model, release), figures in self._by_version.items():
            self.models.setdefault(model, Figures()).merge(figures)
            self.releases.setdefault(release, Figures()).merge(figures)
        self._by_version.clear()

    def total(self) -> Figures:
        """All of it added up."""
        total = Figures()
        for figures in (*self.days.values(), *self.weeks.values(), self.timeless):
            if figures.parts:
                total.merge(figures)
        return total

    def add_record(self, record: dict[str, Any]) -> None:
        """Count a tally, a daily metrics document or a metric row. ValueError when it is none of them."""
        if "tally_version" in record:
            self.add(*read_tally(record))
        elif "metrics" in record:
            self.add_document(record)
        else:
            self.add_row(record)

    def add_row(self, row: dict[str, Any], date: str | None = None) -> None:
        """Count a metric row. ValueError when it is not one."""
        figures = figures_of_row(row)
        group = {key: str(row[key]) for key in ("date", "week", "team", "task_category") if row.get(key) is not None}
        self.add({**group, "date": date} if date else group, figures)

    def add_document(self, document: dict[str, Any]) -> None:
        """Count the rows of a daily metrics document. ValueError when it is not one."""
        date, rows = document_rows(document)
        for row in rows:
            figures_of_row(row)
        self.dates_seen.add(date)
        for row in rows:
            self.add_row(row, date)


def is_date(text: str) -> bool:
    """Whether a text is a calendar date as ours are written."""
    try:
        return calendar_date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
