"""The reader of any log: how formats are told, what is copied, what is rejected, documents and constants."""

import io
import json
import tracemalloc

import pytest

from llmops_cli.errors import UserError
from llmops_cli.jsonl import Reader, Rejects
from llmops_cli.logs.ingest import Ingest
from llmops_cli.logs.people import People, Person
from llmops_cli.storage import Source

EVENT = '{"event_time": "2026-03-02T08:00:00Z", "role": "user", "content": "Hi", "big": 123456789012345678901234567890, "r": 1.50}'


def read(*texts, **options):
    """(what was ingested, rejects as (file, line, reason)) of some files."""
    found = []
    rejects = Rejects(lambda line: None, keep=lambda reject: found.append((reject["file"], reject["line"], reject["reason"])))
    files = [Source(f"f{number}", io.BytesIO(text.encode() if isinstance(text, str) else text), None, int) for number, text in enumerate(texts)]
    return list(Ingest(**options).feed(Reader(files, rejects))), found


def events(*texts, **options):
    return [event for one in read(*texts, **options)[0] for event in one.events]


def test_a_canonical_line_is_copied():
    taken, _ = read(EVENT + "\n  " + EVENT + " \r\n")
    assert (taken[0].raw, taken[0].copy) == (EVENT.encode(), EVENT.encode())
    assert all(one.copy for one in taken)


@pytest.mark.parametrize("written, utc", [("2026-03-02T10:30:00+05:30", "2026-03-02T05:00:00Z"), ("2026-03-02 08:00:00", "2026-03-02T08:00:00Z"),
                                          ("2026-03-02T08:00:00.250", "2026-03-02T08:00:00.25Z"), ("2024-02-29T23:59:59-01:00", "2024-03-01T00:59:59Z")])
def test_a_time_is_rewritten_and_the_rest_kept(written, utc):
    (one,), _ = read(EVENT.replace("2026-03-02T08:00:00Z", written))
    assert not one.copy
    assert list(one.events[0]) == ["event_time", "role", "content", "big", "r"]
    assert one.events[0] == json.loads(EVENT) | {"event_time": utc}


def test_bad_lines_are_rejected_with_their_place():
    taken, rejects = read("\n".join(["{broken", EVENT, "", "[1]", '{"event_time": "soon", "role": "user", "content": ""}', '{"event_time": "2026-01-01T00:00:00Z", "role": 1, "content": "x"}',
                                     '{"event_time": "2026-01-01T00:00:00Z", "role": "user", "content": "x", "n": NaN}', EVENT]))
    assert len(taken) == 2
    assert [(line, reason) for _, line, reason in rejects] == [
        (1, "not JSON: Expecting property name enclosed in double quotes"), (4, "not a JSON object"), (5, "event_time is not a time"),
        (6, "role is not a string"), (7, "NaN and Infinity are not JSON")]


def test_the_first_record_that_matches_decides_and_earlier_ones_are_replayed():
    taken, rejects = read('{"a": 1}\n{"b": 2}\n' + EVENT)
    assert len(taken) == 1
    assert rejects == [("f0", 1, "event_time is missing"), ("f0", 2, "event_time is missing")]


def test_each_file_has_its_own_format():
    chat = '{"object": "chat.completion", "id": "r", "created": 1772438400, "model": "m", "choices": [{"message": {"content": "Yes"}}]}'
    assert [event["content"] for event in events(EVENT, chat, EVENT)] == ["Hi", "Yes", "Hi"]


def test_a_format_that_cannot_be_told():
    with pytest.raises(UserError) as error:
        read('{"a": 1}\n{"secret": "hunter2"}')
    assert "f0" in str(error.value) and "tried: events, " in str(error.value) and "--map" in str(error.value) and "hunter2" not in str(error.value)


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff\n"])
def test_empty_input_is_fine(text):
    assert read(text) == ([], [])


def test_only_bad_lines_are_rejects_and_no_error():
    assert len(read("{broken\nnot json")[1]) == 2


