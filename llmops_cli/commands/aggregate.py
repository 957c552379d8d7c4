"""Count conversations: one row a group, sorted, with usage, cost, latency, errors, leaks and opinions.

Reads conversations, or events, which it assembles first. A row has the keys of
--by, then conversation_count, total_turns, total_chars_user,
total_chars_assistant (Unicode code points), users (distinct; users_exact says
whether that is a count or an estimate), input_tokens, output_tokens, cost_usd
(null when no message says what it cost), errors, latency_ms_p50, _p95, _p99
(within 1 %), pii_findings (the [KIND] tokens that sanitize left), feedback_up,
feedback_down, and what these rest on: messages, replies, replies_priced,
replies_timed; then the tokens that were cached or thought, headcount and
adoption. A missing key counts as "unknown". docs/metrics.md defines each number.

--partial writes tallies that can be added, --merge adds them: in any order and
number of parts, on any machine, the result is the same to the byte. More groups
than --memory holds go to temporary files; --compare and --adoption hold something
of every group.
"""

import argparse
import gc
from itertools import chain
from typing import Any, Callable, Iterator

from .. import options, storage
from ..errors import OK, PARTIAL, UserError, nearest
from ..jsonl import Reader
from ..metrics import formats
from ..metrics.adoption import Headcount
from ..metrics.aggregate import Aggregator
from ..metrics.compare import Comparison
from ..metrics.opinions import Opinions
from ..metrics.periods import CALENDAR_KEYS
from ..metrics.rows import columns, daily, rows
from ..metrics.tally import Tally
from ..pipeline.counting import Counting
from ..pipeline.memory import UNTELLABLE
from ..records import UNKNOWN, Calendar, refuse_backwards
from ..storage.local import refuse_shared

EXAMPLES = """
llmops aggregate conversations.jsonl
llmops aggregate --by week,team --compare --format table conversations.jsonl
llmops aggregate --by month,task_category --adoption --people people.csv conversations.jsonl
llmops aggregate --format focus conversations.jsonl > charges.csv
llmops aggregate --partial monday.jsonl > monday.tally; llmops aggregate --merge *.tally
"""

SETTINGS_OF = ("sanitize",)
STYLES = ("label", "label-numbered", "hash", "partial", "remove", "fake")
USUAL_KEYS = (*CALENDAR_KEYS, "team", "task_category", "sub_category", "user_id", "model", "release", "prompt_version", "region", "project", "cost_center",
              "classified_by", "conversation_id")
BY_OF_CHARGES = ("date", "team", "model")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_streams(parser)
    parser.add_argument("--by", type=options.names, metavar="KEYS", help="keys of a group: any key, and date week month hour (default: date,team,task_category)")
    parser.add_argument("--format", choices=(*formats.FORMATS, "daily", "focus"),
                        help="form of the rows (default: jsonl); daily: one metrics document a date; focus: cost rows of FOCUS 1.2 as CSV, by date,team,model")
    parser.add_argument("--merge", action="store_true", help="read tallies in place of conversations")
    parser.add_argument("--partial", action="store_true", help="write tallies in place of rows")
    parser.add_argument("--compare", action="store_true", help="add the change since the day, week or month before, with the range that chance alone leaves")
    parser.add_argument("--adoption", action="store_true", help="add who is new, conversations a user, the share of teams that are active")
    parser.add_argument("--people", metavar="FILE", help="CSV or JSON lines: user_id or headcount, team, cost_center, from, until; for headcount and adoption")
    parser.add_argument("--feedback", metavar="FILE", help="verdicts on messages and conversations, as feedback export writes them")
    parser.add_argument("--since", type=options.date, metavar="DATE", help="only conversations that began on that date or later")
    parser.add_argument("--until", type=options.date, metavar="DATE", help="only conversations that began on that date or earlier")
    parser.add_argument("--gap", type=options.duration, metavar="TIME", default=1800.0, help="events without a conversation id: silence that ends one (default: 30m)")
    parser.add_argument("--memory", type=options.byte_size, metavar="SIZE", default=48 << 20, help="what groups and events may take before they go to disk (default: 48M)")
    parser.add_argument("--as", dest="style", choices=STYLES, metavar="STYLE", help="how sanitize replaced findings; after partial, remove and fake pii_findings is null")
    parser.add_argument("--rules", metavar="FILE", help="the rules that sanitize had: their own kinds are counted, too")
    parser.add_argument("-j", "--jobs", type=options.whole, default=1, metavar="N", help="count conversations and tallies in N processes (default: 1); events are assembled in one")
    options.add_calendar(parser, weeks=True)


