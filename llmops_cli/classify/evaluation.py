"""How right a labeller is, and how far its confidence can be believed."""

import math
from collections import Counter
from typing import Any, NamedTuple, Sequence

from ..term import bar, plain, table
from .calibration import Judged, calibration_error, coverage_curve


class Outcome(NamedTuple):
    """One labelled row: its true label, the label given, how sure, and the group it is reported under."""

    truth: str
    given: str
    confidence: float
    group: str = ""


def share_range(right: int, rows: int) -> tuple[float, float]:
    """Where the true share lies, 19 times in 20 (Wilson's interval).

    >>> [round(end, 3) for end in share_range(80, 100)]
    [0.711, 0.867]
    """
    if not rows:
        return 0.0, 1.0
    z, share = 1.96, right / rows
    middle = share + z * z / (2 * rows)
    spread = z * math.sqrt(share * (1 - share) / rows + z * z / (4 * rows * rows))
    return max(0.0, (middle - spread) / (1 + z * z / rows)), min(1.0, (middle + spread) / (1 + z * z / rows))


def report(outcomes: Sequence[Outcome], labels: Sequence[str]) -> dict[str, Any]:
    """Everything there is to say, as one JSON object."""
    rows, right = len(outcomes), sum(one.truth == one.given for one in outcomes)
    kinds = {(one.confidence, one.truth == one.given): Judged(one.confidence, one.truth == one.given) for one in outcomes}
    judged = [kinds[one.confidence, one.truth == one.given] for one in outcomes]
    truth, given = Counter(one.truth for one in outcomes), Counter(one.given for one in outcomes)
    pairs = Counter((one.truth, one.given) for one in outcomes)
    order = [*labels, *sorted((truth.keys() | given.keys()) - set(labels))]
    by_label = [{"label": label, "rows": truth[label], "given": given[label], "right": pairs[label, label],
                 "precision": _share(pairs[label, label], given[label]), "recall": _share(pairs[label, label], truth[label]),
                 "f1": _share(2 * pairs[label, label], truth[label] + given[label])}
                for label in order if truth[label] or given[label]]
    scored = [one["f1"] or 0.0 for one in by_label if one["rows"]]
    low, high = share_range(right, rows)
    return {"rows": rows, "right": right, "accuracy": _share(right, rows), "accuracy_low": round(low, 4), "accuracy_high": round(high, 4),
            "macro_f1": round(sum(scored) / len(scored), 4) if scored else None,
            "calibration_error": round(calibration_error(judged), 4),
            "coverage": [{"share": share, "accuracy": round(accuracy, 4), "confidence_from": round(least, 4)}
                         for share, accuracy, least in coverage_curve(judged)],
            "labels": by_label,
            "confusion": [{"truth": true, "given": label, "rows": count}
                          for (true, label), count in sorted(pairs.items(), key=lambda item: (-item[1], item[0]))],
            "groups": [{"group": group, "rows": len(members), "accuracy": _share(sum(members), len(members))}
                       for group, members in _groups(outcomes)]}


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _groups(outcomes: Sequence[Outcome]) -> list[tuple[str, list[bool]]]:
    groups: dict[str, list[bool]] = {}
    for one in outcomes:
        if one.group:
            groups.setdefault(one.group, []).append(one.truth == one.given)
    return sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))


def as_text(found: dict[str, Any], most_labels: int = 20) -> str:
    """The report for people: the figures, a line a label, who is taken for whom, what confidence buys."""
    if not found["rows"]:
        return "no labelled rows"
    lines = [f"{found['right']:,} right of {found['rows']:,}: accuracy {found['accuracy']:.3f} "
             f"({found['accuracy_low']:.3f} to {found['accuracy_high']:.3f}), macro-F1 {found['macro_f1']:.3f}, "
             f"calibration error {found['calibration_error']:.3f}", ""]
    worst = sorted(found["labels"], key=lambda one: (-(one["rows"] + one["given"]), one["label"]))[:most_labels]
    lines += table([["label", "rows", "given", "precision", "recall", "F1"],
                    *([plain(one["label"]), f"{one['rows']:,}", f"{one['given']:,}", _number(one["precision"]), _number(one["recall"]), _number(one["f1"])]
                      for one in worst)], right=(1, 2, 3, 4, 5))
    if len(found["labels"]) > len(worst):
        lines.append(f"and {len(found['labels']) - len(worst)} more labels; --json lists all")
    wrong = [one for one in found["confusion"] if one["truth"] != one["given"]][:12]
    if wrong:
        lines += ["", *table([["is", "was taken for", "rows"], *([plain(one["truth"]), plain(one["given"]), f"{one['rows']:,}"] for one in wrong)], right=(2,))]
    lines += ["", *table([["surest", "accuracy", "", "confidence from"],
                          *([f"{one['share']:.0%}", _number(one["accuracy"]), bar(one["accuracy"], 20), _number(one["confidence_from"])]
                            for one in found["coverage"])], right=(0, 1, 3))]
    if found["groups"]:
        lines += ["", *table([["group", "rows", "accuracy"],
                              *([plain(one["group"]), f"{one['rows']:,}", _number(one["accuracy"])] for one in found["groups"])], right=(1, 2))]
    return "\n".join(lines)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
