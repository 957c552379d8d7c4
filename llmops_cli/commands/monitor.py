"""Watch replies: every one is checked, windows of them are judged, spending is held against budgets.

Reads events and writes one JSON line an alert: time (of the event), alert,
severity (info, warning, critical), scope, value, limit, window, message_id where
there is one, evidence, and state (raised or cleared). Values are milliseconds,
shares of 1, dollars or seconds.

Single replies: slow_reply (over 5 s), error, pii, secret, refusal, empty_reply,
truncated_reply. Windows, tumbling and in event time: latency_p95 (over 2 s) and
latency_p99 (5 s), error_rate (5 %), refusal_rate (10 %), timeouts (1 %), no_traffic
(an empty window within the log); others when a rules file sets a limit. Money:
budget at 80 % and 100 %, budget_forecast. The rules file and what every number
means: docs/monitoring.md.

With --state only new lines are read, however the files are rotated, and an alert
is said once, and once more when it is over. Exit status 1 when an alert was raised.
"""

import argparse
import os
import shutil
import sys
import time
from contextlib import ExitStack
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Callable, Iterator

from .. import config, options, storage, term
from ..errors import FOUND, OK, PARTIAL, UserError, nearest, worst
from ..jsonl import BadLine, Reader, dump, parse
from ..monitor.alerts import FORMATS, SEVERITIES
from ..records import parse_time

if TYPE_CHECKING:       # the room is imported by the functions that work with it: --help needs none of it
    from ..monitor.outlets import Outlets
    from ..monitor.session import Session
    from ..monitor.state import State
    from ..monitor.watcher import Watcher

EXAMPLES = """
llmops monitor gateway.jsonl
llmops monitor --rules rules.toml --by team --format text gateway.jsonl
llmops monitor --state monitor.json --prometheus /var/lib/node_exporter/llmops.prom -q /var/log/gateway.jsonl
llmops monitor --summary --by team,model --format text logs/*.jsonl.gz
llmops monitor --watch /var/log/gateway.jsonl
llmops monitor --follow --state monitor.json /var/log/gateway.jsonl
"""

def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_streams(parser, output="the alerts")
    what = parser.add_argument_group("what is watched")
    what.add_argument("--rules", metavar="FILE", help="TOML: limits, severities, thresholds per team, model and release, budgets, mutes (docs/monitoring.md)")
    what.add_argument("--window", type=options.duration, metavar="TIME", help="length of a window: 5m, 1h (default), 1d")
    what.add_argument("--by", type=options.names, metavar="KEYS", help="a window for each value of these keys (default: one for all)")
    what.add_argument("--no-pii", action="store_true", help="do not look for personal data and secrets in replies, which takes most of the time")
    what.add_argument("--feedback", metavar="FILE", help="opinions to join to the replies, as llmops feedback keeps them")
    what.add_argument("--expect-until", type=_moment, metavar="T", help="a time, or now: stale when the log ends a window or more before it")
    options.add_calendar(parser, weeks=True)
    how = parser.add_argument_group("from run to run")
    how.add_argument("--state", metavar="FILE", help="places in the files, windows, sums and what was said, from one run to the next")
    how.add_argument("--follow", action="store_true", help="go on as the files grow, through rotation")
    how.add_argument("--watch", action="store_true", help="a dashboard in the terminal, redrawn as the files grow; elsewhere printed once")
    out = parser.add_argument_group("what comes out")
    out.add_argument("--format", choices=FORMATS, default="jsonl", help="form of the alerts (default: jsonl)")
    out.add_argument("--json", dest="format", action="store_const", const="jsonl", help="the same as --format jsonl")
    out.add_argument("--summary", action="store_true", help="in place of the alerts, a row a scope: JSON lines, a table with --format text")
    out.add_argument("--emf", action="store_true", help="in place of the alerts, each window in CloudWatch's embedded metric format")
    out.add_argument("--namespace", default="llmops", help="of the metrics of --emf (default: llmops)")
    out.add_argument("--log", metavar="FILE", help="each reply as a structured line without its text, appended there")
    out.add_argument("--log-size", type=options.byte_size, default=10 << 20, metavar="SIZE", help="rotate that file beyond this size (default: 10M)")
    out.add_argument("--log-keep", type=options.whole, default=5, metavar="N", help="rotated files that are kept (default: 5)")
    out.add_argument("--prometheus", metavar="FILE", help="sums for the node exporter's textfile collector; with --state they go on from run to run")
    out.add_argument("--webhook", metavar="URL", help="send the alerts there (or $LLMOPS_MONITOR_WEBHOOK)")
    out.add_argument("--webhook-shape", choices=("slack", "alertmanager", "pagerduty"), help="of what is sent (default: by the address, else slack)")
    out.add_argument("--webhook-on", choices=SEVERITIES, default="info", help="send alerts of this severity and higher ones (default: info)")
    out.add_argument("--fail-on", choices=SEVERITIES, help="exit 1 when an alert of this severity or a higher one was raised (default: info)")
    out.add_argument("--exit-zero", action="store_true", help="exit 0 when there are alerts")


