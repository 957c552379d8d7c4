"""`llmops --help` and other short runs against `python3 -c pass`: what the program itself adds to the start of Python.

    python3 tests/bench/startup_pace.py [RUNS]

Alternating runs, the least of many of each, on a Python without its site packages (what they add is not ours).
"""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
COMMANDS = {"bare": ["-c", "pass"], "help": ["-m", "llmops_cli", "--help"], "version": ["-m", "llmops_cli", "--version"],
            "run help": ["-m", "llmops_cli", "run", "--help"], "monitor help": ["-m", "llmops_cli", "monitor", "--help"],
            "assemble": ["-m", "llmops_cli", "assemble", "/dev/null"]}


def milliseconds(arguments: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-S", *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - began) * 1000


def main(runs: int) -> None:
    best = dict.fromkeys(COMMANDS, float("inf"))
    for _ in range(runs):
        for name, arguments in COMMANDS.items():
            best[name] = min(best[name], milliseconds(arguments))
    for name, least in best.items():
        print(f"{name:<14}{least:6.1f} ms{least - best['bare']:+8.1f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
