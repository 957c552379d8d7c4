"""`monitor` from outside: a log with known violations, what comes out in each form, wrong input."""

import json
import os
import pty
import stat
import subprocess
import threading

import pytest

from .monitor.made import hour, lines, reply


def said(output: bytes) -> list[dict]:
    return [json.loads(line) for line in output.splitlines()]


VIOLATIONS = {
    3: ("slow_reply", {"latency_ms": 5000.1}), 5: ("error", {"error": "ThrottlingException: slow down", "content": ""}), 7: ("error", {"content": "An error occurred while processing your request."}),
    9: ("refusal", {"content": "I'm sorry, but I can't help with that."}), 11: ("pii", {"content": "Write to ann.berg@example.org, please."}),
    13: ("secret", {"content": "The password is: hunter2-Hunter2!"}), 15: ("empty_reply", {"content": " "}), 17: ("truncated_reply", {"finish_reason": "length"}),
}
HARMLESS = {4: {"latency_ms": 5000.0}, 6: {"content": "See https://example.org/timetable for more."}, 8: {"content": "The error in line 3 is a missing colon."}, 10: {"content": "I can't find order 12 in that list."},
            12: {"content": "", "tool_calls": [{"name": "search", "arguments": "{}"}]}, 14: {"latency_ms": None}, 16: {"finish_reason": "stop"}}


def known_log() -> list[dict]:
    """A quiet hour, one with each violation and some replies that only look like one, and a quiet one."""
    bad = hour(1, 20)
    for number, (_, more) in VIOLATIONS.items():
        bad[number].update(more)
    for number, more in HARMLESS.items():
        bad[number].update(more)
    questions = [reply(60 * number, role="user", message_id=f"u{number}", content="My address is bob@example.org. I cannot log in: error 500!", latency_ms=None) for number in range(30)]
    return sorted([*hour(0, 25), *bad, *hour(2, 25), *hour(3, 1), *questions], key=lambda event: event["event_time"])


def test_known_violations_and_no_other(llmops, tmp_path):
    (tmp_path / "log").write_bytes(lines(known_log()))
    result = llmops("monitor", "log")
    alerts = said(result.out)
    raised = [(alert["alert"], alert.get("message_id")) for alert in alerts if alert["state"] == "raised"]
    expected = [(name, f"h1-{number}") for number, (name, _) in VIOLATIONS.items()]
    assert sorted(raised) == sorted([*expected, ("error_rate", "h1-19")])
    assert [alert["alert"] for alert in alerts if alert["state"] == "cleared"] == ["error_rate"]
    assert result.status == 1 and result.err == "llmops: 1 reply of 71 without a latency\n"
    for alert in alerts:
        assert list(alert) == [key for key in ("time", "alert", "severity", "scope", "value", "limit", "window", "message_id", "evidence", "state") if key in alert]
    assert b"ann.berg" not in result.out and b"hunter2" not in result.out and b"slow down" not in result.out


def test_exit_statuses(llmops, tmp_path):
    (tmp_path / "log").write_bytes(lines(known_log()))
    (tmp_path / "quiet").write_bytes(lines(hour(0, 25)))
    (tmp_path / "slow").write_bytes(lines([reply(1, latency_ms=6000.0)]))
    assert llmops("monitor", "--no-pii", "quiet").status == 0
    assert [llmops("monitor", "--no-pii", "--fail-on", severity, "slow").status for severity in ("info", "warning", "critical")] == [1, 1, 0]
    assert llmops("monitor", "--no-pii", "--exit-zero", "log").status == 0
    assert llmops("monitor", "--no-pii", stdin=b"").status == 0
    assert llmops("monitor", "--no-pii", stdin=lines(hour(0, 2)) + b"broken\n").status == 3
    assert llmops("monitor", "--no-pii", stdin=lines([reply(1, latency_ms=6000.0)]) + b"broken\n").status == 1
    assert llmops("monitor", "--no-pii", "nowhere.jsonl").status == 2


