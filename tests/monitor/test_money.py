"""Budgets and forecasts, and change with its chance range."""

from random import Random

import pytest

from llmops_cli.monitor import exposition, summary
from llmops_cli.monitor.budgets import NANO, bounds, forecast
from llmops_cli.monitor.change import change_of
from llmops_cli.monitor.counts import Counts

from .made import alerts_of, reply, watcher

DAY = 86400


def test_a_budget_is_said_at_eighty_and_at_a_hundred_per_cent():
    found = [(alert["severity"], alert["message_id"] if "message_id" in alert else alert["time"], alert["value"]) for alert in alerts_of(watcher(budget={"day": 10.0}), [reply(number, cost_usd=1.0) for number in range(12)])]
    assert found == [("warning", "2026-01-03T10:00:07Z", 8.0), ("critical", "2026-01-03T10:00:09Z", 10.0)]


def test_one_dear_reply_reaches_both_steps():
    assert [alert["severity"] for alert in alerts_of(watcher(budget={"day": 10.0}), [reply(1, cost_usd=50.0)])] == ["warning", "critical"]


def test_late_money_counts_where_it_was_spent():
    events = [reply(0, cost_usd=7.0), reply(DAY, cost_usd=1.0), reply(1, cost_usd=4.0)]
    found = [(alert["window"], alert["value"], alert["state"]) for alert in alerts_of(watcher({"no_traffic": {"enabled": False}}, budget={"day": 10.0}), events)]
    assert found == [("2026-01-03", 11.0, "raised"), ("2026-01-03", 11.0, "raised")]


def test_days_of_a_budget_begin_in_the_zone():
    events = [reply(13 * 3600 - 1, cost_usd=6.0), reply(13 * 3600, cost_usd=6.0)]      # 22:59:59Z and 23:00:00Z: midnight in Oslo
    assert [alert["window"] for alert in alerts_of(watcher({"no_traffic": {"enabled": False}}, zone="Europe/Oslo", budget={"day": 10.0}), events)] == []
    assert [alert["window"] for alert in alerts_of(watcher({"no_traffic": {"enabled": False}}, budget={"day": 10.0}), events)] == ["2026-01-03", "2026-01-03"]


def test_a_forecast_says_when_a_budget_will_pass():
    events = [reply(DAY * day, cost_usd=10.0) for day in range(-2, 10)]       # from 1 January, ten dollars a day
    quiet = {"no_traffic": {"enabled": False}}
    found = [alert for alert in alerts_of(watcher(quiet, budget={"month": 250.0}), events)]
    (alert,) = [alert for alert in found if alert["alert"] == "budget_forecast"]
    assert alert["time"].startswith("2026-01-06") and alert["value"] == 310 and alert["evidence"].startswith("will pass on 2026-01-25: likely $310.00 to $310.00")
    assert alerts_of(watcher(quiet, budget={"month": 400.0}), events) == []


def test_a_forecast_that_comes_to_be_well_is_cleared():
    events = [reply(DAY * (day - 3), cost_usd=20.0 if day < 8 else 0.1) for day in range(1, 25)]
    found = [(alert["alert"], alert["state"]) for alert in alerts_of(watcher({"no_traffic": {"enabled": False}}, budget={"month": 300.0}), events)]
    assert found == [("budget_forecast", "raised"), ("budget_forecast", "cleared")]


def test_the_range_of_a_forecast_holds_four_times_in_five():
    held = 0
    for seed in range(300):
        pick = Random(seed)
        spent = {f"2026-01-{day:02}": round(pick.lognormvariate(2, 0.4) * NANO) for day in range(1, 32)}
        ahead = forecast({day: nano for day, nano in spent.items() if day <= "2026-01-15"}, "2026-01-15", "2026-01-31", 10 ** 18, "2026-01-01")
        held += ahead.low <= sum(spent.values()) <= ahead.high
    assert 0.70 <= held / 300 <= 0.88


def test_weekends_are_forecast_apart():
    spent = {f"2026-01-{day:02}": (1 if day % 7 in (3, 4) else 10) * NANO for day in range(1, 21)}     # the 3rd and 4th are a weekend
    ahead = forecast(spent, "2026-01-20", "2026-01-31", 10 ** 18, "2026-01-01")
    assert ahead.likely == sum((1 if day % 7 in (3, 4) else 10) * NANO for day in range(1, 32))


def test_bounds_of_periods():
    assert bounds("month", "2028-02-29", "mon") == ("2028-02-01", "2028-02-29") and bounds("week", "2026-01-04", "sun") == ("2026-01-04", "2026-01-10")
    assert forecast({"2026-01-01": 5}, "2026-01-02", "2026-01-31", 10, "2026-01-01") is None


