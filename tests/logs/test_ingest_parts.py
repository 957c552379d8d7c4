"""Records that hold several records: traces, pages, deliveries of CloudWatch. A bad one costs no others and is told once a line."""

import json

import pytest


def lines(*records) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in records)


def span(name, **more):
    attributes = {"gen_ai.operation.name": "chat", "gen_ai.input.messages": json.dumps([{"role": "user", "content": f"ask {name}"}]), "gen_ai.conversation.id": name}
    return {"traceId": name, "spanId": name, "startTimeUnixNano": "1772438400000000000",
            "attributes": [{"key": key, "value": {"stringValue": value}} for key, value in attributes.items()], **more}


def trace(*spans):
    return {"resourceSpans": [{"scopeSpans": [{"spans": [*spans]}]}]}


def observation(name, start="2026-03-02T08:00:00Z"):
    return {"id": name, "traceId": "t", "type": "GENERATION", "startTime": start, "sessionId": name, "input": f"ask {name}"}


EVENT = {"event_time": "2026-03-02T08:00:00Z", "conversation_id": "a", "role": "user", "content": "ask a", "user_id": "u_1"}


def delivery(*events):
    return {"logEvents": [{"id": "1", "timestamp": 1, "message": json.dumps(one)} for one in events]}


@pytest.mark.parametrize("record, says", [
    (trace(span("a"), span("b", startTimeUnixNano=None), span("c")), "no time in it; --set event_time=T gives one"),
    (trace(span("a"), span("b", startTimeUnixNano=None), span("x", startTimeUnixNano=None), span("c")), "no time in it; --set event_time=T gives one (and 1 more of its records)"),
    (trace(span("a"), span("b", startTimeUnixNano={}, status="ok"), span("c")), "no time in it; --set event_time=T gives one"),
    ({"id": "t", "timestamp": "2026-03-02T08:00:00Z", "observations": [observation("a"), observation("b", None), observation("c", "2026-03-02T08:00:01Z")]},
     "no time in it; --set event_time=T gives one"),
    (delivery(EVENT, {**EVENT, "event_time": "soon"}, {**EVENT, "role": 7}, {**EVENT, "content": "ask c"}), "event_time is not a time (and 1 more of its records)")])
def test_a_bad_one_among_several_costs_no_others(llmops, record, says):
    done = llmops("ingest", stdin=lines(record))
    assert [event["content"] for event in map(json.loads, done.out.splitlines()) if event["role"] == "user"] == ["ask a", "ask c"]
    assert done.status == 3 and done.err == f"llmops: standard input:1: {says}\nllmops: 1 line rejected\n"


AZURE = {"category": "RequestResponse", "time": "2026-03-02T08:00:00Z", "correlationId": "a", "operationName": "ChatCompletions_Create", "durationMs": 5, "properties": {"modelName": "gpt-4o"}}


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("page, ids", [
    ({"records": [AZURE, {**AZURE, "correlationId": "b"}]}, ["a", "b"]),                        # an event hub
    ({"data": [observation("a"), observation("b")], "meta": {"page": 1}}, ["a", "b"]),          # an API
    ({**EVENT, "data": [observation("b")]}, ["a"])])                                            # a record that has a list
def test_a_page_is_its_records(llmops, page, ids, indent):
    done = llmops("ingest", "-q", stdin=json.dumps(page, indent=indent).encode())
    assert done.status == 0 and [json.loads(line)["conversation_id"] for line in done.out.splitlines()] == ids
    done = llmops("ingest", "--map", "event_time=at", "--map", "content=data.*.said", "--map", "role==user", stdin=lines({"at": "2026-03-02", "data": [{"said": "x"}, {"said": "y"}]}))
    assert done.status == 0 and done.out.count(b"\n") == 2


