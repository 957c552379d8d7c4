"""`classify` with a provider: options to a job, the job run, how it went said. Imported when a provider is asked for."""

import argparse
import os
import stat
import sys
from contextlib import ExitStack
from datetime import datetime, timezone
from typing import Any, Callable

from . import options, storage
from .classify import intake, label, prompt, provider
from .classify.batch import Answers, Export
from .classify.intake import Reading
from .classify.local import Model
from .classify.provider import Cascade, Job
from .classify.recovery import Checkpoint, Recovery, beside, labelled_prefix
from .classify.splice import spliced
from .classify.taxonomy import UNKNOWN
from .classify.window import Counts, Window, added_keys
from .errors import OK, PARTIAL, UserError
from .jsonl import Reader, dump
from .llm import session
from .llm.client import BUDGET_SPENT, Client
from .llm.prices import Prices
from .llm.session import Wanted
from .storage.local import refuse_shared
from .term import count
from .wire import World

SWITCH_SECONDS = 0.0005     # a thread that computes lets those go first that have an answer to read
BYTES_A_TOKEN = 4.2         # of English text and JSON, for estimates
TOKENS_OF_AN_ANSWER, TOKENS_OF_A_REASON = 24, 20


def prices(args: argparse.Namespace) -> Prices:
    """The shipped prices and those of the table [prices]."""
    return Prices(args.settings.table("prices"))


def today() -> str:
    return datetime.now(timezone.utc).date().isoformat()


def wanted(args: argparse.Namespace) -> Wanted:
    """The provider that the options ask for."""
    name = args.to or (args.labeller if args.labeller != "local" else args.batch_for or "openai")
    model = args.to_model or (None if args.model and args.to and os.path.isfile(args.model) else args.model)
    return Wanted(name, model, args.base_url, args.max_usd, args.timeout, args.insecure, args.concurrency or session.CALLS)


def job(args: argparse.Namespace, asked: Wanted, client: Client | None) -> Job:
    """What is to be done, as plain values. Without a client nothing can be asked."""
    if args.pack and args.pack > 64:
        raise UserError("--pack is at most 64", hint="4 to 8 save most of what packing saves")
    taxonomy = below = cascade = None
    if args.taxonomy:
        from .classify import custom
        taxonomy = custom.read(args.taxonomy)
        below = custom.below(taxonomy, args.taxonomy)
    if args.escalate_below is not None:
        model = Model.load(args.model if args.model and os.path.isfile(args.model) else None)
        cascade = Cascade(*label.decider(model, args.taxonomy), args.escalate_below)
    reading = Reading(args.messages, args.chars, args.field, (lambda text: text) if args.no_sanitize else options.masker(), args.max_rows)
    made = Job(prompt.task(taxonomy, args.explain), f"{asked.provider}:{session.model_of(asked)}", reading, client.ask if client else _nobody,
               client.spent if client else list, client.hands if client else lambda: 0, args.pack or 1, cascade)
    return made._replace(below=below) if below else made


def _nobody(asked: prompt.Ask) -> Any:
    raise AssertionError("nothing is sent")


# Asking ---------------------------------------------------------------------------------------------------------------

def ask(args: argparse.Namespace) -> int:
    """Label the rows of the inputs, from what is known and from a provider."""
    asked, say, here = wanted(args), options.notice(args), options.world(args)
    if args.dry_run:
        return _dry_run(args, asked)
    what, began = job(args, asked, None), here.now()
    recovery, done = _recovery(args, what, here)
    if done.whole:
        say(f"{count(done.rows, 'row')}, {done.rows:,} labelled, {done.rows:,} kept, 0 cached, 0 calls, 0 retries, 0 tokens in, 0 tokens out, "
            f"$0.000000, {done.rows / max(here.now() - began, 1e-6):,.0f} rows/s")
        return OK
    sys.setswitchinterval(SWITCH_SECONDS)
    cache = None
    if args.cache:
        from .llm.cache import Cache
        cache = Cache(args.cache)
    try:
        client = session.connect(asked, here, args.settings.table("llm"), prices(args), today(), recovery.spent if recovery else [])
        what = what._replace(put=client.ask, spent=client.spent, threads=client.hands, cache=cache)
        before = client.spent()
        if recovery and recovery.start.rows:
            say(f"going on after {count(recovery.start.rows, 'row')} and {_dollars(before[4], client)}")
        counts = _rows(args, what, recovery, say)
    except BaseException as error:
        if recovery and not recovery.abandoned() and not isinstance(error, UserError):
            say("what was answered is kept: --resume goes on")
        raise
    _explain(counts, say)
    if client.unsaid:
        say(f"{count(client.unsaid, 'answer')} came without a count of tokens: what they cost is not in the sum")
    say(_summary(counts, what, client, before, here.now() - began))
    return PARTIAL if counts.failed or counts.rejects else OK


