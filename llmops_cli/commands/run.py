"""The whole pipeline: logs in, a lake out with sanitized events, conversations, daily metrics and run reports.

Without INPUT it takes in what lies under LAKE/landing/. Run it again and nothing
is counted twice; kill it, run it again, and it finishes. A conversation counts on
the date of its first event; parts that come later reopen that date within
--lookback days. Lines that are not events are set aside in
reports/date=D/rejects.jsonl (nothing personal in it), and the exit status is 3.

    LAKE/landing/date=D/               what came in, never touched
    LAKE/sanitized/date=D/             events without personal data
    LAKE/conversations/date=D/         assembled and classified
    LAKE/curated/metrics_daily/date=D/ metrics.json, tallies.jsonl
    LAKE/reports/date=D/               run_latest.json, rejects.jsonl
"""

import argparse
import os
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Callable, Iterable, Iterator, NamedTuple

from .. import options, storage, term
from ..errors import OK, UserError, nearest, worst
from ..jsonl import dump, parse
from ..records import UNKNOWN, utc_stamp
from .ingest import add_format_options, ingest_from, people_from, pricing_from, say_of_prices

if TYPE_CHECKING:       # the rooms are imported by the functions that work with them: they are many, and --help needs none
    from ..classify.local import Model
    from ..pipeline.lake import Lake
    from ..pipeline.run import Outcome

EXAMPLES = """
llmops run chat-logs/*.jsonl.gz -o lake/
llmops run --date 2026-01-03 gateway.jsonl -o lake/      # only what is dated that day
llmops run -o lake/                                      # what lies in lake/landing/ and is new
llmops run --from bedrock invocations.json.gz -o lake/ --timezone Europe/Oslo
"""

SETTINGS_OF = ("sanitize", "assemble", "classify")
STYLES = ("label", "label-numbered", "hash", "partial", "remove")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", metavar="INPUT", help="logs, plain or .gz .bz2 .xz, exports in a .zip, a folder of sessions; - is standard input; none: LAKE/landing/")
    parser.add_argument("-o", "--output", metavar="LAKE", required=True, help="where everything is written, a folder or s3://bucket/prefix")
    add_format_options(parser, people="teams where the log has none, and headcount and adoption of the metrics")
    parser.add_argument("--date", type=options.date, metavar="DATE", help="take only what is dated DATE; inputs are kept whole under landing/date=DATE")
    parser.add_argument("--dates", type=_span, metavar="A..B", help="take only conversations of these dates")
    parser.add_argument("--since", type=options.date, metavar="DATE", help="take only conversations of that date or later")
    parser.add_argument("--with", dest="labeller", choices=("local", "openai", "bedrock"), help="who classifies: the model on this machine (default), or a provider's")
    parser.add_argument("--model", metavar="MODEL", help="a model file of llmops train; with a provider the id of its model")
    parser.add_argument("--base-url", metavar="URL", help="with a provider: the server")
    parser.add_argument("--concurrency", type=options.whole, metavar="N", help="with a provider: calls at a time (default: 16)")
    parser.add_argument("--pack", type=options.whole, metavar="N", help="with a provider: conversations in a call (default: 1)")
    parser.add_argument("--max-usd", type=options.dollars, metavar="X", help="with a provider: spend no more than that")
    parser.add_argument("--cache", metavar="DIR", help="with a provider: where answers are kept, so that none is paid twice (default: LAKE/.llmops/answers)")
    options.add_detectors(parser)
    parser.add_argument("--as", dest="style", choices=STYLES, metavar="STYLE", help="what stands in place of personal data (default: label)")
    parser.add_argument("--gap", type=options.duration, metavar="TIME", help="silence that ends a conversation without an id (default: 30m)")
    parser.add_argument("--memory", type=options.byte_size, metavar="SIZE", help="what may be held before sorting goes to disk (default: 64M)")
    parser.add_argument("--lookback", type=options.days, metavar="DAYS", help="how many days back a late message may reopen (default: 2)")
    parser.add_argument("--no-landing", action="store_true", help="store nothing that is not sanitized")
    parser.add_argument("--stages", type=_stages, metavar="NAMES", default=_stages(",".join(STAGES)), help="only these, of landing,sanitized,conversations,curated,reports: the first two take in, the others publish")
    parser.add_argument("--force", action="store_true", help="make everything in the lake anew")
    parser.add_argument("--dry-run", action="store_true", help="say what would be taken in; write nothing")
    parser.add_argument("--wait", action="store_true", help="when another run holds the lake, wait for it")
    parser.add_argument("--on-error", choices=("skip", "stop"), help="a bad line: set it aside and exit 3 at the end (default), or stop with 2")
    parser.add_argument("-j", "--jobs", type=options.whole, default=1, metavar="N", help="work in N processes; the same bytes come out")
    options.add_calendar(parser)


