"""Count conversations: one row a group, sorted, with usage, cost, latency, errors, leaks and opinions.

Reads conversations, or events, which it assembles first. A row has the keys of
--by, then conversation_count, total_turns, total_chars_user,
total_chars_assistant (Unicode code points), users (distinct; users_exact says
whether that is a count or an estimate), input_tokens, output_tokens, cost_usd
(null when no message says what it cost), errors, latency_ms_p50, _p95, _p99
(within 1 %), pii_findings (the [KIND] tokens that sanitize left), feedback_up,
feedback_down, and what these rest on: messages, replies, replies_priced,
replies_timed. A missing key counts as "unknown".

--partial writes tallies that can be added, --merge adds them: in any order and
number of parts, on any machine, the result is the same to the byte.
"""

import argparse
import gc

from .. import options
from ..errors import OK, PARTIAL, UserError
from ..metrics import aggregate, formats
from ..pipeline.counting import Counting

EXAMPLES = """
llmops aggregate conversations.jsonl
llmops aggregate --by week,team --format table conversations.jsonl
llmops aggregate --partial monday.jsonl > monday.tally; llmops aggregate --merge *.tally
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_streams(parser)
    parser.add_argument("--by", type=options.names, metavar="KEYS", help="keys of a group: any key, and date week month hour (default: date,team,task_category)")
    parser.add_argument("--format", choices=(*formats.FORMATS, "daily"), help="form of the rows (default: jsonl); daily: one metrics document a date")
    parser.add_argument("--merge", action="store_true", help="read tallies in place of conversations")
    parser.add_argument("--partial", action="store_true", help="write tallies in place of rows")
    parser.add_argument("--since", type=options.date, metavar="DATE", help="only conversations that began on that date or later")
    parser.add_argument("--until", type=options.date, metavar="DATE", help="only conversations that began on that date or earlier")
    parser.add_argument("--gap", type=options.duration, metavar="TIME", default=1800.0, help="events without a conversation id: silence that ends one (default: 30m)")
    parser.add_argument("--memory", type=options.byte_size, metavar="SIZE", default=48 << 20, help="events: what may be held before sorting goes to disk (default: 48M)")
    options.add_calendar(parser, weeks=True)


def run(args: argparse.Namespace) -> int:
    calendar = options.calendar(args)
    if args.merge and (args.since or args.until) and "date" not in args.by:
        raise UserError("--since and --until cannot choose among tallies that say no date", hint="choose when they are made, with --partial")
    totals = aggregate.Aggregator(args.by, calendar, own_dates="timezone" in args.defaulted, since=args.since, until=args.until, memory=args.memory)
    counting = Counting(totals, calendar, merge=args.merge, gap=args.gap, memory=args.memory)
    gc.disable()        # nothing here is held in a circle, and looking for circles takes its time
    with options.streams(args) as (reader, output):
        counting.read(reader)
        counting.finish(reader.rejects)
        if args.partial:
            rows = formats.jsonl(totals.partials())
        elif args.format == "daily":
            rows = formats.jsonl(aggregate.daily(totals))
        else:
            rows = formats.FORMATS[args.format](totals.rows())
        output.writelines(rows)
    return PARTIAL if reader.rejects.count else OK
