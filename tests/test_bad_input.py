"""Broken lines, broken archives, full disks, readers that go away: each gets a clear line and the right exit status."""

import bz2
import gzip
import json
import lzma
import os
import pty
import random
import signal
import time
import zipfile
from pathlib import Path
from subprocess import PIPE

import pytest

EVENT = (b'{"event_time": "2026-01-03T10:15:00Z", "conversation_id": "c1", "message_id": "m1", "role": "user", '
         b'"content": "hello", "team": "Sales", "user_id": "u1"%s}')
GOOD = EVENT % b""

# Lines that no command takes, each with a word that must not be quoted.
BAD = {
    "cut short": (b'{"content": "hunter2', "not JSON"),
    "two on a line": (b'{} {"content": "hunter2"}', "JSON"),
    "a list": (b'["hunter2"]', "not a JSON object"),
    "a number": (b"5", "not a JSON object"),
    "a string": (b'"hunter2"', "not a JSON object"),
    "Latin-1": (EVENT % b', "x": "hunter2 caf\xe9"', "not UTF-8"),
    "a raw surrogate": (EVENT % b', "x": "hunter2 \xed\xa0\x80"', "not UTF-8"),
    "UTF-16": ('{"content": "hunter2 ü"}'.encode("utf-16"), "not UTF-8"),
    "zeros": (b"\0\0\0\0", "not JSON"),
    "a raw control character": (EVENT % b', "x": "hunter2 \x01"', "not JSON"),
    "NaN": (EVENT % b', "x": NaN', "not JSON"),
    "Infinity": (EVENT % b', "x": [-Infinity, "hunter2"]', "not JSON"),
    "deep lists": (EVENT % (b', "x": ' + b"[" * 100_000 + b"]" * 100_000), "nested too deeply"),
    "deep objects": (EVENT % (b', "x": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000), "nested too deeply"),
}

# Lines that look bad and are not.
ODD = {
    "an escaped lone surrogate": EVENT % rb', "x": "\ud800"',
    "an escaped NUL": EVENT % rb', "x": "\u0000"',
    "40 digits": EVENT % (b', "x": ' + b"1234567890" * 4),
    "out of a float's range": EVENT % b', "x": 1e400, "y": -0.0, "z": 1E-7',
    "duplicate keys": EVENT % b', "x": 1, "x": 2',
    "spaces around": b"  " + GOOD + b" \t",
    "no ASCII": EVENT % ', "x": "żółć 雪 😀"'.encode(),
    "nested a little": EVENT % (b', "x": ' + b"[" * 50 + b"]" * 50),
}

FILTERS = (["ingest", "--from", "events"], ["sanitize"], ["assemble"], ["aggregate"])


def table(cases: dict[str, tuple]) -> list:
    """Named rows for parametrize."""
    return [pytest.param(*values, id=name) for name, values in cases.items()]


def clean(err: str) -> None:
    """No traceback, every line ours, nothing of a record quoted."""
    assert "Traceback" not in err and "hunter2" not in err and "Exception ignored" not in err
    assert all(line.startswith(("llmops: ", "  hint: ")) for line in err.splitlines()), err


@pytest.mark.parametrize("command", FILTERS, ids=lambda command: command[0])
def test_bad_lines_are_set_aside_counted_and_listed(llmops, tmp_path, command):
    lines = [line for bad, _ in BAD.values() for line in (bad, GOOD)]
    (tmp_path / "in.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    result = llmops(*command, "--rejects", "rejects.jsonl", "in.jsonl")
    assert result.status == 3
    clean(result.err)
    assert f"{len(BAD)} lines rejected" in result.err
    listed = [json.loads(line) for line in (tmp_path / "rejects.jsonl").read_bytes().splitlines()]
    assert [(reject["file"], reject["line"]) for reject in listed] == [("in.jsonl", 2 * number + 1) for number in range(len(BAD))]
    for reject, (name, (_, reason)) in zip(listed, BAD.items()):
        assert list(reject) == ["file", "line", "column", "reason", "text"]
        assert reason in reject["reason"], name
    assert result.err.splitlines()[0] == f"llmops: in.jsonl:1:13: {listed[0]['reason']}"
    assert result.out.count(b"\n") == (1 if command[0] in ("assemble", "aggregate") else len(BAD))


@pytest.mark.parametrize("command", FILTERS, ids=lambda command: command[0])
def test_odd_lines_are_taken(llmops, command):
    result = llmops(*command, stdin=b"\n".join(ODD.values()))
    assert (result.status, result.err.count("rejected")) == (0, 0), result.err
    if command[0] == "sanitize":
        assert result.out.splitlines() == list(ODD.values())
    elif command[0] == "ingest":
        assert [line.strip() for line in result.out.splitlines()] == [line.strip() for line in ODD.values()]


def test_what_an_odd_line_holds_survives_assemble(llmops):
    events = [line.strip().replace(b'"m1"', b'"m%d"' % number) for number, line in enumerate(ODD.values())]
    result = llmops("assemble", stdin=b"\n".join(events))
    assert result.status == 0
    for event in events:
        assert event in result.out


@pytest.mark.parametrize("command", FILTERS, ids=lambda command: command[0])
def test_a_line_of_twenty_megabytes_passes(llmops, command):
    line = EVENT % (b', "x": "' + b"lorem ipsum " * 1_700_000 + b'"')
    result = llmops(*command, stdin=line + b"\n")
    assert (result.status, result.err) == (0, "")
    if command[0] != "aggregate":
        assert line in result.out


@pytest.mark.parametrize("command", FILTERS, ids=lambda command: command[0])
@pytest.mark.parametrize("nothing", [b"", b"\n\n", b"\xef\xbb\xbf", b"\r\n \t\r\n"], ids=["empty", "blank", "BOM", "CRLF"])
def test_nothing_in_nothing_out(llmops, command, nothing):
    assert llmops(*command, stdin=nothing) == (0, b"", "")


def test_mark_and_line_ends_of_windows(llmops):
    plain = GOOD + b"\n" + GOOD.replace(b"m1", b"m2") + b"\n"
    windows = b"\xef\xbb\xbf" + plain.replace(b"\n", b"\r\n").rstrip()
    for command in FILTERS:
        assert llmops(*command, stdin=windows) == llmops(*command, stdin=plain)


def test_fields_of_a_wrong_type_are_rejects(llmops, tmp_path):
    wrong = {b'"role": "user"': b'"role": 5', b'"content": "hello"': b'"content": ["hunter2"]', b'"hello"': b"null",
             b'"2026-01-03T10:15:00Z"': b'"2026-02-30T10:15:00Z"', b'"event_time": "2026-01-03T10:15:00Z", ': b"",
             b'"Sales"': b'{"name": "hunter2"}', b'"u1"': b"1e400", b'"c1"': b"[1]"}
    lines = [GOOD.replace(*change) for change in wrong.items()]
    assert GOOD not in lines
    for command in (["ingest", "--from", "events"], ["assemble"], ["aggregate"]):
        result = llmops(*command, "--rejects", "list", stdin=b"\n".join([*lines, GOOD]))
        reasons = [json.loads(line)["reason"] for line in (tmp_path / "list").read_bytes().splitlines()]
        clean(result.err)
        assert result.status == 3
        assert [reason.split()[0] for reason in reasons] == \
            ["role", "content", "content", "event_time", "messages" if command == ["aggregate"] else "event_time",
             "team", "user_id", "conversation_id"], command


def test_a_number_of_five_thousand_digits_is_a_reject_or_passes(llmops):
    line = EVENT % (b', "x": ' + b"7" * 5000)
    for command in FILTERS:
        result = llmops(*command, stdin=line + b"\n" + GOOD)
        clean(result.err)
        assert result.status in (0, 3) and GOOD[:40] in result.out or command[0] == "aggregate"
        assert result.status == 0 or "a number of too many digits" in result.err


def test_the_list_of_rejects_is_masked(llmops, tmp_path):
    line = rb'{"content": "write to ann.smith@example.org or ann\u0040example.net", "broken'
    result = llmops("assemble", "--rejects", "list.jsonl", stdin=line + b"x" * 5000)
    listed = (tmp_path / "list.jsonl").read_text()
    assert result.status == 3 and "example" not in listed + result.err
    assert listed.count("[EMAIL]") == 2 and len(json.loads(listed)["text"]) <= 501


def test_stopping_at_the_first_bad_line_publishes_nothing(llmops, tmp_path):
    for name in ("out.jsonl", "list.jsonl"):
        (tmp_path / name).write_text("before")
    result = llmops("assemble", "--on-error", "stop", "-o", "out.jsonl", "--rejects", "list.jsonl", stdin=GOOD + b"\nhunter2\n" + GOOD)
    assert result.status == 2 and result.err.startswith("llmops: standard input:2:1: not JSON")
    assert "hint: " in result.err and result.err.count("\n") == 2
    assert {path.name: path.read_text() for path in tmp_path.glob("[!.]*")} == {"out.jsonl": "before", "list.jsonl": "before"}
    assert not list(tmp_path.glob(".*partial"))


def test_at_most_five_bad_lines_are_named_and_quiet_names_none(llmops):
    result = llmops("assemble", stdin=b"x\n" * 1007)
    assert result.err.splitlines()[-1] == "llmops: 1,007 lines rejected (1,002 more than named above)"
    assert len(result.err.splitlines()) == 6
    assert llmops("assemble", "-q", stdin=b"x\n" * 7) == (3, b"", "")


# Archives -------------------------------------------------------------------------------------------------------------

LINES = b"".join(GOOD.replace(b"m1", b"m%d" % number).replace(b"c1", b"c%d" % number) + b"\n" for number in range(3000))

_random = random.Random(3)
NOISY = b"".join(line[:-1] + b', "x": "%s"}\n' % _random.randbytes(200).hex().encode() for line in LINES.splitlines())


def messages(out: bytes) -> int:
    """How many events came through."""
    return out.count(b'"message_id"')


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress], ids=["gzip", "bz2", "xz"])
def test_archives_are_told_by_their_first_bytes(llmops, tmp_path, pack):
    archive = pack(LINES)
    (tmp_path / "log").write_bytes(archive)     # no ending that tells
    plain = llmops("assemble", stdin=LINES)
    assert plain.status == 0 and messages(plain.out) == 3000
    assert llmops("assemble", "log") == plain
    assert llmops("assemble", stdin=archive) == plain


@pytest.mark.parametrize("ending, unpack", [(".gz", gzip.decompress), (".bz2", bz2.decompress), (".xz", lzma.decompress)])
def test_outputs_are_compressed_by_their_ending_the_same_each_time(llmops, tmp_path, ending, unpack):
    for name in ("one", "two"):
        assert llmops("assemble", "-o", name + ending, stdin=LINES[:50_000].rpartition(b"\n")[0]).status == 0
    one, two = ((tmp_path / (name + ending)).read_bytes() for name in ("one", "two"))
    assert one == two and messages(unpack(one)) > 100


@pytest.mark.parametrize("archive, whole", table({
    "many members": (b"".join(gzip.compress(line + b"\n") for line in LINES.splitlines()), True),
    "empty members": (gzip.compress(b"") * 5000 + gzip.compress(LINES), True),
    "padded with zeros": (gzip.compress(LINES) + bytes(5000), True),
    "zeros between members": (gzip.compress(LINES[:LINES.index(b"\n") + 1]) + bytes(512) + gzip.compress(LINES[LINES.index(b"\n") + 1:]), True),
    "rubbish behind": (gzip.compress(LINES) + b"rubbish", False),
    "cut in the checksum": (gzip.compress(LINES)[:-3], False),
    "a wrong checksum": (gzip.compress(LINES)[:-8] + b"12345678", False),
}))
def test_archives_whose_text_is_whole(llmops, archive, whole):
    result = llmops("assemble", stdin=archive)
    clean(result.err)
    assert messages(result.out) == 3000
    assert result.status == (0 if whole else 3)
    assert result.err == "" if whole else "1 line rejected" in result.err and "archive" in result.err


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress], ids=["gzip", "bz2", "xz"])
def test_what_stood_before_the_cut_is_used(llmops, tmp_path, pack):
    archive = pack(NOISY)
    (tmp_path / "cut").write_bytes(archive[:len(archive) * 7 // 10])
    result = llmops("assemble", "-o", "out.jsonl", "cut")
    clean(result.err)
    assert result.status == 3 and "cut:" in result.err and "cut short here" in result.err and "1 line rejected" in result.err
    kept = messages((tmp_path / "out.jsonl").read_bytes())
    assert (300 if pack is bz2.compress else 1800) < kept < 2400


def test_what_stood_before_the_damage_is_used(llmops, tmp_path):
    archive = bytearray(gzip.compress(NOISY))
    archive[len(archive) // 2:len(archive) // 2 + 64] = bytes(64)
    result = llmops("sanitize", "--rejects", "list", stdin=bytes(archive))
    clean(result.err)
    assert result.status == 3
    assert result.out.splitlines()[:1000] == NOISY.splitlines()[:1000]
    last = json.loads((tmp_path / "list").read_bytes().splitlines()[-1])
    assert last["reason"] == "the archive is damaged here; what stood before the damage was used"


def test_an_archive_that_is_none(llmops, tmp_path):
    (tmp_path / "log.jsonl.gz").write_bytes(GOOD + b"\n")
    result = llmops("assemble", "log.jsonl.gz")
    assert (result.status, result.out) == (3, b"")
    assert result.err.splitlines()[0].startswith("llmops: log.jsonl.gz:1: the archive is damaged here")


# Inputs and outputs ---------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("arguments, said", table({
    "a folder": (["."], ".: is a folder, not a file\n  hint: name the files in it, as in FOLDER/*.jsonl"),
    "a missing file": (["nothing.jsonl"], "nothing.jsonl: cannot be read: No such file or directory\n  hint: check the spelling"),
    "a missing second file": (["in.jsonl", "nothing.jsonl"], "nothing.jsonl: cannot be read: No such file or directory\n  hint: check the spelling"),
    "a file as a folder": (["in.jsonl/x"], "in.jsonl/x: cannot be read: Not a directory"),
    "another store": (["s4://bucket/x"], "s4://bucket/x: s4:// addresses are not supported by this version\n"
                      "  hint: copy it to a file first, or pipe it into standard input"),
    "a missing folder": (["in.jsonl", "-o", "no/out"], "no/out: cannot be written: No such file or directory\n  hint: there is no such folder: make it first"),
    "a folder as output": (["in.jsonl", "-o", "."], ".: is a folder, so no file can be written there\n  hint: name a file in it"),
    "a full disk": (["in.jsonl", "-o", "/dev/full"], "/dev/full: cannot be written: No space left on device"),
    "a full disk for rejects": (["bad.jsonl", "--rejects", "/dev/full"], "/dev/full: cannot be written: No space left on device"),
    "one file twice": (["in.jsonl", "-o", "out", "--rejects", "./out"], "./out: -o and --rejects are the same file\n  hint: give each a file of its own"),
}))
def test_inputs_and_outputs_that_fail(llmops, tmp_path, arguments, said):
    (tmp_path / "in.jsonl").write_bytes(GOOD + b"\n")
    (tmp_path / "bad.jsonl").write_bytes(b"hunter2\n")
    result = llmops("assemble", "-q", *arguments)
    assert (result.status, result.err) == (2, f"llmops: {said}\n")
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["bad.jsonl", "in.jsonl"]


