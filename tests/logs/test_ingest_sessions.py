"""Sessions of coding agents: streamed rows, resumed sessions, subagents, forks. Every token is counted once."""

import itertools

from llmops_cli.logs.formats import claude_code, codex
from llmops_cli.logs.formats.format import Settings


def played(form, *files, memory=1 << 20):
    decoder = form.decoder(Settings(memory=memory))
    events = []
    for rows in files:
        events += [event for row in rows for event in decoder.decode(row)] + decoder.end_file()
    return [*events, *decoder.finish()]


def tokens(events):
    return sum(event.get("input_tokens", 0) for event in events), sum(event.get("output_tokens", 0) for event in events)


def answer(identity, request="q", out=10, text=None, session="s", second=0, **row):
    """A row of an answer of Claude Code that has 100 input tokens and `out` output tokens."""
    usage = {"input_tokens": 60, "cache_creation_input_tokens": 30, "cache_read_input_tokens": 10, "output_tokens": out} | row.pop("usage", {})
    message = {"id": identity, "role": "assistant", "model": "claude-x", "usage": usage, "content": [{"type": "text", "text": text}] if text else []}
    return {"type": "assistant", "timestamp": f"2026-03-02T08:00:{second:02}.000Z", "sessionId": session, "requestId": request, "version": "2.0.1",
            "message": message} | row


def test_rows_of_one_answer_are_one_event_with_the_largest_usage():
    rows = [answer("m", out=1, text="One."), answer("m", out=40, text="Two.", second=1), answer("m", out=7, text="One.", second=2)]
    for order in itertools.permutations(rows):
        (event,) = played(claude_code.FORMAT, order)
        assert (event["input_tokens"], event["output_tokens"], event["event_time"]) == (100, 40, "2026-03-02T08:00:00.000Z")
        assert sorted(event["content"].split("\n")) == ["One.", "Two."]


def test_what_waits_may_wait_on_disk():
    rows = [answer(f"m{number % 40}", f"q{number % 40}", number, text=f"Text {number} é") for number in range(200)]
    assert played(claude_code.FORMAT, rows, memory=5000) == played(claude_code.FORMAT, rows)


def test_a_resumed_session_and_files_in_any_order():
    first = [answer("m1", "q1", 5), answer("m2", "q2", 6)]
    resumed = [answer("m1", "q1", 5, session="s2"), answer("m2", "q2", 6, session="s2"), answer("m3", "q3", 7, session="s2")]
    for files in itertools.permutations([first, resumed, first]):
        assert tokens(played(claude_code.FORMAT, *files)) == (300, 18)


def test_a_subagent_that_replays_its_parent_counts_only_its_own():
    parent = [answer("m1", "q1", 5)]
    agent = [answer("m1", "q9", 500, isSidechain=True), answer("a1", "q2", 6, isSidechain=True)]
    for files in itertools.permutations([parent, agent]):
        assert tokens(played(claude_code.FORMAT, *files)) == (200, 11)
    assert tokens(played(claude_code.FORMAT, agent + [answer("a1", "q3", 6, isSidechain=True)])) == (200, 506)


def test_rows_without_message_id_always_count_and_strange_ones_never():
    rows = [answer("m", out=1) for _ in range(3)]
    for row in rows:
        del row["message"]["id"]
    assert tokens(played(claude_code.FORMAT, rows)) == (300, 3)
    strange = [answer(""), answer("m", request=""), answer("m", version="next"), answer("m", request=None)]
    assert played(claude_code.FORMAT, strange) == []


def test_an_error_of_the_service_is_class_and_code():
    row = answer("m", isApiErrorMessage=True, text='API Error: 529 {"type":"error","error":{"type":"overloaded_error","message":"/home/ann is full"}}')
    row["message"] |= {"model": "<synthetic>", "usage": {"input_tokens": 0, "output_tokens": 0}}
    (event,) = played(claude_code.FORMAT, [row])
    assert event["error"] == "overloaded_error 529" and event["content"] == "" and "model" not in event and "input_tokens" not in event


def rollout(identity, *rows, parent=None, minute=0):
    """A file of Codex: texts are said in turn, numbers are totals of input tokens."""
    head = {"id": identity, "cwd": "/x"} | ({"forked_from_id": parent} if parent else {})
    found = [{"timestamp": f"2026-03-02T08:{minute:02}:00Z", "type": "session_meta", "payload": head}]
    for number, row in enumerate(rows):
        at = f"2026-03-02T08:{minute:02}:{number:02}.5Z"
        if isinstance(row, str):
            role = "user" if row.startswith("u") else "assistant"
            found.append({"timestamp": at, "type": "response_item", "payload": {"type": "message", "role": role, "content": [{"type": "output_text", "text": row}]}})
        else:
            info = row and {"total_token_usage": {"input_tokens": row, "output_tokens": row // 10}}
            found.append({"timestamp": at, "type": "event_msg", "payload": {"type": "token_count", "info": info}})
    return found


def test_totals_count_by_how_much_they_grow():
    events = played(codex.FORMAT, rollout("s", "u1", "a1", None, 100, 100, "u2", "a2", 250, 250))
    assert [(event["content"], event.get("input_tokens")) for event in events] == [("u1", None), ("a1", 100), ("u2", None), ("a2", 150)]
    assert tokens(played(codex.FORMAT, rollout("s", "u1", "a1", 100, "u2", "a2", 40))) == (140, 14)


def test_a_fork_does_not_count_what_it_repeats():
    parent = rollout("p", "u1", "a1", 100, "u2", "a2", 250)
    fork = rollout("f", "u1", "a1", 100, "u2", "a2", 250, "u3", "a3", 300, parent="p", minute=5)
    for files in ([parent, fork], [fork, parent], [parent, fork, parent, fork]):
        events = played(codex.FORMAT, *files)
        assert tokens(events) == (300, 30)
        assert sorted(event["content"] for event in events) == ["a1", "a2", "a3", "u1", "u2", "u3"]


def test_a_subagent_without_replay_counts_in_full():
    agent = rollout("f", "u9", "a9", 70, parent="p", minute=5)
    assert tokens(played(codex.FORMAT, rollout("p", "u1", "a1", 100), agent)) == (170, 17)


def test_a_fork_whose_parent_is_elsewhere_counts_from_its_own_start():
    fork = rollout("f", "u1", "a1", 100, "u2", "a2", 250, "u3", "a3", 300, parent="p", minute=5)
    for row in fork[1:7]:
        row["timestamp"] = "2026-03-02T08:05:00.1Z"
    assert tokens(played(codex.FORMAT, fork)) == (50, 5)


def test_an_archived_copy_adds_nothing_and_a_longer_copy_its_rest():
    short, long = rollout("s", "u1", "a1", 100), rollout("s", "u1", "a1", 100, "u2", "a2", 250)
    for files in ([short, long], [long, short]):
        events = played(codex.FORMAT, *files)
        assert tokens(events) == (250, 25) and len(events) == 4
        assert len({event["message_id"] for event in events}) == 4
