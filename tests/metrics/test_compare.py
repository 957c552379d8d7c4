"""Changes since the period before, and what of them may be chance."""

from random import Random

import pytest

from llmops_cli.errors import UserError
from llmops_cli.metrics.compare import Comparison, Numbers, chance_range
from llmops_cli.metrics.periods import after, before, of_date, span


def compared(by, counts, week_start="mon"):
    comparison = Comparison(by, week_start)
    for group, numbers in counts.items():
        comparison.add(group, Numbers(*numbers))
    return comparison


def test_a_group_is_joined_to_itself_in_the_period_before():
    comparison = compared(("week", "team"), {("2026-W53", "A"): (10, 5, 4), ("2027-W01", "A"): (15, 5, 2), ("2027-W01", "B"): (1, 1, None)})
    row = comparison.columns(("2027-W01", "A"))
    assert (row["previous"], row["conversation_count_previous"], row["conversation_count_change"]) == ("2026-W53", 10, 0.5)
    assert (row["users_change"], row["cost_usd_previous"], row["cost_usd_change"], row["conversation_count_changed"]) == (0.0, 4e-9, -0.5, False)
    assert set(comparison.columns(("2026-W53", "A")).values()) == {None}        # before the data nothing is known
    fresh = comparison.columns(("2027-W01", "B"))
    assert (fresh["conversation_count_previous"], fresh["conversation_count_change"], fresh["conversation_count_change_high"]) == (0, None, None)


def test_who_vanished_has_a_row_of_nothing_once():
    comparison = compared(("team", "date"), {("A", "2026-01-01"): (8, 8, 0), ("B", "2026-01-01"): (1, 1, 0), ("B", "2026-01-02"): (1, 1, 0), ("B", "2026-01-03"): (1, 1, 0)})
    assert list(comparison.vanished()) == [("A", "2026-01-02")]
    row = comparison.columns(("A", "2026-01-02"))
    assert (row["conversation_count_change"], row["conversation_count_change_low"], row["conversation_count_changed"]) == (-1.0, -1.0, True)


def test_a_day_without_anybody_counts_as_nothing():
    comparison = compared(("date",), {("2026-01-01",): (5, 5, 0), ("2026-01-03",): (5, 5, 0)})
    assert comparison.columns(("2026-01-03",))["conversation_count_previous"] == 0
    assert list(comparison.vanished()) == [("2026-01-02",)]


@pytest.mark.parametrize("by", [("team",), ("hour", "team"), ("date", "week")])
def test_without_one_period_there_is_nothing_before(by):
    with pytest.raises(UserError, match="--compare needs"):
        Comparison(by)


def test_unknown_dates_are_compared_to_nothing():
    comparison = compared(("date",), {("unknown",): (5, 5, 0), ("2026-01-03",): (5, 5, 0)})
    assert set(comparison.columns(("unknown",)).values()) == {None} == set(comparison.columns(("2026-01-03",)).values())


def test_chance_is_inside_the_range_nineteen_times_of_twenty():
    pick = Random(11)

    def period(people):     # each of them with three conversations on average, as people come
        users = sum(pick.random() < 0.5 for _ in range(people))
        return Numbers(sum(pick.choice((1, 2, 3, 4, 5)) for _ in range(users)), users)

    for people in (8, 60):
        inside = 0
        for _ in range(1000):
            low, high = chance_range(period(people), period(people))
            inside += (low is None or low <= 0) and (high is None or high >= 0)
        assert inside >= 940, people


def test_periods_follow_each_other():
    pick = Random(12)
    for _ in range(300):
        day = f"{pick.randrange(1990, 2060)}-{pick.randrange(1, 13):02}-{pick.randrange(1, 29):02}"
        for key in ("date", "week", "month"):
            for week_start in ("mon", "sun"):
                period = of_date(key, day, week_start)
                first, last = span(key, period, week_start)
                assert first <= day <= last
                assert of_date(key, first, week_start) == of_date(key, last, week_start) == period
                assert before(key, after(key, period, week_start), week_start) == period
    assert span("date", "unknown") is None and before("week", "unknown") == "" and after("date", "9999-12-31") == ""