@pytest.mark.skipif(not os.path.exists("/proc/self/mem"), reason="a file that opens and cannot be read is found under /proc")
def test_an_input_that_fails_while_it_is_read(llmops):
    assert llmops("assemble", "/proc/self/mem") == (2, b"", "llmops: /proc/self/mem: cannot be read: Input/output error\n")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_an_unreadable_file(llmops, tmp_path):
    (tmp_path / "mine").touch(mode=0)
    assert llmops("assemble", "mine") == (2, b"", "llmops: mine: cannot be read: Permission denied\n")


def test_notices_that_nobody_can_read_end_nothing(start, tmp_path):
    (tmp_path / "in.jsonl").write_bytes(GOOD + b"\nbroken\n")
    with open("/dev/full", "wb") as full, open("/dev/null", "rb") as unwritable:
        for nobody in (full, unwritable):
            process = start("assemble", "in.jsonl", "-o", "out.jsonl", stderr=nobody)
            assert process.wait() == 3 and (tmp_path / "out.jsonl").read_bytes().count(b"\n") == 1


@pytest.mark.parametrize("command", [["assemble"], ["sanitize"], ["assemble", "--help"], ["--help"], ["completion", "bash"], ["config"]], ids=" ".join)
def test_standard_output_that_is_full(start, command):
    with open("/dev/full", "wb") as full:
        process = start(*command, stdin=PIPE, stdout=full, stderr=PIPE, env={"PYTHONUNBUFFERED": ""})
        err = process.communicate(LINES)[1].decode()
    assert (process.returncode, err) == (2, "llmops: standard output: cannot be written: No space left on device\n")


