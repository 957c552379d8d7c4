"""The learner: linear softmax over sets of features, with one AdaGrad sum a feature.

All weights of a feature (one a label) stand side by side in a single integer, 64 bits each, so that adding up a row or
stepping along a gradient is one operation on integers for all labels at once: the standard library's own vector
arithmetic. Integers also make the result the same on every machine and version.
"""

import math
from collections import Counter
from random import Random
from struct import Struct
from typing import Callable, NamedTuple, Sequence

LANE = 64
ONE = 1 << 32                       # a weight of 1.0 in a lane
_MIDDLE = 1 << (LANE - 1)
_GRADIENT, _STEP = 1 << 15, 1 << 17     # their product is ONE


class Settings(NamedTuple):
    """How to learn. `seen` is how many rows a feature must stand in to be kept, `most` how many features at most."""

    epochs: int = 6
    rate: float = 1.0
    last_rate: float = 0.2          # share of the rate in the last epoch
    seen: int = 2
    most: int = 60_000
    balance: float = 0.3            # 0: rows count alike; 1: labels count alike
    hidden: float = 0.0             # share of a row's features hidden each time it is looked at
    smooth: float = 0.0             # share of a row that is held to belong to the other labels: labels may be wrong
    seed: int = 1


class Weights(NamedTuple):
    """What was learned: `rarity` (idf) of each feature, and its weights, times that rarity, in lanes."""

    vocabulary: list[str]
    rarity: list[float]
    lanes: list[int]
    labels: int

    def scores(self) -> Callable[[set[str]], list[float]]:
        """A function from a row's features to a score a label."""
        index = {feature: number for number, feature in enumerate(self.vocabulary)}
        total, squares = adder(self.lanes, self.labels), [value * value for value in self.rarity]

        def score(features: set[str]) -> list[float]:
            known = sorted(index[feature] for feature in features if feature in index)
            length = math.sqrt(sum(map(squares.__getitem__, known)) or 1.0) * ONE
            return [value / length for value in total(known)]
        return score


def adder(lanes: list[int], labels: int) -> Callable[[Sequence[int]], list[int]]:
    """A function that adds up the lanes of some features, a sum a label."""
    middle = sum(_MIDDLE << LANE * label for label in range(labels))
    unpack, size = Struct(f"<{labels}Q").unpack, labels * LANE // 8
    weights_of = lanes.__getitem__

    def total(features: Sequence[int]) -> list[int]:
        added = sum(map(weights_of, features), middle)
        return [value - _MIDDLE for value in unpack(added.to_bytes(size, "little"))]
    return total


def probabilities(scores: Sequence[float], temperature: float = 1.0) -> list[float]:
    """Scores as shares of one.

    >>> probabilities([0.0, 0.0])
    [0.5, 0.5]
    """
    top = max(scores)
    powers = [math.exp((score - top) / temperature) for score in scores]
    whole = sum(powers)
    return [power / whole for power in powers]


def learn(rows: Sequence[set[str]], targets: Sequence[int], labels: int, settings: Settings = Settings(),
          after_epoch: Callable[[int, Weights], bool] = lambda epoch, weights: False, worth: Sequence[float] = ()) -> Weights:
    """Weights that tell the labels of `rows` apart. `after_epoch` is handed each epoch's weights and may end it with True.
    `worth` is what each row counts, 1 when not given."""
    vocabulary, rarity = _vocabulary(rows, settings)
    index = {feature: number for number, feature in enumerate(vocabulary)}
    squares = [value * value for value in rarity]
    seen_rows = [sorted(index[feature] for feature in row if feature in index) for row in rows]
    worth = worth or [1.0] * len(rows)
    counts: Counter = Counter()
    for target, value in zip(targets, worth):
        counts[target] += value
    importance = {label: (sum(worth) / (len(counts) * count)) ** settings.balance for label, count in counts.items()}
    lanes, steps = [0] * len(vocabulary), [0.1] * len(vocabulary)
    total, weights = adder(lanes, labels), Weights(vocabulary, rarity, lanes, labels)
    doubt = settings.smooth / labels
    certain = 1 - settings.smooth
    random = Random(settings.seed).random
    for epoch in range(settings.epochs):
        done = epoch / max(1, settings.epochs - 1)
        rate = settings.rate * (1 - (1 - settings.last_rate) * done) * _STEP
        for _, number in sorted((random(), number) for number in range(len(rows))):
            row, target = seen_rows[number], targets[number]
            if settings.hidden:
                row = [feature for feature in row if random() >= settings.hidden]
            squared = sum(map(squares.__getitem__, row)) or 1.0
            length = math.sqrt(squared)
            slopes = probabilities([value / (ONE * length) for value in total(row)])
            if settings.smooth:
                slopes = [slope - doubt for slope in slopes]
            slopes[target] -= certain
            gradient, size = _packed(slopes, importance[target] * worth[number])
            size /= squared
            for feature in row:
                square = squares[feature]
                steps[feature] += size * square
                lanes[feature] -= gradient * int(rate * square / (length * math.sqrt(steps[feature])))
        if after_epoch(epoch, weights):
            break
    return weights


def _packed(slopes: list[float], importance: float) -> tuple[int, float]:
    """A gradient as lanes of an integer, and its squared length."""
    gradient, size = 0, 0.0
    for label, slope in enumerate(slopes):
        value = round(slope * importance * _GRADIENT)
        if value:
            gradient += value << LANE * label
            size += value * value
    return gradient, size / (_GRADIENT * _GRADIENT)


def _vocabulary(rows: Sequence[set[str]], settings: Settings) -> tuple[list[str], list[float]]:
    """The features worth keeping, in alphabetical order, and how rare each is."""
    counts = Counter(feature for row in rows for feature in row)
    kept = [feature for feature, count in counts.items() if count >= settings.seen]
    if len(kept) > settings.most:
        kept = sorted(kept, key=lambda feature: (-counts[feature], feature))[:settings.most]
    kept.sort()
    return kept, [1 + math.log((1 + len(rows)) / (1 + counts[feature])) for feature in kept]
