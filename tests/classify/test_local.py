"""The model: what it knows of itself, damaged files, the same bytes twice."""

import json

import pytest

from llmops_cli.classify import corpus, local, modelfile, training
from llmops_cli.classify.local import SHIPPED, Model
from llmops_cli.classify.softmax import Settings
from llmops_cli.classify.taxonomy import LABELS
from llmops_cli.errors import UserError

ROWS = [corpus.Row(text, label, hand) for hand in ("a", "b") for text, label in [
    ("red apple pie", "fruit"), ("green apple", "fruit"), ("ripe pear", "fruit"), ("fast car", "wheels"), ("red car", "wheels"), ("old bike", "wheels")]]


def small(seed=1):
    learned = training.train(ROWS, ("fruit", "wheels"), "subjects", Settings(seed=seed, seen=1), [row.hand for row in ROWS])
    return training.model_bytes(learned, {"id": "small@1", "labels": ["fruit", "wheels"], "features": "subjects"})


def load(data, tmp_path):
    path = tmp_path / "small.model"
    path.write_bytes(data)
    return Model.load(str(path))


def test_the_shipped_model_is_of_the_corpus_in_the_tree():
    model = Model.load()
    assert model.labels == LABELS and model.id.startswith("local@")
    assert model.header["trained_on"]["corpus"] == corpus.fingerprint(), "python3 -m llmops_cli.classify.training"
    assert len(open(SHIPPED, "rb").read()) <= 1_000_000


def test_a_small_model_twice_is_the_same_bytes(tmp_path):
    assert small() == small()
    model = load(small(), tmp_path)
    assert model.classify("a pear")[0] == "fruit" and model.classify("my old car")[0] == "wheels"
    assert model.classify("xyzzy")[1] < 0.9


def test_every_byte_counts(tmp_path):
    data = small()
    for at in (0, 14, 40, 90, len(data) // 2, len(data) - 1):
        with pytest.raises(UserError):
            load(data[:at] + bytes([data[at] ^ 1]) + data[at + 1:], tmp_path)
        with pytest.raises(UserError):
            load(data[:at], tmp_path)


def test_a_model_of_unknown_features_is_refused(tmp_path):
    contents = modelfile.decode(small(), "x")
    with pytest.raises(UserError, match="another version"):
        load(modelfile.encode(contents._replace(header=contents.header | {"features": "new"})), tmp_path)


def test_large_models_are_packed_and_come_back(monkeypatch, tmp_path):
    monkeypatch.setattr(modelfile, "PLAIN_LIMIT", 10)
    assert load(small(), tmp_path).classify("a pear")[0] == "fruit"


def test_the_sum_of_lanes_is_the_sum_of_weights():
    """A text's score is that of its features added one by one in plain arithmetic."""
    model = Model.load()
    contents = modelfile.decode(open(SHIPPED, "rb").read(), SHIPPED)
    index = {feature: number for number, feature in enumerate(contents.vocabulary)}
    text = "Can you translate the 25 invoices of our customer into Spanish?\nThanks!"
    known = [index[feature] for feature in local.KINDS["tasks"](text) if feature in index]
    squared = sum(int(contents.rarity[number] ** 2 * 16 // 256) for number in known) / 16
    for label, score in enumerate(model.scores(text)):
        plain = sum(contents.columns[label][number] - 128 for number in known)
        assert score == pytest.approx(plain * contents.header["scale"] / squared ** 0.5)


def test_corpus_rows_are_sound():
    seen = {}
    for name in corpus.hands():
        with open(f"{corpus.FOLDER}/{name}", encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                assert row["label"] in LABELS and (row.keys() <= {"text", "label", "lang"} or row.keys() <= {"messages", "label", "lang"})
                text = " ".join((row.get("text") or " / ".join(row["messages"])).lower().split())
                assert seen.setdefault(text, row["label"]) == row["label"], text
