"""What a report rests on: tallies, or metric rows that say less, added up by day and team."""

from collections import Counter
from datetime import date as calendar_date
from itertools import repeat
from typing import Any

from ..errors import UserError
from ..records import UNKNOWN, week_of
from .bulk import added_up
from .figures import Figures, document_rows, figures_of_row, group_of, groups_of, read_tally

ENOUGH = 256        # tallies of a team that wait before they are added up


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
        self._waiting: dict[str, list[dict[str, Any]]] = {}     # tallies of each team that are not added up yet

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
        groups = groups_of(records)
        total = added_up(records)
        if total.conversations != conversations:
            raise ValueError("does not agree with the metrics.json beside it")
        self.dates_seen.add(date)
        self.keys.update(groups)
        figures = Figures(total)
        figures.parts = len(records)
        self.days.setdefault(date, Figures()).merge(figures)
        counts = [record["conversations"] for record in records]
        teams, tasks = groups.get("team"), groups.get("task_category")
        if tasks:
            for team, task, number in zip(teams or repeat(""), tasks, counts):
                self.tasks[team, task] += number
        if teams:
            self._add_teams(date, teams, records, counts)

    def _add_teams(self, date: str, teams: tuple[str, ...], records: list[dict[str, Any]], counts: list[int]) -> None:
        week, month = week_of(date, self.week_start), date[:7]
        for team, record, number in zip(teams, records, counts):
            self.team_weeks[team, week] += number
            if record["priced"] and date != UNKNOWN:
                self.team_money[team, month] += record["nano_dollars"]
            waiting = self._waiting.setdefault(team, [])
            waiting.append(record)
            if len(waiting) >= ENOUGH:
                self._add_up(team)

    def _add_up(self, team: str) -> None:
        waiting = self._waiting.pop(team)
        figures = Figures(added_up(waiting))
        figures.parts = len(waiting)
        self.teams.setdefault(team, Figures()).merge(figures)

    def settle(self) -> None:
        """Add up what waits."""
        for team in list(self._waiting):
            self._add_up(team)

    def add_models(self, date: str, records: list[dict[str, Any]]) -> None:
        """Count a date's tallies by model and release. ValueError, and nothing counted, when one is not whole."""
        added_up(records)
        for record in records:
            group, figures = group_of(record), Figures(added_up([record]))
            figures.parts = 1
            self.models.setdefault(group.get("model", UNKNOWN), Figures()).merge(figures)
            release = group.get("release", UNKNOWN)
            self.releases.setdefault(release, Figures()).merge(figures)
            first, last = self.release_days.get(release, (date, date))
            self.release_days[release] = min(first, date), max(last, date)

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
