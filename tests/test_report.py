"""`report` from outside."""

import json

import pytest

from .report.made import conversation, rows, tallies

DAYS = ("2026-03-02", "2026-03-03", "2026-03-05")
CONVERSATIONS = {date: [conversation(date, team, user=f"u_{number}", cost_usd=0.01, latency_ms=100, content="[EMAIL]")
                        for team in ("Sales", "Support") for number in range(12)] for date in DAYS}


def lines(records) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


@pytest.fixture
def lake(tmp_path):
    """A lake of three days, as `run` leaves it."""
    for date, conversations in CONVERSATIONS.items():
        curated, reports = tmp_path / f"lake/curated/metrics_daily/date={date}", tmp_path / f"lake/reports/date={date}"
        curated.mkdir(parents=True)
        reports.mkdir(parents=True)
        found = rows(conversations)
        (curated / "metrics.json").write_text(json.dumps({"date": date, "metrics": found, "total_conversations": len(conversations),
                                                          "total_events_processed": 2 * len(conversations)}))
        (curated / "tallies.jsonl").write_bytes(lines(tallies(conversations)))
        (reports / "run_latest.json").write_text(json.dumps({"date": date, "events_read": 50, "events_valid": 48, "events_invalid": 2,
                                                             "events_repeated": 0, "redaction_stats": {"emails_redacted": 24, "EMAIL": 24}}))
        (reports / "rejects.jsonl").write_bytes(lines([{"file": "a", "line": 1, "column": 0, "reason": "not JSON", "text": ""}] * 2))
    (tmp_path / "lake/landing/date=unknown").mkdir(parents=True)
    return tmp_path / "lake"


def curated(lake, date, name="metrics.json"):
    return lake / f"curated/metrics_daily/date={date}/{name}"


def test_a_lake(llmops, lake):
    done = llmops("report", lake)
    text = done.out.decode()
    assert (done.status, done.err) == (0, "")
    assert "Use of AI, 2 – 5 March 2026" in text and "used on 3 of 4 days" in text
    assert "\x1b" not in text and max(map(len, text.splitlines())) <= 80
    assert "Rests on 150 lines of logs; 6 rejected (4 %): not JSON (6)" in text


def test_every_number_as_json(llmops, lake):
    report = json.loads(llmops("report", lake, "--json").out)
    assert report == json.loads(llmops("report", lake, "--format", "json").out)
    assert report["totals"]["conversations"] == 72 and report["totals"]["people"] == 12
    assert report["input"] == {"lines_read": 150, "lines_rejected": 6, "messages_repeated": 0, "reasons": [{"reason": "not JSON", "lines": 6}]}
    assert report["leaks"]["kinds"] == [{"kind": "EMAIL", "findings": 72}]


def test_markdown(llmops, lake):
    text = llmops("report", lake, "--format", "markdown").out.decode()
    assert text.startswith("# Use of AI, 2 – 5 March 2026\n") and "| Sales | 12 | 36 |" in text


def test_a_span(llmops, lake):
    report = json.loads(llmops("report", lake, "--from", "2026-03-03", "--to", "2026-03-05", "--json").out)
    assert report["totals"]["conversations"] == 48 and report["input"]["lines_read"] == 100


def test_a_span_without_anything_says_what_there_is(llmops, lake):
    done = llmops("report", lake, "--from", "2026-05-01")
    assert (done.status, done.out) == (2, b"")
    assert done.err == f"llmops: {lake}: nothing from 2026-05-01\n  hint: there is 2026-03-02 to 2026-03-05 (3 dates)\n"
    assert llmops("report", lake, "--from", "2026-03-05", "--to", "2026-03-02").status == 2


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b"null", b'{"date": "2026-03-03"}', b'{"date": "2026-03-03", "metrics": [5], "total_conversations": 0}',
                                    b'{"date": "2026-03-02", "metrics": [], "total_conversations": 0}', b"[" * 100_000, b"\xff\xfe", None])
def test_a_broken_metrics_file_is_named_and_left_out(llmops, lake, broken):
    path = curated(lake, "2026-03-03")
    path.unlink() if broken is None else path.write_bytes(broken)
    done = llmops("report", lake, "--json")
    report = json.loads(done.out)
    assert done.status == 3
    assert done.err.startswith(f"llmops: {path}: ") and done.err.count("\n") == 1
    assert report["left_out"] == ["2026-03-03"] and report["totals"]["conversations"] == 48
    assert "Left out, because their files cannot be used: 2026-03-03." in llmops("report", "-q", lake).out.decode()