def run(args: argparse.Namespace) -> int:
    from .. import parallel
    from ..classify.local import Model
    from ..keys import HashKey
    from ..metrics.adoption import Headcount
    from ..metrics.aggregate import BY
    from ..pii.records import Sanitizer
    from ..pii.redaction import Redactor
    from ..pipeline.intake import Tools, identify
    from ..pipeline.memory import way
    from ..pipeline.prune import kept_from
    from ..pipeline.publish import Settings
    from ..pipeline.run import Clock, landed_inputs, run as run_pipeline
    say = options.notice(args)
    key = HashKey(os.environ, say, shared=storage.is_remote(args.output))
    calendar = options.calendar(args)
    local = args.labeller == "local"
    model = Model.load(args.model if local else None)
    pricing = pricing_from(args)
    sanitizer = Sanitizer(options.scanner(args), Redactor(args.style, key.given()), key_source=key)
    now = utc_stamp(datetime.now(timezone.utc).replace(microsecond=0))
    kinds = {rule.kind for rule in options.detectors(args)} if args.rules else ()
    people = people_from(args)
    make_ingest = ingest_from(args, pricing, people)

    def ordered(work: Callable, blocks: Iterable) -> Iterator:
        return parallel.ordered(work, blocks, args.jobs)

    with on_this_machine(args.files) as addresses, options.opened_lake(args.output) as lake:
        wanted = _wanted(args, kept_from(lake) if args.force else "")
        if args.dry_run:
            return _dry_run(lake, addresses, args, wanted)
        named = identify(addresses, args.date or "") if args.stages.intake else []
        if not named and not storage.is_remote(args.output) and not os.path.isdir(args.output):
            raise _nothing_there(args)
        with lake.locked(args.wait, now):
            lake.recover()
            lake.clear_partial_files()
            items = named or (landed_inputs(lake, wanted, everything=args.force) if args.stages.intake else [])
            if not items and not lake.manifests("done") and not lake.manifests("pending"):
                raise _nothing_there(args)
            tools = Tools(lake, calendar, sanitizer, make_ingest, options.masker(args), say, args.on_error == "stop", not args.no_landing, key, ordered,
                          way(args.timezone, args.style, kinds))
            asked = None if local else _Asked(args)
            settings = Settings(calendar, args.gap, args.memory, args.lookback, labelled_by(model), wanted, args.date or "", ordered, asked, headcount=Headcount(BY, "mon", people) if people else None)
            args.progress = term.Progress(sys.stderr, time.monotonic, total=sum(item.size for item in items),
                                          quiet=args.quiet, verbose=args.verbose)
            outcome = run_pipeline(tools, settings, items, Clock(time.monotonic, now), asked.by if asked else model.id,
                                   force=args.force, progress=args.progress.update, publishing=args.stages.publishing)
    args.progress.done()
    _say_how_it_went(args, outcome, say)
    say_of_prices(pricing, say)
    return worst(outcome.status, asked.status) if asked else outcome.status


def _nothing_there(args: argparse.Namespace) -> UserError:
    return UserError("nothing to take in", where=args.output, hint="name logs, or put them under LAKE/landing/date=YYYY-MM-DD/")


class _Asked:
    """Has a provider label the conversations of a run. `by` is who, `status` how it went."""

    def __init__(self, args: argparse.Namespace):
        from .. import labelling
        from ..llm import session
        self._of_files = labelling.of_files
        self._args, self.status = args, OK
        wanted = labelling.wanted(argparse.Namespace(**vars(args), to=None, to_model=None, batch_for=None, timeout=None, insecure=False))
        self.by = f"{wanted.provider}:{session.model_of(wanted)}"
        self._cache = args.cache or (None if storage.is_remote(args.output) else os.path.join(args.output, ".llmops", "answers"))

    def __call__(self, source: str, target: str) -> None:
        self.status = worst(self.status, self._of_files(self._args, source, target, cache=self._cache))


def labelled_by(model: "Model") -> Callable[[bytes], bytes]:
    """A function from a conversation's line to the same line with its category at the end."""
    from ..classify.label import judge, keys
    from ..classify.snippet import snippet

    def label(line: bytes) -> bytes:
        verdict = judge(snippet(parse(line)) or "", model)
        return line[:-1] + b", " + dump(keys(verdict, model.id))[1:]
    return label


