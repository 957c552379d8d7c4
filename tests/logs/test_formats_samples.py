"""Real and documented logs of each format: what they hold, worked out by hand from the formats' own rules."""

import os
from collections import Counter
from typing import NamedTuple

import pytest

from llmops_cli.jsonl import Reader, Rejects
from llmops_cli.logs.ingest import Ingest
from llmops_cli.logs.sources import open_sources
from llmops_cli.records import event_problem

FOLDER = os.path.join(os.environ.get("LLMOPS_TEST_DATA", ""), "formats")
pytestmark = pytest.mark.skipif(not os.environ.get("LLMOPS_TEST_DATA") or not os.path.isdir(FOLDER), reason="LLMOPS_TEST_DATA names no folder with formats/")


class Expected(NamedTuple):
    """What a sample holds. Roles: user, assistant, system, tool."""

    roles: tuple[int, int, int, int]
    conversations: int
    input_tokens: int = 0
    output_tokens: int = 0
    cached: int = 0
    cost: float = 0.0
    errors: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    latencies: tuple[float, ...] = ()
    teams: tuple[str, ...] = ()


T = {"event_time": "2026-01-03T10:00:00Z"}
SAMPLES = {
    "seed_message_events.jsonl.gz": Expected((6, 4, 0, 0), 3, teams=("Finance", "Marketing", "Support")),
    "openai_chat_completions.jsonl.gz": Expected((0, 4, 0, 0), 4, 13 + 19 + 1117 + 82, 18 + 10 + 46 + 17, models=("gpt-4o-mini", "gpt-5.4")),
    "openai_responses.jsonl.gz": Expected((0, 4, 0, 0), 4, 36 + 328 + 8438 + 328, 87 + 52 + 398 + 356, models=("gpt-5.4",), latencies=(1000, 1000, 1000, 1000)),
    "bedrock_model_invocation_log.jsonl.gz": Expected((3, 3, 0, 0), 3, 8 + 15 + 7, 20 + 12 + 11, teams=("engineering", "my-bedrock-role"),
                                                      models=("amazon.titan-text-express-v1", "cohere.command-r-plus-v1:0", "meta.llama3-8b-instruct-v1:0")),
    "litellm_spend_log.jsonl.gz": Expected((0, 1, 0, 0), 1, 10, 20, cost=0.000225, models=("gpt-4o",), latencies=(4.583,)),
    "litellm_standard_logging_payload.jsonl.gz": Expected((2, 2, 1, 0), 2, 10, 20, cost=1.35e-05, errors=("InternalServerError 500",), models=("gpt-4o-mini",),
                                                          latencies=(3.223, 102.853), teams=("Sales", "Support")),
    "claude_code_transcript.jsonl.gz": Expected((2, 3, 0, 2), 1),
    "claude_code_usage.jsonl.gz": Expected((0, 5, 0, 0), 2, 135 + 270 + 340 + 70 + 115, 50 + 75 + 125 + 25 + 35, 10 + 20 + 40 + 15 + 25, 0.12 + 0.34 + 0.56 + 0.03 + 0.04,
                                           models=("claude-haiku-4-5-20251001", "claude-opus-4-20250514", "claude-sonnet-4-20250514")),
    "claude_code_record_types.jsonl.gz": Expected((1, 0, 0, 0), 1),
    "codex_rollout_messages.jsonl.gz": Expected((1, 2, 0, 1), 1, 124314, 552, 120960, models=("o4-mini",)),
    "langfuse_observations_v2.made.jsonl.gz": Expected((1, 1, 0, 0), 1, 8, 2, cost=4e-05, models=("gpt-4o",), latencies=(1500,), teams=("Support",)),
    "helicone_export.made.jsonl.gz": Expected((1, 1, 0, 0), 1, 8, 2, cost=4e-05, models=("gpt-4o-2024-08-06",), latencies=(1500,), teams=("Support",)),
    "otel_genai_otlp_trace.json.gz": Expected((1, 1, 1, 0), 1, 52, 47, models=("gpt-4-0613",), latencies=(1200,), teams=("support-bot",)),
    "otlp_trace.json.gz": Expected((0, 0, 0, 0), 0),
    "otlp_logs.json.gz": Expected((0, 0, 0, 0), 0),
    "azure_openai_request_response.made.jsonl.gz": Expected((0, 1, 0, 0), 1, errors=("429",), models=("gpt-4o",), latencies=(1021,), teams=("A",)),
    "chatgpt_export_conversations.json.gz": Expected((1, 1, 0, 0), 1, models=("gpt-4o",)),
    "claude_export.json.gz": Expected((1, 1, 0, 0), 1),
    "llm_logs.db.gz": Expected((3, 3, 1, 0), 2, 7 + 6 + 8, 7 + 7 + 12, models=("anthropic/claude-3-haiku-20240307", "scripted"), latencies=(0, 0, 560)),
    "sharegpt.json.gz": Expected((6, 6, 0, 0), 3),
    "openai_batch_output.jsonl.gz": Expected((0, 2, 0, 0), 2, 22, 2, errors=("3",), models=("gpt-3.5-turbo-0125",)),
}


