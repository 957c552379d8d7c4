"""Public prompts as rows to learn beside our own: what our own model contradicts left out, cut to what is read of a text.

`llmops sanitize FILE | python3 -m llmops_cli.classify.public_rows` writes `corpus_public/*.jsonl.gz`, one file a licence, from
rows of `{"text", "label", "source"}`. Whose they are and what was changed stands in `corpus_public/LICENCES.md`.
"""

import hashlib
import json
import os
from collections import Counter
from typing import Any, BinaryIO, Callable, Iterable, Sequence

from .. import storage
from ..jsonl import dump
from . import corpus
from .features import ends, tasks, tokens
from .softmax import Settings, learn, probabilities
from .taxonomy import LABELS

CONTRADICTED = 0.5      # a row goes when our own model holds another label to be this likely
MOST = 800              # rows of one source and kind: more teach the habits of that source, not the task
FILES = {"dolly": "dolly", "clinc150": "clinc150", "banking77": "banking77", "stackoverflow": "stackoverflow",
         "arena_v2": "arena_and_infiagent", "infiagent": "arena_and_infiagent"}

Contradicts = Callable[[str, str], bool]        # whether our own model holds a text to have another label than this one


def judge(own: Sequence[corpus.Row], settings: Settings) -> Contradicts:
    """What a model of our own rows alone contradicts."""
    number_of = {label: number for number, label in enumerate(LABELS)}
    score = learn([tasks(row.text) for row in own], [number_of[row.label] for row in own], len(LABELS), settings).scores()

    def contradicts(text: str, label: str) -> bool:
        shares = probabilities(score(tasks(text)))
        return max(shares) >= CONTRADICTED and shares.index(max(shares)) != number_of[label]
    return contradicts


def clean(records: Iterable[dict[str, Any]], contradicts: Contradicts) -> list[dict[str, str]]:
    """The rows worth learning, by source and text: cut as features read them, none twice, none contradicted, not too many of a kind."""
    seen: set[frozenset[str]] = set()
    rows_of: Counter[str] = Counter()
    kept = []
    for record in sorted(records, key=lambda record: hashlib.sha256(record["text"].encode("utf-8", "replace")).digest()):
        text, label, source = ends(corpus.as_read(record) or ""), record["label"], record["source"]
        words = frozenset(tokens(text.lower()))     # the same words in another order, or with other numbers, are the same row
        if text and words not in seen and rows_of[source] < MOST and not contradicts(text, label):
            seen.add(words)
            rows_of[source] += 1
            kept.append({"text": text, "label": label, "source": source})
    return sorted(kept, key=lambda row: (row["source"], row["text"]))


def write(rows: Sequence[dict[str, str]], folder: str = corpus.PUBLIC) -> list[str]:
    """Write the files of `folder`; a line a file says how many rows."""
    said = []
    for name in sorted(set(FILES.values())):
        members = [row for row in rows if FILES[row["source"].partition(":")[0]] == name]
        with storage.create(os.path.join(folder, f"{name}.jsonl.gz")) as output:
            output.writelines(dump(row) + b"\n" for row in members)
        said.append(f"{name}: {len(members):,} rows")
    return said


def build(lines: BinaryIO) -> list[str]:
    """Read rows, write what is worth learning, and say what was written."""
    from .training import SHIPPED_SETTINGS
    return write(clean(map(json.loads, lines), judge(corpus.read(), SHIPPED_SETTINGS)))


if __name__ == "__main__":
    import sys
    with storage.open_source(sys.argv[1] if len(sys.argv) > 1 else "-").stream as stream:
        print("\n".join(build(stream)))
