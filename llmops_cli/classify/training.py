"""From labelled rows to a model file. `python3 -m llmops_cli.classify.training` rebuilds the shipped model byte for byte."""

import hashlib
import os
from random import Random
from typing import Any, Callable, NamedTuple, Sequence

from . import corpus, evaluation, modelfile
from .calibration import temperature
from .features import KINDS
from .local import SHIPPED
from .softmax import Settings, Weights, learn, probabilities
from .taxonomy import LABELS, UNKNOWN

SHIPPED_SETTINGS = Settings(epochs=6, rate=1.0, smooth=0.1, most=30_000)
SHIPPED_VERSION = 2
PUBLIC_WORTH = 0.5  # what a public prompt counts beside one of ours: its label was made for another purpose
PATIENCE = 2        # epochs without a better one before learning ends
NOISE = 0.003       # a share of rows that means nothing
FARTHER = 1.2       # elsewhere is farther away than any public source is from the others: their doubtful rows are not among the rows


class Learned(NamedTuple):
    """Weights with the temperature that makes them honest."""

    weights: Weights
    temperature: float


def train(rows: Sequence[corpus.Row], labels: Sequence[str], kind: str, settings: Settings, parts: Sequence[str],
          say: Callable[[str], None] = lambda line: None, worth: Sequence[float] = ()) -> Learned:
    """Learn all rows, each counted as `worth` says (1 without). The temperature is that of the part of `parts` (a name a row, ""
    for a row of none) that a model of all other rows knows least."""
    number_of = {label: number for number, label in enumerate(labels)}
    features = [KINDS[kind](row.text) for row in rows]
    targets = [number_of[row.label] for row in rows]
    worth = worth or [1.0] * len(rows)
    honest = []
    for part in sorted(set(parts) - {""}):
        inside = [number for number, name in enumerate(parts) if name == part]
        outside = [number for number, name in enumerate(parts) if name != part]
        score = learn([features[number] for number in outside], [targets[number] for number in outside],
                      len(labels), settings, worth=[worth[number] for number in outside]).scores()
        judged = [score(features[number]) for number in inside]
        right = sum(row.index(max(row)) == targets[number] for row, number in zip(judged, inside))
        say(f"{part}: {right / len(inside):.3f} right of {len(inside):,} rows by a model of the others")
        honest.append(temperature(judged, [targets[number] for number in inside]))
    return Learned(learn(features, targets, len(labels), settings, worth=worth), round(max(honest) * FARTHER, 3))


def model_bytes(learned: Learned, header: dict[str, Any]) -> bytes:
    return modelfile.encode(modelfile.contents(learned.weights, header | {"temperature": learned.temperature}))


def build_shipped(say: Callable[[str], None] = lambda line: None) -> bytes:
    """The bytes of the model that is shipped: our own rows, and public prompts that count half."""
    own, public = corpus.read(), corpus.read(corpus.PUBLIC)
    learned = train([*own, *public], LABELS, "tasks", SHIPPED_SETTINGS, [""] * len(own) + [row.hand for row in public], say,
                    [1.0] * len(own) + [PUBLIC_WORTH] * len(public))
    header = {"id": f"local@{SHIPPED_VERSION}", "labels": LABELS, "unknown": UNKNOWN, "features": "tasks", "floor": 0.0,
              "trained_on": {"corpus": corpus.fingerprint(), "rows": len(own), "public_rows": len(public), "public_worth": PUBLIC_WORTH,
                             "hands": len(corpus.hands()), "settings": SHIPPED_SETTINGS._asdict()}}
    return model_bytes(learned, header)


def build(rows: Sequence[corpus.Row], name: str, kind: str, epochs: int, seed: int,
          say: Callable[[str], None] = lambda line: None) -> tuple[bytes, dict[str, Any]]:
    """The bytes of a model of a user's rows, and how right it was on the tenth held out while learning."""
    labels = sorted({row.label for row in rows})
    number_of = {label: number for number, label in enumerate(labels)}
    features, targets = [KINDS[kind](row.text) for row in rows], [number_of[row.label] for row in rows]
    inside, outside = split(targets, seed)
    settings = Settings(epochs=epochs, smooth=0.2, seed=seed)
    judged: list[list[float]] = []
    best = Best()

    def look(epoch: int, weights: Weights) -> bool:
        score = weights.scores()
        scores = [score(features[number]) for number in outside]
        right = sum(row.index(max(row)) == targets[number] for row, number in zip(scores, outside))
        say(f"epoch {epoch + 1}: {right:,} right of {len(outside):,} held out")
        if right >= best.right * (1 - NOISE):       # the rate falls from epoch to epoch, so that later is better when alike
            best.right, best.epochs, judged[:] = max(right, best.right), epoch + 1, scores
        return epoch + 1 - best.epochs >= PATIENCE

    if outside:
        learn([features[number] for number in inside], [targets[number] for number in inside], len(labels), settings, look)
    truth = [targets[number] for number in outside]
    warmth = temperature(judged, truth) if judged else 1.0
    outcomes = [evaluation.Outcome(labels[target], labels[row.index(max(row))], max(probabilities(row, warmth)))
                for row, target in zip(judged, truth)]
    found = evaluation.report(outcomes, labels)
    learned = Learned(learn(features, targets, len(labels), settings._replace(epochs=best.epochs or epochs)), warmth)
    digest = hashlib.sha256(repr([(row.text, row.label) for row in rows]).encode("utf-8", "replace")).hexdigest()
    header = {"id": f"{name}@{digest[:8]}", "labels": labels, "features": kind, "floor": 0.0,
              "trained_on": {"rows": len(rows), "sha256": digest, "settings": settings._replace(epochs=best.epochs or epochs)._asdict(),
                             "held_out": {key: found[key] for key in ("rows", "accuracy", "macro_f1", "calibration_error")}}}
    return model_bytes(learned, header), found


class Best:
    """The epoch with most rows right so far."""

    right, epochs = -1, 0


def split(targets: Sequence[int], seed: int, share: int = 10) -> tuple[list[int], list[int]]:
    """Row numbers to learn from and those held out: of each label one row in `share`, none of a label with fewer than two rows.

    >>> [len(part) for part in split([0] * 30 + [1], 1)]
    [28, 3]
    """
    random = Random(seed).random
    members: dict[int, list[tuple[float, int]]] = {}
    for number, target in enumerate(targets):
        members.setdefault(target, []).append((random(), number))
    held = {number for group in members.values() for _, number in sorted(group)[:round(len(group) / share)] if len(group) > 1}
    return [number for number in range(len(targets)) if number not in held], sorted(held)


def rebuild(path: str = SHIPPED, say: Callable[[str], None] = lambda line: None) -> str:
    """Write the shipped model anew and return its SHA-256."""
    data = build_shipped(say=say)
    with open(f"{path}.partial", "wb") as file:
        file.write(data)
    os.replace(f"{path}.partial", path)
    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    print(rebuild(say=print))
