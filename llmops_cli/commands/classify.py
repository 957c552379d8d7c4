"""Say what each conversation is about: one of ten tasks, and how sure that is.

Adds task_category, confidence (0 to 1: the share of such labels that is right)
and classified_by to each record; everything else in the line stays as it is.
Of a conversation the first 8 user messages are read, 200 characters each; of
any other record its text, content or query, or what --field names.

The model comes with the program and needs no network. It was trained on prompts
written for it; `llmops train` makes one of your own labels.
"""

import argparse
import time

from .. import options
from ..classify import label
from ..classify.local import Model
from ..classify.snippet import TEXT_KEYS, snippet
from ..classify.splice import spliced
from ..errors import OK, PARTIAL
from ..term import count

EXAMPLES = """
llmops assemble events.jsonl | llmops classify -o conversations.jsonl
llmops classify --field body.prompt requests.jsonl      # any record that has a text
llmops classify --explain chats.jsonl | jq .reason      # which words decided
llmops classify --model ours.model chats.jsonl          # a model of llmops train
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_streams(parser)
    parser.add_argument("--with", dest="labeller", choices=("local",), help="who classifies: the model on this machine (default)")
    parser.add_argument("--model", metavar="FILE", help="a model of llmops train in place of the one that comes with the program")
    parser.add_argument("--taxonomy", metavar="FILE", help="labels of your own in TOML: name, description, examples, sub-labels")
    parser.add_argument("--messages", type=options.whole, default=8, metavar="N", help="user messages read of a conversation (default: 8)")
    parser.add_argument("--chars", type=options.whole, default=200, metavar="N", help="characters read of each (default: 200)")
    parser.add_argument("--field", metavar="PATH", help="where the text stands, as text or body.prompt")
    parser.add_argument("--explain", action="store_true", help="add `reason`: the words and turns of phrase that decided")


def run(args: argparse.Namespace) -> int:
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
    pace = rows / max(time.monotonic() - began, 1e-6)
    options.notice(args)(f"{count(reader.lines_read, 'row')}, {rows:,} labelled, {pace:,.0f} rows/s")
    return PARTIAL if reader.rejects.count else OK


def missing(field: str | None) -> str:
    return f"{field} is missing" if field else f"messages, {', '.join(TEXT_KEYS[:-1])} or {TEXT_KEYS[-1]} is missing"