def test_an_alert_is_said_once_and_once_more_when_it_is_over(llmops, tmp_path):
    log = tmp_path / "log"
    arguments = ("monitor", "--state", "state", "--no-pii", log)
    log.write_bytes(lines(hour(0, 25, error="ServerError")))
    first = llmops(*arguments)
    assert [alert["alert"] for alert in said(first.out)].count("error_rate") == 1 and first.status == 1
    assert llmops(*arguments) == (0, b"", "")
    with open(log, "ab") as file:
        file.write(lines(hour(1, 25)))
    assert llmops(*arguments) == (0, b"", "")          # the new window is not over yet
    with open(log, "ab") as file:
        file.write(lines(hour(2, 1)))
    over = llmops(*arguments)
    assert [(alert["alert"], alert["state"], alert["time"]) for alert in said(over.out)] == [("error_rate", "cleared", "2026-01-03T12:00:00Z")] and over.status == 0


def test_any_split_into_runs_says_the_same_and_sums_up_the_same(llmops, tmp_path):
    events = known_log()
    whole = llmops("monitor", "--no-pii", "--state", "whole", "--prometheus", "whole.prom", stdin=lines(events))
    parts = b""
    for first, last in ((0, 1), (1, 37), (37, 38), (38, 80), (80, len(events))):
        parts += llmops("monitor", "--no-pii", "--state", "parts", "--prometheus", "parts.prom", stdin=lines(events[first:last])).out
    assert parts == whole.out and (tmp_path / "parts.prom").read_bytes() == (tmp_path / "whole.prom").read_bytes()


def test_a_wrong_clock_at_the_end_of_a_run_is_seen_through_by_the_next(llmops, tmp_path):
    wrong = reply(0, event_time="2030-01-01T00:00:00Z", message_id="wrong")
    arguments = ("monitor", "--no-pii", "--state", "state")
    first = llmops(*arguments, "--expect-until", "2026-01-03T12:00:00Z", stdin=lines([*hour(0, 25, error="E"), wrong]))
    assert [(alert["alert"], alert["state"]) for alert in said(first.out) if alert["alert"] != "error"] == [("error_rate", "raised"), ("stale", "raised")]
    second = llmops(*arguments, "--expect-until", "2026-01-03T12:30:00Z", stdin=lines(hour(2, 1)))
    assert [(alert["alert"], alert["state"]) for alert in said(second.out)] == [("no_traffic", "raised"), ("stale", "cleared")] and "1 event more than a day away" in second.err
    assert [alert["alert"] for alert in said(llmops(*arguments, stdin=lines(hour(3, 1))).out)] == []
    days_later = [reply(4 * 86400 + 60 * at) for at in range(2)]        # a leap that the next run's line bears out
    assert llmops(*arguments, stdin=lines(days_later[:1])).out == b""
    assert [alert["window"] for alert in said(llmops(*arguments, stdin=lines(days_later[1:])).out)] == ["2026-01-03T14:00:00Z/2026-01-07T10:00:00Z"]


