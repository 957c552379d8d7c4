"""Inputs that are more than a file of lines: folders of sessions, zip archives (also cut ones), SQLite databases."""

import gzip
import json
import sqlite3
import zipfile

import pytest

from llmops_cli.errors import UserError
from llmops_cli.jsonl import Reader, Rejects
from llmops_cli.logs import formats
from llmops_cli.logs.ingest import Ingest
from llmops_cli.logs.sources import open_sources


def read(path):
    """(events, reasons of rejects) of an address."""
    reasons = []
    rejects = Rejects(lambda line: None, keep=lambda reject: reasons.append(reject["reason"]))
    return [event for one in Ingest().feed(Reader(open_sources(str(path)), rejects)) for event in one.events], reasons


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_folder_of_sessions(tmp_path):
    write(tmp_path / "a" / "s.jsonl", formats.claude_code.FORMAT.sample)
    write(tmp_path / "b" / "rollout-1.jsonl", formats.codex.FORMAT.sample)
    write(tmp_path / "history.jsonl", '{"display": "x"}\n')
    (tmp_path / "notes.jsonl").write_bytes("no session".encode("utf-16"))
    found, reasons = read(tmp_path)
    assert len(found) == 5 and not reasons


def test_a_session_of_a_folder_may_begin_with_many_rows_that_are_no_messages(tmp_path):
    write(tmp_path / "a.jsonl", formats.claude_code.FORMAT.sample)
    late = formats.claude_code.FORMAT.sample.replace("s-1", "s-2").replace("w-", "v-").replace("m-1", "m-2")
    write(tmp_path / "b.jsonl", '{"type": "summary", "summary": "x", "leafUuid": "l"}\n' * 300 + late)
    assert {event["conversation_id"] for event in read(tmp_path)[0]} == {"s-1", "s-2"}


@pytest.mark.parametrize("text", ["", '{"event_time": "2026-03-02T08:00:00Z", "role": "user", "content": "Hi"}'])
def test_any_other_folder_is_refused(tmp_path, text):
    write(tmp_path / "s.jsonl", text)
    with pytest.raises(UserError, match="FOLDER/"):
        read(tmp_path)


def export():
    return json.dumps([json.loads(formats.chatgpt.FORMAT.sample)] * 1 + [json.loads(formats.chatgpt.FORMAT.sample) | {"conversation_id": f"c-{number}"} for number in range(2, 400)])


def test_the_zip_of_an_export(tmp_path):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("user.json", '{"id": 1}')
        archive.writestr("conversations.json", export())
    found, reasons = read(path)
    assert len(found) == 2 * 399 and not reasons
    packed = tmp_path / "export.zip.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert len(read(packed)[0]) == 2 * 399


@pytest.mark.parametrize("kind", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_half_a_zip_gives_what_stood_before_the_cut(tmp_path, kind):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", kind) as archive:
        archive.writestr("a.jsonl", '{"event_time": "2026-03-02T08:00:00Z", "role": "user", "content": "Hi"}\n')
        archive.writestr("conversations.json", export())
    whole = path.read_bytes()
    path.write_bytes(whole[:len(whole) * 6 // 10])
    found, reasons = read(path)
    assert 100 < len(found) < 2 * 399 and found[0]["content"] == "Hi"
    assert reasons == ["the archive is cut short here; what stood before the cut was used"]


def test_a_database_of_an_older_version(tmp_path):
    path = tmp_path / "logs.db"
    with sqlite3.connect(path) as database:
        database.execute("create table responses (id, model, prompt, system, response, conversation_id, duration_ms, datetime_utc)")
        database.execute("insert into responses values ('r', 'm', 'Hi', 'Be kind.', 'Hello.', 'c', 5, '2026-03-02T08:00:00')")
    found, _ = read(path)
    assert [(event["role"], event["content"]) for event in found] == [("system", "Be kind."), ("user", "Hi"), ("assistant", "Hello.")]


def test_a_database_of_a_later_version_and_a_locked_one(tmp_path):
    path = tmp_path / "logs.db"
    with sqlite3.connect(path) as database:
        database.execute("create table exchanges (id)")
    with pytest.raises(UserError, match="form that is not known"):
        read(path)
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("begin exclusive")
    with pytest.raises(UserError, match="locked"):
        read(path)
    database.close()
