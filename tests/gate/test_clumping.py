"""How replies hang together, from blocks of time: what is found of a memory that is known, and what of none."""

from math import exp, log, sqrt
from random import Random

import pytest

from llmops_cli.gate import clumping, metrics
from llmops_cli.gate.columns import column_of, side_of
from llmops_cli.gate.design import row_of
from llmops_cli.gate.ledger import Ledger
from llmops_cli.gate.verdict import Judge

PLAN = metrics.plan([], {}, ("latency_p95",))


def replies(number: int, seed: int, memory: float, share: float = 0.5) -> list:
    """Replies whose latencies remember those before them on their side for `memory` replies; 0: not at all."""
    pick = Random(seed)
    kept = exp(-1 / memory) if memory else 0.0
    level, made = [pick.gauss(0, 1), pick.gauss(0, 1)], []
    for place in range(number):
        side = int(pick.random() < share)
        level[side] = kept * level[side] + sqrt(1 - kept * kept) * pick.gauss(0, 1)
        row = [0] * (PLAN.width - 2)
        row[metrics.REPLIES] = row[metrics.ANSWERED] = row[metrics.TIMED] = 1
        whole = round((log(800) + 0.6 * level[side] + 0.5 * pick.gauss(0, 1)) * metrics.UNIT)
        row[metrics.LATENCY], row[metrics.LATENCY2] = whole, whole * whole
        made.append((float(place), "", side, -1, -1, tuple(row)))
    return made


def found(number: int, seed: int, memory: float, share: float = 0.5) -> clumping.Memory:
    ledger = Ledger(PLAN)
    ledger.extend(replies(number, seed, memory, share))
    sums = [row_of([cell.rows[side] for cell in ledger.cells], PLAN.width) for side in (0, 1)]
    column = column_of(PLAN.of("latency"), sums)
    variance = sum(side_of(column, row).variance for row in sums) / 2
    return clumping.over_time(column, ledger.cells, variance)


def middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


@pytest.mark.parametrize("share", [0.5, 0.1])
@pytest.mark.parametrize("memory", [5, 20])
def test_the_memory_of_replies_is_not_taken_for_less_than_it_is(memory, share):
    """It is taken for more when the longest blocks still seem to grow: doubt goes against a roll back."""
    kept, part = exp(-1 / memory), 0.36 / 0.61
    true = 1 + 2 * part * kept / (1 - kept)
    assert true * 0.7 < middle([found(6000, seed, memory, share).ratio for seed in range(9)]) < 10 * true


def test_independent_replies_have_none():
    each = [found(3000, seed, 0) for seed in range(15)]
    assert middle([one.ratio for one in each]) == 1
    assert 0 <= middle([one.sign for one in each]) < 2


def test_doubt_begins_where_proof_does_not_reach():
    """A hundred replies a side with a memory of a hundred show only a part of it."""
    each = [found(200, seed, 100).sign for seed in range(15)]
    assert middle(each) > 1.5 > middle([found(200, seed, 0).sign for seed in range(15)])


def test_what_cannot_vary_has_no_memory():
    assert clumping.over_time(column_of(PLAN.of("latency"), [[1] * PLAN.width] * 2), [], 0.0) == clumping.NO_MEMORY


@pytest.mark.parametrize("memory", [20, 100])
def test_a_harmless_release_whose_latencies_remember_is_left_alone(memory):
    judges = [Judge(PLAN, 0.05, 50) for _ in range(12)]
    for seed, judge in enumerate(judges):
        judge.take(replies(1500, 100 + seed, memory))
    assert sum(judge.decided is not None for judge in judges) <= 1
