"""What makes an e-value one: its mean is at most 1 while nothing is worse. And the closed forms against sums and integrals."""

from math import comb, exp, log, pi, sqrt

import pytest

from llmops_cli.gate import evidence


@pytest.mark.parametrize("part", [0.1, 0.5])
@pytest.mark.parametrize("events", [5, 30])
def test_the_evidence_of_shares_is_1_on_average_when_rates_are_equal(events, part):
    mean = sum(comb(events, k) * part ** k * (1 - part) ** (events - k) * exp(evidence.share_is_worse([(k, events - k, part)])) for k in range(events + 1))
    assert mean == pytest.approx(1)


def test_the_evidence_of_shares_is_less_when_the_candidate_is_better():
    part = 0.4      # of the events; half of the trials are the candidate's
    assert sum(comb(20, k) * part ** k * (1 - part) ** (20 - k) * exp(evidence.share_is_worse([(k, 20 - k, 0.5)])) for k in range(21)) < 1


@pytest.mark.parametrize("centre, scale", [(0.0, 0.2), (0.18, 0.09)])
@pytest.mark.parametrize("true, most", [(0.0, 1.0), (-0.05, 0.999)])
def test_the_evidence_of_means_is_at_most_1_on_average(centre, scale, true, most):
    deviation, step = 0.05, 0.0005
    points = [true + step * place for place in range(-1000, 1000)]
    mean = sum(step * exp(-((x - true) / deviation) ** 2 / 2) / (deviation * sqrt(2 * pi)) * exp(evidence.mean_is_worse(x, deviation ** 2, centre, scale)) for x in points)
    assert mean <= most + 1e-6


@pytest.mark.parametrize("difference, variance, centre, scale", [(0.2, 0.0016, 0.0, 0.182), (0.1, 0.0016, 0.18, 0.09), (-0.3, 0.01, 0.1, 0.05), (1.0, 0.0016, 0.18, 0.09)])
def test_the_mixture_is_the_average_that_it_says_it_is(difference, variance, centre, scale):
    """The likelihood ratio averaged by hand over harms drawn from the normal distribution cut off at 0."""
    step = scale / 200
    harms = [step * (place + 0.5) for place in range(int((centre + 12 * scale) / step) + 2000)]
    prior = [exp(-((harm - centre) / scale) ** 2 / 2) for harm in harms]
    logs = [(difference * harm - harm * harm / 2) / variance + log(weight) for harm, weight in zip(harms, prior) if weight > 0]
    by_hand = evidence.log_sum_exp(logs) - log(sum(prior))
    assert evidence.mean_is_worse(difference, variance, centre, scale) == pytest.approx(by_hand, abs=0.01)


def test_a_confidence_sequence_ends_where_the_two_sided_mixture_is_1_over_alpha():
    variance, scale, alpha = 0.02 ** 2, 0.05, 0.05
    z = evidence.half_width(variance, scale, alpha)
    growth = 1 + scale ** 2 / variance
    assert -log(growth) / 2 + (scale * z / variance) ** 2 / (2 * growth) == pytest.approx(log(1 / alpha))


def test_strata_of_one_share_are_one_stratum():
    assert evidence.share_is_worse([(3, 2, 0.5), (7, 4, 0.5)]) == pytest.approx(evidence.share_is_worse([(10, 6, 0.5)]))


def test_clumps_shrink_evidence():
    assert 0 < evidence.share_is_worse([(40, 10, 0.5)], 4.0) < evidence.share_is_worse([(40, 10, 0.5)]) / 2


@pytest.mark.parametrize("z", [-40.0, -30.001, -29.999, -3.0, 0.0, 5.0])
def test_the_normal_distribution_is_smooth_where_the_formula_changes(z):
    assert evidence.log_normal_cdf(z) < evidence.log_normal_cdf(z + 0.01)
    assert evidence.log_normal_cdf(z) == pytest.approx(evidence.log_normal_cdf(z + 1e-7), rel=1e-3, abs=1e-5)


def test_a_split_as_asked_for_is_no_evidence():
    assert evidence.split_is_off(100, 1000, 0.1) < 0 < evidence.split_is_off(30, 1000, 0.1)
