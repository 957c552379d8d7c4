"""`llmops feedback` from outside: what is kept, what is said of it, and that a person's own stays that person's own."""

import json
import os
import pty
import random
import re
import signal
import subprocess
import time
from subprocess import PIPE

import pytest

from .conftest import PROGRAM, ROOT, environment

STORE = ".llmops/feedback.jsonl"


def lines(data: bytes) -> list[dict]:
    return [json.loads(line) for line in data.splitlines()]


def stored(tmp_path) -> list[dict]:
    return lines((tmp_path / STORE).read_bytes())


def put(tmp_path, *records: dict) -> None:
    (tmp_path / ".llmops").mkdir(exist_ok=True)
    (tmp_path / STORE).write_text("".join(json.dumps(record) + "\n" for record in records))


def test_what_is_added_is_kept_sanitized_and_printed(llmops, tmp_path):
    done = llmops("feedback", "add", "--type", "bug", "--rating", "2", "--text", "wrong, write to bob@example.org", "--user", "ann@example.org",
                  "--message-id", "m1", "--conversation-id", "c1", "--release", "v2")
    assert done.status == 0
    record, = stored(tmp_path)
    assert lines(done.out) == [record]
    assert record["text"] == "wrong, write to [EMAIL]" and record["rating"] == 2 and record["type"] == "bug"
    assert record["user_id"].startswith("user-") and "example.org" not in json.dumps(record)
    assert list(record) == ["feedback_id", "event_time", "type", "rating", "text", "user_id", "message_id", "conversation_id", "release"]
    assert (tmp_path / STORE).stat().st_mode & 0o777 == 0o600


def test_text_may_come_from_standard_input(llmops, tmp_path):
    llmops("feedback", "add", "--text", "-", stdin="schön\n".encode())
    assert stored(tmp_path)[0]["text"] == "schön"


@pytest.mark.parametrize("words, says", [
    (("add",), "neither a rating nor a text"),
    (("add", "--rating", "6"), "--rating"),
    (("add", "--type", "rant", "--rating", "up"), "--type"),
    (("add", "--rating", "up", "--store", "s3://b/k"), "local disk"),
    (("add", "--rating", "up", "--store", "."), "directory"),
    (("list",), "cannot be read"),
    (("summary", "--by", "teem", "--store", "x"), "did you mean 'team'"),
    (("export", "--format", "pairs"), "needs --logs"),
    (("correct", "fb-1", "--rating", "up"), "no verdict"),
    (("show",), "--user"),
    (("frobnicate",), "frobnicate"),
    ((), "VERB"),
])
def test_what_cannot_be_done_is_one_line_and_exit_2(llmops, words, says):
    done = llmops("feedback", *words)
    assert done.status == 2 and says in done.err and "Traceback" not in done.err
    assert done.err.startswith("llmops: ")


def test_questions_are_asked_on_a_terminal(tmp_path):
    master, slave = pty.openpty()
    process = subprocess.Popen([*PROGRAM, "feedback", "add"], stdin=slave, stderr=slave, stdout=PIPE, env=environment(tmp_path), cwd=tmp_path)
    os.close(slave)
    for question, answer in ((b"Rating", b"sideways\n"), (b"one of", b"down\n"), (b"Type", b"\n"), (b"words", b"too slow\n")):
        seen = b""
        while question not in seen:
            seen += os.read(master, 1024)
        os.write(master, answer)
    out = process.communicate(timeout=20)[0]
    os.close(master)
    assert json.loads(out)["rating"] == "down" and json.loads(out)["text"] == "too slow"


def test_summary_has_shares_with_their_range(llmops, tmp_path):
    put(tmp_path, *({"feedback_id": f"f{n}", "event_time": f"2026-03-{n % 20 + 1:02}T10:00:00Z", "type": "bug" if n % 5 == 0 else "praise",
                     "rating": "down" if n % 5 == 0 else 5, "text": "far too slow today" if n % 5 == 0 else "great help", "team": "Sales"} for n in range(40)))
    document = json.loads(llmops("feedback", "summary", "--json", "--by", "type").out)
    assert (document["total"], document["up"], document["down"], document["share_up"]) == (40, 32, 8, 0.8)
    assert document["share_up_low"] == pytest.approx(0.6524, abs=1e-4) and document["share_up_high"] == pytest.approx(0.8950, abs=1e-4)
    assert [(row["type"], row["total"]) for row in document["by"]] == [("praise", 32), ("bug", 8)]
    assert [week["week"] for week in document["trend"]] == ["2026-W09", "2026-W10", "2026-W11", "2026-W12"]
    assert any(theme["of"] == "down" and "slow" in theme["words"] for theme in document["themes"])
    text = llmops("feedback", "summary").out.decode()
    assert "80 % (65–90) up" in text and "slow" in text


