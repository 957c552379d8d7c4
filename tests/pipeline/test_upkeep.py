"""`forget`, `prune` and `show` from outside: a lake without somebody is the lake that never knew them."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .lakes import contents, events, published, write


def without(records: list[dict], user: str) -> list[dict]:
    return [record for record in records if record["user_id"] != user]


def personal(records: list[dict]) -> list[dict]:
    """The same events, one user of which is known by an e-mail address."""
    return [{**record, "user_id": "ann@example.org"} if record["user_id"] == "u_3" else record for record in records]


@pytest.mark.parametrize("as_pseudonym", [False, True])
def test_a_forgotten_person_was_never_there(llmops, tmp_path, as_pseudonym):
    records = personal(events(1))
    for name, some in (("all", records), ("rest", without(records, "ann@example.org"))):
        assert llmops("run", "-q", write(tmp_path / f"{name}.jsonl", some), "-o", tmp_path / name).status == 0
    user = "ann@example.org"
    held = [json.loads(line) for line in llmops("forget", "all", "--user", user, "--show").out.splitlines()]
    assert {row["stage"] for row in held} == {"landing", "conversations"}
    assert sum(row["stage"] == "landing" for row in held) == len(records) - len(without(records, user))
    if as_pseudonym:
        user = next(row["record"]["user_id"] for row in held if row["stage"] == "conversations")
        assert user.startswith("user-")
    (tmp_path / "all" / "feedback").mkdir()
    write(tmp_path / "all" / "feedback" / "feedback.jsonl", [{"feedback_id": "fb-1", "user_id": user, "rating": "up"}, {"feedback_id": "fb-2", "user_id": "u_4", "rating": "up"}])
    done = llmops("forget", "all", "--user", user)
    receipt = json.loads(done.out)
    assert done.status == 0 and receipt["feedback"] == 1 and receipt["landing_lines"] == len(records) - len(without(records, "ann@example.org"))
    assert user not in done.out.decode()
    def bare(lake):     # a lake's file names tell of the inputs' content, which differs
        return {path: value for path, value in published(tmp_path / lake).items() if not isinstance(value, dict)}
    assert bare("all") == bare("rest")
    everything = b"".join(path.read_bytes() for path in (tmp_path / "all").rglob("*") if path.is_file())
    pseudonym = next(row["record"]["user_id"] for row in held if row["stage"] == "conversations")
    assert b"ann@example.org" not in everything.replace(b"ann@example.org, na", b"") and pseudonym.encode() not in everything
    assert json.loads(llmops("forget", "all", "--user", user).out)["dates"] == []
    before = contents(tmp_path / "all")
    assert llmops("run", "-q", tmp_path / "all.jsonl", "-o", tmp_path / "all").status == 0      # it came in before: nothing comes back
    assert contents(tmp_path / "all") == before


def test_of_somebody_elses_conversation_only_the_own_messages_go(llmops, tmp_path):
    talk = [{"event_time": f"2026-03-01T10:0{n}:00Z", "conversation_id": "c", "message_id": f"m{n}", "role": "user" if n % 2 == 0 else "assistant",
             "content": f"part {n}", "user_id": "u_1" if n != 2 else "u_2"} for n in range(4)]
    llmops("run", "-q", write(tmp_path / "log.jsonl", talk), "-o", "lake")
    receipt = json.loads(llmops("forget", "lake", "--user", "u_2").out)
    assert (receipt["messages"], receipt["conversations"], receipt["landing_lines"]) == (1, 0, 1)
    conversation, = [json.loads(line) for line in llmops("show", "lake", "--json").out.splitlines()]
    assert [message["message_id"] for message in conversation["messages"]] == ["m0", "m1", "m3"] and conversation["turn_count"] == 3


def test_a_compressed_copy_is_written_anew(llmops, tmp_path):
    path = tmp_path / "log.jsonl.gz"
    path.write_bytes(gzip.compress(b"".join(json.dumps(record).encode() + b"\n" for record in events(3, days=1))))
    llmops("run", "-q", path, "--date", "2026-03-01", "-o", "lake")
    assert json.loads(llmops("forget", "lake", "--user", "u_5").out)["landing_files"] == 0
    landed, = (tmp_path / "lake" / "landing" / "date=2026-03-01").iterdir()
    left = [json.loads(line) for line in gzip.decompress(landed.read_bytes()).splitlines()]
    assert left == without(events(3, days=1), "u_5")


def test_prune_says_first_and_takes_away_when_told(llmops, tmp_path):
    llmops("run", "-q", write(tmp_path / "log.jsonl", events(1)), "-o", "lake")
    metrics = published(tmp_path / "lake")
    before = contents(tmp_path / "lake")
    said = llmops("prune", "lake", "--keep", "landing=2d,sanitized=1w", "--today", "2026-03-06")
    assert said.status == 0 and b"would go" in said.out and contents(tmp_path / "lake") == before
    done = json.loads(llmops("prune", "lake", "--keep", "landing=2d,sanitized=3d", "--today", "2026-03-06", "--apply", "--json").out)
    assert {(part["stage"], part["date"]) for part in done["partitions"]} == {("landing", f"2026-03-0{n}") for n in (1, 2, 3)} | {("sanitized", f"2026-03-0{n}") for n in (1, 2)}
    assert not (tmp_path / "lake" / "landing" / "date=2026-03-03").exists() and published(tmp_path / "lake") == metrics
    assert llmops("run", "-q", "-o", "lake", "--force").status == 0
    kept = {path: value for path, value in published(tmp_path / "lake").items() if "date=2026-03-01" in path}
    assert kept == {path: value for path, value in metrics.items() if "date=2026-03-01" in path}


@pytest.mark.parametrize("options", [("--keep", "landing=9999y"), ("--keep", "landing=999999999y"), ("--keep", "landing=1d", "--today", "0001-01-01")])
def test_an_age_beyond_all_dates_keeps_everything(llmops, tmp_path, options):
    llmops("run", "-q", write(tmp_path / "log.jsonl", events(1, days=1)), "-o", "lake")
    before = published(tmp_path / "lake", "landing")
    done = llmops("prune", "lake", *options, "--apply")
    assert done.status == 0 and done.err == "" and b"nothing" in done.out and published(tmp_path / "lake", "landing") == before


@pytest.mark.parametrize("words, says", [
    (("prune", "lake"), "--keep landing=90d"),
    (("prune", "lake", "--keep", "landing=soon"), "not an age"),
    (("prune", "lake", "--keep", "landings=9d"), "did you mean 'landing'"),
    (("prune", "lake", "--keep", "landing=0d,landing=90d"), "landing is named twice"),
    (("prune", "nowhere", "--keep", "landing=9d"), "no lake"),
    (("forget", "nowhere", "--user", "u"), "no lake"),
    (("forget", "lake"), "--user"),
    (("forget", "lake", "--user", " "), "empty"),
    (("show", "lake"), "holds no conversations"),
    (("show", "nowhere"), "no lake"),
])
def test_what_cannot_be_done_is_one_line_and_exit_2(llmops, tmp_path, words, says):
    (tmp_path / "lake").mkdir()
    done = llmops(*words)
    assert done.status == 2 and says in done.err and "Traceback" not in done.err


def test_show_finds_what_is_behind_a_number(llmops, tmp_path):
    llmops("run", "-q", write(tmp_path / "log.jsonl", events(1)), "-o", "lake")
    rows = [json.loads(line) for line in llmops("show", "lake", "--json").out.splitlines()]
    sales = [json.loads(line) for line in llmops("show", "lake", "--team", "Sales", "--kind", "EMAIL", "--json").out.splitlines()]
    assert sales == [row for row in rows if row["team"] == "Sales"] and sales
    assert llmops("show", "lake", "--conversation", rows[4]["conversation_id"], "--json").out.splitlines() == [json.dumps(rows[4], ensure_ascii=False).encode()]
    assert sales == [json.loads(line) for line in llmops("show", "lake", "--team", "Sales", "--kind", "email", "--json").out.splitlines()]
    nothing = llmops("show", "lake", "--kind", "IBAN")
    assert (nothing.status, nothing.out, nothing.err) == (1, b"", "llmops: no conversation is like that\n")
    llmops("run", "-q", tmp_path / "log.jsonl", "-o", "untold", "--as", "remove")
    untold = llmops("show", "untold", "--kind", "EMAIL")
    assert untold.status == 1 and "do not say what was found" in untold.err
    late = llmops("show", "lake", "--date", "2026-04-01")
    assert late.status == 2 and "2026-03-01 to 2026-03-" in late.err
    assert "message 0 of" in llmops("show", "lake", "--limit", "1").out.decode()


@pytest.mark.parametrize("options", [("--as", "remove"), ("--as", "partial", "--timezone", "Pacific/Auckland"), ("--only", "EMAIL"), ("--rules", "rules.toml"), ("--people", "people.csv")])
def test_what_is_left_is_counted_as_the_lake_was(llmops, tmp_path, options):
    (tmp_path / "rules.toml").write_text('[[rule]]\nid = "project"\nkind = "PROJECT"\nvalues = ["message 1"]\n')
    (tmp_path / "people.csv").write_text("team,headcount\nSales,40\nLegal,7\n")
    records = events(3)
    for name, some in (("all", records), ("rest", without(records, "u_3"))):
        assert llmops("run", "-q", write(tmp_path / f"{name}.jsonl", some), "-o", name, *options).status == 0
    assert llmops("forget", "all", "--user", "u_3").status == 0
    curated = published(tmp_path / "all", "curated")
    assert curated == published(tmp_path / "rest", "curated")
    if options[0] == "--rules":
        assert any(b'"PROJECT"' in value for value in curated.values())
    if options[0] == "--people":
        assert {row["headcount"] for path, value in curated.items() if path.endswith("metrics.json") for row in json.loads(value)["metrics"]} == {40, 7, None}


def test_late_parts_leave_a_date_as_it_was_counted(llmops, tmp_path):
    def event(number, **more):
        return {"event_time": f"2026-03-01T10:0{number}:00Z", "conversation_id": f"c{number}", "message_id": f"m{number}", "role": "user",
                "content": "mail ann@example.org", "team": "Sales", "user_id": f"u_{number}", **more}

    def said():
        rows = json.loads((tmp_path / "lake/curated/metrics_daily/date=2026-03-01/metrics.json").read_bytes())["metrics"]
        return sum(row["conversation_count"] for row in rows), {row["pii_findings"] for row in rows}, {row["headcount"] for row in rows}
    (tmp_path / "people.csv").write_text("user_id,team\nu_1,Sales\nu_2,Sales\nu_9,Sales\n")
    assert llmops("run", "-q", write(tmp_path / "one.jsonl", [event(1)]), "-o", "lake", "--people", "people.csv").status == 0
    assert said() == (1, {1}, {3})
    assert llmops("run", "-q", write(tmp_path / "two.jsonl", [event(2)]), "-o", "lake", "--as", "remove").status == 0
    assert said()[0] == 2 and said()[1] == {None} and 3 in said()[2]
    assert llmops("run", "-q", write(tmp_path / "three.jsonl", [event(3)]), "-o", "lake").status == 0
    assert said()[:2] == (3, {None})        # what the second of the three held cannot be told still
    assert llmops("run", "-q", "-o", "lake", "--force").status == 0
    assert said()[0] == 3 and None not in said()[1] and said()[2] == {None}


def test_notes_of_an_earlier_version_do_not_say_how_an_input_was_sanitized(llmops, tmp_path):
    log = [{"event_time": f"2026-03-01T10:0{number}:00Z", "conversation_id": f"c{number}", "message_id": f"m{number}", "role": "user",
            "content": "mail ann@example.org", "team": "Sales", "user_id": "u"} for number in range(2)]

    def findings():
        rows = json.loads((tmp_path / "lake/curated/metrics_daily/date=2026-03-01/metrics.json").read_bytes())["metrics"]
        return {row["pii_findings"] for row in rows}
    assert llmops("run", "-q", write(tmp_path / "one.jsonl", log[:1]), "-o", "lake", "--as", "remove").status == 0
    for note in (tmp_path / "lake/.llmops/inputs/done").iterdir():
        note.write_text(json.dumps({key: value for key, value in json.loads(note.read_text()).items() if key != "way"}))
    assert llmops("run", "-q", write(tmp_path / "two.jsonl", log[1:]), "-o", "lake", "--as", "remove").status == 0
    assert findings() == {None}
    assert llmops("forget", "lake", "--user", "nobody").status == 0 and findings() == {None}


REJECTED = [b'{"role": "user", "content": "no time", "conversation_id": "a", "user_id": "ann@example.org"}',
            b'{"event_time": "2026-03-01T00:00:00Z", "content": "no role", "conversation_id": "b", "user_id": "bob"}',
            b'{"event_time": "2026-03-04T00:00:00Z", "user_id": "bob", "content": "broken',
            b'{"event_time": "2026-03-01T00:00:00Z", "user_id": "bobby", "content": "broken']


@pytest.mark.parametrize("landing", [(), ("--no-landing",)])
def test_rejected_lines_are_forgotten_with_the_person(llmops, tmp_path, landing):
    talk = [{"event_time": "2026-03-01T10:00:00Z", "conversation_id": name[0], "role": "user", "content": "hello", "user_id": name} for name in ("ann@example.org", "bob", "carol")]
    assert llmops("run", "-q", write(tmp_path / "log.jsonl", [*talk, *REJECTED]), *landing, "-o", "lake").status == 3
    for user, lines, rejects in (("ann@example.org", 2, 1), ("bob", 3, 2)):
        shown = llmops("forget", "lake", "--user", user, "--show")
        assert shown.status == 0 and shown.out.count(b'"stage": "landing"') == (0 if landing else lines)
        if user not in shown.out.decode():
            assert landing
        receipt = json.loads(llmops("forget", "lake", "--user", user).out)
        if landing:
            assert receipt["landing_lines"] == 0
        else:
            assert (receipt["landing_lines"], receipt["landing_files"], receipt["rejects"]) == (lines, 0, rejects)
    left = b"".join(path.read_bytes() for path in (tmp_path / "lake").rglob("*") if path.is_file())
    assert b"ann@example.org" not in left and b'bob"' not in left and b'bob\\"' not in left and b"no role" not in left
    assert b"carol" in left and b"bobby" in left
    listed = [json.loads(line) for path in (tmp_path / "lake" / "reports").rglob("rejects.jsonl") for line in path.read_bytes().splitlines()]
    assert len(listed) == len(REJECTED)


def test_a_copy_with_a_byte_order_mark_or_a_cut_keeps_the_lines_of_others(llmops, tmp_path):
    lines = b"".join(json.dumps({"event_time": f"2026-03-01T10:{n:02}:00Z", "conversation_id": f"c{n}", "role": "user", "content": f"{n * 7919 ** 9}",
                                 "user_id": f"u_{n % 2}"}).encode() + b"\r\n" for n in range(60))
    whole = gzip.compress(lines)
    (tmp_path / "marked.jsonl").write_bytes(b"\xef\xbb\xbf" + lines)
    (tmp_path / "cut.jsonl.gz").write_bytes(whole[:len(whole) * 3 // 4])
    for name, status in (("marked.jsonl", 0), ("cut.jsonl.gz", 3)):
        assert llmops("run", "-q", tmp_path / name, "--date", "2026-03-01", "-o", name[:3]).status == status
        done = llmops("forget", name[:3], "--user", "u_0")
        assert done.status == 0 and json.loads(done.out)["landing_files"] == 0
        landed, = (tmp_path / name[:3] / "landing" / "date=2026-03-01").iterdir()
        left = (gzip.decompress if name.endswith(".gz") else bytes)(landed.read_bytes())
        assert b'"u_0"' not in left and left.count(b'"u_1"') > 10


def test_what_is_shown_does_not_steer_the_terminal(llmops, tmp_path):
    talk = {"event_time": "2026-03-01T10:00:00Z", "conversation_id": "\x1b[2J", "role": "user", "content": "a\x1b]0;title\x07\n\x9b31mb\tc", "team": "\x1b[31mT"}
    reply = {**talk, "event_time": "2026-03-01T10:00:01Z", "role": "assistant", "content": "ok", "model": "\x1b[1mm", "error": "\x1b[5me", "latency_ms": 1234567}
    llmops("run", "-q", write(tmp_path / "log.jsonl", [talk, reply]), "-o", "lake")
    shown = llmops("show", "lake").out.decode()
    assert not [sign for sign in shown if sign != "\n" and not sign.isprintable()] and "1234567 ms" in shown
    assert b"\\u001b[2J" in llmops("show", "lake", "--json").out


@pytest.mark.parametrize("stage", ["conversations", "sanitized"])
@pytest.mark.parametrize("spoil", [lambda data: data + b"\0\0\0\n", lambda data: data[:-9]])
def test_a_spoilt_file_of_the_lake_is_named_and_can_be_made_anew(llmops, tmp_path, stage, spoil):
    records = events(1, days=1)
    llmops("run", "-q", write(tmp_path / "log.jsonl", records), "-o", "lake")
    before = published(tmp_path / "lake")
    path, = (tmp_path / "lake" / stage / "date=2026-03-01").iterdir()
    path.write_bytes(spoil(path.read_bytes()))
    more = write(tmp_path / "more.jsonl", [{**records[0], "message_id": "late"}])
    for words in (("show", "lake", "--kind", "NONE"), ("run", more, "-o", "lake"), ("forget", "lake", "--user", "u_3"))[stage == "sanitized" and 2:]:
        done = llmops(*words)
        assert done.status == 2 and f"{path.name}:" in done.err
        assert "is not a whole record" in done.err and "--force" in done.err and "Traceback" not in done.err
    for path in (tmp_path / "lake" / "landing").rglob("more*"):
        path.unlink()
    assert llmops("run", "-q", "-o", "lake", "--force").status == 0
    assert stage == "conversations" or published(tmp_path / "lake") == before


def test_a_spoilt_note_says_what_mends_it(llmops, tmp_path):
    llmops("run", "-q", write(tmp_path / "log.jsonl", events(1, days=1)), "-o", "lake")
    before = published(tmp_path / "lake")
    note, = (tmp_path / "lake" / ".llmops" / "inputs" / "done").iterdir()
    note.write_bytes(b"")
    done = llmops("run", tmp_path / "log.jsonl", "-o", "lake")
    assert done.status == 2 and "take that file away" in done.err
    note.unlink()
    assert llmops("run", "-q", "-o", "lake", "--force").status == 0 and published(tmp_path / "lake") == before


def test_a_full_disk_is_said_with_its_place(tmp_path):
    write(tmp_path / "log.jsonl", events(1, conversations=400))
    full = "import resource, runpy; resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)); runpy.run_module('llmops_cli', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", full, "run", "-q", "log.jsonl", "-o", "lake"], cwd=tmp_path, capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])})
    assert done.returncode == 2 and done.stderr.startswith("llmops: lake: cannot be written: ") and "Traceback" not in done.stderr


@pytest.mark.parametrize("way", ["pending", "pruned", "landed"])
def test_replies_go_with_a_conversation_that_the_lake_has_not_made(llmops, tmp_path, way):
    """Its events wait to be published or taken in, or its conversations were pruned: the replies that name no user go as well."""
    def talk(conversation: str, *said: tuple[str, str, str]) -> list[dict]:
        return [{"event_time": f"2026-03-01T10:0{number}:00Z", "conversation_id": conversation, "role": role, "content": text, **({"user_id": user} if user else {})}
                for number, (role, text, user) in enumerate(said)]
    others = talk("theirs", ("user", "may I see the figures", "bob"), ("user", "me too", "ann@example.org"), ("assistant", "here they are", ""))
    log = write(tmp_path / "log.jsonl", talk("hers", ("user", "what do I earn", "ann@example.org"), ("assistant", "You earn a lot.", "")) + others)
    if way == "landed":
        (tmp_path / "lake" / "landing" / "date=2026-03-01").mkdir(parents=True)
        os.rename(log, tmp_path / "lake" / "landing" / "date=2026-03-01" / "log.jsonl")
    else:
        llmops("run", log, "-o", "lake", *["--stages", "landing,sanitized"] * (way == "pending"))
    if way == "pruned":
        llmops("prune", "lake", "--keep", "conversations=1d", "--apply")
    shown = llmops("forget", "lake", "--user", "ann@example.org", "--show").out
    assert b"You earn a lot." in shown and b"me too" in shown and b"figures" not in shown and b"here they are" not in shown
    receipt = json.loads(llmops("forget", "lake", "--user", "ann@example.org").out)
    assert (receipt["landing_lines"], receipt["sanitized_events"]) == (3, 0 if way == "landed" else 3)
    left = b"".join(path.read_bytes() for path in (tmp_path / "lake").rglob("*") if path.is_file())
    assert b"earn" not in left and b"me too" not in left and b"here they are" in left
    llmops("run", "-o", "lake")
    assert llmops("forget", "lake", "--user", "ann@example.org", "--show").out == b""


def test_what_comes_after_its_date_was_pruned_leaves_the_metrics_alone(llmops, tmp_path):
    def message(time: str, conversation: str) -> dict:
        return {"event_time": f"2026-{time}:00Z", "conversation_id": conversation, "message_id": f"{time}{conversation}", "role": "user", "content": "hello", "user_id": "u"}
    old = [message("01-05T10:00", f"c{number}") for number in range(6)] + [message("01-05T23:50", "night"), message("01-06T00:10", "night"), message("01-06T09:00", "day")]
    llmops("run", write(tmp_path / "old.jsonl", old), "-o", "lake")
    llmops("prune", "lake", "--keep", "landing=30d,sanitized=30d,conversations=30d", "--today", "2026-02-05", "--apply")     # keeps the 6th
    before = published(tmp_path / "lake", "curated")
    more = [message("01-05T12:00", "late"), *old, message("01-05T23:40", "day"), message("02-04T10:00", "new")]     # a log that has grown
    done = llmops("run", write(tmp_path / "grown.jsonl", more), "-o", "lake")
    assert done.status == 0 and "8 conversations of dates whose conversations were pruned" in done.err
    after = published(tmp_path / "lake", "curated")
    assert {path: value for path, value in after.items() if "2026-01" in path} == before
    assert json.loads(after["curated/metrics_daily/date=2026-02-04/metrics.json"])["total_conversations"] == 1
    llmops("run", tmp_path / "grown.jsonl", "-o", "lake", "--date", "2026-01-05")
    assert {path: value for path, value in published(tmp_path / "lake", "curated").items() if "2026-01-05" in path} \
        == {path: value for path, value in before.items() if "2026-01-05" in path}


def test_a_person_is_not_looked_for_with_another_key(llmops, tmp_path):
    """Of an id that is personal only its pseudonym is in the lake, and that is another with another key."""
    log = write(tmp_path / "log.jsonl", personal(events(1)))
    keys = [{"LLMOPS_HASH_KEY": "first"}, {"LLMOPS_HASH_KEY": "second"}, {}]
    for late in ("", "late"):
        lake = tmp_path / f"lake{late}"
        llmops("run", log, "-o", lake, env=keys[0])
        if late:        # a run that needs no key does not make the lake forget that one was used
            llmops("run", write(tmp_path / "late.jsonl", events(2)), "-o", lake, env=keys[1])
        assert "key_id\": \"\"" not in (lake / "reports" / "date=2026-03-01" / "run_latest.json").read_text()
        before = contents(lake)
        for key in keys[1:]:
            for option in ((), ("--show",)):
                done = llmops("forget", lake, "--user", "ann@example.org", *option, env=key)
                assert (done.status, done.out) == (2, b"") and "made with another key" in done.err and "ann@" not in done.err
        assert contents(lake) == before
        assert llmops("forget", lake, "--user", "u_5", env=keys[1]).status == 0        # an id that stands there as it is needs no key
        assert json.loads(llmops("forget", lake, "--user", "ann@example.org", env=keys[0]).out)["conversations"]


def test_a_lake_of_two_keys_is_searched_with_both(llmops, tmp_path):
    for number, key in enumerate(("first", "second")):
        llmops("run", write(tmp_path / f"{key}.jsonl", personal(events(number))), "-o", "lake", env={"LLMOPS_HASH_KEY": key})
    for key in ("first", "second"):
        done = llmops("forget", "lake", "--user", "ann@example.org", env={"LLMOPS_HASH_KEY": key})
        assert done.status == 0 and json.loads(done.out)["conversations"] and "made with another key" in done.err
    assert b"user-" not in llmops("show", "lake", "--json").out
