"""What is named beside the logs (lists, rules, stores, lakes) and is not what it should be: one line, status 2, nothing left behind."""

import gzip

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