def of_files(args: argparse.Namespace, source: str, target: str, **given: Any) -> int:
    """Label the conversations of a file into another, as `args` (of a command with the options of a provider) and `given` ask."""
    defaults = {"to": None, "to_model": None, "batch_for": None, "taxonomy": None, "escalate_below": None, "explain": False, "field": None,
                "messages": 8, "chars": 200, "max_rows": None, "timeout": None, "insecure": False, "no_sanitize": False, "dry_run": False, "rejects": None, "resume": False}
    return ask(argparse.Namespace(**{**defaults, **vars(args), **given, "files": [source], "output": target}))


def _rows(args: argparse.Namespace, what: Job, recovery: Recovery | None, say: Callable[[str], None]) -> Counts:
    """Run the job: into the recovery's files, or straight to the output."""
    windows: list[Window] = []
    with ExitStack() as stack:
        output = None if recovery else stack.enter_context(storage.create(args.output))
        rejects = stack.enter_context(options.rejecting(args, say))

        def wait() -> None:
            if windows:
                windows[0].send()
            if output:
                output.flush()

        reader = options.reader(args, rejects, wait)
        args.progress.told = lambda: f"${what.spent()[4] / 1e9:,.4f} so far"
        counts = provider.run(reader, what, output.write if output else _nowhere, recovery, flush=output.flush if output else _nothing, on_window=windows.append)
        counts.rejects = rejects.count
        args.progress.done()
    return counts


def _nowhere(row: bytes) -> None:
    raise AssertionError("rows go to the recovery's files")


def _nothing() -> None:
    pass


def _recovery(args: argparse.Namespace, what: Job, here: World) -> tuple[Recovery | None, Checkpoint]:
    """The journal beside the output, None where there is no file to be beside; how far a finished output stands as it is."""
    if args.output in (None, "-") or "://" in args.output or os.path.exists(args.output) and not stat.S_ISREG(os.stat(args.output).st_mode):
        if args.resume and not args.cache:
            raise UserError("--resume needs a place where answers are kept", hint="-o FILE, or --cache DIR")
        return None, Checkpoint()
    done = Checkpoint()
    if args.resume and os.path.isfile(args.output) and not os.path.exists(beside(args.output)[0]) and args.files and "-" not in args.files and not args.max_rows:
        done = labelled_prefix(args.files, args.output)
        if done.whole:
            return None, done
    identity = {"model": what.by, "labels and prompt": what.task.identity(), "reading": [args.messages, args.chars, args.field],
                "sanitizing": not args.no_sanitize, "escalation": [what.cascade.by, what.cascade.below] if what.cascade else None}
    return Recovery(args.output, identity, here.now, resume=args.resume, done=done), done


def _explain(counts: Counts, say: Callable[[str], None]) -> None:
    """A line and a hint for each reason why rows have no label."""
    for reason, rows in counts.failed.most_common():
        hint = "--resume asks about them alone; its --max-usd is what it may spend on top" if reason == BUDGET_SPENT \
            else "--messages and --chars send less of each" if reason.startswith("the text is too long") else "--resume asks about them again"
        say(f"{count(rows, 'row')} without a label: {reason}\n  hint: {hint}")


def _summary(counts: Counts, what: Job, client: Client, before: list[int], seconds: float) -> str:
    calls, retries, tokens_in, tokens_out, nano = (now - then for now, then in zip(client.spent(), before))
    parts = [count(counts.rows, "row"), f"{counts.labelled:,} labelled"]
    if what.cascade:
        up = counts.asked + counts.cached
        parts.append(f"{up:,} escalated ({up / max(counts.rows, 1):.1%})")
    parts += [f"{counts.kept:,} kept"] * bool(counts.kept)
    parts += [f"{counts.cached:,} cached", count(calls, "call"), count(retries, "retry", "retries"), f"{tokens_in:,} tokens in",
              f"{tokens_out:,} tokens out", _dollars(nano, client), f"{(counts.rows - counts.kept) / max(seconds, 1e-6):,.0f} rows/s"]
    return ", ".join(parts)


def _dollars(nano: int, client: Client) -> str:
    return f"${nano / 1e9:,.6f}" if client.priced else "cost unknown"


# Reckoning ------------------------------------------------------------------------------------------------------------

class Estimate:
    """What questions would take: calls, tokens in and out."""

    def __init__(self, reasons: bool):
        self.calls = self.input = self.output = 0
        self._each = TOKENS_OF_AN_ANSWER + TOKENS_OF_A_REASON * reasons

    def add(self, asked: prompt.Ask, rows: int) -> None:
        self.calls += 1
        self.input += round(len(dump([asked.system, asked.text, asked.schema])) / BYTES_A_TOKEN)
        self.output += 8 + self._each * rows

    def cost_usd(self, known: Prices, model: str, *, batch: bool = False) -> float | None:
        """What they would cost, call by call: long ones have prices of their own."""
        one = known.cost_usd(model, round(self.input / max(self.calls, 1)), round(self.output / max(self.calls, 1)), when=today(), batch=batch)
        return None if one is None else one * self.calls