def run(args: argparse.Namespace) -> int:
    from ..monitor.state import State
    _refuse(args)
    say = options.notice(args)
    watcher = _watcher(args)
    watcher.history.keep_totals = args.summary or bool(args.state)
    if not args.state:
        return _watched(args, watcher, None, say)
    state = State(args.state, watcher, say)
    try:
        status = _watched(args, watcher, state, say)
        state.save()        # after the alerts have arrived: a crash in between says them again rather than never
        return status
    finally:
        state.close()


def _refuse(args: argparse.Namespace) -> None:
    """Options that cannot go together."""
    from ..storage.local import refuse_shared
    if args.summary + args.emf + args.watch > 1:
        raise UserError("--summary, --emf and --watch each take standard output for themselves", hint="one at a time")
    args.silent = args.summary or args.emf or args.watch
    if args.silent and args.format in ("github", "alertmanager"):
        raise UserError(f"--format {args.format} is a form of alerts, which are not printed here", hint="leave one of the two out")
    own = {"--state": args.state, "--prometheus": args.prometheus, "--log": args.log, "--rejects": args.rejects}
    refuse_shared(own, [*args.files, args.rules, args.feedback])
    refuse_shared({"-o": args.output, **own})
    remote = next((path for path in args.files if "://" in path), None)
    if remote and (args.state or args.follow):
        raise UserError("cannot be gone on with from where it was left", where=remote, hint="copy it to a file first, or leave --state and --follow out")
    args.follows = bool(args.files) and args.files != ["-"] and (args.follow or args.watch and not args.output and sys.stdout.isatty())
    if args.follows and args.output not in (None, "-"):
        raise UserError("-o is put in place when all is read, which never is while following", where=args.output, hint="append: llmops monitor --follow … >> FILE")


def _watcher(args: argparse.Namespace) -> "Watcher":
    """The watcher that the rules file, the settings and the options make."""
    from ..llm.prices import Prices
    from ..monitor import rules
    from ..monitor.moments import Moments
    from ..monitor.watcher import Watcher
    table = config.read_toml(args.rules) if args.rules else {}
    read = rules.read(table, args.settings.table("budget"), args.rules or "")
    try:
        length = args.window if args.window is not None else options.duration(read.length or "1h")
    except argparse.ArgumentTypeError as error:
        raise UserError(f"window: {error}", where=args.rules) from None
    if length != int(length):
        raise UserError("a window is of whole seconds", hint="--window 1h")
    by = args.by if args.by is not None else read.by or ()
    wants_leaks = not args.no_pii and ("pii" in read.message or "secret" in read.message or "pii_rate" in read.window)
    prices = Prices(args.settings.table("prices"))

    def price(event: dict[str, Any], date: str) -> int | None:
        counts = [number if (number := event.get(key)).__class__ is int and number >= 0 else None for key in ("input_tokens", "output_tokens", "cached_input_tokens", "cache_write_tokens")]
        model = event.get("model")
        return prices.nano_dollars(model, *counts, when=date) if model.__class__ is str else None
    leaks = _leaks(args, (*read.kinds, *read.skipped_kinds)) if wants_leaks else None
    return Watcher(read, Moments(int(length), options.calendar(args)), by=by, leaks=leaks, price=price, people=args.summary)


