"""Take personal data and secrets out of any JSONL: every string at any depth is looked at.

Keys, order and shape stay; a line in which nothing was found is copied byte for
byte. Ids and times of our records (user_id, conversation_id, event_time, …) are
left alone unless the whole value is personal: then it becomes a stable
pseudonym, so that counts stay right. A line that cannot be examined is never
written. Sanitizing twice is sanitizing once.

Styles of --as: label [EMAIL]; label-numbered [EMAIL_1], equal values the same
number within a conversation; hash [EMAIL:9f2c…], keyed with $LLMOPS_HASH_KEY;
partial ****1234; remove; fake, a stand-in of the same shape, keyed as well.

--check writes no records but where something was found, never what, and exits 1
when anything was. A baseline holds keyed fingerprints of findings known before:
make it with --check --format jsonl, give it to later checks with --baseline.
"""

import argparse
import json
import os
import time
from collections import Counter
from contextlib import contextmanager
from typing import Any, Callable, Iterator

from .. import options, parallel, term
from ..errors import FOUND, OK, PARTIAL, UserError, worst
from ..jsonl import BadLine, Reader, dump, parse
from ..keys import HashKey
from ..pii import check, plaintext, vault
from ..pii.records import Sanitizer
from ..pii.redaction import STYLES, Redactor
from ..storage import create, open_source
from ..storage.local import refuse_shared

EXAMPLES = """
llmops sanitize chat.jsonl.gz -o clean.jsonl
llmops sanitize --check logs/chat.jsonl           # where, never what; exit 1 when anything was found
llmops sanitize --only EMAIL,PHONE --as partial < chat.jsonl
LLMOPS_HASH_KEY=... llmops sanitize --as hash chat.jsonl | sort
llmops sanitize --check --format jsonl chat.jsonl > known.jsonl; llmops sanitize --check --baseline known.jsonl chat.jsonl
tail -f app.log | llmops sanitize --text
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_streams(parser, output="the sanitized lines")
    what = parser.add_argument_group("what is looked for")
    options.add_detectors(what)
    what.add_argument("--fields", type=options.names, metavar="PATHS", default=(), help="look only there, as content,messages.*.content")
    what.add_argument("--leave", type=options.names, metavar="PATHS", default=(), help="do not look there")
    what.add_argument("--text", action="store_true", help="the input is plain text, not JSON")
    what.add_argument("--list", action="store_true", help="print every detector: kind, rule, validator, what it is")
    how = parser.add_argument_group("what comes out")
    how.add_argument("--as", dest="style", choices=STYLES, metavar="STYLE", help="what stands in place of a finding: " + ", ".join(STYLES) + " (default: label)")
    how.add_argument("--check", action="store_true", help="write only where something was found, never what; exit 1 when anything was")
    how.add_argument("--format", choices=tuple(check.FORMATS), help="form of --check (default: text)")
    how.add_argument("--json", action="store_const", dest="format", const="jsonl", help="the same as --format jsonl")
    how.add_argument("--baseline", metavar="FILE", help="findings known before, as --check --format jsonl wrote them: not reported again")
    how.add_argument("--exit-zero", action="store_true", help="exit 0 where --check would exit 1")
    how.add_argument("--explain", action="store_true", help="write one JSON line a finding in place of the records")
    how.add_argument("--vault", metavar="FILE", help="with --as hash: keep the values there, for llmops restore (mode 0600; as secret as they are)")
    how.add_argument("--stats", metavar="FILE", help="write counts by kind, lines, bytes and pace there, as JSON")
    how.add_argument("-j", "--jobs", type=options.whole, default=1, metavar="N", help="work in N processes; the same bytes come out (label-numbered gives its numbers in one)")


def run(args: argparse.Namespace) -> int:
    if args.list:
        return _list(args, options.detectors(args))
    _refuse_what_cannot_be(args)
    args.format = args.format or "text"
    key = HashKey(os.environ, options.notice(args))
    if args.vault:
        vault.begin(args.vault)
    redactor = Redactor(args.style, key.given(), keep=bool(args.vault))
    sanitizer = Sanitizer(options.scanner(args), redactor, key_source=key, fields=args.fields, leave=args.leave)
    # Numbers are given in the order of the input, so one process gives them all.
    jobs = 1 if args.style == "label-numbered" and not args.check else args.jobs
    began = time.monotonic()
    found: Counter = Counter()
    with options.streams(args) as (reader, output):
        lines = plaintext.TextLines(reader) if args.text else reader
        if args.check or args.explain:
            rows = _explained(check_places(lines, sanitizer, args, jobs, found), args)
            output.writelines(rows)
        else:
            clean = _text_line(sanitizer) if args.text else _object_line(sanitizer)
            with _vault(args.vault, redactor) as kept:

                def gather() -> tuple[Counter, dict[str, str]]:
                    return _taken(sanitizer.counts), _taken(kept)

                def collect(gathered: tuple[Counter, dict[str, str]]) -> None:
                    found.update(gathered[0])
                    kept.update(gathered[1])

                for _, _, result in parallel.lines(lines, clean, jobs, gather=gather, collect=collect):
                    output.write(result + b"\n")
        if args.stats:      # before the output has its name: what exits 2 publishes nothing
            _write_stats(args.stats, reader, found, time.monotonic() - began)
    status = FOUND if args.check and found and not args.exit_zero else OK
    return worst(status, PARTIAL if reader.rejects.count else OK)


def _refuse_what_cannot_be(args: argparse.Namespace) -> None:
    if (args.format or args.baseline) and not (args.check or args.explain):
        raise UserError(f"{'--format' if args.format else '--baseline'} goes with --check: without it the records themselves are written",
                        hint="add --check, or leave it out")
    if args.explain and not args.check and args.format not in (None, "jsonl"):
        raise UserError("--explain writes JSON lines alone", hint=f"--check --format {args.format} says where something was found")
    if args.text and (args.fields or args.leave):
        raise UserError("--text has no paths to choose by", hint="leave --fields and --leave out, or --text if the input is JSON")
    if args.vault and (args.style != "hash" or args.check or args.explain):
        raise UserError("--vault goes with --as hash, which alone leaves tokens that lead back", hint="add --as hash, or leave --vault out")
    if args.vault == "-":
        raise UserError("a vault must be a file: on standard output its values would stand among the rows", hint="name a file for --vault")
    beside = [args.baseline, args.rules, args.deny, args.allow]
    written = {"--rejects": args.rejects, "--stats": args.stats, "--vault": args.vault}
    refuse_shared({"-o": args.output or "-", **written}, beside)
    refuse_shared(written, args.files)


@contextmanager
def _vault(path: str | None, redactor: Redactor) -> Iterator[dict[str, str]]:
    """The values that the redactor keeps go to the vault when the block ends, before the output has its name; also when
    it is broken off: some of their tokens may have been read by then."""
    kept = redactor.kept if redactor.kept is not None else {}
    try:
        yield kept
    except BaseException:
        if path and kept:
            vault.add(path, kept)
        raise
    if path:
        vault.add(path, kept)


def _taken(gathered: dict) -> Any:
    """What was gathered so far; it begins again at nothing."""
    taken = gathered.copy()
    gathered.clear()
    return taken


def _object_line(sanitizer: Sanitizer) -> Callable[[bytes], bytes]:
    """A function that sanitizes a record's line."""
    def clean(raw: bytes) -> bytes:
        if raw[:1] != b"{" and raw.lstrip()[:1] != b"{":
            parse(raw)      # says what it is that is not a record
        return sanitizer.line(raw)
    return clean


