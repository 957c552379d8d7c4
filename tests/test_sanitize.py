"""`sanitize` and `restore` from outside."""

import json
import os
import random
import signal
import stat
import subprocess
import threading
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .conftest import PROGRAM, environment

KEY = {"LLMOPS_HASH_KEY": "a key for these tests"}
ROWS = [{"event_time": "2026-01-03T10:15:00Z", "conversation_id": "c1", "user_id": "ann@example.org", "content": "mail bob@example.org or +44 20 7946 0958"},
        {"conversation_id": "c1", "content": "bob@example.org again, and eve@example.net"},
        {"conversation_id": "c2", "content": "nothing in here", "n": 1.10, "big": 12345678901234567890123456789012345678901},
        {"conversation_id": "c2", "content": "card 4111 1111 1111 1111", "nested": {"list": ["ok", {"deep": "DE89 3704 0044 0532 0130 00"}]}}]


def lines(rows=ROWS):
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def contents(out):
    return [json.loads(line)["content"] for line in out.splitlines()]


@pytest.mark.parametrize("style, expected", [
    ("label", "mail [EMAIL] or [PHONE]"), ("label-numbered", "mail [EMAIL_1] or [PHONE_1]"), ("remove", "mail  or "), ("partial", "mail ****eorg or ****0958")])
def test_styles(llmops, style, expected):
    result = llmops("sanitize", "--as", style, stdin=lines(), env=KEY)
    assert result.status == 0 and contents(result.out)[0] == expected


def test_equal_values_have_equal_numbers_within_a_conversation(llmops):
    assert contents(llmops("sanitize", "--as", "label-numbered", stdin=lines(), env=KEY).out)[1] == "[EMAIL_1] again, and [EMAIL_2]"


def test_a_clean_line_keeps_its_bytes(llmops):
    odd = b'{ "text" : "caf\\u00e9",  "n": 1.10,"big":12345678901234567890123456789012345678901 }'
    assert llmops("sanitize", stdin=odd + b"\r\n").out == odd + b"\n"


def test_a_personal_id_becomes_a_pseudonym_of_its_key(llmops):
    ids = {json.loads(llmops("sanitize", stdin=lines(), env={"LLMOPS_HASH_KEY": key}).out.splitlines()[0])["user_id"] for key in ("one", "two", "one")}
    assert len(ids) == 2 and all(one.startswith("user-") and len(one) == 17 for one in ids)


def test_without_a_key_one_is_made_once_and_said_once(llmops, tmp_path):
    first, second = (llmops("sanitize", stdin=lines()) for _ in range(2))
    assert "made a key" in first.err and "made a key" not in second.err and first.out == second.out
    key = tmp_path / ".state" / "llmops" / "key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


@pytest.mark.parametrize("style", ["hash", "fake"])
def test_keyed_styles_are_refused_without_a_key(llmops, style):
    result = llmops("sanitize", "--as", style, stdin=lines())
    assert result.status == 2 and "LLMOPS_HASH_KEY" in result.err and result.out == b""


def test_check_says_where_and_never_what(llmops, tmp_path):
    (tmp_path / "chat.jsonl").write_bytes(lines())
    for form in ("text", "jsonl", "sarif", "junit", "github"):
        result = llmops("sanitize", "--check", "--format", form, "chat.jsonl", env=KEY)
        assert result.status == 1, form
        assert not any(value in result.out for value in (b"bob@", b"ann@", b"4111", b"DE89", b"7946")), form
        assert b"chat.jsonl" in result.out
    clean = llmops("sanitize", "--check", stdin=b'{"content": "nothing"}\n')
    assert (clean.status, clean.out) == (0, b"")
    assert llmops("sanitize", "--check", "--exit-zero", "chat.jsonl", env=KEY).status == 0