def _leaks(args: argparse.Namespace, named: tuple[str, ...]) -> Callable[[str], dict[str, int]]:
    """Counts personal data and secrets in a text by kind, with the detectors of `sanitize`; what it left in their place counts
    too. The kinds that the rules have `named` must be some that there are."""
    from ..metrics.tally import DENIED, token
    from ..pii.detector import KINDS
    scanner = options.scanner_of_settings(args)
    known = (*KINDS, DENIED, *sorted({rule.kind for rule in scanner.detectors}.difference(KINDS)))
    for kind in named:
        if kind not in known:
            raise UserError(f"pii: unknown kind {kind!r}", where=args.rules, hint=nearest(kind.upper(), known))
    find, tokens = scanner.find, token(known).findall

    def leaks(text: str) -> dict[str, int]:
        found = [finding.kind for finding in find(text)]
        if "[" in text:
            found += tokens(text)
        return {kind: found.count(kind) for kind in set(found)}
    return leaks


def _watched(args: argparse.Namespace, watcher: "Watcher", state: "State | None", say: Callable[[str], None]) -> int:
    """Read everything there is, say what there is to say; the exit status."""
    from ..monitor import exposition, summary
    from ..monitor.session import Session
    with ExitStack() as stack:
        output = stack.enter_context(storage.create(args.output))
        rejects = stack.enter_context(options.rejecting(args, say))
        outlets = _outlets(args, watcher, state, rejects)
        session = Session(watcher, output, form=args.format, silent=args.silent, fail_on=args.fail_on or "info", state=state,
                          at_once=args.output in (None, "-") and bool(state or args.follows), listeners=outlets.listeners)
        if args.emf:
            watcher.history.on_close = lambda cell: _write_emf(args, watcher, cell, output)
        files = _present(args, say)
        reader = _reader(args, files, state, rejects, session, outlets)
        ended: BaseException | None = None
        try:
            session.read(reader, _opinions(args), outlets.draw if outlets.board else None)
        except BaseException as stop:
            if not args.follows or isinstance(stop, Exception):
                raise
            ended = stop        # told to stop: that is how following ends
        args.progress.done()
        session.settle(args.expect_until)
        if args.emf and not state:
            for cell in exposition.cells_of(watcher):
                _write_emf(args, watcher, cell, output)
        if args.summary:
            lines = summary.table(watcher) if args.format == "text" else [dump(row).decode() for row in summary.rows(watcher)]
            output.writelines(map(_line, lines))
        session.flush(final=True)
        undelivered = outlets.end()
        if args.watch and not args.follows:
            output.writelines(map(_line, outlets.board.lines(args.files or ["standard input"])))
        if undelivered:
            say(f"{term.count(len(undelivered), 'alert')} not delivered to the webhook ({outlets.sender.reason or 'no answer in time'})" + ", kept for the next run" * bool(state))
        if state and outlets.sender:
            state.unsent = undelivered
        _tell(args, watcher, session, say)
        if ended:
            if state:
                state.save()
            raise ended
    return worst(FOUND if session.found and not args.exit_zero else OK, PARTIAL if rejects.count else OK)


def _outlets(args: argparse.Namespace, watcher: "Watcher", state: "State | None", rejects: Any) -> "Outlets":
    """Where alerts and sums go besides standard output."""
    from ..monitor import exposition
    from ..monitor.dashboard import Dashboard
    from ..monitor.interactions import RotatedLog
    from ..monitor.outlets import Outlets, replace
    from ..monitor.webhook import Sender, shape_of
    from ..report import prometheus
    from ..storage.local import require_folder

    if args.prometheus:
        require_folder(args.prometheus)

    def write_sums() -> None:
        found = exposition.families(watcher, rejects.count)
        replace(args.prometheus, prometheus.text(prometheus.Family(name, kind, about, [prometheus.Sample(*one) for one in samples]) for name, kind, about, samples in found))

    url = args.webhook or os.environ.get("LLMOPS_MONITOR_WEBHOOK", "")
    sender = None
    if url:
        if not url.startswith(("http://", "https://")):
            raise UserError("--webhook is not a web address", hint="https://hooks.slack.com/services/…")
        shape = args.webhook_shape or shape_of(url)
        key = os.environ.get("PAGERDUTY_ROUTING_KEY", "")
        if shape == "pagerduty" and not key:
            raise UserError("PagerDuty needs a routing key", hint="set PAGERDUTY_ROUTING_KEY")
        sender = Sender(url, shape, key, args.webhook_on, time.sleep, time.monotonic)
    board = Dashboard(watcher, shutil.get_terminal_size((80, 24)).columns, options.paint(args)) if args.watch else None
    return Outlets(watcher, state, log=RotatedLog(args.log, args.log_size, args.log_keep) if args.log else None, write_sums=write_sums if args.prometheus else None,
                   sender=sender, board=board, draw_on=_on_screen if args.follows else None, now=time.monotonic, sleep=time.sleep)


