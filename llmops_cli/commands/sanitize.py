"""Take personal data and secrets out of any JSONL: every string at any depth is looked at.

Keys, order and shape stay; a line in which nothing was found is copied byte for
byte. Ids and times of our records (user_id, conversation_id, event_time, …) are
left alone unless the whole value is personal: then it becomes a stable
pseudonym, so that counts stay right. A line that cannot be examined is never
written. Sanitizing twice is sanitizing once.

Styles of --as: label [EMAIL]; label-numbered [EMAIL_1], equal values the same
number within a conversation; hash [EMAIL:9f2c…], keyed with $LLMOPS_HASH_KEY;
partial ****1234; remove; fake, a stand-in of the same shape, keyed as well.
"""

import argparse
import json
import os
import sys
import time
from collections import Counter

from .. import options, term
from ..errors import FOUND, OK, PARTIAL, worst
from ..jsonl import Reader, dump
from ..keys import HashKey
from ..pii import catalogue
from ..pii.records import Sanitizer, Unexaminable
from ..pii.redaction import STYLES, Redactor
from ..pii.scanner import Scanner
from ..storage import create

EXAMPLES = """
llmops sanitize chat.jsonl.gz -o clean.jsonl
llmops sanitize --check logs/*.jsonl              # where, never what; exit 1 when anything was found
llmops sanitize --only EMAIL,PHONE --as partial < chat.jsonl
LLMOPS_HASH_KEY=... llmops sanitize --as hash chat.jsonl | sort
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_streams(parser, output="the sanitized lines")
    parser.add_argument("--only", type=options.names, metavar="KINDS", help="look for these kinds only, with commas between")
    parser.add_argument("--skip", type=options.names, metavar="KINDS", help="leave these kinds alone")
    parser.add_argument("--as", choices=STYLES, metavar="STYLE", help="what stands in place of a finding: " + ", ".join(STYLES) + " (default: label)")
    parser.add_argument("--fields", type=options.names, metavar="PATHS", default=(), help="look only there, as content,messages.*.content")
    parser.add_argument("--leave", type=options.names, metavar="PATHS", default=(), help="do not look there")
    parser.add_argument("--check", action="store_true", help="write a table of what was found and where, never the value; exit 1 when anything was")
    parser.add_argument("--explain", action="store_true", help="write one JSON line a finding in place of the records")
    parser.add_argument("--stats", metavar="FILE", help="write counts by kind, lines, bytes and pace there, as JSON")
    parser.add_argument("--list", action="store_true", help="print every detector: kind, rule, validator, what it is")
    parser.add_argument("--exit-zero", action="store_true", help="exit 0 where --check would exit 1")


def run(args: argparse.Namespace) -> int:
    detectors = catalogue.choose(args.only or (), args.skip or ())
    if args.list:
        return _list(args, detectors)
    key = HashKey(os.environ, options.notice(args))
    sanitizer = Sanitizer(Scanner(detectors), Redactor(getattr(args, "as"), key.given()), key_source=key,
                          fields=args.fields, leave=args.leave)
    began = time.monotonic()
    with options.streams(args) as (reader, output):
        if args.check:
            found = _check(reader, sanitizer, output)
        elif args.explain:
            found = _explain(reader, sanitizer, output)
        else:
            found = _rewrite(reader, sanitizer, output)
    if args.stats:
        _write_stats(args.stats, reader, found, time.monotonic() - began)
    status = FOUND if args.check and found and not args.exit_zero else OK
    return worst(status, PARTIAL if reader.rejects.count else OK)


def _rewrite(reader: Reader, sanitizer: Sanitizer, output) -> Counter:
    write, clean = output.write, sanitizer.line
    for raw in reader.objects():
        try:
            write(clean(raw) + b"\n")
        except Unexaminable as error:
            reader.reject(error.reason, error.column)
    return sanitizer.counts


def _findings(reader: Reader, sanitizer: Sanitizer):
    """(path, finding) of every line; the lines that cannot be examined are rejected."""
    for raw in reader.objects():
        try:
            yield from sanitizer.explain(raw)
        except Unexaminable as error:
            reader.reject(error.reason, error.column)


def _explain(reader: Reader, sanitizer: Sanitizer, output) -> Counter:
    found: Counter = Counter()
    for path, finding in _findings(reader, sanitizer):
        found[finding.kind] += 1
        output.write(dump({"file": reader.name, "line": reader.line, "path": path, **finding._asdict()}) + b"\n")
    return found


def _check(reader: Reader, sanitizer: Sanitizer, output) -> Counter:
    found: Counter = Counter()
    rows = [["place", "kind", "rule", "path"]]
    for path, finding in _findings(reader, sanitizer):
        found[finding.kind] += 1
        rows.append([f"{reader.name}:{reader.line}", finding.kind, finding.rule, f"{path}:{finding.start}-{finding.end}"])
    if found:
        summary = ", ".join(f"{kind} {number:,}" for kind, number in sorted(found.items()))
        lines = [*term.table(rows), "", f"{term.count(found.total(), 'finding')}: {summary}"]
        output.write("\n".join(lines).encode("utf-8", "backslashreplace") + b"\n")
    return found


def _list(args: argparse.Namespace, detectors) -> int:
    paint = options.paint(args)
    lines = term.table([["kind", "rule", "validator", "what it is"],
                        *([rule.kind, rule.id, rule.validator_name or "-", rule.what] for rule in detectors)])
    sys.stdout.write("\n".join([paint(lines[0], "bold"), *lines[1:]]) + "\n")
    return OK


def _write_stats(path: str, reader: Reader, found: Counter, seconds: float) -> None:
    with create(path) as file:
        document = {"findings": dict(sorted(found.items())), "findings_total": found.total(), "lines": reader.lines_read,
                    "rejected": reader.rejects.count, "bytes": reader.bytes_read, "seconds": round(seconds, 3),
                    "bytes_per_second": round(reader.bytes_read / seconds) if seconds else None}
        file.write(json.dumps(document, indent=1).encode() + b"\n")
