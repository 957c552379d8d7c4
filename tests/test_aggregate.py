"""`aggregate` from outside: rows, forms, tallies that merge byte for byte."""

import csv
import gzip
import io
import json
import random

import pytest

from llmops_cli.metrics.tally import VERSION, Tally

KEYS = ["date", "team", "task_category", "conversation_count", "total_turns", "total_chars_user", "total_chars_assistant", "users", "users_exact",
        "input_tokens", "output_tokens", "cost_usd", "errors", "latency_ms_p50", "latency_ms_p95", "latency_ms_p99", "pii_findings",
        "feedback_up", "feedback_down"]


def message(**keys) -> dict:
    return {"event_time": "2026-01-03T10:15:00Z", "role": "user", "content": "hello", **keys}


def conversation(*messages: dict, **keys) -> dict:
    return {"conversation_id": "c1", "team": "Sales", "date": "2026-01-03", "task_category": "Technical Help", **keys, "messages": list(messages)}


def jsonl(records) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in records)


def rows(result) -> list[dict]:
    assert (result.status, result.err) == (0, "")
    return [json.loads(line) for line in result.out.splitlines()]


def random_conversations(seed: int, number: int) -> list[dict]:
    pick = random.Random(seed)
    return [conversation(*(message(role=pick.choice(("user", "assistant")), content=pick.choice(("", "żółć", "[EMAIL] and [PHONE_2]", "x" * 99)),
                                   user_id=f"u{pick.randrange(900)}", latency_ms=pick.lognormvariate(6, 1), input_tokens=pick.randrange(999),
                                   cost_usd=pick.random() / 7, feedback=pick.choice(("up", "down", None)), error=pick.choice(("", "Timeout")))
                           for _ in range(pick.randrange(5))),
                         team=pick.choice(("Sales", "Support", "Überseehandel", None, "", 7)), date=f"2026-0{pick.randrange(1, 4)}-{pick.randrange(10, 28)}",
                         task_category=pick.choice(("Technical Help", "Other/Unknown"))) for _ in range(number)]


def test_a_row(llmops):
    [row] = rows(llmops("aggregate", stdin=jsonl([
        conversation(message(content="żółć", user_id="u1"),
                     message(role="assistant", content="[EMAIL]", latency_ms=800, input_tokens=10, output_tokens=5, cost_usd=0.0000164, feedback="up")),
        conversation(message(user_id="u2"), message(role="assistant", content="", error="Timeout", latency_ms=1200, cost_usd=0.1), message(role="system")),
    ])))
    assert list(row)[:len(KEYS)] == KEYS
    latencies = {key: row.pop(key) for key in list(row) if key.startswith("latency")}
    assert latencies == {"latency_ms_p50": pytest.approx(800, rel=0.01), "latency_ms_p95": pytest.approx(1200, rel=0.01), "latency_ms_p99": pytest.approx(1200, rel=0.01)}
    assert row == {"date": "2026-01-03", "team": "Sales", "task_category": "Technical Help", "conversation_count": 2, "total_turns": 4,
                   "total_chars_user": 9, "total_chars_assistant": 7, "users": 2, "users_exact": True, "input_tokens": 10, "output_tokens": 5,
                   "cost_usd": 0.1000164, "errors": 1, "pii_findings": 1, "feedback_up": 1, "feedback_down": 0, "messages": 5, "replies": 2,
                   "replies_priced": 2, "replies_timed": 2, "cached_input_tokens": 0, "cache_write_tokens": 0, "reasoning_tokens": 0,
                   "headcount": None, "adoption": None}


def test_what_is_missing_is_unknown_or_null(llmops):
    [row] = rows(llmops("aggregate", stdin=b'{"messages": []}'))
    assert (row["date"], row["team"], row["task_category"]) == ("unknown",) * 3
    assert row["conversation_count"] == 1 and row["cost_usd"] is None and row["latency_ms_p99"] is None


