"""Servers that are none, or not what was asked for: one line with a hint each, in time, and nothing in it that must not be seen."""

import json
import os
import socket
import subprocess
import time

import pytest

from .llm.server import Server, openai_body
from .test_classify_with import AWS, KEY, SAID, classify, given, rows     # noqa: F401  (fixtures)


def error(status, code, message=f"you sent {KEY} and {SAID} 0", **more):
    return status, {}, json.dumps({"error": {"message": message, "type": code, "code": code, **more}}).encode()


def chat(text, **more):
    return 200, {}, json.dumps(openai_body(text, "plain") | more).encode()


CONFIGURATION = {
    "wrong key": (error(401, "invalid_api_key"), "key was not accepted (invalid_api_key)"),
    "no access": (error(403, "permission_denied"), "may not do this"),
    "unknown model": (error(404, "model_not_found"), "no model 'gpt-4o-mini'"),
    "no money": (error(429, "insufficient_quota"), "nothing left to spend (insufficient_quota)"),
    "a web page": ((200, {}, f"<html>{SAID} {KEY}</html>".encode()), "web page"),
    "nothing there": ((404, {}, b"404 page not found"), "--base-url"),
    "refused requests": (error(400, "invalid_request_error"), "does not take our requests (invalid_request_error)"),
    "moved": ((301, {"Location": "http://localhost/x"}, b""), "--base-url"),
}
ROWS = {
    "context too long": (error(400, "context_length_exceeded"), "too long for the model"),
    "refused text": (error(400, "content_filter"), "refuses this text"),
    "wrong labels": (chat(json.dumps({"task_category": f"{SAID} 0", "confidence": 1})), "no labels of the list"),
    "cut off": (chat("{", choices=[{"message": {"content": "{"}, "finish_reason": "length"}]), "cut off"),
    "ten megabytes": ((200, {}, b'{"choices": "' + b"x" * 10_000_000 + b'"}'), "larger than 8 MB"),
}


def checked(done, status, words, began):
    assert done.status == status and words in done.err, done.err
    notices = [line for line in done.err.splitlines() if not line.startswith("  hint: ") and " rows, " not in line and " row, " not in line]
    assert len(notices) == 1 and "  hint: " in done.err, done.err
    assert KEY not in done.err and SAID not in done.err and "Traceback" not in done.err and time.monotonic() - began < 20
    return done


@pytest.mark.parametrize("name", CONFIGURATION)
def test_what_the_user_must_mend_ends_the_run_at_once(classify, given, tmp_path, name):
    reply, words = CONFIGURATION[name]
    began = time.monotonic()
    with Server(reply=reply) as server:
        checked(classify(server, given(20), "-o", "out.jsonl", "-v"), 2, words, began)
    assert server.requests < 60 and not (tmp_path / "out.jsonl").exists()
    assert not list(tmp_path.glob(".out*"))         # nothing was paid, so nothing is kept


@pytest.mark.parametrize("name", ROWS)
def test_what_is_wrong_with_rows_is_said_of_the_rows(classify, given, name):
    reply, words = ROWS[name]
    began = time.monotonic()
    with Server(reply=reply) as server:
        done = checked(classify(server, given(3), "-v"), 3, words, began)
    assert ("--chars" in done.err) == (name == "context too long")
    assert [row["task_category"] for row in rows(done.out)] == ["Other/Unknown"] * 3
    assert all(row["confidence"] == 0 and words in row["error"] for row in rows(done.out))


def hopeless(classify, given, address, words, status=2, **more):
    """Given up after a while without a single answer: 16 s unless told otherwise. More rows than calls that are made at once."""
    began = time.monotonic()
    checked(classify(address, given(40), "--timeout", "1s", **more), status, words, began)


def test_nobody_listens(classify, given):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        hopeless(classify, given, f"http://127.0.0.1:{taken.getsockname()[1]}/v1", "refused")


def test_tls_to_a_plain_port_and_plain_to_a_tls_port(classify, given):
    with Server() as server:
        hopeless(classify, given, server.openai.replace("http:", "https:"), "TLS")


def test_a_socket_that_hangs(classify, given):
    with Server({"hang": 1}) as server:
        hopeless(classify, given, server, "")


@pytest.mark.parametrize("reply, words", [(chat("x", choices=[]), "no choices"), ((200, {}, b'{"id": "chatcmpl-1", "cho'), "not JSON"), (error(500, "server_error"), "server_error")])
def test_nothing_but_broken_answers(classify, given, reply, words):
    with Server(reply=reply) as server:
        hopeless(classify, given, server, words)


def test_plain_http_leaves_this_machine_only_when_told(classify, given):
    hopeless(classify, given, "http://192.0.2.1/v1", "--insecure")


@pytest.mark.parametrize("address, words", [("localhost:8080", "--base-url"), ("ftp://localhost/", "--base-url"), ("http://", "--base-url"), ("http://[::1/v1", "--base-url"), ("http://localhost:99999/v1", "--base-url"), ("https://no-such-host.invalid/v1", "")])
def test_addresses_that_are_none(classify, given, address, words):
    hopeless(classify, given, address, words)


@pytest.mark.parametrize("status, kind, words", [(403, "AccessDeniedException", "access is denied"), (403, "UnrecognizedClientException", "credentials"),
                                                 (400, "ValidationException", "does not take our requests"), (404, "ResourceNotFoundException", "no model")])
