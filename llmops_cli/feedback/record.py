"""A verdict: what somebody said of a message, a conversation, a release or the whole."""

from datetime import datetime
from typing import Any, Mapping

from ..errors import UserError, nearest
from ..metrics.opinions import verdict
from ..records import parse_time, utc_stamp

TYPES = ("bug", "praise", "idea", "safety", "other")
RATINGS = ("up", "down", "1", "2", "3", "4", "5")
ERASURE = "erasure"     # the type of a tombstone: that and when something was erased, not what

# What a verdict may say, in this order. Anything else that an import brings is left behind: it may be anybody's name.
KEYS = ("feedback_id", "event_time", "type", "rating", "text", "user_id", "message_id", "conversation_id",
        "release", "team", "model", "task_category", "source")
NAMING = ("user_id", "message_id", "conversation_id", "release", "team", "model", "task_category", "source")


def rating_of(value: Any) -> str | int | None:
    """`up`, `down` or 1 to 5 as the store keeps it; None for no rating. UserError when it is something else.

    >>> rating_of("UP"), rating_of("4"), rating_of(None), rating_of(True), rating_of(-1)
    ('up', 4, None, 'up', 'down')
    """
    if value is None or value == "":
        return None
    if value.__class__ is bool:
        return "up" if value else "down"
    word = str(value).strip().lower()
    known = _WORDS.get(word)
    if known is not None:
        return known
    raise UserError("rating is neither up, down nor 1 to 5", hint="one of: " + ", ".join(RATINGS))


_WORDS: dict[str, str | int] = {
    **{word: "up" for word in ("up", "thumbs_up", "thumbsup", "thumbs-up", "like", "liked", "positive", "good", "👍", "true", "yes")},
    **{word: "down" for word in ("down", "thumbs_down", "thumbsdown", "thumbs-down", "dislike", "disliked", "negative", "bad", "👎", "false", "no", "-1", "-1.0", "0", "0.0")},
    **{form: int(number) for number in "12345" for form in (number, f"{number}.0")}}


def make(said: Mapping[str, Any], *, identity: str, now: datetime) -> dict[str, Any]:
    """The verdict that some values make, keys in order, those that say nothing left out. `now` stands where no time is given.

    UserError when nothing was said, or a value cannot be what its key needs.
    """
    rating, text = rating_of(said.get("rating")), said.get("text")
    kind = said.get("type") or "other"
    if kind not in TYPES:
        raise UserError("unknown type of feedback", hint=nearest(str(kind), list(TYPES)) if isinstance(kind, str) else "one of: " + ", ".join(TYPES))
    if text is not None and not isinstance(text, str):
        raise UserError("text is not a string")
    if rating is None and not (text or "").strip():
        raise UserError("neither a rating nor a text", hint="--rating up, --text '…', or both")
    stamp = said.get("event_time")
    moment = now if stamp in (None, "") else parse_time(stamp) if isinstance(stamp, str) else None
    if moment is None:
        raise UserError("event_time is not a time", hint="as 2026-01-03T10:15:00Z")
    values = {"feedback_id": identity, "event_time": utc_stamp(moment), "type": kind, "rating": rating, "text": (text or "").strip() or None}
    for key in NAMING:
        value = said.get(key)
        if value.__class__ not in (str, int, type(None)):
            raise UserError(f"{key} is not a string")
        values[key] = None if value in (None, "") else str(value)
    return {key: values[key] for key in KEYS if values[key] is not None}


def share(record: Mapping[str, Any]) -> str:
    """`up`, `down`, or "" for neither: of 1 to 5, 4 and 5 are up, 1 and 2 down."""
    return verdict(record.get("rating"))
