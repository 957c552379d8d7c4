"""The evidence that lies in a lake."""

import json
import os
from typing import Any, Callable

from ..errors import UserError
from ..jsonl import BadLine, parse
from ..pipeline.lake import Lake
from .evidence import Evidence, document_rows, read_tally

CURATED, REPORTS = "curated/metrics_daily", "reports"


def from_lake(lake: Lake, evidence: Evidence, complain: Callable[[str, str], None]) -> None:
    """Add what a lake holds. A file that cannot be used is complained of (its name, why), its date left out."""
    dates = lake.partitions(CURATED)
    if not dates:
        raise UserError("no metrics in this folder", where=lake.root,
                        hint=f"llmops run LOGS -o {lake.root} makes them" if os.path.isdir(lake.root) else "check the spelling")
    for date in dates:
        evidence.dates_seen.add(date)
        if evidence.wants(date):
            try:
                _add_date(lake, date, evidence)
            except _Unusable as error:
                complain(lake.path(error.file), str(error))
                evidence.left_out.append(date)
    for date in lake.partitions(REPORTS):
        if evidence.wants(date):
            _add_run(lake, date, evidence, complain)


class _Unusable(ValueError):
    """Why a file cannot be used."""

    def __init__(self, file: str, reason: str):
        super().__init__(reason)
        self.file = file


def _read(lake: Lake, name: str) -> bytes | None:
    try:
        with open(lake.path(name), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _Unusable(name, f"cannot be read: {error.strerror}") from None


def _json(lake: Lake, name: str) -> Any:
    data = _read(lake, name)
    if data is None:
        raise _Unusable(name, "is missing")
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise _Unusable(name, "is not JSON") from None


def _add_date(lake: Lake, date: str, evidence: Evidence) -> None:
    """Add a date: its tallies, or the rows of its metrics document where there are no tallies. All of it or nothing."""
    name = f"{CURATED}/date={date}/metrics.json"
    document = _json(lake, name)
    tallies = f"{CURATED}/date={date}/tallies.jsonl"
    data = _read(lake, tallies)
    try:
        said, _ = document_rows(document)
        if said != date:
            raise ValueError("is of another date than its folder")
        if data is None:
            return evidence.add_document(document)
    except ValueError as error:
        raise _Unusable(name, str(error)) from None
    try:
        groups = [read_tally(parse(line)) for line in data.splitlines()]
    except ValueError as error:
        raise _Unusable(tallies, str(error)) from None
    if sum(figures.tally.conversations for _, figures in groups) != document["total_conversations"]:
        raise _Unusable(tallies, "does not agree with the metrics.json beside it")
    for group, figures in groups:
        evidence.add({**group, "date": date}, figures)


def _add_run(lake: Lake, date: str, evidence: Evidence, complain: Callable[[str, str], None]) -> None:
    """What the run report of a date says, and why lines were rejected."""
    name, rejects = f"{REPORTS}/date={date}/run_latest.json", f"{REPORTS}/date={date}/rejects.jsonl"
    try:
        report = _json(lake, name) if os.path.exists(lake.path(name)) else {}
        if not isinstance(report, dict):
            raise _Unusable(name, "is not a run report")
        lines = (_read(lake, rejects) or b"").splitlines()
    except _Unusable as error:
        complain(lake.path(error.file), str(error))
        return
    evidence.has_runs |= bool(report)
    evidence.read += _count(report, "events_read")
    evidence.rejected += _count(report, "events_invalid")
    evidence.repeated += _count(report, "events_repeated")
    redacted = report.get("redaction_stats")
    if isinstance(redacted, dict):
        evidence.redacted.update({kind: number for kind, number in redacted.items() if kind.isupper() and number.__class__ is int})
    for line in lines:
        try:
            evidence.reasons[str(parse(line).get("reason"))] += 1
        except BadLine:
            pass        # a listing for people; the count is in the run report


def _count(report: dict[str, Any], key: str) -> int:
    value = report.get(key)
    return value if value.__class__ is int else 0
