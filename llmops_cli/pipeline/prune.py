"""Retention: the partitions of a lake that are older than what is kept of their stage."""

from datetime import date as calendar_date, timedelta
from typing import Mapping, NamedTuple

from ..records import UNKNOWN
from .lake import Lake

STAGES = {"landing": "landing", "sanitized": "sanitized", "conversations": "conversations", "curated": "curated/metrics_daily", "reports": "reports"}
HORIZONS = ".llmops/pruned.json"


class Old(NamedTuple):
    """The files of one partition that are past their time."""

    stage: str
    date: str
    files: list[str]        # as paths in the lake
    size: int               # bytes


def overdue(lake: Lake, keep: Mapping[str, int], today: str) -> list[Old]:
    """The partitions of each stage in `keep` (days) that were over that many days ago. What has no date counts from the
    day its file was written."""
    found = []
    for stage, days in keep.items():
        first = horizon(today, days)
        for date in lake.partitions(STAGES[stage]):
            files = lake.files(STAGES[stage], date)
            if date == UNKNOWN:
                files = [path for path in files if lake.written_on(path) < first]
            elif date >= first:
                continue
            if files:
                found.append(Old(stage, date, files, sum(map(lake.size, files))))
    return found


def horizon(today: str, days: int) -> str:
    """The first date that is kept.

    >>> horizon("2026-03-31", 30)
    '2026-03-01'
    """
    try:
        return (calendar_date.fromisoformat(today) - timedelta(days=days)).isoformat()
    except OverflowError:       # longer than there are dates
        return calendar_date.min.isoformat()


def prune(lake: Lake, keep: Mapping[str, int], today: str) -> list[Old]:
    """Take the overdue partitions away, all or none; what was taken. The lake remembers up to where each stage is gone, so
    that making it anew keeps what was made of it."""
    gone = overdue(lake, keep, today)
    if gone:
        before = lake.read_json(HORIZONS) or {}
        lake.write_json(HORIZONS, {**before, **{stage: max(horizon(today, days), before.get(stage, "")) for stage, days in keep.items()}})
        lake.commit([(path, "") for old in gone for path in old.files])
    return gone


def kept_from(lake: Lake) -> str:
    """The first date whose sanitized events were never pruned, "" when none were."""
    return (lake.read_json(HORIZONS) or {}).get("sanitized", "")
