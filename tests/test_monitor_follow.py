"""`monitor --follow` and `--state` from outside: nothing is lost and nothing is said twice, however a log is rotated."""

import gzip
import json
import os
import resource
import shutil
import signal
import stat
import subprocess
import time

import pytest

from .monitor.made import lines, reply


def failed(number: int) -> dict:
    return reply(number, message_id=f"m{number}", error="ServerError")


def heard(output: bytes) -> list[str]:
    return [alert["message_id"] for line in output.splitlines() if (alert := json.loads(line))["alert"] == "error"]


def append(path, events) -> None:
    with open(path, "ab") as file:
        file.write(lines(events))


def rotate(path, how: str, number: int) -> None:
    if how == "rename":
        os.rename(path, f"{path}.{number}")
    elif how == "shift":        # as logrotate does it: log.1 becomes log.2
        for old in range(number, 0, -1):
            if os.path.exists(f"{path}.{old}"):
                os.rename(f"{path}.{old}", f"{path}.{old + 1}")
        os.rename(path, f"{path}.1")
    elif how == "date":
        os.rename(path, path.with_name(f"{path.stem}-{20260101 + number}{path.suffix}"))


def wait_for(path, number: int) -> None:
    """Until so many errors were heard of."""
    end = time.monotonic() + 20
    while path.read_bytes().count(b'"alert": "error"') < number and time.monotonic() < end:
        time.sleep(0.01)


@pytest.mark.parametrize("how", ["rename", "shift", "date"])
def test_nothing_is_lost_over_a_hundred_rotations(start, tmp_path, how):
    log, out = tmp_path / "app.log", tmp_path / "out"
    append(log, [failed(0)])
    with open(out, "wb") as output:
        process = start("monitor", "--follow", "--no-pii", "-q", log, stdout=output)
        wait_for(out, 1)
        for number in range(1, 101):
            append(log, [failed(2 * number - 1)])
            rotate(log, how, number)
            if number % 9 == 0:
                time.sleep(0.07)
            append(log, [failed(2 * number)])
        wait_for(out, 201)
        process.send_signal(signal.SIGINT)
        process.wait(10)
    assert sorted(heard(out.read_bytes())) == sorted(f"m{number}" for number in range(201))
    assert process.returncode == 130


@pytest.mark.parametrize("how", ["truncate", "recreate"])
def test_a_log_that_begins_anew(start, tmp_path, how):
    log, out = tmp_path / "app.log", tmp_path / "out"
    append(log, [failed(0)])
    with open(out, "wb") as output:
        process = start("monitor", "--follow", "--no-pii", "-q", log, stdout=output)
        for number in range(1, 12):
            wait_for(out, number)
            if how == "truncate":
                time.sleep(0.05)        # what is as long as before at the very moment its last line is told is not seen to be new
                os.truncate(log, 0)
            else:
                os.unlink(log)
            append(log, [failed(number)])
        wait_for(out, 12)
        process.send_signal(signal.SIGTERM)
        process.wait(10)
    assert heard(out.read_bytes()) == [f"m{number}" for number in range(12)]


def test_a_line_that_comes_in_pieces_is_one(start, tmp_path):
    log, out = tmp_path / "app.log", tmp_path / "out"
    line = lines([failed(1)])
    with open(out, "wb") as output, open(log, "ab", buffering=0) as file:
        start("monitor", "--follow", "--no-pii", "-q", log, stdout=output)
        for piece in (line[:10], line[10:100], line[100:]):
            file.write(piece)
            time.sleep(0.15)
        wait_for(out, 1)
    assert heard(out.read_bytes()) == ["m1"]


def test_a_log_that_is_not_there_yet_is_waited_for(start, tmp_path):
    log, out = tmp_path / "app.log", tmp_path / "out"
    with open(out, "wb") as output:
        start("monitor", "--follow", "--no-pii", "-q", log, stdout=output)
        time.sleep(0.3)
        append(log, [failed(1)])
        wait_for(out, 1)
    assert heard(out.read_bytes()) == ["m1"]


def test_a_long_log_is_followed_in_batches(tmp_path, monkeypatch):
    from llmops_cli.monitor import follow
    monkeypatch.setattr(follow, "BATCH", 7)
    log = tmp_path / "app.log"
    append(log, [failed(number) for number in range(20)])
    tail = follow.Tail(str(log), None, [].append)
    assert [len(list(tail.lines())) for _ in range(4)] == [7, 7, 6, 0]
    append(log, [failed(20)])
    assert len(list(tail.lines())) == 1 and tail.position().lines == 21


def test_following_keeps_its_place(start, llmops, tmp_path):
    log, out = tmp_path / "app.log", tmp_path / "out"
    append(log, [failed(0), failed(1)])
    with open(out, "wb") as output:
        process = start("monitor", "--follow", "--state", "state", "--no-pii", "-q", log, stdout=output)
        wait_for(out, 2)
        process.send_signal(signal.SIGTERM)
        process.wait(10)
    append(log, [failed(2)])
    assert heard(llmops("monitor", "--state", "state", "--no-pii", "-q", log).out) == ["m2"]


