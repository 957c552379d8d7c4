"""Numbers in the text formats of Prometheus: 0.0.4, which the node exporter's textfile collector reads, and OpenMetrics 1.0.

No sample has a time stamp (the collector drops a file with one), and every file ends with `# EOF`.
"""

from typing import Iterable, Mapping, NamedTuple, Sequence


class Sample(NamedTuple):
    """One number: what follows the family's name (`_bucket`, `_sum`), its labels, its value."""

    suffix: str
    labels: Mapping[str, str]
    value: float | int


class Family(NamedTuple):
    """All samples of one name. A counter's name is without `_total`; `kind` is counter, gauge or histogram."""

    name: str
    kind: str
    help: str
    samples: Sequence[Sample]


def text(families: Iterable[Family]) -> str:
    """The text format 0.0.4.

    >>> print(text([Family("llmops_replies", "counter", "Replies.", [Sample("", {"team": "Sales"}, 3)])]), end="")
    # HELP llmops_replies_total Replies.
    # TYPE llmops_replies_total counter
    llmops_replies_total{team="Sales"} 3
    # EOF
    """
    return _written(families, openmetrics=False)


def openmetrics(families: Iterable[Family]) -> str:
    """OpenMetrics 1.0, where a counter's family is named without `_total`.

    >>> print(openmetrics([Family("llmops_replies", "counter", "Replies.", [Sample("", {}, 3)])]), end="")
    # HELP llmops_replies Replies.
    # TYPE llmops_replies counter
    llmops_replies_total 3
    # EOF
    """
    return _written(families, openmetrics=True)


def _written(families: Iterable[Family], *, openmetrics: bool) -> str:
    lines = []
    for family in families:
        total = "_total" if family.kind == "counter" else ""
        named = family.name + ("" if openmetrics else total)
        lines += [f"# HELP {named} {_help(family.help, openmetrics)}", f"# TYPE {named} {family.kind}"]
        lines += [f"{family.name}{total}{sample.suffix}{_labels(sample.labels)} {number(sample.value)}" for sample in family.samples]
    return "\n".join([*lines, "# EOF", ""])


def number(value: float | int) -> str:
    """A number as both formats write it.

    >>> number(3), number(0.5), number(float("inf"))
    ('3', '0.5', '+Inf')
    """
    if value.__class__ is float:
        if value != value:
            return "NaN"
        if value in (float("inf"), float("-inf")):
            return "+Inf" if value > 0 else "-Inf"
        return repr(value)
    return str(int(value))


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(str(value))}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    """A label's value; lone surrogates cannot be written and become question marks."""
    return value.encode("utf-8", "replace").decode().replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _help(words: str, openmetrics: bool) -> str:
    words = words.replace("\\", "\\\\").replace("\n", "\\n")
    return words.replace('"', '\\"') if openmetrics else words
