"""OpenAI-compatible servers: chat completions and embeddings, as OpenAI, Azure, vLLM, llama.cpp, Ollama and LiteLLM speak them."""

import json
from typing import Any, Sequence
from urllib.parse import urlsplit, urlunsplit

from ..wire import Request, Response
from .answers import Answer, Ask, BadAnswer, Problem, Usage, code_of, count

NAME = "openai"
BASE_URL = "https://api.openai.com/v1"
MODEL = "gpt-4o-mini"
EMBEDDING_MODEL = "text-embedding-3-small"
FORMS = ("schema", "tool", "json_object", "plain")      # how an answer is asked for, the strictest first
TOOL = "label"
_OPTIONAL = ("temperature", "max_tokens", "tool_choice", "strict")
# By what the kind of a problem is known, in its code or type, or (context) in its sentence.
_QUOTA = ("insufficient_quota", "billing", "budget_exceeded")
_FILTER = ("content_filter", "content_policy")
_NO_MODEL = ("model_not_found", "deploymentnotfound")
_CONTEXT = ("context length", "context size", "context window", "maximum context", "too many tokens", "prompt is too long")
_THINKING = 2000            # tokens on top where the limit counts a model's thoughts


def address(base_url: str, path: str) -> str:
    """A path below a base URL, whose own path and query are kept.

    >>> address("http://localhost:8080/v1/?api-version=7", "/chat/completions")
    'http://localhost:8080/v1/chat/completions?api-version=7'
    """
    parts = urlsplit(base_url)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + path))