def test_a_full_disk_while_input_is_awaited(start):
    with open("/dev/full", "wb") as full:
        process = start("sanitize", stdin=PIPE, stdout=full, stderr=PIPE)
        process.stdin.write(GOOD + b"\n")
        process.stdin.flush()
        err = process.stderr.read().decode()
    assert (process.wait(), err) == (2, "llmops: standard output: cannot be written: No space left on device\n")


@pytest.mark.parametrize("command", ["assemble", "sanitize"])
def test_a_reader_that_goes_away(start, tmp_path, command):
    (tmp_path / "log").write_bytes(LINES * 20 if command == "sanitize" else LINES)
    process = start(command, "log", stdout=PIPE, stderr=PIPE)
    assert process.stdout.read(20)
    process.stdout.close()
    assert (process.stderr.read(), process.wait()) == (b"", 141)


def test_an_output_may_be_its_own_input(llmops, tmp_path):
    (tmp_path / "log").write_bytes(LINES)
    os.chmod(tmp_path / "log", 0o600)
    assert llmops("assemble", "log", "-o", "log") == (0, b"", "")
    assert messages((tmp_path / "log").read_bytes()) == 3000
    assert os.stat(tmp_path / "log").st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["log"]


@pytest.mark.parametrize("arguments", [["ingest", "in.jsonl", "--rejects", "in.jsonl"], ["assemble", "in.jsonl", "--rejects", "in.jsonl"],
                                       ["ingest", "--people", "in.jsonl", "-o", "in.jsonl"], ["ingest", "--people", "in.jsonl", "--rejects", "in.jsonl"]], ids=" ".join)
