"""`assemble` against a bare loop of json.loads over the same bytes, in memory and through temporary files; memory of both.

    python3 tests/bench/assemble_pace.py [EVENTS]
"""

import sys
import tempfile
from pathlib import Path

from measure import against_json, events, memory_of, write


def main(number: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder, "small.jsonl"), Path(folder, "large.jsonl")
        write(small, events(number // 10))
        write(large, events(number))
        against_json("assemble", large)
        against_json("assemble", large, "--memory", "8M")
        memory_of("assemble", small, large, "--memory", "8M")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
