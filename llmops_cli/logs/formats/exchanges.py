"""Request and response bodies of OpenAI-compatible servers, and of Anthropic's, as gateways keep them: whole, streamed, cut."""

import json
from typing import Any, NamedTuple

from . import bodies, calls, content, figures
from .format import Decoder

_STREAMED, _JSON = ("data:", "event:"), ("{", "[")


class Exchange(NamedTuple):
    """What was asked and answered, the keys of the reply, and the two bodies; of a streamed one, what its chunks amount to."""

    asked: list[content.Message]
    replies: list[content.Message]
    reply: dict[str, Any]
    request: dict[str, Any]
    response: dict[str, Any]


def exchange(decoder: Decoder, request: Any, response: Any) -> Exchange:
    """What two bodies say. One that is cut short says nothing, and is counted."""
    if request.__class__ is not dict:
        request = figures.mapping(_whole(request, decoder))
    body, chunks = response, []
    if response.__class__ is not dict:
        response = _whole(response, decoder)
        chunks = response if isinstance(response, list) else []
        body = _joined(chunks) if chunks else figures.mapping(response)
    asked = content.several(figures.pick(request, "messages", "input", "prompt"))
    told = request.get("instructions") or request.get("system")
    if told and (text := content.text(told)):
        asked.insert(0, content.Message("system", text))
    failure = figures.error_of(body.get("error"))
    if not failure and body.get("status") in ("failed", "incomplete", "cancelled"):
        failure = figures.error(body["status"], figures.mapping(body.get("incomplete_details")).get("reason"))
    replies = calls.output(body["output"]) if isinstance(body.get("output"), list) else calls.choices(body)
    if not replies and (chunks or not failure):
        replies = bodies.answered(chunks or body)
    return Exchange(asked, replies, calls.known(**figures.model(body.get("model") or request.get("model")), **_usage(body.get("usage")), error=failure), request, body)


def plain(body: Any) -> list[content.Message]:
    """The reply of a log that keeps the text of the answer alone."""
    return [content.Message("assistant", body)] if isinstance(body, str) and body and not body.startswith((*_STREAMED, *_JSON)) else []


def _whole(body: Any, decoder: Decoder) -> Any:
    """A body as what it holds: of server-sent events, the list of their data."""
    body = figures.unpacked(body)
    if isinstance(body, str):
        if body.startswith(_STREAMED):
            return [figures.unpacked(line[5:].strip()) for line in body.splitlines() if line.startswith("data:")]
        if body.startswith(_JSON):
            decoder.skip("bodies that are cut short")
    return body


def _usage(usage: Any) -> dict[str, int | None]:
    beside = usage.__class__ is dict and "prompt_tokens" not in usage and ("cache_read_input_tokens" in usage or "cache_creation_input_tokens" in usage)
    return figures.anthropic_usage(usage) if beside else figures.openai_usage(usage)


def _joined(chunks: list[Any]) -> dict[str, Any]:
    """The body that the chunks of a stream amount to: the Responses API says all of it at its end, Anthropic's messages begin with
    the most of it, chat completions have a bit of each answer in each."""
    body: dict[str, Any] = {}
    texts: dict[int, list[str]] = {}
    called: dict[int, dict[int, dict[str, str]]] = {}
    for chunk in chunks:
        if not isinstance(chunk, dict):
            continue
        if isinstance(chunk.get("response"), dict) or isinstance(chunk.get("message"), dict):
            body |= figures.first(chunk.get("response"), chunk.get("message"))
            continue
        body |= {key: value for key, value in chunk.items() if value is not None and key not in ("choices", "usage", "type")}
        body["usage"] = figures.mapping(body.get("usage")) | figures.mapping(chunk.get("usage"))
        for choice in chunk.get("choices") or ():
            delta, place = choice.get("delta") or {}, choice.get("index") or 0
            texts.setdefault(place, []).append(delta.get("content") or "")
            for call in delta.get("tool_calls") or ():
                one = called.setdefault(place, {}).setdefault(call.get("index", 0), {"arguments": ""})
                inner = call.get("function") or {}
                one |= {key: value for key, value in (("id", call.get("id")), ("name", inner.get("name"))) if value}
                one["arguments"] += inner.get("arguments") or ""
    if texts:
        body["choices"] = [{"message": {"content": "".join(texts[place]), "tool_calls": list(called.get(place, {}).values())}} for place in sorted(texts)]
    return body
