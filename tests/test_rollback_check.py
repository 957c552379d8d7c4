"""`rollback-check` from outside: verdicts, looks with a state, opinions, and input with which nothing can be said."""

import gzip
import json
from datetime import datetime, timedelta
from random import Random

import pytest

from .conftest import Result

BEGIN = datetime(2026, 1, 3)
WORDS = "the ferry leaves at nine and a cabin costs forty so take a coat it is windy on deck in march".split()


def events(number: int, seed: int = 1, *, share: float = 0.5, error=(0.01, 0.01), latency=(1.0, 1.0), every: float = 1.0, **more) -> list[dict]:
    """Replies of v42 and v43 at the same time."""
    pick = Random(seed)
    made = []
    for place in range(number):
        side = int(pick.random() < share)
        event = {"event_time": (BEGIN + timedelta(seconds=place * every)).isoformat() + "Z", "conversation_id": f"c{place // 2}", "message_id": f"m{place}", "role": "assistant",
                 "content": " ".join(pick.choices(WORDS, k=20)), "user_id": f"u{pick.randrange(900)}", "release": ("v42", "v43")[side]}
        if pick.random() < error[side]:
            event |= {"error": "ThrottlingException", "content": ""}
        else:
            event |= {"latency_ms": round(pick.lognormvariate(6.5, 0.6) * latency[side], 1), "cost_usd": pick.lognormvariate(-9, 0.8), "output_tokens": pick.randrange(20, 200)}
        made.append(event | more)
    return made


def lines(records: list[dict]) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def verdict(result: Result) -> dict:
    assert result.out, result.err
    return json.loads(result.out)


@pytest.fixture
def check(llmops, tmp_path):
    """`check(records, …)`: the verdict on v43, without the metric that takes long."""
    def run(records, *args, **streams) -> Result:
        (tmp_path / "log.jsonl").write_bytes(records if isinstance(records, bytes) else lines(records))
        return llmops("rollback-check", "--candidate", "v43", "--skip", "personal_data", "--json", *args, tmp_path / "log.jsonl", **streams)
    return run


BROKEN = events(3000, error=(0.01, 0.05))


def test_harm_is_a_roll_back(check):
    result = check(BROKEN)
    found = verdict(result)
    assert (result.status, found["verdict"], found["design"]) == (1, "roll_back", "concurrent")
    assert [metric["name"] for metric in found["metrics"] if metric["harmful"]] == ["error"]
    error = found["metrics"][0]
    assert set(error) >= {"name", "baseline", "candidate", "difference", "interval", "tolerance", "evidence", "harmful"}
    assert error["interval"][0] < error["difference"] < error["interval"][1] and error["difference"] > error["tolerance"] == 0.01
    assert error["evidence"] > 50
    assert found["baseline"] == "v42" and found["n_baseline"] + found["n_candidate"] == 3000
    assert found["decided"]["n_candidate"] < found["n_candidate"]


def test_exit_zero_is_for_pipelines_that_go_on(check):
    assert check(BROKEN, "--exit-zero").status == 0


def test_no_harm_is_a_keep_when_there_is_enough(check):
    good = events(8000, 3)
    result = check(good)
    assert (result.status, verdict(result)["verdict"]) == (0, "keep")
    assert check(good, "--require", "improvement").status == 3
    assert all(metric["evidence_safe"] >= 20 for metric in verdict(result)["metrics"])


def test_improvement_is_more_than_no_harm(check):
    assert check(events(8000, 3, latency=(1, 0.7)), "--require", "improvement").status == 0


def test_thirty_replies_are_too_few(check):
    result = check(events(60))
    assert result.status == 3 and verdict(result)["more"]["candidate"] > 0


def test_looks_with_a_state_come_to_the_same_verdict(check, llmops, tmp_path):
    for number, records in enumerate((BROKEN, events(3000, 8, share=0.1))):
        whole = check(records)
        log, state = tmp_path / f"grows-{number}.jsonl", tmp_path / f"{number}.state"
        cuts = [0, 30, 701, 3000]
        for begin, end in zip(cuts, cuts[1:]):
            with open(log, "ab") as file:
                file.write(lines(records[begin:end]))
            looked = llmops("rollback-check", "--candidate", "v43", "--skip", "personal_data", "--json", "--state", state, log)
        assert (looked.status, looked.out) == (whole.status, whole.out)
        again = llmops("rollback-check", "--candidate", "v43", "--skip", "personal_data", "--json", "--state", state, log)
        assert again.out == whole.out


