"""Train a local model on your own labels, for `classify --model`.

Rows are JSONL or CSV with a text (or messages) and a label: labels that people
gave, or those of another labeller (task_category), so that the labels of a
provider become a model that runs here for nothing. Any labels will do.

A tenth of the rows is held out: it decides when to stop, makes the confidence
honest, and is reported. The model is then trained on all rows. The same rows,
options and seed give the same bytes.
"""

import argparse
import json
from typing import TYPE_CHECKING, Callable

from .. import options, storage
from ..errors import OK, PARTIAL, UserError
from ..term import count, plain

if TYPE_CHECKING:
    from ..classify import corpus

EXAMPLES = """
llmops train labelled.csv -o ours.model && llmops classify --model ours.model chats.jsonl
llmops train --label intent --field utterance intents.jsonl -o intents.model
llmops train --min-confidence 0.8 provider-labels.jsonl -o distilled.model
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_streams(parser, output="the model")
    parser.add_argument("--label", metavar="KEY", help="key or column of the label (default: label, else task_category)")
    parser.add_argument("--field", metavar="PATH", help="key, path or column of the text (default: messages, text, content, query)")
    parser.add_argument("--min-confidence", type=options.share, default=0.0, metavar="P", help="leave out rows whose `confidence` is lower, 0 to 1")
    parser.add_argument("--features", choices=("subjects", "tasks"), default="subjects",
                        help="subjects: words and characters, for intents and topics (default); tasks: what is asked for, whatever the topic")
    parser.add_argument("--epochs", type=options.whole, default=6, metavar="N", help="times to go over the rows at most (default: 6)")
    parser.add_argument("--seed", type=options.whole, default=1, metavar="N", help="another order and another tenth held out (default: 1)")
    parser.add_argument("--name", help="what classified_by says (default: the name of the model file)")
    parser.add_argument("--json", action="store_true", help="the report on the rows held out as one JSON object")
    parser.add_argument("--shipped", action="store_true", help="build the program's own model from the corpus in the package")


def run(args: argparse.Namespace) -> int:
    from ..classify import evaluation, training
    say = options.notice(args)
    if args.output in (None, "-"):
        raise UserError("train: -o MODEL is missing: a model is not for reading", hint="llmops train FILE... -o ours.model")
    storage.local.refuse_shared({"-o": args.output}, args.files)
    with storage.create(args.output) as output:     # first of all: training takes its time
        if args.shipped:
            output.write(training.build_shipped(say=say))
            return OK
        rows, rejected = _rows(args, say)
        name = args.name or args.output.rpartition("/")[2].partition(".")[0] or "model"
        data, found = training.build(rows, name, args.features, args.epochs, args.seed, say)
        output.write(data)
    print(json.dumps(found, ensure_ascii=False, indent=2) if args.json else "on the rows held out: " + evaluation.as_text(found, most_labels=12))
    say(f"{count(len(rows), 'row')}, {count(len({row.label for row in rows}), 'label')}, {len(data) / 1e6:.2f} MB")
    return PARTIAL if rejected else OK


def _rows(args: argparse.Namespace, say: Callable[[str], None]) -> tuple[list["corpus.Row"], int]:
    """The rows to learn from, and how many lines were rejected."""
    from ..classify import corpus
    with options.rejecting(args, say) as rejects:
        reader = options.reader(args, rejects, open_sources=corpus.opener(rejects))
        rows = list(corpus.labelled(reader, args.label, args.field, least=args.min_confidence))
        args.progress.done()
    few = corpus.check(rows)
    if few:
        say(f"{count(len(few), 'label')} with fewer than {corpus.FEW} rows: {', '.join(map(plain, few[:5]))}{', ...' if len(few) > 5 else ''}")
    return rows, rejects.count
