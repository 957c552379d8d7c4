"""`run --with` a provider: its labels in the lake, and nothing paid twice."""

import json

from ..llm.server import Server
from .lakes import events, published, write


def test_a_provider_labels_what_a_run_publishes(llmops, tmp_path):
    log, lake = write(tmp_path / "log.jsonl", events(1)), tmp_path / "lake"
    with Server({"500": 0.1, "cut": 0.1}) as server:
        words = ("run", log, "-o", lake, "--with", "openai", "--base-url", server.openai, "--model", "gpt-4o-mini", "--pack", "4")
        done = llmops(*words, env={"OPENAI_API_KEY": "sk-test"})
        assert done.status == 0, done.err
        first, paid = published(lake), server.paid
        again = llmops(*words, "--force", env={"OPENAI_API_KEY": "sk-test"})
        assert again.status == 0 and server.paid == paid and published(lake) == first
    said = [json.loads(line) for line in llmops("show", lake, "--json").out.splitlines()]
    assert {row["classified_by"] for row in said} == {"openai:gpt-4o-mini"}
    assert b"example.org" not in b"".join(json.dumps(body).encode() for body in server.seen)
    report = json.loads((lake / "reports" / "date=2026-03-01" / "run_latest.json").read_bytes())
    assert report["model_id"] == "openai:gpt-4o-mini"


def test_a_dead_provider_publishes_nothing_and_the_next_run_goes_on(llmops, tmp_path):
    log, lake = write(tmp_path / "log.jsonl", events(1)[:20]), tmp_path / "lake"
    with Server(reply=lambda *_: (401, {}, b'{"error": {"code": "invalid_api_key"}}')) as server:
        done = llmops("run", log, "-o", lake, "--with", "openai", "--base-url", server.openai, env={"OPENAI_API_KEY": "sk-test"})
    assert done.status == 2 and "sk-test" not in done.err and published(lake) == {}
    assert llmops("run", log, "-o", lake).status == 0
