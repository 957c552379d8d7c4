"""Amazon Bedrock's model invocation logs: Converse and InvokeModel, streamed or not."""

from typing import Any

from ...jsonl import BadLine
from ..history import Call
from . import bodies, figures, times
from .calls import CallDecoder, known
from .format import Format


def _matches(record: dict[str, Any]) -> bool:
    return record.get("schemaType") == "ModelInvocationLog" or "modelId" in record and "operation" in record and "input" in record


def _who(arn: Any) -> tuple[str | None, str | None]:
    """(role, user) of an identity.

    >>> _who("arn:aws:sts::123456789012:assumed-role/app/ann"), _who("arn:aws:iam::123456789012:user/bob")
    (('app', 'ann'), (None, 'bob'))
    """
    parts = arn.partition("/") if isinstance(arn, str) else ("", "", "")
    if parts[0].endswith(":assumed-role"):
        role, _, session = parts[2].partition("/")
        return role or None, session or None
    return None, parts[2].rpartition("/")[2] or None if parts[0].endswith(":user") else None


class _Decoder(CallDecoder):
    def call(self, record: dict[str, Any]) -> Call:
        if not _matches(record):
            raise BadLine("not a model invocation log")
        given, spent, notes = figures.mapping(record.get("input")), figures.mapping(record.get("output")), figures.mapping(record.get("requestMetadata"))
        request, response = self._body(given, "inputBodyJson", "inputBodyS3Path"), self._body(spent, "outputBodyJson", "outputBodyS3Path")
        role, user = _who(figures.mapping(record.get("identity")).get("arn"))
        inside = bodies.usage(response)
        counted = given | spent
        tokens = figures.beside(*[counted[key] if key in counted else figures.pick(inside, *others) for key, others in _COUNTS.items()])
        identity = figures.name(record.get("requestId"))
        reply = {**figures.model(record.get("modelId")), "latency_ms": times.duration(figures.pick(inside, "latencyMs", "invocationLatency")),
                 **tokens, "error": figures.error(record.get("errorCode"))}
        conversation = release = version = None
        if notes:
            conversation = figures.named(notes, "conversation_id", "session", "session_id", "conversationId", "sessionId")
            role, user = figures.named(notes, "team") or role, figures.named(notes, "user_id", "user") or user
            release, version = figures.named(notes, "release"), figures.named(notes, "prompt_version")
        return Call(self.time(record.get("timestamp")), bodies.asked(request), bodies.answered(response), conversation, identity, True, identity,
                    known(team=role, user_id=user, region=figures.named(record, "region"), release=release, prompt_version=version), known(**reply))

    def _body(self, half: dict[str, Any], here: str, elsewhere: str) -> Any:
        """A body out of the log, or out of the file that the log names."""
        path = half.get(elsewhere)
        if path.__class__ is not str or not path:
            return half.get(here)
        found = self.settings.stored(path)
        if found is None:
            self.skipped["bodies that are stored on S3"] += 1
        return found


# In the order of figures.beside: what the log counts, and what the body of a response calls it.
_COUNTS = {"inputTokenCount": ("inputTokens", "inputTokenCount", "input_tokens"), "outputTokenCount": ("outputTokens", "outputTokenCount", "output_tokens"),
           "cacheReadInputTokenCount": ("cacheReadInputTokens", "cacheReadInputTokenCount", "cache_read_input_tokens"),
           "cacheWriteInputTokenCount": ("cacheWriteInputTokens", "cacheWriteInputTokenCount", "cache_creation_input_tokens")}

FORMAT = Format(
    "bedrock", "Amazon Bedrock model invocation logs (Converse and InvokeModel)", "the bucket or the CloudWatch log group that invocation logging writes to", _matches, _Decoder,
    {"event_time": "timestamp", "conversation_id": "requestMetadata.conversation_id or session, else found by its history, else requestId",
     "message_id": "requestId; of other messages a hash of their conversation, place and words", "role": "messages[].role; system is system, toolResult is tool",
     "content": "input.inputBodyJson, output.outputBodyJson", "team": "requestMetadata.team, else the role of identity.arn",
     "user_id": "requestMetadata.user_id, else the session or user of identity.arn", "model": "modelId without region prefix and profile ARN",
     "latency_ms": "metrics.latencyMs, invocationLatency of the last chunk", "input_tokens": "inputTokenCount and the cached ones, which stand beside it",
     "output_tokens": "outputTokenCount", "cached_input_tokens": "cacheReadInputTokenCount", "cache_write_tokens": "cacheWriteInputTokenCount",
     "error": "errorCode", "region": "region", "tool_calls": "toolUse"},
    """{"schemaType": "ModelInvocationLog", "timestamp": "2026-03-02T08:00:00Z", "identity": {"arn": "arn:aws:sts::123456789012:assumed-role/helpdesk/u-1"}, "region": "eu-west-1", "requestId": "q-1", "operation": "Converse", "modelId": "eu.amazon.nova-lite-v1:0", "input": {"inputBodyJson": {"messages": [{"role": "user", "content": [{"text": "Is it open?"}]}]}, "inputTokenCount": 5, "cacheReadInputTokenCount": 7}, "output": {"outputBodyJson": {"output": {"message": {"role": "assistant", "content": [{"text": "Until six."}]}}, "metrics": {"latencyMs": 431}}, "outputTokenCount": 3}, "requestMetadata": {"conversation_id": "c-1"}}""",
    ({"event_time": "2026-03-02T08:00:00Z", "conversation_id": "c-1", "message_id": "-", "role": "user", "content": "Is it open?", "team": "helpdesk", "user_id": "u-1", "region": "eu-west-1"},
     {"event_time": "2026-03-02T08:00:00Z", "conversation_id": "c-1", "message_id": "q-1", "role": "assistant", "content": "Until six.", "team": "helpdesk", "user_id": "u-1",
      "region": "eu-west-1", "model": "amazon.nova-lite-v1:0", "model_id": "eu.amazon.nova-lite-v1:0", "latency_ms": 431, "input_tokens": 12, "output_tokens": 3, "cached_input_tokens": 7}),
)
