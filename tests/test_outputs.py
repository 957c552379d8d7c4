"""What every command does alike with where it writes, and options that could lose something or choose nothing."""

import json
import os
import pty
from subprocess import PIPE

import pytest

EVENT = {"event_time": "2026-01-03T10:15:00Z", "conversation_id": "c1", "message_id": "m1", "role": "user", "content": "hello", "team": "Sales", "user_id": "u1"}
REPLY = EVENT | {"message_id": "m2", "role": "assistant", "content": "good day", "release": "v1"}


@pytest.fixture
def lake(llmops, tmp_path):
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(event) + "\n" for event in (EVENT, REPLY)))
    assert llmops("run", "in.jsonl", "-o", "lake", "-q").status == 0
    assert llmops("feedback", "add", "--rating", "up", "--user", "u1", "--store", "store.jsonl").status == 0
    return tmp_path


PRINTING = (["ingest", "--list-formats"], ["sanitize", "--list"], ["config"], ["config", "--json"], ["completion", "bash"], ["show", "lake"],
            ["prune", "lake", "--keep", "landing=1d", "--json"], ["forget", "lake", "--user", "u1", "--show"],
            ["feedback", "list", "--store", "store.jsonl"], ["feedback", "summary", "--json", "--store", "store.jsonl"],
            ["feedback", "show", "--user", "u1", "--store", "store.jsonl"], ["feedback", "export", "--store", "store.jsonl"])


@pytest.mark.parametrize("command", PRINTING, ids=" ".join)
def test_what_is_printed_can_go_to_a_file(llmops, lake, command):
    printed = llmops(*command)
    assert printed.status == 0 and printed.out
    written = llmops(*command, "-o", "there")
    assert (written.status, written.out) == (0, b"")
    assert (lake / "there").read_bytes() == printed.out
    refused = llmops(*command, "-o", "lake")
    assert refused.status == 2 and refused.err == "llmops: lake: is a folder, so no file can be written there\n  hint: name a file in it\n"


def test_nothing_is_taken_away_or_erased_when_what_is_said_of_it_cannot_be_written(llmops, lake):
    before = sorted(path for path in (lake / "lake").rglob("*") if path.is_file())
    for command in (["prune", "lake", "--keep", "landing=0d", "--apply"], ["forget", "lake", "--user", "u1", "--yes"]):
        assert llmops(*command, "-o", "nowhere/receipt").status == 2
    assert [path for path in before if not path.exists()] == []


def test_the_store_of_opinions_is_not_written_over(llmops, lake):
    before = (lake / "store.jsonl").read_bytes()
    for command in (["export", "--format", "csv"], ["list"], ["summary"], ["show", "--user", "nobody"]):
        refused = llmops("feedback", *command, "--store", "store.jsonl", "-o", "./store.jsonl")
        assert refused.status == 2 and "-o and the store are the same file" in refused.err
    assert (lake / "store.jsonl").read_bytes() == before


@pytest.mark.parametrize("command", (["aggregate", "in.jsonl", "--since", "2026-02-01", "--until", "2026-01-01"],
                                     ["feedback", "list", "--store", "store.jsonl", "--since", "2026-02-01", "--until", "2026-01-01"],
                                     ["feedback", "summary", "--store", "store.jsonl", "--since", "2026-02-01", "--until", "2026-01-01"],
                                     ["report", "lake", "--from", "2026-02-01", "--to", "2026-01-01"],
                                     ["run", "in.jsonl", "-o", "other", "--dates", "2026-02-01..2026-01-01"]), ids=" ".join)
def test_a_span_that_ends_before_it_begins_is_refused(llmops, lake, command):
    refused = llmops(*command)
    assert refused.status == 2 and refused.out == b"" and ("later than" in refused.err or "ends before it begins" in refused.err)
    assert "  hint: " in refused.err and not (lake / "other").exists()


def test_lines_without_a_role_are_rejects_of_rollback_check(llmops, lake):
    (lake / "odd.jsonl").write_text('{"content": "hunter2"}\n' + json.dumps(REPLY) + "\n")
    result = llmops("rollback-check", "--candidate", "v1", "--json", "--rejects", "rejects.jsonl", "odd.jsonl")
    assert result.status == 3 and "odd.jsonl:1: role is missing" in result.err and "hunter2" not in result.err
    assert json.loads((lake / "rejects.jsonl").read_bytes())["line"] == 1


def test_findings_of_a_check_as_json(llmops, lake):
    (lake / "found.jsonl").write_text('{"content": "ann@example.org"}\n')
    plain, lines = llmops("sanitize", "--check", "--json", "found.jsonl"), llmops("sanitize", "--check", "--format", "jsonl", "found.jsonl")
    assert (plain.status, plain.out) == (1, lines.out) and json.loads(plain.out)["kind"] == "EMAIL"


def test_on_a_terminal_without_input_the_usage_is_short(start):
    master, slave = pty.openpty()
    try:
        for command in (["sanitize"], ["monitor"], ["rollback-check", "--candidate", "v1"]):
            process = start(*command, stdin=slave, stdout=PIPE, stderr=PIPE)
            assert process.wait(30) == 2
            first, hint = process.stderr.read().decode().splitlines()
            assert first.startswith(f"llmops: no input: usage: llmops {command[0]} ") and first.endswith("[OPTION...] [FILE...]") and len(first) < 110
            assert hint.startswith("  hint: name files, or pipe records in")
    finally:
        os.close(master)
        os.close(slave)


@pytest.mark.parametrize("command", (["sanitize", "--stats", "nowhere/x", "in.jsonl"], ["monitor", "--prometheus", "nowhere/x", "in.jsonl"],
                                     ["monitor", "--log", "nowhere/x", "in.jsonl"], ["monitor", "--state", "nowhere/x", "in.jsonl"],
                                     ["rollback-check", "--candidate", "v1", "--state", "nowhere/x", "in.jsonl"],
                                     ["report", "lake", "--html", "nowhere/x"], ["evaluate", "labelled.jsonl", "--html", "nowhere/x"],
                                     ["sanitize", "--rejects", "nowhere/x", "in.jsonl"]), ids=" ".join)
def test_what_fails_beside_the_output_publishes_nothing(llmops, lake, command):
    (lake / "labelled.jsonl").write_text('{"text": "write me a poem", "label": "Creative"}\n')
    failed = llmops(*command, "-o", "there")
    assert failed.status == 2 and "llmops: nowhere/x: cannot be written: No such file or directory\n  hint: there is no such folder" in failed.err
    assert not [path for path in lake.iterdir() if "there" in path.name]
