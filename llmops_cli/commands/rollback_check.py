"""Compare two releases by their logs: keep the new one, roll it back, or cannot tell yet.

Reads events; replies are the assistant's. Two files, or one log whose events say
their release (--key). Looks at errors, refusals, personal data in replies, latency
(typical and above the baseline's p95), cost, output length, negative feedback and
metrics of your own, each with a tolerance.

Ask as often as you like: the chance of rolling back a release that does no harm
stays below 1 - confidence over all metrics and all looks together. A keep says
that the data speak as strongly against a harm as large as the tolerance; too
little data is never a keep. With --state FILE each look reads only what is new
and comes to the same verdict as reading everything; a roll back stays.

Exit status: 0 keep, 1 roll back, 3 cannot tell yet, 2 failed.
"""

import argparse
import os
import sys
from itertools import chain
from typing import Any, Callable, Iterator

from .. import options, replies
from ..errors import FOUND, OK, PARTIAL, UserError
from ..gate import show, state, verdict, warnings
from ..gate import metrics as gate_metrics
from ..gate.follow import Followed
from ..gate.ledger import BASELINE, CANDIDATE
from ..gate.reading import HUGE, Extractor, Senses
from ..gate.session import Opinions, Releases, Session
from ..jsonl import BadLine, Reader, dump
from ..metrics.opinions import verdict as up_or_down
from ..storage import create
from ..storage.local import refuse_shared

EXAMPLES = """
llmops rollback-check --baseline v42.jsonl --candidate v43.jsonl
llmops rollback-check --candidate v43 gateway.jsonl && ./promote.sh
llmops rollback-check --candidate v43 --baseline v42 --state canary.state --json gateway.jsonl
llmops rollback-check --baseline a.jsonl --candidate b.jsonl --tolerance error=0.5pt,latency=15% --metric ttft=ttft_ms:lower
llmops rollback-check --key prompt_version --candidate support@4 --feedback feedback.jsonl events.jsonl
llmops rollback-check --candidate v43 --share 10% --format github gateway.jsonl
"""

STATUS = {verdict.KEEP: OK, verdict.ROLL_BACK: FOUND, verdict.CANNOT_TELL: PARTIAL}
FORMATS = ("text", "json", "markdown", "github")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_streams(parser, output="the verdict")
    what = parser.add_argument_group("what is compared")
    what.add_argument("--candidate", metavar="NAME", required=True, help="the new release; with --baseline and no FILE, the file of its events")
    what.add_argument("--baseline", metavar="NAME", help="the release it is held against (default: the one with most replies while the candidate ran)")
    what.add_argument("--key", default="release", metavar="KEY", help="what tells releases apart: release (default), prompt_version, model or any key")
    what.add_argument("--metric", action="append", default=[], metavar="NAME=PATH:BETTER", help="compare a number or yes/no of the events as well; BETTER is lower or higher")
    what.add_argument("--skip", type=options.names, default=(), metavar="METRICS", help="leave these metrics out: " + " ".join(gate_metrics.NAMES))
    what.add_argument("--feedback", metavar="FILE", help="opinions on replies, as the store of llmops feedback keeps them")
    how = parser.add_argument_group("what is asked for")
    how.add_argument("--tolerance", default="", metavar="LIST", help="what is no harm, in points or per cent (default: error=1pt,refusal=1.5pt,personal_data=0.2pt,latency=10%%,latency_p95=30%%,cost=10%%,length=30%%,feedback=5pt; your own 10%%)")
    how.add_argument("--confidence", type=float, default=0.95, metavar="P", help="1 - the chance that a harmless release is ever rolled back (default: 0.95)")
    how.add_argument("--min-samples", type=options.whole, default=50, metavar="N", help="replies of each side before anything is decided (default: 50; a keep needs 100)")
    how.add_argument("--require", choices=("no-harm", "improvement"), default="no-harm", help="what a keep needs: no harm (default), or some metric better besides")
    how.add_argument("--share", type=_share, metavar="SHARE", help="the candidate's share of the traffic that was asked for, as 10%%: warn when it is not")
    how.add_argument("--state", metavar="FILE", help="keep sums there between looks: each look reads only what is new")
    out = parser.add_argument_group("what comes out")
    out.add_argument("--format", choices=FORMATS, help="form of the verdict (default: text)")
    out.add_argument("--json", action="store_true", help="the same as --format json")
    out.add_argument("--exit-zero", action="store_true", help="exit 0 where a roll back would exit 1")