@pytest.mark.parametrize("indent", [None, 1])
def test_an_array_is_read_as_its_records(indent):
    document = json.dumps([json.loads(EVENT), {"event_time": "2026-03-02T08:00:01Z", "role": "user", "content": "é"}, 7], indent=indent, ensure_ascii=False)
    taken, rejects = read(document)
    assert [one.events[0]["content"] for one in taken] == ["Hi", "é"]
    assert all(json.loads(one.raw) == one.events[0] and b"\n" not in one.raw for one in taken)
    assert [reason for _, _, reason in rejects] == ["not a JSON object"]


def test_a_cut_document_gives_what_stood_before():
    document = json.dumps([json.loads(EVENT)] * 3, indent=1)
    taken, rejects = read(document[:-40])
    assert len(taken) == 2 and len(rejects) == 1 and "cut short" in rejects[0][2]


def test_a_document_that_is_broken_in_its_middle_says_where():
    event = EVENT.strip()
    taken, rejects = read("[\n" + ",\n".join([event] * 3 + ['{"a": bad}'] + [event] * 20_000) + "\n]\n")
    assert len(taken) == 3 and rejects == [("f0", 5, "the document is broken here; what stood before was used")]


def test_a_record_of_a_document_that_is_none_is_set_aside_alone():
    event = EVENT.strip()
    taken, rejects = read(b"[\n" + ",\n".join([event, '{"a": [NaN, "' + "x" * 3_000_000 + '"]}', event, "7", event, '{"a": "é"}']).encode() +
                          ',\n{"a": "é"}'.encode("cp1252") + b"\n]\n")
    assert len(taken) == 3 and rejects == [("f0", 3, "NaN and Infinity are not JSON"), ("f0", 5, "not a JSON object"), ("f0", 7, "event_time is missing"), ("f0", 8, "not UTF-8")]


def test_a_reject_in_a_document_has_its_line():
    _, rejects = read(json.dumps([json.loads(EVENT), {"event_time": "soon", "role": "user", "content": ""}], indent=1))
    assert rejects == [("f0", 9, "event_time is not a time")]


def test_a_long_document_is_read_a_record_at_a_time():
    document = json.dumps([json.loads(EVENT)] * 5000, indent=1)
    assert len(read(document)[0]) == 5000


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
@pytest.mark.parametrize("cut", [0, 700])
def test_a_document_on_one_line_is_read_in_blocks(end, cut):
    first = json.loads(EVENT)
    document = "\ufeff" + json.dumps([first | {"content": "é" * 1000 + str(number)} for number in range(700)], ensure_ascii=False)
    assert len(document.encode()) > 1 << 20
    taken, rejects = read(document[:len(document) - cut] + end, EVENT)
    assert [one.events[0]["content"][1000:] for one in taken] == [str(number) for number in range(700 - bool(cut))] + [""]
    assert [(file, line) for file, line, _ in rejects] == ([("f0", 1 + bool(end))] if cut else [])


def test_the_memory_that_a_document_takes_is_that_of_its_records(tmp_path):
    path = tmp_path / "export.json"
    with open(path, "w") as file:
        file.write("[" + ",".join([EVENT[:-1] + ', "said": "' + "x" * 2000 + '"}'] * 20_000) + "]")
    tracemalloc.start()
    with open(path, "rb") as stream:
        number = sum(1 for _ in Ingest().feed(Reader([Source("f", stream, None, int)], Rejects(print))))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert number == 20_000 and most < path.stat().st_size / 3


def test_a_long_first_line_is_whole():
    long = EVENT.replace("Hi", "x" * 3_000_000)
    taken, rejects = read(long + "\n" + EVENT + "\n", long)
    assert [len(one.events[0]["content"]) for one in taken] == [3_000_000, 2, 3_000_000] and not rejects
    assert taken[0].raw == long.encode()


