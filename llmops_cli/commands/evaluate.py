"""Measure a labeller on rows whose label is known.

Says how often it is right, label by label, which labels are taken for which,
how far its confidence is off (calibration error) and how right the surest
tenth, half, ... of the rows are, which tells where to set a limit below which
rows go to people or to a provider.

Rows are JSONL or CSV with a text and a label. MODEL is a file of llmops train;
without one the model that comes with the program is measured.
"""

import argparse
import json

from .. import options, storage
from ..classify import corpus, evaluation, label
from ..classify.local import Model
from ..classify.modelfile import is_model
from ..errors import OK, PARTIAL, UserError
from ..storage.local import refuse_shared

EXAMPLES = """
llmops evaluate ours.model held-out.jsonl
llmops evaluate --by source --html evaluation.html labelled.csv
llmops evaluate --json labelled.jsonl | jq '.coverage'
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", metavar="[MODEL] FILE", help="a model file, if it is not the program's own, and labelled rows")
    parser.add_argument("-o", "--output", metavar="FILE", help="write the report there when whole (default: standard output)")
    options.add_reject_options(parser)
    parser.add_argument("--with", dest="labeller", choices=("local",), help="who is measured: the model on this machine (default)")
    parser.add_argument("--model", metavar="FILE", help="the model file, if it is not named first")
    parser.add_argument("--label", metavar="KEY", help="key or column of the true label (default: label, else task_category)")
    parser.add_argument("--field", metavar="PATH", help="key, path or column of the text (default: messages, text, content, query)")
    parser.add_argument("--by", metavar="KEY", help="accuracy by the values of this key too, as source or lang")
    parser.add_argument("--json", action="store_true", help="one JSON object in place of the tables")
    parser.add_argument("--html", metavar="FILE", help="write the tables and the curve as a page")


def run(args: argparse.Namespace) -> int:
    files = list(args.files)
    if not args.model and files and is_model(files[0]):
        args.model = files.pop(0)
    args.files = files
    refuse_shared({"-o": args.output or "-", "--html": args.html}, [args.model, *files])
    model = Model.load(args.model)
    with options.rejecting(args, options.notice(args)) as rejects:
        reader = options.reader(args, rejects, open_sources=corpus.opener(rejects))
        outcomes: list[evaluation.Outcome] = []
        known: dict[evaluation.Outcome, evaluation.Outcome] = {}     # what is alike is held once
        for row in corpus.labelled(reader, args.label, args.field, args.by):
            verdict = label.judge(row.text, model)
            outcome = evaluation.Outcome(row.label, verdict.label, verdict.confidence, row.hand)
            outcomes.append(known.setdefault(outcome, outcome))
        args.progress.done()
    found = {"model": model.id, **evaluation.report(outcomes, model.labels)}
    unknown = sorted({one.truth for one in outcomes} - set(model.labels))
    if unknown:
        options.notice(args)(f"{len(unknown)} labels of the rows are not among the model's {len(model.labels)}: their rows count as wrong")
    text = json.dumps(found, ensure_ascii=False, indent=2) if args.json else evaluation.as_text(found)
    with storage.create(args.output) as output:
        output.write(text.encode() + b"\n")
        if args.html:       # before the output has its name: what exits 2 publishes nothing
            from ..classify.evaluation_page import page
            with storage.create(args.html) as picture:
                picture.write(page(found, f"How right {model.id} is").encode())
    return PARTIAL if rejects.count else OK
