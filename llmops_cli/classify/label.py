"""A label on a record: the same keys whether `classify` or `run` puts it there."""

from typing import Any, Callable, Sequence

from .local import Model, Verdict
from .snippet import snippet
from .taxonomy import UNKNOWN

Labeller = Callable[[Sequence[str]], Sequence[Verdict]]     # texts in, a verdict for each
Decider = Callable[[str], tuple[Verdict, str]]              # a text in, its verdict and sub-label out
KEYS = ("task_category", "confidence", "classified_by")


def local(model: Model) -> Labeller:
    """The labeller that a local model is."""
    return lambda texts: [judge(text, model) for text in texts]


def decider(model: Model, taxonomy: str | None = None) -> tuple[Decider, str]:
    """What decides on a text, and its name: the model, or the labels of a taxonomy file with the model behind them."""
    if taxonomy is None:
        return lambda text: (judge(text, model), ""), model.id
    from . import custom
    return custom.decider(custom.read(taxonomy), model, taxonomy)


def judge(text: str, model: Model) -> Verdict:
    """The model's verdict; a text with nothing in it is unknown for certain."""
    return model.classify(text) if text else Verdict(UNKNOWN, 1.0)


def label(conversation: dict[str, Any], model: Model, messages: int = 8, chars: int = 200) -> dict[str, Any]:
    """The conversation with task_category, confidence and classified_by at its end (keys of those names replaced)."""
    verdict = judge(snippet(conversation, messages, chars) or "", model)
    for key in KEYS:
        conversation.pop(key, None)
    conversation.update(keys(verdict, model.id))
    return conversation


def keys(verdict: Verdict, by: str, below: str = "") -> dict[str, Any]:
    """What is written of a verdict.

    >>> keys(Verdict("Technical Help", 0.9), "local@1")
    {'task_category': 'Technical Help', 'confidence': 0.9, 'classified_by': 'local@1'}
    """
    found = dict(zip(KEYS, (verdict.label, verdict.confidence, by)))
    return found | {"sub_category": below} if below else found
