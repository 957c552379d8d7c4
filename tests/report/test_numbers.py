"""How numbers are written."""

import re

import pytest

from llmops_cli.report import numbers


@pytest.mark.parametrize("whole", [20, 99, 1000, 1999, 250_000])
@pytest.mark.parametrize("places", [0, 1])
def test_only_all_is_100_percent_and_only_none_is_0_percent(whole, places):
    for part in {0, 1, 2, whole // 2, whole - 2, whole - 1, whole}:
        text = numbers.percent(part, whole, places)
        assert (text == "100 %") == (part == whole) and (text == "0 %") == (part == 0)
        assert not re.fullmatch(r"(100|0)(\.0+)? %", text) or part in (0, whole)


def test_only_a_doubling_is_plus_100_percent():
    for now in range(1900, 2100):
        assert (numbers.change(now, 1000) == "+100 %") == (now == 2000)
    assert numbers.change(0, 1000) == "-100 %" and numbers.change(1, 5000) == "->99.9 %"


@pytest.mark.parametrize("part, whole", [(0, 10), (10, 10), (1, 1), (3, 400)])
def test_the_likely_range_holds_the_share(part, whole):
    low, high = numbers.likely(part, whole)
    assert 0 <= low <= part / whole + 1e-12 and part / whole - 1e-12 <= high <= 1


def test_money_of_a_column_has_one_number_of_places():
    column = [numbers.dollars(amount, 0.26) for amount in (0.26, 0.0041, 0.013, 0)]
    assert column == ["$0.26", "<$0.01", "$0.01", "$0"]
    assert [numbers.dollars(amount, 4e6) for amount in (4e6, 12_000, 1)] == ["$4.00 M", "$0.01 M", "<$0.01 M"]
