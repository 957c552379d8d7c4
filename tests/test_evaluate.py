"""`llmops evaluate` from outside, and the figures it stands on."""

import json
import os
import subprocess
import sys

import pytest

from llmops_cli.classify import evaluation
from llmops_cli.classify.calibration import temperature
from llmops_cli.classify.evaluation import Outcome

ROOT = os.path.join(os.path.dirname(__file__), "..")
ROWS = [{"text": "translate this into german: hello", "label": "Translation/Tone", "source": "a"},
        {"text": "hello", "label": "Other/Unknown", "source": "b"},
        {"text": "write a python function that sorts a list", "label": "Technical Help", "source": "a"},
        {"text": "hello there", "label": "Technical Help", "source": "b"}]


def llmops(*args, stdin=b""):
    return subprocess.run([sys.executable, "-m", "llmops_cli", *args], input=stdin, capture_output=True, cwd=ROOT,
                          env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"})


def lines(records):
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def test_the_figures_as_json_and_as_text():
    found = json.loads(llmops("evaluate", "--json", "--by", "source", stdin=lines(ROWS)).stdout)
    assert (found["rows"], found["right"], found["accuracy"]) == (4, 3, 0.75)
    assert {"truth": "Technical Help", "given": "Other/Unknown", "rows": 1} in found["confusion"]
    assert [(one["group"], one["accuracy"]) for one in found["groups"]] == [("a", 1.0), ("b", 0.5)]
    text = llmops("evaluate", stdin=lines(ROWS)).stdout.decode()
    assert text.startswith("3 right of 4: accuracy 0.750") and "was taken for" in text


def test_a_page_without_scripts_or_requests(tmp_path):
    page = tmp_path / "page.html"
    assert llmops("evaluate", "--html", str(page), stdin=lines(ROWS)).returncode == 0
    html = page.read_text()
    assert "<svg" in html and "<script" not in html and "http" not in html


def test_a_model_may_be_named_first(tmp_path):
    model, rows = str(tmp_path / "m.model"), tmp_path / "rows.jsonl"
    rows.write_bytes(lines([{"text": f"{word} {number}", "label": word} for word in ("cat", "dog") for number in range(10)]))
    llmops("train", "-o", model, str(rows))
    done = llmops("evaluate", "--json", model, str(rows))
    assert json.loads(done.stdout)["accuracy"] == 1.0
    assert json.loads(llmops("evaluate", "--json", "--model", model, str(rows)).stdout)["rows"] == 20
    done = llmops("evaluate", model, stdin=lines(ROWS))
    assert b"not among the model's 2" in done.stderr


def test_rows_without_a_label_are_rejected_and_none_at_all_is_fine():
    done = llmops("evaluate", stdin=lines([*ROWS, {"text": "x"}]))
    assert done.returncode == 3 and b"label or task_category is missing" in done.stderr
    assert llmops("evaluate", stdin=b"").stdout == b"no labelled rows\n"


def test_labels_and_groups_do_not_steer_the_terminal(tmp_path):
    rows = lines([{"text": f"{word} {number}", "label": f"{word}\x1b[2J\nall well", "source": "a\x1b[2J\nb"} for word in ("cat", "dog") for number in range(10)]
                 + [{"text": "x", "label": "rare\x1b[2J", "source": "c"}])
    trained = llmops("train", "-o", str(tmp_path / "m.model"), stdin=rows)
    judged = llmops("evaluate", "--by", "source", str(tmp_path / "m.model"), stdin=rows)
    assert b"rare [2J" in trained.stderr and b"cat [2J all well" in trained.stdout and b"a [2J b" in judged.stdout
    assert b"\x1b" not in trained.stdout + trained.stderr + judged.stdout


def test_a_share_and_its_range_are_shares():
    for rows in range(1, 400):
        for right in (0, rows):
            low, high = evaluation.share_range(right, rows)
            assert 0 <= round(low, 9) <= right / rows <= round(high, 9) <= 1 and low >= 0 and not f"{low:.3f}".startswith("-")


def test_macro_f1_counts_labels_alike():
    outcomes = [Outcome("a", "a", 0.9)] * 9 + [Outcome("b", "a", 0.6)]
    found = evaluation.report(outcomes, ("a", "b", "c"))
    assert found["accuracy"] == 0.9 and found["macro_f1"] == pytest.approx(18 / 19 / 2, abs=1e-4)
    assert [one["label"] for one in found["labels"]] == ["a", "b"]


def test_a_temperature_undoes_what_was_done_to_the_scores():
    scores, targets = [[2.0, 0.0]] * 3 + [[2.0, 0.0]], [0, 0, 0, 1]     # right three times in four: ln 3 = 1.0986
    assert temperature(scores, targets) == pytest.approx(2 / 1.0986, abs=0.01)


@pytest.mark.parametrize("command, options", [("evaluate", ["--html"]), ("evaluate", ["--rejects"]), ("train", ["--rejects"]), ("classify", ["--rejects"]),
                                              ("classify", ["--with", "openai", "--base-url", "http://127.0.0.1:9", "--rejects"])])
def test_two_outputs_in_one_file_are_refused(tmp_path, command, options):
    place, rows = tmp_path / "out", lines([*ROWS, {"n": 1}])
    done = llmops(command, "-o", str(place), *options, str(place), stdin=rows)
    assert done.returncode == 2 and b"are the same file" in done.stderr and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command, lost", [
    (["train", "-o", "rows.jsonl", "rows.jsonl"], "rows.jsonl"), (["train", "-o", "new.model", "--rejects", "rows.jsonl", "rows.jsonl"], "rows.jsonl"),
    (["evaluate", "-o", "rows.jsonl", "rows.jsonl"], "rows.jsonl"), (["evaluate", "--html", "rows.jsonl", "rows.jsonl"], "rows.jsonl"),
    (["evaluate", "--html", "m.model", "m.model", "rows.jsonl"], "m.model"), (["evaluate", "-o", "m.model", "--model", "m.model", "rows.jsonl"], "m.model"),
    (["classify", "--rejects", "./rows.jsonl", "rows.jsonl"], "rows.jsonl"), (["classify", "-o", "m.model", "--model", "m.model", "rows.jsonl"], "m.model"),
    (["classify", "-o", "ours.toml", "--taxonomy", "ours.toml", "rows.jsonl"], "ours.toml"), (["classify", "--export-batch", "rows.jsonl", "rows.jsonl"], "rows.jsonl"),
    (["classify", "-o", "back.jsonl", "--import-batch", "back.jsonl", "rows.jsonl"], "back.jsonl"),
    (["classify", "--export-batch", "back.jsonl", "--import-batch", "back.jsonl", "rows.jsonl"], "back.jsonl")])
