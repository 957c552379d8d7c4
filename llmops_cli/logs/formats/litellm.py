"""LiteLLM's standard logging payload and its spend logs."""

from typing import Any

from ...jsonl import BadLine
from ..history import Call
from . import content, figures, times
from .calls import CallDecoder, known
from .exchanges import exchange
from .format import Format


def _matches(record: dict[str, Any]) -> bool:
    return "call_type" in record and "startTime" in record


class _Decoder(CallDecoder):
    def call(self, record: dict[str, Any]) -> Call:
        if not _matches(record):
            raise BadLine("neither a logging payload nor a spend log")
        about, failure = figures.mapping(record.get("metadata")), figures.mapping(record.get("error_information"))
        failure = failure or figures.mapping(about.get("error_information"))
        started = record.get("startTime")
        response = figures.unpacked(record.get("response"))
        _, replies, reply, _, _ = exchange(self, {"model": record.get("model")}, {"choices": [{"message": {"content": response}}]} if isinstance(response, str) else response)
        failed = figures.first(record.get("status"), about.get("status")) == "failure"
        identity = figures.name(record.get("id"), record.get("request_id"), record.get("litellm_call_id"))
        cost = figures.dollars(record.get("response_cost"), record.get("spend"))
        tokens = {"input_tokens": figures.whole(record.get("prompt_tokens")), "output_tokens": figures.whole(record.get("completion_tokens"))}
        reply |= known(**figures.model(figures.first(record.get("model"), reply.get("model"))),
                       latency_ms=times.milliseconds(started, record.get("endTime")), **tokens, cost_usd=cost,
                       error=figures.error(failure.get("error_class"), failure.get("error_code")) or "error" if failed else None)
        return Call(self.time(started), content.several(figures.unpacked(record.get("messages"))), replies,
                    figures.name(record.get("session_id")), fallback=figures.name(record.get("trace_id"), identity),
                    marked=not figures.name(record.get("trace_id")), reply_id=identity, reply=reply,
                    common=known(team=figures.name(about.get("user_api_key_team_alias"), about.get("user_api_key_team_id"), record.get("team_id")),
                                 user_id=figures.name(record.get("end_user"), about.get("user_api_key_user_id"), record.get("user"))))


FORMAT = Format(
    "litellm", "LiteLLM's standard logging payload and spend logs", "a LiteLLM proxy: its JSON, S3 or GCS logger, or the table LiteLLM_SpendLogs", _matches, _Decoder,
    {"event_time": "startTime", "conversation_id": "session_id, else found by its history, else trace_id", "message_id": "id, request_id, litellm_call_id; of other messages a hash of their conversation, place and words",
     "role": "messages[].role", "content": "messages, response.choices[].message", "team": "metadata.user_api_key_team_alias or _team_id, team_id",
     "user_id": "end_user, metadata.user_api_key_user_id, user", "model": "model", "latency_ms": "endTime - startTime", "input_tokens": "prompt_tokens",
     "output_tokens": "completion_tokens", "cached_input_tokens": "response.usage.prompt_tokens_details.cached_tokens", "cost_usd": "response_cost, spend",
     "error": "error_information.error_class and error_code; nothing else of it"},
    """{"id": "r-1", "trace_id": "s-1", "session_id": "", "call_type": "acompletion", "status": "success", "startTime": 1772438400.25, "endTime": 1772438401.0, "response_time": 0.2, "model": "gpt-4o", "metadata": {"user_api_key_team_alias": "Sales"}, "end_user": "u-1", "response_cost": 0.001, "prompt_tokens": 9, "completion_tokens": 2, "messages": [{"role": "user", "content": "Hi"}], "response": {"choices": [{"message": {"role": "assistant", "content": "Hello."}}]}}""",
    ({"event_time": "2026-03-02T08:00:00.25Z", "conversation_id": "s-1", "message_id": "-", "role": "user", "content": "Hi", "team": "Sales", "user_id": "u-1"},
     {"event_time": "2026-03-02T08:00:00.25Z", "conversation_id": "s-1", "message_id": "r-1", "role": "assistant", "content": "Hello.", "team": "Sales", "user_id": "u-1",
      "model": "gpt-4o", "latency_ms": 750, "input_tokens": 9, "output_tokens": 2, "cost_usd": 0.001}),
)
