"""Tallies beyond what memory holds: whatever is added, in whatever order, and however small the memory is, nothing is lost."""

import random

import pytest

from llmops_cli.metrics.distinct import person_hash
from llmops_cli.metrics.overflow import Tallies


@pytest.mark.parametrize("memory", [4_000, 20_000, 100_000])
def test_what_went_to_disk_is_added_up_again(memory):
    pick = random.Random(memory)
    small, whole = Tallies(memory), Tallies(None)
    for number in range(4_000):
        group, person = (f"team {pick.randrange(25)}",), person_hash(f"u{pick.randrange(2_000)}")
        for tallies in (small, whole):
            tally = tallies.of(group)
            tally.conversations += 1
            tally.users.add(person)
            tally.latency.add(number)
    assert small.spilled and not whole.spilled
    for _ in range(2):      # it may be asked for again
        assert [(group, tally.to_json()) for group, tally in small.sorted()] == [(group, tally.to_json()) for group, tally in whole.sorted()]