def test_check_forms_are_well_formed(llmops, tmp_path):
    (tmp_path / "chat.jsonl").write_bytes(lines() * 5)
    form = lambda name: llmops("sanitize", "--check", "--format", name, "chat.jsonl", env=KEY).out
    rows = [json.loads(line) for line in form("jsonl").splitlines()]
    assert {"file", "line", "path", "start", "end", "kind", "rule", "validator", "context", "fingerprint"} == set(rows[0])
    log = json.loads(form("sarif"))
    assert log["version"] == "2.1.0" and len(log["runs"][0]["results"]) == len(rows)
    suite = ElementTree.fromstring(form("junit"))[0]
    assert int(suite.get("failures")) == len(rows) == len(suite)
    annotations = form("github").decode().splitlines()
    assert sum(line.startswith("::error ") for line in annotations) == 10 and f"{len(rows)} findings" in annotations[-1]


@pytest.mark.parametrize("form", ["text", "jsonl", "sarif", "junit", "github", "explain"])
def test_any_name_of_a_file_can_be_told(llmops, tmp_path, form):
    name = "a b\udcff\n%.jsonl"
    (tmp_path / name).write_bytes(lines())
    result = llmops("sanitize", *(["--explain"] if form == "explain" else ["--check", "--format", form]), name, env=KEY)
    assert result.status == (form != "explain") and b"a b" in result.out.replace(b"%20", b" ")
    if form == "sarif":
        place = json.loads(result.out)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "a%20b%FF%0A%25.jsonl"


def test_explain_gives_the_place_in_the_string(llmops):
    found = [json.loads(line) for line in llmops("sanitize", "--explain", stdin=lines(), env=KEY).out.splitlines()]
    text = ROWS[3]["nested"]["list"][1]["deep"]
    deep = next(row for row in found if row["path"] == "nested.list.1.deep")
    assert (deep["line"], deep["kind"], text[deep["start"]:deep["end"]]) == (4, "IBAN", text)


@pytest.mark.parametrize("form", ["text", "jsonl", "sarif", "junit", "github", "explain"])
def test_no_report_tells_a_key_that_is_personal(llmops, form):
    made = lines([{"users": {"ann@example.org": ["call +44 20 7946 0958"]}, "a\n\x1b[31m": "bob@example.org"}])
    result = llmops("sanitize", *(["--explain"] if form == "explain" else ["--check", "--format", form]), stdin=made, env=KEY)
    assert b"users.[EMAIL].0" in result.out and b"ann@" not in result.out + result.err.encode()
    if form == "text":      # a line a finding, whatever is in a key
        assert len(result.out.splitlines()) == 5 and b"\x1b" not in result.out and b"a\\n\\x1b[31m" in result.out


def test_a_baseline_hides_what_was_known_and_nothing_new(llmops, tmp_path):
    known = llmops("sanitize", "--check", "--format", "jsonl", stdin=lines(), env=KEY).out
    (tmp_path / "known.jsonl").write_bytes(known)
    moved = lines([{"content": "moved"}, *reversed(ROWS)])
    same = llmops("sanitize", "--check", "--baseline", "known.jsonl", stdin=moved, env=KEY)
    assert (same.status, same.out) == (0, b"")
    new = llmops("sanitize", "--check", "--baseline", "known.jsonl", stdin=moved + lines([{"content": "zoe@example.org"}]), env=KEY)
    assert new.status == 1 and b"1 finding: EMAIL 1" in new.out
    other = llmops("sanitize", "--check", "--baseline", "known.jsonl", stdin=moved, env={"LLMOPS_HASH_KEY": "another"})
    assert other.status == 1


@pytest.mark.parametrize("line", ["not json", "[1]", '{"kind": "EMAIL"}', '{"fingerprint": ["a"]}', '{"fingerprint": ""}\n{"fingerprint": 5}'])
def test_what_is_no_baseline_is_refused(llmops, tmp_path, line):
    (tmp_path / "known.jsonl").write_text(line + "\n")
    result = llmops("sanitize", "--check", "--baseline", "known.jsonl", stdin=lines(), env=KEY)
    assert (result.status, result.out) == (2, b"")
    assert "known.jsonl:" in result.err and "not a baseline" in result.err and "hint" in result.err