@pytest.mark.parametrize("options", [[], ["-j", "2"], ["--since", "2026-01-01"]])
@pytest.mark.parametrize("said", ["yesterday", "2026-02-30", "20260103", "2026-01-05T10:00:00Z", "unknown", "\n", 20260103, None])
def test_a_date_that_is_none_is_that_of_the_first_message(llmops, said, options):
    given = [conversation(date=said), conversation(message(), date=said), conversation(message(event_time="2026-01-09T10:00:00Z"), date=said), conversation(message(), date="2026-01-05")]
    found = {(row["date"], row["week"]): row["conversation_count"] for row in rows(llmops("aggregate", "--by", "date,week", *options, stdin=jsonl(given * 2)))}
    expected = {("2026-01-03", "2026-W01"): 2, ("2026-01-05", "2026-W02"): 2, ("2026-01-09", "2026-W02"): 2, ("unknown", "unknown"): 2}
    assert found == {key: number for key, number in expected.items() if "--since" not in options or key[0] != "unknown"}


@pytest.mark.parametrize("by, stamp, options, key", [
    ("date", "2026-01-03T20:00:00Z", ["--timezone", "+05:30"], "2026-01-04"),
    ("date", "2026-01-03T20:00:00Z", [], "2026-01-03"),
    ("week", "2027-01-03T10:00:00Z", [], "2026-W53"),
    ("week", "2027-01-03T10:00:00Z", ["--week-start", "sun"], "2027-W01"),
    ("week", "2027-01-03T20:00:00Z", ["--timezone", "+05:30"], "2027-W01"),
    ("month", "2026-12-31T23:30:00Z", [], "2026-12"),
    ("month", "2026-12-31T23:30:00Z", ["--timezone", "Europe/Oslo"], "2027-01"),
    ("hour", "2026-03-29T01:30:00Z", ["--timezone", "Europe/Oslo"], "2026-03-29T03"),
    ("hour", "2026-12-31T23:59:59.999Z", [], "2026-12-31T23"),
    ("hour", "soon", [], "unknown"),
])
def test_the_calendar(llmops, by, stamp, options, key):
    record = {"conversation_id": "c", "started_at": stamp, "messages": [message(event_time=stamp)]}
    [row] = rows(llmops("aggregate", "--by", by, *options, stdin=jsonl([record])))
    assert row[by] == key


def test_any_key_may_group(llmops):
    records = [conversation(message(model="a", release=7)), conversation(message(), message(model="b", release=None)), conversation(model="a", release=True)]
    found = rows(llmops("aggregate", "--by", "model,release", stdin=jsonl(records)))
    assert [(row["model"], row["release"], row["conversation_count"]) for row in found] == [("a", "7", 1), ("a", "true", 1), ("b", "unknown", 1)]


def test_events_are_assembled_first(llmops):
    events = [message(conversation_id=f"c{number % 7}", message_id=f"m{number}", role="assistant" if number % 2 else "user", team="Sales") for number in range(70)]
    random.Random(1).shuffle(events)
    direct = llmops("aggregate", stdin=jsonl(events + events[:9]))
    assert direct == llmops("aggregate", stdin=llmops("assemble", stdin=jsonl(events)).out)
    assert direct == llmops("aggregate", "--memory", "1k", stdin=jsonl(events))
    assert rows(direct)[0]["conversation_count"] == 7 and rows(direct)[0]["messages"] == 70


def test_seven_random_parts_in_any_order_give_the_bytes_of_one_pass(llmops, tmp_path):
    records = random_conversations(31, 2500)
    (tmp_path / "all.jsonl").write_bytes(jsonl(records))
    whole, partial = llmops("aggregate", "all.jsonl"), llmops("aggregate", "--partial", "all.jsonl")
    pick = random.Random(37)
    pick.shuffle(records)
    parts: list[list[dict]] = [[] for _ in range(7)]
    for record in records:
        pick.choice(parts).append(record)
    for number, part in enumerate(parts):
        (tmp_path / f"{number}.tally").write_bytes(llmops("aggregate", "--partial", stdin=jsonl(part)).out)
    for _ in range(2):
        order = [f"{number}.tally" for number in range(7)]
        pick.shuffle(order)
        assert llmops("aggregate", "--merge", *order) == whole
        some = llmops("aggregate", "--merge", "--partial", *order[:3]).out
        assert llmops("aggregate", "--merge", "--partial", "-", *order[3:], stdin=some) == partial
    for form in ("csv", "daily", "table"):
        assert llmops("aggregate", "--merge", "--format", form, *order) == llmops("aggregate", "--format", form, "all.jsonl")
    assert len(rows(whole)) > 100


