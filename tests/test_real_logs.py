"""`run` on public logs gives the numbers that a few independent lines give. Needs $LLMOPS_TEST_DATA.

The sums are over raw text, so `run` is told to look for nothing that these logs hold (LLMOPS_SANITIZE_ONLY=MAC).
"""

import collections
import gzip
import json
import os

import pytest

DATA = os.environ.get("LLMOPS_TEST_DATA")
pytestmark = pytest.mark.skipif(not DATA, reason="LLMOPS_TEST_DATA names no folder of public test data")


def records(name):
    with gzip.open(os.path.join(DATA, "formats", name), "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def metrics(llmops, tmp_path, name, *options):
    """(team, date) to the sums of its rows."""
    lake = tmp_path / "lake"
    result = llmops("run", os.path.join(DATA, "formats", name), "-o", lake, *options, env={"LLMOPS_SANITIZE_ONLY": "MAC"})
    assert result.status == 0, result.err
    sums = collections.defaultdict(collections.Counter)
    for folder in sorted((lake / "curated/metrics_daily").iterdir()):
        document = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
        for row in document["metrics"]:
            for key in ("conversation_count", "total_turns", "total_chars_user", "total_chars_assistant", "input_tokens", "output_tokens", "errors"):
                sums[row["team"], document["date"]][key] += row[key]
            sums[row["team"], document["date"]]["nano"] += round((row["cost_usd"] or 0) * 1e9)
    return {key: dict(value) for key, value in sums.items()}


def test_open_assistant_trees(llmops, tmp_path):
    expected = collections.Counter()
    for tree in records("oasst_messages.jsonl.gz"):
        message, expected["conversation_count"] = tree, expected["conversation_count"] + 1
        while message:
            side = "total_chars_user" if message["role"] == "prompter" else "total_chars_assistant"
            expected[side] += len(message["text"])
            expected["total_turns"] += 1
            message = min(message["replies"], key=lambda reply: (reply["rank"] is None, reply["rank"] or 0), default=None)
    found = metrics(llmops, tmp_path, "oasst_messages.jsonl.gz", "--set", "event_time=2026-01-03T10:00:00Z")
    assert list(found) == [("unknown", "2026-01-03")]
    assert {key: found["unknown", "2026-01-03"][key] for key in expected} == dict(expected)


def test_bedrock_invocations(llmops, tmp_path):
    found = metrics(llmops, tmp_path, "bedrock_model_invocation_log.jsonl.gz")
    expected = {}
    for call in records("bedrock_model_invocation_log.jsonl.gz"):
        body = call["input"]["inputBodyJson"]
        question = body.get("message") or body.get("prompt") or body["inputText"]
        for mark in ("<|begin_of_text|><|start_header_id|>user<|end_header_id|>", "<|eot_id|><|start_header_id|>assistant<|end_header_id|>", "User: ", "\n\nBot:"):
            question = question.replace(mark, "")
        answer = call["output"]["outputBodyJson"]
        answer = answer[0]["outputText"] if isinstance(answer, list) else answer.get("text") or answer["generation"]
        expected[call["timestamp"][:10]] = (1, 2, len(question), len(answer), call["input"]["inputTokenCount"], call["output"]["outputTokenCount"])
    assert {date: tuple(row[key] for key in ("conversation_count", "total_turns", "total_chars_user", "total_chars_assistant", "input_tokens", "output_tokens"))
            for (_, date), row in found.items()} == expected


def test_litellm_payloads(llmops, tmp_path):
    found = metrics(llmops, tmp_path, "litellm_standard_logging_payload.jsonl.gz")
    expected = collections.defaultdict(collections.Counter)
    for call in records("litellm_standard_logging_payload.jsonl.gz"):
        row = expected[call["metadata"]["user_api_key_team_alias"]]
        row["conversation_count"] += 1
        row["input_tokens"] += call["prompt_tokens"]
        row["output_tokens"] += call["completion_tokens"]
        row["nano"] += round(call["response_cost"] * 1e9)
        row["errors"] += call["status"] == "failure"
        row["total_turns"] += sum(message["role"] == "user" for message in call["messages"]) + 1
        row["total_chars_user"] += sum(len(message["content"]) for message in call["messages"] if message["role"] == "user")
        row["total_chars_assistant"] += sum(len(choice["message"]["content"]) for choice in call["response"].get("choices", []))
    assert {team: dict(row) for (team, _), row in found.items()} == {team: dict(row) for team, row in expected.items()}
