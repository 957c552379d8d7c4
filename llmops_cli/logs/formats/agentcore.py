"""Session events of an agent runtime, as EventBridge delivers them: a question and its answer each."""

from typing import Any

from ...jsonl import BadLine
from . import content, figures, times
from .calls import known
from .format import Decoder, Event, Format


def _matches(record: dict[str, Any]) -> bool:
    detail = figures.mapping(record.get("detail", record))
    return "session_id" in detail and ("query" in detail or "response" in detail) and "call_type" not in record


class _Decoder(Decoder):
    def decode(self, record: dict[str, Any]) -> list[Event]:
        if not _matches(record):
            raise BadLine("no detail with session_id and query or response")
        detail = figures.mapping(record.get("detail", record))
        about = figures.mapping(detail.get("metadata"))
        time = next(filter(None, map(times.stamp, (detail.get("timestamp"), about.get("timestamp"), record.get("time"), record.get("timestamp"),
                                                   self.settings.given.get("event_time")))), None)
        if not time:
            raise BadLine("no time in it; --set event_time=T gives one")
        session = figures.name(detail.get("session_id"))
        identity = figures.name(record.get("id"), detail.get("event_id"), about.get("request_id")) or content.known_by([time, session, detail.get("query"), detail.get("response")])
        if self.is_repeat(identity):
            return []
        usage = figures.mapping(about.get("usage")) | about
        tokens = figures.openai_usage({key: value for key, value in usage.items() if key.endswith(("_tokens", "_details"))})
        reply = known(**figures.model(figures.first(about.get("model"), about.get("model_id"))),
                      latency_ms=times.duration(figures.first(about.get("latency_ms"), about.get("duration_ms"))), **tokens,
                      cost_usd=figures.dollars(about.get("cost_usd")), error=_failure(figures.first(about.get("error"), detail.get("error"))))
        common = known(team=figures.name(about.get("team")), user_id=figures.name(about.get("user_id"), detail.get("user_id"), about.get("actor_id")),
                       release=figures.name(about.get("release")), region=figures.name(record.get("region")))
        events = []
        for role, value in (("user", detail.get("query")), ("assistant", detail.get("response"))):
            text = content.text(value) if value is not None else ""
            if text or role == "assistant" and reply.keys() - {"model", "model_id"}:
                events.append(known(event_time=time, conversation_id=session, message_id=identity if role == "assistant" else f"{identity}-query", role=role)
                              | {"content": text} | common | (reply if role == "assistant" else {}))
        return events


def _failure(error: Any) -> str | None:
    return figures.error_in(error) if isinstance(error, str) else figures.error_of(error)


FORMAT = Format(
    "agentcore", "session events of an agent runtime (AgentCore)", "an EventBridge rule, or the bucket it writes to", _matches, _Decoder,
    {"event_time": "detail.timestamp, else time", "conversation_id": "detail.session_id", "message_id": "id; of the question id-query", "role": "query is user, response is assistant",
     "content": "detail.query, detail.response", "team": "detail.metadata.team", "user_id": "detail.metadata.user_id", "model": "detail.metadata.model, model_id",
     "latency_ms": "detail.metadata.latency_ms", "input_tokens": "detail.metadata.input_tokens", "output_tokens": "detail.metadata.output_tokens", "error": "detail.metadata.error", "region": "region"},
    """{"id": "e-1", "detail-type": "session", "time": "2026-03-02T08:00:00Z", "region": "eu-west-1", "detail": {"session_id": "c-1", "query": "Hi", "response": "Hello.", "metadata": {"model": "eu.amazon.nova-lite-v1:0", "latency_ms": 812.5, "user_id": "u-1", "input_tokens": 4, "output_tokens": 2}}}""",
    ({"event_time": "2026-03-02T08:00:00Z", "conversation_id": "c-1", "message_id": "e-1-query", "role": "user", "content": "Hi", "user_id": "u-1", "region": "eu-west-1"},
     {"event_time": "2026-03-02T08:00:00Z", "conversation_id": "c-1", "message_id": "e-1", "role": "assistant", "content": "Hello.", "user_id": "u-1", "region": "eu-west-1",
      "model": "amazon.nova-lite-v1:0", "model_id": "eu.amazon.nova-lite-v1:0", "latency_ms": 812.5, "input_tokens": 4, "output_tokens": 2}),
)