def _on_screen(lines: list[str]) -> None:
    """Draw over what was there, and take away what is left of it."""
    sys.stdout.buffer.write(b"\x1b[H" + b"".join(_line(f"{line}\x1b[K") for line in lines) + b"\x1b[J")
    sys.stdout.buffer.flush()


def _line(text: str) -> bytes:
    return f"{text}\n".encode("utf-8", "backslashreplace")


def _write_emf(args: argparse.Namespace, watcher: "Watcher", cell: Any, output: Any) -> None:
    from ..monitor import exposition
    row = exposition.emf(cell, watcher.moments, args.namespace)
    if row:
        output.write(dump(row) + b"\n")


def _present(args: argparse.Namespace, say: Callable[[str], None]) -> list[str]:
    """The inputs; one that is not there is an error, but that the log never came is what --expect-until asks about."""
    missing = [path for path in args.files if path != "-" and "://" not in path and not os.path.exists(path)]
    if not missing or args.follows:
        return args.files
    if args.expect_until is None:
        raise UserError("cannot be read: No such file or directory", where=missing[0], hint="check the spelling, or --expect-until now to be alerted of it")
    for path in missing:
        say(f"{path}: is not there")
    return [path for path in args.files if path not in missing] or [os.devnull]


def _reader(args: argparse.Namespace, files: list[str], state: "State | None", rejects: Any, session: "Session", outlets: "Outlets") -> Reader:
    """The records: of whole inputs, or of files that grow, from where they were read to."""
    from ..monitor.follow import Tail
    from ..monitor.session import chunks
    if not (state or args.follows):
        args.files = files
        return options.reader(args, rejects, session.wait)
    grows = [path for path in files if path != "-" and (os.path.isfile(path) or args.follows and not os.path.exists(path))]
    args.files = [path for path in files if path not in grows]
    tails = [Tail(path, state.positions.get(os.path.abspath(path)) if state else None, options.notice(args)) for path in dict.fromkeys(grows)]
    outlets.tails = tails
    others = options.reader(args, rejects, session.wait)._sources if args.files or not grows else ()
    args.progress = term.Progress(sys.stderr, time.monotonic, quiet=True)
    args.files = files

    def sources() -> Iterator[Any]:
        yield from others
        yield from chunks(tails, lambda: reader, (lambda: outlets.idle(session)) if args.follows and tails else None)
    reader = Reader(sources(), rejects)
    return reader


def _opinions(args: argparse.Namespace) -> Callable[[dict[str, Any]], dict[str, Any]] | None:
    """What joins opinions to the replies they are about."""
    if not args.feedback:
        return None
    from ..metrics.opinions import Opinions
    opinions = Opinions()
    with storage.open_source(args.feedback).stream as lines:
        for number, line in enumerate(lines, 1):
            try:
                problem = opinions.add(parse(line.strip())) if line.strip() else ""
            except BadLine as bad:
                problem = bad.reason
            if problem:
                raise UserError(problem, where=f"{args.feedback}:{number}")

    def told(event: dict[str, Any]) -> dict[str, Any]:
        up, down = opinions.of("message_id", event.get("message_id"))
        return {**event, "feedback": "up" if up > down else "down"} if up != down else event
    return told


def _tell(args: argparse.Namespace, watcher: "Watcher", session: "Session", say: Callable[[str], None]) -> None:
    """What is worth a line on standard error."""
    from ..monitor import summary
    if args.silent and session.said:
        say(f"{term.count(sum(session.said.values()), 'alert')}: " + ", ".join(f"{number:,} {name}" for name, number in sorted(session.said.items())))
    if watcher.muted:
        say(f"{term.count(watcher.muted, 'alert')} muted")
    if watcher.history.wrong:
        say(f"{term.count(watcher.history.wrong, 'event')} more than a day away from the lines beside: the clock was taken to be wrong")
    if not args.summary or args.format != "text":
        for line in summary.gaps(watcher):
            say(line)


def _moment(text: str) -> float:
    """Epoch seconds of a time, a date or `now`."""
    moment = datetime.now(timezone.utc) if text == "now" else parse_time(text)
    if moment is None:
        raise argparse.ArgumentTypeError(f"not a time: {text!r} (as 2026-01-03T18:00:00Z, or now)")
    return moment.timestamp()
