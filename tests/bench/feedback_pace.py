"""What `feedback add` takes against an empty interpreter, and what a summary of many verdicts takes and holds.

    python3 tests/bench/feedback_pace.py [VERDICTS]
"""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORDS = "the answer was too slow wrong price great help thanks clear table totals missing invoice nice again today number policy".split()


def timed(words: list[str], folder: str, **more: object) -> float:
    began = time.perf_counter()
    subprocess.run(words, cwd=folder, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT), "HOME": folder}, **more)
    return time.perf_counter() - began


def main(verdicts: int) -> None:
    program = [sys.executable, "-m", "llmops_cli", "feedback"]
    with tempfile.TemporaryDirectory() as folder:
        add = min(timed([*program, "add", "--rating", "up", "--text", "the totals are right", "--message-id", "m1"], folder) for _ in range(12))
        bare = min(timed([sys.executable, "-c", "pass"], folder) for _ in range(12))
        looked = min(timed([*program, "add", "--rating", "down", "--text", "call me at 030 1234567", "--message-id", "m1"], folder) for _ in range(12))
        print(f"feedback add: {add * 1000:.0f} ms, of a text that must be looked at: {looked * 1000:.0f} ms; an empty interpreter: {bare * 1000:.0f} ms")
        chance, path = random.Random(1), Path(folder, "many.jsonl")
        with path.open("w") as file:
            for n in range(verdicts):
                text = " ".join(chance.choices(WORDS, k=chance.randint(3, 14)))
                file.write(json.dumps({"feedback_id": f"fb-{chance.getrandbits(64):016x}", "event_time": f"2026-{n % 12 + 1:02}-{n % 28 + 1:02}T10:00:00Z", "type": chance.choice(("bug", "praise", "idea", "other")),
                                       "rating": chance.choice(("up", "down", 3, 5)), "text": text, "team": f"team-{n % 40}"}) + "\n")
        began = time.perf_counter()
        with path.open("rb") as file:
            for line in file:
                json.loads(line)
        reading = time.perf_counter() - began
        summary = timed([*program, "summary", "--by", "team", "--store", str(path), "--json"], folder)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"summary of {verdicts:,}: {summary:.1f} s, {reading / summary:.2f} of the pace of json.loads, peak {peak:.0f} MiB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
