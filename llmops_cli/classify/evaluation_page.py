"""The evaluation as one HTML page: who is taken for whom, and what confidence buys. No script, no request to anywhere."""

from html import escape
from typing import Any

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;background:Canvas;color:CanvasText;color-scheme:light dark}
table{border-collapse:collapse;margin:1rem 0}td,th{padding:.25rem .5rem;text-align:right;font-variant-numeric:tabular-nums}
th:first-child,td:first-child{text-align:left}thead th{vertical-align:bottom;text-align:left;font-weight:500}
.cells td{min-width:2.5rem;border:1px solid color-mix(in srgb,CanvasText 12%,transparent)}
.scroll{overflow-x:auto}svg{max-width:100%;height:auto}
"""
MOST = 30       # labels in the table of who is taken for whom


def page(found: dict[str, Any], title: str) -> str:
    """The report of `evaluation.report` as a page."""
    if not found["rows"]:
        body = "<p>No labelled rows.</p>"
    else:
        body = (f"<p><strong>{found['accuracy']:.1%}</strong> right of {found['rows']:,} rows "
                f"({found['accuracy_low']:.1%} to {found['accuracy_high']:.1%}), macro-F1 {found['macro_f1']:.3f}, "
                f"calibration error {found['calibration_error']:.3f}.</p>"
                f"<h2>Who is taken for whom</h2>{_confusion(found)}<h2>What confidence buys</h2>{_curve(found['coverage'])}")
    return (f"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
            f"<title>{escape(title)}</title><style>{_STYLE}</style><h1>{escape(title)}</h1>{body}</html>\n")


def _confusion(found: dict[str, Any]) -> str:
    kept = sorted(found["labels"], key=lambda one: -(one["rows"] + one["given"]))[:MOST]
    names = [one["label"] for one in found["labels"] if one in kept]
    counts = {(one["truth"], one["given"]): one["rows"] for one in found["confusion"]}
    rows = []
    for truth in names:
        whole = sum(counts.get((truth, given), 0) for given in names) or 1
        cells = "".join(_cell(counts.get((truth, given), 0), whole, truth == given) for given in names)
        rows.append(f"<tr><td>{escape(truth)}</td>{cells}</tr>")
    heads = "".join(f"<th scope=\"col\">{escape(name)}</th>" for name in names)
    return (f"<p>A row is the true label, a column the label given; rows of the file.</p><div class=\"scroll\"><table class=\"cells\">"
            f"<thead><tr><th></th>{heads}</tr></thead>{''.join(rows)}</table></div>")


def _cell(count: int, whole: int, right: bool) -> str:
    colour = "#2a8f5b" if right else "#c8452f"
    return f"<td style=\"background:color-mix(in srgb,{colour} {count / whole * 80:.0f}%,transparent)\">{count or ''}</td>"


def _curve(coverage: list[dict[str, float]]) -> str:
    """Accuracy over the share of rows kept, the surest first."""
    width, height, left, bottom = 560, 260, 44, 30
    def place(share: float, accuracy: float) -> tuple[float, float]:
        return left + share * (width - left - 10), (1 - accuracy) * (height - bottom - 10) + 10
    points = [place(one["share"], one["accuracy"]) for one in coverage]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(f"<circle cx=\"{x:.1f}\" cy=\"{y:.1f}\" r=\"3.5\"><title>{one['share']:.0%} of rows, confidence from "
                   f"{one['confidence_from']:.2f}: {one['accuracy']:.1%} right</title></circle>" for (x, y), one in zip(points, coverage))
    grid = "".join(f"<line x1=\"{left}\" x2=\"{width - 10}\" y1=\"{place(0, level)[1]:.1f}\" y2=\"{place(0, level)[1]:.1f}\" stroke=\"currentColor\" "
                   f"opacity=\".15\"/><text x=\"{left - 6}\" y=\"{place(0, level)[1] + 4:.1f}\" text-anchor=\"end\">{level:.0%}</text>"
                   for level in (0, 0.25, 0.5, 0.75, 1))
    feet = "".join(f"<text x=\"{place(share, 0)[0]:.1f}\" y=\"{height - 8}\" text-anchor=\"middle\">{share:.0%}</text>" for share in (0.25, 0.5, 0.75, 1))
    return (f"<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" role=\"img\" font-size=\"12\" fill=\"currentColor\" "
            f"aria-label=\"accuracy over the share of rows kept, the surest first\">{grid}{feet}"
            f"<polyline points=\"{line}\" fill=\"none\" stroke=\"#3b6fb6\" stroke-width=\"2\"/><g fill=\"#3b6fb6\">{dots}</g></svg>"
            "<p>Accuracy among the surest share of rows.</p>")