def run(args: argparse.Namespace) -> int:
    for option, named in (("--candidate", args.candidate), ("--baseline", args.baseline)):
        if named == "":
            raise UserError(f"{option} names no release", hint="a variable that is not set, maybe")
    form = "json" if args.json else args.format or "text"
    if args.json and args.format not in (None, "json"):
        raise UserError(f"--json and --format {args.format} ask for two forms", hint="leave one out")
    alpha = verdict.confidence(args.confidence)
    plan = gate_metrics.plan(args.metric, gate_metrics.pairs(args.tolerance), args.skip)
    in_files = bool(args.baseline) and not args.files
    _refuse_twice(files := [args.baseline, args.candidate] if in_files else args.files)
    own = {"--state": args.state, "--rejects": args.rejects}
    refuse_shared(own, [*files, args.feedback])
    refuse_shared({"-o": args.output, **own})
    releases = Releases("baseline", "candidate") if in_files else Releases(args.baseline, args.candidate)
    if releases.baseline == releases.candidate:
        raise UserError(f"baseline and candidate are both {args.candidate!r}", hint="name two releases")
    session = Session(plan, releases, alpha=alpha, fewest=args.min_samples, lasting=bool(args.state))
    say = options.notice(args)
    with options.rejecting(args, say) as rejects:
        if args.feedback:
            session.opinions = _opinions(args, rejects)
        settings = _settings(args, plan, in_files)
        followed = state.load(args.state, settings, session) if args.state else None
        extractor = Extractor(plan, args.key, _senses(args, plan))
        if in_files:
            for side, address in ((BASELINE, args.baseline), (CANDIDATE, args.candidate)):
                _read(_reader(args, [address], rejects, followed), extractor, session, lambda reply: session.add_to(side, reply))
            if session.same_on_both_sides():
                raise UserError("both sides hold the same messages", where=f"{args.baseline} and {args.candidate}", hint="the baseline and the candidate are two different files")
        else:
            _read(_reader(args, args.files, rejects, followed), extractor, session, session.add)
        for address in followed.replaced if followed else ():
            say(f"{address}: is not the file it was at the last look: read from its beginning; what the old one was given after that look was not read")
        _refuse_nothing(args, session, extractor)
        session.finish()
        if args.state:
            state.save(args.state, settings, session, followed)
    made, found = _judged(args, session, extractor, in_files)
    with create(args.output) as output:
        output.writelines(line.encode("utf-8", "backslashreplace") + b"\n" for line in _lines(form, made, found, args))
    if form == "github":
        _tell_github(made, found)
    if found.verdict == verdict.CANNOT_TELL and form != "text":
        say(f"cannot tell: {found.reason}")
    return OK if args.exit_zero and found.verdict == verdict.ROLL_BACK else STATUS[found.verdict]


# Reading --------------------------------------------------------------------------------------------------------------

def _reader(args: argparse.Namespace, files: list[str], rejects: Any, followed: Followed | None) -> Reader:
    args = argparse.Namespace(**{**vars(args), "files": files})
    return options.reader(args, rejects, None, followed.open_sources if followed else None)


def _read(reader: Reader, extractor: Extractor, session: Session, add: Callable[[Any], None]) -> None:
    """Take the replies of an input. Every line is parsed, whoever speaks: one that is broken is a reject."""
    rejected, reply = reader.rejects.count, extractor.reply
    for record in reader:
        try:
            found = reply(record)
        except BadLine as error:
            reader.reject(error.reason, error.column)
            continue
        if found is not None:
            add(found)
    session.counts.lines += reader.lines_read
    session.counts.rejected += reader.rejects.count - rejected


def _senses(args: argparse.Namespace, plan: Any) -> Senses:
    """What is told of a reply: error and refusal, personal data, its cost, an opinion."""
    from ..llm.prices import Prices
    names = {metric.name for metric in plan.metrics}
    personal = _personal(args) if "personal_data" in names else None
    prices: list[Prices] = []

    def price(event: Any) -> float | None:
        model = event.get("model")
        read, written, cached, kept = (number if (number := event.get(key)).__class__ in (int, float) and 0 <= number < HUGE else None
                                       for key in ("input_tokens", "output_tokens", "cached_input_tokens", "cache_write_tokens"))
        if model.__class__ is not str or written is None:
            return None
        if not prices:
            prices.append(Prices(args.settings.table("prices")))
        nano = prices[0].nano_dollars(model, read, written, cached, kept, when=str(event.get("event_time")))
        return None if nano is None else nano / 1e9

    return Senses(replies.kind, personal, price, up_or_down)


def _personal(args: argparse.Namespace) -> Callable[[str], bool]:
    """Whether a text holds personal data, or what `sanitize` left in its place. A link in an answer is nobody's."""
    from ..metrics.tally import DENIED, token
    from ..pii.detector import KINDS
    scanner = options.scanner_of_settings(args, skip=("URL",))
    left = token({*KINDS, DENIED, *(rule.kind for rule in scanner.detectors)} - {"URL"}).search
    return lambda text: bool(left(text)) or not scanner.clean(text)


