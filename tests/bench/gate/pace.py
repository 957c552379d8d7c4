"""How fast a log is judged, beside a bare loop of json.loads over the same bytes; a look at 1,000 new events of a long log.

    python3 tests/bench/gate/pace.py [EVENTS]
"""

import json
import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from measure import JSON_LOOP, events, taken  # noqa: E402


def two_releases(number: int):
    """The events of the other scripts, each reply of one of two releases."""
    pick = random.Random(5)
    for line in events(number):
        yield line.replace(b'"release": "v42"', b'"release": "v43"') if pick.random() < 0.5 else line


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        log, state = Path(folder, "log.jsonl"), Path(folder, "gate.state")
        with open(log, "wb") as file:
            file.writelines(two_releases(number))
        start = min(taken(["-c", "pass"])[0] for _ in range(3))
        options = ["-m", "llmops_cli", "rollback-check", "--baseline", "v42", "--candidate", "v43", "--exit-zero", "--skip", "personal_data", "-q", "-o", "/dev/null"]
        bare = taken(["-c", JSON_LOOP, str(log)])[0]
        ours, memory = taken([*options, str(log)], (0, 3))
        bare = min(bare, taken(["-c", JSON_LOOP, str(log)])[0])
        print(f"{number:,} events: json.loads {bare - start:.1f} s, rollback-check {ours - start:.1f} s, ratio {(bare - start) / (ours - start):.2f}, {memory:.0f} MB of memory")
        taken([*options, "--state", str(state), str(log)], (0, 3))
        with open(log, "ab") as file:
            for place, line in enumerate(two_releases(1000)):
                event = json.loads(line)
                event["event_time"], event["message_id"] = f"2026-03-01T10:{place // 60:02}:{place % 60:02}Z", f"late_{place}"
                file.write(json.dumps(event).encode() + b"\n")
        look, _ = taken([*options, "--state", str(state), str(log)], (0, 3))
        print(f"a look at 1,000 new events: {look:.2f} s, the start of Python included; state {state.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
