"""How fast records are sanitized, against a bare json.loads and json.dumps loop over the same lines in the same run.

    python3 tests/bench/sanitize_pace.py [FILE.jsonl[.gz] ...]

Without a file it makes lines of its own: chat in which nothing is found, chat with findings, and flat log records.
"""
import gc
import gzip
import json
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from llmops_cli.pii import catalogue  # noqa: E402
from llmops_cli.pii.records import Sanitizer  # noqa: E402
from llmops_cli.pii.redaction import Redactor  # noqa: E402
from llmops_cli.pii.scanner import Scanner  # noqa: E402

WORDS = ("the of and to in is that for it as was with be by on not this are or from at which but have an they you were her all she there would their we him been has when who will no more "
         "if out so up said what its about than into them can only other time new some could these two may first then do any like my now over such our man me even most made after also did many "
         "off before must well back through years much where your way down should because long each just state those people too mister how little good world make very year still see own work").split()
FOUND = ("ann.smith@example.org", "+49 30 901820", "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "10.0.0.17", 'api_key = "aK3jf92nFk20dj3LmQ"', "https://example.org/a?b=c")


def prose(source: random.Random, words: int) -> str:
    """Sentences with a number now and then."""
    made = []
    for _ in range(words):
        made.append(source.choice(WORDS) if source.random() > 0.02 else str(source.choice((3, 12, 2024, 1990, 0.5, 100))))
        if source.random() < 0.08:
            made[-1] += source.choice((".", ",", ":", ".\n", ".\n\n- "))
    return " ".join(made)


def lines(kind: str) -> list[bytes]:
    """Lines of one sort, always the same."""
    source = random.Random(11)
    made = []
    for n in range(1500 if kind != "flat" else 5000):
        content = prose(source, 350 if kind != "flat" else 30)
        if kind != "clean" and n % 3 == 0:
            content += " " + source.choice(FOUND) + " " + prose(source, 20)
        record = {"event_time": f"2026-01-03T10:{n % 60:02d}:00Z", "conversation_id": f"c_{n // 4}", "message_id": f"m_{n}", "role": "user", "content": content}
        if kind == "flat":
            record.update(team="Sales", user_id=f"u_{n % 97}", model="amazon.nova-micro-v1:0", latency_ms=812.5, input_tokens=210, output_tokens=64, cost_usd=0.0000164, release="v42")
        made.append(json.dumps(record, ensure_ascii=False).encode())
    return made


def pace(name: str, rows: list[bytes], scanner: Scanner) -> float:
    """Print one row of the table; give the ratio."""
    size = sum(map(len, rows))
    sanitizer = Sanitizer(scanner, Redactor(), key_source=lambda: b"bench")
    best_bare = best_ours = 1e9
    for _ in range(3):
        began = time.process_time()
        for row in rows:
            json.dumps(json.loads(row))
        between = time.process_time()
        for row in rows:
            sanitizer.line(row)
        best_bare, best_ours = min(best_bare, between - began), min(best_ours, time.process_time() - between)
    ratio = best_bare / best_ours
    print(f"{name:28} {size / 1e6:6.1f} MB   bare {size / best_bare / 1e6:6.0f} MB/s   sanitize {size / best_ours / 1e6:6.1f} MB/s   ratio {ratio:.2f}   found {sum(sanitizer.counts.values()) // 3}")
    return ratio


def main() -> None:
    """One row for each file, or for each sort of line."""
    gc.disable()        # as the program does
    scanner = Scanner(catalogue.choose())
    for path in sys.argv[1:]:
        with (gzip.open if path.endswith(".gz") else open)(path, "rb") as stream:
            pace(Path(path).name, stream.read().splitlines(), scanner)
    if not sys.argv[1:]:
        for kind in ("clean", "found", "flat"):
            pace(kind, lines(kind), scanner)


if __name__ == "__main__":
    main()