@pytest.mark.parametrize("broken", [b"", b"{\n", b'{"tally_version": 9}\n', lines(tallies(CONVERSATIONS["2026-03-03"])[:1])])
def test_broken_tallies_are_named_and_their_date_left_out(llmops, lake, broken):
    curated(lake, "2026-03-03", "tallies.jsonl").write_bytes(broken)
    done = llmops("report", lake, "--json")
    assert done.status == 3 and "tallies.jsonl: " in done.err
    assert json.loads(done.out)["totals"]["conversations"] == 48


@pytest.mark.parametrize("form", [{"indent": 1}, {"indent": 2}, {}, {"separators": (",", ":")}])
def test_the_form_of_a_metrics_file_makes_no_difference(llmops, lake, form):
    path = curated(lake, "2026-03-03")
    before, document = llmops("report", lake, "--json"), json.loads(path.read_bytes())
    path.write_text(json.dumps(document, **form))
    assert llmops("report", lake, "--json") == before
    document["metrics"][0]["conversation_count"] += 1
    path.write_text(json.dumps(document, **form))
    done = llmops("report", lake, "--json")
    assert done.status == 3 and done.err == f"llmops: {path}: total_conversations is not the sum of its rows\n"
    document["total_conversations"] += 1
    path.write_text(json.dumps(document, **form))
    done = llmops("report", lake, "--json")
    assert done.status == 3 and done.err == f"llmops: {path.parent}/tallies.jsonl: does not agree with the metrics.json beside it\n"


def test_without_tallies_the_rows_do(llmops, lake):
    for date in DAYS:
        curated(lake, date, "tallies.jsonl").unlink()
    done = llmops("report", lake, "--json")
    assert done.status == 0
    assert json.loads(done.out)["totals"] | {"people": None} == json.loads(done.out)["totals"]


def test_a_broken_run_report_leaves_the_numbers(llmops, lake):
    (lake / "reports/date=2026-03-03/run_latest.json").write_text("{")
    done = llmops("report", lake, "--json")
    assert done.status == 3 and "run_latest.json: is not JSON" in done.err
    assert json.loads(done.out)["totals"]["conversations"] == 72


def test_nothing_usable_at_all(llmops, lake):
    for date in DAYS:
        curated(lake, date).write_text("{")
    done = llmops("report", lake)
    assert done.status == 2 and "no date has numbers that can be used" in done.err


def test_an_empty_lake_says_how_to_fill_it(llmops, tmp_path):
    done = llmops("report", tmp_path)
    assert (done.status, done.out) == (2, b"")
    assert done.err == f"llmops: {tmp_path}: no metrics in this folder\n  hint: llmops run LOGS -o {tmp_path} makes them\n"
    assert llmops("report", tmp_path / "nowhere").status == 2


def test_tallies_and_rows_from_a_pipe(llmops):
    everything = [each for conversations in CONVERSATIONS.values() for each in conversations]
    from_tallies = llmops("report", stdin=lines(tallies(everything)))
    assert from_tallies.status == 0 and b"72" in from_tallies.out
    from_rows = llmops("report", "-", stdin=lines(rows(everything)))
    assert from_rows.status == 0 and b"people are not known from rows" in from_rows.out


def test_a_bad_line_is_set_aside(llmops, tmp_path):
    (tmp_path / "rows.jsonl").write_bytes(lines(rows(CONVERSATIONS["2026-03-02"])) + b'{"team": "Sales"}\nnot json\n')
    done = llmops("report", "rows.jsonl", "--json", "--rejects", "rejects.jsonl")
    assert done.status == 3 and json.loads(done.out)["totals"]["conversations"] == 24
    assert "rows.jsonl:3: not a metric row" in done.err and "2 lines rejected" in done.err
    assert len((tmp_path / "rejects.jsonl").read_bytes().splitlines()) == 2
    assert llmops("report", "rows.jsonl", "--on-error", "stop").status == 2


def test_records_that_are_not_numbers_yet(llmops):
    done = llmops("report", stdin=lines(CONVERSATIONS["2026-03-02"]))
    assert done.status == 2 and "llmops aggregate --partial FILE | llmops report" in done.err


def test_into_a_file(llmops, lake, tmp_path):
    done = llmops("report", lake, "-o", "report.txt", "--color", "auto")
    assert (done.status, done.out) == (0, b"")
    assert (tmp_path / "report.txt").read_bytes() == llmops("report", lake).out
    curated(lake, "2026-03-02").write_text("{")
    assert llmops("report", lake / "nowhere", "-o", "other.txt").status == 2 and not (tmp_path / "other.txt").exists()


