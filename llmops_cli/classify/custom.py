"""A taxonomy of one's own: labels with examples in a TOML file, and sub-labels below labels."""

from typing import Any, Callable, NamedTuple

from ..config import read_toml
from ..errors import UserError
from . import modelfile
from .corpus import Row
from .local import Model, Verdict
from .softmax import Settings
from .taxonomy import UNKNOWN


class Label(NamedTuple):
    """A label as the file describes it."""

    name: str
    about: str = ""
    examples: tuple[str, ...] = ()
    below: tuple["Label", ...] = ()


class Taxonomy(NamedTuple):
    """The labels of a file, in its order."""

    labels: tuple[Label, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(label.name for label in self.labels)



def read(path: str) -> Taxonomy:
    """The taxonomy in a TOML file of `[[label]]` tables; UserError says which one cannot be used."""
    document = read_toml(path)
    if document.keys() - {"label"}:
        raise UserError(f"unknown key {sorted(document.keys() - {'label'})[0]!r}", where=path, hint="labels stand in [[label]] tables")
    return Taxonomy(_labels(document.get("label"), path, "label"))


def _labels(tables: Any, path: str, what: str) -> tuple[Label, ...]:
    if tables.__class__ is not list or not tables:
        raise UserError(f"no {what}", where=path, hint='[[label]]\nname = "Billing"\nexamples = ["where is my invoice"]')
    labels = tuple(_label(table, path, what) for table in tables)
    names = [label.name for label in labels]
    for name in names:
        if names.count(name) > 1:
            raise UserError(f"{what} {name!r} stands there twice", where=path)
    return labels


def _label(table: Any, path: str, what: str) -> Label:
    known = {"name", "description", "examples", "sub"}
    if table.__class__ is not dict or table.get("name").__class__ is not str or not table["name"].strip():
        raise UserError(f"a {what} without a name", where=path, hint='name = "Billing"')
    name, examples = table["name"].strip(), table.get("examples", [])
    if table.keys() - known:
        raise UserError(f"{what} {name!r}: unknown key {sorted(table.keys() - known)[0]!r}", where=path, hint="name, description, examples, sub")
    if examples.__class__ is not list or any(example.__class__ is not str for example in examples):
        raise UserError(f"{what} {name!r}: examples is not a list of texts", where=path)
    below = _labels(table["sub"], path, f"sub-label of {name!r}") if "sub" in table else ()
    return Label(name, str(table.get("description", "")), tuple(examples), below)


def decider(taxonomy: Taxonomy, model: Model, path: str) -> tuple[Callable[[str], tuple[Verdict, str]], str]:
    """(a function from a text to its verdict and its sub-label, the name of what decides). Labels that the model knows are its own; others are learned from their examples, and so are sub-labels."""
    known = set(taxonomy.names) <= {*model.labels, UNKNOWN}
    above = model if known else learned(taxonomy.labels, path, "taxonomy")
    allowed = set(taxonomy.names)
    below = {label.name: learned(label.below, path, label.name) for label in taxonomy.labels if len(label.below) > 1}
    only = {label.name: label.below[0].name for label in taxonomy.labels if len(label.below) == 1}

    def decide(text: str) -> tuple[Verdict, str]:
        verdict = above.classify(text) if text else Verdict(UNKNOWN, 1.0)
        if verdict.label not in allowed:
            return Verdict(UNKNOWN, verdict.confidence), ""
        if verdict.label in below:
            return verdict, below[verdict.label].classify(text).label
        return verdict, only.get(verdict.label, "")
    return decide, above.id


def below(taxonomy: Taxonomy, path: str) -> Callable[[str, str], str]:
    """A function from a label and a text to the sub-label, "" where the label has none; learned from the examples."""
    models = {label.name: learned(label.below, path, label.name) for label in taxonomy.labels if len(label.below) > 1}
    only = {label.name: label.below[0].name for label in taxonomy.labels if len(label.below) == 1}
    return lambda label, text: models[label].classify(text).label if label in models else only.get(label, "")


def learned(labels: tuple[Label, ...], path: str, name: str) -> Model:
    """A model of the examples (and the descriptions) of labels: a few words each, so it is modest about them."""
    from . import training
    rows = [Row(text, label.name, "") for label in labels for text in (*label.examples, label.about, label.name) if text]
    bare = [label.name for label in labels if not label.examples]
    if bare:
        raise UserError(f"{bare[0]!r} has no examples, and the model does not know it", where=path,
                        hint="give it examples = [...], or train a model on labelled rows: llmops train")
    names = sorted(label.name for label in labels)
    number_of = {label: number for number, label in enumerate(names)}
    weights = training.learn([training.KINDS["subjects"](row.text) for row in rows], [number_of[row.label] for row in rows],
                             len(names), Settings(epochs=10, seen=1, smooth=0.1))
    return Model(modelfile.contents(weights, {"id": f"{name}@examples", "labels": names, "features": "subjects", "temperature": 1.0}))