def test_the_prometheus_file(llmops, tmp_path):
    (tmp_path / "log").write_bytes(lines(known_log()))
    (tmp_path / "node.prom").write_text("old")
    os.chmod(tmp_path / "node.prom", 0o600)
    llmops("monitor", "--prometheus", "node.prom", "log")
    written = (tmp_path / "node.prom").read_text()
    assert stat.S_IMODE((tmp_path / "node.prom").stat().st_mode) == 0o644
    assert "# TYPE llmops_replies_total counter\n" in written and written.endswith("# EOF\n")
    assert 'llmops_replies_total{team="Sales",model="m-1"} 71\n' in written and 'llmops_alerts_total{alert="error",severity="warning"} 2\n' in written
    assert 'llmops_reply_latency_seconds_bucket{team="Sales",model="m-1",le="+Inf"} 70\n' in written
    assert not any(path.name.endswith(".partial") for path in tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_said_before_any_alert(llmops, tmp_path):
    result = llmops("monitor", "--no-pii", "--state", "state.json", "--prometheus", "nowhere/node.prom", stdin=lines(known_log()))
    assert (result.status, result.out) == (2, b"") and "nowhere/node.prom" in result.err and not (tmp_path / "state.json").exists()


def test_ten_thousand_teams_are_bounded_labels_and_counted_whole(llmops, tmp_path):
    events = [reply(number / 4, message_id=f"m{number}", team=f"team {number % 10_000}\n\"", content="ok") for number in range(12_000)]
    result = llmops("monitor", "--no-pii", "-q", "--prometheus", "p.prom", "--by", "team", "--summary", stdin=lines(events))
    replies = [line for line in (tmp_path / "p.prom").read_text().splitlines() if line.startswith("llmops_replies_total{")]
    assert len(replies) <= 201 and sum(int(line.rpartition(" ")[2]) for line in replies) == 12_000 and any('team="other"' in line for line in replies)
    assert len(said(result.out)) == 10_000


def test_the_summary(llmops, tmp_path):
    (tmp_path / "log").write_bytes(lines(known_log()))
    (row,) = said(llmops("monitor", "--summary", "log").out)
    assert (row["replies"], row["errors"], row["refusals"], row["replies_timed"], row["pii_replies"], row["findings"]) == (71, 2, 1, 70, 2, {"EMAIL": 1, "PASSWORD": 1})
    assert row["latency_ms_p50"] == pytest.approx(900, rel=0.01) and row["latency_ms_p99"] == pytest.approx(5000.1, rel=0.01) and row["cost_usd"] == pytest.approx(0.071, abs=1e-12)
    table = llmops("monitor", "--summary", "--by", "team,model", "--format", "text", "log")
    assert b"team=Sales,model=m-1" in table.out and b"(1 reply of 71 without a latency)" in table.out and "11 alerts" not in table.out.decode()


def test_what_is_not_said_is_not_nought(llmops):
    (row,) = said(llmops("monitor", "--summary", "-q", stdin=lines([reply(1, latency_ms=None, cost_usd=None, model="ours"), reply(2, latency_ms=-5, input_tokens=-1, cost_usd="free", model="ours")])).out)
    assert (row["latency_ms_p50"], row["cost_usd"], row["replies"], row["replies_timed"], row["replies_priced"], row["input_tokens"]) == (None, None, 2, 0, 0, 100)


def test_cost_comes_from_the_table_of_prices_where_the_log_has_none(llmops):
    event = reply(1, model="amazon.nova-micro-v1:0", input_tokens=1000, output_tokens=100)
    del event["cost_usd"]
    (row,) = said(llmops("monitor", "--summary", stdin=lines([event])).out)
    assert row["cost_usd"] == pytest.approx(0.000049)


def test_forms_of_alerts(llmops, tmp_path):
    (tmp_path / "log").write_bytes(lines(known_log()))
    text = llmops("monitor", "--format", "text", "log").out.decode()
    assert "2026-01-03T11:06:00Z  warning   slow reply [team=Sales] 5 s (limit 5 s) message h1-3" in text
    github = llmops("monitor", "--format", "github", "log").out.decode().splitlines()
    assert all(line.startswith(("::notice title=", "::warning title=", "::error title=")) for line in github) and len(github) == 10
    body = json.loads(llmops("monitor", "--format", "alertmanager", "log").out)
    assert {"alertname": "slow_reply", "severity": "warning", "job": "llmops", "team": "Sales", "message_id": "h1-3"} in [row["labels"] for row in body] and len(body) == 10
    assert json.loads(llmops("monitor", "--format", "alertmanager", stdin=b"").out) == []
    assert len(json.loads(llmops("monitor", "--format", "alertmanager", "--no-pii", stdin=lines([reply(number, message_id=f"m{number}", error="E", content="x" * 500) for number in range(2000)])).out)) == 2001


def test_embedded_metrics(llmops, tmp_path):
    (tmp_path / "log").write_bytes(lines(known_log()))
    rows = said(llmops("monitor", "--no-pii", "--emf", "--by", "team", "-q", "log").out)
    assert [row["Replies"] for row in rows] == [25, 20, 25, 1] and rows[1]["Errors"] == 2 and rows[1]["team"] == "Sales"
    for row in rows:
        (directive,) = row["_aws"]["CloudWatchMetrics"]
        assert directive["Dimensions"] == [["team"]] and all(metric["Name"] in row for metric in directive["Metrics"]) and row["_aws"]["Timestamp"] % 3_600_000 == 0


def test_the_log_of_interactions_is_rotated_and_says_no_text(llmops, tmp_path):
    llmops("monitor", "--no-pii", "--log", "log.jsonl", "--log-size", "4k", "--log-keep", "3", stdin=lines(known_log()))
    files = ["log.jsonl", "log.jsonl.1", "log.jsonl.2", "log.jsonl.3"]
    assert all((tmp_path / name).stat().st_size <= 4096 for name in files) and not (tmp_path / "log.jsonl.4").exists()
    rows = [row for name in reversed(files) for row in said((tmp_path / name).read_bytes())]
    assert rows[-1]["message_id"] == "h3-0" and all(set(row) & {"content", "user_id"} == set() for row in rows)
    llmops("monitor", "--no-pii", "--log", "whole.jsonl", stdin=lines(known_log()))
    rows = said((tmp_path / "whole.jsonl").read_bytes())
    assert len(rows) == 71 and [row["error"] for row in rows if row["level"] == "error"] == ["ThrottlingException", "said in the reply"]


def test_the_log_of_interactions_carries_names_and_numbers_and_no_words(llmops, tmp_path):
    wordy = {"feedback": "tell ann@example.org", "scores": {"tone": 0.5, "why": "ann@example.org", "how": ["ann@example.org"]}, "model": {"of": "ann@example.org"}, "input_tokens": "ann@example.org", "region": "eu"}
    assert llmops("monitor", "--no-pii", "--log", "log.jsonl", stdin=lines([reply(1, **wordy), reply(2, feedback="up")])).status == 0
    first, second = said((tmp_path / "log.jsonl").read_bytes())
    assert "ann@" not in str(first) and first["scores"] == {"tone": 0.5} and first["region"] == "eu" and "feedback" not in first and (second["feedback"], second["model"]) == ("up", "m-1")


def test_a_line_that_a_killed_run_left_unfinished_spoils_no_other(llmops, tmp_path):
    (tmp_path / "log.jsonl").write_bytes(b'{"time": "2026-01-03T09:5')
    for number in (1, 2):
        llmops("monitor", "--no-pii", "--log", "log.jsonl", stdin=lines([reply(number)]))
    assert [row["message_id"] for row in said((tmp_path / "log.jsonl").read_bytes().partition(b"\n")[2])] == ["m1", "m2"]


def test_the_dashboard_is_plain_where_there_is_no_terminal(llmops, tmp_path):
    (tmp_path / "log").write_bytes(lines(known_log()))
    shown = llmops("monitor", "--watch", "-q", "log").out.decode()
    assert "\x1b" not in shown and "71 replies in 4 windows of 1 h" in shown and "error rate 10 %" in shown and "█" in shown


def test_the_dashboard_shows_half_characters_escaped_and_does_not_ask_the_locale(llmops, start, tmp_path):
    log = tmp_path / os.fsdecode(b"l\xffg")
    log.write_bytes(lines([reply(1, latency_ms=6000.0, team="Z\ud800\xfcrich")]))
    assert "slow reply [team=Z\\ud800\xfcrich]" in llmops("monitor", "--watch", log.name).out.decode()
    leader, terminal = pty.openpty()
    process = start("monitor", "--watch", log.name, stdout=terminal, stderr=subprocess.PIPE, env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "COLUMNS": "120"})
    os.close(terminal)
    shown = b""
    while "█".encode() not in shown or b"\x1b[J" not in shown:
        shown += os.read(leader, 1 << 16)       # raises when it has come to an end
    process.terminate()
    assert b"Traceback" not in process.stderr.read() and process.wait() == 143 and b"Z\\ud800\xc3\xbcrich" in shown
    os.close(leader)


