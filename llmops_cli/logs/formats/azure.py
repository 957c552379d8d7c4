"""Azure OpenAI: diagnostic logs (no texts), and those of an API Management gateway in front of it (with bodies)."""

from typing import Any

from ...jsonl import BadLine
from ..history import Call
from . import figures, times
from .calls import CallDecoder, known
from .exchanges import exchange
from .format import Format

_CATEGORIES = ("RequestResponse", "GatewayLogs")
_OTHER = ("embedding", "list", "get", "delete", "image", "file", "model", "deployment")


def _matches(record: dict[str, Any]) -> bool:
    return record.get("category", record.get("Category")) in _CATEGORIES and ("time" in record or "TimeGenerated" in record)


class _Decoder(CallDecoder):
    def call(self, record: dict[str, Any]) -> Call | None:
        if not _matches(record):
            raise BadLine("neither of category RequestResponse nor GatewayLogs")
        if str(record.get("operationName") or "").lower().startswith(_OTHER):
            self.skip("operations that are no conversation")
            return None
        about = figures.mapping(record.get("properties"))

        def get(*names: str) -> Any:
            return figures.first(*(place.get(name) for name in names for place in (about, record)))

        asked, replies, reply, request, body = exchange(self, get("backendRequestBody", "requestBody"), get("backendResponseBody", "responseBody"))
        status = figures.whole(get("responseCode", "resultSignature", "ResultSignature"))
        failure = figures.error(reply.get("error") if reply.get("error") != "error" else None, status) if status and status >= 400 else reply.get("error")
        reply |= known(**figures.model(figures.first(reply.get("model"), get("modelName", "modelDeploymentName"))),
                       latency_ms=times.duration(get("durationMs", "DurationMs", "backendTime", "totalTime")), error=failure)
        resource = figures.name(get("resourceId", "_ResourceId"))
        return Call(self.time(get("time", "TimeGenerated")), asked, replies, fallback=figures.name(get("correlationId", "CorrelationId")),
                    reply_id=figures.name(body.get("id")), reply=reply,
                    common=known(team=resource and resource.rstrip("/").rpartition("/")[2], user_id=figures.name(get("objectId"), request.get("user")),
                                 region=figures.name(get("location", "Location"))))


FORMAT = Format(
    "azure", "Azure OpenAI diagnostic logs, API Management gateway logs", "a diagnostic setting: category RequestResponse or GatewayLogs, from a storage account or event hub", _matches, _Decoder,
    {"event_time": "time", "conversation_id": "found by its history, else correlationId", "message_id": "id of the response body, else a hash",
     "role": "messages[].role of the request body", "content": "properties.backendRequestBody, backendResponseBody (gateway logs only)", "team": "last part of resourceId",
     "user_id": "properties.objectId", "model": "properties.modelName, modelDeploymentName", "latency_ms": "durationMs", "input_tokens": "usage of the response body",
     "output_tokens": "usage of the response body", "error": "resultSignature or responseCode of 400 and more", "region": "location"},
    """{"category": "RequestResponse", "time": "2026-03-02T08:00:00.1230000Z", "correlationId": "k-1", "durationMs": 812, "location": "eastus", "operationName": "ChatCompletions_Create", "resultSignature": "429", "resourceId": "/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.COGNITIVESERVICES/ACCOUNTS/DESK", "properties": "{\\"modelName\\":\\"gpt-4o\\",\\"modelDeploymentName\\":\\"chat\\",\\"requestTime\\":638515262815394150}"}
{"category": "GatewayLogs", "time": "2026-03-02T08:00:05Z", "correlationId": "k-2", "durationMs": -1, "operationName": "ChatCompletions_Create", "properties": {"responseCode": 200, "backendRequestBody": "{\\"messages\\":[{\\"role\\":\\"user\\",\\"content\\":\\"Hi\\"}]}", "backendResponseBody": "{\\"id\\":\\"r-1\\",\\"model\\":\\"gpt-4o\\",\\"choices\\":[{\\"message\\":{\\"content\\":\\"Hello.\\"}}],\\"usage\\":{\\"prompt_tokens\\":4,\\"completion_tokens\\":2}}"}}""",
    ({"event_time": "2026-03-02T08:00:00.1230000Z", "conversation_id": "k-1", "message_id": "-", "role": "assistant", "content": "", "team": "DESK", "region": "eastus",
      "conversation_inferred": True, "model": "gpt-4o", "latency_ms": 812, "error": "429"},
     {"event_time": "2026-03-02T08:00:05Z", "conversation_id": "k-2", "message_id": "-", "role": "user", "content": "Hi", "conversation_inferred": True},
     {"event_time": "2026-03-02T08:00:05Z", "conversation_id": "k-2", "message_id": "r-1", "role": "assistant", "content": "Hello.", "conversation_inferred": True,
      "model": "gpt-4o", "input_tokens": 4, "output_tokens": 2}),
)
