"""The example logs: what the script writes, well-formed, and with everything planted that the script says."""

import gzip
import importlib.util
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from llmops_cli.pii.checkdigits import luhn, mod97
from llmops_cli.records import event_problem

from .conftest import environment

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


@pytest.fixture(scope="module")
def make_logs():
    spec = importlib.util.spec_from_file_location("make_logs", EXAMPLES / "make_logs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def events() -> list[dict]:
    return [json.loads(line) for path in sorted((EXAMPLES / "logs").iterdir()) for line in gzip.decompress(path.read_bytes()).splitlines()]


def test_the_logs_are_what_the_script_writes():
    done = subprocess.run([sys.executable, str(EXAMPLES / "make_logs.py"), "--check"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_line_is_an_event(events):
    assert [problem for event in events if (problem := event_problem(event))] == []
    assert len({event["message_id"] for event in events}) == len(events)


def test_a_month_of_a_company(events):
    assert {event["team"] for event in events} == {"Sales", "Support", "Marketing", "Engineering", "Finance", "Operations"}
    assert 70 <= len({event["user_id"] for event in events}) <= 90
    assert 250 <= len({event["conversation_id"] for event in events}) <= 320
    assert min(event["event_time"] for event in events) >= "2026-03-02"
    assert max(event["event_time"] for event in events) < "2026-04-01"
    assert 5 <= len(list((EXAMPLES / "logs").iterdir())) <= 25


def test_the_new_release_is_slower_and_fails_more(events):
    def replies(release: str) -> list[dict]:
        return [event for event in events if event.get("release") == release]

    def typical(release: str) -> float:
        times = sorted(event["latency_ms"] for event in replies(release) if "error" not in event)
        return times[len(times) // 2]

    def failing(release: str) -> float:
        return sum("error" in event for event in replies(release)) / len(replies(release))

    assert typical("v42") > 1.1 * typical("v41")
    assert failing("v42") > failing("v41")
    assert all(event["event_time"] < "2026-03-17T00:01" for event in replies("v41"))
    assert all(event["content"] == "" for event in events if "error" in event)


def test_what_is_planted_is_well_formed_and_there(make_logs, events):
    values = make_logs.planted()
    text = "\n".join(f"{event['user_id']} {event['content']}" for event in events)
    assert [value for value in values if value not in text] == []
    assert len(values) > 80
    for value in values:
        plain = re.sub(r"[ -]", "", value)
        if re.fullmatch(r"\d{16}", plain):
            assert luhn(plain)
        if re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,20}", plain):
            assert mod97(plain[4:] + plain[:4])


def test_no_placeholder_is_left(events):
    left = Counter(found for event in events for found in re.findall(r"\{[a-z_]+\d?\}", event["content"]))
    assert not left


def test_nothing_planted_comes_through_sanitize(llmops, make_logs):
    done = llmops("sanitize", "-q", *sorted((EXAMPLES / "logs").iterdir()))
    text = done.out.decode()
    assert done.status == 0
    assert [value for value in make_logs.planted() if value in text] == []


def test_the_pipeline_runs(tmp_path):
    done = subprocess.run([str(EXAMPLES / "pipeline.sh")], cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True)
    assert done.returncode == 0
    assert "276 " in done.stdout and "Use of AI, 2 – 31 March 2026" in done.stdout
    assert "Traceback" not in done.stderr


def test_the_nightly_line_runs(tmp_path):
    line = (EXAMPLES / "crontab").read_text().splitlines()[-1]
    command = line.split(None, 5)[5].replace("/srv/llmops", str(tmp_path)).replace("llmops ", f"{sys.executable} -m llmops_cli ")
    (tmp_path / "gateway").symlink_to(EXAMPLES / "logs")
    done = subprocess.run(["sh", "-c", command.replace(f"cd {tmp_path}", f"cd '{tmp_path}'")], env=environment(tmp_path), capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
    assert "276" in (tmp_path / "report.txt").read_text()


def test_the_ci_step_stops_what_is_personal(llmops, tmp_path):
    step = re.search(r"- run: llmops (sanitize .*) prompts/", (EXAMPLES / "github-actions/nothing-personal.yml").read_text())[1].split()
    (tmp_path / "clean.jsonl").write_text('{"text": "when does the ferry leave?"}\n')
    (tmp_path / "personal.jsonl").write_text('{"text": "write to ann.berg@example.org"}\n')
    assert llmops(*step, "clean.jsonl").status == 0
    found = llmops(*step, "clean.jsonl", "personal.jsonl")
    assert found.status == 1 and b"personal.jsonl" in found.out and b"ann.berg" not in found.out


def test_nothing_planted_is_in_the_lake_but_under_its_landing(llmops, make_logs, tmp_path):
    assert llmops("run", *sorted((EXAMPLES / "logs").glob("*.jsonl.gz")), "-o", tmp_path / "lake").status == 0
    kept = [path for path in (tmp_path / "lake").rglob("*") if path.is_file() and "landing" not in path.relative_to(tmp_path).parts]
    text = "\n".join(path.read_text(encoding="utf-8") + str(path) for path in kept).replace("\\n", "\n")
    assert len(kept) > 80 and [value for value in make_logs.planted() if value in text] == []
