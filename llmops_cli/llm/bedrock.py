"""Amazon Bedrock: the Converse API, and Titan's embeddings. Signing is the sender's part."""

import json
from typing import Any, Sequence
from urllib.parse import quote

from .. import aws
from ..wire import Request, Response
from .answers import Answer, Ask, BadAnswer, Problem, Usage, code_of, count
from .openai import address

NAME = "bedrock"
MODEL = "amazon.nova-micro-v1:0"
EMBEDDING_MODEL = "amazon.titan-embed-text-v2:0"
FORMS = ("tool", "schema", "plain")     # a forced tool; an output schema; the schema in words
TOOL = "label"


def base_url(region: str) -> str:
    """Where the models of a region are.

    >>> base_url("eu-north-1")
    'https://bedrock-runtime.eu-north-1.amazonaws.com'
    """
    return f"https://bedrock-runtime.{region}.amazonaws.com" + (".cn" if region.startswith("cn-") else "")


def path(model: str, operation: str) -> str:
    """The path of an operation on a model, whose id (an ARN, too) is one segment.

    >>> path("amazon.nova-micro-v1:0", "converse")
    '/model/amazon.nova-micro-v1%3A0/converse'
    """
    return f"/model/{quote(model, safe='')}/{operation}"


def room(ask: Ask, without: frozenset[str]) -> int:
    """Tokens that a request lets an answer have."""
    return ask.limit


