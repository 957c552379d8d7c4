"""Batch files from outside: what a provider takes goes out, what it gives back in any order becomes rows in theirs."""

import json
import random
import re
from contextlib import ExitStack

import pytest

from llmops_cli.classify import batch, prompt

from .llm.server import Server, converse_body, converse_form, openai_body, openai_form
from .test_classify_with import expected, given, rows     # noqa: F401  (fixtures)


def results(path, *, fail=lambda name: False, seed=1):
    """What a provider would give back for a batch file: (answers, errors), in an order of its own."""
    server, answers, errors = Server(), [], []
    for line in path.read_text().splitlines():
        asked = json.loads(line)
        if "recordId" in asked:
            form, schema = converse_form(asked["modelInput"])
            made, _ = server.made(asked["modelInput"]["messages"][0]["content"][0]["text"], schema)
            done = asked | ({"error": {"errorCode": 400, "errorMessage": "secret words", "expired": True}} if fail(asked["recordId"])
                            else {"modelOutput": converse_body(made, form, 100, 10)})
            answers.append(json.dumps(done))
        elif fail(asked["custom_id"]):
            errors.append(json.dumps({"id": "b", "custom_id": asked["custom_id"], "response": None, "error": {"code": "batch_expired", "message": "secret words"}}))
        else:
            form, schema = openai_form(asked["body"])
            made, _ = server.made(asked["body"]["messages"][1]["content"], schema)
            answers.append(json.dumps({"id": "b", "custom_id": asked["custom_id"], "response": {"status_code": 200, "body": openai_body(made, form, 100, 10)}, "error": None}))
    random.Random(seed).shuffle(answers)
    return "\n".join(answers) + "\n", "\n".join(errors) + "\n"


