"""Say what each conversation is about: one of ten tasks, and how sure that is.

Adds task_category, confidence (0 to 1: the share of such labels that is right)
and classified_by to each record; everything else in the line stays as it is.
Of a conversation the first 8 user messages are read, 200 characters each; of
any other record its text, content or query, or what --field names.

The model comes with the program and needs no network. It learned prompts written
for it and public ones; `llmops train` makes one of your own labels. --with openai asks
any OpenAI-compatible server instead, --with bedrock Amazon Bedrock (docs/
providers.md). What leaves is sanitized. What was paid for is in a journal beside
-o before its row is: after any death --resume goes on and pays nothing twice.
A row that no label was got for is Other/Unknown with `error`, and the exit is 3.
"""

import argparse
import time

from .. import config, options
from ..classify import label
from ..classify.local import Model
from ..classify.snippet import missing, snippet
from ..classify.splice import spliced
from ..errors import OK, PARTIAL, UserError
from ..storage.local import refuse_shared
from ..term import count

EXAMPLES = """
llmops assemble events.jsonl | llmops classify -o conversations.jsonl
llmops classify --field body.prompt requests.jsonl      # any record that has a text
llmops classify --explain chats.jsonl | jq .reason      # which words decided
llmops classify --model ours.model chats.jsonl          # a model of llmops train
llmops classify --with openai --model gpt-4o-mini --dry-run chats.jsonl
llmops classify --with openai --max-usd 5 --pack 6 chats.jsonl -o labelled.jsonl
llmops classify --with bedrock --resume chats.jsonl -o labelled.jsonl
llmops classify --with openai --base-url http://localhost:11434/v1 --model llama3.2 chats.jsonl
llmops classify --escalate-below 0.7 --to bedrock chats.jsonl -o labelled.jsonl
llmops classify --export-batch batch.jsonl --for openai chats.jsonl
llmops classify --import-batch batch_output.jsonl chats.jsonl -o labelled.jsonl
"""
PROVIDERS = ("openai", "bedrock")
AT_ONCE = ("max-usd", "cache", "resume")       # what is for questions that are asked at once, and for any that are asked
ASKED = (*AT_ONCE, "base-url", "concurrency", "timeout", "insecure", "pack", "dry-run", "no-sanitize", "to-model")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_streams(parser)
    parser.add_argument("--with", dest="labeller", choices=("local", *PROVIDERS), help="who classifies: the model on this machine (default), or a provider's")
    parser.add_argument("--model", metavar="MODEL", help="a model file of llmops train; with a provider the id of its model")
    parser.add_argument("--taxonomy", metavar="FILE", help="labels of your own in TOML: name, description, examples, sub-labels")
    parser.add_argument("--messages", type=options.whole, default=8, metavar="N", help="user messages read of a conversation (default: 8)")
    parser.add_argument("--chars", type=options.whole, default=200, metavar="N", help="characters read of each (default: 200)")
    parser.add_argument("--field", metavar="PATH", help="where the text stands, as text or body.prompt")
    parser.add_argument("--explain", action="store_true", help="add `reason`: the words that decided, or what the provider's model says")
    provider = parser.add_argument_group("with a provider")
    provider.add_argument("--base-url", metavar="URL", help="the server: its path is kept (default: the provider's own)")
    provider.add_argument("--concurrency", type=options.whole, metavar="N", help="calls at a time (default: 16)")
    provider.add_argument("--pack", type=options.whole, metavar="N", help="conversations in a call, 4 to 8 save most (default: 1)")
    provider.add_argument("--max-usd", type=options.dollars, metavar="X", help="spend no more than that; rows beyond have `error`")
    provider.add_argument("--max-rows", type=options.whole, metavar="N", help="read and write the first N rows and stop there")
    provider.add_argument("--cache", metavar="DIR", help="keep answers there, by exact hash of model, prompt and text")
    provider.add_argument("--resume", action="store_true", help="go on with a run that ended early, or ask again about rows without a label in -o")
    provider.add_argument("--dry-run", action="store_true", help="print rows, calls, tokens and dollars as one JSON line; send nothing")
    provider.add_argument("--timeout", type=options.duration, metavar="TIME", help="how long an answer may take, and how long it may be that none comes (default: 2m; 16s at the start)")
    provider.add_argument("--insecure", action="store_true", help="allow http:// to other machines than this one")
    provider.add_argument("--no-sanitize", action="store_true", help="send texts as they are, personal data and secrets too")
    cascade = parser.add_argument_group("the local model first, a provider for what it is unsure of")
    cascade.add_argument("--escalate-below", type=options.share, metavar="P", help="send up rows of which the local model is less sure than P, 0 to 1")
    cascade.add_argument("--to", choices=PROVIDERS, help="where they go; --model is then the provider's if it is no file")
    cascade.add_argument("--to-model", metavar="ID", help="the provider's model, where --model is a file")
    batch = parser.add_argument_group("a provider's batch service, at half the price")
    batch.add_argument("--export-batch", metavar="FILE", help="write the questions there, and to FILE with -2, -3 … where a file is full")
    batch.add_argument("--import-batch", metavar="FILE", action="append", help="answers of a batch to the same inputs; may be repeated, errors too")
    batch.add_argument("--for", dest="batch_for", choices=PROVIDERS, help="whose batch files (default: of --with or --to, else openai)")


