"""What OTLP wraps: resources, scopes, spans and log records, typed values, and messages spread over attributes."""

import re
from typing import Any, Iterator

from . import content, figures

_INDEXED = re.compile(r"(gen_ai\.prompt|gen_ai\.completion|llm\.input_messages|llm\.output_messages)\.(\d+)\.(?:message\.)?(.+)")


def _value(value: Any) -> Any:
    """What an OTLP value is: a 64-bit integer may be text."""
    if not isinstance(value, dict) or len(value) != 1:
        return value
    kind, inner = next(iter(value.items()))
    if kind == "arrayValue":
        return [_value(one) for one in figures.mapping(inner).get("values") or ()]
    if kind == "kvlistValue":
        return _attributes(figures.mapping(inner).get("values"))
    return figures.whole(inner) if kind == "intValue" else inner if kind.endswith("Value") else value


def _attributes(listed: Any) -> dict[str, Any]:
    return {str(one.get("key")): _value(one.get("value")) for one in listed or () if isinstance(one, dict)}


def records(record: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """(attributes of the resource, span or log record, its attributes)."""
    for outer, scopes, inner in (("resourceSpans", "scopeSpans", "spans"), ("resourceLogs", "scopeLogs", "logRecords")):
        for resource in record.get(outer) or ():
            about = _attributes(figures.mapping(resource.get("resource")).get("attributes"))
            for scope in resource.get(scopes) or ():
                for one in scope.get(inner) or ():
                    body = one.get("body", {}).get("kvlistValue", {}).get("values") if isinstance(one.get("body"), dict) else None
                    yield about, one, _attributes(body) | _attributes(one.get("attributes"))


def messages(found: dict[str, Any], structured: str, *indexed: str) -> list[content.Message]:
    """Messages as one attribute (structured, or JSON in a string), or as numbered attributes of older conventions."""
    if figures.first(found.get(structured)) is not None:
        return content.several(figures.unpacked(found[structured]))
    numbered: dict[tuple[str, int], dict[str, Any]] = {}
    for key, value in found.items():
        if (match := _INDEXED.match(key)) and match[1] in indexed:
            one = numbered.setdefault((match[1], int(match[2])), {})
            if part := re.match(r"contents\.\d+\.message_content\.(?:text|image\.image\.url)$", match[3]):
                one.setdefault("content", []).append({"text": value} if part[0].endswith("text") else {"type": "image_url", "image_url": value})
            elif call := re.match(r"tool_calls\.(\d+)\.(?:tool_call\.)?(?:function\.)?(id|name|arguments)$", match[3]):
                one.setdefault("calls", {}).setdefault(int(call[1]), {})[call[2]] = value
            elif match[3] in ("role", "content"):
                one[match[3]] = value
    role = "assistant" if "completion" in indexed[0] else "user"
    return [message for _, one in sorted(numbered.items(), key=lambda item: item[0])
            for message in content.of_dict({"role": role} | one | ({"tool_calls": list(one["calls"].values())} if "calls" in one else {}))]
