"""Requests and responses of chat completions and of the Responses API, as a gateway or an application logs them."""

from typing import Any

from ...jsonl import BadLine
from ..history import Call
from . import figures, times
from .calls import CallDecoder, known
from .exchanges import exchange, plain
from .format import Event, Format

_TALKS = ("conversation_id", "session_id", "thread_id")
_OBJECTS = ("chat.completion", "response", "text_completion")


def _is_pair(record: dict[str, Any]) -> bool:
    request = figures.mapping(record.get("request"))
    return "response" in record and ("messages" in request or "input" in request or "prompt" in request or "instructions" in request)


def _matches(record: dict[str, Any]) -> bool:
    return record.get("object") in _OBJECTS or _is_pair(record)


class _Decoder(CallDecoder):
    def __init__(self, *settings: Any):
        super().__init__(*settings)
        self._of_response: dict[str, str] = {}      # response id -> conversation, for previous_response_id

    def decode(self, record: dict[str, Any]) -> list[Event]:
        events = super().decode(record)
        if events and events[-1]["role"] == "assistant":
            self._of_response[events[-1]["message_id"]] = events[-1]["conversation_id"]
        return events

    def call(self, record: dict[str, Any]) -> Call:
        if not _matches(record):
            raise BadLine("not a chat completion, a response, or a pair of request and response")
        around = {} if record.get("object") in _OBJECTS else record
        asked, replies, reply, request, body = exchange(self, around.get("request"), around.get("response", record))
        places = [around, *(place["metadata"] for place in (around, request, body) if "metadata" in place and place["metadata"].__class__ is dict)]
        time = self.time(figures.pick(around, "event_time", "timestamp", "time", "created_at", "started_at", "ts"), body.get("created"), body.get("created_at"))
        talk = body.get("conversation")
        conversation = figures.anywhere(places, *_TALKS) or talk and figures.name(talk.get("id") if isinstance(talk, dict) else talk)
        before = figures.name(request.get("previous_response_id"), body.get("previous_response_id")) or ""
        inferred = bool(before and not conversation)
        common = known(team=figures.anywhere(places, "team"),
                       user_id=figures.anywhere((around, request, body), "user_id", "user", "safety_identifier") or figures.anywhere(places[1:], "user_id"),
                       release=figures.anywhere(places, "release"), prompt_version=figures.anywhere(places, "prompt_version"))
        lasted = times.duration(figures.pick(around, "latency_ms", "duration_ms"))
        if lasted is None and body.get("completed_at") and body.get("created_at"):
            lasted = times.milliseconds(body["created_at"], body["completed_at"])
        failure = reply.get("error") or figures.error_of(around.get("error"))
        status = figures.whole(around.get("status"), around.get("status_code"))
        if status and status >= 400:
            failure = figures.error(failure, status)
        if not body and not failure:
            replies = plain(around.get("response"))
        reply = reply | known(latency_ms=lasted, cost_usd=figures.dollars(around.get("cost_usd")), error=failure)
        identity = figures.named(body, "id") or figures.named(around, "id", "request_id")
        found = self._of_response.get(before) or ("inferred-" + before if before else None)
        return Call(time, asked, replies, conversation, fallback=found if inferred else None if asked else identity,
                    reply_id=identity, common=common, reply=reply, after=before)


FORMAT = Format(
    "openai", "requests and responses of OpenAI's chat completions and Responses API",
    "a gateway, a proxy or an application that logs {request, response} or the bare response", _matches, _Decoder,
    {"event_time": "timestamp, created_at of the pair, else the response's created, created_at; --set event_time",
     "conversation_id": "conversation_id or session_id of the pair or of metadata, response.conversation.id, previous_response_id, else found by its history",
     "message_id": "the response's id; of other messages a hash of their conversation, place and words",
     "role": "role; instructions are system, tool results are tool", "content": "messages, input, instructions, system; choices[].message, output[], content[], or the text itself; streams are joined",
     "team": "team of the pair or of metadata", "user_id": "user_id, user of the pair or request", "model": "model",
     "latency_ms": "latency_ms, duration_ms of the pair, else completed_at - created_at", "input_tokens": "usage.prompt_tokens or input_tokens",
     "output_tokens": "usage.completion_tokens or output_tokens", "cached_input_tokens": "usage.prompt_tokens_details.cached_tokens",
     "reasoning_tokens": "usage.completion_tokens_details.reasoning_tokens", "cost_usd": "cost_usd of the pair",
     "error": "error.type and code, status failed or incomplete", "tool_calls": "tool_calls, items of type function_call"},
    """{"timestamp": "2026-03-02T08:00:00Z", "conversation_id": "c-1", "latency_ms": 640, "request": {"model": "gpt-4o", "user": "u-1", "messages": [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": [{"type": "text", "text": "Capital of Chad?"}]}]}, "response": {"id": "r-1", "object": "chat.completion", "created": 1772438400, "model": "gpt-4o-2024-08-06", "choices": [{"index": 0, "message": {"role": "assistant", "content": "N'Djamena."}}], "usage": {"prompt_tokens": 20, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 16}}}}
{"timestamp": "2026-03-02T08:00:09Z", "conversation_id": "c-1", "request": {"model": "gpt-4o", "user": "u-1", "messages": [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": "Capital of Chad?"}, {"role": "assistant", "content": "N'Djamena."}, {"role": "user", "content": "And Mali?"}]}, "response": {"error": {"type": "rate_limit_error", "code": "429", "message": "Slow down, ann@x.org"}}}""",
    ({"event_time": "2026-03-02T08:00:00Z", "conversation_id": "c-1", "message_id": "-", "role": "system", "content": "Be brief.", "user_id": "u-1"},
     {"event_time": "2026-03-02T08:00:00Z", "conversation_id": "c-1", "message_id": "-", "role": "user", "content": "Capital of Chad?", "user_id": "u-1"},
     {"event_time": "2026-03-02T08:00:00Z", "conversation_id": "c-1", "message_id": "r-1", "role": "assistant", "content": "N'Djamena.", "user_id": "u-1",
      "model": "gpt-4o-2024-08-06", "input_tokens": 20, "output_tokens": 4, "cached_input_tokens": 16, "latency_ms": 640},
     {"event_time": "2026-03-02T08:00:09Z", "conversation_id": "c-1", "message_id": "-", "role": "user", "content": "And Mali?", "user_id": "u-1"},
     {"event_time": "2026-03-02T08:00:09Z", "conversation_id": "c-1", "message_id": "-", "role": "assistant", "content": "", "user_id": "u-1",
      "model": "gpt-4o", "error": "rate_limit_error 429"}),
)
