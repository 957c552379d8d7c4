"""Logs to run on and lakes to compare, for the tests of `run`."""

import json
import os
import random

VOLATILE = ("run_timestamp", "duration_seconds", "stages", "records_per_second")


def contents(lake) -> dict[str, object]:
    """Every file of a lake by its path: its bytes, a run report without what the clock says."""
    found = {}
    for folder, _, names in os.walk(lake):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), lake)
            if path == os.path.join(".llmops", "lock"):
                continue
            with open(os.path.join(lake, path), "rb") as file:
                found[path] = file.read()
            if name == "run_latest.json":
                report = json.loads(found[path])
                found[path] = {key: value for key, value in report.items() if key not in VOLATILE}
    return found


def published(lake, *stages: str) -> dict[str, object]:
    """The files of some stages alone."""
    return {path: value for path, value in contents(lake).items() if path.startswith(stages or ("conversations", "curated"))}


def events(seed: int, conversations: int = 60, days: int = 6) -> list[dict]:
    """Events of conversations over some days, several crossing midnight, some without an id, some repeated."""
    draw = random.Random(seed)
    made = []
    for number in range(conversations):
        user, team = f"u_{number % 17}", draw.choice(["Sales", "Support", "Legal"])
        start = draw.randrange(days * 1440)
        for turn in range(draw.randrange(1, 7)):
            minute = start + turn * draw.choice([1, 2, 400 if turn == 2 else 3])
            event = {"event_time": f"2026-03-{1 + minute // 1440:02}T{minute // 60 % 24:02}:{minute % 60:02}:{number % 60:02}Z",
                     "role": ("user", "assistant")[turn % 2], "content": f"message {turn} of {number}: mail ann{number}@example.org, naïve ≤ 10",
                     "team": team, "user_id": user, "message_id": f"m{number}-{turn}"}
            if number % 9:
                event["conversation_id"] = f"c{number}"
            if turn % 2:
                event |= {"latency_ms": draw.randrange(100, 9000) / 10, "cost_usd": draw.randrange(10 ** 5) / 1e9, "input_tokens": 12, "output_tokens": 9}
            made.append(event)
            if not draw.randrange(20):
                made.append(dict(event))
    return made


def write(path, records) -> str:
    """Records (or raw lines) as a JSONL file; its path."""
    with open(path, "wb") as file:
        for record in records:
            file.write((record if isinstance(record, bytes) else json.dumps(record, ensure_ascii=False).encode()) + b"\n")
    return str(path)