# Rules, budgets, mutes ------------------------------------------------------------------------------------------------

def test_budgets_of_the_settings(llmops, tmp_path):
    (tmp_path / "llmops.toml").write_text('[budget]\nday = 0.04\n[budget.team.Sales]\nmonth = 100.0\n[budget.model."m-1"]\nweek = 0.06\n')
    alerts = said(llmops("monitor", "--no-pii", stdin=lines([*hour(0, 25), *hour(1, 25), *hour(24, 25)])).out)
    budgets = [(alert["severity"], alert["scope"], alert["window"], alert["value"], alert["limit"], alert["state"]) for alert in alerts if alert["alert"] == "budget"]
    assert budgets == [("warning", "all", "2026-01-03", 0.032, 0.04, "raised"), ("critical", "all", "2026-01-03", 0.04, 0.04, "raised"), ("warning", "model=m-1", "2026-W01", 0.048, 0.06, "raised"),
                       ("warning", "all", "2026-01-04", 0.0, 0.04, "cleared"), ("critical", "all", "2026-01-04", 0.0, 0.04, "cleared"), ("critical", "model=m-1", "2026-W01", 0.06, 0.06, "raised")]


def test_a_budget_that_is_raised_is_watched_anew(llmops, tmp_path):
    def run(budget, cost):
        (tmp_path / "rules.toml").write_text(f"[budget]\nmonth = {budget}\n")
        event = reply(run.number, cost_usd=cost)
        run.number += 1
        return [(alert["severity"], alert["state"], alert["value"], alert["limit"]) for alert in said(llmops("monitor", "--rules", "rules.toml", "--state", "state", stdin=lines([event])).out)]
    run.number = 0
    assert run(100, 110.0) == [("warning", "raised", 110.0, 100.0), ("critical", "raised", 110.0, 100.0)]
    assert run(130, 1.0) == [("critical", "cleared", 111.0, 130.0)]
    assert run(130, 30.0) == [("critical", "raised", 141.0, 130.0)]
    assert run(300, 1.0) == [("warning", "cleared", 142.0, 300.0), ("critical", "cleared", 142.0, 300.0)]
    assert run(300, 100.0) == [("warning", "raised", 242.0, 300.0)] and run(300, 100.0) == [("critical", "raised", 342.0, 300.0)]
    assert run(300, 100.0) == []


