"""Take away what a lake has kept long enough: whole days of a stage, by their date.

Without --apply it only says what would go. Conversations, metrics and reports
stay when landing and sanitized events go, unless they are named too; a day whose
conversations went keeps the metrics it has, whatever comes in later. What came in
without a date counts from the day its file was written.

Stages: landing, sanitized, conversations, curated, reports.
"""

import argparse
import re
from datetime import datetime, timezone

from .. import options, storage, term
from ..errors import OK, UserError, nearest
from ..jsonl import dump
from ..pipeline import prune
from ..pipeline.lake import Lake
from ..records import utc_stamp

EXAMPLES = """
llmops prune lake/ --keep landing=90d,sanitized=1y             # what would go
llmops prune lake/ --keep landing=90d,sanitized=1y --apply
llmops prune lake/ --keep landing=0d --apply                   # nothing unsanitized stays
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lake", metavar="LAKE", help="what llmops run wrote, a folder or s3://bucket/prefix")
    parser.add_argument("--keep", type=_keep, metavar="STAGE=AGE,...", help="how long each stage is kept: 90d, 12w, 6m (of 30 days), 1y (of 365)")
    parser.add_argument("--apply", action="store_true", help="take it away, for good")
    parser.add_argument("--today", type=options.date, metavar="DATE", help="the day that ages count from (default: today, UTC)")
    parser.add_argument("--wait", action="store_true", help="when a run holds the lake, wait for it")
    parser.add_argument("--json", action="store_true", help="one JSON object in place of text")
    options.add_output(parser, "what goes")


def run(args: argparse.Namespace) -> int:
    if not args.keep:
        raise UserError("prune: nothing says how long to keep what", hint="--keep landing=90d,sanitized=1y")
    with storage.create(args.output) as output, options.opened_lake(args.lake, begun=True) as lake:
        gone = _gone(args, lake)
        output.write((_document if args.json else _table)(args, gone) + b"\n")
    return OK


def _document(args: argparse.Namespace, gone: list[prune.Old]) -> bytes:
    return dump({"applied": args.apply, "partitions": [{"stage": old.stage, "date": old.date, "files": len(old.files), "bytes": old.size} for old in gone]})


def _table(args: argparse.Namespace, gone: list[prune.Old]) -> bytes:
    lines = term.table([["stage", "date", "files", "size"], *([old.stage, old.date, str(len(old.files)), term.size(old.size)] for old in gone)], right=(2, 3))
    total = f"{term.count(len(gone), 'partition')}, {term.size(sum(old.size for old in gone))}"
    if not gone:
        return b"nothing is past its time"
    return "\n".join([*lines, f"{total} {'taken away' if args.apply else 'would go; --apply takes them away'}"]).encode()


def _gone(args: argparse.Namespace, lake: Lake) -> list[prune.Old]:
    """What is past its time, taken away when that is asked for."""
    now = datetime.now(timezone.utc)
    today = args.today or now.date().isoformat()
    if not args.apply:
        return prune.overdue(lake, args.keep, today)
    with lake.locked(args.wait, utc_stamp(now.replace(microsecond=0))):
        lake.recover()
        return prune.prune(lake, args.keep, today)


_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}


def _keep(text: str) -> dict[str, int]:
    """Days by stage of `landing=90d,sanitized=1y`."""
    kept = {}
    for part in options.names(text):
        stage, _, age = part.partition("=")
        match = re.fullmatch(r"([0-9]{1,9})([dwmy])", age)
        if stage not in prune.STAGES:
            raise argparse.ArgumentTypeError(f"no stage {stage!r}: {nearest(stage, list(prune.STAGES))}")
        if stage in kept:
            raise argparse.ArgumentTypeError(f"{stage} is named twice")
        if not match:
            raise argparse.ArgumentTypeError(f"not an age: {age!r} (as 90d, 12w, 6m, 1y)")
        kept[stage] = int(match[1]) * _DAYS[match[2]]
    return kept
