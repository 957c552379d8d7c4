"""docs/api.md, written from the OpenAPI document that `llmops serve` shows."""

from typing import Any

from llmops_cli.server.openapi import document

HEAD = """\
# The API

<!-- Written by docs/build.py from llmops_cli/server/openapi.py; edit that. -->

`llmops serve LAKE` answers GET and HEAD at these paths; so does the Lambda function `llmops_cli.server.lambda_handler`. The
same as an OpenAPI 3.1 document stands at `/openapi.json`.

```sh
llmops serve lake/ &
curl -s 'http://127.0.0.1:8080/v1/trends?by=team&from=2026-03-01'
```

- **Token.** With `$LLMOPS_API_TOKEN` set, everything but `/healthz` asks for it: `Authorization: Bearer TOKEN`, or as the
  password of Basic with any user name, which is what a browser asks for.
- **Host.** A request must name the address that the server is bound to, or a name given with `--allow-host`; others get 421.
- **Other origins.** Pages of a site named with `--allow-origin` may read the answers (CORS).
- **Caching.** Every answer has an `ETag`; with `If-None-Match` it is 304 when nothing has changed. Answers are packed with gzip
  when the client takes it.
- **Problems** are `application/problem+json` (RFC 9457): `type`, `title`, `status`, `detail`, and what helps.
- **Limits.** 256 connections (then 503 with `Retry-After`), 32 kB and 100 headers (431), a path of 8 kB (414), no body beyond
  64 kB (413), 10 seconds for a request (408), 15 seconds of silence on a kept connection.
- **What cannot be used.** A date whose file is broken is marked (`unusable`, `left_out`) and answers 500 itself; the rest is served.
- **Unknown is null.** A number that nothing is known of is `null`, never 0.
"""


def page() -> str:
    """The whole of docs/api.md."""
    found = document()
    parts = [HEAD, "\n| path | what it answers |\n|---|---|\n"]
    parts += [f"| [`{path}`](#{_anchor(path)}) | {operation['get']['summary']} |\n" for path, operation in found["paths"].items()]
    for path, operation in found["paths"].items():
        parts.append(_path(path, operation["get"], found["components"]))
    parts.append("\n## Schemas\n")
    for name, schema in found["components"]["schemas"].items():
        parts.append(f"\n### {name}\n\n| key | type | |\n|---|---|---|\n" + "".join(
            f"| `{key}` | {_type(value)} | {'always there' if key in schema.get('required', ()) else ''} |\n" for key, value in schema["properties"].items()))
    return "".join(parts)


def _anchor(path: str) -> str:
    return "get-" + "".join(sign for sign in path.lower() if sign.isalnum() or sign in "-_")


def _path(path: str, operation: dict[str, Any], components: dict[str, Any]) -> str:
    lines = [f"\n## GET {path}\n\n{operation['description']}\n"]
    if operation["parameters"]:
        lines.append("\n| parameter | value | |\n|---|---|---|\n")
        lines += [f"| `{one['name']}` | {_type(one['schema'])} | {one['description']}{' Needed.' if one['required'] else ''} |\n" for one in operation["parameters"]]
    lines.append("\n| status | |\n|---|---|\n")
    for status, answer in operation["responses"].items():
        about = answer.get("description") or components["responses"][answer["$ref"].rpartition("/")[2]]["description"]
        content = ", ".join(_type(each["schema"]) if kind == "application/json" else f"`{kind}`" for kind, each in answer.get("content", {}).items())
        lines.append(f"| {status} | {about}{f' {content}' if content else ''} |\n")
    return "".join(lines)


def _type(schema: dict[str, Any]) -> str:
    """A schema in a few words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in schema:
        return " ".join(f"`{value}`" for value in schema["enum"]) + (f" (default `{schema['default']}`)" if "default" in schema else "")
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("type") == "array" and "items" in schema:
        return f"list of {_type(schema['items'])}"
    kind = schema.get("type", "any")
    named = " or ".join(kind) if isinstance(kind, list) else kind
    if schema.get("format") in ("date", "date-time"):
        named = "date" if schema["format"] == "date" else "time"
    keys = schema.get("properties")
    return f"object of {', '.join(f'`{key}`' for key in keys)}" if keys and len(keys) < 4 else named
