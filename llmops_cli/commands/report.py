"""What the numbers say, for people: use by team and task, trends, leaks, cost, health.

Reads a lake (a folder that `llmops run` made), or what `llmops aggregate` wrote:
tallies (--partial) or metric rows. Rows cannot tell which people two of them
share, nor their common percentiles; where that matters it is said, and tallies
know. A share of fewer than twenty is shown as it was counted; what nothing is
known of is said to be not known, never 0. Changes from week to week compare the
same weekdays of both. Of years in which there is nothing, only the ends are listed.

A date of a lake whose files cannot be used is named on standard error and left
out; the exit status is then 3. --format json has every number of the report.

--html FILE writes a page in place of the text: one file that asks nothing of any
other, with charts and the numbers behind them, for browsers, phones and paper.
Budgets ([budget] day, week, month, team.NAME.month, in dollars, in the settings
file) stand on it beside what was spent.
"""

import argparse
import json
import os
import shutil
import sys
from typing import TYPE_CHECKING, Callable, Iterator

from .. import options, storage
from ..errors import OK, PARTIAL, UserError
from ..storage.local import refuse_shared
from ..term import Style

if TYPE_CHECKING:       # the room is imported by the functions that work with it: --help needs none of it, a page no text
    from ..report.evidence import Evidence

EXAMPLES = """
llmops report lake/
llmops report lake/ --from 2026-03-01 --to 2026-03-31 --format markdown > march.md
llmops report lake/ --html report.html
llmops report lake/ --format json | jq .teams
llmops aggregate --partial conversations.jsonl | llmops report
"""

FORMATS = ("text", "markdown", "json")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_streams(parser, output="the report")
    parser.add_argument("--from", dest="first", type=options.date, metavar="DATE", help="the first day that counts")
    parser.add_argument("--to", dest="last", type=options.date, metavar="DATE", help="the last day that counts")
    parser.add_argument("--html", metavar="FILE", help="write a page for browsers there; the text is then printed only with --format or -o")
    parser.add_argument("--format", choices=FORMATS, help="for a terminal (default), tables for a page, or every number")
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    parser.add_argument("--week-start", choices=("mon", "sun"), help="first day of a week (default: mon, ISO 8601)")


def run(args: argparse.Namespace) -> int:
    from ..monitor.budgets import budgets_of
    from ..report.evidence import Evidence
    from ..report.summary import summary
    if args.first and args.last and args.first > args.last:
        raise UserError("--from is later than --to", hint="the earlier date first")
    refuse_shared({"-o": args.output, "--html": args.html})
    refuse_shared({"--rejects": args.rejects, "--html": args.html}, args.files)
    if args.html:
        budgets_of(args.settings.table("budget"), "budget")     # refuses what is no budget
    evidence = Evidence(args.first, args.last, args.week_start)
    lines = None
    if any(map(_is_lake, args.files)):
        problems = _read_lake(args, evidence)
    else:
        problems, lines = _read_files(args, evidence)
    if lines == 0 and not problems:
        options.notice(args)("no numbers in it")
    else:
        _refuse_nothing(args, evidence, bool(lines))
    numbers = summary(evidence)
    if args.html:
        from ..report import page
        with storage.create(args.html) as output:
            output.write(page.html(numbers, budget=args.settings.table("budget")).encode("utf-8", "backslashreplace"))
    if args.format or args.output or not args.html:
        with storage.create(args.output) as output:
            output.writelines(f"{line}\n".encode("utf-8", "backslashreplace") for line in _lines(args, numbers))
    return PARTIAL if problems else OK


def _is_lake(address: str) -> bool:
    """Whether an address is a folder; in a bucket, one whose last name has no ending."""
    return "." not in address.rstrip("/").rpartition("/")[2] if storage.is_remote(address) else os.path.isdir(address)


def _read_lake(args: argparse.Namespace, evidence: "Evidence") -> int:
    """Add what the lake holds; how many of its files cannot be used."""
    from ..report import gather
    from ..report.lakefiles import open_lake
    if len(args.files) > 1:
        raise UserError("one lake at a time", hint="llmops report LAKE, or llmops report FILE...")
    problems = []

    def complain(file: str, reason: str) -> None:
        problems.append(file)
        sys.stderr.write(f"llmops: {file}: {reason}\n")

    gather.from_lake(open_lake(args.files[0]), evidence, complain)
    return len(problems)


def _read_files(args: argparse.Namespace, evidence: "Evidence") -> tuple[int, int]:
    """Add tallies, rows and daily documents; how many lines were none of them, and how many lines there were."""
    with options.rejecting(args, options.notice(args)) as rejects:
        reader = options.reader(args, rejects)
        for record in reader:
            if "messages" in record and isinstance(record["messages"], list) or "event_time" in record:
                raise UserError("these are not numbers yet", where=f"{reader.name}:{reader.line}",
                                hint="llmops aggregate --partial FILE | llmops report")
            try:
                evidence.add_record(record)
            except ValueError as error:
                reader.reject(str(error))
    args.progress.done()
    return rejects.count, reader.lines_read


def _refuse_nothing(args: argparse.Namespace, evidence: "Evidence", of_files: bool) -> None:
    """UserError when there is nothing to report, with the dates that there are."""
    if evidence.total().parts:
        return
    where = args.files[0] if args.files and args.files != ["-"] else "standard input"
    dates = sorted(evidence.dates_seen - {"unknown"} - set(evidence.left_out))
    if evidence.left_out and not dates:
        raise UserError("no date has numbers that can be used", where=where, hint="llmops run --force makes them anew from the landing")
    if of_files and not evidence.dates_seen:
        raise UserError("no numbers to report", where=where, hint="report reads the folder of a lake, or JSON lines of llmops aggregate (--partial, --format jsonl or daily)")
    if not dates:
        raise UserError("no numbers to report", where=where, hint="llmops run LOGS -o LAKE makes a lake of them")
    if not (args.first or args.last):
        raise UserError("no conversations on any of its dates", where=where,
                        hint=f"{evidence.rejected:,} lines were rejected: reports/date=*/rejects.jsonl says why" if evidence.rejected else "")
    span = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]} ({len(dates)} dates)"
    raise UserError(f"nothing {f'from {args.first} ' * bool(args.first)}{f'to {args.last} ' * bool(args.last)}".rstrip(), where=where, hint=f"there is {span}")


def _lines(args: argparse.Namespace, numbers: dict) -> Iterator[str]:
    from ..report import markdown, text
    forms: dict[str, Callable[[], Iterator[str]]] = {
        "text": lambda: text.lines(numbers, _columns(args), options.paint(args) if not args.output or args.color == "always" else Style(False)),
        "markdown": lambda: markdown.lines(numbers),
        "json": lambda: iter([json.dumps(numbers, indent=1, ensure_ascii=False)])}
    return forms[args.format or "text"]()


def _columns(args: argparse.Namespace) -> int:
    """As wide as the terminal; eighty in a file or pipe, unless $COLUMNS says otherwise."""
    return 80 if args.output and "COLUMNS" not in os.environ else shutil.get_terminal_size((80, 24)).columns