def test_kinds_that_there_are_not_are_an_error_and_ones_own_are_known(llmops, tmp_path):
    for kinds in ('kinds = ["EMIAL"]', 'skip = ["email"]'):
        (tmp_path / "rules.toml").write_text(f"[pii]\n{kinds}\n")
        result = llmops("monitor", "--rules", "rules.toml", stdin=b"")
        assert result.status == 2 and "rules.toml: pii: unknown kind " in result.err and "did you mean 'EMAIL'?" in result.err
    (tmp_path / "rules.toml").write_text('[pii]\nkinds = ["PROJECT"]\n')
    (tmp_path / "own.toml").write_text('[[rule]]\nid = "project"\nkind = "PROJECT"\nwhat = "a project"\npattern = \'PRJ-[0-9]{4}\'\nfinds = ["PRJ-1234"]\nignores = ["PRJ-x"]\n')
    (tmp_path / "llmops.toml").write_text('[sanitize]\nrules = "own.toml"\n')
    events = [reply(1, content="see PRJ-1234"), reply(2, content="see [PROJECT] of [EMAIL]"), reply(3, content="see ann@example.org")]
    result = llmops("monitor", "--rules", "rules.toml", stdin=lines(events))
    assert [(alert["message_id"], alert["evidence"]) for alert in said(result.out)] == [("m1", "1 PROJECT"), ("m2", "1 PROJECT")]


def test_a_gap_is_one_alert_and_silence_at_the_end_is_none(llmops):
    alerts = said(llmops("monitor", stdin=lines([*hour(0, 2), *hour(4, 2)])).out)
    assert [(alert["alert"], alert["value"], alert["window"]) for alert in alerts] == [("no_traffic", 10800, "2026-01-03T11:00:00Z/2026-01-03T14:00:00Z")]


@pytest.mark.parametrize("late", [1, 3, 5])
def test_a_late_line_in_a_gap_that_was_said_makes_no_other(llmops, late):
    arguments = ("monitor", "--no-pii", "--state", "state")
    assert [alert["alert"] for alert in said(llmops(*arguments, stdin=lines([*hour(0, 1), *hour(6, 1)])).out)] == ["no_traffic"]
    assert llmops(*arguments, stdin=lines(hour(late, 1))).out == b""
    assert [alert["window"] for alert in said(llmops(*arguments, stdin=lines(hour(9, 1))).out)] == ["2026-01-03T17:00:00Z/2026-01-03T19:00:00Z"]


def test_stale(llmops, tmp_path):
    (tmp_path / "log").write_bytes(lines(hour(0, 2)))
    assert llmops("monitor", "--no-pii", "--expect-until", "2026-01-03T11:00:00Z", "log").status == 0
    result = llmops("monitor", "--no-pii", "--expect-until", "2026-01-04", "log")
    assert result.status == 1 and [(alert["alert"], alert["severity"], alert["time"]) for alert in said(result.out)] == [("stale", "critical", "2026-01-04T00:00:00Z")]
    never = llmops("monitor", "--no-pii", "--expect-until", "now", "nowhere.jsonl")
    assert never.status == 1 and said(never.out)[0]["alert"] == "stale" and "nowhere.jsonl: is not there" in never.err
    assert [llmops("monitor", "--state", "s", "--expect-until", "2026-01-04", "log").status for _ in range(2)] == [1, 0]


