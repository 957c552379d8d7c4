"""E-values: numbers that grow when data speak against a hypothesis, and may be looked at after every record.

While the hypothesis holds, the chance that an e-process *ever* reaches 1/alpha is at most alpha (Ville 1939). So the
error is held however often one looks, and sums of e-values over metrics are again e-values (Vovk & Wang, Annals of
Statistics 2021). All values here are natural logarithms of e-values.
"""

from math import erfc, exp, inf, isinf, lgamma, log, log1p, pi, sqrt
from typing import Sequence

# Rate ratios that the evidence of shares is prepared for: 24 from 1.1 to 10, evenly spaced in their logarithm.
RATIOS = tuple(1.1 * (10 / 1.1) ** (step / 23) for step in range(24))


def mean_is_worse(difference: float, variance: float, centre: float, scale: float) -> float:
    """Log e-value against "the difference is at most 0", for an estimate that is normal with `variance`.

    The likelihood ratio of the estimate, averaged over a normal distribution of harms around `centre` (the one worth
    finding) with deviation `scale`, cut off at 0. With I = 1/variance, g = 1 + scale^2 I, and the mean m and deviation
    u = scale/sqrt(g) of what is then believed, m = (centre + scale^2 d I)/g:

        g^(-1/2) exp((m^2/u^2 - centre^2/scale^2)/2) Phi(m/u) / Phi(centre/scale)

    Centre 0 is the half-normal mixture (Robbins 1970). Asymptotic where the variance is estimated (Waudby-Smith et al.,
    Annals of Statistics 2024).

    >>> round(mean_is_worse(0.2, 0.04 ** 2, 0.0, 0.182), 3), round(mean_is_worse(0.2, 0.04 ** 2, 0.18, 0.09), 3)
    (11.078, 11.601)
    """
    information = 1 / variance
    growth = 1 + scale * scale * information
    believed = (centre + scale * scale * difference * information) / growth
    width = scale / sqrt(growth)
    return (-log(growth) / 2 + ((believed / width) ** 2 - (centre / scale) ** 2) / 2
            + log_normal_cdf(believed / width) - log_normal_cdf(centre / scale))


def share_is_worse(events: Sequence[tuple[float, float, float]], shrink: float = 1.0) -> float:
    """Log e-value against "the candidate's rate of events is at most the baseline's".

    `events` holds, for each stretch of time, (events of the candidate, events of the baseline, the candidate's part of all
    trials there). Given that an event happens, it is the candidate's with that part as chance; at r times the rate, with
    w r / (w r + 1 - w). The likelihood ratio, averaged over RATIOS, is exact for independent events (Lindon & Malek, NeurIPS
    2022). `shrink` divides the counts when events come in bursts.

    >>> round(share_is_worse([(20, 5, 0.5)]), 3), share_is_worse([])
    (4.173, 0.0)
    """
    if not events:
        return 0.0
    of_candidate = sum(candidate for candidate, _, _ in events)
    logs = []
    for ratio in RATIOS:
        total = of_candidate * log(ratio)
        for candidate, baseline, part in events:
            total -= (candidate + baseline) * log1p(part * (ratio - 1))
        logs.append(total / shrink)
    return log_mean_exp(logs)


def split_is_off(candidate: float, total: float, asked: float) -> float:
    """Log e-value against "each unit is the candidate's with chance `asked`": a beta-binomial over a binomial, with a flat
    prior for the true share.

    >>> round(split_is_off(30, 1000, 0.1), 1)
    32.2
    """
    mixture = lgamma(candidate + 1) + lgamma(total - candidate + 1) - lgamma(total + 2)
    return mixture - candidate * log(asked) - (total - candidate) * log1p(-asked)


def half_width(variance: float, scale: float, alpha: float) -> float:
    """Half the width of the confidence sequence around an estimate that is normal with `variance`: the true value lies in
    all intervals ever shown with chance 1 - alpha.

    Values whose two-sided normal mixture stays below 1/alpha: with I = 1/variance and g = 1 + scale^2 I,
    sqrt(2 g log(sqrt(g) / alpha)) / (scale I) (Howard et al., Annals of Statistics 2021).

    >>> round(half_width(0.01 ** 2, 0.02, 0.05), 4)
    0.0308
    """
    information = 1 / variance
    growth = 1 + scale * scale * information
    return sqrt(2 * growth * log(sqrt(growth) / alpha)) / (scale * information)


def log_normal_cdf(z: float) -> float:
    """Log of the standard normal distribution function, also far out on the left."""
    if z > -30:
        return log(erfc(-z / sqrt(2)) / 2)
    return -z * z / 2 - log(-z) - log(2 * pi) / 2 + log1p(-1 / (z * z))


def log_sum_exp(logs: Sequence[float]) -> float:
    """Log of a sum of numbers that are given by their logs; -inf for none.

    >>> round(exp(log_sum_exp([log(2), log(3)])), 6)
    5.0
    """
    top = max(logs, default=-inf)
    return top if isinf(top) else top + log(sum(exp(one - top) for one in logs))


def log_mean_exp(logs: Sequence[float]) -> float:
    return log_sum_exp(logs) - log(len(logs))


def holm(logs: dict[str, float], parts: dict[str, float], alpha: float) -> set[str]:
    """Names whose hypotheses fall by e-Holm, each with its part of the error: the largest weighted e-value against 1/alpha,
    then the next, with the parts of those that fell handed on to the others.

    >>> sorted(holm({"a": 6.0, "b": 5.0, "c": 1.0}, {"a": 0.2, "b": 0.1, "c": 0.7}, 0.05))
    ['a']
    """
    fallen: set[str] = set()
    left = 1.0
    for name, value in sorted(logs.items(), key=lambda pair: (-pair[1] - log(parts[pair[0]]), pair[0])):
        if value + log(parts[name] / left) < -log(alpha):
            break
        fallen.add(name)
        left -= parts[name]
        if left <= 0:
            return fallen
    return fallen
