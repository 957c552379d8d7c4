"""How long the page of a year and 50 teams takes, and how large it is; beside it the time to parse the same JSON alone.

    python3 tests/bench/report_pace.py [DAYS TEAMS]
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.report.years import make  # noqa: E402


def main() -> None:
    days, teams = map(int, sys.argv[1:3] or (365, 50))
    with tempfile.TemporaryDirectory() as folder:
        lake, html = Path(folder) / "lake", Path(folder) / "report.html"
        make(lake, days, teams)
        files = [path for name in ("metrics.json", "tallies.jsonl", "models.jsonl") for path in lake.rglob(name)]
        began = time.perf_counter()
        for path in files:
            json.loads(b"[" + b",".join(path.read_bytes().splitlines()) + b"]") if path.suffix == ".jsonl" else json.loads(path.read_bytes())
        bound = time.perf_counter() - began
        best, busy = float("inf"), float("inf")
        for _ in range(3):
            began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, "-m", "llmops_cli", "report", str(lake), "--html", str(html)], check=True, cwd=ROOT)
            best, after = min(best, time.perf_counter() - began), resource.getrusage(resource.RUSAGE_CHILDREN)
            busy = min(busy, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        print(f"{days} days, {teams} teams, {sum(path.stat().st_size for path in files) / 1e6:.0f} MB of JSON: page in {best:.2f} s ({busy:.2f} s of a processor), "
              f"{html.stat().st_size / 1e6:.2f} MB; parsing alone {bound:.2f} s, ratio {bound / best:.2f}")


if __name__ == "__main__":
    main()
