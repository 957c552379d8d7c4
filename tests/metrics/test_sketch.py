"""Quantiles within one per cent, adding that loses nothing."""

import random
from math import ceil

import pytest

from llmops_cli.metrics.sketch import Sketch

pick = random.Random(17)
SHAPES = {
    "replies": [pick.lognormvariate(6.5, 0.9) for _ in range(20_000)],
    "uniform": [pick.uniform(0.001, 100_000) for _ in range(20_000)],
    "whole numbers": [pick.randrange(1, 50) for _ in range(999)],
    "two": [0.1, 1e12],
    "wide": [10.0 ** pick.uniform(-8, 14) for _ in range(5000)],
    "with zeros": [0, 0.0] * 300 + [pick.expovariate(1) for _ in range(400)],
}
SHARES = [0.0, 0.001, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0]


def sketch_of(values) -> Sketch:
    sketch = Sketch()
    for value in values:
        sketch.add(value)
    return sketch


@pytest.mark.parametrize("values", SHAPES.values(), ids=SHAPES)
def test_quantiles_are_within_one_per_cent_of_the_nearest_rank(values):
    ordered = sorted(values)
    for share, found in zip(SHARES, sketch_of(values).quantiles(SHARES)):
        true = ordered[max(1, ceil(share * len(ordered) - 1e-9)) - 1]
        assert found == pytest.approx(true, rel=0.01, abs=1e-9)


def test_rounding_as_rows_show_it_stays_within_one_per_cent():
    for value in SHAPES["wide"]:
        [found] = sketch_of([value]).quantiles([0.5])
        assert float(f"{found:.6g}") == pytest.approx(value, rel=0.01)


def test_no_values_no_quantiles():
    assert Sketch().quantiles(SHARES) == [None] * len(SHARES)


def test_any_order_and_any_parts_give_one_sketch():
    values = SHAPES["replies"] + SHAPES["with zeros"]
    whole = sketch_of(values).to_json()
    for _ in range(5):
        pick.shuffle(values)
        cuts = sorted(pick.randrange(len(values)) for _ in range(6))
        parts = [sketch_of(values[start:end]) for start, end in zip([0, *cuts], [*cuts, len(values)])]
        total = Sketch()
        for part in parts:
            total.merge(Sketch.from_json(part.to_json()))
        assert total.to_json() == whole and total.count == len(values)


@pytest.mark.parametrize("broken", [
    {}, {"zeros": 0}, {"zeros": -1, "buckets": []}, {"zeros": 0, "buckets": [[1]]}, {"zeros": 0, "buckets": [["1", 1]]},
    {"zeros": 0, "buckets": [[10 ** 9, 1]]}, {"zeros": 0, "buckets": [[1, 0.5]]}, {"zeros": 0, "buckets": [[1, 10 ** 40]]}, {"zeros": True, "buckets": []},
], ids=str)
def test_what_is_no_sketch_is_refused(broken):
    with pytest.raises((KeyError, TypeError, ValueError)):
        Sketch.from_json(broken)