def test_people_beyond_the_exact_limit_merge_too(llmops, tmp_path):
    records = [conversation(user_id=f"u{number}") for number in range(9000)]
    for name, part in {"one": records[:3000], "two": records[2000:7000], "three": records[6500:]}.items():
        (tmp_path / name).write_bytes(llmops("aggregate", "--partial", stdin=jsonl(part)).out)
    merged = rows(llmops("aggregate", "--merge", "three", "one", "two"))[0]
    whole = rows(llmops("aggregate", stdin=jsonl(records)))[0]
    assert not merged["users_exact"] and merged["users"] == whole["users"] == pytest.approx(9000, rel=0.02)


@pytest.mark.parametrize("change, status, said", [
    ({"tally_version": 99}, 2, f"a tally of version 99; this program reads version {VERSION}"),
    ({"by": ["week"]}, 2, "a tally grouped by other keys"),
    ({"tally_version": None}, 3, "not a tally: tally_version is missing"),
    ({"tally_version": "hunter2"}, 3, "not a tally: tally_version is missing"),
    ({"group": ["x"]}, 3, "not a whole tally"),
    ({"group": "abc"}, 3, "not a whole tally"),
    ({"by": None}, 3, "not a whole tally"),
    ({"nano_dollars": 10 ** 400}, 3, "not a whole tally"),
    ({"users": ["hunter2"]}, 3, "not a whole tally"),
    ({"users": "AAAA"}, 3, "not a whole tally"),
    ({"latency_ms": {"zeros": 0, "buckets": [[10 ** 9, 1]]}}, 3, "not a whole tally"),
], ids=str)
def test_tallies_that_cannot_be_added(llmops, tmp_path, change, status, said):
    tally = {"tally_version": VERSION, "by": ["date", "team", "task_category"], "group": ["a", "b", "c"], **Tally().to_json()}
    (tmp_path / "tallies").write_bytes(jsonl([tally, {**tally, **change}]))
    result = llmops("aggregate", "--merge", "-o", "out", "tallies")
    assert result.status == status and result.err.startswith(f"llmops: tallies:2: {said}\n") and "hunter2" not in result.err
    assert (tmp_path / "out").exists() == (status == 3)


@pytest.mark.parametrize("options", [["--by", "team", "--since", "2026-01-01"], ["--by", "team", "--until", "2026-01-01"]], ids=" ".join)
def test_tallies_without_a_date_cannot_be_chosen_by_it(llmops, options):
    assert llmops("aggregate", "--merge", *options).status == 2


def test_since_and_until_are_inclusive(llmops):
    records = jsonl(conversation(date=f"2026-01-0{day}") for day in range(1, 8)) + b'{"messages": []}\n'
    for stdin, options in ((records, []), (llmops("aggregate", "--partial", stdin=records).out, ["--merge"])):
        found = rows(llmops("aggregate", "--since", "2026-01-03", "--until", "2026-01-05", *options, stdin=stdin))
        assert [row["date"] for row in found] == ["2026-01-03", "2026-01-04", "2026-01-05"]


def test_the_forms_hold_the_same_numbers(llmops, tmp_path):
    (tmp_path / "in").write_bytes(jsonl(random_conversations(41, 60)))
    plain = rows(llmops("aggregate", "in"))
    assert json.loads(llmops("aggregate", "--format", "json", "in").out) == plain
    table = list(csv.DictReader(io.StringIO(llmops("aggregate", "--format", "csv", "in").out.decode(), newline="")))
    assert [{key: "" if value is None else json.dumps(value) if isinstance(value, bool) else str(value) for key, value in row.items()} for row in plain] == table
    markdown = llmops("aggregate", "--format", "markdown", "in").out.decode().splitlines()
    assert len(markdown) == len(plain) + 2 and len({line.count("|") for line in markdown}) == 1
    aligned = llmops("aggregate", "--format", "table", "in").out.decode().splitlines()
    assert aligned[0].split() == [key for key in plain[0] if any(row[key] is not None for row in plain)] and len(aligned) == len(plain) + 1
    days = [json.loads(line) for line in llmops("aggregate", "--format", "daily", "in").out.splitlines()]
    assert [{"date": day["date"], **row} for day in days for row in day["metrics"]] == plain
    assert all(list(day) == ["date", "metrics", "total_conversations", "total_events_processed"] for day in days)
    assert sum(day["total_conversations"] for day in days) == 60 and sum(day["total_events_processed"] for day in days) == sum(row["messages"] for row in plain)


