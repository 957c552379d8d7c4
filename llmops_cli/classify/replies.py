"""What a provider's answer says: labels of the list and nothing else, each for the text it was asked about."""

from typing import Any, NamedTuple, Sequence

from ..llm.answers import bare, json_in
from .prompt import Item, Task

UNSAID = 0.5                # confidence of a label that came without one
REASON_LIMIT = 300          # characters of a reason that are kept
_LABEL_KEYS = ("task_category", "label", "category")


class Judgement(NamedTuple):
    """A label, how sure the provider says it is, and why, "" when it does not say."""

    label: str
    confidence: float
    reason: str = ""


class Read(NamedTuple):
    """What an answer holds: judgements by row, rows whose label is none of the list, rows it says nothing usable of."""

    judged: dict[int, Judgement]
    wrong: list[Item]
    missing: list[Item]
    formless: bool          # no JSON, though that was asked for


def read(text: str, items: Sequence[Item], task: Task) -> Read:
    """Sort out an answer. An id that was not asked about is refused, and so is one that gets two different labels."""
    value = json_in(text)
    formless = value.__class__ not in (dict, list)
    if len(items) == 1:
        said = _only(value) if not formless else bare(text)
        one = judgement(said, task)
        return Read({items[0].row: one} if one else {}, [] if one else list(items), [], formless)
    by_key = _by_id(value, {item.key for item in items})
    judged, wrong, missing = {}, [], []
    for item in items:
        found = by_key.get(item.key, [])
        judgements = [judgement(one, task) for one in found]
        if not found or len({one and one.label for one in judgements}) > 1:
            missing.append(item)
        elif judgements[0] is None:
            wrong.append(item)
        else:
            judged[item.row] = judgements[0]
    return Read(judged, wrong, missing, formless)


def named(text: str) -> list[tuple[str, Any]]:
    """(id, what is said of it) of an answer about several texts, [] of any other."""
    value = json_in(text)
    if value.__class__ is dict and len(value) == 1:
        value = next(iter(value.values()))
    if value.__class__ is not list:
        return []
    return [(one["id"], one) for one in value if one.__class__ is dict and one.get("id").__class__ is str]


def _only(value: Any) -> Any:
    """The one answer in a list or object of answers, or what it is itself."""
    if value.__class__ is dict and len(value) == 1:
        inner = next(iter(value.values()))
        value = inner if inner.__class__ in (list, dict) else value
    return value[0] if value.__class__ is list and len(value) == 1 else value


def _by_id(value: Any, keys: set[str]) -> dict[str, list[Any]]:
    """What was said of each id: of a list of objects with ids, or of an object whose keys are the ids."""
    if value.__class__ is dict and not keys & value.keys():
        value = next((inner for inner in value.values() if inner.__class__ in (list, dict)), None)
    found: dict[str, list[Any]] = {}
    if value.__class__ is list:
        for one in value:
            key = one.get("id") if one.__class__ is dict else None
            key = str(key) if key.__class__ is int else key
            if key.__class__ is str and key in keys:
                found.setdefault(key, []).append(one)
    elif value.__class__ is dict:
        found = {key: [one] for key, one in value.items() if key in keys}
    return found


def judgement(said: Any, task: Task) -> Judgement | None:
    """An object with a label, or a label alone; None when it is not letter for letter one of the list."""
    if said.__class__ is dict:
        label = next((said[key] for key in _LABEL_KEYS if key in said), None)
        reason = said.get("reason")
        confidence = said.get("confidence")
    else:
        label, confidence, reason = said, None, None
    label = label.strip() if label.__class__ is str else None
    if label not in task.labels:
        return None
    return Judgement(label, _confidence(confidence), reason.strip()[:REASON_LIMIT] if reason.__class__ is str else "")


def _confidence(value: Any) -> float:
    """From 0 to 1.

    >>> _confidence(0.93), _confidence("0.5"), _confidence(93), _confidence(None)
    (0.93, 0.5, 0.5, 0.5)
    """
    if value.__class__ is str:
        try:
            value = float(value)
        except ValueError:
            value = None
    return round(float(value), 4) if value.__class__ in (int, float) and 0 <= value <= 1 else UNSAID
