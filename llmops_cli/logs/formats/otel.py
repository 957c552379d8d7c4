"""OpenTelemetry: spans and log records with gen_ai.* attributes, and those of OpenLLMetry and OpenInference."""

from typing import Any

from ...jsonl import BadLine
from ..history import Call
from . import content, figures, times
from .attributes import messages, records
from .calls import CallDecoder, known
from .format import Event, Format

_OPERATIONS = ("chat", "text_completion", "generate_content", "completion", "LLM")
_EVENT = "gen_ai.client.inference.operation.details"


def _matches(record: dict[str, Any]) -> bool:
    return isinstance(record.get("resourceSpans"), list) or isinstance(record.get("resourceLogs"), list)


def _is_log(one: dict[str, Any]) -> bool:
    return "timeUnixNano" in one or "observedTimeUnixNano" in one


class _Decoder(CallDecoder):
    def decode(self, record: dict[str, Any]) -> list[Event]:
        if not _matches(record):
            raise BadLine("neither resourceSpans nor resourceLogs")
        calls = self.calls(records(record), self._of)
        return [event for call in sorted(calls, key=lambda call: call.time) for event in self.history.events(call)]

    def _of(self, part: tuple[dict[str, Any], dict[str, Any], dict[str, Any]]) -> Call | None:
        about, one, found = part
        kind = figures.first(found.get("gen_ai.operation.name"), found.get("llm.request.type"), found.get("openinference.span.kind"))
        speaks = any(key.startswith(("gen_ai.", "llm.")) for key in found)
        if not speaks or (kind is not None and kind not in _OPERATIONS) or _is_log(one) and _EVENT not in (one.get("eventName"), found.get("event.name")):
            self.skip("spans and logs of other operations")
            return None

        def get(*names: str) -> Any:
            return figures.first(*(found.get(name) for name in names))

        started = figures.first(one.get("startTimeUnixNano"), one.get("timeUnixNano"), one.get("observedTimeUnixNano"))
        asked = messages(found, "gen_ai.input.messages", "gen_ai.prompt", "llm.input_messages")
        if system := content.text(figures.unpacked(get("gen_ai.system_instructions"))):
            asked.insert(0, content.Message("system", system))
        tokens = {name: figures.whole(get(*keys)) for name, keys in _TOKENS.items()}
        failed = figures.mapping(one.get("status")).get("code") in (2, "2", "STATUS_CODE_ERROR")
        team = figures.name(*(place.get(key) for key in ("team", "service.namespace", "service.name") for place in (found, about)))
        return Call(self.time(int(started) if isinstance(started, str) and started.isdigit() else started), asked,
                    messages(found, "gen_ai.output.messages", "gen_ai.completion", "llm.output_messages"),
                    figures.name(get("gen_ai.conversation.id", "session.id")), fallback=figures.name(one.get("traceId")),
                    reply_id=figures.name(get("gen_ai.response.id"), one.get("spanId")),
                    common=known(team=team, user_id=figures.name(get("user.id", "enduser.id", "llm.user"))),
                    reply=known(**figures.model(get("gen_ai.response.model", "gen_ai.request.model", "llm.model_name")),
                                latency_ms=times.milliseconds(started, one.get("endTimeUnixNano")), **tokens, cost_usd=figures.dollars(get("llm.cost.total", "gen_ai.usage.cost")),
                                error=figures.error(get("error.type")) or "error" if failed or get("error.type") else None))


_TOKENS = {"input_tokens": ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt"),
           "output_tokens": ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion"),
           "cached_input_tokens": ("gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens", "llm.token_count.prompt_details.cache_read"),
           "cache_write_tokens": ("gen_ai.usage.cache_write.input_tokens", "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_creation_input_tokens",
                                  "llm.token_count.prompt_details.cache_write"),
           "reasoning_tokens": ("gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens", "llm.token_count.completion_details.reasoning")}

FORMAT = Format(
    "otel", "OpenTelemetry traces and logs with gen_ai.* attributes (OTLP as JSON)", "the collector's file exporter, or any OTLP/JSON body; also OpenLLMetry and OpenInference", _matches, _Decoder,
    {"event_time": "startTimeUnixNano, timeUnixNano", "conversation_id": "gen_ai.conversation.id, session.id, else found by its history, else traceId",
     "message_id": "gen_ai.response.id, spanId; of other messages a hash of their conversation, place and words", "role": "role of the messages",
     "content": "gen_ai.system_instructions, gen_ai.input.messages, gen_ai.output.messages; gen_ai.prompt.N, llm.input_messages.N and so on",
     "team": "team, service.namespace, service.name", "user_id": "user.id, enduser.id", "model": "gen_ai.response.model, gen_ai.request.model, llm.model_name",
     "latency_ms": "endTimeUnixNano - startTimeUnixNano", **{name: ", ".join(keys) for name, keys in _TOKENS.items()}, "cost_usd": "llm.cost.total",
     "error": "error.type, status.code 2", "tool_calls": "parts of type tool_call"},
    """{"resourceSpans": [{"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "desk"}}]}, "scopeSpans": [{"spans": [{"traceId": "5b8e", "spanId": "eee1", "startTimeUnixNano": "1772438400000000000", "endTimeUnixNano": 1772438400750000000, "attributes": [{"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}}, {"key": "gen_ai.conversation.id", "value": {"stringValue": "c-1"}}, {"key": "gen_ai.response.model", "value": {"stringValue": "m-1"}}, {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "4"}}, {"key": "gen_ai.usage.output_tokens", "value": {"intValue": 2}}, {"key": "gen_ai.input.messages", "value": {"stringValue": "[{\\"role\\":\\"user\\",\\"parts\\":[{\\"type\\":\\"text\\",\\"content\\":\\"Hi\\"}]}]"}}, {"key": "gen_ai.output.messages", "value": {"arrayValue": {"values": [{"kvlistValue": {"values": [{"key": "role", "value": {"stringValue": "assistant"}}, {"key": "parts", "value": {"arrayValue": {"values": [{"kvlistValue": {"values": [{"key": "type", "value": {"stringValue": "text"}}, {"key": "content", "value": {"stringValue": "Hello."}}]}}]}}}]}}]}}}]}, {"traceId": "5b8e", "spanId": "eee2", "startTimeUnixNano": "1772438400000000000", "attributes": [{"key": "gen_ai.operation.name", "value": {"stringValue": "invoke_agent"}}]}]}]}]}""",
    ({"event_time": "2026-03-02T08:00:00Z", "conversation_id": "c-1", "message_id": "-", "role": "user", "content": "Hi", "team": "desk"},
     {"event_time": "2026-03-02T08:00:00Z", "conversation_id": "c-1", "message_id": "eee1", "role": "assistant", "content": "Hello.", "team": "desk", "model": "m-1",
      "latency_ms": 750, "input_tokens": 4, "output_tokens": 2}),
)
