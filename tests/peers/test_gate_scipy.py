"""The evidence of `rollback-check` against scipy: integrals, distributions and intervals where a closed form exists."""

import math

import pytest

from llmops_cli.gate import evidence

integrate = pytest.importorskip("scipy.integrate", reason="scipy is not installed (tests/peers/requirements.txt)")
stats = pytest.importorskip("scipy.stats", reason="scipy is not installed (tests/peers/requirements.txt)")
optimize = pytest.importorskip("scipy.optimize", reason="scipy is not installed (tests/peers/requirements.txt)")


@pytest.mark.parametrize("difference", [-0.2, 0.0, 0.05, 0.2, 0.5])
@pytest.mark.parametrize("deviation", [0.02, 0.1])
@pytest.mark.parametrize("centre, scale", [(0.0, 0.182), (0.182, 0.091), (0.01, 0.005)])
def test_the_normal_mixture_is_the_integral(difference, deviation, centre, scale):
    prior = stats.truncnorm((0 - centre) / scale, math.inf, loc=centre, scale=scale)
    lift = stats.norm.logpdf(difference, 0, deviation)
    best = min(max(difference, 0), centre + 8 * scale)
    top = stats.norm.logpdf(difference, best, deviation)
    value, _ = integrate.quad(lambda harm: prior.pdf(harm) * math.exp(stats.norm.logpdf(difference, harm, deviation) - top), 0, centre + 12 * scale + 2 * abs(difference),
                              points=sorted({best, centre}), limit=500)
    assert evidence.mean_is_worse(difference, deviation ** 2, centre, scale) == pytest.approx(math.log(value) + top - lift, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("candidate, total, asked", [(30, 1000, 0.1), (100, 1000, 0.1), (7, 40, 0.5)])
def test_the_split_is_a_beta_binomial_over_a_binomial(candidate, total, asked):
    ratio = stats.betabinom.logpmf(candidate, total, 1, 1) - stats.binom.logpmf(candidate, total, asked)
    assert evidence.split_is_off(candidate, total, asked) == pytest.approx(ratio, abs=1e-9)


@pytest.mark.parametrize("candidate, baseline, part", [(20, 5, 0.5), (3, 40, 0.1), (12, 12, 0.3)])
def test_one_stratum_is_a_mixture_of_binomials(candidate, baseline, part):
    shares = [part * ratio / (part * ratio + 1 - part) for ratio in evidence.RATIOS]
    n = candidate + baseline
    mixture = sum(stats.binom.pmf(candidate, n, share) for share in shares) / len(shares)
    assert evidence.share_is_worse([(candidate, baseline, part)]) == pytest.approx(math.log(mixture) - stats.binom.logpmf(candidate, n, part), abs=1e-9)


@pytest.mark.parametrize("z", [-45.0, -30.5, -29.5, -8.0, 0.0, 3.0])
def test_the_normal_distribution(z):
    assert evidence.log_normal_cdf(z) == pytest.approx(stats.norm.logcdf(z), rel=1e-5)


@pytest.mark.parametrize("deviation, scale, alpha", [(0.01, 0.02, 0.05), (0.05, 0.02, 0.01), (0.001, 0.1, 0.05)])
def test_a_confidence_sequence_is_where_the_mixture_reaches_1_over_alpha(deviation, scale, alpha):
    def log_mixture(x):
        return stats.norm.logpdf(x, 0, math.hypot(deviation, scale)) - stats.norm.logpdf(x, 0, deviation)
    edge = optimize.brentq(lambda x: log_mixture(x) + math.log(alpha), 0, 100 * deviation + 10 * scale)
    assert evidence.half_width(deviation ** 2, scale, alpha) == pytest.approx(edge, rel=1e-8)