def test_opinions_of_a_file_are_joined(llmops, tmp_path):
    (tmp_path / "feedback.jsonl").write_bytes(lines([{"message_id": f"h0-{number}", "rating": "down"} for number in range(8)] + [{"message_id": f"h0-{number}", "rating": 5} for number in range(8, 20)]))
    (tmp_path / "rules.toml").write_text('[feedback_down]\nlimit = "30%"\n')
    alerts = said(llmops("monitor", "--rules", "rules.toml", "--feedback", "feedback.jsonl", stdin=lines(hour(0, 25))).out)
    assert [(alert["alert"], alert["value"], alert["evidence"]) for alert in alerts] == [("feedback_down", 0.4, "8 of 20 opinions were thumbs down")]


@pytest.mark.parametrize("arguments, message", [
    (("--window", "0"), "a window is from 1 s"), (("--window", "1.5s"), "whole seconds"), (("--window", "soon"), "not a length of time"), (("--expect-until", "soon"), "not a time"), (("--summary", "--emf"), "one at a time"),
    (("--follow", "-o", "x", "log"), "append"), (("--webhook", "ftp://x"), "not a web address"), (("--webhook", "https://events.pagerduty.com/v2/enqueue"), "PAGERDUTY_ROUTING_KEY"), (("--rules", "nowhere.toml"), "nowhere.toml"),
    (("--summary", "--format", "github"), "form of alerts"), (("--timezone", "Mars"), "unknown time zone"),
    (("--state", "s", "s3://bucket/log"), "cannot be gone on with")])
def test_wrong_options_are_said(llmops, tmp_path, arguments, message):
    (tmp_path / "log").write_bytes(b"")
    result = llmops("monitor", "--no-pii", *arguments)
    assert result.status == 2 and message in result.err and "Traceback" not in result.err


@pytest.mark.parametrize("form", [("--format", "text"), ("--format", "text", "--summary", "--by", "team"), ("--watch",), ("--format", "github")])
def test_what_a_log_says_neither_steers_the_terminal_nor_forges_a_line(llmops, form):
    shown = llmops("monitor", *form, stdin=lines([reply(1, latency_ms=6000.0, team="A\x1b[2J\n2026-01-03 all is well", message_id="m\r\nall is well\x9b2J")])).out.decode()
    assert "all is well" in shown and not any(line.startswith(("all", "2026-01-03 all")) for line in shown.splitlines())
    assert "\x1b" not in shown and "\x9b" not in shown and "\r" not in shown


def test_teams_whose_names_have_commas_are_different_labels(llmops):
    events = [reply(at, latency_ms=6000.0, team=team) for at, team in enumerate(("Sales, EU", "Sales, US", "R&D"))]
    body = json.loads(llmops("monitor", "--format", "alertmanager", stdin=lines(events)).out)
    assert [row["labels"]["team"] for row in body] == ["Sales, EU", "Sales, US", "R&D"]
    body = json.loads(llmops("monitor", "--format", "alertmanager", "--by", "team,model", stdin=lines(events)).out)
    assert [(row["labels"]["team"], row["labels"]["model"]) for row in body] == [("Sales, EU", "m-1"), ("Sales, US", "m-1"), ("R&D", "m-1")]


@pytest.mark.parametrize("option", ["--state", "--prometheus", "--log", "--rejects"])
def test_the_log_is_not_written_over(llmops, tmp_path, option):
    (tmp_path / "log").write_bytes(lines(hour(0, 3)))
    result = llmops("monitor", option, "./log", "log")
    assert result.status == 2 and f" and {option} are the same file" in result.err
    assert os.listdir(tmp_path) == ["log"] and (tmp_path / "log").read_bytes() == lines(hour(0, 3))
    assert llmops("monitor", "--state", "x", option if option != "--state" else "--log", "x", "log").status == 2


def test_a_pipe_stays_what_it_is(llmops, tmp_path):
    """Neither sums nor a rotated log are put in the place of a device or pipe, nor a state set aside that is none."""
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    for option, begun in (("--prometheus", b"# HELP"), ("--log", b'{"time"')):
        thread = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
        thread.start()
        result = llmops("monitor", option, "pipe", "--log-size", "1", stdin=lines(hour(0, 3)))
        thread.join(10)
        assert result.status == 0 and read.pop().startswith(begun)
    for command in (("monitor",), ("rollback-check", "--candidate", "v43")):
        assert llmops(*command, "--state", "pipe", stdin=lines(hour(0, 3))).status == 2
    assert os.listdir(tmp_path) == ["pipe"] and pipe.is_fifo()