# Change ---------------------------------------------------------------------------------------------------------------

def counts(pick: Random, replies: int, errors: float, latency: float = 6.5) -> Counts:
    made = Counts()
    made.replies = made.timed = made.priced = replies
    made.errors = sum(pick.random() < errors for _ in range(replies))
    for _ in range(replies):
        made.latency.add(pick.lognormvariate(latency, 0.6))
        nano = round(pick.lognormvariate(0, 0.7) * 1_000_000)
        made.nano_dollars += nano
        made.nano_squares += nano * nano
    return made


@pytest.mark.parametrize("measure", ["error_rate", "latency", "cost"])
def test_small_teams_do_not_page_by_chance(measure):
    pick = Random(5)
    false = sum(not change_of(measure, counts(pick, 100, 0.03), counts(pick, 100, 0.03), 0.99, 50)[measure].chance for _ in range(150))
    assert false <= 6       # one in a hundred is promised


def test_real_changes_are_found():
    pick = Random(6)
    before, now = counts(pick, 800, 0.02), counts(pick, 800, 0.08, 6.9)
    error, latency = change_of("error_rate", before, now, 0.99, 100)["error_rate"], change_of("latency", before, now, 0.99, 100)["latency"]
    assert not error.chance and error.relative > 1 and not latency.chance and latency.low < 0.49 < latency.high + 0.2 and 0.3 < latency.relative < 0.7
    assert change_of("error_rate", before, counts(pick, 20, 1), 0.99, 100) == {}
    few = Counts()
    few.replies = 100
    assert not change_of("requests", now, few, 0.99, 100)["requests"].chance


def test_a_window_that_changed_is_said_when_it_is_over_and_again_when_it_is_well():
    table = {"change": {"error_rate": "50%", "min_replies": 50}, "error": {"enabled": False}, "error_rate": {"enabled": False}, "no_traffic": {"enabled": False}}
    events = [reply(DAY * day + 20 * number, message_id=f"{day}-{number}", error="E" if number % (4 if day == 1 else 40) == 0 else None) for day in range(4) for number in range(160)]
    found = alerts_of(watcher(table), events)
    assert [(alert["alert"], alert["state"], alert["time"]) for alert in found] == [("change", "raised", "2026-01-04T11:00:00Z"), ("change", "cleared", "2026-01-05T11:00:00Z")]
    assert found[0]["evidence"].startswith("error_rate: 0.25 of 160, 0.025 of 160 the day before, likely +") and found[0]["value"] == 9


def test_a_wrong_clock_begins_no_day():
    watching = watcher(budget={"day": 10.0})
    events = [reply(60 * at, cost_usd=0.5) for at in range(20)]
    events[10]["event_time"] = "2099-01-01T00:00:00Z"
    alerts = alerts_of(watching, events)
    assert [(alert["alert"], alert["severity"], alert["state"]) for alert in alerts] == [("budget", "warning", "raised")]
    assert watching.money.spent_now()["date"] == "2026-01-03" and watching.money.spent_now()["day"] == 9.5


def test_days_far_apart_begin_all_the_same():
    watching = watcher(budget={"day": 10.0})
    alerts = alerts_of(watching, [reply(3 * 86400 * at, cost_usd=9.0) for at in range(3)])
    assert [(alert["time"][:10], alert["window"], alert["state"]) for alert in alerts if alert["alert"] == "budget"] == [
        ("2026-01-03", "2026-01-03", "raised"), ("2026-01-06", "2026-01-06", "cleared"), ("2026-01-06", "2026-01-06", "raised"), ("2026-01-09", "2026-01-09", "cleared"), ("2026-01-09", "2026-01-09", "raised")]
    assert watching.money.spent_now()["date"] == "2026-01-09"


def test_what_is_spent_of_a_budget_is_of_the_newest_day_in_whatever_order():
    watching = watcher(budget={"day": 10.0, "team": {"Sales": {"day": 10.0}}})
    days = [reply(86400 * at, cost_usd=1.0 + at) for at in range(3)]
    alerts_of(watching, [days[1], days[0]])
    assert [watching.money.now(one) for one in watching.money.spendings] == [("2026-01-04", 2 * NANO)] * 2
    alerts_of(watching, [{**days[2], "team": "Ops"}])
    assert [watching.money.now(one) for one in watching.money.spendings] == [("2026-01-05", 3 * NANO), ("2026-01-05", 0)]
    assert summary.table(watching)[-1] == "budget team=Sales 2026-01-05: $0.00 of $10.00 (0 %)"
    assert [sample[2] for family in exposition.families(watching, 0) if family[0] == "llmops_budget_spent_dollars" for sample in family[3]] == [3.0, 0.0]
