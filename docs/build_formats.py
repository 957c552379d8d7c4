"""Write the tables of docs/formats.md from the formats themselves: `python3 docs/build_formats.py`. With --check, exit 1 when they are stale."""

import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

from llmops_cli import errors  # noqa: E402
from llmops_cli.logs import formats  # noqa: E402

BEGIN, END = "<!-- Written by docs/build_formats.py from the formats themselves: begin -->", "<!-- end -->"
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


def page(old: str) -> str:
    """The page with its tables as they should be."""
    head, _, rest = old.partition(BEGIN)
    return f"{head}{BEGIN}\n\n{tables()}\n{END}{rest.partition(END)[2]}"


def main(arguments: list[str]) -> int:
    path = FOLDER / "formats.md"
    old = path.read_text(encoding="utf-8")
    if arguments == ["--check"]:
        fresh = old == page(old)
        print("docs/formats.md is fresh" if fresh else "docs/formats.md is stale: python3 docs/build_formats.py writes it")
        return errors.OK if fresh else errors.FOUND
    path.write_text(page(old), encoding="utf-8")
    return errors.OK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
