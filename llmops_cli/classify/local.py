"""The local model: a label and an honest confidence for a text, with no network and no packages."""

import math
import os
from itertools import repeat
from struct import Struct
from typing import NamedTuple

from ..errors import UserError
from . import modelfile
from .features import KINDS
from .softmax import probabilities
from .taxonomy import UNKNOWN

SHIPPED = os.path.join(os.path.dirname(__file__), "shipped.model")
_LANE = 32
_MIDDLE = 1 << (_LANE - 1)
_NORM_STEPS = 16


class Verdict(NamedTuple):
    """A label, and the share of such verdicts that is right."""

    label: str
    confidence: float


class Model:
    """A trained model in memory. The weights of a feature, all labels, stand side by side in one integer: a text is one sum."""

    def __init__(self, contents: modelfile.Contents):
        header = contents.header
        self.header, self.id, self.labels = header, header["id"], tuple(header["labels"])
        self.unknown = UNKNOWN if UNKNOWN in self.labels else header.get("unknown", UNKNOWN)
        self._features = KINDS[header["features"]]
        self._scale, self._temperature, self._floor = header["scale"], header["temperature"], header.get("floor", 0.0)
        lanes = len(self.labels) + 1
        self._middle = sum(_MIDDLE << _LANE * lane for lane in range(lanes))
        self._size, self._unpack = lanes * _LANE // 8, Struct(f"<{lanes}I").unpack
        self._table = self._packed(contents)

    @classmethod
    def load(cls, path: str | None = None) -> "Model":
        """The model in a file; None is the shipped one. UserError when it is not a whole model."""
        where = path or SHIPPED
        try:
            with open(where, "rb") as file:
                data = file.read()
        except OSError as error:
            raise UserError(f"cannot be read: {error.strerror or error}", where=where) from None
        contents = modelfile.decode(data, where)
        if contents.header.get("features") not in KINDS:
            raise UserError("the model needs another version of this program", where=where, hint="train it again with this version")
        return cls(contents)

    def _packed(self, contents: modelfile.Contents) -> dict[str, int]:
        """Feature to integer: the squared rarity in the lowest lane, then a signed weight a label."""
        width, count = self._size, len(contents.vocabulary)
        rows = bytearray(width * count)
        squares = [(rarity * rarity * _NORM_STEPS) // modelfile.RARITY_STEPS ** 2 for rarity in range(256)]
        rows[0::width] = contents.rarity.translate(bytes(square & 255 for square in squares))
        rows[1::width] = contents.rarity.translate(bytes(square >> 8 for square in squares))
        for number, column in enumerate(contents.columns, 1):
            rows[number * _LANE // 8::width] = column
        bias = sum(128 << _LANE * lane for lane in range(1, len(self.labels) + 1))
        view, integer = memoryview(rows), int.from_bytes
        return dict(zip(contents.vocabulary,
                        [integer(view[at:at + width], "little") - bias for at in range(0, len(rows), width)]))

    def scores(self, text: str) -> list[float] | None:
        """A score a label; None when no feature of the text is known."""
        features = self._features(text)
        squared, *sums = self._unpack(sum(map(self._table.get, features, repeat(0)), self._middle).to_bytes(self._size, "little"))
        squared -= _MIDDLE
        if squared <= 0:
            return None
        scale = self._scale / math.sqrt(squared / _NORM_STEPS)
        return [(value - _MIDDLE) * scale for value in sums]

    def classify(self, text: str) -> Verdict:
        """The label of a text and how sure it is; the unknown label when nothing fits."""
        scores = self.scores(text)
        if scores is None:
            return Verdict(self.unknown, 0.0)
        shares = probabilities(scores, self._temperature)
        share = max(shares)
        if share < self._floor:
            return Verdict(self.unknown, round(share, 4))
        return Verdict(self.labels[shares.index(share)], round(share, 4))

    def explain(self, text: str, most: int = 8) -> list[tuple[str, float]]:
        """The words and turns of phrase that spoke loudest for the label chosen over the average label, loudest first."""
        scores = self.scores(text)
        if scores is None:
            return []
        from .explaining import name, said
        words = said(text) if self.header["features"] == "tasks" else {}
        chosen, lanes = scores.index(max(scores)), len(self.labels)
        found: dict[str, float] = {}
        for feature in sorted(self._features(text)):
            packed = self._table.get(feature)
            if packed is not None:
                _, *weights = self._unpack((packed + self._middle).to_bytes(self._size, "little"))
                spoken = name(feature, words)
                found[spoken] = found.get(spoken, 0.0) + (weights[chosen] - sum(weights) / lanes) * self._scale
        ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
        return [(spoken, round(weight, 3)) for spoken, weight in ranked[:most] if weight > 0]
