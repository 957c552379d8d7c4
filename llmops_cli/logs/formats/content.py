"""Messages as the providers write them (a string, blocks, parts, tool calls) to plain text with its role."""

import json
from hashlib import blake2b
from typing import Any, Iterable, NamedTuple

ROLES = {"user": "user", "human": "user", "prompter": "user", "assistant": "assistant", "gpt": "assistant", "bot": "assistant",
         "chatgpt": "assistant", "ai": "assistant", "model": "assistant", "chatbot": "assistant", "system": "system",
         "developer": "system", "tool": "tool", "function": "tool", "tool_result": "tool", "observation": "tool"}
_TEXT_KEYS = ("text", "content", "output_text", "input_text", "refusal", "generated_text")
_CALLS = ("tool_use", "tool_call", "function_call", "toolUse", "server_tool_use", "server_tool_call", "mcp_call", "custom_tool_call")
_RESULTS = ("tool_result", "tool_call_response", "function_call_output", "toolResult", "server_tool_call_response", "tool_response",
            "web_search_tool_result", "custom_tool_call_output")
_PLAIN = ("text", "input_text", "output_text")
_SILENT = ("thinking", "redacted_thinking", "reasoning", "reasoningContent", "cachePoint", "thought")
_MEDIA = ("image", "image_url", "input_image", "image_file", "document", "file", "input_file", "audio", "input_audio", "video",
          "blob", "uri", "image_asset_pointer", "audio_asset_pointer")


class Message(NamedTuple):
    """One message of a conversation: who, what, and the tools that it calls."""

    role: str
    content: str
    tool_calls: tuple[dict[str, str], ...] = ()


def role_of(said: Any) -> str:
    """The role of an event for a role of a log; one that is not known stays.

    >>> role_of("human"), role_of("Critic"), role_of(None)
    ('user', 'critic', 'user')
    """
    text = said.lower() if isinstance(said, str) and said else "user"
    return ROLES.get(text, text)


def messages(role: Any, content: Any, tool_calls: Any = None) -> list[Message]:
    """The messages that a provider's message is: tool results that stand in a user's message are the tool's.

    >>> messages("user", [{"type": "tool_result", "content": "ok"}, {"type": "text", "text": "go on"}])
    [Message(role='tool', content='ok', tool_calls=()), Message(role='user', content='go on', tool_calls=())]
    """
    name = role_of(role)
    if content.__class__ is list and len(content) == 1 and content[0].__class__ is dict and content[0].get("type", "text") in _PLAIN \
            and content[0].get("text").__class__ is str:
        content = content[0]["text"]
    if content.__class__ is str:
        return [Message(name, content, calls(tool_calls) if tool_calls else ())]
    found, texts, called = [], [], list(calls(tool_calls) if tool_calls else ())
    for block in content if isinstance(content, list) else [content]:
        kind = kind_of(block)
        if kind in _RESULTS and name != "tool":
            found.append(Message("tool", result_text(block)))
        elif kind in _CALLS:
            called.extend(calls([block]))
        elif piece := block_text(block, kind):
            texts.append(piece)
    if texts or called or not found:
        found.append(Message(name, "\n".join(texts), tuple(called)))
    return found


def several(listed: Any) -> list[Message]:
    """The messages of a list of {role, content}; a string is what the user said."""
    if isinstance(listed, str):
        return [Message("user", listed)] if listed else []
    if isinstance(listed, dict):
        listed = listed["messages"] if isinstance(listed.get("messages"), list) else [listed] if listed else []
    found: list[Message] = []
    for one in listed if isinstance(listed, list) else []:
        if one.__class__ is dict:
            if message := plain(one):
                found.append(message)
            else:
                found += of_dict(one)
        elif isinstance(one, str):
            found.append(Message("user", one))
    return found


def plain(one: dict[str, Any]) -> Message | None:
    """The message of a dict that has a role and one text, as most have; None of any other."""
    if len(one) != 2:
        return None
    role, said = one.get("role"), one.get("content")
    if said.__class__ is list and len(said) == 1 and said[0].__class__ is dict and said[0].get("type", "text") in _PLAIN:
        said = said[0].get("text")
    return Message(ROLES[role], said) if said.__class__ is str and said and role.__class__ is str and role in ROLES else None


def of_dict(one: dict[str, Any]) -> list[Message]:
    """The messages of one {role, content} or {role, parts}, or of one item of the Responses API."""
    kind = one.get("type")
    if kind is not None:
        if kind in _CALLS:
            return [Message("assistant", "", calls([one]))]
        if kind in _RESULTS:
            return [Message("tool", result_text(one))]
        if kind in _SILENT or "role" not in one and kind != "message":
            return []
    called = one.get("tool_calls") or ([one["function_call"]] if one.get("function_call") else None)
    content = one.get("content") or one.get("parts") or one.get("text") or one.get("message")
    spoken = one["audio"].get("transcript") if isinstance(one.get("audio"), dict) else None
    return messages(one.get("role"), content or one.get("refusal") or spoken or "", called)


