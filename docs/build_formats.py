"""The tables of docs/formats.md, written from the formats themselves."""

from llmops_cli.logs import formats

KEYS = ("event_time", "conversation_id", "message_id", "role", "content", "team", "user_id", "model", "latency_ms", "input_tokens", "output_tokens",
        "cached_input_tokens", "cache_write_tokens", "reasoning_tokens", "cost_usd", "error", "tool_calls", "feedback", "release", "prompt_version", "region")


def tables() -> str:
    """What there is, what each carries, and where each key comes from."""
    shown = [form for form in formats.FORMATS if form.name != "events"]
    parts = ["| `--from` | what it is | where such a file comes from |\n|---|---|---|\n"]
    parts += [f"| [`{form.name}`]({'records.md' if form.name == 'events' else '#' + form.name}) | {form.what} | {form.where} |\n" for form in formats.FORMATS]
    for form in shown:
        keys = [key for key in KEYS if key in form.fields] + sorted(set(form.fields) - set(KEYS))
        parts.append(f"\n### {form.name}\n\n{form.what[0].upper()}{form.what[1:]}: {form.where}.\n\n| key | comes from |\n|---|---|\n")
        parts += [f"| `{key}` | {form.fields[key].replace('|', '&#124;').replace('<', '&lt;').replace('*', '&#42;')} |\n" for key in keys]
    return "".join(parts)
