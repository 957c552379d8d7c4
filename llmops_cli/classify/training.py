"""From labelled rows to a model file. `python3 -m llmops_cli.classify.training` rebuilds the shipped model byte for byte."""

import hashlib
import os
from typing import Any, Callable, NamedTuple, Sequence

from . import corpus, modelfile
from .calibration import temperature
from .features import KINDS
from .local import SHIPPED
from .softmax import Settings, Weights, learn
from .taxonomy import LABELS, UNKNOWN

SHIPPED_SETTINGS = Settings(epochs=6, rate=1.0, smooth=0.1)
SHIPPED_VERSION = 1


FARTHER = 1.1       # elsewhere is farther away than any hand of ours is from the others


class Learned(NamedTuple):
    """Weights with the temperature that makes them honest."""

    weights: Weights
    temperature: float


def train(rows: Sequence[corpus.Row], labels: Sequence[str], kind: str, settings: Settings, parts: Sequence[str],
          say: Callable[[str], None] = lambda line: None) -> Learned:
    """Learn all rows. The temperature is that of the part of `parts` that a model of the other parts knows least."""
    number_of = {label: number for number, label in enumerate(labels)}
    features = [KINDS[kind](row.text) for row in rows]
    targets = [number_of[row.label] for row in rows]
    honest = []
    for part in sorted(set(parts)):
        inside = [number for number, name in enumerate(parts) if name == part]
        outside = [number for number, name in enumerate(parts) if name != part]
        score = learn([features[number] for number in outside], [targets[number] for number in outside],
                      len(labels), settings).scores()
        judged = [score(features[number]) for number in inside]
        right = sum(row.index(max(row)) == targets[number] for row, number in zip(judged, inside))
        say(f"{part}: {right / len(inside):.3f} right of {len(inside):,} rows by a model of the others")
        honest.append(temperature(judged, [targets[number] for number in inside]))
    return Learned(learn(features, targets, len(labels), settings), round(max(honest) * FARTHER, 3))


def model_bytes(learned: Learned, header: dict[str, Any]) -> bytes:
    return modelfile.encode(modelfile.contents(learned.weights, header | {"temperature": learned.temperature}))


def build_shipped(folder: str = corpus.FOLDER, say: Callable[[str], None] = lambda line: None) -> bytes:
    """The bytes of the model that is shipped, from the corpus in `folder`."""
    rows = corpus.read(folder)
    learned = train(rows, LABELS, "tasks", SHIPPED_SETTINGS, [row.hand for row in rows], say)
    header = {"id": f"local@{SHIPPED_VERSION}", "labels": LABELS, "unknown": UNKNOWN, "features": "tasks", "floor": 0.0,
              "trained_on": {"corpus": corpus.fingerprint(folder), "rows": len(rows), "hands": len(corpus.hands(folder)),
                             "settings": SHIPPED_SETTINGS._asdict()}}
    return model_bytes(learned, header)


def rebuild(path: str = SHIPPED, say: Callable[[str], None] = lambda line: None) -> str:
    """Write the shipped model anew and return its SHA-256."""
    data = build_shipped(say=say)
    with open(f"{path}.partial", "wb") as file:
        file.write(data)
    os.replace(f"{path}.partial", path)
    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    print(rebuild(say=print))
