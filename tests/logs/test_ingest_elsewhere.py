"""What a log keeps elsewhere, logs that are tables, files of two formats, streams without times."""

import gzip
import json

import pytest

LOG = {"schemaType": "ModelInvocationLog", "timestamp": "2026-03-02T08:00:00Z", "requestId": "q-1", "operation": "Converse", "modelId": "amazon.nova-lite-v1:0",
       "input": {"inputBodyS3Path": "s3://logs/AWSLogs/1/us-east-1/2026/03/02/08/data/q-1_input.json.gz", "inputTokenCount": 5},
       "output": {"outputBodyS3Path": "s3://logs/AWSLogs/1/us-east-1/2026/03/02/08/data/q-1_output.json.gz", "outputTokenCount": 3}}
BODIES = {"q-1_input.json.gz": {"messages": [{"role": "user", "content": [{"text": "Is it open?"}]}]},
          "q-1_output.json.gz": {"output": {"message": {"role": "assistant", "content": [{"text": "Until six."}]}}, "metrics": {"latencyMs": 431}}}
EVENT = b'{"event_time": "2026-03-02T08:00:00Z", "role": "user", "content": "Hi"}\n'
COMPLETION = {"id": "x", "object": "chat.completion", "created": 1772438400, "model": "gpt-4o", "choices": [{"message": {"role": "assistant", "content": "Hello"}}]}


def lines(*records) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in records)


@pytest.mark.parametrize("folder", ["logs/AWSLogs/1/us-east-1/2026/03/02/08/data", "data", "AWSLogs/1/us-east-1/2026/03/02/08/data"])
def test_bodies_that_lie_beside_the_log_are_read(llmops, tmp_path, folder):
    (tmp_path / folder).mkdir(parents=True)
    for name, body in BODIES.items():
        (tmp_path / folder / name).write_bytes(gzip.compress(json.dumps(body).encode()))
    (tmp_path / "log.json").write_bytes(lines(LOG))
    result = llmops("ingest", "log.json")
    assert [json.loads(line)["content"] for line in result.out.splitlines()] == ["Is it open?", "Until six."]
    assert json.loads(result.out.splitlines()[1])["latency_ms"] == 431 and result.err == ""


@pytest.mark.parametrize("path", ["s3://logs/nowhere.json.gz", "s3://logs/../../../etc/passwd", "/etc/passwd", "s3://", "nonsense", 7])
def test_bodies_that_are_not_there_are_counted(llmops, tmp_path, path):
    record = LOG | {"input": {"inputBodyS3Path": path, "inputTokenCount": 5}}
    result = llmops("ingest", stdin=lines(record))
    assert result.status == 0 and json.loads(result.out.splitlines()[-1])["input_tokens"] == 5 and b"root" not in result.out
    assert "bodies that are stored on S3" in result.err