def test_what_is_read_is_not_written_over_by_something_else(llmops, tmp_path, arguments):
    (tmp_path / "in.jsonl").write_bytes(GOOD + b"\nbad\n")
    result = llmops(*arguments)
    assert (result.status, result.out) == (2, b"") and "in.jsonl: " in result.err and "hint" in result.err
    assert (tmp_path / "in.jsonl").read_bytes() == GOOD + b"\nbad\n"


def test_an_output_through_a_link_leaves_the_link(llmops, tmp_path):
    (tmp_path / "real").write_text("before")
    (tmp_path / "link").symlink_to("real")
    assert llmops("assemble", "-o", "link", stdin=GOOD).status == 0
    assert (tmp_path / "link").is_symlink() and messages((tmp_path / "real").read_bytes()) == 1


def test_devices_and_pipes_are_written_to_directly(llmops, tmp_path):
    assert messages(llmops("assemble", "-o", "/dev/stdout", stdin=GOOD).out) == 1
    assert llmops("assemble", "-o", "/dev/null", "--rejects", "/dev/null", stdin=GOOD) == (0, b"", "")
    assert Path("/dev/null").is_char_device()


# Streams that are closed, slow, or a person ---------------------------------------------------------------------------

def closing(*places: int):
    def close() -> None:
        for place in places:
            os.close(place)
    return close