def test_names_cannot_break_a_form(llmops):
    stdin = jsonl([conversation(team='a|b,"c"\n\x1b[31m\ud800')])
    for form in ("markdown", "table"):
        out = llmops("aggregate", "--by", "team", "--format", form, stdin=stdin).out
        assert b"\x1b" not in out and out.count(b"\n") == (3 if form == "markdown" else 2)
    assert llmops("aggregate", "--by", "team", "--format", "markdown", stdin=stdin).out.splitlines()[2].startswith(rb'| a\|b,"c"  [31m\ud800 |')
    [head, row] = csv.reader(io.StringIO(llmops("aggregate", "--by", "team", "--format", "csv", stdin=stdin).out.decode(), newline=""))
    assert row[0] == 'a|b,"c"\n\x1b[31m\\ud800' and len(row) == len(head)


@pytest.mark.parametrize("record, said", [
    ({}, "messages is missing"),
    ({"messages": "hunter2"}, "messages is not a list"),
    ({"messages": [{}, "hunter2"]}, "a message is not an object"),
    (message(role=5), "role is not a string"),
])
def test_what_it_needs_and_misses_is_a_reject(llmops, record, said):
    result = llmops("aggregate", stdin=jsonl([record]))
    assert (result.status, result.out, result.err) == (3, b"", f"llmops: standard input:1: {said}\nllmops: 1 line rejected\n")


def test_an_event_that_is_too_deep_for_a_conversation_is_a_reject(llmops):
    """Near the limit of the interpreter a line may pass and the conversation that holds it may not."""
    for depth in range(900, 1000, 7):
        line = jsonl([message()])[:-2] + b', "x": ' + b"[" * depth + b"]" * depth + b"}\n"
        result = llmops("aggregate", stdin=line + jsonl([message()]))
        assert "Traceback" not in result.err and (result.status, b'"conversation_count": 1' in result.out) in ((0, True), (3, True), (3, False))
        if result.status == 3:
            assert "nested too deeply" in result.err
            break


def test_compare_adds_the_change_and_rows_of_who_vanished(llmops):
    lines = [conversation(team=team, date=date, user_id=f"u{number}") for team, date, many in
             (("A", "2026-01-05", 40), ("B", "2026-01-05", 2), ("A", "2026-01-12", 10), ("C", "2026-01-12", 1)) for number in range(many)]
    found = rows(llmops("aggregate", "--by", "week,team", "--compare", stdin=jsonl(lines)))
    told = {(row["week"], row["team"]): (row["conversation_count"], row["conversation_count_previous"], row["conversation_count_change"],
                                         row["conversation_count_changed"]) for row in found}
    assert told == {("2026-W02", "A"): (40, None, None, None), ("2026-W02", "B"): (2, None, None, None),
                    ("2026-W03", "A"): (10, 40, -0.75, True), ("2026-W03", "B"): (0, 2, -1.0, False), ("2026-W03", "C"): (1, 0, None, False)}
    assert [(row["week"], row["team"]) for row in found] == sorted(told)
    tallies = llmops("aggregate", "--by", "week,team", "--partial", stdin=jsonl(lines)).out
    assert rows(llmops("aggregate", "--by", "week,team", "--compare", "--merge", stdin=tallies)) == found


FEEDBACK = b"""{"message_id": "m1", "rating": "up", "user_id": "a"}
{"message_id": "m1", "rating": 2, "user_id": "a"}
{"message_id": "m1", "rating": 5, "user_id": "b"}
{"conversation_id": "c", "rating": "down"}
{"conversation_id": "c", "rating": "3"}
{"message_id": "elsewhere", "rating": "up"}
{"text": "nice", "type": "praise"}
"""