def text(content: Any) -> str:
    """Content of any shape as text; images and files as markers.

    >>> text([{"type": "text", "text": "look"}, {"type": "image", "source": {"media_type": "image/png", "data": "A" * 16000}}])
    'look\\n[image image/png 12 kB]'
    """
    if content.__class__ is str:
        return content
    blocks = content if isinstance(content, list) else [content]
    return "\n".join(filter(None, (block_text(block, kind_of(block)) for block in blocks)))


def kind_of(block: Any) -> str:
    """The type of a block: named, or told by its one key as Bedrock's Converse does."""
    if not isinstance(block, dict):
        return ""
    return block["type"] if isinstance(block.get("type"), str) else next(iter(block), "") if len(block) == 1 else ""


def is_wordless(block: Any) -> bool:
    """Whether a block is of a kind that shows no text of its own: reasoning, calls of tools, their results."""
    return kind_of(block) in (*_SILENT, *_CALLS, *_RESULTS)


def block_text(block: Any, kind: str) -> str:
    if isinstance(block, str):
        return block
    if not isinstance(block, dict) or kind in _SILENT or kind in _CALLS:
        return ""
    if kind in _MEDIA:
        return marker(block, kind)
    if kind in _RESULTS:
        return result_text(block)
    for key in _TEXT_KEYS:
        value = block.get(key)
        if isinstance(value, str):
            return value
        if isinstance(value, (list, dict)) and value:
            return text(value)
    return marker(block, str(block.get("content_type"))) if "content_type" in block else ""


def result_text(block: dict[str, Any]) -> str:
    """What a tool gave back; what is not text stays JSON."""
    for key in ("content", "output", "response", "result", "toolResult", "server_tool_call_response"):
        value = block.get(key)
        if isinstance(value, str):
            return value
        if isinstance(value, dict) and key == "toolResult":
            return result_text(value)
        if isinstance(value, list) and (found := text([{"text": as_json(one["json"])} if isinstance(one, dict) and "json" in one else one
                                                       for one in value])):
            return found
        if value not in (None, [], {}):
            return as_json(value)
    return ""


def calls(listed: Iterable[Any]) -> tuple[dict[str, str], ...]:
    """Tool calls of any provider as {id, name, arguments}; the arguments are JSON in a string."""
    found = []
    for call in listed if isinstance(listed, (list, tuple)) else [listed]:
        if not isinstance(call, dict):
            continue
        inner = next((call[key] for key in ("function", "toolUse", "server_tool_call") if isinstance(call.get(key), dict)), call)
        arguments = next((inner[key] for key in ("arguments", "input", "parameters", "code") if inner.get(key) is not None), "")
        one = {"id": call.get("call_id") or call.get("id") or inner.get("toolUseId"), "name": inner.get("name") or call.get("name") or inner.get("type"),
               "arguments": arguments if isinstance(arguments, str) else as_json(arguments)}
        found.append({key: str(value) for key, value in one.items() if value})
    return tuple(found)


def known_by(value: Any) -> str:
    """A short hash of what a thing without an id holds."""
    return blake2b(as_json(value).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def marker(block: dict[str, Any], kind: str) -> str:
    """A file or an image in a few words: what, of which type, how big.

    >>> marker({"type": "input_audio", "input_audio": {"format": "wav", "data": "AAAA"}}, "input_audio")
    '[audio audio/wav 3 B]'
    """
    names = {"document": "file", "input_file": "file", "blob": "file", "uri": "file", "image_asset_pointer": "image"}
    what = names.get(kind) or next((name for name in ("image", "audio", "video", "file") if name in kind), "file")
    inner = next((block[key] for key in (kind, "source", "file", "image_url") if isinstance(block.get(key), dict)), block)
    source = inner.get("source") if isinstance(inner.get("source"), dict) else inner
    url = next((value for value in (block.get("image_url"), inner.get("url"), inner.get("file_data"), source.get("data"), source.get("bytes"),
                                    block.get("content")) if isinstance(value, str)), "")
    mime = next((value for value in (source.get("media_type"), inner.get("mime_type"), block.get("mime_type"), inner.get("format"))
                 if isinstance(value, str) and len(value) < 60), "")
    if url.startswith("data:"):
        head, _, url = url.partition(",")
        mime = mime or head[5:].partition(";")[0]
        encoded = len(url)
    else:
        encoded = 0 if "://" in url[:12] else len(url)
    size = next((value for value in (block.get("size_bytes"), inner.get("size"), inner.get("file_size")) if isinstance(value, int)),
                encoded * 3 // 4 - url[-2:].count("=") if encoded else 0)
    if mime and "/" not in mime and what != "file":
        mime = f"{what}/{mime}"
    if mime.partition("/")[0] in ("image", "audio", "video"):
        what = mime.partition("/")[0]
    amount = "" if not size else f"{size} B" if size < 1000 else f"{round(size / 1000)} kB" if size < 10 ** 6 else f"{size / 10 ** 6:.1f} MB"
    return f"[{' '.join(filter(None, (what, mime, amount)))}]"