def test_a_share_of_nothing_is_not_a_number(llmops, tmp_path):
    put(tmp_path, {"feedback_id": "f", "event_time": "2026-03-01T10:00:00Z", "type": "idea", "text": "dark mode"})
    document = json.loads(llmops("feedback", "summary", "--json").out)
    assert document["share_up"] is None and document["total"] == 1


def test_groups_come_from_the_logs_by_id(llmops, tmp_path):
    put(tmp_path, {"feedback_id": "f1", "event_time": "2026-03-01T10:00:00Z", "type": "other", "rating": "up", "message_id": "m2"},
        {"feedback_id": "f2", "event_time": "2026-03-01T10:00:00Z", "type": "other", "rating": "down", "conversation_id": "c1"},
        {"feedback_id": "f3", "event_time": "2026-03-01T10:00:00Z", "type": "other", "rating": "down", "conversation_id": "c9"})
    conversation = {"conversation_id": "c1", "team": "Sales", "task_category": "Technical Help",
                    "messages": [{"message_id": "m1", "role": "user", "content": "How?"}, {"message_id": "m2", "role": "assistant", "content": "So.", "model": "x-1"}]}
    (tmp_path / "c.jsonl").write_text(json.dumps(conversation) + "\n")
    document = json.loads(llmops("feedback", "summary", "--by", "team,model", "--logs", "c.jsonl", "--json").out)
    assert [(row["team"], row["model"], row["total"]) for row in document["by"]] == [("Sales", "x-1", 2), ("unknown", "unknown", 1)]
    pairs = lines(llmops("feedback", "export", "--format", "pairs", "--logs", "c.jsonl").out)
    assert [(pair["prompt"], pair["completion"], pair["label"]) for pair in pairs] == [
        ([{"role": "user", "content": "How?"}], "So.", True), ([{"role": "user", "content": "How?"}], "So.", False)]


def test_export_as_a_table_holds_no_formula(llmops, tmp_path):
    put(tmp_path, {"feedback_id": "f1", "event_time": "2026-03-01T10:00:00Z", "type": "other", "text": "=1+1", "rating": "up"})
    out = llmops("feedback", "export", "--format", "csv").out.decode()
    assert out.splitlines()[0].startswith("feedback_id,event_time,type,rating,text") and "'=1+1" in out


# Imports --------------------------------------------------------------------------------------------------------------

