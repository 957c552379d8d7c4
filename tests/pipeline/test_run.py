"""`run` from outside: the same bytes however often, however interrupted, however the inputs were cut."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from .lakes import contents, events, published, write

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


@pytest.fixture
def log(tmp_path):
    return write(tmp_path / "gateway.jsonl", events(1))


def test_twice_gives_the_same_bytes(llmops, tmp_path, log):
    lake = tmp_path / "lake"
    first = llmops("run", log, "-o", lake)
    assert first.status == 0, first.err
    before = {path: (lake / path).read_bytes() for path in contents(lake)}
    second = llmops("run", log, "-o", lake)
    assert second.status == 0 and "nothing new" in second.err
    assert {path: (lake / path).read_bytes() for path in contents(lake)} == before


def test_a_renamed_copy_is_not_counted_again(llmops, tmp_path, log):
    lake, copy = tmp_path / "lake", write(tmp_path / "copy.jsonl", events(1))
    llmops("run", log, "-o", lake)
    before = contents(lake)
    assert llmops("run", copy, log, "-o", lake).status == 0
    assert contents(lake) == before


def test_metrics_are_those_of_the_pipe(llmops, tmp_path, log):
    lake = tmp_path / "lake"
    for zone in ("UTC", "+05:30"):
        llmops("run", log, "-o", lake, "--timezone", zone)
        rows = llmops("ingest", log).out
        for step in ("sanitize",), ("assemble", "--timezone", zone), ("classify",), ("aggregate", "--format", "daily", "--timezone", zone):
            rows = llmops(*step, stdin=rows).out
        for line in rows.splitlines():
            document = json.loads(line)
            with open(lake / f"curated/metrics_daily/date={document['date']}/metrics.json", encoding="utf-8") as file:
                assert json.load(file) == document
        assert len(rows.splitlines()) == len(os.listdir(lake / "curated/metrics_daily"))
        lake = tmp_path / "other"


@pytest.mark.parametrize("seed", range(3))
def test_inputs_cut_and_shuffled_give_the_same_metrics(llmops, tmp_path, seed):
    draw = random.Random(seed)
    made = events(seed, conversations=40, days=3)
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    llmops("run", write(tmp_path / "all.jsonl", made), "-o", whole)
    draw.shuffle(made)
    cuts = [0, *sorted(draw.sample(range(1, len(made)), 3)), len(made)]
    for number, (start, end) in enumerate(zip(cuts, cuts[1:])):
        llmops("run", write(tmp_path / f"part{number}.jsonl", made[start:end]), "-o", parts)
    assert published(parts, "curated") == published(whole, "curated")


def test_killed_at_any_moment_and_run_again(llmops, tmp_path):
    logs = [write(tmp_path / f"log{number}.jsonl", events(number, conversations=700)) for number in range(3)]
    whole = tmp_path / "whole"
    began = time.monotonic()
    assert llmops("run", *logs, "-o", whole).status == 0
    duration = time.monotonic() - began
    expected, draw = contents(whole), random.Random(7)
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": ROOT}
    for number in range(3):
        lake = tmp_path / f"lake{number}"
        command = [sys.executable, "-m", "llmops_cli", "run", *logs, "-o", str(lake)]
        for _ in range(2):
            process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
            time.sleep(duration * draw.uniform(0.1, 0.95))
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert llmops("run", *logs, "-o", lake).status == 0
        assert contents(lake) == expected


@pytest.mark.parametrize("done", range(0, 8))
def test_killed_inside_the_commit(llmops, tmp_path, log, done):
    """A commit that was begun is finished by the next run, wherever it stopped."""
    from llmops_cli.pipeline.lake import Lake
    lake = Lake(str(tmp_path / "lake"))
    moves = [(f".llmops/work/{number}", f"curated/metrics_daily/date=2026-01-0{number + 1}/metrics.json") for number in range(8)]
    for number, (source, target) in enumerate(moves):
        place = target if number < done else source
        with open(lake.ready(place), "w", encoding="utf-8") as file:
            file.write(str(number))
    lake.write_json(".llmops/commit.json", moves)
    for _, target in moves:
        lake.ready(target)
    lake.recover()
    assert [open(lake.path(target), encoding="utf-8").read() for _, target in moves] == list("01234567")
    assert not os.path.exists(lake.path(".llmops/commit.json")) and not os.path.exists(lake.path(".llmops/work"))


def test_date_takes_only_that_date_and_its_metrics_are_the_same(llmops, tmp_path, log):
    whole, one = tmp_path / "whole", tmp_path / "one"
    llmops("run", log, "-o", whole)
    assert llmops("run", log, "-o", one, "--date", "2026-03-03").status == 0
    place = "curated/metrics_daily/date=2026-03-03/metrics.json"
    assert (one / place).read_bytes() == (whole / place).read_bytes()
    assert os.listdir(one / "curated/metrics_daily") == ["date=2026-03-03"]
    landed = os.listdir(one / "landing/date=2026-03-03")
    assert len(landed) == 1 and (one / "landing/date=2026-03-03" / landed[0]).read_bytes() == open(log, "rb").read()
    report = json.loads((one / "reports/date=2026-03-03/run_latest.json").read_text())
    assert report["events_read"] == len(open(log, "rb").read().splitlines())


def test_day_by_day_is_the_same_as_all_at_once(llmops, tmp_path):
    made = events(5, days=4)
    whole, daily = tmp_path / "whole", tmp_path / "daily"
    llmops("run", write(tmp_path / "all.jsonl", made), "-o", whole)
    for date in sorted({event["event_time"][:10] for event in made}):
        own = [event for event in made if event["event_time"][:10] == date]
        assert llmops("run", write(tmp_path / f"{date}.jsonl", own), "-o", daily, "--date", date).status == 0
    expected = published(whole, "curated")
    found = published(daily, "curated")
    assert {path: found.get(path) for path in expected} == expected
    assert all(_metrics(daily, path.split("=")[1][:10])["metrics"] == [] for path in found if path not in expected)   # a day of tails alone


def _event(time, conversation="c1", message="m1", role="user", content="hello there", **more):
    return {"event_time": time, "conversation_id": conversation, "message_id": message, "role": role, "content": content,
            "team": "Sales", "user_id": "u1", **more}


def _metrics(lake, date):
    return json.loads((lake / f"curated/metrics_daily/date={date}/metrics.json").read_text())


def test_a_tail_that_arrives_tomorrow_reopens_its_date(llmops, tmp_path):
    lake = tmp_path / "lake"
    llmops("run", write(tmp_path / "1.jsonl", [_event("2026-03-01T23:58:00Z")]), "-o", lake)
    llmops("run", write(tmp_path / "2.jsonl", [_event("2026-03-02T00:02:00Z", message="m2", role="assistant", content="hi")]), "-o", lake)
    assert _metrics(lake, "2026-03-01")["metrics"][0]["total_turns"] == 2
    assert not (lake / "curated/metrics_daily/date=2026-03-02").exists()
    late = _event("2026-03-09T00:00:00Z", message="m3")
    llmops("run", write(tmp_path / "3.jsonl", [late]), "-o", lake)
    assert _metrics(lake, "2026-03-09")["total_conversations"] == 1     # beyond the lookback: of its own date


def test_an_earlier_part_moves_the_conversation(llmops, tmp_path):
    lake = tmp_path / "lake"
    llmops("run", write(tmp_path / "2.jsonl", [_event("2026-03-02T00:02:00Z", message="m2")]), "-o", lake)
    llmops("run", write(tmp_path / "1.jsonl", [_event("2026-03-01T23:58:00Z")]), "-o", lake)
    assert _metrics(lake, "2026-03-01")["metrics"][0]["total_turns"] == 2
    assert _metrics(lake, "2026-03-02")["total_conversations"] == 0


def test_rejects_are_listed_without_anything_personal(llmops, tmp_path):
    lake = tmp_path / "lake"
    lines = [_event("2026-03-01T10:00:00Z"), b'{"event_time": "2026-03-01T10:01:00Z", "role": "user", "content": 7, "mail": "ann@example.org"}',
             b'{"broken": "bob\\u0040example.org"', b"", _event("2026-03-01T10:02:00Z", message="m2")]
    log = write(tmp_path / "gateway.jsonl", lines)
    for _ in range(2):
        assert llmops("run", log, "-o", lake).status == 3
    dated = [json.loads(line) for line in (lake / "reports/date=2026-03-01/rejects.jsonl").read_text().splitlines()]
    undated = [json.loads(line) for line in (lake / "reports/date=unknown/rejects.jsonl").read_text().splitlines()]
    assert [(reject["line"], reject["reason"]) for reject in dated] == [(2, "content is not a string")]
    assert [reject["line"] for reject in undated] == [3]
    assert set(dated[0]) == {"file", "line", "column", "reason", "text"}
    assert "example.org" not in json.dumps(dated + undated)
    report = json.loads((lake / "reports/date=2026-03-01/run_latest.json").read_text())
    assert (report["events_read"], report["events_valid"], report["events_invalid"]) == (3, 2, 1)
    filed = (lake / "landing/date=unknown").iterdir()
    assert next(filed).read_bytes() == lines[2] + b"\n"


def test_repeats_are_counted_once(llmops, tmp_path):
    lake = tmp_path / "lake"
    one = _event("2026-03-01T10:00:00Z")
    llmops("run", write(tmp_path / "a.jsonl", [one, one, _event("2026-03-01T10:01:00Z", message="m2")]), "-o", lake)
    report = json.loads((lake / "reports/date=2026-03-01/run_latest.json").read_text())
    assert (report["events_repeated"], _metrics(lake, "2026-03-01")["total_events_processed"]) == (1, 2)


def test_a_personal_id_becomes_a_stable_pseudonym(llmops, tmp_path):
    lake, environment = tmp_path / "lake", {"LLMOPS_HASH_KEY": "a key for this test"}
    made = [_event("2026-03-01T10:00:00Z") | {"user_id": "ann@example.org"}, _event("2026-03-01T11:00:00Z", "c2", "m2") | {"user_id": "ann@example.org"}]
    llmops("run", write(tmp_path / "ann@example.org.jsonl", made), "-o", lake, env=environment)
    assert _metrics(lake, "2026-03-01")["metrics"][0]["users"] == 1
    for path in contents(lake):
        assert "ann@example.org" not in path
        assert path.startswith("landing") or b"ann@example.org" not in (lake / path).read_bytes(), path


def test_no_landing_stores_nothing_unsanitized(llmops, tmp_path, log):
    lake = tmp_path / "lake"
    assert llmops("run", log, "-o", lake, "--no-landing").status == 0
    assert not (lake / "landing").exists()
    assert not any(b"@example.org" in (lake / path).read_bytes() for path in contents(lake))


def test_what_lies_in_the_landing_is_taken_in(llmops, tmp_path):
    made, whole, lake = events(3, days=3), tmp_path / "whole", tmp_path / "lake"
    llmops("run", write(tmp_path / "all.jsonl", made), "-o", whole)
    for date in sorted({event["event_time"][:10] for event in made}):
        (lake / f"landing/date={date}").mkdir(parents=True)
        write(lake / f"landing/date={date}/events.jsonl", [event for event in made if event["event_time"][:10] == date])
    assert llmops("run", "-o", lake).status == 0
    assert published(lake, "curated") == published(whole, "curated")
    before = contents(lake)
    assert llmops("run", "-o", lake).status == 0
    assert contents(lake) == before


def test_force_makes_everything_anew(llmops, tmp_path, log):
    lake = tmp_path / "lake"
    llmops("run", log, "-o", lake)
    expected = published(lake)
    (lake / "conversations/date=2026-03-02/conversations.jsonl").write_text("damaged\n")
    assert llmops("run", log, "-o", lake, "--force").status == 0
    assert published(lake) == expected
    assert llmops("run", "-o", lake, "--force").status == 0
    assert published(lake) == expected


def test_one_run_at_a_time(llmops, tmp_path, log):
    from llmops_cli.pipeline.lake import Lake
    lake = Lake(str(tmp_path / "lake"))
    with lake.locked(False, "2026-03-01T00:00:00Z"):
        second = llmops("run", log, "-o", lake.root)
    assert second.status == 2 and f"process {os.getpid()}" in second.err and "--wait" in second.err
    assert llmops("run", log, "-o", lake.root).status == 0


def test_standard_input_dry_run_and_nothing_to_do(llmops, tmp_path, log):
    lake = tmp_path / "lake"
    dry = llmops("run", log, "-o", lake, "--dry-run")
    assert dry.status == 0 and b"would be taken in" in dry.out and not lake.exists()
    nothing = llmops("run", "-o", lake)
    assert nothing.status == 2 and "hint" in nothing.err
    with open(log, "rb") as file:
        assert llmops("run", "-", "-o", lake, stdin=file.read()).status == 0
    other = tmp_path / "other"
    llmops("run", log, "-o", other)
    assert published(lake, "curated") == published(other, "curated")

def test_made_anew_from_its_landing_a_lake_counts_the_same(llmops, tmp_path, log):
    lake, other = tmp_path / "lake", write(tmp_path / "other.jsonl", events(2))
    llmops("run", log, other, "-o", lake)
    before = contents(lake)
    assert llmops("run", "-o", lake, "--force").status == 0
    assert contents(lake) == before


def test_any_number_of_processes_gives_the_same_lake(llmops, tmp_path):
    records = [record for seed in range(25) for record in events(seed)]
    for number, record in enumerate(records):
        record["message_id"] = f"{number // 3}"
        if number % 400 == 0:
            record["user_id"] = f"ann{number}@example.org"
        if number % 500 == 7:
            record["event_time"] = "soon"
    log = write(tmp_path / "gateway.jsonl", records)
    for jobs in (1, 3):
        assert llmops("run", log, "-o", tmp_path / f"lake{jobs}", "-j", jobs, "-q").status == 3
    assert contents(tmp_path / "lake1") == contents(tmp_path / "lake3")


def test_stages_may_be_done_apart(llmops, tmp_path, log):
    whole, lake = tmp_path / "whole", tmp_path / "lake"
    llmops("run", log, "-o", whole)
    first = llmops("run", log, "-o", lake, "--stages", "landing,sanitized")
    assert first.status == 0 and "1 input taken in" in first.err and not (lake / "curated").exists()
    assert llmops("run", "-o", lake, "--stages", "conversations,curated,reports").status == 0
    assert contents(lake) == contents(whole)
    assert llmops("run", "-o", lake, "--stages", "curated", "--force").status == 0
    assert contents(lake) == contents(whole)
    wrong = llmops("run", log, "-o", lake, "--stages", "sanitised")
    assert wrong.status == 2 and "did you mean 'sanitized'" in wrong.err


@pytest.mark.parametrize("options, says", [(("--date", "2026-03-01", "--dates", "2026-03-01..2026-03-02"), "give one of them"),
                                           (("--date", "2026-03-01", "--since", "2026-03-02"), "is later than 2026-03-01"),
                                           (("--dates", "2026-03-01..2026-03-02", "--since", "2026-03-03"), "is later than 2026-03-02")])
def test_dates_that_contradict_each_other_are_refused(llmops, tmp_path, options, says):
    done = llmops("run", write(tmp_path / "log.jsonl", events(1, days=1)), "-o", "lake", *options)
    assert done.status == 2 and says in done.err and not (tmp_path / "lake").exists()


@pytest.mark.parametrize("span", [("--since", "2026-03-04"), ("--dates", "2026-03-04..2026-03-09")])
def test_what_a_span_leaves_out_is_said_with_what_takes_it(llmops, tmp_path, log, span):
    llmops("run", log, "-o", "whole")
    total = len(llmops("show", "whole", "--json").out.splitlines())
    done = llmops("run", log, "-o", "lake", *span)
    taken = len(llmops("show", "lake", "--json").out.splitlines())
    assert 0 < taken < total and f"{total - taken} conversations of other dates left out: llmops run --force" in done.err
    llmops("run", log, "-o", "lake", "--force")
    assert published(tmp_path / "lake") == published(tmp_path / "whole")
    assert "left out" not in llmops("run", log, "-o", "one", "--date", "2026-03-04").err
