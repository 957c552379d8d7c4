"""Langfuse: exported observations, and those that its API gives (also inside their trace)."""

from typing import Any

from ...jsonl import BadLine
from ..history import Call
from . import bodies, content, figures, times
from .calls import CallDecoder, known
from .format import Event, Format

_KINDS = ("GENERATION", "EMBEDDING")


def _matches(record: dict[str, Any]) -> bool:
    return ("provided_model_name" in record or "trace_id" in record and "start_time" in record and "type" in record
            or "traceId" in record and ("type" in record and "startTime" in record or "dataType" in record)
            or "observations" in record and "timestamp" in record)


class _Decoder(CallDecoder):
    def decode(self, record: dict[str, Any]) -> list[Event]:
        if not isinstance(record.get("observations"), list):
            return super().decode(record)
        of_trace = {"trace_id": record.get("id"), "session_id": record.get("sessionId"), "user_id": record.get("userId"),
                    "release": record.get("release"), "tags": record.get("tags"), "trace_metadata": record.get("metadata")}
        inner = [of_trace | one for one in record["observations"] if isinstance(one, dict)]
        if elsewhere := len(record["observations"]) - len(inner):      # a list of traces gives their ids alone
            self.skipped["observations that are not in their trace"] += elsewhere
        calls = self.calls(sorted(inner, key=lambda one: str(one.get("startTime"))), self.call)
        return [event for call in calls for event in self.history.events(call)]

    def call(self, record: dict[str, Any]) -> Call | None:
        if not _matches(record):
            raise BadLine("not an observation")
        if str(record.get("type")) not in _KINDS:
            self.skip("scores" if "dataType" in record or "value" in record else "observations that are no generations")
            return None

        def get(*names: str) -> Any:
            return figures.first(*(record.get(name) for name in names))

        notes = figures.mapping(record.get("trace_metadata")) | figures.mapping(record.get("metadata"))
        tags = get("tags")
        tagged = next((tag[5:] for tag in tags if isinstance(tag, str) and tag.startswith("team:")), None) if isinstance(tags, list) else None
        prompt, version = figures.name(get("prompt_name", "promptName")), get("prompt_version", "promptVersion")
        started = get("start_time", "startTime")
        answer = figures.unpacked(record.get("output"))
        replies = bodies.answered(answer if isinstance(answer, (str, list)) else {"message": answer} if figures.mapping(answer).get("role") else answer)
        failed = get("level") == "ERROR"
        said = get("status_message", "statusMessage")
        reply = known(**figures.model(get("provided_model_name", "model")), latency_ms=times.milliseconds(started, get("end_time", "endTime")),
                      **_usage(figures.mapping(get("usage_details", "usageDetails", "usage"))),
                      cost_usd=figures.dollars(get("total_cost", "totalCost", "calculatedTotalCost"), figures.mapping(get("cost_details", "costDetails")).get("total")),
                      error=figures.error_in(str(said or "")) if failed else None)
        trace = figures.name(get("trace_id", "traceId"))
        return Call(self.time(started), content.several(figures.unpacked(record.get("input"))), replies, figures.name(get("session_id", "sessionId")),
                    fallback=trace, marked=False, reply_id=figures.name(record.get("id")), reply=reply,
                    common=known(team=figures.name(notes.get("team"), tagged), user_id=figures.name(get("user_id", "userId")),
                                 release=figures.name(get("release")), prompt_version=prompt and f"{prompt}@{version}" if version else prompt))


def _usage(usage: dict[str, Any]) -> dict[str, int | None]:
    """Tokens; where the parts add up to the total, the cached ones stand beside the input."""
    counts = {key: count for key, value in usage.items() if (count := figures.whole(value)) is not None}
    sides = {side: {key: count for key, count in counts.items() if key.startswith(side)} for side in ("input", "output")}
    total = figures.whole(usage.get("total"))
    apart = total is not None and sum(sum(side.values()) for side in sides.values()) == total

    def side(name: str, *other: str) -> int | None:
        plain = figures.whole(usage.get(name), *(usage.get(key) for key in other))
        return sum(sides[name].values()) if apart and sides[name] else plain

    return {"input_tokens": side("input", "promptTokens", "prompt_tokens"), "output_tokens": side("output", "completionTokens", "completion_tokens"),
            "cached_input_tokens": figures.whole(usage.get("input_cached_tokens"), usage.get("input_cache_read"), usage.get("cache_read_input_tokens")),
            "cache_write_tokens": figures.whole(usage.get("input_cache_creation"), usage.get("cache_creation_input_tokens")),
            "reasoning_tokens": figures.whole(usage.get("output_reasoning_tokens"), usage.get("output_reasoning"))}


FORMAT = Format(
    "langfuse", "Langfuse observations", "its blob storage export (observations_v2), its API or its data export", _matches, _Decoder,
    {"event_time": "start_time", "conversation_id": "session_id, else found by its history, else trace_id", "message_id": "id; of other messages a hash of their conversation, place and words",
     "role": "role inside input", "content": "input, output: text, or messages as JSON in a string", "team": "metadata.team, else a tag team:NAME", "user_id": "user_id",
     "model": "provided_model_name", "latency_ms": "end_time - start_time", "input_tokens": "usage_details.input, with what stands beside it", "output_tokens": "usage_details.output",
     "cached_input_tokens": "usage_details.input_cached_tokens", "cost_usd": "total_cost", "error": "level ERROR: class and code out of status_message",
     "release": "release", "prompt_version": "prompt_name@prompt_version"},
    """{"id": "o-0", "trace_id": "t-1", "type": "SPAN", "start_time": "2026-03-02 08:00:00.000000", "input": "Hi", "output": "Hello.", "provided_model_name": ""}
{"id": "o-1", "trace_id": "t-1", "type": "GENERATION", "start_time": "2026-03-02 08:00:00.000000", "end_time": "2026-03-02 08:00:01.250000", "metadata": "{\\"team\\": \\"Sales\\"}", "level": "DEFAULT", "input": "[{\\"role\\":\\"user\\",\\"content\\":\\"Hi\\"}]", "output": "{\\"role\\":\\"assistant\\",\\"content\\":\\"Hello.\\"}", "provided_model_name": "m-1", "usage_details": {"input": 4, "input_cached_tokens": 6, "output": 2, "total": 12}, "total_cost": 0.5, "user_id": "u-1", "session_id": "c-1", "release": "v2", "prompt_name": "greet", "prompt_version": 3}""",
    ({"event_time": "2026-03-02T08:00:00Z", "conversation_id": "c-1", "message_id": "-", "role": "user", "content": "Hi", "team": "Sales", "user_id": "u-1", "release": "v2", "prompt_version": "greet@3"},
     {"event_time": "2026-03-02T08:00:00Z", "conversation_id": "c-1", "message_id": "o-1", "role": "assistant", "content": "Hello.", "team": "Sales", "user_id": "u-1", "release": "v2",
      "prompt_version": "greet@3", "model": "m-1", "latency_ms": 1250, "input_tokens": 10, "output_tokens": 2, "cached_input_tokens": 6, "cost_usd": 0.5}),
)