# From run to run ------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("how", ["rename", "shift", "date", "gzip", "copy", "none"])
def test_runs_read_each_line_once_through_rotation(llmops, tmp_path, how):
    log = tmp_path / "app.log"
    said = []
    for number in range(3):
        append(log, [failed(10 * number)])
        said += heard(llmops("monitor", "--state", "state", "--no-pii", "-q", log).out)
        append(log, [failed(10 * number + 1)])      # these lines are rotated away before the next run
        if how == "gzip":
            with open(log, "rb") as old, gzip.open(f"{log}.{number}.gz", "wb") as new:
                shutil.copyfileobj(old, new)
            os.unlink(log)
        elif how == "copy":
            shutil.copy(log, f"{log}.{number}")
            os.truncate(log, 0)
        else:
            rotate(log, how, number + 1)
        time.sleep(0.01)
    said += heard(llmops("monitor", "--state", "state", "--no-pii", "-q", log, "--exit-zero", *([] if log.exists() else ["--expect-until", "2026-01-03T10:00:00Z"])).out) if log.exists() else []
    expected = [f"m{10 * number + more}" for number in range(3) for more in (0, 1)]
    assert said == (expected if log.exists() else expected[:-1])


def test_several_rotations_between_two_runs(llmops, tmp_path):
    log = tmp_path / "app.log"
    append(log, [failed(0)])
    assert heard(llmops("monitor", "--state", "state", "--no-pii", log).out) == ["m0"]
    for number in range(1, 5):
        append(log, [failed(number)])
        rotate(log, "shift", 9)
        time.sleep(0.01)
    append(log, [failed(5)])
    assert heard(llmops("monitor", "--state", "state", "--no-pii", log).out) == ["m1", "m2", "m3", "m4", "m5"]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("followed", [False, True])
def test_a_run_that_finds_an_empty_log_loses_nothing_of_the_next(llmops, start, tmp_path, packed, followed):
    """Rotated at midnight, read at five past: nobody has written anything yet."""
    log, said = tmp_path / "app.log", []
    for day in range(4):
        append(log, [failed(3 * day + number) for number in range(3)])
        if day:
            os.rename(log, f"{log}.{day}")
            log.touch()
        if packed and day > 1:
            about = os.stat(f"{log}.{day}")
            with gzip.open(f"{log}.{day}.gz", "wb") as file:
                file.write((tmp_path / f"app.log.{day}").read_bytes())
            os.utime(f"{log}.{day}.gz", ns=(about.st_atime_ns, about.st_mtime_ns))
            os.unlink(f"{log}.{day}")
        result = llmops("monitor", "--state", "state", "app.log")
        assert result.err == ""
        said += heard(result.out)
        if followed and day == 1:
            process = start("monitor", "--follow", "--state", "state", "app.log", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(0.5)
            process.terminate()
            process.wait()
    assert said == [f"m{number}" for number in range(12)]


def test_a_file_that_is_another_is_read_from_its_beginning_and_said(llmops, tmp_path):
    log = tmp_path / "app.log"
    append(log, [failed(0), failed(1)])
    llmops("monitor", "--state", "state", "--no-pii", log)
    os.unlink(log)
    append(log, [failed(number) for number in range(5, 9)])
    result = llmops("monitor", "--state", "state", "--no-pii", log)
    assert heard(result.out) == ["m5", "m6", "m7", "m8"] and "is not the file it was" in result.err


def test_an_unfinished_last_line_is_left_for_the_next_run(llmops, tmp_path):
    log = tmp_path / "app.log"
    line = lines([failed(1)])
    log.write_bytes(lines([failed(0)]) + line[:50])
    first = llmops("monitor", "--state", "state", "--no-pii", log)
    log.write_bytes(lines([failed(0)]) + line[:-1])      # whole, but for its line end
    second = llmops("monitor", "--state", "state", "--no-pii", log)
    append(log, [])
    with open(log, "ab") as file:
        file.write(b"\n" + lines([failed(2)]))
    third = llmops("monitor", "--state", "state", "--no-pii", log)
    assert [heard(one.out) for one in (first, second, third)] == [["m0"], ["m1"], ["m2"]]
    assert [one.status for one in (first, second, third)] == [1, 1, 1]


def test_a_compressed_log_is_read_once(llmops, tmp_path):
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines([failed(0)])))
    assert [llmops("monitor", "--state", "state", "--no-pii", "a.jsonl.gz").status for _ in range(2)] == [1, 0]


