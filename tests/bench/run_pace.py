"""How fast `run` takes real text from events to reports, on one core.

    python3 tests/bench/run_pace.py [EVENTS]      (needs $LLMOPS_TEST_DATA)

Makes EVENTS (200,000) events whose texts are sentences of public chats, runs the whole pipeline on them in a fresh
lake, and prints MB/s beside the pace of `json.loads` alone over the same bytes in the same process. Then `-j 2` against two
processes that run at the same time, each on one half in a lake of its own.
"""

import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def make_events(path: str, number: int, texts: list[str]) -> None:
    """Write events of 10 conversations a minute over a month; the texts in turn, cut at 600 characters."""
    random.seed(1)
    teams = ("Sales", "Support", "Engineering", "Finance", "Marketing", "Operations")
    with open(path, "w", encoding="utf-8") as file:
        for index in range(number):
            conversation, turn = divmod(index, 6)
            role = ("user", "assistant")[turn % 2]
            day, minute = 1 + conversation * 28 // (number // 6 + 1), conversation * 7 % 1440
            event = {"event_time": f"2026-02-{day:02}T{minute // 60:02}:{minute % 60:02}:{turn * 9:02}Z", "conversation_id": f"c_{conversation}",
                     "message_id": f"m_{index}", "role": role, "content": texts[random.randrange(len(texts))],
                     "team": teams[conversation % 6], "user_id": f"u_{conversation % 900}"}
            if role == "assistant":
                event |= {"model": "model-a", "latency_ms": round(random.lognormvariate(6.5, 0.6), 1), "input_tokens": random.randrange(900),
                          "output_tokens": random.randrange(400), "cost_usd": random.randrange(10 ** 6) / 1e9}
            file.write(json.dumps(event, ensure_ascii=False) + "\n")


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    data = os.environ.get("LLMOPS_TEST_DATA")
    if not data:
        sys.exit("set LLMOPS_TEST_DATA to the folder of public test data")
    texts = []
    for name in ("chat_clean", "chat_mix"):
        with gzip.open(os.path.join(data, "pii", f"{name}.jsonl.gz"), "rt", encoding="utf-8") as file:
            for line in file:
                text = json.loads(line)["text"]
                texts += [text[at:at + 600] for at in range(0, min(len(text), 2400), 600)]
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "events.jsonl")
        make_events(log, number, texts)
        size = os.path.getsize(log) / 1e6
        began = time.perf_counter()
        with open(log, "rb") as file:
            for line in file:
                json.loads(line)
        bound = time.perf_counter() - began
        program = [sys.executable, *(sys.argv[2:] or ["-m", "llmops_cli"]), "run", "-q"]

        def timed(*runs: list[str]) -> float:
            began = time.perf_counter()
            for process in [subprocess.Popen([*program, *words], cwd=ROOT) for words in runs]:
                if process.wait():
                    sys.exit("a run failed")
            return time.perf_counter() - began

        taken = timed([log, "-o", os.path.join(folder, "lake")])
        usage = os.times()
        import resource
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"{size:.0f} MB, {number:,} events: run {taken:.1f} s = {size / taken:.2f} MB/s (cpu {usage.children_user + usage.children_system:.1f} s), "
              f"json.loads alone {size / bound:.0f} MB/s, peak {peak:.0f} MiB")
        halves = [os.path.join(folder, f"half{number}.jsonl") for number in (1, 2)]
        with open(log, "rb") as file:
            lines = file.readlines()
        for path, part in zip(halves, (lines[:len(lines) // 2], lines[len(lines) // 2:])):
            with open(path, "wb") as file:
                file.writelines(part)
        del lines
        together = timed([log, "-j", "2", "-o", os.path.join(folder, "lake-j2")])
        apart = timed(*([half, "-o", f"{half}.lake"] for half in halves))
        print(f"-j 2: {together:.1f} s, {size / together:.2f} MB/s; two processes on a half each: {apart:.1f} s; {apart / together:.2f} of their pace")


main()
