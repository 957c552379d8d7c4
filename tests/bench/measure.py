"""What the pace scripts share: made input, a bare json.loads loop to compare with, seconds and memory of a process."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Iterator

ROOT = Path(__file__).resolve().parent.parent.parent
WORDS = "the model a report please write of customer which error in order to is not monday team shift e-mail why ferry cargo plan".split()
JSON_LOOP = "import gc, json, sys; gc.disable()\nfor line in open(sys.argv[1], 'rb'): json.loads(line)"


def events(number: int) -> Iterator[bytes]:
    """Events of conversations that overlap in time."""
    pick = random.Random(1)
    for place in range(number):
        reply = place % 2
        conversation = place // 40 * 5 + pick.randrange(5)
        event = {"event_time": f"2026-01-{place % 2_400_000 // 86400 + 1:02}T{place // 3600 % 24:02}:{place // 60 % 60:02}:{place % 60:02}Z",
                 "conversation_id": f"c_{conversation}", "message_id": f"m_{place}", "role": "assistant" if reply else "user",
                 "content": " ".join(pick.choices(WORDS, k=pick.randrange(10, 120))), "team": f"Team {conversation % 6}", "user_id": f"u_{conversation % 800}"}
        if reply:
            event |= {"model": "amazon.nova-micro-v1:0", "latency_ms": round(pick.lognormvariate(6.5, 0.8), 1), "input_tokens": pick.randrange(999),
                      "output_tokens": pick.randrange(500), "cost_usd": pick.randrange(10 ** 5) / 10 ** 8, "release": "v42"}
        yield json.dumps(event).encode() + b"\n"


def conversations(number: int) -> Iterator[bytes]:
    held = []
    for line in events(number * 4):
        held.append(json.loads(line))
        if len(held) == 4:
            first = held[0]
            yield json.dumps({"conversation_id": first["conversation_id"], "team": first["team"], "user_id": first["user_id"], "date": first["event_time"][:10],
                              "started_at": first["event_time"], "ended_at": held[-1]["event_time"], "turn_count": 4, "messages": held,
                              "task_category": "Technical Help", "confidence": 0.9, "classified_by": "local@1"}).encode() + b"\n"
            held = []


def write(path: Path, lines: Iterator[bytes]) -> None:
    """A line at a time: a process that is started counts what its parent held as its own memory."""
    with open(path, "wb") as file:
        file.writelines(lines)


def measured(arguments: list[str]) -> tuple[float, float]:
    """(seconds, megabytes at most) of a process."""
    began = time.perf_counter()
    _, memory = taken(arguments)
    return time.perf_counter() - began, memory


def taken(arguments: list[str], statuses: tuple[int, ...] = (0,)) -> tuple[float, float]:
    """(seconds of processor, megabytes at most) of a process; on a busy machine the clock would say more of the others."""
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) in statuses
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def against_json(command: str, path: Path, *options: str, runs: int = 3) -> None:
    """Print the pace of a command and its ratio to json.loads alone, the best of some alternating runs."""
    start = min(measured(["-c", "pass"])[0] for _ in range(3))
    bare = least = float("inf")
    for _ in range(runs):
        bare = min(bare, measured(["-c", JSON_LOOP, str(path)])[0])
        least = min(least, measured(["-m", "llmops_cli", command, *options, "-q", str(path)])[0])
    megabytes = path.stat().st_size / 1e6
    print(f"{' '.join([command, *options])}: {megabytes:.0f} MB, json.loads {megabytes / (bare - start):.0f} MB/s, "
          f"{command} {megabytes / (least - start):.0f} MB/s, ratio {(bare - start) / (least - start):.2f}")


def memory_of(command: str, small: Path, large: Path, *options: str) -> None:
    """Print the memory that a command takes for an input and for one ten times as large."""
    for path in (small, large):
        print(f"{' '.join([command, *options])}: {path.stat().st_size / 1e6:.0f} MB of input, {measured(['-m', 'llmops_cli', command, *options, '-q', str(path)])[1]:.0f} MB of memory")