def test_bedrock_says_no(classify, given, status, kind, words):
    body = json.dumps({"message": f"{SAID} {AWS['AWS_SECRET_ACCESS_KEY']}"}).encode()
    with Server(reply=(status, {"x-amzn-ErrorType": f"{kind}:http://x/"}, body)) as server:
        hopeless(classify, given, server, words, provider="bedrock")


def test_without_credentials(llmops, given):
    bare = {"OPENAI_API_KEY": "", "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/nonexistent",
            "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent", "AWS_REGION": "eu-north-1"}
    done = llmops("classify", "--with", "openai", given(1), "-o", "out.jsonl", env=bare)
    assert done.status == 2 and "OPENAI_API_KEY" in done.err and os.listdir(given(1).parent) == ["in.jsonl"]
    done = llmops("classify", "--with", "bedrock", given(1), env=bare)
    assert done.status == 2 and "hint" in done.err
    done = llmops("classify", "--with", "bedrock", given(1), env=bare | {"AWS_REGION": "", "AWS_DEFAULT_REGION": ""})
    assert done.status == 2 and "AWS_REGION" in done.err


@pytest.mark.parametrize("args, words", [
    (("--escalate-below", "0.5"), "--to"), (("--to", "openai"), "--escalate-below"), (("--with", "openai", "--escalate-below", "0.5", "--to", "openai"), "local"),
    (("--dry-run",), "provider"), (("--max-usd", "0"), "dollars"), (("--escalate-below", "7", "--to", "openai"), "share"), (("--with", "openai", "--pack", "99"), "64")])
def test_options_that_do_not_go_together(llmops, given, args, words):
    done = llmops("classify", *args, given(1), env={"OPENAI_API_KEY": KEY})
    assert done.status == 2 and words in done.err and "hint" in done.err


def test_a_count_of_tokens_beyond_all_measure_is_none(classify, given):
    huge = {"prompt_tokens": 10 ** 4000, "completion_tokens": 10 ** 4000}
    with Server(reply=chat('{"task_category": "Technical Help", "confidence": 0.9}', usage=huge)) as server:
        done = classify(server, given(5), "-o", "out.jsonl")
    assert done.status == 0 and "5 answers came without a count of tokens" in done.err and "0 tokens in" in done.err


@pytest.mark.parametrize("args, words", [
    (("--max-usd", "5"), "--max-usd is for a provider"), (("--base-url", "http://localhost:1/v1"), "--base-url is for a provider"), (("--no-sanitize",), "--no-sanitize is for a provider"),
    (("--concurrency", "16"), "--concurrency is for a provider"), (("--cache", "kept"), "--cache is for a provider"), (("--for", "openai"), "--for is for batches"),
    (("--export-batch", "b.jsonl", "--max-usd", "5"), "--max-usd does not go with batches"), (("--export-batch", "b.jsonl", "-o", "out.jsonl"), "--output does not go with --export-batch")])
def test_options_that_would_say_nothing_are_refused_but_not_settings(llmops, given, tmp_path, args, words):
    done = llmops("classify", *args, given(1))
    assert done.status == 2 and words in done.err and "hint" in done.err and os.listdir(tmp_path) == ["in.jsonl"]
    (tmp_path / "llmops.toml").write_text('[classify]\nmax-usd = 5\nbase-url = "http://localhost:1/v1"\nconcurrency = 4\n')
    done = llmops("classify", given(1), env={"LLMOPS_CLASSIFY_CACHE": "kept"})
    assert done.status == 0 and done.out.startswith(b'{"conversation_id": "c_0"')
    assert llmops("classify", "--export-batch", "b.jsonl", given(1)).status == 0


def test_a_journal_beside_an_output_that_cannot_be_written(classify, given):
    with Server() as server:
        done = classify(server, given(1), "-o", "no/such/folder/out.jsonl")
    assert done.status == 2 and server.requests == 0


@pytest.mark.parametrize("reply, words", [(error(401, "invalid_api_key"), "key was not accepted"), ((200, {}, b"<html>"), "web page"), (error(404, "model_not_found"), "no model"),
                                          (error(400, "invalid_request_error"), "does not take"), (error(402, "x"), "nothing left"), ((200, {}, b"{}"), "broken answers")])
def test_what_an_address_says_to_its_server_alone_is_not_shown(llmops, given, reply, words):
    with Server(reply=reply) as server:
        address = f"http://ann:hunter2@127.0.0.1:{server.port}/v1?code=hunter3"
        done = llmops("classify", "--with", "openai", given(40), "--timeout", "1s", "-v", env={"OPENAI_BASE_URL": address})
    assert done.status == 2 and words in done.err and f"llmops: http://127.0.0.1:{server.port}/v1: " in done.err
    assert "hunter" not in done.err and "/v1/chat/completions?code=hunter3 " in server.heads[0]


def test_two_runs_on_one_output(start, classify, given):
    with Server(latency=0.2) as server:
        process = start("classify", "--with", "openai", "--base-url", server.openai, given(200), "-o", "out.jsonl", "--concurrency", "2", env={"OPENAI_API_KEY": KEY}, stderr=subprocess.PIPE)
        while not server.requests:
            time.sleep(0.01)
        done = classify(server, given(200), "-o", "out.jsonl", "--resume")
        process.kill()
    assert done.status == 2 and "another process" in done.err