def test_damaged_bodies_are_as_good_as_none(llmops, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/q-1_input.json.gz").write_bytes(gzip.compress(b"{")[:-9])
    (tmp_path / "data/q-1_output.json.gz").write_bytes(b"not json")
    (tmp_path / "log.json").write_bytes(lines(LOG))
    result = llmops("ingest", "log.json")
    assert result.status == 0 and "skipped: 2 bodies" in result.err


TABLE = '''request_id,request_created_at,response_status,request_body,response_body,response_model,request_user_id,latency,prompt_tokens,completion_tokens,cost,feedback_rating,note
q1,2026-03-02T08:00:00Z,200,"{""messages"": [{""role"": ""user"", ""content"": ""Hi, \\n you""}]}","{""choices"": [{""message"": {""role"": ""assistant"", ""content"": ""Hello""}}]}",gpt-4o,u1,900,4,2,0.5,true,"two
lines"
q2,2026-03-02T08:01:00Z,503,,,gpt-4o,u1,,,,,,
q3,2026-03-02T08:01:00Z,503,,,gpt-4o,u1,,,,,,,,,
'''.encode()


def test_a_table_is_read_row_by_row(llmops):
    result = llmops("ingest", stdin=TABLE)
    asked, replied, failed = map(json.loads, result.out.splitlines())
    assert (asked["content"], replied["content"], failed["error"]) == ("Hi, \n you", "Hello", "503")
    assert (replied["latency_ms"], replied["input_tokens"], replied["cost_usd"], replied["feedback"], replied["user_id"]) == (900, 4, 0.5, "up", "u1")
    assert result.status == 3 and "standard input:5: a row of 16 cells under a header of 13" in result.err


def test_cells_keep_their_blank_lines_and_rows_that_are_none_are_told_with_their_place(llmops, tmp_path):
    head = b"event_time,role,content,user_id\n"
    whole = head + b'2026-03-02T08:00:00Z,user,"one\n\n\ntwo",u1\n\n2026-03-02T08:01:00Z,assistant,ok,u1\n\n'
    result = llmops("ingest", stdin=whole)
    assert result.status == 0 and [json.loads(line)["content"] for line in result.out.splitlines()] == ["one\n\n\ntwo", "ok"]
    (tmp_path / "a.csv").write_bytes(head + b'2026-03-02T08:00:00Z,user,caf\xe9,u1\n2026-03-02T08:00:00Z,user,good,u1\n2026-03-02T08:00:00Z,user,"open,u1\nmore\n')
    (tmp_path / "b.csv").write_bytes(whole)
    result = llmops("ingest", "a.csv", "b.csv")
    assert result.status == 3 and [json.loads(line)["content"] for line in result.out.splitlines()] == ["good", "one\n\n\ntwo", "ok"]
    assert "a.csv:2: not UTF-8" in result.err and "a.csv:4: not a row of CSV" in result.err


def test_a_table_of_ones_own(llmops):
    result = llmops("ingest", "--map", "event_time=at", "--map", "content=said", "--map", "role==user", stdin=b'at,said\n2026-03-02 08:00,"Hi, you"\n')
    assert json.loads(result.out) == {"event_time": "2026-03-02T08:00:00Z", "role": "user", "content": "Hi, you"}
    assert llmops("ingest", stdin=b"at,said\n1,2\n").status == 3     # columns that nobody knows: not JSON


@pytest.mark.parametrize("text, said", [(EVENT + lines(COMPLETION), "standard input:2: a record of openai in a file of events; a file is of one format"),
                                        (lines(COMPLETION) + EVENT, "standard input:2: a record of events in a file of openai; a file is of one format")])
def test_two_formats_in_one_file(llmops, text, said):
    result = llmops("ingest", stdin=text)
    assert result.status == 3 and said in result.err and result.out.count(b"\n") == 1


STREAM = lines({"type": "thread.started", "thread_id": "t"}, {"type": "turn.started"}, {"type": "item.completed", "item": {"id": "i0", "type": "reasoning", "text": "hm"}},
               {"type": "item.started", "item": {"id": "i1", "type": "command_execution", "command": "ls"}},
               {"type": "item.completed", "item": {"id": "i1", "type": "command_execution", "command": "ls"}},
               {"type": "item.completed", "item": {"id": "i2", "type": "agent_message", "text": "One."}},
               {"type": "turn.completed", "usage": {"input_tokens": 9, "cached_input_tokens": 6, "output_tokens": 5}},
               {"type": "item.completed", "item": {"id": "i3", "item_type": "assistant_message", "text": "Two."}},
               {"type": "turn.failed", "error": {"message": "RateLimitError: 429 for ann@example.org"}})


def test_the_stream_of_codex_exec(llmops):
    result = llmops("ingest", "--set", "event_time=2026-03-02T08:00:00Z", stdin=STREAM)
    first, second = map(json.loads, result.out.splitlines())
    assert (first["content"], first["input_tokens"], first["cached_input_tokens"], first["tool_calls"][0]["name"]) == ("One.", 9, 6, "shell")
    assert (second["content"], second["event_time"], second["error"]) == ("Two.", "2026-03-02T08:00:01Z", "RateLimitError 429")
    assert llmops("ingest", stdin=STREAM).status == 2


def test_a_thread_of_codex_exec_that_is_resumed_counts_what_each_run_adds(llmops, tmp_path):
    def run(text, *used):
        return lines({"type": "thread.started", "thread_id": "t"}, {"type": "item.completed", "item": {"id": "i", "type": "agent_message", "text": text}},
                     {"type": "turn.completed", "usage": dict(zip(("input_tokens", "cached_input_tokens", "output_tokens"), used))})
    (tmp_path / "1.jsonl").write_bytes(run("One.", 16504, 60, 20))
    (tmp_path / "2.jsonl").write_bytes(run("Two.", 85681, 70, 40))
    result = llmops("ingest", "--set", "event_time=2026-03-02T08:00:00Z", "1.jsonl", "2.jsonl", "1.jsonl")
    found = [json.loads(line) for line in result.out.splitlines()]
    assert [(one["message_id"], one["content"], one["input_tokens"], one["cached_input_tokens"], one["output_tokens"]) for one in found] == [
        ("t-1", "One.", 16504, 60, 20), ("t-2", "Two.", 69177, 10, 20)]


@pytest.mark.parametrize("events, errors", [
    ([{"type": "error", "message": "RateLimitError: 429"}, {"type": "turn.failed", "error": {"message": "RateLimitError: 429"}}], ["RateLimitError 429"]),
    ([{"type": "error", "message": "RateLimitError: 429"}, {"type": "turn.failed"}], ["RateLimitError 429"]),
    ([{"type": "error", "message": "Reconnecting... 1/5"}, {"type": "turn.completed", "usage": {"input_tokens": 1}}], [None]),
    ([{"type": "error", "message": "RateLimitError: 429"}], ["RateLimitError 429"]),
])
def test_a_turn_of_codex_exec_that_fails_is_one_error(llmops, events, errors):
    stream = lines({"type": "thread.started", "thread_id": "t"}, {"type": "turn.started"}, *events)
    result = llmops("ingest", "--set", "event_time=2026-03-02T08:00:00Z", stdin=stream)
    assert [json.loads(line).get("error") for line in result.out.splitlines()] == errors


@pytest.mark.parametrize("order", [("q1", "a1", "q2", "a2"), ("q1", "q2", "a1", "a2"), ("a1", "a2", "q1", "q2"), ("q1", "a1", "a1", "q2", "a2")])
def test_batches_that_number_their_requests_alike_keep_their_own_questions(llmops, order):
    records = {}
    for number in (1, 2):
        records[f"q{number}"] = {"custom_id": "request-1", "method": "POST", "url": "/v1/chat/completions", "body": {"messages": [{"role": "user", "content": f"Q{number}"}]}}
        records[f"a{number}"] = {"id": f"b-{number}", "custom_id": "request-1", "response": {"status_code": 200, "request_id": f"r-{number}", "body": {
            "created": 1772438400 + number, "choices": [{"message": {"role": "assistant", "content": f"A{number}"}}]}}}
    result = llmops("ingest", stdin=lines(*(records[name] for name in order)))
    assert [json.loads(line)["content"] for line in result.out.splitlines()] == ["Q1", "A1", "Q2", "A2"]