def test_an_archive_that_is_not_whole_yet_is_gone_on_with(llmops, tmp_path):
    packed = gzip.compress(lines([failed(number) for number in range(300)]))
    (tmp_path / "app.log.gz").write_bytes(packed[:len(packed) // 2])
    first, again = (llmops("monitor", "--no-pii", "--state", "state", "app.log.gz") for _ in range(2))
    assert len(heard(first.out)) > 50 and heard(again.out) == [] and again.status == 3
    assert first.err.splitlines()[0] == again.err.splitlines()[0] == f"llmops: app.log.gz:{len(heard(first.out)) + 1}: the archive is cut short here; what stood before the cut was used"
    (tmp_path / "app.log.gz").write_bytes(packed)
    assert heard(first.out) + heard(llmops("monitor", "--no-pii", "--state", "state", "app.log.gz").out) == [f"m{number}" for number in range(300)]


def test_line_numbers_go_on(llmops, tmp_path):
    log = tmp_path / "app.log"
    append(log, [failed(0)])
    llmops("monitor", "--state", "state", "--no-pii", log)
    with open(log, "ab") as file:
        file.write(b"broken\n")
    assert "app.log:2:1: not JSON" in llmops("monitor", "--state", "state", "--no-pii", log).err


def test_a_killed_run_is_taken_up_where_it_was(start, llmops, tmp_path):
    """Killed while it waits for more: what it said stands in the journal, and the next run says the rest."""
    log, out = tmp_path / "app.log", tmp_path / "out"
    append(log, [failed(number) for number in range(40)])
    with open(out, "wb") as output:
        process = start("monitor", "--follow", "--state", "state", "--no-pii", "-q", log, stdout=output)
        wait_for(out, 40)
        process.kill()
        process.wait(10)
    append(log, [failed(40)])
    result = llmops("monitor", "--state", "state", "--no-pii", log)
    every = heard(out.read_bytes()) + heard(result.out)
    assert set(every) == {f"m{number}" for number in range(41)} and len(every) <= 42


def test_two_runs_do_not_share_a_state(start, llmops, tmp_path):
    log = tmp_path / "app.log"
    append(log, [failed(0)])
    process = start("monitor", "--follow", "--state", "state", "--no-pii", log, stdout=subprocess.PIPE)
    process.stdout.readline()
    result = llmops("monitor", "--no-pii", "--state", "state", log)
    assert result.status == 2 and "another run is using this state" in result.err


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"version": 1}', b'{"version": 1, "generation": 0, "positions": {"a": 5}, "unsent": [], "sent": [], "raised": [], "history": {}, "money": {}}', b"\xff\xfe"])
def test_a_damaged_state_is_kept_aside_and_made_anew(llmops, tmp_path, damage):
    append(tmp_path / "app.log", [failed(0)])
    (tmp_path / "state").write_bytes(damage)
    result = llmops("monitor", "--state", "state", "--no-pii", "app.log")
    assert result.status == 1 and heard(result.out) == ["m0"] and "is damaged: kept as state.damaged-1" in result.err
    assert (tmp_path / "state.damaged-1").read_bytes() == damage
    assert llmops("monitor", "--state", "state", "--no-pii", "app.log").status == 0


def test_a_state_of_a_newer_version_is_refused(llmops, tmp_path):
    append(tmp_path / "app.log", [failed(0)])
    (tmp_path / "state").write_bytes(b'{"version": 99}')
    result = llmops("monitor", "--state", "state", "--no-pii", "app.log")
    assert result.status == 2 and "newer version" in result.err and (tmp_path / "state").exists()


def test_a_state_that_cannot_be_written_is_an_error(llmops, tmp_path):
    append(tmp_path / "app.log", [failed(0)])
    result = llmops("monitor", "--state", "nowhere/state", "app.log")
    assert result.status == 2 and "nowhere/state" in result.err


@pytest.mark.parametrize("place", ["-", "s3://bucket/state", "folder"])
@pytest.mark.parametrize("command", [("monitor",), ("rollback-check", "--candidate", "v43")])
def test_a_state_is_kept_in_a_file(llmops, tmp_path, command, place):
    (tmp_path / "folder").mkdir()
    append(tmp_path / "app.log", [failed(0)])
    result = llmops(*command, "--state", place, "app.log")
    assert result.status == 2 and result.err.startswith(f"llmops: {place}: is no file that a state could be kept in\n  hint: --state FILE") and sorted(os.listdir(tmp_path)) == ["app.log", "folder"]


def test_a_state_behind_a_link_stays_there(llmops, tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "state").symlink_to("real/state.gz")
    append(tmp_path / "app.log", [failed(0)])
    for expected in (["m0"], []):
        assert heard(llmops("monitor", "--state", "state", "app.log").out) == expected
    assert os.path.islink(tmp_path / "state") and os.listdir(tmp_path / "real") == ["state.gz"] and stat.S_IMODE(os.stat(tmp_path / "state").st_mode) == 0o600


def test_a_state_that_the_disk_has_no_room_for_leaves_nothing_half_written(start, tmp_path):
    append(tmp_path / "app.log", [failed(number) for number in range(400)])

    def little_room():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
    process = start("monitor", "-q", "--state", "state", "app.log", "--summary", preexec_fn=little_room, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.communicate()[1]
    assert process.returncode == 2 and said.startswith(b"llmops: state: cannot be written: ") and not any("partial" in name for name in os.listdir(tmp_path)) and not os.path.exists(tmp_path / "state")


def test_other_windows_begin_anew_and_that_is_said(llmops, tmp_path):
    append(tmp_path / "app.log", [failed(0)])
    llmops("monitor", "--state", "state", "--no-pii", "app.log")
    result = llmops("monitor", "--state", "state", "--window", "5m", "--no-pii", "app.log")
    assert result.status == 0 and "these begin anew" in result.err
