"""What is read of a record: of a conversation its first user messages, of anything else its text."""

from itertools import islice
from typing import Any, Callable

TEXT_KEYS = ("text", "content", "query")
BEYOND = 1000       # characters past those that are read which are looked at too, so that nothing personal is cut in two before it is found


def snippet(record: dict[str, Any], messages: int = 8, chars: int = 200, field: str | None = None) -> str | None:
    """The text to classify, "" when nothing readable was said, None when the record has no text at all.

    >>> snippet({"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "Hello!"}]})
    'hi'
    >>> snippet({"text": "translate this"}), snippet({"n": 1})
    ('translate this', None)
    """
    if field is not None:
        found, value = at_path(record, field)
        return cut(text_of(value), messages * chars) if found else None
    turns = record.get("messages")
    if turns.__class__ is list:
        said = []
        for turn in turns:
            if turn.__class__ is dict and turn.get("role") == "user":
                content = turn.get("content")
                text = content if content.__class__ is str else text_of(content)
                if text and not text.isspace():
                    said.append(text[:chars].strip())
                    if len(said) == messages:
                        break
        return "\n".join(said)
    for key in TEXT_KEYS:
        if key in record:
            return cut(text_of(record[key]), messages * chars)
    return None


def masked(record: dict[str, Any], mask: Callable[[str], str], messages: int = 8, chars: int = 200, field: str | None = None) -> str | None:
    """The same with everything personal taken out, before it is cut."""
    text = snippet(record, messages, chars, field)
    whole = text and snippet(record, messages, chars + BEYOND, field)
    if not text or whole == text:
        return text and mask(text)
    turns = record.get("messages")
    if field is not None or turns.__class__ is not list:
        return snippet({"text": mask(whole)}, messages, chars)
    said = islice(filter(None, (snippet({"messages": [turn]}, 1, chars + BEYOND) for turn in turns)), messages)
    # Once more in company: what was said before a text may tell what is personal in it.
    return mask(snippet({"messages": [{"role": "user", "content": mask(text)} for text in said]}, messages, chars))


def missing(field: str | None) -> str:
    """Why a record without a text is none to classify."""
    return f"{field} is missing" if field else f"messages, {', '.join(TEXT_KEYS[:-1])} or {TEXT_KEYS[-1]} is missing"


def cut(text: str, limit: int) -> str:
    return text[:limit].strip()


def text_of(content: Any) -> str:
    """The text in a message's content: a string, or the text parts of a list of parts; anything else is "".

    >>> text_of([{"type": "text", "text": "what is this?"}, {"type": "image_url", "image_url": {}}])
    'what is this?'
    """
    if content.__class__ is str:
        return content
    if content.__class__ is list:
        parts = (part if part.__class__ is str else part.get("text") if part.__class__ is dict else None for part in content)
        return "\n".join(part for part in parts if part.__class__ is str)
    return ""


def at_path(record: Any, path: str) -> tuple[bool, Any]:
    """(whether it is there, the value at `a.b.0.c`); a key that is written with dots goes before the way through it."""
    if record.__class__ is dict and path in record:
        return True, record[path]
    head, dot, rest = path.partition(".")
    if record.__class__ is dict and head in record:
        value = record[head]
    elif record.__class__ is list and head.isdecimal() and len(head) < 20 and int(head) < len(record):
        value = record[int(head)]
    else:
        return False, None
    return at_path(value, rest) if dot else (True, value)
