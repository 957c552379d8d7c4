"""How fast replies are watched: without and with personal data, and a cron run over a long log that grew a little.

    python3 tests/bench/monitor_pace.py [--large MEGABYTES]
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.measure import against_json, events, measured, write  # noqa: E402


def cron_run(folder: Path, megabytes: int) -> None:
    """Print the seconds of a run that finds one more megabyte behind a long log that was read before."""
    log, state = folder / "long.jsonl", folder / "state.json"
    block = b"".join(events(20_000))
    with open(log, "wb") as file:
        while file.tell() < megabytes * 1e6:
            file.write(block)
    command = ["-m", "llmops_cli", "monitor", "--exit-zero", "-q", "--state", str(state), str(log)]
    measured([*command[:3], "--no-pii", *command[3:]])
    size = 0
    with open(log, "ab") as file:
        for line in events(20_000):
            size += file.write(line)
            if size > 1e6:
                break
    seconds, memory = measured(command)
    idle = min(measured(command)[0] for _ in range(3))
    print(f"cron run over {log.stat().st_size / 1e6:.0f} MB that grew by 1 MB: {seconds:.2f} s, {memory:.0f} MB of memory; with nothing new {idle:.2f} s; state of {state.stat().st_size / 1e3:.0f} kB")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = folder / "events.jsonl"
        write(log, events(60_000))
        against_json("monitor", log, "--exit-zero", "--no-pii")
        against_json("monitor", log, "--exit-zero", "--no-pii", "--by", "team")
        against_json("monitor", log, "--exit-zero", runs=1)
        against_json("sanitize", log, runs=1)
        cron_run(folder, int(sys.argv[2]) if sys.argv[1:2] == ["--large"] else 200)


if __name__ == "__main__":
    main()