@pytest.mark.parametrize("line", [
    conversation(message(role="assistant", message_id="m1"), conversation_id="c"),
    {"event_time": "2026-01-03T10:00:00Z", "role": "assistant", "content": "x", "message_id": "m1", "conversation_id": "c"}], ids=["conversation", "event"])
def test_feedback_is_joined_by_id(llmops, tmp_path, line):
    (tmp_path / "verdicts.jsonl").write_bytes(FEEDBACK)
    [row] = rows(llmops("aggregate", "--feedback", "verdicts.jsonl", stdin=jsonl([line])))
    assert (row["feedback_up"], row["feedback_down"]) == (1, 2)     # a changed their mind, b liked it, one disliked all of it


def test_bad_feedback_is_rejected_by_line(llmops, tmp_path):
    (tmp_path / "verdicts.jsonl").write_bytes(b'{"message_id": "m", "rating": "hunter2"}\n{"message_id": [1], "rating": 1}\nnonsense\n')
    result = llmops("aggregate", "--feedback", "verdicts.jsonl", stdin=jsonl([conversation()]))
    assert result.status == 3 and "verdicts.jsonl:1: rating is neither" in result.err and "3 lines rejected" in result.err and "hunter2" not in result.err
    assert llmops("aggregate", "--feedback", "-", stdin=FEEDBACK).status == 2
    assert llmops("aggregate", "--feedback", "not there", stdin=FEEDBACK).status == 2


@pytest.mark.parametrize("options, findings", [
    ((), 1), (("--as", "label"), 1), (("--as", "hash"), 1), (("--as", "partial"), None), (("--as", "remove"), None), (("--as", "fake"), None),
    (("--rules", "rules.toml"), 3)])
def test_findings_are_counted_where_they_can_be_told(llmops, tmp_path, options, findings):
    (tmp_path / "rules.toml").write_text('[[rule]]\nid = "project"\nkind = "PROJECT"\npattern = "PRJ-[0-9]{4}"\nfinds = ["PRJ-1234"]\nignores = ["PRJ-1"]\n')
    said = message(content="[EMAIL] of [PROJECT] and [PROJECT_2], not [TODO]")
    for line in (conversation(said), {"event_time": "2026-01-03T10:00:00Z", **said}):
        [row] = rows(llmops("aggregate", *options, stdin=jsonl([line])))
        assert row["pii_findings"] == findings
    parts = [llmops("aggregate", "--partial", *also, stdin=jsonl([conversation(said)])).out for also in ((), options)]
    [row] = rows(llmops("aggregate", "--merge", stdin=b"".join(parts)))
    assert row["pii_findings"] == (None if findings is None else 1 + findings)


def test_more_groups_than_memory_holds_give_the_same_rows(llmops, tmp_path):
    (tmp_path / "in").write_bytes(jsonl(conversation(message(latency_ms=number % 977 + 1), team=f"team {number * 7919 % 30_000}", user_id=f"u{number % 7}")
                                        for number in range(45_000)))
    held = llmops("aggregate", "--by", "team", "--memory", "1G", "in")
    spilled = llmops("aggregate", "--by", "team", "--memory", "8M", "in")
    assert held.out == spilled.out and held.out.count(b"\n") == 30_000
    assert held.err == "" and "temporary files" in spilled.err


def test_a_key_that_nothing_says_is_named(llmops):
    counted = llmops("aggregate", "--by", "date,taem", stdin=jsonl([conversation(message())]))
    assert counted.status == 0 and "'taem': did you mean 'team'?" in counted.err
    own = jsonl([{**conversation(message()), "desk": "A1"}, conversation(message())])
    assert llmops("aggregate", "--by", "desk", stdin=own).err == llmops("aggregate", "--by", "taem", stdin=b"").err == ""


