"""A run on a server that fails, killed three times: what is lost, what is paid twice, what it takes.

    python3 -m tests.bench.provider_faults [--rows 100000] [--concurrency 64]

The server answers one request in ten each with 500, with 429, with half a document and with half an answer on a cut
connection. The run is ended with kill -9 at a quarter, a half and three quarters, and gone on with; its output must be,
byte for byte, that of an undisturbed run.
"""

import argparse
import filecmp
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from .provider_pace import ROOT, write_rows

FAULTS = ("500", "429", "malformed", "cut")


def serve(*args: str) -> tuple[subprocess.Popen, str]:
    process = subprocess.Popen([sys.executable, "-m", "tests.llm.server", *args], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    return process, f"http://127.0.0.1:{process.stdout.readline().strip()}"


def journal(address: str) -> dict:
    with urllib.request.urlopen(f"{address}/journal") as response:
        return json.load(response)


def classify(address: str, source: Path, output: Path, concurrency: int) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-m", "llmops_cli", "classify", "--with", "openai", "--base-url", f"{address}/v1", "--concurrency", str(concurrency),
                             "--resume", source, "-o", output], env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, text=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--concurrency", type=int, default=64)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "in.jsonl"
        write_rows(source, args.rows)
        calm, address = serve()
        undisturbed = classify(address, source, folder / "calm.jsonl", args.concurrency)
        print("undisturbed:", undisturbed.communicate()[1].strip().splitlines()[-1])
        calm.kill()
        server, address = serve(*(word for fault in FAULTS for word in ("--fault", f"{fault}=0.1")))
        began = time.perf_counter()
        for share in (0.25, 0.5, 0.75):
            process = classify(address, source, folder / "out.jsonl", args.concurrency)
            while journal(address)["paid"] < share * args.rows:
                time.sleep(0.2)
                assert process.poll() is None, process.stderr.read()
            process.send_signal(signal.SIGKILL)
            process.wait()
        said = classify(address, source, folder / "out.jsonl", args.concurrency).communicate()[1].strip().splitlines()
        seconds, paid = time.perf_counter() - began, journal(address)
        server.kill()
        with open(folder / "out.jsonl") as rows:
            written = failed = 0
            for row in rows:
                written, failed = written + 1, failed + ('"error": ' in row)
        print("\n".join(said))
        print(f"{args.rows:,} rows, three kills, {seconds:.0f} s: {written:,} written, {args.rows - written} lost, {failed} without a label, "
              f"byte-identical {filecmp.cmp(folder / 'out.jsonl', folder / 'calm.jsonl', shallow=False)}")
        print(f"{paid['requests'] / args.rows:.3f} requests a row, {paid['twice']} texts paid twice (at most {3 * args.concurrency} were in flight at the kills)")


if __name__ == "__main__":
    main()