def _dry_run(args: argparse.Namespace, asked: Wanted) -> int:
    """Print what a run would take. Texts are not sanitized for that, which changes their length by little."""
    batch = bool(args.export_batch)
    what = job(args, asked, None)
    what = what._replace(reading=what.reading._replace(mask=lambda text: text))
    estimate, rows, up, pack = Estimate(args.explain), 0, 0, []
    with options.rejecting(args, options.notice(args)) as rejects:
        for row, record in intake.rows(options.reader(args, rejects), what.reading):
            rows += 1
            if provider.settled_here(row, what):
                continue
            up += 1
            pack.append(prompt.Item(row.number, provider.name_of(row, record, what), row.text))
            if len(pack) == what.pack:
                estimate.add(prompt.ask(what.task, pack), len(pack))
                pack = []
        if pack:
            estimate.add(prompt.ask(what.task, pack), len(pack))
    args.progress.done()
    cost = estimate.cost_usd(prices(args), session.model_of(asked), batch=batch)
    sys.stdout.buffer.write(dump({"rows": rows, "asked": up, "calls": estimate.calls, "input_tokens": estimate.input, "output_tokens": estimate.output,
                                  "cost_usd": cost if cost is None else round(cost, 6), "model": session.model_of(asked), "estimated": True}) + b"\n")
    return PARTIAL if rejects.count else OK


# Batches --------------------------------------------------------------------------------------------------------------

def batches(args: argparse.Namespace) -> int:
    """Write batch files, read their results, or both: the questions that got no answer once more."""
    if args.dry_run:
        return _dry_run(args, wanted(args))
    if args.import_batch:
        refuse_shared({"-o": args.output or "-", "--export-batch": args.export_batch})
    asked, say = wanted(args), options.notice(args)
    asked = asked._replace(provider=args.batch_for or asked.provider)
    what = job(args, asked, None)
    answers = None
    if args.import_batch:
        answers = Answers(what.task)
        answers.read(args.import_batch)
        asked = asked._replace(provider=answers.provider or asked.provider, model=asked.model or answers.model or None)
        what = what._replace(by=f"{asked.provider}:{session.model_of(asked)}")
    counts = Counts()
    with ExitStack() as stack:
        rejects = stack.enter_context(options.rejecting(args, say))
        output = stack.enter_context(storage.create(args.output)) if answers else None
        export = Export(stack, args.export_batch, asked.provider, session.model_of(asked), what.task, what.pack) if args.export_batch else None
        reader = options.reader(args, rejects)
        for row, _ in intake.rows(reader, what.reading):
            added = provider.settled_here(row, what)
            if not added and answers:
                added = _imported(answers, row, what)
            if export and (not added or "error" in added):
                export.add(row.number, row.text, row.mark)
            counts.rows += 1
            if output:
                counts.failed.update([added["error"]] if "error" in added else [])
                output.write(spliced(row.stem, row.kept, added) + b"\n")
        if export:
            export.flush()
    args.progress.done()
    if export:
        _say_exported(export, args, say)
    if answers:
        _explain_batch(counts, say)
        cost = prices(args).nano_dollars(session.model_of(asked), answers.usage.input, answers.usage.output,
                                         answers.usage.cached_input, answers.usage.cache_write, when=today(), batch=True)
        say(f"{count(counts.rows, 'row')}, {counts.labelled:,} labelled, {answers.usage.input:,} tokens in, {answers.usage.output:,} tokens out, "
            + ("cost unknown" if cost is None else f"${cost / 1e9:,.6f}"))
    return PARTIAL if counts.failed or rejects.count else OK


def _imported(answers: Answers, row: Any, what: Job) -> dict[str, Any]:
    found = answers.of(row.number, row.mark)
    if isinstance(found, str):
        return (row.fallback or {"task_category": UNKNOWN, "confidence": 0, "classified_by": what.by}) | {"error": found}
    return added_keys(found, what.by, what.below(found.label, row.text))


def _say_exported(export: Export, args: argparse.Namespace, say: Callable[[str], None]) -> None:
    files = ", ".join(export.files) or "no file"
    say(f"{count(export.rows, 'row')} in {count(export.requests, 'request')}: {files}")
    if export.too_few:
        say(f"the provider takes no job of fewer than {export.least} requests\n  hint: ask directly: --with {args.batch_for or 'bedrock'}")


def _explain_batch(counts: Counts, say: Callable[[str], None]) -> None:
    for reason, rows in counts.failed.most_common():
        say(f"{count(rows, 'row')} without a label: {reason}\n  hint: --export-batch FILE beside --import-batch writes them once more")
