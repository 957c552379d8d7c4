"""The interface as an OpenAPI 3.1 document; docs/api.md is written from it."""

from typing import Any

from ..metrics.aggregate import measures
from ..metrics.tally import Tally
from ..report.trends import KEYS
from ..version import VERSION

DATE = {"type": "string", "format": "date", "examples": ["2026-01-03"]}
BY = list(KEYS)
NUMBERS = {"cost_usd", "latency_ms_p50", "latency_ms_p95", "latency_ms_p99"}


def document() -> dict[str, Any]:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "llmops", "version": VERSION, "license": {"name": "MIT", "identifier": "MIT"},
                 "summary": "The numbers of a lake, read-only.",
                 "description": "What `llmops run` left in a lake: daily metrics, run reports, trends. Every answer has an `ETag` and is packed with gzip "
                                "when the client takes it; what goes wrong is said as problem JSON (RFC 9457)."},
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}, {"basic": []}, {}],
        "tags": [{"name": "numbers", "description": "What the lake holds."}, {"name": "operation", "description": "For those who run the server."}],
        "paths": _paths(),
        "components": {"securitySchemes": _security(), "schemas": _schemas(), "responses": _responses(), "headers": _headers()},
    }


def _paths() -> dict[str, Any]:
    span = [_parameter("from", "The first day that counts.", DATE), _parameter("to", "The last day that counts.", DATE)]
    return {
        "/v1/dates": _get("dates", "The dates that have metrics", "Sorted. A date whose files cannot be used is named under `unusable` as well.", "Dates"),
        "/v1/metrics": _get("metrics", "The metrics of a date", "The document `curated/metrics_daily/date=D/metrics.json` as it stands in the lake: a row for each team and task category.",
                            "Metrics", [_parameter("date", "The date.", DATE, True)], ("BadRequest", "NotFound", "Unusable")),
        "/v1/reports": _get("reports", "The run report of a date", "The document `reports/date=D/run_latest.json` as it stands in the lake: what was read, rejected and redacted.",
                            "RunReport", [_parameter("date", "The date.", DATE, True)], ("BadRequest", "NotFound", "Unusable")),
        "/v1/trends": _get("trends", "Rows over time, or by a key", "A row for each value of `by`, with the numbers of a metric row; `null` is not known. A date whose files cannot be used is "
                           "named under `left_out`.", "Trends",
                           [*span, _parameter("by", "What a row is of.", {"type": "string", "enum": BY, "default": "date"})], ("BadRequest",)),
        "/healthz": _get("health", "Whether the server can answer", "Asks for no token.", "Health", tag="operation", open_to_all=True),
        "/metrics": _get("exposition", "The numbers for Prometheus", "Totals over the lake by team, and how often this server has answered what; OpenMetrics when `Accept` names it.",
                         {"text/plain": {"schema": {"type": "string"}}, "application/openmetrics-text": {"schema": {"type": "string"}}}, tag="operation"),
        "/": _get("page", "The dashboard", "One page without requests to anywhere, for people.", {"text/html": {"schema": {"type": "string"}}}, span, ("BadRequest",)),
        "/openapi.json": _get("openapi", "This document", "OpenAPI 3.1.", {"application/json": {"schema": {"type": "object"}}}, tag="operation"),
    }


def _parameter(name: str, about: str, schema: dict[str, Any], required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "description": about, "schema": schema}


def _get(operation: str, summary: str, about: str, content: str | dict[str, Any], parameters: list[dict[str, Any]] | None = None,
         problems: tuple[str, ...] = (), tag: str = "numbers", open_to_all: bool = False) -> dict[str, Any]:
    """A path that answers GET (and HEAD, with the same headers)."""
    if isinstance(content, str):
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{content}"}}}
    answers: dict[str, Any] = {"200": {"description": summary + ".", "headers": {"ETag": {"$ref": "#/components/headers/ETag"}}, "content": content},
                               "304": {"$ref": "#/components/responses/NotModified"}}
    status = {"BadRequest": "400", "Unauthorized": "401", "NotFound": "404", "Misdirected": "421", "Unusable": "500", "Unavailable": "503"}
    for name in (*problems, *(() if open_to_all else ("Unauthorized",)), "Misdirected", "Unavailable"):
        answers[status[name]] = {"$ref": f"#/components/responses/{name}"}
    made: dict[str, Any] = {"operationId": operation, "tags": [tag], "summary": summary, "description": about,
                            "parameters": parameters or [], "responses": dict(sorted(answers.items()))}
    if open_to_all:
        made["security"] = []
    return {"get": made}


