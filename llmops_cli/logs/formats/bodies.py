"""The bodies that Bedrock's models are called with: Converse, and each provider's own under InvokeModel."""

from typing import Any

from . import calls, content, figures, prompts
from .content import Message


def asked(body: Any) -> list[Message]:
    """The messages of a request, of whichever provider."""
    body = figures.mapping(body)
    found = []
    system = body.get("system") or body.get("preamble")
    if system and (text := content.text(system)):
        found.append(Message("system", text))
    for turn in body.get("chat_history") or ():
        if isinstance(turn, dict):
            found += content.messages(turn.get("role"), turn.get("message") or turn.get("content") or "")
    if isinstance(body.get("messages"), list):
        return found + content.several(body["messages"])
    text = figures.first(body.get("message"), body.get("prompt"), body.get("inputText"), body.get("input"))
    if isinstance(text, str):
        return found + ([Message("user", text)] if "message" in body else prompts.messages(text))
    return found + content.several(text)


def answered(body: Any) -> list[Message]:
    """The replies of a response; the chunks of a streamed one are joined."""
    body = figures.unpacked(body)
    if isinstance(body, list):
        return _joined(body)
    if isinstance(body, str):
        return [Message("assistant", body)] if body else []
    if not isinstance(body, dict):
        return []
    output = body.get("output")
    if isinstance(output, dict) and isinstance(output.get("message"), dict):
        return content.several([output["message"] if "role" in output["message"] else {"role": "assistant"} | output["message"]])
    if isinstance(body.get("choices"), list):
        return calls.choices(body)
    if isinstance(body.get("message"), dict):
        return content.of_dict({"role": "assistant"} | body["message"])
    if isinstance(body.get("content"), (list, str)):
        return content.messages("assistant", body["content"])
    for key in ("results", "generations", "outputs"):
        if isinstance(body.get(key), list):
            return [Message("assistant", text) for one in body[key] if isinstance(one, dict) and (text := _text(one))]
    text = _text(body)
    return [Message("assistant", text, content.calls(body.get("tool_calls")) if body.get("tool_calls") else ())] if text or body.get("tool_calls") else []


def _text(body: dict[str, Any]) -> str:
    return next((body[key] for key in ("outputText", "generation", "text", "completion", "generated_text") if isinstance(body.get(key), str)), "")


def _joined(chunks: list[Any]) -> list[Message]:
    texts: list[str] = []
    tools: dict[Any, dict[str, str]] = {}
    for chunk in chunks:
        if isinstance(chunk, dict):
            delta = chunk.get("delta") or figures.mapping(chunk.get("contentBlockDelta")).get("delta") or {}
            _add_tool(chunk, delta, tools)
            texts += _pieces(chunk, delta, bool(texts))
    return [Message("assistant", "".join(texts), content.calls(list(tools.values())))] if any(texts) or tools else []


def _add_tool(chunk: dict[str, Any], delta: Any, tools: dict[Any, dict[str, str]]) -> None:
    """Add the tool call that a chunk begins, or more of the arguments of one."""
    begun, going = figures.mapping(chunk.get("contentBlockStart")), figures.mapping(chunk.get("contentBlockDelta"))
    place = figures.first(chunk.get("index"), begun.get("contentBlockIndex"), going.get("contentBlockIndex"))
    start = chunk.get("content_block") or figures.mapping(begun.get("start")).get("toolUse")
    if isinstance(start, dict) and start.get("name"):
        tools[place] = {"id": start.get("id") or start.get("toolUseId") or "", "name": start["name"], "arguments": ""}
    if isinstance(delta, dict) and place in tools:
        tools[place]["arguments"] += delta.get("partial_json") or figures.mapping(delta.get("toolUse")).get("input") or ""


def _pieces(chunk: dict[str, Any], delta: Any, begun: bool) -> list[str]:
    """The texts of a chunk; one that ends a stream and says it all again has none."""
    if isinstance(delta, dict) and isinstance(delta.get("text"), str):
        return [delta["text"]]
    listed = chunk.get("outputs") or chunk.get("generations")
    if isinstance(listed, list):
        return [_text(one) for one in listed if isinstance(one, dict)]
    if isinstance(chunk.get("choices"), list):
        return [reply.content for reply in calls.choices(chunk)]
    return [] if begun and chunk.get("is_finished") else [_text(chunk)]


_COUNTING = ("usage", "metrics", "amazon-bedrock-invocationMetrics")


def usage(body: Any) -> dict[str, Any]:
    """Everything in a response that counts tokens or time; of a streamed one, the last word on each."""
    body = figures.unpacked(body)
    found: dict[str, Any] = {}
    for part in body if isinstance(body, list) else [body]:
        if isinstance(part, dict):
            for holder in (part, part.get("message"), part.get("metadata")):
                if holder.__class__ is dict:
                    for key in _COUNTING:
                        if key in holder and holder[key].__class__ is dict:
                            found |= holder[key]
    return found