def test_closed_streams(start, tmp_path):
    (tmp_path / "in.jsonl").write_bytes(GOOD + b"\nbroken\n")
    process = start("assemble", stderr=PIPE, preexec_fn=closing(0))
    assert process.communicate()[1].decode() == "llmops: standard input is closed\n  hint: name files, or pipe records in\n"
    assert process.returncode == 2
    for command in (["assemble", "in.jsonl"], ["--help"], ["config"]):
        process = start(*command, stderr=PIPE, preexec_fn=closing(1))
        assert "standard output: cannot be written: Bad file descriptor\n" in process.communicate()[1].decode()
        assert process.returncode == 2
    process = start("assemble", "in.jsonl", "-o", "out.jsonl", "--rejects", "list.jsonl", preexec_fn=closing(0, 1, 2))
    assert process.wait() == 3
    assert messages((tmp_path / "out.jsonl").read_bytes()) == 1
    assert json.loads((tmp_path / "list.jsonl").read_bytes())["line"] == 2


@pytest.mark.parametrize("command", ["sanitize", "ingest"])
def test_slow_input_is_passed_on_line_by_line(start, command):
    process = start(*([command, "--from", "events"] if command == "ingest" else [command]), stdin=PIPE, stdout=PIPE)
    for number in range(3):
        line = GOOD.replace(b"m1", b"m%d" % number) + b"\n"
        process.stdin.write(line)
        process.stdin.flush()
        assert process.stdout.readline() == line        # it is here before the next is written
    process.stdin.close()
    assert (process.stdout.read(), process.wait()) == (b"", 0)