@pytest.mark.parametrize("provider", ["openai", "bedrock"])
@pytest.mark.parametrize("pack", [1, 4])
def test_there_and_back_in_order(llmops, given, tmp_path, provider, pack):
    done = llmops("classify", "--export-batch", "batch.jsonl", "--for", provider, "--pack", pack, given(30, mail=True))
    assert done.status == 0 and done.out == b"" and "batch.jsonl" in done.err
    sent = (tmp_path / "batch.jsonl").read_text()
    assert "@example.com" not in sent and len(sent.splitlines()) == -(-30 // pack)
    (tmp_path / "back.jsonl").write_text(results(tmp_path / "batch.jsonl")[0])
    done = llmops("classify", "--import-batch", "back.jsonl", "--for", provider, "in.jsonl", "-o", "out.jsonl")
    out = rows(tmp_path / "out.jsonl")
    assert done.status == 0 and [row["conversation_id"] for row in out] == [f"c_{number}" for number in range(30)]
    assert [row["task_category"] for row in out] == expected(lambda number: f"please look after case number {number}, write to [EMAIL]")
    assert out[0]["classified_by"].startswith(f"{provider}:") and "30 rows, 30 labelled" in done.err and "$" in done.err


@pytest.mark.parametrize("provider", ["openai", "bedrock"])
def test_lines_have_the_form_that_the_provider_takes(llmops, given, tmp_path, provider):
    llmops("classify", "--export-batch", "batch.jsonl", "--for", provider, "--model", "a-model", given(2))
    line = json.loads((tmp_path / "batch.jsonl").read_text().splitlines()[1])
    if provider == "openai":
        assert list(line) == ["custom_id", "method", "url", "body"] and (line["method"], line["url"]) == ("POST", "/v1/chat/completions")
        assert line["body"]["model"] == "a-model" and line["body"]["response_format"]["type"] == "json_schema"
    else:
        assert list(line) == ["recordId", "modelInput"] and len(line["recordId"]) == 11 and line["recordId"].isalnum()
        assert line["modelInput"]["toolConfig"]["toolChoice"] == {"tool": {"name": "label"}}


@pytest.mark.parametrize("provider", ["openai", "bedrock"])
def test_what_failed_is_said_and_written_once_more(llmops, given, tmp_path, provider):
    llmops("classify", "--export-batch", "batch.jsonl", "--for", provider, given(30))
    answers, errors = results(tmp_path / "batch.jsonl", fail=lambda name: batch.row_of(name)[0] % 5 == 0)
    (tmp_path / "back.jsonl").write_text(answers)
    (tmp_path / "errors.jsonl").write_text(errors)
    done = llmops("classify", "--import-batch", "back.jsonl", "--import-batch", "errors.jsonl", "--export-batch", "again.jsonl", "--for", provider, "in.jsonl", "-o", "out.jsonl")
    failed = [row for row in rows(tmp_path / "out.jsonl") if "error" in row]
    assert done.status == 3 and len(failed) == 6 and "secret" not in done.err and "expired" in failed[0]["error"] and "6 rows without a label" in done.err
    assert len((tmp_path / "again.jsonl").read_text().splitlines()) == 6
    (tmp_path / "more.jsonl").write_text(results(tmp_path / "again.jsonl")[0])
    done = llmops("classify", "--import-batch", "errors.jsonl", "--import-batch", "more.jsonl", "--import-batch", "back.jsonl", "--for", provider, "in.jsonl", "-o", "out.jsonl")
    assert done.status == 0 and [row["task_category"] for row in rows(tmp_path / "out.jsonl")] == expected()


def test_files_are_split_where_the_provider_wants_it(tmp_path, monkeypatch):
    monkeypatch.setitem(batch.LIMITS, "openai", batch.Limits(7, 10 ** 9))
    with ExitStack() as stack:
        export = batch.Export(stack, str(tmp_path / "b.jsonl"), "openai", "m", prompt.task(), 1)
        for row in range(20):
            export.add(row, f"text {row}", "0123456789abcdef")
    assert [len((tmp_path / name).read_text().splitlines()) for name in ("b.jsonl", "b-2.jsonl", "b-3.jsonl")] == [7, 7, 6] and len(export.files) == 3
    size = (tmp_path / "b-3.jsonl").stat().st_size // 6
    monkeypatch.setitem(batch.LIMITS, "openai", batch.Limits(50, int(size * 4.5)))
    with ExitStack() as stack:
        export = batch.Export(stack, str(tmp_path / "s.jsonl"), "openai", "m", prompt.task(), 1)
        for row in range(10):
            export.add(row, f"text {row}", "0123456789abcdef")
    assert [len((tmp_path / name).read_text().splitlines()) for name in ("s.jsonl", "s-2.jsonl", "s-3.jsonl")] == [4, 4, 2]


def test_limits_are_those_of_the_providers():
    assert batch.LIMITS["openai"][:2] == (50_000, 200_000_000) and batch.LIMITS["bedrock"].requests == 50_000


def test_ids_lead_back_to_their_rows():
    dice = random.Random(5)
    for row in [0, 35, 36, *(dice.randrange(36 ** 5) for _ in range(200))]:
        mark = f"{dice.getrandbits(64):016x}"
        name = batch.batch_id(row, mark)
        assert batch.row_of(name) == (row, mark[:5]) and len(name) == 11
    assert [batch.row_of(name) for name in (None, 5, "CALL0000001", "row-7", "zzzzzzabcde", "00000zabcdeg")] == [None] * 6


def test_answers_to_other_texts_are_refused(llmops, given, tmp_path):
    llmops("classify", "--export-batch", "batch.jsonl", given(3))
    (tmp_path / "back.jsonl").write_text(results(tmp_path / "batch.jsonl")[0])
    (tmp_path / "in.jsonl").write_text((tmp_path / "in.jsonl").read_text().replace("number 1", "number 9"))
    done = llmops("classify", "--import-batch", "back.jsonl", "in.jsonl")
    assert done.status == 3 and ["error" in row for row in rows(done.out)] == [False, True, False]


@pytest.mark.parametrize("data, words", [("not json\n", "not JSON"), ('{"a": 1}\n', "--export-batch"), ("[]\n", "object")])
def test_files_that_are_no_results(llmops, given, tmp_path, data, words):
    (tmp_path / "back.jsonl").write_text(data)
    done = llmops("classify", "--import-batch", "back.jsonl", given(2), "-o", "out.jsonl")
    assert done.status == 2 and words in done.err and not (tmp_path / "out.jsonl").exists()


def test_only_unsure_rows_go_into_a_batch(llmops, tmp_path):
    (tmp_path / "in.jsonl").write_text('{"text": "Translate this into Spanish: the meeting is moved"}\n{"text": "hm that thing again"}\n{"text": ""}\n')
    sure, unsure, _ = (row["confidence"] for row in rows(llmops("classify", "in.jsonl").out))
    assert unsure < sure
    args = ("--escalate-below", (sure + unsure) / 2, "--to", "openai", "in.jsonl")
    assert llmops("classify", "--export-batch", "batch.jsonl", *args).status == 0
    assert len((tmp_path / "batch.jsonl").read_text().splitlines()) == 1
    (tmp_path / "back.jsonl").write_text(results(tmp_path / "batch.jsonl")[0])
    done = llmops("classify", "--import-batch", "back.jsonl", *args)
    assert done.status == 0 and [row["classified_by"].partition("@")[0].partition(":")[0] for row in rows(done.out)] == ["local", "openai", "local"]


def test_a_hostile_id_takes_no_memory():
    answers = batch.Answers(prompt.task())
    answers._line({"custom_id": "zzzzzzfffff", "response": {"status_code": 200, "body": {}}})
    assert answers.foreign == 1 and len(answers._labels) == 0


def test_taxonomies_of_any_size_and_files_with_a_byte_order_mark(llmops, given, tmp_path):
    (tmp_path / "ours.toml").write_text("".join(f'[[label]]\nname = "L{number}"\nexamples = ["number {number}"]\n' for number in range(300)))
    llmops("classify", "--taxonomy", "ours.toml", "--export-batch", "batch.jsonl", given(20))
    (tmp_path / "back.jsonl").write_text("\ufeff" + re.sub(r'"L\d+', '"L299', results(tmp_path / "batch.jsonl")[0]))
    done = llmops("classify", "--taxonomy", "ours.toml", "--import-batch", "back.jsonl", "in.jsonl")
    assert done.status == 0 and {row["task_category"] for row in rows(done.out)} == {"L299"}, done.err


def test_questions_and_rows_do_not_go_to_one_file(llmops, given, tmp_path):
    llmops("classify", "--export-batch", "batch.jsonl", given(3))
    (tmp_path / "back.jsonl").write_text(results(tmp_path / "batch.jsonl")[0])
    done = llmops("classify", "--import-batch", "back.jsonl", "--export-batch", "out.jsonl", "-o", "out.jsonl", "in.jsonl")
    assert done.status == 2 and "are the same file" in done.err and not (tmp_path / "out.jsonl").exists()
