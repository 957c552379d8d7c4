"""Lines to records and back."""

import io
import json
import random
from types import SimpleNamespace

import pytest

from llmops_cli.errors import DamagedInput, UserError
from llmops_cli.jsonl import BadLine, Reader, Rejects, dump, parse, readable


@pytest.mark.parametrize("line, reason, column", [
    (b"", "not JSON", 1),
    (b'{"a": }', "not JSON", 7),
    (b'{"a": 1', "not JSON", 8),
    (b"{} {}", "not JSON", 4),
    (b"[]", "not a JSON object", 1),
    (b"null", "not a JSON object", 1),
    (b'{"a": NaN}', "NaN and Infinity are not JSON", 0),
    (b'{"a": -Infinity}', "NaN and Infinity are not JSON", 0),
    (b'{"a": "\xff"}', "not UTF-8", 8),
    (b'{"a": ' + b"[" * 100_000 + b"}", "nested too deeply", 0),
    (b'{"a": ' + b"9" * 5000 + b"}", "a number of too many digits", 0),
])
def test_a_bad_line_says_why_and_where(line, reason, column):
    with pytest.raises(BadLine) as raised:
        parse(line)
    assert (raised.value.reason.partition(":")[0], raised.value.column) == (reason, column)


@pytest.mark.parametrize("record", [
    {}, {"a": 10 ** 39 + 1}, {"ü": "雪 😀", "b": [None, True, -0.0, 1e-7]}, {"z": 1, "a": {"deep": [[[]]]}}, {"lone": "\ud800", "nul": "\0"},
])
def test_a_record_survives_the_way_there_and_back(record):
    line = dump(record)
    assert b"\n" not in line and parse(line) == record and list(parse(line)) == list(record)
    assert dump(parse(line)) == line


def test_random_records_are_written_as_the_standard_library_writes_them():
    pick = random.Random(11)
    def value(depth: int):
        kinds = [None, True, pick.randrange(-10 ** 30, 10 ** 30), pick.uniform(-1e9, 1e9), 10.0 ** pick.randrange(-300, 300),
                 "".join(chr(pick.choice((pick.randrange(32, 127), pick.randrange(0xD7FF), pick.randrange(0x10000, 0x10FFFF)))) for _ in range(pick.randrange(8)))]
        if depth < 4:
            kinds += [[value(depth + 1) for _ in range(pick.randrange(4))], {str(key): value(depth + 1) for key in range(pick.randrange(4))}]
        return pick.choice(kinds)
    for _ in range(500):
        record = {"x": value(0)}
        assert dump(record) == json.dumps(record, ensure_ascii=False).encode()
        assert parse(dump(record)) == record


@pytest.mark.parametrize("record", [{"a": float("inf")}, {"a": [float("nan")]}])
def test_what_is_not_json_is_not_written(record):
    with pytest.raises(BadLine, match="out of range"):
        dump(record)


def test_nothing_hides_from_the_mask_behind_an_escape():
    assert readable(rb'{"a": "ann\u0040example.org\ud800"' + b"\xff\r\n") == '{"a": "ann@example.org?"\ufffd'


class Damaged(io.BytesIO):
    """Gives what it holds, then is damaged."""

    def __next__(self) -> bytes:
        line = self.readline()
        if not line:
            raise DamagedInput("cut")
        return line


def read(*streams: io.BytesIO, **options):
    said: list[str] = []
    reader = Reader([SimpleNamespace(name=f"file{number}", stream=stream) for number, stream in enumerate(streams, 1)], Rejects(said.append, **options))
    return reader, said


def test_the_reader_tells_where_it_stands():
    reader, said = read(io.BytesIO(b'\xef\xbb\xbf{"a": 1}\r\n\n  \n{"a": 2} \n'), io.BytesIO(b'\xef\xbb\xbf\nbroken\n{"a": 3}'), Damaged(b'{"a": 4}\n'))
    found = [(record["a"], reader.name, reader.line, reader.raw) for record in reader]
    assert found == [(1, "file1", 1, b'{"a": 1}'), (2, "file1", 4, b'{"a": 2} '), (3, "file2", 3, b'{"a": 3}'), (4, "file3", 1, b'{"a": 4}')]
    assert said == ["file2:2:1: not JSON: Expecting value", "file3:2: cut"]
    assert (reader.lines_read, reader.rejects.count) == (6, 2)


def test_an_input_that_breaks_while_it_is_read_is_named():
    class Broken(io.BytesIO):
        def __next__(self):
            raise OSError(5, "Input/output error")
    reader, _ = read(Broken())
    with pytest.raises(UserError, match="file1: cannot be read on: Input/output error"):
        list(reader)


def test_rejects_are_named_counted_kept_and_masked():
    kept: list[dict] = []
    reader, said = read(io.BytesIO(b"hunter2\n" * 7 + b"x" * 2000), keep=kept.append, mask=lambda text: text.replace("hunter2", "[PASSWORD]"))
    assert list(reader) == []
    assert len(said) == Rejects.SHOWN and not any("hunter2" in line for line in said)
    assert reader.rejects.summary() == "8 lines rejected (3 more than named above)"
    assert kept[0] == {"file": "file1", "line": 1, "column": 1, "reason": "not JSON: Expecting value", "text": "[PASSWORD]"}
    assert kept[7]["text"] == "x" * 500 + "…"


def test_the_first_bad_line_may_be_final():
    reader, said = read(io.BytesIO(b"{}\nhunter2\n{}\n"), stop=True)
    with pytest.raises(UserError, match="file1:2:1: not JSON") as raised:
        list(reader)
    assert "hunter2" not in str(raised.value) and said == []
