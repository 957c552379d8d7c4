"""What a report rests on: tallies, or metric rows that say less, added up by day and team."""

from collections import Counter
from datetime import date as calendar_date
from typing import Any

from ..errors import UserError
from ..metrics.tally import NANO, VERSION, Tally
from ..records import UNKNOWN, week_of
from .bulk import added_up

# What a row may say: its key, and the count of a tally that it stands for.
ROW_COUNTS = {"conversation_count": "conversations", "total_turns": "turns", "total_chars_user": "chars_user",
              "total_chars_assistant": "chars_assistant", "input_tokens": "input_tokens", "output_tokens": "output_tokens", "errors": "errors",
              "feedback_up": "feedback_up", "feedback_down": "feedback_down", "messages": "messages", "replies": "replies",
              "replies_priced": "priced"}

ENOUGH = 256        # tallies of a team that wait before they are added up


class Figures:
    """What is known of a group. Rows cannot tell how many people two of them share, nor their common quantiles:
    what one row said of those stands only as long as it is the only one."""

    __slots__ = ("tally", "only_row", "parts", "from_rows", "leaks_known", "said")

    def __init__(self, tally: Tally | None = None) -> None:
        self.tally = tally or Tally()
        self.only_row: dict[str, Any] | None = None
        self.parts = 0
        self.from_rows = False
        self.leaks_known = True
        self.said: set[str] = set()     # the keys that rows have said something of

    def merge(self, other: "Figures") -> None:
        self.only_row = None if self.parts else other.only_row
        self.parts += other.parts
        self.from_rows |= other.from_rows
        self.leaks_known &= other.leaks_known
        self.said |= other.said
        self.tally.merge(other.tally)

    def people(self) -> int | None:
        """Distinct people; None when that is not known."""
        if self.from_rows:
            return self.only_row.get("users") if self.only_row else None
        return self.tally.users.count() or None

    def people_exact(self) -> bool:
        return self.only_row.get("users_exact", True) is True if self.only_row else self.tally.users.exact

    def latencies(self) -> list[float | None]:
        """p50, p95 and p99 of the replies' times in milliseconds."""
        if self.from_rows:
            return [self.only_row.get(f"latency_ms_{name}") if self.only_row else None for name in ("p50", "p95", "p99")]
        return [None if value is None else float(f"{value:.6g}") for value in self.tally.latency.quantiles((0.5, 0.95, 0.99))]

    def timed(self) -> int:
        """How many replies said how long they took."""
        return (self.only_row or {}).get("replies_timed", 0) if self.from_rows else self.tally.latency.count

    def findings(self) -> int | None:
        return sum(self.tally.leaks.values()) if self.leaks_known else None


def group_of(record: dict[str, Any]) -> dict[str, str]:
    """The group of a tally, by key. ValueError when it has none."""
    by, group = record.get("by"), record.get("group")
    if by.__class__ is not list or group.__class__ is not list or len(by) != len(group) or set(map(type, by + group)) - {str}:
        raise ValueError("not a whole tally")
    return dict(zip(by, group))


def read_tally(record: dict[str, Any]) -> tuple[dict[str, str], Figures]:
    """The group and figures of a tally as `aggregate --partial` writes it. ValueError when it is not whole."""
    if record.get("tally_version") != VERSION:
        raise ValueError(f"a tally of another version than this program's ({VERSION})")
    try:
        figures = Figures(Tally.from_json(record))
        figures.parts = 1
        return group_of(record), figures
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ValueError("not a whole tally") from None


def figures_of_row(row: dict[str, Any]) -> Figures:
    """A metric row's figures. ValueError when it is not one."""
    if "conversation_count" not in row:
        raise ValueError("not a metric row or a tally: conversation_count is missing")
    figures = Figures()
    figures.parts, figures.only_row, figures.from_rows = 1, row, True
    figures.said = {key for key, value in row.items() if value is not None}
    for key, name in ROW_COUNTS.items():
        value = row.get(key)
        if value is not None:
            if value.__class__ is not int or value < 0:
                raise ValueError(f"{key} is not a count")
            setattr(figures.tally, name, value)
    for key in ("cost_usd", "users", "replies_timed", "pii_findings", "latency_ms_p50", "latency_ms_p95", "latency_ms_p99"):
        if row.get(key).__class__ not in (int, float, type(None)):
            raise ValueError(f"{key} is not a number")
    if row.get("cost_usd") is not None:
        figures.tally.nano_dollars = round(row["cost_usd"] * NANO)
        figures.tally.priced = figures.tally.priced or 1
    findings = row.get("pii_findings")
    figures.leaks_known = findings is not None
    if findings:
        figures.tally.leaks = {"": findings}     # of kinds that a row does not tell
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
        groups = [group_of(record) for record in records]
        total = added_up(records)
        if total.conversations != conversations:
            raise ValueError("does not agree with the metrics.json beside it")
        self.dates_seen.add(date)
        figures = Figures(total)
        figures.parts = len(records)
        self.days.setdefault(date, Figures()).merge(figures)
        week = week_of(date, self.week_start)
        for group, record in zip(groups, records):
            self.keys.update(group)
            team, number = group.get("team"), record["conversations"]
            if team is not None:
                waiting = self._waiting.setdefault(team, [])
                waiting.append(record)
                self.team_weeks[team, week] += number
                if record["priced"] and date != UNKNOWN:
                    self.team_money[team, date[:7]] += record["nano_dollars"]
                if len(waiting) >= ENOUGH:
                    self._add_up(team)
            if "task_category" in group:
                self.tasks[team or "", group["task_category"]] += number

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


def document_rows(document: Any) -> tuple[str, list[dict[str, Any]]]:
    """Date and rows of a daily metrics document. ValueError when it is not one."""
    if not isinstance(document, dict) or not isinstance(document.get("date"), str):
        raise ValueError("not a metrics document: date is missing")
    rows = document.get("metrics")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("not a metrics document: metrics is not a list of rows")
    for row in rows:
        if row.get("conversation_count").__class__ is not int:
            raise ValueError("not a metrics document: a row has no conversation_count")
    if document.get("total_conversations") != sum(row["conversation_count"] for row in rows):
        raise ValueError("total_conversations is not the sum of its rows")
    return document["date"], rows


def is_date(text: str) -> bool:
    """Whether a text is a calendar date as ours are written."""
    try:
        return calendar_date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