EXPORTS = {
    "langfuse.jsonl": ({"id": "s1", "name": "user-feedback", "value": 1, "dataType": "BOOLEAN", "comment": "fine", "traceId": "t1", "observationId": "o1", "timestamp": "2026-03-01T10:00:00Z"},
                       {"rating": "up", "text": "fine", "message_id": "o1", "conversation_id": "t1", "event_time": "2026-03-01T10:00:00Z", "source": "langfuse"}),
    "helicone.jsonl": ({"request_id": "q1", "request_created_at": "2026-03-01T10:00:00.5Z", "response_status": 200, "feedback_rating": False, "request_user_id": "u1"},
                       {"rating": "down", "message_id": "q1", "user_id": "u1", "event_time": "2026-03-01T10:00:00.5Z", "source": "helicone"}),
    "webui.json": ([{"id": "1", "user_id": "u2", "type": "rating", "data": {"rating": -1, "reason": "not_factual", "comment": "wrong"}, "created_at": 1772359200,
                     "meta": {"chat_id": "c", "message_id": "m", "model_id": "x"}, "snapshot": {"chat": "…"}}],
                   {"rating": "down", "text": "not_factual: wrong", "message_id": "m", "conversation_id": "c", "model": "x", "event_time": "2026-03-01T10:00:00Z", "source": "open-webui"}),
    "librechat.json": ([{"messageId": "m", "conversationId": "c", "feedback": {"rating": "thumbsUp", "tag": {"key": "clear"}}, "createdAt": "2026-03-01T10:00:00Z"}],
                       {"rating": "up", "text": "clear", "message_id": "m", "source": "librechat"}),
    "message_feedback.json": ([{"message_id": "m", "conversation_id": "c", "rating": "thumbs_down", "content": "{\"text\": \"no\"}", "create_time": "2026-03-01T10:00:00Z"}],
                              {"rating": "down", "text": "no", "source": "chatgpt"}),
    "langsmith.jsonl": ({"id": "1", "run_id": "r", "key": "thumbs", "score": 0, "comment": None, "created_at": "2026-03-01T10:00:00Z"}, {"rating": "down", "message_id": "r"}),
    "events.jsonl": ({"event_time": "2026-03-01T10:00:00Z", "role": "assistant", "content": "Hi", "message_id": "m7", "feedback": "up"}, {"rating": "up", "message_id": "m7"}),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_exports_of_other_tools_are_understood(llmops, tmp_path, name):
    row, expected = EXPORTS[name]
    (tmp_path / name).write_text(json.dumps(row))
    done = llmops("feedback", "import", name)
    assert (done.status, done.err) == (0, "llmops: 1 verdict imported\n")
    record, = stored(tmp_path)
    assert {key: record[key] for key in expected} == expected
    assert "snapshot" not in record and "content" not in record


def test_a_table_is_imported_and_its_bad_rows_are_named(llmops, tmp_path):
    (tmp_path / "t.csv").write_bytes("\ufeffDate;Rating;Comment;User\r\n2026-03-01 10:00;5;\"gut; sehr\";u1\r\n2026-03-01;9;;\r\n2026-03-02;up\r\n".encode())
    done = llmops("feedback", "import", "t.csv")
    assert done.status == 3 and "t.csv:3: rating is neither" in done.err and "t.csv:4: 2 cells" in done.err
    assert [(record["rating"], record["text"]) for record in stored(tmp_path)] == [(5, "gut; sehr")]


TABLES = {
    "capitals": ("messageId,createdAt,userId,Comment,rating\nm1,2026-03-01T10:00:00Z,u1,fine,up\n",
                 [{"message_id": "m1", "event_time": "2026-03-01T10:00:00Z", "user_id": "u1", "text": "fine", "rating": "up"}]),
    "langfuse": ("timestamp,name,value,stringValue,dataType,comment,traceId,observationId\n2026-03-01T10:00:00Z,ok,1,True,BOOLEAN,fine,t1,o1\n"
                 "2026-03-01T10:00:00Z,ok,0,False,BOOLEAN,,t2,o2\n2026-03-01T10:00:00Z,ok,-1,,NUMERIC,,t3,\n",
                 [{"rating": "up", "message_id": "o1", "conversation_id": "t1", "source": "langfuse"}, {"rating": "down", "message_id": "o2"}, {"rating": "down", "conversation_id": "t3"}]),
    "langsmith": ("run_id,key,score,comment\nr1,liked,1,\nr2,liked,1.0,\nr3,liked,0,no\n", [{"rating": "up", "message_id": "r1"}, {"rating": "up"}, {"rating": "down"}]),
    "votes": ("vote,text\n1,good\n-1,bad\n0,bad too\nup,good again\n", [{"rating": "up"}, {"rating": "down"}, {"rating": "down"}, {"rating": "up"}]),
    "long": (f"rating,text\nup,{'so ' * 100_000}\n", [{"rating": "up"}]),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_says_what_the_rows_of_its_tool_say(llmops, tmp_path, name):
    table, expected = TABLES[name]
    (tmp_path / "t.csv").write_text(table)
    done = llmops("feedback", "import", "t.csv")
    assert done.status == 0, done.err
    assert [{key: record.get(key) for key in wanted} for record, wanted in zip(stored(tmp_path), expected, strict=True)] == expected


def test_bad_rows_of_a_table_cost_no_others_and_are_named_by_the_line_they_begin_on(llmops, tmp_path):
    (tmp_path / "t.csv").write_bytes(b'\xef\xbb\xbf\n\nrating,text\nup,"two\nlines"\n9,x\nup,caf\xe9\ndown,"open\n' + b"up,fine\n" * 20 + b'up,"a "b" c"\nup,last\n')
    done = llmops("feedback", "import", "--rejects", "rejects.jsonl", "t.csv")
    assert done.status == 3 and len(stored(tmp_path)) == 22
    rejects = lines((tmp_path / "rejects.jsonl").read_bytes())
    assert [(one["line"], one["column"], one["reason"].partition(":")[0]) for one in rejects] == [(6, 0, "rating is neither up, down nor 1 to 5"), (7, 7, "not UTF-8"), (8, 0, "not CSV"), (29, 0, "not CSV")]
    assert [one["text"] for one in rejects] == ["9,x", "up,caf\ufffd", 'down,"open', 'up,"a "b" c"']


@pytest.mark.parametrize("time", ["²" * 9, "9" * 400, "-1e999"])
def test_a_time_that_is_none_is_a_reject(llmops, tmp_path, time):
    (tmp_path / "t.csv").write_text(f"rating,event_time\nup,{time}\ndown,2026-03-01T10:00:00Z\n")
    done = llmops("feedback", "import", "t.csv")
    assert (done.status, done.err) == (3, "llmops: t.csv:2: event_time is not a time\nllmops: 1 line rejected\nllmops: 1 verdict imported\n")
    beyond = f'{{"rating": "up", "event_time": {time}}}' if time.isascii() else "{}"
    done = llmops("feedback", "import", stdin=beyond.encode() + b"\n")
    assert (done.status, "Traceback" in done.err) == (3, False)


def test_a_vote_is_a_thumb(llmops, tmp_path):
    llmops("feedback", "import", stdin=b'{"vote": 1}\n{"thumbs": 1, "text": "a"}\n{"vote": -1}\n{"rating": 1}\n')
    assert [record["rating"] for record in stored(tmp_path)] == ["up", "up", "down", 1]


def test_importing_twice_adds_nothing_and_two_of_one_opinion_both_count(llmops, tmp_path):
    (tmp_path / "v.jsonl").write_text('{"rating": "up"}\n{"rating": "up"}\n{"rating": "down", "text": "no"}\n{"note": 1}\nnot json\n')
    first = llmops("feedback", "import", "v.jsonl")
    assert first.status == 3 and len(stored(tmp_path)) == 3
    again = llmops("feedback", "import", "v.jsonl")
    assert "0 verdicts imported, 3 known already" in again.err and len(stored(tmp_path)) == 3


def test_a_store_that_cannot_be_written_ends_an_import_and_is_no_fault_of_its_rows(tmp_path):
    (tmp_path / "v.jsonl").write_text("".join(f'{{"rating": "up", "message_id": "m{number}"}}\n' for number in range(5000)))
    code = ("import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))\n"
            "from llmops_cli.cli import entry; sys.argv = ['llmops', 'feedback', 'import', 'v.jsonl']; entry()")
    done = subprocess.run([PROGRAM[0], "-c", code], cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr == "llmops: .llmops/feedback.jsonl: cannot be written: File too large\n"
    assert (tmp_path / STORE).read_bytes() == b""


def test_two_imports_of_one_file_at_once_add_it_once(start, tmp_path):
    (tmp_path / "v.jsonl").write_text("".join(f'{{"rating": "up", "text": "so far so good", "message_id": "m{number}"}}\n' for number in range(5000)))
    running = [start("feedback", "import", "v.jsonl", stderr=PIPE) for _ in range(3)]
    said = "".join(process.communicate(timeout=60)[1].decode() for process in running)
    assert len(stored(tmp_path)) == len({record["feedback_id"] for record in stored(tmp_path)}) == 5000
    assert sum(int(number.replace(",", "")) for number in re.findall(r"([\d,]+) verdicts? imported", said)) == 5000


def test_an_id_that_a_row_brings_is_kept_unless_it_is_personal_or_empty(llmops, tmp_path):
    (tmp_path / "v.jsonl").write_text("".join(f'{{"feedback_id": "{identity}", "rating": "up"}}\n' for identity in ("f1", "ann@example.org", "bob@example.org", "", "", "fb-0123456789012345", "f1")))
    for added in (6, 0):
        done = llmops("feedback", "import", "v.jsonl")
        assert f"{added} verdicts imported, {7 - added} known already" in done.err
    held = [record["feedback_id"] for record in stored(tmp_path)]
    assert "example.org" not in str(held) and len(set(held)) == 6 and {"f1", "fb-0123456789012345"} < set(held)


def test_a_correction_leaves_what_others_wrote_beside_a_verdict(llmops, tmp_path):
    put(tmp_path, {"feedback_id": "f1", "event_time": "2026-03-01T10:00:00Z", "type": "other", "rating": "up", "text": "a", "ticket": "T-1", "scores": {"tone": 0.50}})
    for text in ("b", "c"):
        record, = lines(llmops("feedback", "correct", "f1", "--text", text).out)
        assert (record["text"], record["ticket"], record["scores"], stored(tmp_path)) == (text, "T-1", {"tone": 0.5}, [record]) and list(record)[-1] != "text"


# A person's own -------------------------------------------------------------------------------------------------------

def test_a_person_sees_mends_and_erases_what_is_held(llmops, tmp_path):
    llmops("feedback", "add", "--rating", "up", "--user", "ann@example.org", "--text", "nice")
    llmops("feedback", "add", "--rating", "down", "--user", "u_2")
    held, = lines(llmops("feedback", "show", "--user", "ann@example.org").out)
    mended, = lines(llmops("feedback", "correct", held["feedback_id"], "--rating", "down", "--text", "not nice").out)
    assert mended["rating"] == "down" and mended["user_id"] == held["user_id"] and "corrected_at" in mended
    assert "\"nice\"" not in (tmp_path / STORE).read_text()
    done = llmops("feedback", "erase", "--user", held["user_id"])       # the pseudonym is as good as the id
    assert done.status == 0 and lines(done.out)[0]["erased"] == 1
    left = stored(tmp_path)
    assert [record.get("user_id") for record in left] == ["u_2", None] and left[-1]["type"] == "erasure"
    assert held["user_id"] not in (tmp_path / STORE).read_text() and "nice" not in (tmp_path / STORE).read_text()
    assert lines(llmops("feedback", "show", "--user", "ann@example.org").out) == []
    assert json.loads(llmops("feedback", "summary", "--json").out)["total"] == 1


def test_an_erasure_reaches_the_file_that_a_link_leads_to(llmops, tmp_path):
    for folder in ("kept", ".llmops"):
        (tmp_path / folder).mkdir()
    (tmp_path / STORE).symlink_to("../kept/real.jsonl")
    for user in ("u_1", "u_2"):
        assert llmops("feedback", "add", "--rating", "up", "--user", user).status == 0
    assert lines(llmops("feedback", "erase", "--user", "u_1").out)[0]["erased"] == 1
    assert (tmp_path / STORE).is_symlink() and os.listdir(tmp_path / "kept") == ["real.jsonl"]
    assert b"u_1" not in (tmp_path / "kept" / "real.jsonl").read_bytes() and b"u_2" in (tmp_path / "kept" / "real.jsonl").read_bytes()


def test_what_a_killed_erasure_left_is_gone_with_the_next(llmops, tmp_path):
    put(tmp_path, *({"feedback_id": f"f{n}", "event_time": "2026-03-01T10:00:00Z", "type": "other", "rating": "up", "user_id": f"u_{n}"} for n in range(3)))
    code = ("import os, sys; sys.path.insert(0, {!r})\nfrom llmops_cli.feedback import store\nstore.os.replace = lambda *paths: os.kill(os.getpid(), 9)\n"
            "store.Store({!r}).rewrite(lambda record: None if record['user_id'] == 'u_0' else record)").format(str(ROOT), STORE)
    assert subprocess.run([PROGRAM[0], "-c", code], cwd=tmp_path).returncode == -signal.SIGKILL
    assert len(os.listdir(tmp_path / ".llmops")) == 2
    assert lines(llmops("feedback", "erase", "--user", "u_1").out)[0]["erased"] == 1
    assert [name for name in os.listdir(tmp_path / ".llmops") if b"u_1" in (tmp_path / ".llmops" / name).read_bytes()] == []
    assert os.listdir(tmp_path / ".llmops") == ["feedback.jsonl"]


# Many at once, and power cuts -----------------------------------------------------------------------------------------

@pytest.mark.parametrize("torn, kept", [(b'{"feedback_id": "x", "rat', 1), (b'{"feedback_id": "x", "rating": "up"}', 2), (b"\0\0\0\0", 1)])
def test_a_torn_last_line_is_mended_and_said(llmops, tmp_path, torn, kept):
    put(tmp_path, {"feedback_id": "a", "rating": "up"})
    with open(tmp_path / STORE, "ab") as file:
        file.write(torn)
    done = llmops("feedback", "add", "--rating", "down")
    assert "last line" in done.err and done.status == 0
    assert len(stored(tmp_path)) == kept + 1


def test_sixteen_writers_of_whom_three_are_killed_lose_nothing_that_was_said_to_be_kept(tmp_path):
    code = ("import sys; sys.path.insert(0, {root!r})\n"
            "from llmops_cli.feedback.store import Store\n"
            "store = Store('f.jsonl')\n"
            "for n in range(60):\n"
            "    identity = f'{{sys.argv[1]}}-{{n}}'\n"
            "    store.append([{{'feedback_id': identity, 'text': 'x' * (n * 37 % 5000)}}])\n"
            "    print(identity, flush=True)\n").format(root=str(__import__("llmops_cli").__path__[0] + "/.."))
    writers = [subprocess.Popen([PROGRAM[0], "-c", code, str(n)], stdout=open(tmp_path / f"said-{n}", "wb"), cwd=tmp_path) for n in range(16)]
    chance = random.Random(4)
    while not (tmp_path / "f.jsonl").exists():
        time.sleep(0.01)
    for writer in chance.sample(writers, 3):
        time.sleep(0.05 * chance.random())
        writer.send_signal(signal.SIGKILL)
    for writer in writers:
        writer.wait(60)
    said = [line for n in range(16) for line in (tmp_path / f"said-{n}").read_text().splitlines()]
    held = [record["feedback_id"] for record in lines((tmp_path / "f.jsonl").read_bytes())]
    assert len(held) == len(set(held)) and set(said) <= set(held)
    assert len(held) - len(said) <= 3       # one that a killed writer had written and could not say


def test_writers_and_erasures_at_once_lose_nothing(tmp_path):
    from llmops_cli.feedback.store import Store
    code = "import sys; sys.path.insert(0, {!r}); from llmops_cli.feedback.store import Store\nfor n in range(150): Store('f.jsonl').append([{{'feedback_id': f'{{sys.argv[1]}}-{{n}}', 'user_id': sys.argv[1]}}])\n"
    code = code.format(str(__import__("llmops_cli").__path__[0] + "/.."))
    writers = [subprocess.Popen([PROGRAM[0], "-c", code, str(n)], cwd=tmp_path) for n in range(3)]
    store = Store(str(tmp_path / "f.jsonl"))
    while any(writer.poll() is None for writer in writers):
        store.rewrite(lambda record: None if record.get("user_id") == "0" else record)
    store.rewrite(lambda record: None if record.get("user_id") == "0" else record)
    assert sorted(record["feedback_id"] for record in store.read()) == sorted(f"{who}-{n}" for who in "12" for n in range(150))


def test_a_full_disk_leaves_the_store_as_it_was(tmp_path, monkeypatch):
    from llmops_cli.errors import UserError
    from llmops_cli.feedback import store as module
    store = module.Store(str(tmp_path / "f.jsonl"))
    store.append([{"feedback_id": "a"}])
    before = (tmp_path / "f.jsonl").read_bytes()
    real = os.write

    def full(file: int, data: bytes) -> int:
        if len(data) > 10:
            return real(file, bytes(data[:7]))
        raise OSError(28, "No space left on device")
    monkeypatch.setattr(module.os, "write", full)
    with pytest.raises(UserError, match="No space left"):
        store.append([{"feedback_id": "bb"}])
    monkeypatch.undo()
    assert (tmp_path / "f.jsonl").read_bytes() == before


@pytest.mark.parametrize("content", [b'{"conversation_id": "c", "user_id": "u_1", "rating": "up"}\n', b"time,rating\n1,up\n", bytes(range(256)), b"\x1f\x8b\x08\0", b"[1]\n", b"\n\n"])
@pytest.mark.parametrize("verb", [("list",), ("list", "--json"), ("summary",), ("export",), ("show", "--user", "u_1"), ("add", "--rating", "up"), ("erase", "--user", "u_1"),
                                  ("correct", "fb-1", "--rating", "up"), ("import", "more.jsonl")])
def test_a_file_of_something_else_is_no_store(llmops, tmp_path, content, verb):
    (tmp_path / "more.jsonl").write_bytes(b'{"rating": "up", "message_id": "m"}\n')
    (tmp_path / "other").write_bytes(content)
    done = llmops("feedback", *verb, "--store", "other")
    assert done.status == 2 and done.out == b"" and (tmp_path / "other").read_bytes() == content
    assert done.err == "llmops: other: is not a store of feedback\n  hint: --store FILE names one; llmops feedback import FILE takes the verdicts of other files\n"


@pytest.mark.parametrize("content", [b"", b'{"feedback_id": "fb', b'{"event_time": "2026-01-01T00:00:00Z", "type": "erasure", "erased": 3}\n', b'torn\n{"feedback_id": "fb-1", "rating": "up"}\n'])
def test_an_empty_or_a_damaged_store_is_one(llmops, tmp_path, content):
    (tmp_path / "store").write_bytes(content)
    assert llmops("feedback", "add", "--rating", "up", "--store", "store").status == 0
    assert llmops("feedback", "list", "--json", "--store", "store").out.count(b"feedback_id") >= 1


def test_ids_that_others_wrote_as_numbers_are_found(llmops, tmp_path):
    put(tmp_path, {"feedback_id": "f1", "event_time": "2026-03-01T10:00:00Z", "type": "other", "rating": "up", "user_id": 7, "message_id": 5},
        {"feedback_id": "f2", "event_time": "2026-03-01T10:00:00Z", "type": "other", "rating": "up", "user_id": ["x"], "conversation_id": ["y"]},
        {"feedback_id": "f3", "event_time": "2026-03-01T10:00:00Z", "type": "other", "rating": "up"})
    (tmp_path / "e.jsonl").write_text('{"message_id": 5, "team": "Sales"}\n')
    groups = json.loads(llmops("feedback", "summary", "--by", "team", "--logs", "e.jsonl", "--json").out)["by"]
    assert [(group["team"], group["total"]) for group in groups] == [("unknown", 2), ("Sales", 1)]
    assert [record["feedback_id"] for record in lines(llmops("feedback", "show", "--user", "7").out)] == ["f1"]
    assert [lines(llmops("feedback", "erase", "--user", user).out)[0]["erased"] for user in ("7", "None", "")] == [1, 0, 0]


def test_words_from_standard_input_without_mark_and_without_input(llmops, tmp_path):
    llmops("feedback", "add", "--text", "-", stdin="\ufeffschön\r\n".encode())
    assert stored(tmp_path)[0]["text"] == "schön"
    done = subprocess.run(["sh", "-c", '"$@" <&-', "sh", *PROGRAM, "feedback", "add", "--text", "-"], cwd=tmp_path, env=environment(tmp_path), stderr=PIPE, stdout=PIPE)
    assert done.returncode == 2 and done.stderr.startswith(b"llmops: standard input is closed")


def test_words_do_not_steer_the_terminal(llmops, tmp_path):
    llmops("feedback", "add", "--rating", "up", "--text", "a \x1b[2J b", "--release", "v\n\x1b[2J", "--message-id", "m\n2")
    shown = llmops("feedback", "list").out + llmops("feedback", "summary", "--by", "release").out
    assert b"\x1b" not in shown and shown.count(b"\n") == 2 + 5


@pytest.mark.parametrize("place", [STORE, "v.jsonl"])
def test_rejects_are_not_written_over_the_store_or_the_input(llmops, tmp_path, place):
    put(tmp_path, {"feedback_id": "f1", "event_time": "2026-03-01T10:00:00Z", "type": "other", "rating": "up"})
    (tmp_path / "v.jsonl").write_text('{"rating": "up"}\n')
    before = (tmp_path / place).read_bytes()
    assert llmops("feedback", "import", "--rejects", place, "v.jsonl").status == 2
    assert (tmp_path / place).read_bytes() == before