def test_the_vault_leads_back(llmops, tmp_path):
    clean = llmops("sanitize", "--as", "hash", "--vault", "vault.jsonl", stdin=lines(), env=KEY)
    assert clean.status == 0 and b"bob@" not in clean.out
    assert stat.S_IMODE((tmp_path / "vault.jsonl").stat().st_mode) == 0o600
    back = llmops("restore", "--vault", "vault.jsonl", stdin=clean.out)
    assert (back.status, back.out) == (0, lines())
    more = lines([{"content": "zoe@example.org"}])
    llmops("sanitize", "--as", "hash", "--vault", "vault.jsonl", stdin=more, env=KEY)
    assert llmops("restore", "--vault", "vault.jsonl", stdin=clean.out).out == lines()
    stranger = llmops("restore", "--vault", "vault.jsonl", stdin=b'{"content": "[EMAIL:0123456789ab]"}\n')
    assert stranger.status == 3 and b"[EMAIL:0123456789ab]" in stranger.out
    assert llmops("sanitize", "--vault", "v", stdin=lines(), env=KEY).status == 2


def test_the_vault_leads_back_from_everywhere(llmops):
    rows = [{"prompt_version": "ann@example.org", "task_category": "bob@example.org", "ann@example.org": 1, "content": "josé@example.org"}]
    for text in ("josé@example.org", 'password = "h4nt3r\\99!x"', "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA75Kdkfjslkdfj3498fjskdfj39fj3kdfjsldkfj3409\n-----END RSA PRIVATE KEY-----"):
        once = json.dumps({"a": text, "b": [1, "x"]}, ensure_ascii=False)
        rows.append({"content": text, "once": once, "twice": json.dumps([once, text], ensure_ascii=False), "broken": "{" + once, "half": f"{text} \ud800"})
    clean = llmops("sanitize", "--as", "hash", "--vault", "vault.jsonl", stdin=lines(rows), env=KEY)
    back = llmops("restore", "--vault", "vault.jsonl", stdin=clean.out)
    assert (clean.status, back.status) == (0, 0) and b"[SECRET:" in clean.out and b"[PASSWORD:" in clean.out
    assert [json.loads(line) for line in back.out.splitlines()] == rows


def test_half_a_character_in_a_value_does_not_stop_restoring_text(llmops):
    clean = llmops("sanitize", "--as", "hash", "--vault", "vault.jsonl", stdin=b'{"c": "password = \\"h4nt\\ud8003r!99\\""}\n', env=KEY)
    back = llmops("restore", "--text", "--vault", "vault.jsonl", stdin=clean.out + b"\xff\n")
    assert (back.status, back.out) == (0, b'{"c": "password = \\"h4nt\\ud8003r!99\\""}\n\xff\n')


@pytest.mark.parametrize("outputs", [["--vault", "-"], ["--vault", "one", "-o", "one"], ["--vault", "one", "-o", "./one"], ["--vault", "one", "--stats", "one"],
                                     ["--stats", "one", "-o", "one"], ["--stats", "one", "--rejects", "one"]], ids=" ".join)
def test_two_outputs_in_one_place_are_refused(llmops, tmp_path, outputs):
    result = llmops("sanitize", "--as", "hash", *outputs, stdin=lines(), env=KEY)
    assert (result.status, result.out) == (2, b"") and "hint" in result.err and not (tmp_path / "one").exists()


def test_of_two_runs_at_once_each_leaves_its_values_in_the_vault(llmops, tmp_path):
    rows = [lines([{"content": f"u{run}n{number}@example.org"} for number in range(600)]) for run in range(4)]
    with ThreadPoolExecutor() as pool:
        cleaned = list(pool.map(lambda made: llmops("sanitize", "--as", "hash", "--vault", "vault.jsonl", stdin=made, env=KEY), rows))
    for made, clean in zip(rows, cleaned):
        back = llmops("restore", "--vault", "vault.jsonl", stdin=clean.out)
        assert (clean.status, back.status, back.out) == (0, 0, made)


