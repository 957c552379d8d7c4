"""`llmops classify --with` a provider, from outside: nothing lost, nothing paid twice, nothing said that must not be."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import time

import pytest

from llmops_cli.classify.taxonomy import LABELS

from .llm.server import Server, openai_body

KEY = "sk-very-secret-0123456789"
AWS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI", "AWS_REGION": "eu-north-1", "AWS_CONFIG_FILE": "/nonexistent"}
SAID = "please look after case number"


def conversations(count, mail=False):
    return b"".join(json.dumps({"conversation_id": f"c_{number}", "messages": [{"role": "user", "content": f"{SAID} {number}" + f", write to ann{number}@example.com" * mail}]}).encode() + b"\n"
                    for number in range(count))


@pytest.fixture
def given(tmp_path):
    """`given(30)`: a file of so many conversations."""
    def write(count, **more):
        (tmp_path / "in.jsonl").write_bytes(conversations(count, **more))
        return tmp_path / "in.jsonl"
    return write


@pytest.fixture
def classify(llmops):
    """The command at work on a server, with credentials for either provider."""
    def run(server, *args, provider="openai", env=None, **more):
        address = (server.bedrock if provider == "bedrock" else server.openai) if isinstance(server, Server) else server
        return llmops("classify", "--with", provider, "--base-url", address, *args, env={"OPENAI_API_KEY": KEY, **AWS, **(env or {})}, **more)
    return run


def rows(out):
    return [json.loads(line) for line in (out if isinstance(out, bytes) else out.read_bytes()).splitlines()]


def figures(err):
    """The numbers of the last line: rows, labelled, cached, calls, retries, tokens in and out, dollars."""
    found = re.search(r"([\d,]+) rows?, ([\d,]+) labelled, .*?([\d,]+) cached, ([\d,]+) calls?, ([\d,]+) retr\w+, ([\d,]+) tokens in, ([\d,]+) tokens out, "
                      r"(?:\$([\d.,]+)|cost unknown), [\d,]+ rows/s$", err.strip().splitlines()[-1])
    assert found, err
    return [float(value.replace(",", "")) if value else None for value in found.groups()]


def expected(text_of=lambda number: f"{SAID} {number}", count=30):
    return [Server.chosen(text_of(number), list(LABELS)) for number in range(count)]


# What comes out ---------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("provider, model", [("openai", "gpt-4o-mini"), ("bedrock", "amazon.nova-micro-v1:0")])
@pytest.mark.parametrize("pack", [1, 7])
def test_rows_are_labelled_in_order_and_keep_their_bytes(classify, given, provider, model, pack):
    with Server(shuffle=True) as server:
        done = classify(server, given(30), "--pack", pack, provider=provider)
    assert done.status == 0
    assert [row["task_category"] for row in rows(done.out)] == expected()
    for line, row in zip(conversations(30).splitlines(), done.out.splitlines()):
        assert row.startswith(line[:-1] + b', "task_category": ') and row.endswith(b'"confidence": 0.9, "classified_by": "%s:%s"}' % (provider.encode(), model.encode()))
    assert server.requests == -(-30 // pack) and server.journal()["twice"] == 0


def test_the_last_line_says_what_the_server_was_paid(classify, given):
    with Server({"500": 0.2, "429": 0.1}) as server:
        done = classify(server, given(40), "--concurrency", 8)
    count, labelled, cached, calls, retries, tokens_in, tokens_out, dollars = figures(done.err)
    assert (count, labelled, cached, calls, calls + retries) == (40, 40, 0, 40, server.requests)
    assert (tokens_in, tokens_out) == (server.input, server.output)
    assert dollars == pytest.approx(server.input * 0.15e-6 + server.output * 0.6e-6, abs=1e-6)


def test_an_unknown_price_is_no_price(classify, given):
    with Server() as server:
        done = classify(server, given(2), "--model", "our-own-model")
        assert "cost unknown" in done.err.splitlines()[-1] and done.status == 0
        refused = classify(server, given(2), "--model", "our-own-model", "--max-usd", "1")
    assert refused.status == 2 and "prices" in refused.err and server.requests == 2


def test_slow_standard_input_is_passed_on_line_by_line(start):
    with Server() as server:
        process = start("classify", "--with", "openai", "--base-url", server.openai, "--pack", "5", env={"OPENAI_API_KEY": KEY},
                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for number, line in enumerate(conversations(3).splitlines()):
            process.stdin.write(line + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["conversation_id"] == f"c_{number}"


def test_what_says_nothing_is_not_sent_and_what_has_no_text_is_a_reject(classify, tmp_path):
    (tmp_path / "in.jsonl").write_bytes(b'{"text": ""}\n{"n": 1}\nbroken\n{"messages": [{"role": "assistant", "content": "hi"}]}\n{"text": "hello"}\n')
    with Server() as server:
        done = classify(server, "in.jsonl", "--rejects", "rejects.jsonl")
    assert done.status == 3 and server.requests == 1
    assert [row["task_category"] for row in rows(done.out)][:2] == ["Other/Unknown"] * 2 and "error" not in done.out.decode()
    assert [row["line"] for row in rows(tmp_path / "rejects.jsonl")] == [2, 3]


def test_earlier_labels_are_replaced(classify, tmp_path):
    (tmp_path / "in.jsonl").write_bytes(b'{"text": "hello", "task_category": "Other/Unknown", "confidence": 0, "classified_by": "openai:x", "error": "the budget is spent"}\n')
    with Server() as server:
        done = classify(server, "in.jsonl", "--explain")
    assert done.out.startswith(b'{"text": "hello", "task_category": ') and list(rows(done.out)[0]) == ["text", "task_category", "confidence", "classified_by", "reason"]


def test_keys_of_those_names_that_were_there_before_any_label_are_replaced_and_not_doubled(classify, tmp_path):
    (tmp_path / "in.jsonl").write_bytes(b'{"text": "hello", "error": null, "n": 1}\n{"reason": "so", "text": "good day", "error": "late"}\n{"text": "bye"}\n')
    with Server(reply=(400, {}, b'{"error": {"code": "content_filter", "message": "no"}}')) as server:
        assert classify(server, "in.jsonl", "-o", "out.jsonl").status == 3
    failed = [json.loads(line, object_pairs_hook=list) for line in (tmp_path / "out.jsonl").read_bytes().splitlines()]
    assert [[name for name, _ in row] for row in failed] == [[*own, "task_category", "confidence", "classified_by", "error"] for own in (["text", "n"], ["reason", "text"], ["text"])]
    with Server() as server:
        for _ in range(2):
            done = classify(server, "in.jsonl", "--explain", "--resume", "-o", "out.jsonl")
            assert done.status == 0 and server.requests == 3, done.err
    labelled = [json.loads(line, object_pairs_hook=list) for line in (tmp_path / "out.jsonl").read_bytes().splitlines()]
    assert [[name for name, _ in row] for row in labelled] == [[*own, "task_category", "confidence", "classified_by", "reason"] for own in (["text", "error", "n"], ["text", "error"], ["text"])]


def test_labels_of_ones_own(classify, tmp_path):
    (tmp_path / "ours.toml").write_text('[[label]]\nname = "Billing"\ndescription = "invoices"\nexamples = ["where is my invoice"]\n'
                                        '[[label]]\nname = "Other"\nexamples = ["hello"]\n')
    (tmp_path / "in.jsonl").write_bytes(conversations(10))
    with Server() as server:
        done = classify(server, "in.jsonl", "--taxonomy", "ours.toml")
    assert done.status == 0 and {row["task_category"] for row in rows(done.out)} == {"Billing", "Other"}
    assert "invoices" in json.dumps(server.seen[0])


# What is sent -----------------------------------------------------------------------------------------------------------

def test_text_is_sanitized_before_it_leaves_unless_told_otherwise(classify, given):
    with Server() as server:
        assert classify(server, given(3, mail=True)).status == 0
        assert "@example.com" not in json.dumps(server.seen) and "[EMAIL]" in json.dumps(server.seen)
        assert classify(server, given(3, mail=True), "--no-sanitize").status == 0
        assert "ann1@example.com" in json.dumps(server.seen)


def test_what_is_personal_is_not_cut_in_two_and_then_overlooked(classify, tmp_path):
    before = "please look after this matter now " * 5
    said = [f"{before} mail annabel.lee@example.com thanks a lot and goodbye", f"{before} iban DE89 3704 0044 0532 0130 00", f"{before} my card 4111 1111 1111 1111"]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps({"messages": [{"role": "user", "content": text}]}) + "\n" for text in said)
                                       + json.dumps({"text": before * 9 + "a" * (1586 - len(before) * 9) + " card 4111 1111 1111 1111"}) + "\n")
    with Server() as server:
        assert classify(server, "in.jsonl", "--concurrency", 1).status == 0
        sent = json.dumps(server.seen)
    assert len(server.seen) == 4 and not any(part in sent for part in ("annab", "3704", "4111")) and "please look after" in sent


def test_in_a_pack_the_conversation_id_stands_before_its_text_unless_it_is_personal(classify, tmp_path):
    names = ["c_1", "ann@example.com", "c_1", "two words", None]
    (tmp_path / "in.jsonl").write_bytes(b"".join(json.dumps({"conversation_id": name, "text": f"text {number}"}).encode() + b"\n" for number, name in enumerate(names)))
    with Server() as server:
        assert classify(server, "in.jsonl", "--pack", 8).status == 0
    said = server.seen[0]["messages"][1]["content"]
    assert re.findall(r"^(\S+)\n<<<", said, re.M) == ["c_1", "row-2", "row-3", "row-4", "row-5"] and "ann@" not in said


@pytest.mark.parametrize("provider, forms", [("openai", ["tool"]), ("openai", ["json_object"]), ("openai", ["plain"]), ("bedrock", ["schema"]), ("bedrock", ["plain"])])
def test_what_a_server_can_do_is_found_out_once(classify, given, provider, forms):
    with Server(forms=forms) as server:
        done = classify(server, given(20), "--concurrency", 1, provider=provider)
    assert done.status == 0 and [row["task_category"] for row in rows(done.out)] == expected(count=20)
    assert server.spoken[forms[0]] == 20 and server.spoken.total() <= 23


def test_a_server_that_ignores_the_schema_is_asked_in_words(classify, given):
    def prose(target, request):
        wants = "response_format" in request or "tools" in request
        made = "Surely! I would say Technical Help." if wants else '{"task_category": "Technical Help", "confidence": 0.8}'
        return 200, {}, json.dumps(openai_body(made, "plain")).encode()
    with Server(reply=prose) as server:
        done = classify(server, given(12), "--concurrency", 1, "--resume", "-o", "out.jsonl")
        assert done.status == 3
        assert classify(server, given(12), "--concurrency", 1, "--resume", "-o", "out.jsonl").status in (0, 3)


@pytest.mark.parametrize("provider", ["openai", "bedrock"])
def test_a_key_may_come_from_a_command(llmops, tmp_path, given, provider):
    (tmp_path / "llmops.toml").write_text(f'[llm]\nkey_command = "echo {KEY}"\n')
    with Server(key=KEY) as server:
        done = llmops("classify", "--with", "openai", "--base-url", server.openai, given(2), env={"OPENAI_API_KEY": ""})
        assert done.status == 0 and f"Bearer {KEY}" in server.heads[0]
        env = {"AWS_BEARER_TOKEN_BEDROCK": KEY, "AWS_REGION": "eu-north-1"}
        assert llmops("classify", "--with", "bedrock", "--base-url", server.bedrock, given(2), env=env).status == 0
    for command in ('"false"', '"pass show \'openai"', "5", '["echo", "a\\u0000b"]'):
        (tmp_path / "llmops.toml").write_text(f"[llm]\nkey_command = {command}\n")
        done = llmops("classify", "--with", "openai", given(2), env={"OPENAI_API_KEY": ""})
        assert done.status == 2 and "key_command" in done.err


# Money ------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("limit", [0.0005, 0.002])
def test_the_budget_holds_and_rows_beyond_it_can_be_paid_later(classify, given, tmp_path, limit):
    with Server() as server:
        done = classify(server, given(60), "-o", "out.jsonl", "--max-usd", limit)
        spent = server.input * 0.15e-6 + server.output * 0.6e-6
        assert done.status == 3 and 0 < spent <= limit and "its --max-usd is what it may spend on top" in done.err
        out = rows(tmp_path / "out.jsonl")
        left = [row for row in out if "error" in row]
        assert len(out) == 60 and 0 < len(left) < 60 and all((row["task_category"], row["confidence"], row["error"]) == ("Other/Unknown", 0, "the budget is spent") for row in left)
        more = classify(server, given(60), "-o", "out.jsonl", "--resume", "--max-usd", limit)
        paid = server.input * 0.15e-6 + server.output * 0.6e-6 - spent
        assert 0 < paid <= limit
        more = classify(server, given(60), "-o", "out.jsonl", "--resume")
        assert more.status == 0 and [row["task_category"] for row in rows(tmp_path / "out.jsonl")] == expected(count=60)
        assert server.journal()["twice"] == 0 and server.paid == 60
        assert classify(server, given(60), "-o", "out.jsonl", "--resume").status == 0 and server.paid == 60


@pytest.mark.parametrize("line", ['{"conversation_id":"c_%d","text":"look after %d"}', ' { "text" : "look after %d",  "n":%d }', '{"text": "look after %d", "n": %d}'])
def test_a_file_that_is_labelled_in_its_place_is_gone_on_with(classify, tmp_path, line):
    before = "".join(line % (number, number) + "\n" for number in range(20)).encode()
    (tmp_path / "in.jsonl").write_bytes(before)
    with Server() as server:
        assert classify(server, "in.jsonl", "-o", "in.jsonl", "--max-usd", "0.001", "--concurrency", 1).status == 3
        paid = server.paid
        done = classify(server, "in.jsonl", "-o", "in.jsonl", "--resume")
    assert done.status == 0 and 0 < paid < server.paid == 20, done.err
    for old, new in zip(before.splitlines(), (tmp_path / "in.jsonl").read_bytes().splitlines(), strict=True):
        assert new.startswith(old[:-1].rstrip() + b', "task_category": ')


def test_the_budget_holds_with_a_model_that_thinks_before_it_answers(classify, given):
    """It takes no limit but one that counts its thoughts too: they are paid for."""
    def thinks(target, request):
        if "max_tokens" in request:
            return 400, {}, b'{"error": {"code": "unsupported_parameter", "param": "max_tokens", "message": "use max_completion_tokens"}}'
        made = openai_body('{"task_category": "Technical Help", "confidence": 0.9}', "plain", 500, request["max_completion_tokens"])
        return 200, {}, json.dumps(made).encode()
    with Server(reply=thinks, latency=0.05) as server:
        done = classify(server, given(30), "--model", "o4-mini", "--max-usd", "0.03", "-o", "out.jsonl")
    assert done.status == 3 and 0.005 < figures(done.err)[-1] <= 0.03


def test_a_dry_run_sends_nothing_and_says_what_it_would_take(classify, given, tmp_path):
    with Server() as server:
        done = classify(server, given(50), "--dry-run", "-o", "out.jsonl")
        packed = classify(server, given(50), "--dry-run", "--pack", 8)
        batch = classify(server, given(50), "--dry-run", "--export-batch", "b.jsonl")
    one, many, later = (json.loads(run.out) for run in (done, packed, batch))
    assert server.requests == 0 and sorted(os.listdir(tmp_path)) == ["in.jsonl"]
    assert one["rows"] == 50 and one["calls"] == 50 and many["calls"] == 7 and many["cost_usd"] < one["cost_usd"]
    assert later["cost_usd"] == pytest.approx(one["cost_usd"] / 2, abs=2e-6)


def test_only_so_many_rows(classify, given):
    with Server() as server:
        done = classify(server, given(50), "--max-rows", 7)
    assert done.status == 0 and len(rows(done.out)) == 7 and server.requests == 7


def test_the_cache_pays_nothing_twice(classify, given, tmp_path):
    (tmp_path / "same.jsonl").write_bytes(conversations(1) * 20)
    with Server(latency=0.01) as server:
        first = classify(server, given(20), "--cache", "kept")
        again = classify(server, given(20), "--cache", "kept")
        assert again.out == first.out and server.paid == 20 and figures(again.err)[2:4] == [20, 0]
        assert figures(classify(server, "same.jsonl", "--cache", "kept2").err)[2:4] == [19, 1]
        classify(server, given(20), "--cache", "kept", "--model", "gpt-4.1-nano")
        assert server.paid == 41


def test_a_cache_that_cannot_be_used(classify, given, tmp_path):
    """Only one that is spoilt is to be taken away: others hold answers that were paid for."""
    with Server() as server:
        assert classify(server, given(2), "--cache", "kept").status == 0
        with sqlite3.connect(tmp_path / "kept" / "answers.sqlite") as database:
            database.execute("pragma journal_mode = delete")
            database.execute("create trigger full before insert on answers begin select raise(abort, 'no room'); end")
        done = classify(server, "in.jsonl", "--cache", "kept", "--pack", 2, "--explain")
        assert done.status == 2 and "no room" in done.err and "make room there" in done.err
        (tmp_path / "spoilt").mkdir()
        (tmp_path / "spoilt" / "answers.sqlite").write_bytes(b"no database" * 100)
        done = classify(server, "in.jsonl", "--cache", "spoilt")
        assert done.status == 2 and "take the file away" in done.err


def test_the_local_model_goes_first_and_what_went_up_is_said(classify, llmops, tmp_path):
    texts = ["Translate this into Spanish: the meeting is moved", "hm that thing again", "write a python function that sorts a list", "and so it was for them"]
    (tmp_path / "in.jsonl").write_bytes(b"".join(json.dumps({"text": text}).encode() + b"\n" for text in texts))
    local = rows(llmops("classify", "in.jsonl").out)
    below = sorted(row["confidence"] for row in local)[1] + 0.0001
    unsure = [number for number, row in enumerate(local) if row["confidence"] < below]
    assert 0 < len(unsure) < 4
    with Server() as server:
        done = llmops("classify", "--escalate-below", below, "--to", "openai", "--base-url", server.openai, "in.jsonl")
    out = rows(done.out)
    assert done.status == 0 and server.requests == len(unsure) and f"{len(unsure)} escalated ({len(unsure) / 4:.1%})" in done.err
    assert [row["classified_by"].partition(":")[0] == "openai" for row in out] == [number in unsure for number in range(4)]
    assert all(out[number] == local[number] for number in range(4) if number not in unsure)


def test_a_setting_of_who_classifies_gives_way_to_an_escalation_that_is_typed(llmops, given, tmp_path):
    (tmp_path / "llmops.toml").write_text('[classify]\nwith = "openai"\n')
    with Server() as server:
        args = ("classify", "--escalate-below", "1.0", "--to", "openai", "--base-url", server.openai, given(2))
        assert llmops(*args).status == 0 and server.requests == 2


# Any death --------------------------------------------------------------------------------------------------------------

def test_killed_three_times_nothing_is_lost_or_paid_twice_and_the_bytes_are_the_same(start, given, classify, tmp_path):
    path = given(300)
    faults = {"500": 0.04, "429": 0.04, "malformed": 0.04, "cut": 0.04}
    with Server() as calm:
        assert classify(calm, path, "-o", "undisturbed.jsonl", "--concurrency", 4).status == 0
    with Server(faults, latency=0.01) as server:
        args = ("classify", "--with", "openai", "--base-url", server.openai, path, "-o", "out.jsonl", "--concurrency", "4")
        for number, enough in enumerate((50, 120, 200)):
            process = start(*args, *(["--resume"] if number else []), env={"OPENAI_API_KEY": KEY}, stderr=subprocess.PIPE)
            while server.paid < enough:
                time.sleep(0.005)
                assert process.poll() is None
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert not (tmp_path / "out.jsonl").exists()
        again = classify(server, path, "-o", "out.jsonl")
        assert again.status == 2 and "--resume" in again.err
        done = classify(server, path, "-o", "out.jsonl", "--resume", "--concurrency", "8")
        assert done.status == 0
        journal = server.journal()
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "undisturbed.jsonl").read_bytes()
    assert journal["texts"] == 300 and journal["answers"] <= 300 + 3 * 4, journal      # at most the calls in flight
    assert journal["requests"] / 300 <= 1.6
    assert [name for name in os.listdir(tmp_path) if name.startswith(".out")] == []


def test_a_journal_keeps_no_text_and_no_key(start, given, tmp_path):
    with Server(latency=0.02) as server:
        process = start("classify", "--with", "openai", "--base-url", server.openai, given(200), "-o", "out.jsonl", env={"OPENAI_API_KEY": KEY}, stderr=subprocess.PIPE)
        while server.paid < 20:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=10)[1].decode()
    journal = (tmp_path / ".out.jsonl.journal").read_text()
    assert SAID not in journal and KEY not in journal and process.returncode == 130 and "--resume" in said


def test_rejects_are_counted_again_after_a_death(start, classify, tmp_path):
    lines = conversations(120).splitlines(keepends=True)
    (tmp_path / "in.jsonl").write_bytes(b"broken\n" + b"".join(lines[:60]) + b'{"n": 1}\n' + b"".join(lines[60:]))
    with Server(latency=0.02) as server:
        process = start("classify", "--with", "openai", "--base-url", server.openai, "in.jsonl", "-o", "out.jsonl", "--concurrency", "4", env={"OPENAI_API_KEY": KEY}, stderr=subprocess.PIPE)
        while server.paid < 90:
            time.sleep(0.01)
        process.kill()
        process.wait()
        done = classify(server, "in.jsonl", "-o", "out.jsonl", "--resume", "--rejects", "rejects.jsonl")
    assert done.status == 3 and [row["line"] for row in rows(tmp_path / "rejects.jsonl")] == [1, 62] and len(rows(tmp_path / "out.jsonl")) == 120


def test_another_input_or_another_model_is_not_gone_on_with(start, classify, given, tmp_path):
    path = given(200)
    with Server(latency=0.1) as server:
        process = start("classify", "--with", "openai", "--base-url", server.openai, path, "-o", "out.jsonl", "--concurrency", "8", env={"OPENAI_API_KEY": KEY}, stderr=subprocess.PIPE)
        while server.paid < 60:
            time.sleep(0.01)
        time.sleep(0.7)
        process.kill()
        process.wait()
        done = classify(server, path, "-o", "out.jsonl", "--resume", "--model", "gpt-4.1-nano")
        assert done.status == 2 and "model" in done.err
        (tmp_path / "in.jsonl").write_bytes(conversations(200).replace(b"number 1,", b"number 99,").replace(b"case number 0", b"case number 00"))
        done = classify(server, path, "-o", "out.jsonl", "--resume")
        assert done.status == 2 and "input is not the one" in done.err


def test_resume_needs_a_place(classify, given):
    with Server() as server:
        done = classify(server, given(2), "--resume")
    assert done.status == 2 and "-o FILE" in done.err and server.requests == 0