def run(args: argparse.Namespace) -> int:
    if args.escalate_below is not None and _is_set("classify.with", args):
        args.labeller = "local"
    if args.escalate_below is not None and args.labeller != "local":
        raise UserError("--escalate-below is for the local model", hint="leave --with out, and say with --to where the unsure rows go")
    if (args.escalate_below is None) != (args.to is None) and not args.import_batch:
        raise UserError("--escalate-below and --to go together", hint="--escalate-below 0.7 --to bedrock")
    beside = [args.model, args.taxonomy, *(args.import_batch or ())]
    refuse_shared({"-o": args.output, "--rejects": args.rejects}, beside)
    refuse_shared({"--export-batch": args.export_batch}, [*args.files, *beside])
    if args.export_batch or args.import_batch:
        _refuse(args, AT_ONCE, "does not go with batches, which wait for their answers", "leave it out, or ask at once: --with openai or --with bedrock")
        if not args.import_batch:
            _refuse(args, ("output",), "does not go with --export-batch, which gives no rows", "--import-batch gives them, once there are answers")
        from ..labelling import batches
        return batches(args)
    _refuse(args, ("for",), "is for batches", "--export-batch FILE or --import-batch FILE")
    if args.labeller != "local" or args.to:
        from ..labelling import ask
        return ask(args)
    _refuse(args, ASKED, "is for a provider", "--with openai or --with bedrock")
    return _local(args)


def _refuse(args: argparse.Namespace, names: tuple[str, ...], why: str, hint: str) -> None:
    """UserError when one of these options was typed and would say nothing. (What the settings say is for other runs, too.)"""
    given = {action.option_strings[-1][2:]: getattr(args, action.dest, None) for action in args.parser._actions if action.option_strings}
    for name in names:
        if given[name] and not _is_set(f"classify.{name}", args):
            raise UserError(f"--{name} {why}", hint=hint)


def _is_set(key: str, args: argparse.Namespace) -> bool:
    """Whether the value of an option is that of a setting."""
    return key in {setting.key for setting in config.SETTINGS} and (key in args.defaulted or args.settings.get(key).origin != "default")


def _local(args: argparse.Namespace) -> int:
    model = Model.load(args.model)
    decide, by = label.decider(model, args.taxonomy)
    rows, began = 0, time.monotonic()
    with options.streams(args) as (reader, output):
        for record in reader:
            text = snippet(record, args.messages, args.chars, args.field)
            if text is None:
                reader.reject(missing(args.field))
                continue
            verdict, below = decide(text)
            added = label.keys(verdict, by, below)
            if args.explain:
                added["reason"] = ", ".join(name for name, _ in model.explain(text)) if text else "nothing to read"
            output.write(spliced(reader.raw, record, added) + b"\n")
            rows += 1
            if rows == args.max_rows:
                break
    pace = rows / max(time.monotonic() - began, 1e-6)
    options.notice(args)(f"{count(reader.lines_read, 'row')}, {rows:,} labelled, {pace:,.0f} rows/s")
    return PARTIAL if reader.rejects.count else OK