def test_any_number_of_processes_gives_the_same(llmops, tmp_path):
    draw = random.Random(3)
    rows = [{"conversation_id": f"c{draw.randrange(40)}", "user_id": f"u{number}@example.org" if number % 7 == 0 else f"u{number}",
             "content": draw.choice(["plain words ", "mail a%d@example.org " % draw.randrange(50), "call +44 20 7946 0%d " % draw.randrange(100, 999)]) * 40}
            for number in range(900)]
    made = lines(rows[:400]) + b"not json\n[1]\n" + lines(rows[400:])
    (tmp_path / "chat.jsonl").write_bytes(made)
    for options in (["--as", "label"], ["--as", "label-numbered"], ["--as", "hash"], ["--as", "fake"], ["--check", "--format", "jsonl"], ["--explain"]):
        alone, several = (llmops("sanitize", "-j", jobs, *options, "--rejects", f"rejects{jobs}", "--stats", f"stats{jobs}", "chat.jsonl", env=KEY) for jobs in (1, 3))
        assert alone == several, options
        assert (tmp_path / "rejects1").read_bytes() == (tmp_path / "rejects3").read_bytes()
        counts = [json.loads((tmp_path / f"stats{jobs}").read_bytes())["findings"] for jobs in (1, 3)]
        assert counts[0] == counts[1] and counts[0]["EMAIL"] > 50


def test_plain_text(llmops):
    result = llmops("sanitize", "--text", stdin=b"mail ann@example.org\n\xff\xfe odd bytes stay\n")
    assert (result.status, result.out) == (0, b"mail [EMAIL]\n\xff\xfe odd bytes stay\n")
    assert llmops("sanitize", "--text", "--check", stdin=b"mail ann@example.org\n").status == 1


PEM = b"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIEpAIBAAKCAQEA75Kdkfjslkdfj3498fjskdfj39fj3\nkdfjsldkfj3409aa==\n-----END RSA PRIVATE KEY-----\n"


