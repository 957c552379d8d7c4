"""The evidence that lies in a lake."""

import json
import re
from typing import Any, Callable

from ..errors import UserError
from ..jsonl import BadLine, parse
from .evidence import Evidence
from .figures import document_rows
from .lakefiles import CURATED, METRICS, MODELS, REJECTS, REPORTS, RUN, TALLIES, LakeFiles, Unusable, place

END = re.compile(rb'\n \],\n "total_conversations": (\d+),\n "total_events_processed": \d+\n\}\n?')      # of metrics.json, as `run` writes it


def from_lake(files: LakeFiles, evidence: Evidence, complain: Callable[[str, str], None]) -> None:
    """Add what a lake holds. A file that cannot be used is complained of (its name, why), its date left out."""
    dates = files.dates(CURATED)
    if not dates:
        hint = f"it is a part of the lake {lake}" if (lake := files.lake_around()) else f"llmops run LOGS -o {files.root} makes them"
        raise UserError("no metrics in this folder", where=files.root, hint=hint if files.exists() else "check the spelling")
    evidence.dates_seen.update(dates)
    for date in files.ahead([date for date in dates if evidence.wants(date)], CURATED, (METRICS, TALLIES, MODELS)):
        try:
            add_date(files, date, evidence)
        except Unusable as error:
            complain(files.path(error.file), str(error))
            evidence.left_out.append(date)
        else:
            _add_models(files, date, evidence, complain)
    evidence.settle()
    for date in files.ahead([date for date in files.dates(REPORTS) if evidence.wants(date)], REPORTS, (RUN, REJECTS)):
        _add_run(files, date, evidence, complain)


def document(files: LakeFiles, name: str) -> Any:
    """A JSON file of the lake. Unusable when it is missing or broken."""
    data = files.read(name)
    if data is None:
        raise Unusable(name, "is missing")
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise Unusable(name, "is not JSON") from None


def metrics_of(files: LakeFiles, date: str) -> dict[str, Any]:
    """The daily metrics document of a date. Unusable when it is missing, broken or of another date."""
    name = place(CURATED, date, METRICS)
    found = document(files, name)
    try:
        said, _ = document_rows(found)
        if said != date:
            raise ValueError("is of another date than its folder")
    except ValueError as error:
        raise Unusable(name, str(error)) from None
    return found


def conversations_of(files: LakeFiles, date: str) -> int:
    """How many conversations the daily metrics document of a date says it counts. Unusable as with `metrics_of`.

    In the form that `run` writes, the ends of the document and the counts of its rows are looked at, which takes a fifth
    of the time; in any other, all of it.
    """
    data = files.read(place(CURATED, date, METRICS)) or b""
    counts = data.split(b'\n   "conversation_count": ')
    end = END.fullmatch(data, data.rfind(b"\n ],"))
    try:
        if end and counts[0].startswith(b'{\n "date": "%s",\n "metrics": [\n  {\n' % date.encode()) \
                and sum([int(count[:count.index(b",")]) for count in counts[1:]]) == int(end[1]):
            return int(end[1])
    except ValueError:
        pass        # another form, or broken: what is wrong is said by the one that reads all of it
    return metrics_of(files, date)["total_conversations"]


def add_date(files: LakeFiles, date: str, evidence: Evidence) -> None:
    """Add a date: its tallies, or the rows of its metrics document where there are no tallies. All of it or nothing."""
    conversations = conversations_of(files, date)
    tallies = place(CURATED, date, TALLIES)
    data = files.read(tallies)
    found = metrics_of(files, date) if data is None else {}
    try:
        if data is None:
            evidence.add_document(found)
        else:
            evidence.add_day(date, lines_of(data), conversations)
    except ValueError as error:
        raise Unusable(place(CURATED, date, METRICS) if data is None else tallies, str(error)) from None


def lines_of(data: bytes) -> list[dict[str, Any]]:
    """The records of a file. ValueError when a line is none."""
    lines = data.splitlines()
    try:
        records = json.loads(b"[" + b",".join(lines) + b"]")     # all at once, which is a fifth faster
        if len(records) == len(lines) and set(map(type, records)) <= {dict}:
            return records
    except (ValueError, RecursionError):
        pass        # one by one tells what is wrong, and with which
    return [parse(line) for line in lines]


def _add_models(files: LakeFiles, date: str, evidence: Evidence, complain: Callable[[str, str], None]) -> None:
    """Add what a date says by model and release, if it says anything."""
    name = place(CURATED, date, MODELS)
    try:
        data = files.read(name)
        if data:
            evidence.add_models(date, lines_of(data))
    except ValueError as error:
        complain(files.path(name), str(error))


def _add_run(files: LakeFiles, date: str, evidence: Evidence, complain: Callable[[str, str], None]) -> None:
    """What the run report of a date says, and why lines were rejected."""
    name, rejects = place(REPORTS, date, RUN), place(REPORTS, date, REJECTS)
    try:
        report = document(files, name) if files.tag(name) is not None else {}
        if not isinstance(report, dict):
            raise Unusable(name, "is not a run report")
        lines = (files.read(rejects) or b"").splitlines()
    except Unusable as error:
        complain(files.path(error.file), str(error))
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
