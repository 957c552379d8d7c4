"""Erase one person from a lake: from what came in, the sanitized events, the conversations and the feedback.

The metrics of the dates that this touches are made anew, all of it happens or
none of it, and a receipt without content says what was taken out of where. The
id may be given as it was logged, with the $LLMOPS_HASH_KEY that the lake was
filled with, or as the pseudonym that sanitizing made of it.
The lake remembers its time zone and how its inputs were sanitized: metrics are
counted as they were.

With --show nothing is erased: everything that is held of the person is written
out, one JSON line a record. Copies outside the lake are not reached; nor is what
others wrote about the person.
"""

import argparse
import os
import sys
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Callable

from .. import options, storage
from ..errors import OK, UserError
from ..jsonl import dump
from ..records import utc_stamp
from .ingest import add_format_options, ingest_from
from .run import labelled_by

if TYPE_CHECKING:
    from ..keys import HashKey
    from ..pipeline.lake import Lake
    from ..pipeline.person import Person

EXAMPLES = """
llmops forget lake/ --user ann@example.org --show > what-we-hold.jsonl
llmops forget lake/ --user ann@example.org
llmops forget lake/ --user user-44babf3d44d6 --yes
"""

SETTINGS_OF = ("run", "assemble", "classify")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lake", metavar="LAKE", help="what llmops run wrote, a folder or s3://bucket/prefix")
    parser.add_argument("--user", required=True, metavar="ID", help="the person, as logged or as the pseudonym")
    parser.add_argument("--show", action="store_true", help="erase nothing: write out what is held")
    parser.add_argument("--yes", action="store_true", help="do not ask on a terminal")
    parser.add_argument("--wait", action="store_true", help="when a run holds the lake, wait for it")
    options.add_output(parser, "what is held, or the receipt,")
    add_format_options(parser)
    parser.add_argument("--model", metavar="FILE", help="the model that classifies conversations which lose a part")
    parser.add_argument("--gap", type=options.duration, metavar="TIME", help="silence that ends a conversation without an id (default: 30m)")
    parser.add_argument("--memory", type=options.byte_size, metavar="SIZE", help="what may be held before sorting goes to disk (default: 64M)")
    options.add_calendar(parser)


def run(args: argparse.Namespace) -> int:
    if not args.user.strip():
        raise UserError("forget: --user is empty")
    with options.opened_lake(args.lake, begun=True) as lake:
        return _forget(args, lake)


def _forget(args: argparse.Namespace, lake: "Lake") -> int:
    from ..classify.local import Model
    from ..keys import HashKey, alias
    from ..pipeline import forget
    from ..pipeline.memory import timezone_of
    from ..pipeline.person import Person
    from ..pipeline.publish import Settings
    say = options.notice(args)
    key = HashKey(os.environ, say, shared=storage.is_remote(args.lake))
    person = Person(args.user.strip(), alias(key))
    now = utc_stamp(datetime.now(timezone.utc).replace(microsecond=0))
    with storage.create(args.output) as output, lake.locked(args.wait, now):
        lake.recover()
        _refuse_another_key(args, lake, person, key, say)
        if args.show:
            found = 0
            for row in forget.everything(lake, person, ingest_from(args)):
                found += 1
                output.write(dump(row) + b"\n")
            if not found:
                say("nothing is held of that person")
            return OK
        if not args.yes and sys.stdin is not None and sys.stdin.isatty():
            sys.stderr.write("Erase that person from the lake for good? [y/N] ")
            sys.stderr.flush()
            if sys.stdin.readline().strip().lower() not in ("y", "yes"):
                raise UserError("forget: nothing was erased")
        if "timezone" in args.defaulted:
            args.timezone = timezone_of([*lake.manifests("done").values(), *lake.manifests("pending").values()]) or args.timezone
        settings = Settings(options.calendar(args), args.gap, args.memory, 0, labelled_by(Model.load(args.model)), lambda date: True, "")
        receipt = forget.forget(lake, person, ingest_from(args), settings, now, options.masker())
        output.write(dump(receipt) + b"\n")
        if not any(value for key, value in receipt.items() if key != "time"):
            say("nothing is held of that person")
    return OK


def _refuse_another_key(args: argparse.Namespace, lake: "Lake", person: "Person", key: "HashKey", say: Callable[[str], None]) -> None:
    """UserError when the lake's pseudonyms were made with other keys than this one, so that the person's is not known."""
    if len(person.names) == 1:
        return              # the id is none that becomes a pseudonym, or is one
    made_with = {part for date in lake.partitions("reports") for part in ((lake.read_json(f"reports/date={date}/run_latest.json") or {}).get("key_id") or "").split(", ")}
    made_with |= {manifest.get("key", "") for state in ("done", "pending") for manifest in lake.manifests(state).values()}
    others = made_with - {"", key.id()}
    if others and key.id() not in made_with:
        raise UserError("the pseudonyms in this lake were made with another key, so that person cannot be told from others", where=args.lake,
                        hint="set $LLMOPS_HASH_KEY as it was when the lake was filled, or give the pseudonym")
    if others:
        say("some pseudonyms in this lake were made with another key: do the same with that one as well")
