"""`llmops ingest` from outside: arguments and input in; output, notices and exit status out."""

import json
import os
import subprocess
import sys

import pytest

EVENT = '{"event_time": "2026-03-02T08:00:00Z", "role": "user", "content": "Hi"}\n'


def llmops(*arguments, text=""):
    environ = {key: value for key, value in os.environ.items() if not key.startswith("LLMOPS_")}
    done = subprocess.run([sys.executable, "-m", "llmops_cli", "ingest", *arguments], input=text.encode(), capture_output=True, env=environ)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_events_pass_through():
    assert llmops(text=EVENT * 3) == (0, EVENT * 3, "")


def test_a_reject_makes_it_3_and_is_said_without_its_text():
    status, out, err = llmops(text=EVENT + '{"event_time": "x", "role": "user", "content": "hunter2"}\n')
    assert (status, out) == (3, EVENT) and "standard input:2: event_time is not a time" in err and "hunter2" not in err


def test_an_unknown_format_is_2_and_publishes_nothing(tmp_path):
    status, out, err = llmops("-o", str(tmp_path / "out.jsonl"), text='{"a": 1}\n')
    assert status == 2 and "tried: events, " in err and "hint: --from" in err and not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments, said", [(["--from", "nonsense"], "invalid choice"), (["--set", "team"], "not KEY=VALUE"), (["--map", "content=text"], "no place given for"),
                                             (["--set", "event_time=soon"], "not a time"), (["--set", "latency_ms=slow"], "not a number"),
                                             (["--set", "latency_ms=nan"], "not a number"), (["--set", "cost_usd=inf"], "not a number"),
                                             (["--set", "latency_ms=-5"], "of 0 or more"), (["--set", "input_tokens=1.5"], "not a whole number")])
def test_wrong_options(arguments, said):
    status, out, err = llmops(*arguments, text=EVENT)
    assert status == 2 and said in err and not out


def test_help_and_list_of_formats():
    status, out, _ = llmops("-h")
    assert status == 0 and "examples:" in out
    status, out, _ = llmops("--list-formats")
    assert status == 0 and {"events", "openai", "bedrock"} <= {line.split()[0] for line in out.splitlines()}


def test_a_format_without_times_asks_for_one():
    tree = '{"message_id": "t", "role": "prompter", "text": "Hi", "replies": []}\n'
    status, _, err = llmops(text=tree)
    assert status == 2 and "--set event_time=" in err
    status, out, _ = llmops("--set", "event_time=2026-03-02T09:00:00+01:00", text=tree)
    assert status == 0 and json.loads(out)["event_time"] == "2026-03-02T08:00:00Z"


def test_mapped_and_people(tmp_path):
    people = tmp_path / "people.csv"
    people.write_text("user_id,team,cost_center,from,until\nu-1,Sales,CC-1,2026-01-01,\n")
    status, out, _ = llmops("--map", "event_time=at", "--map", "content=body.text", "--map", "role==user", "--map", "user_id=who", "--people", str(people),
                            text='{"at": 1772438400, "body": {"text": "Hi"}, "who": "u-1"}\n')
    assert status == 0
    assert json.loads(out) == {"event_time": "2026-03-02T08:00:00Z", "role": "user", "content": "Hi", "user_id": "u-1", "team": "Sales", "cost_center": "CC-1"}


def test_people_that_cannot_be_read(tmp_path):
    people = tmp_path / "people.csv"
    people.write_text("name,team\nann,Sales\n")
    status, _, err = llmops("--people", str(people), text=EVENT)
    assert status == 2 and "no user_id" in err and "hint" in err


@pytest.mark.parametrize("listed, said", [
    ("user_id,team\nu-1,Köln\n".encode("cp1252"), "2: not UTF-8"),
    (b'user_id,team\nu-1,Sales\nu-2,"Legal\nu-3,Sales\n', "3: not a row of CSV"),
    (b"user_id,team\n\nu-1,Sales\n,Legal\n", "4: user_id is missing"),
    (b"user_id,team,from\nu-1,Sales,2026-W10-1\n", "2: from and until are dates"),
    ("team,headcount\nSales,²\n".encode(), "2: headcount is a whole number"),
    (b'{"a":' * 100_000, "1: not a JSON object"),
    (b'[{"user_id": "u-1", "team": "Sales"}]', "1: no user_id in it"),
], ids=("encoding", "quotes", "id", "date", "headcount", "depth", "array"))
def test_people_that_are_wrongly_written_are_refused_with_their_line(tmp_path, listed, said):
    people = tmp_path / "people"
    people.write_bytes(listed)
    status, out, err = llmops("--people", str(people), text=EVENT)
    assert (status, out) == (2, "") and f"people:{said}" in err and "Traceback" not in err


@pytest.mark.parametrize("listed, user, team", [
    ("user_id,team\n5,Sales\n", 5, "Sales"),
    ("user_id,team\ru-1,Sales\ru-2,Legal\r", "u-1", "Sales"),
    ('{"user_id": "u-1", "team": "A\u2028B"}\n{"user_id": 7, "team": "C\x85D"}\n', 7, "C\x85D"),
])
def test_people_are_found_however_they_are_written(tmp_path, listed, user, team):
    people = tmp_path / "people"
    people.write_text(listed, encoding="utf-8", newline="")
    _, out, _ = llmops("--people", str(people), text=json.dumps(json.loads(EVENT) | {"user_id": user}) + "\n")
    assert json.loads(out)["team"] == team


def test_slow_input_is_passed_on_line_by_line():
    with subprocess.Popen([sys.executable, "-m", "llmops_cli", "ingest"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        for _ in range(2):
            running.stdin.write(EVENT.encode())
            running.stdin.flush()
            assert running.stdout.readline() == EVENT.encode()
        running.stdin.close()


def test_what_is_no_message_is_counted():
    rows = '{"type": "summary", "summary": "x"}\n{"type": "user", "timestamp": "2026-03-02T08:00:00Z", "sessionId": "s", "uuid": "w", "message": {"role": "user", "content": "Hi"}}\n'
    status, out, err = llmops(text=rows)
    assert status == 0 and json.loads(out)["content"] == "Hi" and "skipped: 1 rows of type summary" in err
    assert llmops("-q", text=rows)[2] == ""