@pytest.mark.parametrize("key", [PEM, PEM.replace(b"\n", b"\r\n"), b"> " + PEM.replace(b"\n", b"\n> ")[:-2], PEM[:-30], b"key = " + b"'" + PEM.replace(b"\n", b"\\n'\n'")[:-1]], ids=["plain", "CRLF", "quoted", "cut", "program"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_key_in_plain_text_is_found_whole(llmops, tmp_path, key, jobs):
    (tmp_path / "a.txt").write_bytes(b"ann@example.org\n" + key + b"bob@example.org\n")
    (tmp_path / "b.txt").write_bytes(PEM[:31])
    clean = llmops("sanitize", "--text", "-j", jobs, "a.txt", "b.txt")
    assert clean.status == 0 and b"[SECRET]" in clean.out and clean.out.startswith(b"[EMAIL]\n") and b"[EMAIL]\n-----BEGIN" in clean.out
    assert b"MII" not in clean.out and b"kdfj" not in clean.out
    told = [json.loads(line) for line in llmops("sanitize", "--text", "--explain", "-j", jobs, "a.txt").out.splitlines()]
    assert [(row["kind"], row["line"], row["start"]) for row in told] == [("EMAIL", 1, 0), ("SECRET", 2, key.index(b"-----")), ("EMAIL", 2 + key.count(b"\n"), 0)]


def test_plain_text_keeps_its_blank_lines(llmops):
    made = b"one\n\n  \ncall +44 20 7946 0958\n\n"
    clean = llmops("sanitize", "--text", "--as", "hash", "--vault", "vault.jsonl", stdin=made, env=KEY)
    assert clean.out.count(b"\n") == made.count(b"\n") and b"[PHONE:" in clean.out
    assert llmops("restore", "--text", "--vault", "vault.jsonl", stdin=clean.out).out == made
    beginning = b"if '-----BEGIN PRIVATE KEY-----' in text:\n    raise Found\nelse:\n    mail(ann@example.org)\n"
    assert llmops("sanitize", "--text", stdin=beginning).out == beginning.replace(b"ann@example.org", b"[EMAIL]")


def test_a_check_of_text_tells_bytes_apart_that_are_not_utf8(llmops, tmp_path):
    known, new = (b'pw password="' + byte + b'h4nt3r99"\n' for byte in (b"\xff", b"\xfe"))
    (tmp_path / "known.jsonl").write_bytes(llmops("sanitize", "--text", "--check", "--json", stdin=known, env=KEY).out)
    assert [llmops("sanitize", "--text", "--check", "--baseline", "known.jsonl", stdin=made, env=KEY).status for made in (known, new)] == [0, 1]
    assert json.loads(llmops("sanitize", "--text", "--explain", stdin=b"b\xe2\x82 ann@example.org\n").out)["start"] == 4


@pytest.mark.parametrize("options", [["--format", "sarif"], ["--json"], ["--baseline", "known.jsonl"]], ids=" ".join)
def test_what_goes_with_check_is_refused_without_it(llmops, options):
    result = llmops("sanitize", *options, stdin=lines(), env=KEY)
    assert (result.status, result.out) == (2, b"") and "--check" in result.err


@pytest.mark.parametrize("options", [["--text", "--check", "--fields", "content"], ["--text", "--leave", "content"], ["--explain", "--format", "sarif"], ["--only", "EMAIL,email", "--skip", "email"]], ids=" ".join)
def test_what_does_not_go_together_is_refused(llmops, options):
    result = llmops("sanitize", *options, stdin=lines(), env=KEY)
    assert (result.status, result.out) == (2, b"") and "hint" in result.err


@pytest.mark.parametrize("ended", ["pipe", "kill"])
def test_no_process_stays_when_the_first_one_ends(tmp_path, ended):
    """Each process holds standard input: whoever writes to it hears of the end when the last one is gone."""
    with subprocess.Popen([*PROGRAM, "sanitize", "-j", "2", "--check"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          env=environment(tmp_path, KEY), cwd=tmp_path) as process:
        feeding = threading.Thread(target=fed, args=[process.stdin, b'{"a":"ann@example.org"}\n' * 100_000], daemon=True)
        feeding.start()
        process.stdout.readline()
        process.kill() if ended == "kill" else process.stdout.close()
        feeding.join(30)
        assert not feeding.is_alive()


def fed(stream, block):
    """Write until nobody reads any more."""
    try:
        while True:
            stream.write(block)
    except BrokenPipeError:
        pass


def test_more_processes_than_any_machine_has(llmops):
    assert llmops("sanitize", "-j", "99999999999", stdin=lines(), env=KEY) == llmops("sanitize", stdin=lines(), env=KEY)


def test_fields_and_kinds(llmops):
    made = lines([{"a": "ann@example.org", "b": {"c": "bob@example.org, +44 20 7946 0958"}}])
    assert llmops("sanitize", "--fields", "b.c", stdin=made).out == b'{"a": "ann@example.org", "b": {"c": "[EMAIL], [PHONE]"}}\n'
    assert llmops("sanitize", "--leave", "b", "--only", "EMAIL", stdin=made).out == b'{"a": "[EMAIL]", "b": {"c": "bob@example.org, +44 20 7946 0958"}}\n'
    wrong = llmops("sanitize", "--only", "EMIAL", stdin=made)
    assert wrong.status == 2 and "EMAIL" in wrong.err


def test_rules_deny_and_allow(llmops, tmp_path):
    (tmp_path / "rules.toml").write_text('off = ["PHONE"]\n[[rule]]\nid = "project"\nkind = "PROJECT"\npattern = "PRJ-[0-9]{4}"\nfinds = ["PRJ-1234"]\n')
    (tmp_path / "deny").write_text("# customers\nBlue Whale\n")
    (tmp_path / "allow").write_text("/.*@example\\.com/\n")
    made = lines([{"content": "PRJ-1234 of blue whale, ann@example.com, eve@example.net, +44 20 7946 0958"}])
    result = llmops("sanitize", "--rules", "rules.toml", "--deny", "deny", "--allow", "allow", "--stats", "stats", stdin=made)
    assert contents(result.out) == ["[PROJECT] of [DENIED], ann@example.com, [EMAIL], +44 20 7946 0958"]
    assert json.loads((tmp_path / "stats").read_bytes())["findings"] == {"DENIED": 1, "EMAIL": 1, "PROJECT": 1}
    (tmp_path / "rules.toml").write_text('[[rule]]\nid = "project"\nkind = "PROJECT"\npattern = "PRJ-[0-9]{4}"\nfinds = ["nothing"]\n')
    broken = llmops("sanitize", "--rules", "rules.toml", stdin=made)
    assert broken.status == 2 and "project" in broken.err


def test_what_is_denied_is_removed_however_short_and_from_ids_too(llmops, tmp_path):
    (tmp_path / "deny").write_text("ACM\nBlueWhale\n")
    (tmp_path / "rules.toml").write_text('[[rule]]\nid = "project"\nkind = "PROJECT"\npattern = "P[0-9]"\n')
    made = lines([{"content": "acm", "list": ["ACM", "P1"], "team": "bluewhale", "user_id": "P1", "role": "user", "release": "AB12 CDE", "args": '{"for": "acm"}'}])
    row = json.loads(llmops("sanitize", "--deny", "deny", "--rules", "rules.toml", stdin=made, env=KEY).out)
    assert row["release"] == "AB12 CDE"      # what our own rules leave alone in ids stays so
    assert (row["content"], row["list"], row["role"], row["args"]) == ("[DENIED]", ["[DENIED]", "[PROJECT]"], "user", '{"for": "[DENIED]"}')
    assert row["team"].startswith("team-") and row["user_id"].startswith("user-")


def test_a_line_that_could_not_be_examined_is_never_written(llmops):
    made = b'{"a": "ann@example.org", "a": "x"}\n{"a": NaN}\n[1]\n{"a": "torn\n{"a": "fine"}\n'
    result = llmops("sanitize", stdin=made)
    assert (result.status, result.out) == (3, b'{"a": "fine"}\n')
    assert "ann@" not in result.err


@pytest.mark.parametrize("command", [["sanitize"], ["sanitize", "--check", "--only", "EMAIL,PROJECT"], ["run", "-o", "lake", "-"]], ids=" ".join)
def test_what_is_denied_stands_in_no_list_of_rejects(llmops, tmp_path, command):
    (tmp_path / "deny").write_text("Blue Whale\n")
    (tmp_path / "rules.toml").write_text('off = ["PHONE"]\n[[rule]]\nid = "project"\nkind = "PROJECT"\npattern = "PRJ-[0-9]{4}"\n')
    llmops(*command, "--deny", "deny", "--rules", "rules.toml", *([] if command[0] == "run" else ["--rejects", "rejects"]), env=KEY,
           stdin=b'{"event_time": "2026-01-03T10:15:00Z", "content": "for blue \\u0057hale, PRJ-1234, ann@example.org, +44 20 7946 0958 torn\n')
    rejects = [path.read_text() for path in tmp_path.rglob("rejects*") if path.is_file()]
    assert len(rejects) == 1 and "for [DENIED], [PROJECT], [EMAIL], [PHONE] torn" in rejects[0]


def test_list_shows_every_kind(llmops):
    from llmops_cli.pii.detector import KINDS
    shown = llmops("sanitize", "--list").out.decode()
    assert {line.split()[0] for line in shown.splitlines()[1:]} == set(KINDS)


@pytest.mark.skipif(not os.path.exists(f"/proc/self/task/{os.getpid()}/children"), reason="needs /proc")
@pytest.mark.parametrize("command", [["sanitize"], ["aggregate"]], ids="-".join)
def test_a_process_that_is_killed_is_told_in_a_line(tmp_path, command):
    with subprocess.Popen([*PROGRAM, *command, "-j", "2", "-o", "made"], stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(tmp_path, KEY), cwd=tmp_path) as process:
        feeding = threading.Thread(target=fed, args=[process.stdin, lines([{"conversation_id": "c", "date": "2026-01-03", "task_category": "t", "messages": ROWS[:1]}]) * 5000], daemon=True)
        feeding.start()
        while len(children := Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()) < 2:
            time.sleep(0.01)
        os.kill(int(children[1]), signal.SIGKILL)
        said = process.stderr.read().decode()
        assert process.wait(60) == 2 and "was killed\n  hint" in said and "Traceback" not in said
    assert not (tmp_path / "made").exists()