def test_what_a_trace_names_and_does_not_hold_and_logs_of_other_operations_are_counted(llmops):
    done = llmops("ingest", stdin=lines({"data": [{"id": "t", "timestamp": "2026-03-02T08:00:00Z", "observations": ["a", "b"]}]}))
    assert (done.status, done.out, done.err) == (0, b"", "llmops: 0 events; skipped: 2 observations that are not in their trace\n")
    log = {"observedTimeUnixNano": "1772438400000000000", "eventName": "gen_ai.choice", "attributes": [{"key": "gen_ai.usage.output_tokens", "value": {"intValue": "2"}}]}
    done = llmops("ingest", stdin=lines({"resourceLogs": [{"scopeLogs": [{"logRecords": [log]}]}]}))
    assert (done.status, done.out, done.err) == (0, b"", "llmops: 0 events; skipped: 1 spans and logs of other operations\n")


CALL = {"schemaType": "ModelInvocationLog", "timestamp": "2026-03-02T08:00:00Z", "modelId": "m", "input": {"inputBodyJson": {"prompt": "a }{ b"}}, "output": {}}


@pytest.mark.parametrize("records", [
    [{**EVENT, "content": f"a }}{{ {number}"} for number in range(7)],
    [{**CALL, "requestId": str(number), "requestMetadata": {"session": str(number)}} for number in range(7)],
    [{"messageType": "CONTROL_MESSAGE", "logEvents": [{"id": "", "timestamp": 1, "message": "CWL CONTROL MESSAGE: Checking health"}]},
     *(delivery({**EVENT, "content": f"a }}{{ {number}"}) for number in range(7))]])
def test_records_of_a_delivery_stream_are_told_apart(llmops, tmp_path, records):
    written = [json.dumps(one).encode() for one in records]
    apart, glued = b"\n".join(written), b"".join(written)
    expected = llmops("ingest", "-q", stdin=apart)
    assert expected.status == 0 and expected.out.count(b"\n") == 7
    for text in (glued, glued + b"\n", written[0] + written[1] + b"\n" + b"".join(written[2:5]) + b"\n" + b"".join(written[5:]), written[0] + b"\n" + b"".join(written[1:])):
        assert llmops("ingest", "-q", stdin=text) == expected
    done = llmops("ingest", stdin=glued + b"\n" + written[1] + b'{"a')
    assert done.out == expected.out and done.status == 3 and "standard input:2:" in done.err
    (tmp_path / "log").write_bytes(glued)
    llmops("run", "log", "-o", "lake")
    assert sorted(line for path in (tmp_path / "lake/landing").rglob("*.jsonl") for line in path.read_bytes().splitlines()) == sorted(written)


def test_a_line_that_was_taken_in_part_lands_once_where_its_events_are(llmops, tmp_path):
    (tmp_path / "log.jsonl").write_bytes(lines(delivery(EVENT, {**EVENT, "event_time": "soon"}, {**EVENT, "event_time": "later"}), trace(span("a"), span("b", startTimeUnixNano=None))))
    llmops("run", "log.jsonl", "-o", "lake")
    landed = {path.parent.name: path.read_bytes() for path in (tmp_path / "lake/landing").rglob("*.jsonl")}
    assert landed == {"date=2026-03-02": lines(delivery(EVENT, {**EVENT, "event_time": "soon"}, {**EVENT, "event_time": "later"}))} | \
        {"date=unknown": lines(trace(span("a"), span("b", startTimeUnixNano=None)))}        # of another format than the first: nothing of it was taken
    report = json.loads((tmp_path / "lake/reports/date=2026-03-02/run_latest.json").read_bytes())
    assert (report["events_read"], report["events_invalid"]) == (1, 1)
    rejects = [json.loads(line) for path in (tmp_path / "lake/reports").rglob("rejects.jsonl") for line in path.read_bytes().splitlines()]
    assert sorted((reject["line"], reject["reason"]) for reject in rejects) == [
        (1, "event_time is not a time (and 1 more of its records)"), (2, "a record of otel in a file of events; a file is of one format")]