def _text_line(sanitizer: Sanitizer) -> Callable[[bytes], bytes]:
    """A function that sanitizes a line of text; bytes that are not UTF-8 stay as they are."""
    return lambda raw: sanitizer.text(raw.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def check_places(reader: Reader | plaintext.TextLines, sanitizer: Sanitizer, args: argparse.Namespace, jobs: int, found: Counter) -> Iterator[check.Place]:
    """Every finding that the baseline does not know, counted in `found`."""
    known = _baseline(args.baseline)
    wants_prints = bool(args.baseline) or args.format in ("jsonl", "sarif") and not args.explain
    if wants_prints:
        sanitizer.key()         # asked for before there are more processes

    def look(raw: bytes) -> list[tuple[int, str, Any, str]]:
        text = raw.decode("utf-8", "surrogateescape") if args.text else ""
        raw = json.dumps(text).encode() if args.text else raw
        told = sanitizer.fingerprints(raw) if wants_prints else [(path, finding, "") for path, finding in sanitizer.explain(raw)]
        return [(below, path, placed, fingerprint) for path, finding, fingerprint in told for below, placed in (plaintext.by_line(text, finding),)]

    for file, line, findings in parallel.lines(reader, look, jobs):
        for below, path, finding, fingerprint in findings:
            if fingerprint not in known:
                found[finding.kind] += 1
                yield check.Place(file, line + below, path, finding, fingerprint)


def _explained(places: Iterator[check.Place], args: argparse.Namespace) -> Iterator[bytes]:
    if args.check:
        return check.FORMATS[args.format](places)
    return (dump(place.row()) + b"\n" for place in places)


def _baseline(path: str | None) -> set[str]:
    """The fingerprints that a check wrote before. UserError when it is not a baseline."""
    prints: set[str] = set()
    if not path:
        return prints
    with open_source(path).stream as stream:
        for number, line in enumerate(stream, 1):
            try:
                if line.strip():
                    prints.add(parse(line)["fingerprint"] + "")
            except (BadLine, KeyError, TypeError):
                raise UserError("not a baseline", where=f"{path}:{number}",
                                hint="a baseline is written by llmops sanitize --check --format jsonl") from None
    return prints


def _list(args: argparse.Namespace, detectors) -> int:
    paint = options.paint(args)
    lines = term.table([["kind", "rule", "validator", "what it is"],
                        *([rule.kind, rule.id, rule.validator_name or "-", rule.what] for rule in detectors)])
    with create(args.output) as output:
        output.write("\n".join([paint(lines[0], "bold"), *lines[1:]]).encode() + b"\n")
    return OK


def _write_stats(path: str, reader: Reader, found: Counter, seconds: float) -> None:
    with create(path) as file:
        document = {"findings": dict(sorted(found.items())), "findings_total": found.total(), "lines": reader.lines_read,
                    "rejected": reader.rejects.count, "bytes": reader.bytes_read, "seconds": round(seconds, 3),
                    "bytes_per_second": round(reader.bytes_read / seconds) if seconds else None}
        file.write(json.dumps(document, indent=1).encode() + b"\n")
