"""OpenAI's batch files: the questions stand in the input file, the answers in the output file, joined by custom_id."""

from typing import Any

from ...jsonl import BadLine
from ..history import Call
from . import figures, times
from .calls import CallDecoder, exchange, known
from .format import Event, Format


def _matches(record: dict[str, Any]) -> bool:
    return "custom_id" in record and ("response" in record or "body" in record)


class _Decoder(CallDecoder):
    def __init__(self, *settings: Any):
        super().__init__(*settings)
        self._asked: dict[str, dict[str, Any]] = {}
        self._answered: list[dict[str, Any]] = []

    def decode(self, record: dict[str, Any]) -> list[Event]:
        identity = figures.name(record.get("custom_id"))
        if not _matches(record) or identity is None:
            raise BadLine("neither a question nor an answer of a batch")
        if "response" in record:
            self._answered.append(record)
        else:
            self._asked[identity] = figures.mapping(record["body"])
        return []

    def finish(self) -> list[Event]:
        created = [times.stamp(_body(record).get("created") or _body(record).get("created_at")) for record in self._answered]
        time = next(filter(None, created), None) or times.stamp(self.settings.given.get("event_time", ""))
        events: list[Event] = []
        answered = set()
        for record, own in zip(self._answered, created):
            time = own or time      # an answer without a time is of that of the one before
            if not time:
                raise times.NONE_GIVEN
            answered.add(record["custom_id"])
            events += self.history.events(self._call(record, time))
        self.skipped["questions without an answer"] += len(self._asked.keys() - {str(one) for one in answered})
        self._answered.clear()
        return events + super().finish()

    def _call(self, record: dict[str, Any], time: str) -> Call:
        identity, response, body = str(record["custom_id"]), figures.mapping(record.get("response")), _body(record)
        request = self._asked.get(identity, {})
        asked, replies, reply = exchange(request, body)
        status = figures.whole(response.get("status_code"))
        failure = figures.error_of(record.get("error")) or reply.get("error")
        if status and status >= 400:
            failure = figures.error(failure if failure != "error" else None, status)
        notes = figures.mapping(request.get("metadata")) | figures.mapping(body.get("metadata"))
        return Call(time, asked, replies, identity, reply_id=figures.name(response.get("request_id"), body.get("id"), record.get("id")),
                    reply=reply | known(error=failure), common=known(team=figures.name(notes.get("team")), user_id=figures.name(request.get("user"), notes.get("user_id"))))


def _body(record: dict[str, Any]) -> dict[str, Any]:
    return figures.mapping(figures.mapping(record.get("response")).get("body"))


FORMAT = Format(
    "openai-batch", "OpenAI batch files: input and output", "the Batch API; name the input file too, for the questions", _matches, _Decoder,
    {"event_time": "response.body.created, else that of the answer before", "conversation_id": "custom_id", "message_id": "response.request_id; of other messages a hash of all that was said up to them",
     "role": "body.messages[].role", "content": "body of the input file, response.body", "team": "metadata.team", "user_id": "body.user", "model": "response.body.model",
     "input_tokens": "usage.prompt_tokens", "output_tokens": "usage.completion_tokens", "error": "error.code, response.status_code of 400 and more"},
    """{"custom_id": "k-1", "method": "POST", "url": "/v1/chat/completions", "body": {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}}
{"id": "b-1", "custom_id": "k-1", "response": {"status_code": 200, "request_id": "q-1", "body": {"id": "r-1", "object": "chat.completion", "created": 1772438400, "model": "m-1", "choices": [{"message": {"role": "assistant", "content": "Hello."}}], "usage": {"prompt_tokens": 4, "completion_tokens": 2}}}, "error": null}
{"id": "b-2", "custom_id": "k-2", "response": null, "error": {"code": "batch_expired", "message": "It took too long."}}""",
    ({"event_time": "2026-03-02T08:00:00Z", "conversation_id": "k-1", "message_id": "-", "role": "user", "content": "Hi"},
     {"event_time": "2026-03-02T08:00:00Z", "conversation_id": "k-1", "message_id": "q-1", "role": "assistant", "content": "Hello.", "model": "m-1", "input_tokens": 4, "output_tokens": 2},
     {"event_time": "2026-03-02T08:00:00Z", "conversation_id": "k-2", "message_id": "b-2", "role": "assistant", "content": "", "error": "batch_expired"}),
)