def test_a_state_reads_only_what_is_new_and_waits_for_a_line_to_end(llmops, tmp_path):
    log, state = tmp_path / "log.jsonl", tmp_path / "gate.state"
    look = lambda *args: llmops("rollback-check", "--candidate", "v43", "--baseline", "v42", "--skip", "pii", "--json", "--state", state, *args, log)
    log.write_bytes(lines(BROKEN[:500]) + lines(BROKEN[500:501])[:40])
    first = verdict(look())
    assert first["n_baseline"] + first["n_candidate"] == 500 and first["warnings"] == []
    with open(log, "ab") as file:
        file.write(lines(BROKEN[500:501])[40:])
    second = verdict(look())
    assert second["n_baseline"] + second["n_candidate"] == 501 and second["warnings"] == []
    log.write_bytes(lines(BROKEN[501:700]))         # rotated: another file of that name
    third = verdict(look())
    assert third["n_baseline"] + third["n_candidate"] == 700
    assert "other settings" in look("--confidence", "0.9").err
    state.write_text("{}")
    assert look().status == 2


def test_a_roll_back_stays(llmops, tmp_path):
    log, state = tmp_path / "log.jsonl", tmp_path / "gate.state"
    look = lambda: llmops("rollback-check", "--candidate", "v43", "--skip", "pii", "--state", state, log)
    log.write_bytes(lines(BROKEN[:3000]))
    assert look().status == 1
    better = [record | {"message_id": f"later{place}", "event_time": f"2026-02-{1 + place // 1440:02}T{place // 60 % 24:02}:{place % 60:02}:00Z"} for place, record in enumerate(events(9000, 5))]
    with open(log, "ab") as file:
        file.write(lines(better))
    assert look().status == 1


def test_order_repeats_and_compression_change_nothing(check, llmops, tmp_path):
    whole = verdict(check(BROKEN))
    mixed = BROKEN + BROKEN[:300]
    Random(2).shuffle(mixed)
    (tmp_path / "log.jsonl.gz").write_bytes(gzip.compress(lines(mixed)))
    found = verdict(llmops("rollback-check", "--candidate", "v43", "--skip", "pii", "--json", tmp_path / "log.jsonl.gz"))
    assert found.pop("warnings") == ["300 repeated messages left out"]
    whole.pop("warnings")
    assert found == whole


def test_two_files_are_two_sides(llmops, tmp_path):
    for name in ("v42", "v43"):
        (tmp_path / name).write_bytes(lines([{key: value for key, value in record.items() if key != "release"} for record in BROKEN if record["release"] == name]))
    result = llmops("rollback-check", "--baseline", "v42", "--candidate", "v43", "--skip", "pii")
    assert result.status == 1 and b"error rate" in result.out


def test_one_after_the_other_is_said(check):
    records = events(3000, 2)
    for place, record in enumerate(records):
        record["release"] = "v42" if place < 1500 else "v43"
    found = verdict(check(records))
    assert found["design"] == "sequential" and "one after the other" in found["warnings"][0] and found["verdict"] != "roll_back"


def test_the_baseline_is_what_runs_beside_the_candidate(check):
    old = [record | {"release": "v41", "message_id": f"old{record['message_id']}", "event_time": record["event_time"].replace("2026-01", "2025-12")} for record in events(5000, 4)]
    assert verdict(check(old + events(1000)))["baseline"] == "v42"


def test_opinions_are_joined(check, tmp_path):
    records = events(3000, 6)
    pick = Random(1)
    said = [{"event_time": record["event_time"], "message_id": record["message_id"], "user_id": "u", "type": "other", "rating": "down" if pick.random() < (0.5 if record["release"] == "v43" else 0.1) else "up"}
            for record in records if pick.random() < 0.3]
    (tmp_path / "feedback.jsonl").write_bytes(lines(said))
    found = verdict(check(records, "--feedback", tmp_path / "feedback.jsonl"))
    assert found["verdict"] == "roll_back" and [metric["name"] for metric in found["metrics"] if metric["harmful"]] == ["feedback"]
    assert sum(metric["n_baseline"] + metric["n_candidate"] for metric in found["metrics"] if metric["name"] == "feedback") >= len(said) - 10       # of the time that both sides share


