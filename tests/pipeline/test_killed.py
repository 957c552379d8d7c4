"""What a death at the worst moment leaves of a lake: what was there, or all of what was asked for once the next run has been."""

import json
import os
import subprocess
import sys

import pytest

from ..conftest import PROGRAM, environment
from .lakes import contents, events, write

KILLER = """
import os, sys
event, place, left = os.environ["DIES_AT"].split(" ")
left = int(left)
def watch(name, arguments):
    global left
    if name == event and place in str(arguments[0]):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), 9)
sys.addaudithook(watch)
"""


@pytest.fixture
def dies(tmp_path):
    """`dies("os.rename /metrics.json 2", "run", ...)`: run the program, killed as it begins to do that for the second time."""
    (tmp_path / "killer").mkdir()
    (tmp_path / "killer" / "sitecustomize.py").write_text(KILLER)

    def run(moment, *arguments):
        usual = environment(tmp_path)
        done = subprocess.run([*PROGRAM, *map(str, arguments)], cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True,
                              env={**usual, "DIES_AT": moment, "PYTHONPATH": f"{tmp_path / 'killer'}{os.pathsep}{usual['PYTHONPATH']}"})
        assert done.returncode == -9, done.stderr
    return run


def test_before_its_commit_a_run_has_changed_nothing_that_is_published(llmops, tmp_path, dies):
    first, second = write(tmp_path / "first.jsonl", events(1, days=2)), write(tmp_path / "second.jsonl", events(2, days=5))
    for log in (first, second):
        llmops("run", log, "-o", "whole")
    llmops("run", first, "-o", "lake")
    before = llmops("report", "lake")
    dies("os.rename /.commit.json.partial 1", "run", second, "-o", "lake")
    after = llmops("report", "lake")
    assert (after.status, after.out, after.err) == (0, before.out, "")
    assert llmops("run", second, "-o", "lake").status == 0
    assert contents(tmp_path / "lake") == contents(tmp_path / "whole")


def test_a_date_that_was_being_pruned_is_gone_afterwards(llmops, tmp_path, dies):
    llmops("run", write(tmp_path / "log.jsonl", events(1)), "-o", "lake")
    prune = ("prune", "lake", "--keep", "curated=2d", "--today", "2026-03-05", "--apply")
    dies("os.rmdir date=2026-03-01 1", *prune)
    assert llmops(*prune).status == 0
    assert llmops("report", "lake").status == 0
    assert sorted(os.listdir(tmp_path / "lake" / "curated" / "metrics_daily"))[0] == "date=2026-03-03"


@pytest.mark.parametrize("moment", ["os.rename /.commit.json.partial 1", "os.rename /feedback/ 1", "os.remove /commit.json 1"])
def test_a_receipt_counts_all_that_was_forgotten(llmops, tmp_path, dies, moment):
    llmops("run", write(tmp_path / "log.jsonl", events(1)), "-o", "lake")
    store, receipts = tmp_path / "lake" / "feedback" / "feedback.jsonl", tmp_path / "lake" / "reports" / "erasures.jsonl"
    store.parent.mkdir()
    write(store, [{"feedback_id": f"fb-{number}", "user_id": f"u_{number % 2}", "rating": "up"} for number in range(6)])
    dies(moment, "forget", "lake", "--user", "u_1")
    if moment == "os.rename /.commit.json.partial 1":
        assert len(store.read_text().splitlines()) == 6     # all of it happens or none
    assert llmops("feedback", "add", "--store", store, "--user", "u_7", "--rating", "down").status == 0
    assert llmops("forget", "lake", "--user", "u_1").status == 0
    receipt, = [json.loads(line) for line in receipts.read_text().splitlines()]
    assert receipt["feedback"] == 3 and receipt["conversations"]
    left = [json.loads(line) for line in store.read_text().splitlines()]
    assert sorted(record["user_id"] for record in left if "user_id" in record) == ["u_0", "u_0", "u_0", "u_7"]
    assert [record["erased"] for record in left if "erased" in record] == [3]
    assert not (tmp_path / "lake" / ".llmops" / "work").exists()
