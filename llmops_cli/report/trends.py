"""Rows over time or by one key, from what lies in a lake: the numbers of metric rows, added up as tallies are."""

from typing import Any, Callable

from ..metrics.aggregate import measures
from ..records import UNKNOWN, week_of
from .bulk import CONVERSATIONS, Values, checked
from .evidence import ENOUGH, figures_of
from .figures import Figures, figures_of_row, groups_of
from .gather import conversations_of, lines_of, metrics_of
from .lakefiles import CURATED, METRICS, MODELS, TALLIES, LakeFiles, Unusable, place

CALENDAR = ("date", "week", "month")
KEYS = (*CALENDAR, "team", "task_category", "model")
PEOPLE_AND_TIMES = ("users", "latency_ms_p50", "latency_ms_p95", "latency_ms_p99")      # what rows cannot be added up to


def rows(files: LakeFiles, by: str, dates: list[str], week_start: str = "mon") -> tuple[list[dict[str, Any]], dict[str, str]]:
    """A row for each value of `by` over some dates, sorted; and why dates were left out, each with its reason."""
    groups: dict[str, _Group] = {}
    left_out: dict[str, str] = {}
    for date in files.ahead(dates, CURATED, (METRICS, MODELS if by == "model" else TALLIES)):
        key_of = _key_of(by, date, week_start)
        try:
            found = _of_date(files, by, date)
        except Unusable as error:
            left_out[date] = str(error)
            continue
        for key, record in found:
            groups.setdefault(key_of(key), _Group()).add(record)
    return [{by: key, **groups[key].numbers()} for key in sorted(groups)], left_out


def _key_of(by: str, date: str, week_start: str) -> Callable[[str], str]:
    """What a group counts as: on the calendar its date alone decides."""
    moment = {"date": date, "month": date[:7] if date != UNKNOWN else UNKNOWN, "week": week_of(date, week_start)}.get(by)
    return (lambda key: moment) if moment is not None else (lambda key: key)


def _of_date(files: LakeFiles, by: str, date: str) -> list[tuple[str, Any]]:
    """The key of each part of a date with what its tally says, or with its row's figures. Unusable when broken."""
    said = conversations_of(files, date)
    name = place(CURATED, date, MODELS if by == "model" else TALLIES)
    data = files.read(name)
    try:
        if data is not None:
            records = lines_of(data)
            parts = checked(records)
            if sum([part[CONVERSATIONS] for part in parts]) != said:
                raise ValueError("does not agree with the metrics.json beside it")
            if by in CALENDAR:
                return [("", figures_of(parts))] if parts else []
            return list(zip(groups_of(records).get(by) or [UNKNOWN] * len(parts), parts))
        name = place(CURATED, date, METRICS)
        return [(str(UNKNOWN if row.get(by) is None else row[by]), figures_of_row(row)) for row in metrics_of(files, date)["metrics"]]
    except ValueError as error:
        raise Unusable(name, str(error)) from None


class _Group:
    """The parts of a row, added up some at a time."""

    def __init__(self) -> None:
        self._figures, self._waiting = Figures(), []

    def add(self, part: Values | Figures) -> None:
        if isinstance(part, Figures):
            self._figures.merge(part)
            return
        self._waiting.append(part)
        if len(self._waiting) >= ENOUGH:
            self._settle()

    def _settle(self) -> None:
        self._figures.merge(figures_of(self._waiting))
        self._waiting = []

    def numbers(self) -> dict[str, Any]:
        """The numbers of a metric row; null for what is not known."""
        if self._waiting:
            self._settle()
        figures = self._figures
        numbers = measures(figures.tally)
        if not figures.from_rows:
            return numbers
        alone = figures.only_row or {}
        return {key: alone.get(key) if key in PEOPLE_AND_TIMES else value if key in figures.said else None for key, value in numbers.items()}