def run(args: argparse.Namespace) -> int:
    calendar = options.calendar(args)
    by = BY_OF_CHARGES if args.format == "focus" and "aggregate.by" in args.defaulted else args.by
    _refuse_what_cannot_be(args, by)
    headcount = _headcount(args.people, by, args.week_start) if args.people else None
    comparison = Comparison(by, args.week_start) if args.compare else None
    opinions = Opinions() if args.feedback else None
    kinds = _own_kinds(args.rules)

    def counter(memory: int, apart: list[bytes] | None = None) -> Counting:
        totals = Aggregator(by, calendar, own_dates="timezone" in args.defaulted, since=args.since, until=args.until, memory=memory // 2,
                            opinions=opinions, findings_known=args.style not in UNTELLABLE, kinds=kinds)
        return Counting(totals, calendar, merge=args.merge, gap=args.gap, memory=memory, apart=apart)

    counting = counter(args.memory)
    totals = counting.totals
    gc.disable()        # nothing here is held in a circle, and looking for circles takes its time
    with options.streams(args) as (reader, output):
        if opinions:
            _hear(opinions, Reader([storage.open_source(args.feedback)], reader.rejects))
        if args.jobs > 1 and args.on_error != "stop":
            _read_in_parallel(reader, counting, lambda apart: counter(args.memory // args.jobs, apart), args.jobs)
        else:
            counting.read(reader)
        counting.finish(reader.rejects)
        if args.partial:
            output.writelines(formats.jsonl(totals.partials()))
        elif args.format == "focus":
            output.writelines(_charges(args, totals, calendar))
        elif args.format == "daily":
            output.writelines(formats.jsonl(daily(totals, headcount)))
        elif args.format == "csv":
            output.writelines(formats.comma_separated(rows(totals, headcount, comparison, args.adoption), columns(by, args.compare, args.adoption)))
        else:
            output.writelines(formats.FORMATS[args.format](rows(totals, headcount, comparison, args.adoption)))
    for key in _unheard_of(by, totals):
        options.notice(args)(f"nothing that was counted says {key!r}: {nearest(key, USUAL_KEYS)}")
    if totals.spilled:
        options.notice(args)("more groups than --memory holds: some waited in temporary files, the rows are the same")
    return PARTIAL if reader.rejects.count else OK


def _unheard_of(by: tuple[str, ...], totals: Aggregator) -> list[str]:
    """Keys of --by that nothing that was counted says: misspelt, most likely."""
    silent = [place for place, key in enumerate(by) if key not in USUAL_KEYS]
    counted = False
    if silent:
        for group, _ in totals.groups():
            counted, silent = True, [place for place in silent if group[place] == UNKNOWN]
    return [by[place] for place in silent if counted]


def _refuse_what_cannot_be(args: argparse.Namespace, by: tuple[str, ...]) -> None:
    refuse_backwards(args.since, args.until)
    beside = [args.people, args.feedback, args.rules]
    refuse_shared({"-o": args.output}, beside)
    refuse_shared({"--rejects": args.rejects}, [*args.files, *beside])
    calendar_keys = tuple(key for key in by if key in CALENDAR_KEYS)
    numbers = columns(calendar_keys, args.compare, args.adoption)
    for key in by:
        if key in numbers and key not in calendar_keys:
            raise UserError(f"--by {key}: every row has a number of that name", hint=f"one of: {', '.join(USUAL_KEYS)}")
    if args.merge and (args.since or args.until) and "date" not in by:
        raise UserError("--since and --until cannot choose among tallies that say no date", hint="choose when they are made, with --partial")
    if args.merge and args.feedback:
        raise UserError("--feedback cannot join tallies, which say no ids", hint="join when they are made, with --partial")
    if args.feedback == "-" and ("-" in args.files or not args.files):
        raise UserError("standard input cannot be both the conversations and the verdicts", hint="name a file for one of them")
    if args.partial and (args.compare or args.adoption or args.people):
        raise UserError("--partial writes tallies, not rows", hint="give --compare, --adoption and --people with --merge")
    if (args.compare or args.adoption) and args.format in ("daily", "focus"):
        raise UserError(f"--format {args.format} has no place for what --compare and --adoption add", hint="--format jsonl, json, csv, markdown or table")


def _hear(opinions: Opinions, verdicts: Reader) -> None:
    """Take the verdicts of --feedback."""
    for record in verdicts:
        if problem := opinions.add(record):
            verdicts.reject(problem)


def _read_in_parallel(reader: Reader, counting: Counting, counter: Callable[[list[bytes]], Counting], jobs: int) -> None:
    """Count the inputs in several processes, and add up what they have counted. Events are for one process to assemble."""
    from .. import parallel
    pieces = reader.pieces()
    first = next(pieces, None)
    if first is None:
        return

    def work(share: Reader) -> Iterator[Any]:
        apart: list[bytes] = []
        own = counter(apart)
        own.read(share)
        for group, tally in own.totals.groups():
            yield group, tally.packed()
        yield from apart

    pieces = chain([first], pieces)
    if not any(key in first[2][:1 << 16] for key in (b'"messages"', b'"tally_version"')):
        counting.read(parallel.reader_of(pieces, reader.rejects))
        return
    for result in parallel.shares(reader, pieces, jobs, work):
        if result.__class__ is bytes:
            counting.take(result)
        else:
            counting.totals.absorb(result[0], Tally.unpacked(result[1]))


def _headcount(address: str, by: tuple[str, ...], week_start: str) -> Headcount:
    """Who could be users, out of a file of people."""
    from ..logs import people
    return Headcount(by, week_start, people.read(address))


def _own_kinds(rules: str | None) -> set[str]:
    """The kinds that a file of rules brings."""
    if not rules:
        return set()
    from ..pii import catalogue
    return {rule.kind for rule in catalogue.from_rules_file(rules)}


def _charges(args: argparse.Namespace, totals: Aggregator, calendar: Calendar) -> Iterator[bytes]:
    from ..metrics import focus
    charges = focus.Charges(totals.by, calendar)
    yield from focus.comma_separated(charges.rows(totals.groups()))
    if charges.unpriced:
        options.notice(args)(f"{charges.unpriced:,} groups used tokens at a cost that is not known, and are left out")