def _security() -> dict[str, Any]:
    about = "`$LLMOPS_API_TOKEN` of the server; nothing is asked for when it is not set."
    return {"bearer": {"type": "http", "scheme": "bearer", "description": about},
            "basic": {"type": "http", "scheme": "basic", "description": "The same token as the password, with any user name: for browsers."}}


def _headers() -> dict[str, Any]:
    return {"ETag": {"description": "Changes when the content does; send it back as `If-None-Match`.", "schema": {"type": "string"}}}


def _responses() -> dict[str, Any]:
    said = {"BadRequest": "A parameter is missing, unknown or not what it should be.", "NotFound": "The lake has nothing of that date; `dates` are those it has.",
            "Unusable": "The file of that date is broken; the others are served.", "Unauthorized": "The token is missing or wrong.",
            "Misdirected": "The Host header names neither the server's address nor a name it was given.", "Unavailable": "The lake cannot be read, or too many connections are open."}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {name: {"description": about, "content": problem} for name, about in said.items()} | {"NotModified": {"description": "What the client has is what there is."}}


def _schemas() -> dict[str, Any]:
    count = {"type": "integer", "minimum": 0}
    numbers = {key: _number(key) for key in measures(Tally())}
    marked = {"type": "array", "items": {"type": "object", "required": ["date", "reason"], "properties": {"date": DATE, "reason": {"type": "string"}}}}
    return {
        "Dates": {"type": "object", "required": ["dates"], "properties": {"dates": {"type": "array", "items": DATE}, "unusable": marked}},
        "Metrics": {"type": "object", "required": ["date", "metrics", "total_conversations", "total_events_processed"], "properties": {
            "date": DATE, "total_conversations": count, "total_events_processed": count, "metrics": {"type": "array", "items": {"$ref": "#/components/schemas/MetricRow"}}}},
        "MetricRow": {"type": "object", "required": ["team", "task_category", "conversation_count", "total_turns", "total_chars_user", "total_chars_assistant"],
                      "properties": {"team": {"type": "string"}, "task_category": {"type": "string"}, **numbers}},
        "Trends": {"type": "object", "required": ["by", "rows"], "properties": {
            "by": {"type": "string", "enum": BY}, "left_out": marked,
            "rows": {"type": "array", "items": {"type": "object", "properties": {**{key: {"type": "string"} for key in BY}, **numbers}}}}},
        "RunReport": {"type": "object", "required": ["date", "run_timestamp"], "properties": {
            "date": {"type": "string"}, "run_timestamp": {"type": "string", "format": "date-time"}, "events_read": count, "events_valid": count, "events_invalid": count,
            "conversations_assembled": count, "redaction_stats": {"type": "object", "additionalProperties": count}, "duration_seconds": {"type": "number"},
            "errors": {"type": "array"}}},
        "Health": {"type": "object", "required": ["status"], "properties": {"status": {"const": "ok"}}},
        "Problem": {"type": "object", "required": ["type", "title", "status", "detail"], "properties": {
            "type": {"type": "string", "format": "uri"}, "title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"},
            "dates": {"type": "array", "items": DATE, "description": "With 404: the dates there are."}}},
    }


def _number(key: str) -> dict[str, Any]:
    if key == "users_exact":
        return {"type": ["boolean", "null"]}
    return {"type": ["number" if key in NUMBERS else "integer", "null"], "minimum": 0}
