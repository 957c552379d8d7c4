"""How fast a provider is used, what a million rows hold in memory, what going on after a death costs.

    python3 -m tests.bench.provider_pace [--rows 200000] [--calls 6000]

Ratios within one run: at 50 ms a reply and 32 calls in flight against the ideal; peak memory of labelling `rows` rows with
answers from nowhere; the seconds that --resume needs for a million rows that are done.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LATENCY, IN_FLIGHT = 0.05, 32
FILL = """
import sys, json, time, resource
from llmops_cli.classify import intake, prompt, provider
from llmops_cli.classify.recovery import Recovery
from llmops_cli.jsonl import Reader, Rejects
from llmops_cli.llm.answers import Answer, Usage
from llmops_cli import storage
source, output, die, model = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
task = prompt.task()
made = json.dumps({"task_category": task.labels[3], "confidence": 0.9})
calls = 0
def put(asked):
    global calls
    calls += 1
    if calls == die:
        raise RuntimeError
    return Answer(made, Usage(100, 10))
identity = {"model": model, "labels and prompt": task.identity(), "reading": [8, 200, None], "sanitizing": False, "escalation": None}
recovery = Recovery(output, identity, time.monotonic, resume=True)
job = provider.Job(task, model, intake.Reading(), put, lambda: [calls, 0, 100 * calls, 10 * calls, 0], lambda: 4)
try:
    provider.run(Reader([storage.open_source(source)], Rejects(print)), job, print, recovery)
except RuntimeError:
    pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def program(*args: object) -> tuple[float, str]:
    """(seconds, standard error) of a command line."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "llmops_cli", *map(str, args)], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr
    return time.perf_counter() - began, done.stderr


def write_rows(path: Path, rows: int) -> None:
    with open(path, "w") as file:
        for number in range(rows):
            file.write(json.dumps({"conversation_id": f"c_{number}", "messages": [{"role": "user", "content": f"please translate sentence {number} into German for me"}]}) + "\n")


def in_flight(folder: Path, calls: int) -> None:
    server = subprocess.Popen([sys.executable, "-m", "tests.llm.server", "--latency", str(LATENCY)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        port = server.stdout.readline().strip()
        write_rows(folder / "short.jsonl", 10)
        write_rows(folder / "in.jsonl", calls)
        address = ("--with", "openai", "--base-url", f"http://127.0.0.1:{port}/v1", "--concurrency", IN_FLIGHT, "-q")
        start, _ = program("classify", *address, folder / "short.jsonl", "-o", folder / "short.out")
        seconds, _ = program("classify", *address, folder / "in.jsonl", "-o", folder / "out.jsonl")
        ideal = calls * LATENCY / IN_FLIGHT
        print(f"{calls:,} calls at 50 ms, {IN_FLIGHT} in flight: {ideal / (seconds - start + LATENCY):.3f} of the ideal ({seconds:.1f} s)")
    finally:
        server.kill()


def resuming(folder: Path, rows: int) -> None:
    source, output, model = folder / "many.jsonl", folder / "many.out", "openai:gpt-4o-mini"
    write_rows(source, rows)
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", FILL, source, output, str(rows - 5), model], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr
    seconds = time.perf_counter() - began
    print(f"{rows:,} rows with answers from nowhere: {rows / seconds:,.0f} rows/s, {int(done.stdout.split()[-1]) / 1024:.0f} MB at most")
    server = subprocess.Popen([sys.executable, "-m", "tests.llm.server"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        port = server.stdout.readline().strip()
        address = ("--with", "openai", "--base-url", f"http://127.0.0.1:{port}/v1", "--no-sanitize", "--resume")
        write_rows(folder / "short.jsonl", 10)
        start, _ = program("classify", *address, folder / "short.jsonl", "-o", folder / "short.out")
        resumed, said = program("classify", *address, source, "-o", output)
        again, _ = program("classify", *address, source, "-o", output)
        million = 1e6 / rows
        print(f"  resuming at the end: {(resumed - start) * million:.2f} s a million rows done; a finished output once more: {(again - start) * million:.2f} s")
        print("  " + said.strip().splitlines()[-1])
    finally:
        server.kill()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--calls", type=int, default=6000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        in_flight(Path(name), args.calls)
        resuming(Path(name), args.rows)


if __name__ == "__main__":
    main()
