"""`aggregate` of conversations, in one process and in two, and of events, against a bare loop of json.loads over the same
bytes; memory for one and for ten times the input. (Two processes want two idle cores.)

    python3 tests/bench/aggregate_pace.py [CONVERSATIONS]
"""

import sys
import tempfile
from pathlib import Path

from measure import against_json, conversations, events, memory_of, write


def main(number: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder, "small.jsonl"), Path(folder, "large.jsonl")
        write(small, conversations(number // 10))
        write(large, conversations(number))
        against_json("aggregate", large)
        against_json("aggregate", large, "-j", "2")
        scattered = Path(folder, "events.jsonl")
        write(scattered, events(number * 4))
        against_json("aggregate", scattered)
        memory_of("aggregate", small, large)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30_000)
