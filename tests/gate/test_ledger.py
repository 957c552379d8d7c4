"""Sums that do not depend on where looks end, order of time whatever the order of arrival, ids known again."""

from random import Random

from llmops_cli.gate import metrics
from llmops_cli.gate.ledger import CELLS, Ledger
from llmops_cli.gate.order import Sorter
from llmops_cli.gate.seen import RECENT, Seen
from llmops_cli.gate.verdict import Judge

PLAN = metrics.plan([], {})


def items(number: int, seed: int = 1) -> list:
    pick = Random(seed)
    made = []
    for place in range(number):
        row = [0] * (PLAN.width - 2)
        latency = pick.randrange(20_000, 30_000)
        row[metrics.REPLIES] = row[metrics.ANSWERED] = row[metrics.TIMED] = 1
        row[metrics.LATENCY], row[metrics.LATENCY2] = latency, latency * latency
        made.append((float(place), f"m{place}", pick.randrange(2), pick.randrange(64), pick.randrange(-1, 64), tuple(row)))
    return made


def judge_of(parts: list) -> Judge:
    judge = Judge(PLAN, 0.05, 50)
    for part in parts:
        judge.take(part)
    return judge


def test_looks_change_nothing():
    made = items(6000)
    pick = Random(3)
    for _ in range(3):
        cuts = sorted(pick.sample(range(len(made)), 20))
        parts = [made[a:b] for a, b in zip([0, *cuts], [*cuts, len(made)])]
        assert judge_of(parts).dump() == judge_of([made]).dump()


def test_what_is_kept_goes_on_where_it_stopped():
    made = items(3000)
    first = judge_of([made[:1700]])
    again = Judge(PLAN, 0.05, 50)
    again.load(first.dump())
    again.take(made[1700:])
    assert again.dump() == judge_of([made]).dump()


def test_memory_is_bounded_and_nothing_is_lost():
    ledger = Ledger(PLAN)
    ledger.extend(items(20_000))
    assert len(ledger.cells) <= CELLS
    assert ledger.total(0) + ledger.total(1) == 20_000
    assert [cell.start for cell in ledger.cells] == sorted(cell.start for cell in ledger.cells)


def test_what_comes_late_is_counted_where_it_belongs():
    made = items(3000)
    late, rest = made[500:520], made[:500] + made[520:]
    ledger = Ledger(PLAN)
    ledger.extend(rest)
    ledger.extend(late)
    assert ledger.late == len(late)
    whole = Ledger(PLAN)
    whole.extend(made)
    for side in (0, 1):
        assert ledger.total(side) == whole.total(side)
        assert ledger.total(side, metrics.LATENCY) == whole.total(side, metrics.LATENCY)


def test_items_come_in_order_of_time_from_memory_and_from_disk():
    made = items(5000)
    mixed = made[:]
    Random(5).shuffle(mixed)
    for held in (10_000, 700):
        sorter = Sorter(held)
        for item in mixed:
            sorter.add(item)
        for _ in range(2):      # may be asked for again
            assert [item for part in sorter.in_order() for item in part] == made


def test_ids_are_known_again_however_many():
    pick = Random(9)
    numbers = [pick.getrandbits(64) for _ in range(2 * RECENT + 100)]
    seen = Seen()
    assert all(seen.add(number) for number in numbers)
    assert not any(seen.add(number) for number in numbers)
    again = Seen.load(seen.dump())
    assert all(number in again for number in numbers)
    assert again.add(5) and not again.add(5)