def test_a_terminal_as_input_gets_a_short_usage(start):
    leader, terminal = pty.openpty()
    try:
        for command in ("assemble", "sanitize", "aggregate"):
            process = start(command, stdin=terminal, stdout=PIPE, stderr=PIPE)
            out, err = process.communicate(timeout=30)
            assert (process.returncode, out) == (2, b"")
            assert err.decode().startswith(f"llmops: no input: usage: llmops {command} ") and b"\n  hint: name files" in err
            assert err.count(b"\n") == 2
    finally:
        os.close(leader)
        os.close(terminal)


@pytest.mark.parametrize("sent, status, said", [(signal.SIGINT, 130, b"llmops: interrupted\n"), (signal.SIGTERM, 143, b"llmops: told to stop\n"),
                                                (signal.SIGHUP, 129, b"llmops: told to stop\n")], ids=lambda value: getattr(value, "name", ""))
def test_signals_end_it_in_a_line_and_leave_nothing(start, tmp_path, sent, status, said):
    (tmp_path / "out.jsonl").write_text("before")
    process = start("assemble", "-o", "out.jsonl", stdin=PIPE, stderr=PIPE)
    process.stdin.write(LINES)
    process.stdin.flush()
    deadline = time.monotonic() + 30
    while not list(tmp_path.glob(".out.jsonl.*")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(sent)
    assert (process.stderr.read(), process.wait()) == (said, status)
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"] and (tmp_path / "out.jsonl").read_text() == "before"


def test_a_full_disk_under_the_temporary_files_is_said_of_them(start, tmp_path):
    resource = pytest.importorskip("resource")
    (tmp_path / "in.jsonl").write_bytes(b"".join(GOOD.replace(b"m1", b"m%d" % number) + b"\n" for number in range(3000)))
    process = start("assemble", "--memory", "64k", "in.jsonl", stdout=PIPE, stderr=PIPE, env={"TMPDIR": str(tmp_path)},
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)))
    out, err = process.communicate()
    assert (process.returncode, out) == (2, b"")
    assert err.decode() == f"llmops: temporary files in {tmp_path}: cannot be written: File too large\n"


def test_a_full_disk_under_what_ingest_sets_aside_is_said_of_the_temporary_files(start, tmp_path):
    resource = pytest.importorskip("resource")
    row = {"type": "assistant", "timestamp": "2026-03-02T08:00:03Z", "sessionId": "s", "requestId": "q", "uuid": "w", "message": {"role": "assistant", "model": "m", "content": "x" * 2000}}
    with open(tmp_path / "sessions.jsonl", "w") as file:
        for number in range(300):
            file.write(json.dumps(row | {"message": row["message"] | {"id": f"m{number}"}}) + "\n")
    with zipfile.ZipFile(tmp_path / "logs.zip", "w") as archive:
        archive.writestr("logs.jsonl", b"".join(GOOD.replace(b"m1", b"m%d" % number) + b"\n" for number in range(3000)))
    (tmp_path / "logs.zip.gz").write_bytes(gzip.compress((tmp_path / "logs.zip").read_bytes()))
    for arguments in (["--memory", "64k", "sessions.jsonl"], ["logs.zip.gz"]):
        process = start("ingest", *arguments, stdout=PIPE, stderr=PIPE, env={"TMPDIR": str(tmp_path)},
                        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)))
        _, err = process.communicate()
        assert process.returncode == 2
        assert err.decode() == f"llmops: temporary files in {tmp_path}: cannot be written: File too large\n"
