"""What is named beside the logs (lists, rules, stores, lakes) and is not what it should be: one line, status 2, nothing left behind."""

import bz2
import gzip
import zipfile

import pytest

EVENT = b'{"event_time": "2026-01-03T10:15:00Z", "conversation_id": "c1", "role": "user", "content": "hello there", "team": "Sales", "user_id": "u_1"}\n'
CUT = gzip.compress(b"user_id,team\n" + b"".join(b"u_%d,Sales\n" % number for number in range(5000)))[:9000]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "log.jsonl").write_bytes(EVENT)
    (tmp_path / "cut.gz").write_bytes(CUT)
    (tmp_path / "binary").write_bytes(b"\xc6\x00\xff\n\x80")
    (tmp_path / "empty").mkdir()
    return tmp_path


@pytest.mark.parametrize("words, says", [
    (("aggregate", "--people", "cut.gz", "log.jsonl"), "cut.gz: the archive is cut short or damaged\n"),
    (("run", "--people", "cut.gz", "log.jsonl", "-o", "lake"), "cut.gz: the archive is cut short or damaged\n"),
    (("run", "missing.jsonl", "-o", "lake"), "missing.jsonl: cannot be read: No such file or directory\n"),
    (("run", "--set", "team", "log.jsonl", "-o", "lake"), "--set: 'team' is not KEY=VALUE\n"),
    (("run", "-o", "lake"), "lake: nothing to take in\n"),
    (("monitor", "--feedback", "cut.gz", "log.jsonl"), "cut.gz:1: not JSON"),
    (("monitor", "--feedback", "binary", "log.jsonl"), "binary:1: not UTF-8\n"),
    (("monitor", "--rules", "binary", "log.jsonl"), "binary: not TOML: not UTF-8\n"),
    (("forget", "empty", "--user", "u_1"), "empty: there is no lake\n"),
    (("forget", "log.jsonl", "--user", "u_1"), "log.jsonl: there is no lake\n"),
    (("prune", "empty", "--keep", "landing=1d", "--apply"), "empty: there is no lake\n"),
    (("feedback", "--raiting", "up"), "feedback: unknown option '--raiting'\n"),
    (("feedback", "add", "--raiting=up"), "feedback add: unknown option '--raiting'\n  hint: did you mean '--rating'?\n"),
    (("forget", "--usr", "u_1"), "forget: unknown option '--usr'\n  hint: did you mean '--user'?\n"),
])
def test_one_line_says_what_is_wrong(llmops, folder, words, says):
    before = sorted(path.name for path in folder.rglob("*"))
    done = llmops(*words)
    assert done.status == 2 and done.out == b"" and done.err.startswith(f"llmops: {says}") and "Traceback" not in done.err
    assert sorted(path.name for path in folder.rglob("*") if ".state" not in str(path)) == before


def test_a_run_of_a_date_that_the_logs_do_not_have(llmops, folder):
    done = llmops("run", "log.jsonl", "-o", "lake", "--date", "2026-01-04")
    assert done.status == 0 and done.err == ("llmops: 1 input, 1 line, 0 rejects, 0 conversations, 2026-01-04\n"
                                             "llmops: no conversation began then: --date, --dates and --since go by event_time, in --timezone\n")
    assert llmops("forget", "lake", "--user", "u_9").err == "llmops: nothing is held of that person\n"


def test_a_run_in_which_nothing_could_be_used_says_where_to_look(llmops, folder):
    done = llmops("run", "binary", "-o", "lake")
    assert done.status == 3 and done.err.endswith("llmops: 1 input, 2 lines, 2 rejects, 0 conversations\n"
                                                  "llmops: no line could be used: lake/reports/date=unknown/rejects.jsonl says why\n")
    assert (folder / "lake/reports/date=unknown/rejects.jsonl").exists()


WROTE = "ann@example.org wrote to 10.0.0.1 today\n" * 50
FOREIGN = {"utf-16": WROTE.encode("utf-16"), "utf-16-be": b"\xfe\xff" + WROTE.encode("utf-16-be"), "utf-16.gz": gzip.compress(WROTE.encode("utf-16")),
           "zst": b"\x28\xb5\x2f\xfd" + bytes(99), "zst.gz": b"\x28\xb5\x2f\xfd" + bytes(99), "lz4": b"\x04\x22\x4d\x18" + bytes(99),
           "Z": b"\x1f\x9d\x90" + bytes(99), "db": b"SQLite format 3\0" + bytes(99), "db.gz": gzip.compress(b"SQLite format 3\0" + bytes(99))}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_no_text_in_utf_8_is_refused_and_nothing_of_it_passes_through(llmops, tmp_path, name):
    path = tmp_path / f"log.{name}"
    path.write_bytes(FOREIGN[name])
    for words, given in (((path,), b""), ((), FOREIGN[name])):
        for command in (("sanitize", "--text"), ("sanitize",), ("assemble",), ("ingest", "--from", "events")):
            if command[0] == "ingest" and name.startswith("db"):
                continue        # a database that is none
            done = llmops(*command, *words, stdin=given)
            assert done.status == 2 and done.out == b"" and done.err.count("\n") == 2 and done.err.startswith(f"llmops: {path if words else 'standard input'}: is ")


def test_a_zip_archive_is_for_ingest(llmops, tmp_path):
    with zipfile.ZipFile(tmp_path / "log.zip", "w") as archive:
        archive.writestr("log.jsonl", EVENT)
    done = llmops("sanitize", "--text", "log.zip")
    assert done.status == 2 and done.out == b"" and done.err == "llmops: log.zip: is a zip archive\n  hint: unpack it first, or llmops ingest FILE\n"
    assert llmops("ingest", "log.zip").out == EVENT
    assert llmops("run", "log.zip", "-o", "lake", "--date", "2026-01-03").status == 0
    done = llmops("forget", "lake", "--user", "u_1")
    assert done.status == 0 and not list((tmp_path / "lake/landing").rglob("*.zip"))


@pytest.mark.parametrize("command", ["ingest", "sanitize", "assemble"])
@pytest.mark.parametrize("archive", [bz2.compress(EVENT * 99)[:60], gzip.compress(EVENT)[:6]])
def test_an_archive_that_is_cut_before_its_first_line_is_one_reject_among_other_inputs(llmops, folder, command, archive):
    (folder / "cut.jsonl").write_bytes(archive)
    done = llmops(command, "-q", "log.jsonl", "cut.jsonl", "log.jsonl", "--rejects", "rejects")
    assert done.status == 3 and done.out == llmops(command, "-q", "log.jsonl", "log.jsonl").out
    assert (folder / "rejects").read_text().count('"line": 1, "column": 0, "reason": "the archive is cut short here') == 1
