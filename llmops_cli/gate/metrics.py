"""What is compared: the metrics, the columns of whole numbers that they are computed from, and what may be tolerated."""

import re
from typing import NamedTuple

from ..errors import UserError, nearest

UNIT = 4096             # logarithms are kept as whole numbers of 1/4096, so that sums are exact in any order
PARTS = 1_000_000       # numbers of --metric are kept in millionths

# Columns of a row. Those of a metric of the user's own follow, then the two of the tail.
(REPLIES, ANSWERED, ERRORS, REFUSALS, PERSONAL, TIMED, LATENCY, LATENCY2, PRICED, COST, COST2,
 SIZED, LENGTH, LENGTH2, IN_TOKENS, RATED, DOWN) = range(17)
OWN = 17                # the first column of the user's own metrics
# Columns of one of them: values, their sum and sum of squares, values other than 0 and 1, values not above 0,
# sum and sum of squares of logarithms.
OWN_VALUES, OWN_SUM, OWN_SUM2, OWN_OTHER, OWN_NOT_POSITIVE, OWN_LOG, OWN_LOG2 = range(7)
OWN_WIDTH = 7


class Tolerance(NamedTuple):
    """How much worse is no harm: a share in points (0.01 is 1 point) or relative to the baseline (0.1 is 10 %)."""

    value: float
    relative: bool

    def __str__(self) -> str:
        return f"{self.value * 100:g}{'%' if self.relative else 'pt'}"


class Metric(NamedTuple):
    """One thing that may get worse."""

    name: str
    title: str
    kind: str               # "share" of events; "ratio" of geometric means; "own": what its values turn out to be
    trials: int             # column of how many were looked at
    total: int              # column of events, or of the sum
    squares: int            # column of the sum of squares, -1 for shares
    tolerance: Tolerance
    higher_is_better: bool = False
    path: tuple[str, ...] = ()      # where the values of a metric of the user's own stand


METRICS = (
    Metric("error", "error rate", "share", REPLIES, ERRORS, -1, Tolerance(0.01, False)),
    Metric("refusal", "refusal rate", "share", ANSWERED, REFUSALS, -1, Tolerance(0.015, False)),
    Metric("personal_data", "personal data in replies", "share", ANSWERED, PERSONAL, -1, Tolerance(0.002, False)),
    Metric("latency", "latency, typical", "ratio", TIMED, LATENCY, LATENCY2, Tolerance(0.10, True)),
    Metric("latency_p95", "latency above the baseline's p95", "share", -2, -1, -1, Tolerance(0.30, True)),
    Metric("cost", "cost a reply", "ratio", PRICED, COST, COST2, Tolerance(0.10, True)),
    Metric("length", "output length", "ratio", SIZED, LENGTH, LENGTH2, Tolerance(0.30, True)),
    Metric("feedback", "negative feedback", "share", RATED, DOWN, -1, Tolerance(0.05, False)),
)
NAMES = tuple(metric.name for metric in METRICS)
_ALSO = {"errors": "error", "error_rate": "error", "refusals": "refusal", "refusal_rate": "refusal", "pii": "personal_data", "pii_rate": "personal_data",
         "personal-data": "personal_data", "p95": "latency_p95", "latency-p95": "latency_p95", "cost_usd": "cost", "output_length": "length",
         "negative_feedback": "feedback", "feedback_down": "feedback", "down": "feedback"}
SMALLEST, LARGEST = 1e-6, 1e9       # points or per cent that can be told from none, and from any
OWN_TOLERANCE = Tolerance(0.10, True)


class Plan(NamedTuple):
    """The metrics of a comparison and how wide their rows are."""

    metrics: tuple[Metric, ...]
    own: tuple[Metric, ...]

    @property
    def width(self) -> int:
        return OWN + OWN_WIDTH * len(self.own) + 2

    def tail(self) -> tuple[int, int]:
        """The last two columns: replies whose latency was held against the baseline's p95, and those above it."""
        return self.width - 2, self.width - 1

    def of(self, name: str) -> Metric:
        return next(metric for metric in self.metrics if metric.name == name)


def plan(own: list[str], tolerances: dict[str, str], skipped: tuple[str, ...] = ()) -> Plan:
    """The metrics with the tolerances that were asked for. UserError says what cannot be understood.

    >>> [str(metric.tolerance) for metric in plan(["ttft=ttft_ms:lower"], {"error": "0.5pt", "p95": "40%"}).metrics]
    ['0.5pt', '1.5pt', '0.2pt', '10%', '40%', '10%', '30%', '5pt', '10%']
    """
    made = [_own(text, OWN + OWN_WIDTH * number) for number, text in enumerate(own)]
    names = [*NAMES, *(metric.name for metric in made)]
    for name in names:
        if names.count(name) > 1:
            raise UserError(f"--metric {name}: there is a metric of that name already", hint="give it a name of its own")
    left_out = {_named(name, names, "--skip") for name in skipped}
    chosen = {_named(name, names, "--tolerance"): text for name, text in tolerances.items()}
    width = OWN + OWN_WIDTH * len(made) + 2
    metrics = []
    for metric in (*METRICS, *made):
        if metric.name in chosen:
            metric = metric._replace(tolerance=_tolerance(metric, chosen[metric.name]))
        if metric.name == "latency_p95":
            metric = metric._replace(trials=width - 2, total=width - 1)
        if metric.name not in left_out:
            metrics.append(metric)
    if not metrics:
        raise UserError("--skip leaves no metric to compare")
    return Plan(tuple(metrics), tuple(made))


def _own(text: str, column: int) -> Metric:
    """A metric of the user's own, from `name=PATH:lower|higher`."""
    match = re.fullmatch(r"([A-Za-z][\w-]*)=([^:\s]+):(lower|higher)", text)
    if not match:
        raise UserError("--metric is not of the form name=PATH:lower or name=PATH:higher", hint="as ttft=ttft_ms:lower or grounded=scores.grounded:higher (which is better)")
    return Metric(match[1], match[1], "own", column + OWN_VALUES, column + OWN_SUM, column + OWN_SUM2, OWN_TOLERANCE,
                  match[3] == "higher", tuple(match[2].split(".")))


def _named(name: str, names: list[str], option: str) -> str:
    name = _ALSO.get(name, name)
    if name not in names:
        raise UserError(f"{option}: there is no metric {name!r}", hint=nearest(name, names))
    return name


def _tolerance(metric: Metric, text: str) -> Tolerance:
    match = re.fullmatch(r"(\d+(?:\.\d+)?|\.\d+)\s*(pt|pp|points?|%)", text.strip())
    if not match or not SMALLEST <= float(match[1]) < LARGEST:
        raise UserError(f"--tolerance {metric.name}={text}: not a tolerance", hint="points or per cent above 0, as error=1pt or latency=10%")
    relative = match[2] == "%"
    if metric.kind == "ratio" and not relative:
        raise UserError(f"--tolerance {metric.name}: takes per cent, not points", hint=f"as {metric.name}={match[1]}%")
    return Tolerance(float(match[1]) / 100, relative)


def pairs(text: str) -> dict[str, str]:
    """`error=1pt,latency=10%` as a dictionary.

    >>> pairs("error=1pt, latency=10%")
    {'error': '1pt', 'latency': '10%'}
    """
    found = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, sign, value = part.partition("=")
        if not sign:
            raise UserError(f"--tolerance: {part!r} is not of the form METRIC=AMOUNT", hint="as error=1pt,latency=10%")
        found[name.strip()] = value.strip()
    return found
