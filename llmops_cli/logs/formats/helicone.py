"""Helicone: exported requests, with their bodies where the export has them."""

from typing import Any

from ...jsonl import BadLine
from ..history import Call
from . import figures, times
from .calls import CallDecoder, known
from .exchanges import exchange
from .format import Format


def _matches(record: dict[str, Any]) -> bool:
    return "request_created_at" in record and ("response_status" in record or "request_id" in record)


_RATINGS = {"true": "up", "false": "down"}      # a word in CSV


class _Decoder(CallDecoder):
    def call(self, record: dict[str, Any]) -> Call:
        if not _matches(record):
            raise BadLine("not a request of an export")
        notes = figures.mapping(record.get("request_properties"))
        asked, replies, reply, _, _ = exchange(self, record.get("request_body"), record.get("response_body"))
        status = figures.whole(record.get("response_status"))
        failure = reply.get("error")
        if status and status >= 400:
            failure = figures.error(failure if failure != "error" else None, status)
        rating = _RATINGS.get(str(record.get("feedback_rating")).lower())
        identity = figures.name(record.get("request_id"), record.get("response_id"))
        reply |= known(**figures.model(figures.first(record.get("response_model"), record.get("request_model"), record.get("model"), reply.get("model"))),
                       latency_ms=times.duration(figures.first(record.get("delay_ms"), record.get("latency"))),
                       input_tokens=figures.whole(record.get("prompt_tokens"), reply.get("input_tokens")),
                       output_tokens=figures.whole(record.get("completion_tokens"), reply.get("output_tokens")),
                       cost_usd=figures.dollars(record.get("costUSD"), record.get("cost")), error=failure,
                       feedback=rating)
        return Call(self.time(record["request_created_at"]), asked, replies, figures.name(notes.get("Helicone-Session-Id"), notes.get("conversation_id")),
                    fallback=identity, reply_id=identity, reply=reply,
                    common=known(team=figures.name(notes.get("team"), notes.get("Team")), user_id=figures.name(record.get("request_user_id"))))


FORMAT = Format(
    "helicone", "Helicone requests", "its export (JSONL or CSV; --include-body for the texts)", _matches, _Decoder,
    {"event_time": "request_created_at", "conversation_id": "request_properties.Helicone-Session-Id, else found by its history, else request_id",
     "message_id": "request_id; of other messages a hash of their conversation, place and words", "role": "request_body.messages[].role", "content": "request_body, response_body",
     "team": "request_properties.team", "user_id": "request_user_id", "model": "response_model, request_model", "latency_ms": "delay_ms, latency", "input_tokens": "prompt_tokens",
     "output_tokens": "completion_tokens", "cost_usd": "costUSD, cost", "error": "response_status of 400 and more, type and code of response_body.error", "feedback": "feedback_rating"},
    """{"request_id": "q-1", "request_created_at": "2026-03-02T08:00:00.000Z", "response_status": 200, "request_body": {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}, "response_body": {"choices": [{"message": {"role": "assistant", "content": "Hello."}}]}, "response_model": "m-1", "request_user_id": "u-1", "request_properties": {"Helicone-Session-Id": "c-1", "team": "Sales"}, "delay_ms": 900, "prompt_tokens": 4, "completion_tokens": 2, "feedback_rating": false, "costUSD": 0.5}
{"request_id": "q-2", "request_created_at": "2026-03-02T08:00:09.000Z", "response_status": 503, "request_model": "m-1", "request_user_id": "u-1", "request_properties": {}, "delay_ms": -4}""",
    ({"event_time": "2026-03-02T08:00:00.000Z", "conversation_id": "c-1", "message_id": "-", "role": "user", "content": "Hi", "team": "Sales", "user_id": "u-1"},
     {"event_time": "2026-03-02T08:00:00.000Z", "conversation_id": "c-1", "message_id": "q-1", "role": "assistant", "content": "Hello.", "team": "Sales", "user_id": "u-1",
      "model": "m-1", "latency_ms": 900, "input_tokens": 4, "output_tokens": 2, "cost_usd": 0.5, "feedback": "down"},
     {"event_time": "2026-03-02T08:00:09.000Z", "conversation_id": "q-2", "message_id": "q-2", "role": "assistant", "content": "", "user_id": "u-1",
      "conversation_inferred": True, "model": "m-1", "error": "503"}),
)
