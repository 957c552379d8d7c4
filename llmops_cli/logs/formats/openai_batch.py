"""OpenAI's batch files: the questions stand in the input file, the answers in the output file, joined by custom_id."""

from typing import Any

from ...jsonl import BadLine
from ..history import Call
from . import content, figures, times
from .calls import CallDecoder, known
from .exchanges import exchange
from .format import Event, Format


def _matches(record: dict[str, Any]) -> bool:
    return "custom_id" in record and ("response" in record or "body" in record)


class _Decoder(CallDecoder):
    def __init__(self, *settings: Any):
        super().__init__(*settings)
        # custom_id -> (its messages, keys of every message) of each batch that uses it: many programs count theirs from 1
        self._asked: dict[str, list[tuple[list[content.Message], dict[str, Any]]]] = {}
        self._answered: list[tuple[str, str | None, Call]] = []                        # custom_id, time, the call without its question

    def decode(self, record: dict[str, Any]) -> list[Event]:
        identity = figures.name(record.get("custom_id"))
        if not _matches(record) or identity is None:
            raise BadLine("neither a question nor an answer of a batch")
        if "response" not in record:
            request = figures.mapping(record["body"])
            notes = figures.mapping(request.get("metadata"))
            common = known(team=figures.named(notes, "team"), user_id=figures.named(request, "user") or figures.named(notes, "user_id"))
            self._asked.setdefault(identity, []).append((exchange(self, request, {}).asked, common))
            return []
        response = figures.mapping(record["response"])
        body = figures.mapping(response.get("body"))
        _, replies, reply, _, _ = exchange(self, {}, body)
        status = figures.whole(response.get("status_code"))
        failure = figures.error_of(record.get("error")) or reply.get("error")
        if status and status >= 400:
            failure = figures.error(failure if failure != "error" else None, status)
        call = Call("", [], replies, identity, reply=reply | known(error=failure),
                    reply_id=figures.named(response, "request_id") or figures.named(body, "id") or figures.named(record, "id"))
        self._answered.append((identity, times.stamp(body.get("created") or body.get("created_at")), call))
        return []

    def finish(self) -> list[Event]:
        time = next((own for _, own, _ in self._answered if own), None) or times.stamp(self.settings.given.get("event_time", ""))
        events: list[Event] = []
        replies: dict[str, dict[str | None, int]] = {}     # custom_id -> its answers, in their order
        for identity, own, call in self._answered:
            time = own or time      # an answer without a time is of that of the one before
            if not time:
                raise times.NONE_GIVEN
            questions, answers = self._asked.get(identity) or [([], {})], replies.setdefault(identity, {})
            place = answers.setdefault(call.reply_id, len(answers))
            asked, common = questions[min(place, len(questions) - 1)]
            events += self.history.events(call._replace(time=time, messages=asked, common=common))
        if unanswered := self._asked.keys() - {identity for identity, _, _ in self._answered}:
            self.skipped["questions without an answer"] = len(unanswered)
        return events + super().finish()


FORMAT = Format(
    "openai-batch", "OpenAI batch files: input and output", "the Batch API; name the input file too, for the questions", _matches, _Decoder,
    {"event_time": "response.body.created, else that of the answer before", "conversation_id": "custom_id", "message_id": "response.request_id; of other messages a hash of their conversation, place and words",
     "role": "body.messages[].role", "content": "body of the input file, response.body", "team": "metadata.team", "user_id": "body.user", "model": "response.body.model",
     "input_tokens": "usage.prompt_tokens", "output_tokens": "usage.completion_tokens", "error": "error.code, response.status_code of 400 and more"},
    """{"custom_id": "k-1", "method": "POST", "url": "/v1/chat/completions", "body": {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}}
{"id": "b-1", "custom_id": "k-1", "response": {"status_code": 200, "request_id": "q-1", "body": {"id": "r-1", "object": "chat.completion", "created": 1772438400, "model": "m-1", "choices": [{"message": {"role": "assistant", "content": "Hello."}}], "usage": {"prompt_tokens": 4, "completion_tokens": 2}}}, "error": null}
{"id": "b-2", "custom_id": "k-2", "response": null, "error": {"code": "batch_expired", "message": "It took too long."}}""",
    ({"event_time": "2026-03-02T08:00:00Z", "conversation_id": "k-1", "message_id": "-", "role": "user", "content": "Hi"},
     {"event_time": "2026-03-02T08:00:00Z", "conversation_id": "k-1", "message_id": "q-1", "role": "assistant", "content": "Hello.", "model": "m-1", "input_tokens": 4, "output_tokens": 2},
     {"event_time": "2026-03-02T08:00:00Z", "conversation_id": "k-2", "message_id": "b-2", "role": "assistant", "content": "", "error": "batch_expired"}),
)