def _opinions(args: argparse.Namespace, rejects: Any) -> Opinions:
    reader = _reader(args, [args.feedback], rejects, None)
    return Opinions(iter(reader), up_or_down)


def _settings(args: argparse.Namespace, plan: Any, in_files: bool) -> dict[str, Any]:
    """What a state must have been made with to go on from it."""
    candidate, baseline = (_place(args.candidate), _place(args.baseline)) if in_files else (args.candidate, args.baseline)
    return {"candidate": candidate, "baseline": baseline, "key": None if in_files else args.key,
            "metric": args.metric, "skip": sorted(args.skip), "tolerance": [f"{metric.name}={metric.tolerance}" for metric in plan.metrics],
            "confidence": args.confidence, "min-samples": args.min_samples}


def _place(address: str) -> str:
    """An address by which a file is known wherever one stands."""
    return os.path.realpath(address) if "://" not in address and address != "-" else address


def _refuse_twice(files: list[str]) -> None:
    """A file that is named twice would count for both sides, or not at all."""
    known: dict[str, str] = {}
    for address in files:
        place = _place(address)
        if place in known:
            raise UserError("the same file is named twice", where=address, hint="name each file once")
        known[place] = address


def _refuse_nothing(args: argparse.Namespace, session: Session, extractor: Extractor) -> None:
    """Say of replies without the key, and of metrics that nobody has, that they are likely misspelt."""
    counts = session.counts
    if counts.unnamed and not counts.replies and not counts.others:
        raise UserError(f"no reply has the key {args.key!r}", hint="--key names what tells releases apart: release, prompt_version, model")
    for metric in extractor.own:
        if extractor.replies >= 100 and not extractor.seen_own[metric.name] and not args.state:
            raise UserError(f"--metric {metric.name}: no reply has a number or yes/no at {'.'.join(metric.path)}", hint="the path leads from the event: scores.grounded")


# Writing --------------------------------------------------------------------------------------------------------------

def _judged(args: argparse.Namespace, session: Session, extractor: Extractor, in_files: bool) -> tuple[dict[str, Any], verdict.Verdict]:
    found = session.verdict(improvement=args.require == "improvement")
    if warnings.too_many_rejects(session.counts):
        found = found._replace(verdict=verdict.CANNOT_TELL, reason=f"{session.counts.rejected:,} of {session.counts.lines:,} lines were rejected", more=None)
    n = session.n()
    if not in_files and not n[1] and session.elsewhere:
        found = found._replace(reason=f"no replies of {args.candidate}; there are {_named(session.elsewhere)}")
    elif not in_files and session.baseline is None and n[1]:
        found = found._replace(reason=f"no replies of a release other than {args.candidate}")
    elif not in_files and session.baseline and not n[0] and n[1]:
        others = {name: count for name, count in session.elsewhere.items() if name != session.baseline}
        found = found._replace(reason=f"no replies of {session.baseline}" + (f"; there are {_named(others)}" if others else ""))
    ledger = session.judge.ledger
    said = list(warnings.of(found, ledger, session.plan, session.counts, share=args.share, unusable=extractor.unusable))
    times = [time for span in ledger.spans if span for time in span]
    names = (args.baseline, args.candidate) if in_files else (session.baseline or "", args.candidate)
    return show.document(found, names=names, n=n, confidence=args.confidence, warnings=said, seconds=max(times) - min(times) if times else 0.0), found


def _named(counts: dict[str, int]) -> str:
    names = sorted(counts, key=lambda name: (-counts[name], name))
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _lines(form: str, made: dict[str, Any], found: verdict.Verdict, args: argparse.Namespace) -> Iterator[str]:
    if form == "json":
        return iter([dump(made).decode()])
    if form == "markdown":
        return show.markdown(made, found)
    if form == "github":
        return show.github(made)
    return show.text(made, found, options.paint(args, sys.stdout))


def _tell_github(made: dict[str, Any], found: verdict.Verdict) -> None:
    """The job's summary, and the verdict as an output of its step, where Actions says that they go."""
    for variable, lines in (("GITHUB_STEP_SUMMARY", show.markdown(made, found)), ("GITHUB_OUTPUT", iter([f"verdict={made['verdict']}"]))):
        if path := os.environ.get(variable):
            try:
                with open(path, "a", encoding="utf-8", errors="backslashreplace") as file:
                    file.writelines(f"{line}\n" for line in chain(lines, [""] * (variable == "GITHUB_STEP_SUMMARY")))
            except OSError as error:
                raise UserError(f"cannot be written: {error.strerror}", where=path) from None


def _share(text: str) -> float:
    """A share between 0 and 1, from `10%` or `0.1`."""
    try:
        value = float(text.rstrip("% ")) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        value = 0.0
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"not a share between 0 and 1: {text!r} (as 10% or 0.1)")
    return value
