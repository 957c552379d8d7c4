"""Make events of any log: one message a line, each message once, times in UTC.

The format is told by a file's first records; --list-formats names those that are
known, --from names one, and --map reads any other form. Calls that carry their
whole history (API logs) give each message once. Times without a zone are UTC.
Records that are no messages are passed over and counted. A FILE may be a .zip of
an account export, the SQLite log of the llm program, or a folder of sessions
(claude-code, codex).
"""

import argparse
import re
from typing import TYPE_CHECKING, Callable

from .. import options, term
from ..errors import OK, PARTIAL, UserError
from ..jsonl import BadLine, dump
from ..logs import formats
from ..storage import create
from ..storage.local import refuse_shared

if TYPE_CHECKING:       # for --help the names of the formats are enough
    from ..logs.ingest import Ingest
    from ..logs.people import People
    from ..logs.pricing import Pricing

NAMED = 5       # models without a price that are named

EXAMPLES = """
llmops ingest gateway.jsonl.gz -o events.jsonl
llmops ingest --from bedrock invocations/*.json.gz | llmops assemble
llmops ingest --map event_time=ts --map content=body.text --map role==user app.jsonl
llmops ingest --from oasst --set event_time=2026-01-03T10:15:00Z trees.jsonl.gz
llmops ingest --people people.csv --set release=v42 gateway.jsonl
llmops ingest ~/.claude/projects ~/.codex -o sessions.jsonl
llmops ingest --list-formats
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_streams(parser, output="the events")
    add_format_options(parser)
    parser.add_argument("--memory", type=options.byte_size, metavar="SIZE", help="what may wait for the end of the input before it goes to disk (default: 256M)")
    parser.add_argument("--list-formats", action="store_true", help="print each format: its name, what it is, where such a file comes from")


def add_format_options(parser: argparse.ArgumentParser, people: str = "teams where the log has none") -> None:
    """How logs are read, for every command that reads them."""
    parser.add_argument("--from", dest="format", choices=("auto", *formats.NAMES), default="auto", metavar="FORMAT",
                        help="the format (default: auto, told by each file's first records)")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a constant for every event; event_time for formats without times")
    parser.add_argument("--map", action="append", default=[], metavar="KEY=PATH",
                        help="where a key stands in a record of another form, as body.text, messages.0.text, messages.*.text; KEY==TEXT is a constant")
    parser.add_argument("--people", metavar="FILE", help=f"CSV or JSON lines: user_id, team, cost_center, from, until; {people}")


def pricing_from(args: argparse.Namespace) -> "Pricing":
    """What gives messages their price, at the settings' own prices and the table's."""
    from ..llm.prices import Prices
    from ..logs.pricing import Pricing
    return Pricing(Prices(args.settings.table("prices")))


def people_from(args: argparse.Namespace) -> "People | None":
    """Who belongs to which team, out of the file that --people names."""
    from ..logs import people
    return people.read(args.people) if args.people else None


def ingest_from(args: argparse.Namespace, pricing: "Pricing | None" = None, known: "People | None" = None) -> Callable[[], "Ingest"]:
    """A maker of readers, as the options ask. `known` are the people where their file has been read already."""
    from ..logs.ingest import Ingest
    given, mapping = _pairs(getattr(args, "set"), "--set"), _pairs(args.map, "--map")
    known = known or people_from(args)
    memory = getattr(args, "memory", None) or 256 << 20
    Ingest(args.format, given, mapping, known)      # what is wrong with the options is said before any file is read
    return lambda: Ingest(args.format, given, mapping, known, memory, pricing)


def run(args: argparse.Namespace) -> int:
    if args.list_formats:
        with create(args.output) as output:
            for line in term.table([["format", "what it is", "where it comes from"], *([form.name, form.what, form.where] for form in formats.FORMATS)]):
                output.write(line.encode() + b"\n")
        return OK
    from ..logs import sources
    refuse_shared({"--rejects": args.rejects}, [*args.files, args.people])
    refuse_shared({"-o": args.output}, [args.people])
    pricing = pricing_from(args)
    ingest = ingest_from(args, pricing)()
    events = 0
    with options.streams(args, sources.open_sources) as (reader, output):
        write = output.write
        for taken in ingest.feed(reader):
            if taken.copy:
                write(taken.copy)
                write(b"\n")
                events += 1
                continue
            for event in taken.events:
                try:
                    write(dump(event) + b"\n")
                    events += 1
                except BadLine as error:
                    reader.reject(error.reason)
    _say_how_it_went(args, ingest, events)
    say_of_prices(pricing, options.notice(args))
    return PARTIAL if reader.rejects.count else OK


def _say_how_it_went(args: argparse.Namespace, ingest: "Ingest", events: int) -> None:
    skipped = ingest.skipped
    if not (skipped or args.verbose):
        return
    parts = [term.count(events, "event")]
    parts += [f"{term.count(files, 'file')} of {name}" for name, files in sorted(ingest.found.items())] if args.verbose else []
    parts += [f"{term.count(ingest.repeated, 'repeat')} written once"] if ingest.repeated and args.verbose else []
    parts += [f"skipped: {', '.join(f'{count:,} {what}' for what, count in sorted(skipped.items()))}"] if skipped else []
    options.notice(args)("; ".join(parts))


def say_of_prices(pricing: "Pricing", say: Callable[[str], None]) -> None:
    """Name the models that no price is known of, and the table when it is old."""
    if pricing.unknown:
        named = [f"{_shown(model)} ({number:,})" for model, number in pricing.unknown.most_common(NAMED)]
        more = f" and {len(pricing.unknown) - NAMED:,} more" if len(pricing.unknown) > NAMED else ""
        say(f"no price known of {term.count(pricing.unknown.total(), 'message')}, cost is null: {', '.join(named)}{more}; [prices] in llmops.toml gives one")
    if pricing.stale:
        say(f"the table of prices is of {pricing.stale}, messages are newer by months; [prices] in llmops.toml goes before it")


def _shown(model: str) -> str:
    """The name of a model, where it looks like one: a log may hold anything in its place."""
    return model if re.fullmatch(r"[\w.:/-]{1,100}(@\d{1,8})?", model) else "one of an odd name" if model else "no model said"


def _pairs(listed: list[str], option: str) -> dict[str, str]:
    pairs = {}
    for text in listed:
        key, equals, value = text.partition("=")
        if not key or not equals or not value:
            raise UserError(f"{text!r} is not KEY=VALUE", where=option, hint=f"as in {option} team=Sales")
        pairs[key.strip()] = value
    return pairs
