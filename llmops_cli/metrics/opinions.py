"""What people said of messages and conversations, from a file of feedback, joined to what is counted."""

from typing import Any

Votes = tuple[int, int]     # up, down


def verdict(rating: Any) -> str:
    """`up`, `down`, or "" for neither: of 1 to 5, 4 and 5 are up, 1 and 2 down.

    >>> verdict("up"), verdict(5), verdict("2"), verdict(3)
    ('up', 'up', 'down', '')
    """
    if rating.__class__ is str:
        rating = rating.strip().lower()
        if rating in ("up", "down"):
            return rating
        rating = int(rating) if rating in ("1", "2", "3", "4", "5") else None
    if rating.__class__ not in (int, float) or not 1 <= rating <= 5:
        return ""
    return "up" if rating >= 4 else "down" if rating <= 2 else ""


class Opinions:
    """Who said what of what. The last word of a person on a thing counts; people without a name count each time.

    >>> opinions = Opinions()
    >>> [opinions.add({"message_id": "m1", "user_id": "u1", "rating": rating}) for rating in ("up", 2)]
    ['', '']
    >>> opinions.of("message_id", "m1")
    (0, 1)
    """

    def __init__(self) -> None:
        self._said: dict[tuple[str, str], dict[Any, str]] = {}

    def add(self, record: dict[str, Any]) -> str:
        """Take a feedback record; why it was not taken, "" when it was. One about nothing in particular is passed over."""
        key = next((key for key in ("message_id", "conversation_id") if record.get(key) not in (None, "")), "")
        if not key:
            return ""
        if record[key].__class__ not in (str, int):
            return f"{key} is not a string"
        if "rating" not in record:
            return ""
        rating = record["rating"]
        if rating is not None and not verdict(rating) and rating not in (3, "3", 3.0):
            return "rating is neither up, down nor 1 to 5"
        people = self._said.setdefault((key, str(record[key])), {})
        person = record.get("user_id")
        people[person if person.__class__ is str and person else len(people)] = verdict(rating)
        return ""

    def of(self, key: str, identity: Any) -> Votes:
        """How many said up and down of a message or conversation."""
        said = self._said.get((key, str(identity)))
        if not said:
            return 0, 0
        words = list(said.values())
        return words.count("up"), words.count("down")

    def of_conversation(self, identity: Any) -> Votes:
        return (0, 0) if identity is None else self.of("conversation_id", identity)

    def told(self, message: dict[str, Any]) -> dict[str, Any]:
        """A message that says of itself what the file says of it. AttributeError when it is no object."""
        identity = message.get("message_id")
        if identity is None or ("message_id", str(identity)) not in self._said:
            return message
        return {**message, "feedback": self.of("message_id", identity)}