def test_the_width_is_the_terminals(llmops, lake):
    wide = llmops("report", lake, env={"COLUMNS": "120"}).out.decode()
    assert max(map(len, wide.splitlines())) == 99
    assert llmops("report", lake, env={"COLUMNS": "nonsense"}).status == 0


def test_a_page(llmops, lake, tmp_path):
    done = llmops("report", lake, "--html", "report.html")
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert (done.status, done.out, done.err) == (0, b"", "")
    assert html.startswith("<!doctype html>") and "Use of AI, 2 – 5 March 2026" in html
    assert llmops("report", lake, "--html", "-").out.decode() == html
    assert llmops("report", lake, "--html", "report.html", "--format", "text").out == llmops("report", lake).out
    assert llmops("report", lake, "--html", "same", "-o", "same").status == 2


def test_a_page_with_budgets(llmops, lake, tmp_path):
    (tmp_path / "llmops.toml").write_text("[budget]\nmonth = 0.5\n")
    assert llmops("report", lake, "--html", "report.html").status == 0
    assert "March 2026</td>" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_one_message_with_its_clock_at_the_year_1_makes_no_report_of_all_days_since(llmops, tmp_path):
    made = [conversation(date, cost_usd=0.01) for date in ("0001-01-01", "2026-03-02", "2026-03-03")]
    (tmp_path / "t.jsonl").write_bytes(lines(tallies(made)))
    report = json.loads(llmops("report", "t.jsonl", "--json", "--html", "page.html").out)
    days, weeks = [row["date"] for row in report["days"]], report["weeks"]
    assert len(days) < 100 and days == sorted(days) and set(days) >= {"0001-01-01", "2026-03-01", "2026-03-02", "2026-03-03"}
    assert len(weeks) < 20 and sum(week["conversations"] for week in weeks) == 3 and weeks[0]["week"] == "0001-W01"
    assert (tmp_path / "page.html").stat().st_size < 500_000
    assert "used on 3 of 739,678 days" in llmops("report", "t.jsonl").out.decode()


@pytest.mark.parametrize("given", [b"", b"\n\n"])
@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_empty_input_is_fine(llmops, given, form):
    done = llmops("report", "--format", form, "--html", "page.html", stdin=given)
    assert done.status == 0 and done.out and "no numbers in it" in done.err
    assert llmops("report", stdin=b"{}\n").status == 2


@pytest.mark.parametrize("budget", ["day = 'x'", "week = -5", "month = nan", "[budget.team.Sales]\nmonths = 4"])
@pytest.mark.parametrize("words", [("report", "--html", "page.html"), ("serve", "--port", "0")])
def test_what_is_no_budget_is_refused(llmops, lake, tmp_path, budget, words):
    (tmp_path / "llmops.toml").write_text(f"[budget]\n{budget}\n")
    done = llmops(words[0], lake, *words[1:])
    assert done.status == 2 and "budget." in done.err and not (tmp_path / "page.html").exists()


@pytest.mark.parametrize("option", ["--html", "--rejects"])
def test_the_numbers_are_never_written_over(llmops, tmp_path, option):
    data = lines(rows(CONVERSATIONS["2026-03-02"]))
    (tmp_path / "rows.jsonl").write_bytes(data)
    done = llmops("report", "rows.jsonl", option, "rows.jsonl")
    assert done.status == 2 and "are the same file" in done.err and (tmp_path / "rows.jsonl").read_bytes() == data


def test_what_holds_no_numbers_is_told_what_does(llmops, lake):
    table, pretty = lake / "rows.csv", curated(lake, "2026-03-03")
    table.write_text("date,team\n2026-03-02,Sales\n")
    pretty.write_text(json.dumps(json.loads(pretty.read_text()), indent=1))
    for file in (table, pretty):
        done = llmops("report", file)
        assert done.status == 2 and "hint: report reads the folder of a lake, or JSON lines of llmops aggregate" in done.err
    for part in (lake / "curated", lake / "curated" / "metrics_daily", pretty.parent, lake / "reports"):
        assert llmops("report", part).err == f"llmops: {part}: no metrics in this folder\n  hint: it is a part of the lake {lake}\n"


def test_a_folder_of_no_date_is_no_date_of_the_lake(llmops, lake):
    before = llmops("report", lake).out
    curated(lake, "2026-03-02").parent.rename(curated(lake, "2026-02-30").parent)
    done = llmops("report", lake)
    assert (done.status, done.err) == (0, "") and done.out != before and b"used on 2 of 3 days" in done.out
