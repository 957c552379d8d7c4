"""How fast records are sanitized, JSONL to JSONL, beside a bare loop of json.loads and json.dumps over the same file.

    python3 tests/bench/sanitize_pace.py [FILE.jsonl[.gz] ...]

Processor time of whole processes that take turns, without what each needs for no input at all. Without a file it makes
lines of its own: chat in which nothing is found, chat with findings, flat log records, and requests of which each sends
the talk before it again.
"""
import gzip
import json
import os
import random
import sys
import tempfile
from pathlib import Path
from typing import Iterator

from measure import taken

BARE = "import gc, json, sys\ngc.disable()\nfor line in open(sys.argv[1], encoding='utf-8'): sys.stdout.write(json.dumps(json.loads(line)) + '\\n')"
SIZES = {"clean": 15_000, "found": 15_000, "flat": 60_000, "resent": 400}
WORDS = ("the of and to in is that for it as was with be by on not this are or from at which but have an they you were her all she there would their we him been has when who will no more "
         "if out so up said what its about than into them can only other time new some could these two may first then do any like my now over such our man me even most made after also did many "
         "off before must well back through years much where your way down should because long each just state those people too mister how little good world make very year still see own work").split()
FOUND = ("ann.smith@example.org", "+49 30 901820", "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "10.0.0.17", 'api_key = "aK3jf92nFk20dj3LmQ"', "https://example.org/a?b=c")


def prose(source: random.Random, words: int) -> str:
    """Sentences with a number now and then."""
    made = []
    for _ in range(words):
        made.append(source.choice(WORDS) if source.random() > 0.02 else str(source.choice((3, 12, 2024, 1990, 0.5, 100))))
        if source.random() < 0.08:
            made[-1] += source.choice((".", ",", ":", ".\n", ".\n\n- "))
    return " ".join(made)


def record(source: random.Random, number: int, kind: str) -> dict:
    """One event of a conversation."""
    content = prose(source, 350 if kind != "flat" else 30)
    if kind != "clean" and number % 3 == 0:
        content += " " + source.choice(FOUND) + " " + prose(source, 20)
    made = {"event_time": f"2026-01-03T10:{number % 60:02d}:00Z", "conversation_id": f"c_{number // 4}", "message_id": f"m_{number}", "role": "user", "content": content}
    if kind == "flat":
        made.update(team="Sales", user_id=f"u_{number % 97}", model="amazon.nova-micro-v1:0", latency_ms=812.5, input_tokens=210, output_tokens=64, cost_usd=0.0000164, release="v42")
    return made


def lines(kind: str, number: int) -> Iterator[bytes]:
    """Lines of one sort, no text twice but in the requests."""
    source = random.Random(11)
    for at in range(number):
        if kind != "resent":
            yield json.dumps(record(source, at, kind)).encode() + b"\n"
            continue
        messages = [{"role": ("user", "assistant")[turn % 2], "content": record(source, at * 16 + turn, "found")["content"]} for turn in range(16)]
        for turns in range(1, 17, 2):
            yield json.dumps({"conversation_id": f"c_{at}", "messages": messages[:turns]}).encode() + b"\n"


def pace(name: str, path: str) -> None:
    """Print one row of the table."""
    commands = (("-c", BARE), ("-m", "llmops_cli", "sanitize"))
    bare, ours = (min(times) for times in zip(*[[taken([*command, path])[0] - taken([*command, os.devnull])[0] for command in commands] for _ in range(3)]))
    size = os.path.getsize(path) / 1e6
    print(f"{name:28} {size:6.1f} MB   bare {size / bare:6.0f} MB/s   sanitize {size / ours:6.1f} MB/s   ratio {bare / ours:.2f}")


def main() -> None:
    """One row for each file, or for each sort of line."""
    with tempfile.TemporaryDirectory() as folder:
        made = os.path.join(folder, "lines.jsonl")
        for path in sys.argv[1:]:
            with (gzip.open if path.endswith(".gz") else open)(path, "rb") as stream, open(made, "wb") as file:
                file.writelines(stream)
            pace(Path(path).name, made)
        for kind, number in () if sys.argv[1:] else SIZES.items():
            with open(made, "wb") as file:
                file.writelines(lines(kind, number))
            pace(kind, made)


if __name__ == "__main__":
    main()
