"""What `sanitize --vault` keeps and `restore` puts back, from outside."""

import json
import signal
import subprocess
import threading

import pytest

from .conftest import PROGRAM, environment
from .storage.s3_fake import serving
from .test_sanitize import KEY, ROWS, fed, lines

HASH = ("sanitize", "--as", "hash", "--vault")


def test_of_two_runs_at_once_each_leaves_its_values_in_a_vault_in_a_bucket(llmops):
    with serving() as bucket:
        def another_is_faster(method, key, query):
            if method == "PUT" and len(others) < 3:
                others.append(b'{"token": "[EMAIL:%012d]", "value": "u%d@example.org"}\n' % (len(others), len(others)))
                bucket.objects[key] = b"".join(others)
            return ""
        others, environ = [], bucket.environ(**KEY)
        bucket.fault = another_is_faster
        clean = llmops(*HASH, "s3://bucket/vault", stdin=lines(), env=environ)
        assert clean.status == 0 and all(other in bucket.objects["vault"] for other in others) and len(others) == 3
        back = llmops("restore", "--vault", "s3://bucket/vault", stdin=clean.out, env=environ)
        assert (back.status, back.out) == (0, lines())
        assert llmops(*HASH, "s3://bucket/packed.gz", stdin=lines(), env=environ).status == 0 and bucket.objects["packed.gz"][:2] == b"\x1f\x8b"


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("ended", ["pipe", signal.SIGINT, signal.SIGTERM])
def test_what_left_before_the_end_can_be_restored(llmops, tmp_path, ended, jobs):
    block = lines([{"content": "u0@example.org"}, *[{"content": "nothing"}] * 40_000])
    process = subprocess.Popen([*PROGRAM, *HASH, "vault.jsonl", "-j", str(jobs)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               env=environment(tmp_path, KEY), cwd=tmp_path, bufsize=0)
    feeding = threading.Thread(target=fed, args=[process.stdin, block], daemon=True)
    feeding.start()
    first = process.stdout.readline()
    if ended == "pipe":
        process.stdout.close()
    else:
        process.send_signal(ended)
        process.stdout.read()
    assert process.wait(60) == {"pipe": 141, signal.SIGINT: 130, signal.SIGTERM: 143}[ended]
    feeding.join(30)
    back = llmops("restore", "--vault", "vault.jsonl", stdin=first)
    assert (back.status, back.out) == (0, lines([{"content": "u0@example.org"}]))


def test_what_stands_in_the_way_of_a_vault_is_said_before_there_are_tokens(llmops, tmp_path):
    (tmp_path / "notes").write_text("not a vault\n")
    for path, says in (("none/vault", "no such folder"), (".", "is a folder"), ("notes", "not a vault")):
        result = llmops(*HASH, path, stdin=lines(), env=KEY)
        assert (result.status, result.out) == (2, b"") and says in result.err
    assert (tmp_path / "notes").read_text() == "not a vault\n"


def test_a_run_that_kept_nothing_leaves_no_vault(llmops, tmp_path):
    assert llmops(*HASH, "vault.jsonl", "missing.jsonl", env=KEY).status == 2 and not (tmp_path / "vault.jsonl").exists()


@pytest.mark.parametrize("words", [["restore", "--vault", "vault", "log", "-o", "vault"], ["restore", "--vault", "vault", "log", "--rejects", "vault"],
                                   ["restore", "--vault", "vault", "log", "--rejects", "log"], ["sanitize", "log", "--stats", "log"], ["sanitize", "log", "--rejects", "log"],
                                   ["sanitize", "--check", "--json", "--baseline", "known", "log", "-o", "known"], [*HASH, "log", "log"]], ids=" ".join)
def test_nothing_that_is_read_is_written_over(llmops, tmp_path, words):
    (tmp_path / "log").write_bytes(lines())
    (tmp_path / "known").write_bytes(llmops("sanitize", "--check", "--json", stdin=lines(ROWS[:1]), env=KEY).out)
    (tmp_path / "vault").write_bytes(json.dumps({"token": "[EMAIL:0123456789ab]", "value": "ann@example.org"}).encode() + b"\n")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    result = llmops(*words, env=KEY)
    assert (result.status, result.out) == (2, b"") and "the same file" in result.err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_a_log_may_be_sanitized_in_its_place(llmops, tmp_path):
    (tmp_path / "log").write_bytes(lines())
    assert llmops("sanitize", "log", "-o", "log", env=KEY).status == 0 and (tmp_path / "log").read_bytes() == llmops("sanitize", stdin=lines(), env=KEY).out


def test_pseudonyms_are_restored_wherever_they_are_quoted(llmops):
    clean = llmops(*HASH, "vault.jsonl", stdin=lines(ROWS[:1]), env=KEY)
    user = json.loads(clean.out)["user_id"]
    quoted = [{"content": f"These:\n{user}\t{user}\u2022{user}, ({user}) and x{user} {user}0 a_{user}", "in": json.dumps([f"a\n{user}"])}]
    back = llmops("restore", "--vault", "vault.jsonl", stdin=lines(quoted))
    name = "ann@example.org"
    assert [json.loads(line) for line in back.out.splitlines()] == [{
        "content": f"These:\n{name}\t{name}\u2022{name}, ({name}) and x{user} {user}0 a_{user}", "in": json.dumps([f"a\n{name}"])}]


def test_what_is_restored_in_json_within_strings_stays_json_however_its_quotes_are_spelled(llmops):
    inner = json.dumps({"pw": 'password = "h4nt\\3r!99"'})
    made = b"".join(json.dumps({"args": inner}).replace('\\"', quote).encode() + b"\n" for quote in ('\\"', "\\u0022"))
    clean = llmops(*HASH, "vault.jsonl", stdin=made, env=KEY)
    assert b"[PASSWORD:" in clean.out
    for line in llmops("restore", "--vault", "vault.jsonl", stdin=clean.out).out.splitlines():
        assert json.loads(json.loads(line)["args"]) == json.loads(inner)
