"""Label conversations by hand, a key each, those that the model is least sure of first.

Shows a text, what the model holds it to be, and a key for each label: a digit or
a letter gives a label, Enter takes the guess, s skips, u takes the last answer
back, q ends. Each answer is written at once, as a line {"text", "label"} at the
end of -o, which `llmops train` and `llmops evaluate` read. Start it again with
the same -o, and it goes on with what has no label yet (what was skipped, too).

Texts are sanitized before they are shown and written, unless --no-sanitize.
Keys come from the terminal: standard input must be one, so name the records as
files. Works with any model (--model) and any labels (--taxonomy).
"""

import argparse
import os
import select
import shutil
import sys
from contextlib import contextmanager
from typing import Any, Callable, Iterator

from .. import options
from ..classify import annotation, custom, label
from ..classify.local import Model
from ..classify.snippet import masked, missing, snippet
from ..errors import OK, PARTIAL, UserError
from ..term import count

EXAMPLES = """
llmops label conversations.jsonl
llmops label chats.jsonl -o labels.jsonl && llmops train labels.jsonl -o ours.model
llmops label --model ours.model --most 50 new-chats.jsonl -o labels.jsonl
llmops label --taxonomy labels.toml --field body.prompt requests.jsonl
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="records to label, plain or .gz .bz2 .xz")
    parser.add_argument("-o", "--output", metavar="FILE", default="labels.jsonl", help="add the answers to that file (default: labels.jsonl)")
    options.add_reject_options(parser)
    parser.add_argument("--model", metavar="FILE", help="a model of llmops train in place of the one that comes with the program")
    parser.add_argument("--taxonomy", metavar="FILE", help="labels of your own in TOML, as for classify")
    parser.add_argument("--messages", type=options.whole, default=8, metavar="N", help="user messages shown of a conversation (default: 8)")
    parser.add_argument("--chars", type=options.whole, default=200, metavar="N", help="characters shown of each (default: 200)")
    parser.add_argument("--field", metavar="PATH", help="where the text stands, as text or body.prompt")
    parser.add_argument("--most", type=options.whole, default=1000, metavar="N", help="ask about so many at most, the least sure (default: 1000)")
    parser.add_argument("--no-sanitize", action="store_true", help="show and write texts as they are, personal data and secrets too")


def run(args: argparse.Namespace) -> int:
    if sys.stdin is None or not sys.stdin.isatty():
        raise UserError("label: standard input is no terminal, and keys are read from it",
                        hint="name the records as files, and run it where somebody can type")
    if "-" in args.files:
        raise UserError("label: records cannot come from standard input, keys do", hint="write them to a file first")
    if args.output == "-":
        raise UserError("label: -o needs a file that grows, not standard output", hint="-o labels.jsonl")
    say, model, store = options.notice(args), Model.load(args.model), annotation.Labels(args.output)
    labels = custom.read(args.taxonomy).names if args.taxonomy else model.labels
    annotation.keys_of(labels)
    decide, _ = label.decider(model, args.taxonomy)
    with options.rejecting(args, say) as rejects:
        offers = annotation.least_certain(offered(args, options.reader(args, rejects), store, decide), args.most)
        args.progress.done()
    if not offers:
        say("nothing to label: every text has its label" if store.known else "nothing to label")
        return PARTIAL if rejects.count else OK
    with keys(sys.stdin.fileno()) as next_key:
        width = min(100, shutil.get_terminal_size().columns)
        labelled = annotation.ask(offers, labels, store, next_key, show, width)
    say(f"{count(labelled, 'label')} added to {args.output}")
    return PARTIAL if rejects.count else OK


def offered(args: argparse.Namespace, reader: Any, store: annotation.Labels, decide: label.Decider) -> Iterator[annotation.Offer]:
    """What the model holds each text to be that has no label yet."""
    mask = None if args.no_sanitize else options.masker()
    for record in reader:
        text = snippet(record, args.messages, args.chars, args.field) if mask is None else \
            masked(record, mask, args.messages, args.chars, args.field)
        if text is None:
            reader.reject(missing(args.field))
        elif text and text not in store.known:
            verdict, _ = decide(text)
            yield annotation.Offer(text, verdict.label, verdict.confidence)


def show(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


@contextmanager
def keys(terminal: int) -> Iterator[Callable[[], str]]:
    """A function that waits for one key of the terminal, which is as it was when the block ends. A closed terminal quits."""
    import termios
    import tty
    before = termios.tcgetattr(terminal)

    def pending() -> bool:
        return bool(select.select([terminal], [], [], 0.02)[0])

    def next_key() -> str:
        key = os.read(terminal, 1)
        if key == b"\x1b":          # an arrow or function key is no answer: escape, [ or O, then all up to a letter or ~ (ECMA-48)
            if pending() and os.read(terminal, 1) in (b"[", b"O"):
                while pending() and b" " <= os.read(terminal, 1) < b"@":
                    pass
            return ""
        return annotation.QUIT if key in (b"", b"\x04") else annotation.ACCEPT if key in b"\r\n" else key.decode("ascii", "replace")
    try:
        tty.setcbreak(terminal)
        yield next_key
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