def body(ask: Ask, form: str = "tool", without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The body of a Converse request."""
    system = ask.system
    if form == "plain":
        system += "\n\nAnswer with one JSON object and nothing else. Its JSON schema:\n" + json.dumps(ask.schema, ensure_ascii=False)
    settings = {"maxTokens": ask.limit} | ({} if "temperature" in without else {"temperature": 0})
    made: dict[str, Any] = {"messages": [{"role": "user", "content": [{"text": ask.text}]}], "system": [{"text": system}], "inferenceConfig": settings}
    if form == "tool":
        tool = {"name": TOOL, "description": "The answer.", "inputSchema": {"json": ask.schema}}
        choice = {"any": {}} if "toolChoice" in without else {"tool": {"name": TOOL}}
        made["toolConfig"] = {"tools": [{"toolSpec": tool}], "toolChoice": choice}
    elif form == "schema":
        made["outputConfig"] = {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": {"name": TOOL, "schema": json.dumps(ask.schema)}}}}
    return made


def request(ask: Ask, model: str, base: str, key: str, form: str, without: frozenset[str]) -> Request:
    """The request that puts `ask` to a model; `key` is a bearer token, "" when the request is signed instead."""
    headers = {"Content-Type": "application/json", "Accept": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    return Request("POST", address(base, path(model, "converse")), headers,
                   json.dumps(body(ask, form, without), ensure_ascii=False).encode("utf-8", "replace"))


def answer(document: Any) -> Answer:
    """What a Converse response says. BadAnswer when it is none."""
    if document.__class__ is not dict:
        raise BadAnswer("not JSON")
    usage = _usage(document.get("usage"))
    stop, output = document.get("stopReason"), document.get("output")
    if stop in ("guardrail_intervened", "content_filtered"):
        return Answer("", usage, "refused")
    if stop in ("malformed_model_output", "malformed_tool_use"):
        raise BadAnswer(stop, usage)
    message = output.get("message") if output.__class__ is dict else None
    content = message.get("content") if message.__class__ is dict else None
    if content.__class__ is not list:
        raise BadAnswer("not a Converse response", usage)
    said = _said([part for part in content if part.__class__ is dict])
    if stop in ("max_tokens", "model_context_window_exceeded"):
        return Answer(said, usage, "cut")
    if not said.strip():
        raise BadAnswer("empty", usage)
    return Answer(said, usage)


def _said(content: list[dict[str, Any]]) -> str:
    """The input of a tool's use, else the text."""
    for part in content:
        use = part.get("toolUse")
        if use.__class__ is dict and use.get("input"):
            return use["input"] if use["input"].__class__ is str else json.dumps(use["input"])
    return "".join(str(part["text"]) for part in content if part.get("text").__class__ is str)


def _usage(given: Any) -> Usage | None:
    """Converse counts cached tokens beside the others; here they are part of the input."""
    if given.__class__ is not dict or count(given.get("inputTokens")) is None:
        return None
    read, write = count(given.get("cacheReadInputTokens")) or 0, count(given.get("cacheWriteInputTokens")) or 0
    return Usage(given["inputTokens"] + read + write, count(given.get("outputTokens")) or 0, read, write)


_BY_TYPE = {
    "AccessDeniedException": "key", "UnrecognizedClientException": "key", "InvalidClientTokenId": "key", "MissingAuthenticationTokenException": "key",
    "ExpiredTokenException": "key", "InvalidSignatureException": "key", "IncompleteSignatureException": "key", "NotAuthorizedException": "key",
    "ResourceNotFoundException": "model", "ServiceQuotaExceededException": "quota",
    "ThrottlingException": "busy", "TooManyRequestsException": "busy", "ModelTimeoutException": "busy", "ModelNotReadyException": "busy",
    "ModelErrorException": "busy", "InternalServerException": "busy", "ServiceUnavailableException": "busy", "ModelStreamErrorException": "busy",
}


def problem(response: Response) -> Problem:
    """What an error response means. The server's sentence is looked at, never shown."""
    document = response.json()
    document = document if document.__class__ is dict else {}
    given = str(response.headers.get("x-amzn-errortype") or document.get("__type") or document.get("code") or "")
    code = code_of(given.partition(":")[0].rpartition("#")[2]) or f"HTTP {response.status}"
    message = str(document.get("message") or document.get("Message") or "").lower()
    if code == "ValidationException":
        return _validation(message)
    kind = _BY_TYPE.get(code) or ("key" if response.status in (401, 403) else "model" if response.status == 404 else
                                  "busy" if response.status in (408, 409, 424, 425, 429) or response.status >= 500 else "request")
    return Problem(kind, code)


def refusal(response: Response) -> tuple[str, str]:
    """Why we are not let in, and how to mend it."""
    return aws.explain(response)


def _validation(message: str) -> Problem:
    """Bedrock says "ValidationException" of many things; its sentence tells them apart."""
    code = "ValidationException"
    if any(sign in message for sign in ("too long", "too many input tokens", "maximum context", "context window", "input tokens exceed")):
        return Problem("context", code)
    if any(sign in message for sign in ("model identifier", "on-demand throughput", "inference profile", "model id", "end of its life", "retrieve the specified model")):
        return Problem("model", code)
    if "toolchoice" in message or "tool choice" in message or "tool_choice" in message:
        return Problem("form", code, "toolChoice")
    if "temperature" in message:
        return Problem("form", code, "temperature")
    return Problem("form", code)


# Embeddings -----------------------------------------------------------------------------------------------------------

def embedding_request(texts: Sequence[str], model: str, base: str, key: str, dimensions: int = 1024) -> Request:
    """A request for the vector of one text: Titan takes no more in a request."""
    [text] = texts
    given: dict[str, Any] = {"inputText": text}
    if "titan-embed-text-v2" in model:
        given |= {"dimensions": dimensions, "normalize": True}
    headers = {"Content-Type": "application/json", "Accept": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    return Request("POST", address(base, path(model, "invoke")), headers, json.dumps(given, ensure_ascii=False).encode("utf-8", "replace"))


def embeddings(document: Any) -> tuple[list[list[float]], Usage | None]:
    """The vector of the text, alone in a list. BadAnswer when there is none."""
    vector = document.get("embedding") if document.__class__ is dict else None
    if vector.__class__ is not list or not vector:
        raise BadAnswer("no embeddings")
    tokens = count(document.get("inputTextTokenCount"))
    return [[float(value) for value in vector]], None if tokens is None else Usage(tokens)