def read(*names, **options):
    rejects = Rejects(lambda line: None)
    sources = (source for name in names for source in open_sources(os.path.join(FOLDER, name)))
    found = [event for one in Ingest(**options).feed(Reader(sources, rejects)) for event in one.events]
    assert not rejects.count
    return found


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample(name):
    expected = SAMPLES[name]
    events = read(name, given=T if name.startswith("sharegpt") else {})
    assert not any(map(event_problem, events)) and all(event["event_time"].endswith("Z") for event in events)
    roles = Counter(event["role"] for event in events)
    assert tuple(roles[role] for role in ("user", "assistant", "system", "tool")) == expected.roles
    assert len({event["conversation_id"] for event in events}) == expected.conversations
    assert len({event["message_id"] for event in events}) == len(events)
    assert sum(event.get("input_tokens", 0) for event in events) == expected.input_tokens
    assert sum(event.get("output_tokens", 0) for event in events) == expected.output_tokens
    assert sum(event.get("cached_input_tokens", 0) for event in events) == expected.cached
    assert round(sum(event.get("cost_usd", 0) for event in events), 9) == round(expected.cost, 9)
    assert tuple(event["error"] for event in events if "error" in event) == expected.errors
    assert tuple(sorted({event["model"] for event in events if "model" in event})) == expected.models
    assert tuple(sorted(event["latency_ms"] for event in events if "latency_ms" in event)) == expected.latencies
    assert tuple(sorted({event["team"] for event in events if "team" in event})) == expected.teams


@pytest.mark.parametrize("name", sorted(set(SAMPLES) - {"seed_message_events.jsonl.gz"}))
def test_a_sample_given_twice_counts_once(name):
    given = T if name.startswith("sharegpt") else {}
    assert read(name, name, given=given) == read(name, given=given)


def test_the_texts_of_prompts_are_those_of_their_users():
    events = read("bedrock_model_invocation_log.jsonl.gz")
    assert [event["content"] for event in events if event["role"] == "user"] == ["Write a short joke about software engineers.", "What is the capital of Sudan?", "Hello"]
    assert [event["user_id"] for event in events if event["role"] == "user"] == ["my-session", "session", "x"]


def test_questions_of_a_batch_are_joined_to_their_answers():
    for names in (("openai_batch_input.jsonl.gz", "openai_batch_output.jsonl.gz"), ("openai_batch_output.jsonl.gz", "openai_batch_input.jsonl.gz")):
        events = read(*names)
        assert [(event["conversation_id"], event["role"], event["content"]) for event in events] == [
            ("request-2", "system", "You are an unhelpful assistant."), ("request-2", "user", "Hello world!"), ("request-2", "assistant", "Hello."), ("r2", "assistant", "")]


def test_a_tree_becomes_the_conversation_of_its_best_ranked_path():
    events = read("oasst_messages.jsonl.gz", given=T)
    assert len({event["conversation_id"] for event in events}) == 20
    first = [event for event in events if event["conversation_id"] == events[0]["conversation_id"]]
    assert [(event["role"], event["event_time"], event.get("model")) for event in first] == [
        ("user", "2026-01-03T10:00:00Z", None), ("assistant", "2026-01-03T10:00:01Z", "chip20b")]


def test_a_mapped_sample():
    mapping = {"conversation_id": "chat_id", "event_time": "messages.*.created_at", "role": "messages.*.role", "content": "messages.*.content"}
    events = read("kura_conversations.jsonl.gz", mapping=mapping)
    assert events[0]["event_time"] == "2025-06-12T11:04:56.965433Z" and {event["role"] for event in events} == {"user", "assistant"}
