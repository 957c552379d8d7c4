"""Different people: exact, then an estimate that depends on who they are and on nothing else."""

import random
from base64 import b64encode

import pytest

from llmops_cli.metrics.distinct import EXACT_LIMIT, REGISTERS, Distinct, person_hash


def of(numbers) -> Distinct:
    people = Distinct()
    for number in numbers:
        people.add(person_hash(f"u_{number}"))
    return people


@pytest.mark.parametrize("number", [0, 1, 2, 1000, EXACT_LIMIT])
def test_exact_up_to_the_limit(number):
    people = of([*range(number), *range(number)])
    assert people.exact and people.count() == number


@pytest.mark.parametrize("number", [EXACT_LIMIT + 1, 5000, 10_000, 30_000, 100_000])
def test_within_two_per_cent_beyond_it(number):
    people = of(range(number))
    assert not people.exact
    assert people.count() == pytest.approx(number, rel=0.02)


def test_the_estimate_has_the_error_it_claims():
    errors = [of(range(seed * 10 ** 6, seed * 10 ** 6 + 20_000)).count() / 20_000 - 1 for seed in range(1, 13)]
    assert (sum(error * error for error in errors) / len(errors)) ** 0.5 < 0.013      # 0.8 % promised; 12 draws
    assert abs(sum(errors) / len(errors)) < 0.008


@pytest.mark.parametrize("number", [10, EXACT_LIMIT, EXACT_LIMIT + 1, 9000])
def test_any_order_and_any_parts_give_one_state(number):
    pick = random.Random(number)
    numbers = list(range(number))
    whole = of(numbers).to_json()
    for _ in range(3):
        pick.shuffle(numbers)
        cut = pick.randrange(number)
        overlapping = [numbers[:cut], numbers[cut // 2:], numbers[-5:]]
        pick.shuffle(overlapping)
        total = Distinct()
        for part in overlapping:
            total.merge(Distinct.from_json(of(part).to_json()))
        assert total.to_json() == whole


@pytest.mark.parametrize("broken", [
    ["xyz"], ["-5"], ["1" * 17], [5], 5, None, "no Base64!", b64encode(bytes(10)).decode(), b64encode(bytes([60]) * REGISTERS).decode(),
    [f"{number:x}" for number in range(EXACT_LIMIT + 1)],
], ids=lambda value: str(value)[:20])
def test_what_is_no_set_of_people_is_refused(broken):
    with pytest.raises((TypeError, ValueError)):
        Distinct.from_json(broken)


def test_a_lone_surrogate_is_a_person_too():
    assert person_hash("\ud800") != person_hash("\ud801")