def test_constants_and_people():
    people = People([Person("u-1", "Sales", "CC-1", until="2026-03-31"), Person("u-1", "Support", since="2026-04-01")])
    line = '{"event_time": "%s", "role": "user", "content": "x", "user_id": "u-1"}'
    found = events("\n".join([line % "2026-03-02T08:00:00Z", line % "2026-04-02T08:00:00Z", EVENT]), people=people, given={"release": "v7", "latency_ms": "12.5"})
    assert [event.get("team") for event in found] == ["Sales", "Support", None]
    assert found[0]["cost_center"] == "CC-1" and found[2]["release"] == "v7" and found[2]["latency_ms"] == 12.5


def test_mapped_records():
    mapping = {"event_time": "ts", "content": "body.0.text", "role": "=user", "input_tokens": "n", "user_id": "who"}
    found, rejects = read('{"ts": 1772438400123, "body": [{"text": "Hi"}], "n": "12", "who": 7, "junk": 1}\n{"ts": 1772438400, "body": []}', mapping=mapping)
    assert found[0].events == [{"event_time": "2026-03-02T08:00:00.123Z", "role": "user", "content": "Hi", "user_id": "7", "input_tokens": 12}]
    assert rejects == [("f0", 2, "nothing at the place of content")]
    with pytest.raises(UserError, match="no place given for role, content"):
        Ingest(mapping={"event_time": "ts"})


def test_what_is_mapped_to_content_is_text_or_a_reject():
    taken, rejects = read("\n".join(json.dumps({"said": said}) for said in (5, 0.5, "", [{"type": "tool_use", "name": "ls"}], {"text": "a"}, ["b", {"type": "text", "text": "c"}], {"n": 5}, [{"n": 5}], None)),
                          mapping={"event_time": "=2026-03-02", "role": "=user", "content": "said"})
    assert [event["content"] for one in taken for event in one.events] == ["5", "0.5", "", "", "a", "b\nc"]
    assert rejects == [("f0", 7, "content is no text"), ("f0", 8, "content is no text"), ("f0", 9, "nothing at the place of content")]


def test_a_list_of_messages_is_mapped_with_a_star():
    mapping = {"event_time": "at", "conversation_id": "id", "content": "turns.*.text", "role": "turns.*.by"}
    found = events('{"at": "2026-03-02", "id": "c", "turns": [{"by": "human", "text": "a"}, {"by": "bot", "text": "b"}]}', mapping=mapping)
    assert [(event["role"], event["content"], event["conversation_id"]) for event in found] == [("user", "a", "c"), ("assistant", "b", "c")]


def test_records_wrapped_by_cloudwatch():
    inner = json.dumps(json.loads(EVENT))
    for wrapped in ({"events": [{"timestamp": 1, "message": inner}, {"message": inner}]}, {"logEvents": [{"id": "1", "message": inner}]}, {"timestamp": 5, "message": inner}):
        assert {event["content"] for event in events(json.dumps(wrapped))} == {"Hi"}


@pytest.mark.parametrize("wrapper", [{"logEvents": []}, {"events": [{"message": "START RequestId: 1", "ingestionTime": 5, "eventId": "1"}]}])
def test_lines_of_text_among_the_records_of_cloudwatch_are_passed_over_and_bad_ones_cost_no_others(wrapper):
    [key] = wrapper
    said = ["START RequestId: 1", EVENT, '{"event_time": "soon", "role": "user", "content": ""}', EVENT.replace("Hi", "Ho"), "[INFO] done", "END"]
    record = {key: [*wrapper[key], *({"id": str(number), "timestamp": 1, "message": text} for number, text in enumerate(said))]}
    control = {"messageType": "CONTROL_MESSAGE", "logEvents": [{"id": "", "timestamp": 1, "message": "CWL CONTROL MESSAGE: Checking health of destination"}]}
    taken, rejects = read(json.dumps(record) + "\n" + json.dumps(control))
    assert [event["content"] for one in taken for event in one.events] == ["Hi", "Ho"] and rejects == [("f0", 1, "event_time is not a time")]


def test_archives_and_databases_are_refused_where_only_lines_are_read():
    with pytest.raises(UserError, match="a zip archive"):
        read(b"PK\x03\x04abc")
