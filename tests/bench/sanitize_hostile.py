"""Whether hostile text can slow sanitizing down: pace on each sort, and what doubling it costs.

    python3 tests/bench/sanitize_hostile.py [KILOBYTES]

Exit 1 when a sort is under 3 MB/s or doubling costs more than 2.3 times.
"""
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from llmops_cli.pii import catalogue  # noqa: E402
from llmops_cli.pii.records import Sanitizer  # noqa: E402
from llmops_cli.pii.redaction import Redactor  # noqa: E402
from llmops_cli.pii.scanner import Scanner  # noqa: E402

UNITS = {
    "digits": "1234567890", "digits and spaces": "12 34 56 78 ", "digits and dots": "1.2.3.4.", "digits and hyphens": "123-45-6789-", "mixed": "a1b2c3d4", "addresses": "a.a.a@", "at": "@",
    "quotes": '"', "backslashes": "\\", "base64": "aGVsbG8gd29ybGQK", "less than": "<", "spaces": " ", "equals": "a=1 ", "colons": "a:b:", "hex colons": "ab:12:", "plus": "+1", "slashes": "http://",
    "www": "www.", "pass": "password ", "pass equals": "password=", "begin": "-----BEGIN PRIVATE KEY-----", "brackets": "[{", "tokens": "ghp_a1 ", "months": "born 12 May ", "iban": "DE89 ", "dashes": "-",
    "words": "passport phone id number ", "capitals": "A1 ", "accents": "é1 ", "foreign digits": "٣", "pipes": "|1", "newlines": "\n", "userinfo": "a://b:c", "eyJ": "eyJa1.", "labels": "id: 1234 ",
    "tables": "| Q1 2024 | 3,400 | 12.5% |\n", "bars of music": "| \"C#\"D2 E2 F2 G2 ",
}


def seconds(sanitizer: Sanitizer, text: str) -> float:
    """How long one line with that text takes."""
    raw = json.dumps({"content": text}, ensure_ascii=False).encode()
    began = time.process_time()
    sanitizer.line(raw)
    return time.process_time() - began


def main() -> int:
    """A row for each unit."""
    size = int(sys.argv[1]) * 1000 if sys.argv[1:] else 1_000_000
    sanitizer = Sanitizer(Scanner(catalogue.choose()), Redactor(), key_source=lambda: b"bench")
    slow = 0
    for name, unit in UNITS.items():
        half, whole = (unit * (n // len(unit) + 1) for n in (size // 2, size))
        first, second = min(seconds(sanitizer, half) for _ in range(2)), min(seconds(sanitizer, whole) for _ in range(2))
        pace, growth = size / 1e6 / max(second, 1e-9), second / max(first, 1e-9)
        bad = pace < 3 or growth > 2.3 and second > 0.05
        slow += bad
        print(f"{'--' if bad else 'ok'} {name:20} {pace:8.1f} MB/s   doubling costs {growth:.2f} times")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
