"""The stages in order: take in what is new, publish what it changes, say how it went."""

from typing import Any, Callable, NamedTuple

from ..errors import OK, PARTIAL
from ..jsonl import dump
from ..pii.catalogue import rules_version
from ..records import UNKNOWN
from ..version import VERSION
from .intake import Input, Tools, identify, landed_before, take_in
from .lake import WORK, Lake
from .memory import kinds_of, tellable
from .publish import Settings, publish

REDACTED_TOTALS = {"emails_redacted": "EMAIL", "phones_redacted": "PHONE", "urls_redacted": "URL"}


class Clock(NamedTuple):
    """The time, as the edge hands it in: seconds that only go forward, and the stamp of this run."""

    seconds: Callable[[], float]
    stamp: str


class Outcome(NamedTuple):
    """How a run went."""

    status: int
    taken: int              # inputs that were new
    known: int              # inputs that were in the lake already
    read: int
    invalid: int
    conversations: int
    dates: list[str]        # dates that changed
    too_late: int = 0       # conversations of dates whose conversations were pruned
    unasked: int = 0        # conversations of dates that were not asked for


def landed_inputs(lake: Lake, wanted: Callable[[str], bool], *, everything: bool) -> list[Input]:
    """The files under landing/ that no run has taken in yet; with `everything`, also the inputs whose lines all lie there."""
    manifests = {**lake.manifests("done"), **lake.manifests("pending")}
    claimed = {path for manifest in manifests.values() for path in manifest["landing"]}
    fresh = [item for date in lake.partitions("landing") if date == "unknown" or wanted(date)
             for path in lake.files("landing", date) if path not in claimed
             for item in identify([lake.path(path)], "" if date == "unknown" else date, path)]
    return fresh + (landed_before(lake, manifests) if everything else [])


def run(tools: Tools, settings: Settings, items: list[Input], clock: Clock, model_id: str, *,
        force: bool, progress: Callable[[int, str], None], publishing: bool = True) -> Outcome:
    """Take in the items that are new and publish what they change. With `force`, everything is made anew; without
    `publishing`, what was taken in waits for the next run."""
    lake, began = tools.lake, clock.seconds()
    stages: dict[str, float] = {}
    done, pending = lake.manifests("done"), lake.manifests("pending")
    order = [item.key for item in items]
    offset, taken = 0, 0
    for item in items:
        if force or (item.key not in done and item.key not in pending):
            pending[item.key] = take_in(item, tools, lambda at: progress(offset + at, "reading and sanitizing"))
            done.pop(item.key, None)
            taken += 1
        offset += {**done, **pending}[item.key]["bytes"]
    stages["intake_seconds"] = round(clock.seconds() - began, 3)
    everything = {**done, **pending}
    invalid = sum(len(everything[key]["rejects"]) for key in set(order))
    if not publishing or not pending and not force:
        return Outcome(PARTIAL if invalid else OK, taken, len(items) - taken, 0, invalid, 0, [])
    fresh_keys = sorted(pending if not force else everything, key=lambda key: (order.index(key) if key in order else -1, key))
    noted = [{"way": tools.way, **manifest} for manifest in everything.values()]       # older notes do not say: as this run
    settings = settings._replace(kinds=kinds_of(noted), findings_known=tellable(noted))
    published = publish(lake, [everything[key] for key in fresh_keys], settings, rebuild=force, tell=lambda note: progress(offset, note))
    stages["publish_seconds"] = round(clock.seconds() - began - stages["intake_seconds"], 3)
    dates = sorted({*published.dates, *(date for key in fresh_keys for date in everything[key]["dates"]
                                        if not force or date == UNKNOWN or settings.wanted(date))})
    last: list[tuple[str, str]] = []
    moves = list(published.moves)
    for date in dates:
        parts = [manifest for _, manifest in sorted(everything.items()) if date in manifest["dates"]]
        report = _report(lake, date, parts, published.dates.get(date), force, clock, stages, began, model_id)
        _stage(lake, f"{date}.run_latest.json", report)
        rejects = [reject for manifest in parts for reject in manifest["rejects"] if reject["date"] == date]
        with open(lake.ready(f"{WORK}/{date}.rejects.jsonl"), "wb") as file:
            file.writelines(dump({key: value for key, value in reject.items() if key != "date"}) + b"\n" for reject in rejects)
        moves.append((f"{WORK}/{date}.rejects.jsonl", f"reports/date={date}/rejects.jsonl"))
        last.append((f"{WORK}/{date}.run_latest.json", f"reports/date={date}/run_latest.json"))
    moves += [(f".llmops/inputs/pending/{key}.json", f".llmops/inputs/done/{key}.json") for key in pending]
    lake.commit(moves + last)
    read = sum(counts.get("read", 0) for key in pending for counts in everything[key]["dates"].values())
    return Outcome(PARTIAL if invalid else OK, taken, len(items) - taken, read, invalid,
                   sum(counts["conversations"] for counts in published.dates.values()), dates, published.too_late, published.unasked)


def _stage(lake: Lake, name: str, document: dict[str, Any]) -> None:
    lake.write_json(f"{WORK}/{name}", document)


def _report(lake: Lake, date: str, parts: list[dict[str, Any]], made: dict[str, Any] | None, anew: bool, clock: Clock,
            stages: dict[str, float], began: float, model_id: str) -> dict[str, Any]:
    """The run report of a date: what stands in the lake for it, summed over all the inputs that brought it."""
    before = (None if anew else lake.read_json(f"reports/date={date}/run_latest.json")) or {}
    counts = [manifest["dates"][date] for manifest in parts]
    read = sum(count.get("read", 0) for count in counts)
    invalid = sum(count.get("invalid", 0) for count in counts)
    redacted: dict[str, int] = {}
    for count in counts:
        for kind, number in count["redactions"].items():
            redacted[kind] = redacted.get(kind, 0) + number
    seconds = clock.seconds() - began
    version, digest = rules_version()
    key_ids = {manifest["key"] for manifest in parts if manifest.get("key")}
    conversations = made["conversations"] if made else before.get("conversations_assembled", 0)
    return {
        "date": date,
        "run_timestamp": clock.stamp,
        "storage_type": lake.kind,
        "input_files_count": len(parts),
        "events_read": read,
        "events_valid": read - invalid,
        "events_invalid": invalid,
        "events_repeated": before.get("events_repeated", 0) + (made["repeated"] if made else 0),
        "conversations_assembled": conversations,
        "conversations_classified": conversations,
        "redaction_stats": {**{name: redacted.get(kind, 0) for name, kind in REDACTED_TOTALS.items()}, **dict(sorted(redacted.items()))},
        "metrics_written": made["rows"] if made else before.get("metrics_written", 0),
        "sanitized_written": sum(count.get("events", 0) for count in counts),
        "duration_seconds": round(seconds, 3),
        "errors": [],
        "stages": stages,
        "bytes_read": sum(manifest["bytes"] for manifest in parts),
        "records_per_second": round(read / seconds, 1) if seconds else None,
        "rules_version": version,
        "rules_sha256": digest,
        "key_id": ", ".join(sorted(key_ids)) or before.get("key_id", ""),
        "model_id": model_id,
        "program_version": VERSION,
    }
