"""The two handlers of AWS Lambda. Settings come from the environment; what a warm function has read it keeps."""

import base64
import hashlib
import json
import os
import random
import sys
import time
from functools import cache
from typing import Any, Mapping
from urllib.parse import urlencode

from .. import storage
from ..errors import UserError
from ..jsonl import BadLine, dump
from ..logs.formats import agentcore
from ..logs.formats.format import Settings
from ..records import UNKNOWN, Calendar
from ..report.lakefiles import open_lake
from ..wire import World
from .access import Access
from .content import Content
from .messages import Answer, Request
from .service import Service

_services: dict[tuple[str, ...], Service] = {}


def lake() -> str:
    address = os.environ.get("LLMOPS_LAKE")
    if not address:
        raise UserError("$LLMOPS_LAKE is not set", hint="the folder or s3://bucket/prefix of the lake")
    if storage.is_remote(address):
        _reach()
    return address


@cache
def _reach() -> None:
    """Hand the stores what they need of the world, once."""
    storage.reach(World(os.environ, time.time, time.monotonic, time.sleep, random.random))


def service() -> Service:
    """The service of this function's environment, the same one as long as that does not change."""
    settings = tuple(os.environ.get(name, "") for name in ("LLMOPS_LAKE", "LLMOPS_API_TOKEN", "LLMOPS_SERVE_ALLOW_ORIGIN", "LLMOPS_WEEK_START"))
    if settings not in _services:
        origins = tuple(origin.strip() for origin in settings[2].split(",") if origin.strip())
        _services[settings] = Service(Content(open_lake(lake(), time.monotonic), week_start=settings[3] or "mon"), Access(settings[1], (), origins),
                                      lambda line: print(line, file=sys.stderr))
    return _services[settings]


def answer(event: dict[str, Any]) -> dict[str, Any]:
    """What API Gateway expects for one of its events."""
    if event.get("version") == "2.0" or "rawPath" in event:
        return _second(event)
    return _first(event)


def _second(event: dict[str, Any]) -> dict[str, Any]:
    """Payload format 2.0: HTTP APIs and function URLs."""
    http = event.get("requestContext", {}).get("http", {})
    path = _without_stage(event.get("rawPath") or "/", event)
    said = service().answer(Request(http.get("method", "GET"), path, event.get("rawQueryString") or "", _lowered(event.get("headers"))))
    return {"statusCode": said.status, "headers": dict(said.headers), **_body(said)}


def _first(event: dict[str, Any]) -> dict[str, Any]:
    """Payload format 1.0: REST APIs."""
    many = event.get("multiValueQueryStringParameters")
    pairs = [(name, value) for name, values in many.items() for value in values] if many else list((event.get("queryStringParameters") or {}).items())
    headers = _lowered(event.get("headers")) or _lowered({name: ", ".join(values) for name, values in (event.get("multiValueHeaders") or {}).items()})
    said = service().answer(Request(event.get("httpMethod", "GET"), event.get("path") or "/", urlencode(pairs), headers))
    multiple: dict[str, list[str]] = {}
    for name, value in said.headers:
        multiple.setdefault(name, []).append(value)
    return {"statusCode": said.status, "headers": dict(said.headers), "multiValueHeaders": multiple, **_body(said)}


def _without_stage(path: str, event: dict[str, Any]) -> str:
    """The path behind the name of a stage, which stands before it unless the stage is `$default`."""
    stage = event.get("requestContext", {}).get("stage", "$default")
    return path[len(stage) + 1:] or "/" if stage != "$default" and (path + "/").startswith(f"/{stage}/") else path


def _lowered(headers: Mapping[str, str] | None) -> dict[str, str]:
    return {name.lower(): str(value) for name, value in (headers or {}).items()}


def _body(said: Answer) -> dict[str, Any]:
    """Text as it is, packed bytes in Base64."""
    if any(name == "Content-Encoding" for name, _ in said.headers):
        return {"body": base64.b64encode(said.body).decode(), "isBase64Encoded": True}
    return {"body": said.body.decode(), "isBase64Encoded": False}


# Events into the lake -------------------------------------------------------------------------------------------------

def collect(event: dict[str, Any]) -> dict[str, Any]:
    """Store an event, or those that a queue brings. An event that is none is an error, so that EventBridge keeps it in
    its dead-letter queue; of a queue's, only those that failed are named, so that only they come again."""
    if not isinstance(event.get("Records"), list):
        return {"stored": [_store(event)]}
    stored, failed = [], []
    for record in event["Records"]:
        try:
            stored.append(_store(json.loads(record["body"])))
        except (UserError, ValueError, KeyError, TypeError):
            failed.append({"itemIdentifier": record.get("messageId", "") if isinstance(record, dict) else ""})
    return {"stored": stored, "batchItemFailures": failed}


def _store(event: dict[str, Any]) -> str:
    """Put one session event under landing/ as a line of its own file, named after what it is: delivered twice, it is
    written twice to the same place. Its path in the lake, "" for one that says nothing. UserError when it is no session event."""
    detail = event.get("detail") if isinstance(event, dict) else None
    if isinstance(detail, dict) and detail.get("session_id") and not detail.keys() & {"query", "response"}:
        return ""           # a session began or ended: there is nothing in it to count
    try:
        events = agentcore.FORMAT.decoder(Settings()).decode(event)
        line = dump(event) + b"\n"
    except (BadLine, AttributeError):
        raise UserError("not a session event", hint="it needs detail.session_id, and query or response, and a time") from None
    date = Calendar().date(events[0]["event_time"]) if events else UNKNOWN
    name = hashlib.sha256(str(event.get("id") or "").encode() or line).hexdigest()[:24]
    path = f"landing/date={date}/agentcore-{name}.jsonl"
    root = lake()
    if not storage.is_remote(root):
        os.makedirs(os.path.join(root, "landing", f"date={date}"), exist_ok=True)
    with storage.create(f"{root.rstrip('/')}/{path}") as file:
        file.write(line)
    return path