@pytest.mark.parametrize("jobs", [2, 3])
def test_processes_count_what_one_counts(llmops, tmp_path, jobs):
    lines = [json.dumps(one).encode() for one in random_conversations(7, 4000)]
    lines[70:70] = [b"nonsense", b"", b'{"messages": 5}', b'{"event_time": "2026-01-03T10:00:00Z", "role": "user", "content": "x", "conversation_id": "e"}']
    (tmp_path / "first.jsonl").write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(lines))
    whole = gzip.compress(jsonl(random_conversations(8, 3000)), mtime=0)
    (tmp_path / "cut.jsonl.gz").write_bytes(whole[:len(whole) // 2])
    (tmp_path / "empty.jsonl").write_bytes(b"")
    one, many = [(llmops("aggregate", "first.jsonl", "empty.jsonl", "cut.jsonl.gz", "-j", number, "--rejects", "rejects", "--memory", memory),
                  (tmp_path / "rejects").read_bytes()) for number, memory in ((1, "48M"), (jobs, "1M"))]
    assert (one[0].status, one[0].out, one[1]) == (3, many[0].out, many[1]) and one[1].count(b"\n") == 3 and many[0].status == 3
    parts = llmops("aggregate", "--partial", "first.jsonl").out
    assert llmops("aggregate", "--merge", "-j", jobs, stdin=parts).out == llmops("aggregate", "--merge", stdin=parts).out
    other = llmops("aggregate", "--merge", "--by", "team", "-j", jobs, stdin=parts)
    assert other.status == 2 and "grouped by other keys" in other.err and other.out == b""
    assert llmops("aggregate", "-j", jobs, "--on-error", "stop", "first.jsonl").status == 2
    assert llmops("aggregate", "-j", jobs).status == 0


@pytest.mark.parametrize("options, findings", [((), 1), (("--as", "partial"), None), (("--as", "remove"), None), (("--rules", "rules.toml"), 2)])
def test_findings_of_a_run(llmops, tmp_path, options, findings):
    (tmp_path / "rules.toml").write_text('[[rule]]\nid = "project"\nkind = "PROJECT"\npattern = "PRJ-[0-9]{4}"\nfinds = ["PRJ-1234"]\nignores = ["PRJ-1"]\n')
    (tmp_path / "log.jsonl").write_bytes(jsonl([message(content="ask ann@example.org of PRJ-4321", conversation_id="c")]))
    assert llmops("run", "-q", "log.jsonl", "-o", "lake", *options).status == 0
    [row] = json.loads((tmp_path / "lake/curated/metrics_daily/date=2026-01-03/metrics.json").read_text())["metrics"]
    assert row["pii_findings"] == findings


@pytest.mark.parametrize("options", [(), ("--by", "month,color"), ("--compare",), ("--by", "week", "--adoption", "--compare"), ("--merge",)])
def test_csv_has_its_header_without_rows_too(llmops, options):
    given = jsonl([conversation(message())])
    if "--merge" in options:
        given = llmops("aggregate", "--partial", stdin=given).out
    with_rows = llmops("aggregate", "--format", "csv", *options, stdin=given)
    without = llmops("aggregate", "--format", "csv", *options)
    assert with_rows.status == without.status == 0 and without.out == with_rows.out.splitlines(True)[0]


@pytest.mark.parametrize("options, key", [(("--by", "input_tokens"), "input_tokens"), (("--by", "date,messages", "--partial"), "messages"),
                                          (("--by", "date,new_users", "--adoption"), "new_users"), (("--by", "week,previous", "--compare"), "previous")])
def test_a_key_that_would_stand_under_a_number_of_its_rows_is_refused(llmops, options, key):
    refused = llmops("aggregate", *options, stdin=jsonl([message(input_tokens=3), message(input_tokens=5, conversation_id="d")]))
    assert refused.status == 2 and f"--by {key}: every row has a number of that name" in refused.err and refused.out == b""


@pytest.mark.parametrize("words", [("log.jsonl", "--rejects", "log.jsonl"), ("log.jsonl", "--feedback", "says.jsonl", "-o", "says.jsonl"),
                                   ("log.jsonl", "--people", "people.csv", "--rejects", "people.csv")])
def test_nothing_that_is_read_is_written_over(llmops, tmp_path, words):
    files = {"log.jsonl": jsonl([message()]), "says.jsonl": b'{"message_id": "m", "rating": "up"}\n', "people.csv": b"user_id,team\nu,Sales\n"}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    done = llmops("aggregate", *words)
    assert done.status == 2 and "are the same file" in done.err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == files
