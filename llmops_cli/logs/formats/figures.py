"""What a reply cost and how it went: tokens, model, dollars, error, as the providers write them."""

import json
import re
from functools import lru_cache
from typing import Any, Iterable, Mapping

_REGIONS = ("us", "eu", "apac", "jp", "global", "us-gov", "au", "ca")


def first(*values: Any) -> Any:
    """The first value that says something; None, "", [] and {} do not.

    >>> first("", None, 0)
    0
    """
    return next((value for value in values if value is not None and value != "" and value != [] and value != {}), None)


def pick(place: Mapping[str, Any], *keys: str) -> Any:
    """The first value of some keys that says something.

    >>> pick({"a": "", "b": 0, "c": 1}, "x", "a", "b", "c")
    0
    """
    for key in keys:
        value = place.get(key)
        if value or value.__class__ in (int, float):
            return value
    return None


def named(place: Mapping[str, Any], *keys: str) -> str | None:
    """The first value of some keys that can be an id or a name, as text."""
    for key in keys:
        value = place.get(key)
        if value is not None and (found := name(value)):
            return found
    return None


def anywhere(places: Iterable[Mapping[str, Any]], *keys: str) -> str | None:
    """The first id or name under some keys, place after place."""
    for place in places:
        for key in keys:
            if key in place and (found := name(place[key])):
                return found
    return None


def unpacked(value: Any) -> Any:
    """JSON inside a string as what it holds, anything else as it is.

    >>> unpacked('{"a": 1}'), unpacked("hello")
    ({'a': 1}, 'hello')
    """
    if isinstance(value, str) and value[:1] in ("{", "[") and value[-1:] in ("}", "]"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def mapping(value: Any) -> dict[str, Any]:
    """A dict, out of a string if need be; an empty one when it is none."""
    if value.__class__ is dict:
        return value
    value = unpacked(value)
    return value if isinstance(value, dict) else {}


def name(*values: Any) -> str | None:
    """The first value that can be an id or a name, as text."""
    for value in values:
        if isinstance(value, str) and value and value != "None":
            return value
        if value.__class__ is int:
            return str(value)
    return None


def whole(*values: Any) -> int | None:
    """The first value that is a count, also when it is written as text or as a float without fraction.

    >>> whole(None, "12"), whole(-3), whole(True)
    (12, None, None)
    """
    for value in values:
        if value.__class__ is int and 0 <= value < 1 << 63:
            return value
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
            return int(value)
        if value.__class__ is float and value.is_integer():
            value = int(value)
        if value.__class__ is int and 0 <= value < 1 << 63:
            return value
    return None


def dollars(*values: Any) -> float | int | None:
    """The first value that is an amount of money."""
    for value in values:
        if isinstance(value, str):
            try:
                value = float(value)
            except ValueError:
                continue
        if value.__class__ in (int, float) and 0 <= value < 1e12:
            return value
    return None


def model(raw: Any) -> dict[str, str]:
    """`model` as its plain name; `model_id` the raw one where it differs.

    >>> model("us.amazon.nova-micro-v1:0")
    {'model': 'amazon.nova-micro-v1:0', 'model_id': 'us.amazon.nova-micro-v1:0'}
    """
    return _model(raw) if isinstance(raw, str) else {}


@lru_cache(1024)
def _model(raw: str) -> dict[str, str]:
    if not raw or raw == "<synthetic>":
        return {}
    plain = raw.rpartition("/")[2] if raw.startswith("arn:") else raw
    prefix, dot, rest = plain.partition(".")
    if dot and prefix in _REGIONS and "." in rest:
        plain = rest
    return {"model": plain} if plain == raw else {"model": plain, "model_id": raw}


def openai_usage(usage: Any) -> dict[str, int | None]:
    """Tokens of chat completions and of the Responses API: cached and reasoning tokens are inside the totals."""
    if not isinstance(usage, dict):
        return {}
    if "prompt_tokens" in usage or "completion_tokens" in usage:
        given, spent = usage.get("prompt_tokens_details"), usage.get("completion_tokens_details")
    else:
        given, spent = usage.get("input_tokens_details"), usage.get("output_tokens_details")
    found = {"input_tokens": whole(usage.get("prompt_tokens"), usage.get("input_tokens")),
             "output_tokens": whole(usage.get("completion_tokens"), usage.get("output_tokens"))}
    if given.__class__ is dict:
        found["cached_input_tokens"] = whole(given.get("cached_tokens"))
        found["cache_write_tokens"] = whole(given.get("cache_write_tokens"))
    if spent.__class__ is dict:
        found["reasoning_tokens"] = whole(spent.get("reasoning_tokens"))
    return found


def beside(given: Any, spent: Any, read: Any = None, written: Any = None, reasoning: Any = None) -> dict[str, int | None]:
    """Tokens where the cached ones stand beside the input ones (Anthropic, Bedrock): the input is all of them.

    >>> beside(100, 50, read=10, written=25)["input_tokens"], beside(100, 50, read=[], written="")["cached_input_tokens"]
    (135, None)
    """
    given, read, written = whole(given), whole(read), whole(written)
    total = given if not read and not written else (given or 0) + (read or 0) + (written or 0)
    return {"input_tokens": total, "output_tokens": whole(spent), "cached_input_tokens": read,
            "cache_write_tokens": written, "reasoning_tokens": whole(reasoning)}


def anthropic_usage(usage: Any) -> dict[str, int | None]:
    """Tokens of Anthropic's messages."""
    if not isinstance(usage, dict):
        return {}
    return beside(usage.get("input_tokens"), usage.get("output_tokens"), usage.get("cache_read_input_tokens"),
                  usage.get("cache_creation_input_tokens"))


def error(*parts: Any) -> str | None:
    """Class and code of an error; a server's sentence is not one, and is left out.

    >>> error("RateLimitError", 429), error("could not reach ann@x.org", None), error(None, "")
    ('RateLimitError 429', 'error', None)
    """
    if not any(parts):
        return None
    said = [str(part) for part in parts if part is not None and part != "" and part is not False]
    kept = list(dict.fromkeys(part for part in said if re.fullmatch(r"[A-Za-z0-9_.:\-]{1,80}", part)))
    return " ".join(kept) or ("error" if said else None)


def error_of(body: Any, *more: Any) -> str | None:
    """The error that an OpenAI-like body carries."""
    if not isinstance(body, dict):
        return error("error" if body else None, *more)
    return error(first(body.get("type"), body.get("__type")), body.get("code"), *more) or error("error" if body else None)


def error_in(text: str) -> str:
    """Class and code of an error out of a sentence that begins with them or carries them as JSON; "error" when it has none.

    >>> error_in('API Error: 529 {"type":"error","error":{"type":"overloaded_error","message":"for ann@x.org"}}'), error_in("no luck")
    ('overloaded_error 529', 'error')
    """
    kind = re.search(r'"type"\s*:\s*"(\w+_error)"', text) or re.match(r"(?:\w+\.)*(\w+(?:Error|Exception|Timeout))\b", text)
    code = re.search(r"\b([45]\d\d)\b", text[:200])
    return error(kind and kind[1], code and code[1]) or "error"
