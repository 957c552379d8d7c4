"""The sanitized conversations behind a number of a lake: of a date, a team, a task, a kind of leak.

What is asked for must all be true of a conversation. Text to read, or with
--json the conversations as they stand in the lake, one a line. Exit status 1
when there is none.
"""

import argparse
import os
from typing import TYPE_CHECKING

from .. import options, storage
from ..errors import FOUND, OK, UserError

if TYPE_CHECKING:
    from ..pipeline.lake import Lake

EXAMPLES = """
llmops show lake/ --kind SECRET --team Engineering
llmops show lake/ --date 2026-03-03 --category 'Technical Help' --limit 5
llmops show lake/ --conversation c_123 --json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lake", metavar="LAKE", help="what llmops run wrote, a folder or s3://bucket/prefix")
    parser.add_argument("--conversation", metavar="ID", default="", help="this conversation")
    parser.add_argument("--date", type=options.date, metavar="DATE", help="conversations that began on this date")
    parser.add_argument("--team", metavar="NAME", default="", help="of this team; unknown for those without one")
    parser.add_argument("--category", metavar="LABEL", default="", help="about this task")
    parser.add_argument("--kind", metavar="KIND", default="", help="in which this kind of personal data or secret was found, as EMAIL")
    parser.add_argument("--user", metavar="ID", default="", help="of this person, as the lake names them")
    parser.add_argument("--model", metavar="NAME", default="", help="answered by this model")
    parser.add_argument("--errors", action="store_true", help="in which a reply failed")
    parser.add_argument("--limit", type=options.whole, metavar="N", help="the first N")
    parser.add_argument("--json", action="store_true", help="JSON lines in place of text")
    options.add_output(parser, "the conversations")


def run(args: argparse.Namespace) -> int:
    if not storage.is_remote(args.lake) and not os.path.isdir(args.lake):
        raise UserError("there is no lake", where=args.lake, hint="the folder that llmops run wrote")
    with options.opened_lake(args.lake) as lake:
        return _show(args, lake)


def _show(args: argparse.Namespace, lake: "Lake") -> int:
    from ..pipeline import show
    from ..pipeline.memory import tellable
    dates = lake.partitions("conversations")
    if not dates:
        raise UserError("holds no conversations", where=args.lake, hint="llmops run makes them")
    if args.date and args.date not in dates:
        raise UserError(f"has nothing of {args.date}", where=args.lake, hint=f"it has {dates[0]} to {dates[-1]}")
    wanted = show.Wanted(args.conversation, args.date or "", args.team, args.category, args.kind.upper(), args.user, args.model, args.errors)
    shown = 0
    with storage.create(args.output) as output:
        for line, record in show.conversations(lake, wanted):
            output.write(line + b"\n" if args.json else ("\n".join(show.transcript(record)) + "\n").encode("utf-8", "backslashreplace"))
            shown += 1
            if shown == args.limit:
                break
    if not shown:
        untold = bool(args.kind) and not all(map(tellable(lake.manifests("done").values()), dates))
        options.notice(args)("no conversation is like that" + untold * ": some were sanitized --as partial or remove, and do not say what was found in them")
    return OK if shown else FOUND