def _say_how_it_went(args: argparse.Namespace, outcome: "Outcome", say: Callable[[str], None]) -> None:
    if not args.stages.publishing:
        say(f"{term.count(outcome.taken, 'input')} taken in; the next run publishes what they change")
        return
    if not outcome.dates and outcome.taken:
        say(f"{term.count(outcome.taken, 'input')}, nothing in {'it' if outcome.taken == 1 else 'them'}")
        return
    if not outcome.dates:
        say(f"nothing new: {term.count(outcome.known, 'input')} in the lake already" if outcome.known else "nothing new in the landing")
        return
    dates = [date for date in outcome.dates if date != UNKNOWN]
    span = f", {dates[0]}" + f" to {dates[-1]}" * (len(dates) > 1) if dates else ""
    say(f"{term.count(outcome.taken, 'input')}, {term.count(outcome.read, 'line')}, {term.count(outcome.invalid, 'reject')}, "
        f"{term.count(outcome.conversations, 'conversation')}{span}")
    if outcome.too_late:
        say(f"{term.count(outcome.too_late, 'conversation')} of dates whose conversations were pruned: not counted, those dates keep the metrics they have")
    if outcome.unasked and (args.dates or args.since) and not args.date:
        say(f"{term.count(outcome.unasked, 'conversation')} of other dates left out: llmops run --force without --dates and --since takes them as well")
    if not outcome.conversations and outcome.invalid and not dates:
        say(f"no line could be used: {args.output.rstrip('/')}/reports/date={UNKNOWN}/rejects.jsonl says why")
        return
    if not outcome.conversations and not outcome.too_late and (args.date or args.dates or args.since):
        say("no conversation began then: --date, --dates and --since go by event_time, in --timezone")
        return
    say(f"read it with: llmops report {args.output}")


def _dry_run(lake: "Lake", addresses: list[str], args: argparse.Namespace, wanted: Callable[[str], bool]) -> int:
    from ..pipeline.intake import identify
    from ..pipeline.run import landed_inputs
    items = identify(addresses, args.date or "") or landed_inputs(lake, wanted, everything=args.force)
    known = {**lake.manifests("done"), **lake.manifests("pending")}
    for item in items:
        state = "in the lake already" if item.key in known and not args.force else "would be taken in"
        print(f"{item.name}  {term.size(item.size)}  {state}")
    return OK


@contextmanager
def on_this_machine(addresses: list[str]) -> Iterator[list[str]]:
    """The addresses, with standard input and remote files set down in files that are gone at the end: they are read more
    than once."""
    if "-" not in addresses and not any(map(storage.is_remote, addresses)):
        yield addresses
        return
    if "-" in addresses and (sys.stdin is None or sys.stdin.isatty()):
        raise UserError("standard input is a terminal", hint="name files, or pipe records in")
    with tempfile.TemporaryDirectory(prefix="llmops-") as folder:
        yield [_set_down(address, os.path.join(folder, str(number))) for number, address in enumerate(addresses)]


def _set_down(address: str, folder: str) -> str:
    if address != "-" and not storage.is_remote(address):
        return address
    os.mkdir(folder)
    path = os.path.join(folder, "standard-input" if address == "-" else address.rsplit("/", 1)[1])
    if address != "-":
        try:
            storage.fetch(address, path)
        except FileNotFoundError:
            raise UserError("there is no such object", where=address, hint="check the spelling") from None
        return path
    with open(path, "wb") as file:
        while block := os.read(0, 1 << 20):
            file.write(block)
    return path


def _wanted(args: argparse.Namespace, since: str = "") -> Callable[[str], bool]:
    """Whether the conversations of a date are asked for, and that date is not before `since`."""
    if args.date and args.dates:
        raise UserError("--date takes one day, --dates several: give one of them")
    first, last = args.dates or ("", "")
    if args.date:
        first = last = args.date
    if last and args.since and args.since > last:
        raise UserError(f"--since {args.since} is later than {last}", hint="the earlier date first")
    first = max(first, args.since or "", since)
    return lambda date: (not first or date >= first) and (not last or date <= last)


STAGES = ("landing", "sanitized", "conversations", "curated", "reports")


class Stages(NamedTuple):
    """Which half of the pipeline is asked for, or both."""

    intake: bool
    publishing: bool


def _stages(text: str) -> Stages:
    asked = options.names(text)
    for name in asked:
        if name not in STAGES:
            raise argparse.ArgumentTypeError(f"no stage {name!r}: {nearest(name, STAGES)}")
    return Stages(any(name in asked for name in STAGES[:2]), any(name in asked for name in STAGES[2:]))


def _span(text: str) -> tuple[str, str]:
    first, found, last = text.partition("..")
    if not found:
        raise argparse.ArgumentTypeError(f"not a span of dates: {text!r} (as 2026-01-01..2026-01-31)")
    span = options.date(first), options.date(last)
    if span[0] > span[1]:
        raise argparse.ArgumentTypeError(f"{text!r} ends before it begins")
    return span
