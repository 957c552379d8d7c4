"""`aggregate` against a bare loop of json.loads over the same bytes; memory for one and for ten times the input.

    python3 tests/bench/aggregate_pace.py [CONVERSATIONS]
"""

import sys
import tempfile
from pathlib import Path

from measure import against_json, conversations, memory_of, write


def main(number: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder, "small.jsonl"), Path(folder, "large.jsonl")
        write(small, conversations(number // 10))
        write(large, conversations(number))
        against_json("aggregate", large)
        memory_of("aggregate", small, large)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30_000)