@pytest.mark.parametrize("better, status", [("higher", 1), ("lower", 3)])
def test_a_metric_of_ones_own(check, better, status):
    pick = Random(3)
    records = [record | {"scores": {"grounded": pick.gauss(0.8 if record["release"] == "v42" else 0.6, 0.2)}} for record in events(1500)]
    result = check(records, "--metric", f"grounded=scores.grounded:{better}")
    assert result.status == status


def test_yes_and_no_of_ones_own(check):
    pick = Random(3)
    records = [record | {"solved": pick.random() < (0.8 if record["release"] == "v42" else 0.6)} for record in events(1500)]
    found = verdict(check(records, "--metric", "solved=solved:higher"))
    own = found["metrics"][-1]
    assert (own["unit"], own["harmful"]) == ("share", True) and own["difference"] < 0 < own["baseline"] - own["candidate"]


def test_a_split_that_is_not_what_was_asked_for_is_a_warning(check):
    assert any("10.0% was asked for" in warning for warning in verdict(check(events(4000, share=0.03), "--share", "10%"))["warnings"])
    assert not any("asked for" in warning for warning in verdict(check(events(4000, share=0.1), "--share", "10%"))["warnings"])


def test_every_form(llmops, tmp_path):
    (tmp_path / "log.jsonl").write_bytes(lines(BROKEN))
    env = {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary"), "GITHUB_OUTPUT": str(tmp_path / "output")}
    for form, begins in (("text", b"roll back: worse: error rate"), ("markdown", "### ❌ roll back".encode()), ("github", b"::error title=llmops rollback-check::roll back")):
        result = llmops("rollback-check", "--candidate", "v43", "--skip", "pii", "--format", form, "log.jsonl", env=env)
        assert result.status == 1 and result.out.startswith(begins), form
    assert (tmp_path / "output").read_text() == "verdict=roll_back\n" and "error rate" in (tmp_path / "summary").read_text()


# Input with which nothing can be said ---------------------------------------------------------------------------------

GOOD = events(1000)


def changed(**more) -> list[dict]:
    return [record | more for record in GOOD]


@pytest.mark.parametrize("records, status", [
    ([], 3), (GOOD[:1], 3), (changed(release=None), 2), (changed(release="v42"), 3), (changed(release="v43"), 3),
    (changed(latency_ms=-1), 3), (changed(latency_ms="812"), 3), (changed(latency_ms=float("nan")), 3), (changed(cost_usd=True), 3), (changed(event_time="soon"), 3),
    (changed(error="X"), 3), ([{**record, "latency_ms": 100, "cost_usd": 0.1, "output_tokens": 5, "content": "yes", "error": None} for record in GOOD], 3),
    (b"not json\n" * 50, 3),
], ids=["empty", "one", "no key", "no candidate", "no baseline", "negative", "text", "nan", "boolean", "no time", "all errors", "no variance", "not json"])
def test_nothing_is_kept_for_want_of_data(check, records, status):
    result = check(records)
    assert result.status == status
    assert "Traceback" not in result.err and result.err.strip()
    if status == 3:
        assert verdict(result)["verdict"] == "cannot_tell" and verdict(result)["reason"]


@pytest.mark.parametrize("args, said", [
    (("--metric", "x=nowhere:lower"), "no reply has a number"), (("--tolerance", "eror=1pt"), "no metric"), (("--confidence", "7"), "--confidence"),
    (("--share", "200%"), "share"), (("--json", "--format", "text"), "two forms"), (("--baseline", "v43"), "both"),
    (("--candidate", ""), "--candidate names no release"), (("--baseline", ""), "--baseline names no release"),
])
def test_what_was_asked_for_wrongly_is_an_error(check, args, said):
    result = check(GOOD, *args)
    assert result.status == 2 and said in result.err


@pytest.mark.parametrize("damage", [b"[" * 100_000, b'{"llmops_gate": 1}', b"\xff", b"", ("cells", [[{}, [], []]]), ("cells", [["soon", [], []]]), ("limit", [5]), ("items", 1e400), ("spans", [[1], None])], ids=repr)
def test_a_damaged_state_is_said(check, tmp_path, damage):
    check(GOOD, "--state", tmp_path / "state")
    if damage.__class__ is tuple:
        kept = json.loads((tmp_path / "state").read_text())
        kept["session"]["judge"]["ledger"][damage[0]] = damage[1]
        damage = json.dumps(kept).encode()
    (tmp_path / "state").write_bytes(damage)
    result = check(GOOD, "--state", tmp_path / "state")
    assert result.status == 2 and result.err.endswith("state: not a state of rollback-check, or damaged\n  hint: remove it to begin anew, or name another file\n")


def test_the_same_file_is_never_both_sides(llmops, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(lines(GOOD))
    for args in (("--baseline", "a", "--candidate", "a"), ("--baseline", "a", "--candidate", "b"), ("--candidate", "v43", "a", "a")):
        assert llmops("rollback-check", "--skip", "pii", *args).status == 2


def test_few_rejects_are_a_warning_and_many_are_no_verdict(check):
    few = check(lines(BROKEN) + b"{\n" * 10)
    assert few.status == 1 and "10 lines rejected and left out" in verdict(few)["warnings"]
    many = check(lines(BROKEN) + b"{\n" * 100)
    assert many.status == 3 and "rejected" in verdict(many)["reason"]


QUESTION = {"event_time": "2026-01-03T00:00:00Z", "conversation_id": "c1", "message_id": "q1", "role": "user", "content": "when does it leave?"}


@pytest.mark.parametrize("broken", [
    json.dumps(QUESTION)[:-9] + "}", json.dumps(QUESTION).replace(', "role"', ' "role"'), json.dumps(QUESTION) + "}", '["role", "user"]', '{"role": "user", "content": NaN}',
    '{"role": "user", "content": "a\tb"}', json.dumps(QUESTION | {"role": 5}),
], ids=["cut", "comma", "behind", "list", "nan", "control", "role"])
def test_a_broken_line_is_a_reject_whoever_speaks(check, broken):
    whole = lines(BROKEN[:1000]) + lines([QUESTION]) + broken.encode() + b"\n" + lines(BROKEN[1000:])
    result = check(whole)
    assert "log.jsonl:1002:" in result.err and "when does it leave" not in result.err
    assert result.status == 1 and "1 line rejected and left out" in verdict(result)["warnings"]


def test_many_broken_lines_of_users_are_no_verdict(check):
    result = check(lines(BROKEN) + (json.dumps(QUESTION)[:-9] + "}\n").encode() * 100)
    assert result.status == 3 and verdict(result)["verdict"] == "cannot_tell" and "100 of" in verdict(result)["reason"]


def test_personal_data_in_replies(llmops, tmp_path):
    pick = Random(4)
    records = [record | {"content": "write to ann.smith@example.org today" if pick.random() < 0.05 and record["release"] == "v43" else "see https://example.org/help"} for record in events(600)]
    (tmp_path / "log").write_bytes(lines(records))
    found = verdict(llmops("rollback-check", "--candidate", "v43", "--json", tmp_path / "log"))
    assert [metric["name"] for metric in found["metrics"] if metric["harmful"]] == ["personal_data"]
    assert next(metric for metric in found["metrics"] if metric["name"] == "personal_data")["baseline"] == 0


def test_what_is_personal_data_is_what_sanitize_takes_for_it(llmops, tmp_path):
    def rates(content):
        records = [record | {"content": content if record["release"] == "v43" else "At nine."} for record in events(400)]
        found = verdict(llmops("rollback-check", "--candidate", "v43", "--json", stdin=lines(records)))
        (metric,) = [metric for metric in found["metrics"] if metric["name"] == "personal_data"]
        return metric["baseline"], metric["candidate"]
    assert rates("[TODO] see [JSON] and [YOUR_NAME], or [URL_2]") == (0.0, 0.0)
    assert rates("write to [EMAIL_2]") == rates("write to help@example.org") == rates("[SECRET:9f2c]") == (0.0, 1.0)
    (tmp_path / "allowed").write_text("help@example.org\n")
    (tmp_path / "own.toml").write_text('[[rule]]\nid = "project"\nkind = "PROJECT"\npattern = "PRJ-[0-9]{4}"\nfinds = ["PRJ-1234"]\nignores = ["PRJ-x"]\n')
    (tmp_path / "llmops.toml").write_text('[sanitize]\nallow = "allowed"\nrules = "own.toml"\n')
    assert rates("write to help@example.org") == (0.0, 0.0)
    assert rates("see PRJ-1234") == rates("see [PROJECT]") == (0.0, 1.0)


def test_replies_that_nothing_tells_apart_are_not_repeats(check):
    """A log without ids, of whole seconds: an outage fails many replies at once, and all of them count."""
    nameless = [{**{key: value for key, value in event.items() if key not in ("message_id", "conversation_id")}, "event_time": event["event_time"][:18] + "0Z"} for event in BROKEN]
    found = verdict(check(nameless))
    assert found["n_baseline"] + found["n_candidate"] == 3000
    assert found["metrics"][0]["candidate"] == pytest.approx(verdict(check(BROKEN))["metrics"][0]["candidate"], rel=0.02)


@pytest.mark.parametrize("odd", [{"model": ["x"]}, {"model": 5}, {"model": {}}, {"input_tokens": "12"}, {"input_tokens": [1]}, {"cached_input_tokens": {}}, {"input_tokens": 10 ** 400}])
def test_a_model_or_tokens_of_another_kind_give_no_cost(check, odd):
    records = [{**{key: value for key, value in event.items() if key != "cost_usd"}, "model": "gpt-4o", "input_tokens": 50} for event in events(400)]
    result = check([{**record, **odd} for record in records])
    assert result.status == 3 and "Traceback" not in result.err
    assert "cost" not in [metric["name"] for metric in verdict(result)["metrics"]] or "model" not in odd


@pytest.mark.parametrize("form", ["text", "json", "markdown", "github"])
def test_a_release_named_by_half_a_character_is_shown_escaped(llmops, tmp_path, form):
    half = lines([{**event, "release": "v1\ud800" if event["release"] == "v42" else "v43"} for event in events(400)])
    (tmp_path / "log.jsonl").write_bytes(half)
    result = llmops("rollback-check", "--candidate", "v43", "--skip", "pii", "--format", form, "log.jsonl", env={"GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")})
    assert result.status == 3 and b"v1\\ud800" in result.out
    assert form != "github" or "v1\\ud800" in (tmp_path / "summary.md").read_text()


def test_the_name_of_a_release_does_not_steer_the_terminal(llmops, tmp_path):
    (tmp_path / "log.jsonl").write_bytes(lines([{**event, "release": "v1\nkeep:\x1b[2J" if event["release"] == "v42" else "v43"} for event in events(400)]))
    for candidate in ("v43", "v44"):
        shown = llmops("rollback-check", "--candidate", candidate, "--skip", "pii", "log.jsonl").out
        assert b"\x1b" not in shown and b"\nkeep:" not in shown


def test_the_log_is_not_written_over(check, llmops, tmp_path):
    assert check(BROKEN, "--rejects", tmp_path / "log.jsonl").status == 2 and (tmp_path / "log.jsonl").read_bytes() == lines(BROKEN)
    assert check(BROKEN, "--state", tmp_path / "x", "-o", tmp_path / "x").status == 2
    assert llmops("rollback-check", "--baseline", "a", "--candidate", "log.jsonl", "--rejects", "log.jsonl").status == 2 and (tmp_path / "log.jsonl").read_bytes() == lines(BROKEN)


@pytest.mark.parametrize("amount", ["0%", "0.0000000000000000000001%", "9" * 400 + "%"])
def test_a_tolerance_that_is_none(check, amount):
    result = check(events(400), "--tolerance", f"latency={amount}")
    assert result.status == 2 and "not a tolerance" in result.err


def test_a_state_of_one_candidates_file_is_not_gone_on_with_for_another(llmops, tmp_path):
    for name, records in (("v42", BROKEN[:1000]), ("v43", BROKEN[1000:2000]), ("v44", BROKEN[2000:])):
        (tmp_path / name).write_bytes(lines(records))
    (tmp_path / "folder").mkdir()
    look = lambda up, candidate, cwd: llmops("rollback-check", "--skip", "pii", "--json", "--state", f"{up}state", "--baseline", f"{up}v42", "--candidate", f"{up}{candidate}", cwd=cwd)
    first = verdict(look("", "v43", tmp_path))
    assert verdict(look("../", "v43", tmp_path / "folder"))["n_candidate"] == first["n_candidate"] == 1000
    other = look("", "v44", tmp_path)
    assert other.status == 2 and "made with other settings: candidate" in other.err


def test_a_log_that_was_rotated_between_looks_is_said(check, tmp_path):
    state = ("--state", tmp_path / "state")
    first = [check(BROKEN[:number], *state) for number in (1000, 1500)]
    assert not any("is not the file" in result.err for result in first) and verdict(first[1])["n_baseline"] + verdict(first[1])["n_candidate"] == 1500
    later = check(BROKEN[2000:], *state)
    assert "log.jsonl: is not the file it was at the last look" in later.err
    assert verdict(later)["n_baseline"] + verdict(later)["n_candidate"] == 2500