def _headers(base_url: str, key: str) -> dict[str, str]:
    headers = {"Content-Type": "application/json"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
        if (urlsplit(base_url).hostname or "").endswith(".azure.com"):
            headers["api-key"] = key
    return headers


def room(ask: Ask, without: frozenset[str]) -> int:
    """Tokens that a request lets an answer have."""
    return ask.limit + _THINKING if "max_tokens" in without else ask.limit


def body(ask: Ask, model: str, form: str = "schema", without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The body of a chat request. `without` names what the server does not take."""
    system = ask.system
    if form in ("json_object", "plain"):
        system += "\n\nAnswer with one JSON object and nothing else. Its JSON schema:\n" + json.dumps(ask.schema, ensure_ascii=False)
    made: dict[str, Any] = {"model": model, "messages": [{"role": "system", "content": system}, {"role": "user", "content": ask.text}]}
    if "temperature" not in without:
        made["temperature"] = 0
    made["max_completion_tokens" if "max_tokens" in without else "max_tokens"] = room(ask, without)
    strict = {} if "strict" in without else {"strict": True}
    if form == "schema":
        made["response_format"] = {"type": "json_schema", "json_schema": {"name": TOOL, **strict, "schema": ask.schema}}
    elif form == "tool":
        made["tools"] = [{"type": "function", "function": {"name": TOOL, "description": "The answer.", "parameters": ask.schema}}]
        made["tool_choice"] = "required" if "tool_choice" in without else {"type": "function", "function": {"name": TOOL}}
    elif form == "json_object":
        made["response_format"] = {"type": "json_object"}
    return made


def request(ask: Ask, model: str, base_url: str, key: str, form: str, without: frozenset[str]) -> Request:
    """The request that puts `ask` to a model; an empty key is none."""
    return Request("POST", address(base_url, "/chat/completions"), _headers(base_url, key),
                   json.dumps(body(ask, model, form, without), ensure_ascii=False).encode("utf-8", "replace"))


def answer(document: Any) -> Answer:
    """What a chat completion says. BadAnswer when it is none."""
    if document.__class__ is not dict:
        raise BadAnswer("not JSON")
    usage = _usage(document.get("usage"))
    choices = document.get("choices")
    choice = choices[0] if choices.__class__ is list and choices else None
    message = choice.get("message") if choice.__class__ is dict else None
    if message.__class__ is not dict:
        raise BadAnswer("no choices" if choices == [] else "not a chat completion", usage)
    finish = choice.get("finish_reason")
    if finish == "content_filter" or message.get("refusal"):
        return Answer("", usage, "refused")
    text = _said(message)
    if not text.strip() and finish != "length":
        raise BadAnswer("empty", usage)
    return Answer(text, usage, "cut" if finish == "length" else "whole")


def _said(message: dict[str, Any]) -> str:
    """The arguments of a tool call, else the text of a message."""
    calls = message.get("tool_calls")
    for call in calls if calls.__class__ is list else ():
        function = call.get("function") if call.__class__ is dict else None
        arguments = function.get("arguments") if function.__class__ is dict else None
        if arguments:
            return arguments if arguments.__class__ is str else json.dumps(arguments)
    content = message.get("content")
    if content.__class__ is list:
        content = "".join(str(part.get("text") or "") for part in content if part.__class__ is dict)
    return content if content.__class__ is str else ""


def _usage(given: Any) -> Usage | None:
    if given.__class__ is not dict or count(given.get("prompt_tokens")) is None:
        return None
    details = given.get("prompt_tokens_details")
    cached = count(details.get("cached_tokens")) if details.__class__ is dict else None
    return Usage(given["prompt_tokens"], count(given.get("completion_tokens")) or 0, min(cached or 0, given["prompt_tokens"]))


def problem(response: Response) -> Problem:
    """What an error response means. The server's sentence is looked at, never shown."""
    document = response.json()
    error = document.get("error", document) if document.__class__ is dict else {}
    error = error if error.__class__ is dict else {"message": error}
    message = str(error.get("message") or error.get("detail") or "").lower()
    code = code_of(error.get("code"), error.get("type")) or f"HTTP {response.status}"
    kind = _kind(response.status, f"{error.get('code')} {error.get('type')}".lower(), message)
    return Problem(kind, code, _parameter(error, message)) if kind == "form" else Problem(kind, code)


def _kind(status: int, words: str, message: str) -> str:
    """The kind of a problem, by its status, the words of its code and type, and its sentence; some servers give one, some another."""
    if status == 402 or _has(words, _QUOTA):
        return "quota"
    if status in (401, 403):
        return "key"
    if status in (408, 409, 425, 429) or status >= 500 and status != 501:
        return "busy"
    if _has(words, _FILTER):
        return "filter"
    if "context" in words or _has(message, _CONTEXT):
        return "context"
    if _has(words, _NO_MODEL) or "model" in message and (status == 404 or "not found" in message):
        return "model"
    return "form" if status in (400, 422, 501) else "request"


def _has(text: str, signs: tuple[str, ...]) -> bool:
    return any(sign in text for sign in signs)


def refusal(response: Response) -> tuple[str, str]:
    """Why we are not let in, and how to mend it."""
    what = "the key was not accepted" if response.status == 401 else "the key may not do this"
    return f"{what} ({problem(response).code})", "OPENAI_API_KEY, or [llm] key_command, must give a key of this server"


def _parameter(error: dict[str, Any], message: str) -> str:
    """The optional part of a request that an error is about, "" when it is about the form of the answer, or unsaid."""
    named = str(error.get("param") or "")
    if "max_completion_tokens" in message or "max_tokens" in (named, named.partition(".")[0]):
        return "max_tokens"
    return next((part for part in _OPTIONAL if part == named.rpartition(".")[2] or f"'{part}'" in message or f'"{part}"' in message or f"`{part}`" in message), "")


# Embeddings -----------------------------------------------------------------------------------------------------------

def embedding_request(texts: Sequence[str], model: str, base_url: str, key: str) -> Request:
    """A request for the vectors of some texts."""
    return Request("POST", address(base_url, "/embeddings"), _headers(base_url, key),
                   json.dumps({"model": model, "input": list(texts), "encoding_format": "float"}, ensure_ascii=False).encode("utf-8", "replace"))


def embeddings(document: Any) -> tuple[list[list[float]], Usage | None]:
    """The vectors, in the order of the texts. BadAnswer when there are none."""
    data = document.get("data") if document.__class__ is dict else None
    if data.__class__ is not list or not data or any(one.__class__ is not dict or one.get("embedding").__class__ is not list for one in data):
        raise BadAnswer("no embeddings")
    ordered = sorted(data, key=lambda one: count(one.get("index")) or 0)
    return [[float(value) for value in one["embedding"]] for one in ordered], _usage(document.get("usage"))
