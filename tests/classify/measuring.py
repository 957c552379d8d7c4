"""The program's recipe on parts of the rows: what a model that never saw the rest makes of it."""

import gzip
import hashlib
import json
import os
from functools import lru_cache
from typing import Iterator, Sequence

from llmops_cli.classify import corpus, evaluation, public_rows, training
from llmops_cli.classify.features import tasks
from llmops_cli.classify.local import Model
from llmops_cli.classify.softmax import learn, probabilities
from llmops_cli.classify.taxonomy import LABELS

features = lru_cache(None)(tasks)
NUMBER_OF = {label: number for number, label in enumerate(LABELS)}


def public_prompts() -> list[dict]:
    """The 12,882 public prompts as they are, doubtful labels and all."""
    with gzip.open(os.path.join(os.environ["LLMOPS_TEST_DATA"], "taxonomy", "taxonomy_dev.jsonl.gz"), "rt", encoding="utf-8") as file:
        return [record | {"text": corpus.as_read(record)} for record in map(json.loads, file)]


def scores(own: Sequence[corpus.Row], public: Sequence[dict] = ()):
    """What the recipe learns of these rows: a function from features to a score a label."""
    texts = [*(row.text for row in own), *(row["text"] for row in public)]
    labels = [*(row.label for row in own), *(row["label"] for row in public)]
    worth = [1.0] * len(own) + [training.PUBLIC_WORTH] * len(public)
    return learn([features(text) for text in texts], [NUMBER_OF[label] for label in labels], len(LABELS),
                 training.SHIPPED_SETTINGS, worth=worth).scores()


def contradicts(score):
    """What a model, our own rows', contradicts (as public_rows.judge)."""
    def judged(text: str, label: str) -> bool:
        shares = probabilities(score(features(text)))
        return max(shares) >= public_rows.CONTRADICTED and shares.index(max(shares)) != NUMBER_OF[label]
    return judged


def outcomes(score, rows: Sequence[tuple[str, str, str]]) -> Iterator[evaluation.Outcome]:
    """Rows of (text, label, group) as the shipped temperature has them judged."""
    temperature = Model.load().header["temperature"]
    for text, label, group in rows:
        shares = probabilities(score(features(text)), temperature)
        yield evaluation.Outcome(label, LABELS[shares.index(max(shares))], max(shares), group)


def half_of(record: dict) -> int:
    """Which half of the public prompts a record is in, whatever their order."""
    return hashlib.sha256(record["text"].encode("utf-8", "replace")).digest()[0] & 1


def half_way(found: dict) -> float:
    """The accuracy of the surest half of a report."""
    return next(one["accuracy"] for one in found["coverage"] if one["share"] == 0.5)