def test_what_is_read_is_never_written_over(tmp_path, monkeypatch, command, lost):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.jsonl").write_bytes(lines([{"text": f"{word} {number}", "label": word} for word in ("cat", "dog") for number in range(10)]))
    (tmp_path / "ours.toml").write_text('[[label]]\nname = "Technical Help"\n')
    (tmp_path / "back.jsonl").write_text('{"custom_id": "00000012345", "error": {"code": "batch_expired"}}\n')
    run = [sys.executable, "-m", "llmops_cli"]
    subprocess.run([*run, "train", "-q", "-o", "m.model", "rows.jsonl"], env={**os.environ, "PYTHONPATH": ROOT}, check=True, capture_output=True)
    before = (tmp_path / lost).read_bytes()
    done = subprocess.run([*run, *command], env={**os.environ, "PYTHONPATH": ROOT}, capture_output=True)
    assert done.returncode == 2 and b"are the same file" in done.stderr and (tmp_path / lost).read_bytes() == before


def test_memory_hardly_grows_with_the_rows(tmp_path):
    def most(rows):
        (tmp_path / "rows.jsonl").write_bytes(lines({"text": f"hello {number}", "label": "Other/Unknown"} for number in range(rows)))
        process = subprocess.Popen([sys.executable, "-m", "llmops_cli", "evaluate", str(tmp_path / "rows.jsonl")], cwd=ROOT, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        assert status == 0
        return used.ru_maxrss // (1024 if sys.platform == "darwin" else 1)
    assert most(50_000) - most(1000) < 7000     # kilobytes: three pointers and a number a row
