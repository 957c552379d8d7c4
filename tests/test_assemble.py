"""`assemble` from outside."""

import gzip
import json
import random

from .logs.test_assemble import event, random_events


def jsonl(events) -> bytes:
    return b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in events)


def test_memory_changes_nothing(llmops, tmp_path):
    (tmp_path / "in.jsonl").write_bytes(jsonl(random_events(1, 4000)))
    plain = llmops("assemble", "in.jsonl")
    assert plain.status == 0 and plain.err.startswith("llmops: 4,000 events, ") and plain.err.endswith(" repeated messages dropped\n")
    for memory in ("100k", "1M", "512M"):
        assert llmops("assemble", "--memory", memory, "in.jsonl") == plain


def test_files_are_one_input_and_their_order_matters_only_among_equal_times(llmops, tmp_path):
    pick = random.Random(2)
    events = [event(f"c{pick.randrange(30)}", second, message_id=f"m{second}") for second in range(600)]
    pick.shuffle(events)
    for number in range(3):
        (tmp_path / f"{number}.jsonl").write_bytes(jsonl(events[number::3]))
    whole = llmops("assemble", stdin=jsonl(events))
    assert llmops("assemble", "0.jsonl", "1.jsonl", "2.jsonl") == whole
    assert llmops("assemble", "2.jsonl", "-", "0.jsonl", stdin=(tmp_path / "1.jsonl").read_bytes()) == whole


def test_options_come_from_the_environment_and_the_settings_too(llmops, tmp_path):
    stdin = jsonl([event(None, second) for second in (0, 100, 200)])
    assert llmops("assemble", stdin=stdin).out.count(b"\n") == 1
    assert llmops("assemble", "--gap", "99s", stdin=stdin).out.count(b"\n") == 3
    (tmp_path / "llmops.toml").write_text('[assemble]\ngap = "99s"\n')
    assert llmops("assemble", stdin=stdin).out.count(b"\n") == 3
    assert llmops("assemble", stdin=stdin, env={"LLMOPS_ASSEMBLE_GAP": "5m"}).out.count(b"\n") == 1
    assert llmops("assemble", "--gap", "1.5m", stdin=stdin, env={"LLMOPS_ASSEMBLE_GAP": "5m"}).out.count(b"\n") == 3


def test_a_public_sample(llmops, data):
    log = data / "formats" / "seed_message_events.jsonl.gz"
    events = [json.loads(line) for line in gzip.decompress(log.read_bytes()).splitlines()]
    found = {one["conversation_id"]: one for one in map(json.loads, llmops("assemble", log).out.splitlines())}
    assert list(found) == sorted({one["conversation_id"] for one in events}, key=lambda name: (min(
        one["event_time"] for one in events if one["conversation_id"] == name), name))
    for name, one in found.items():
        assert one["messages"] == sorted((message for message in events if message["conversation_id"] == name), key=lambda message: message["event_time"])
