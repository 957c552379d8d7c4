"""The verdict as one JSON object, as text for people, as Markdown, and as annotations of GitHub Actions."""

from math import exp, isfinite
from typing import Any, Iterator, Sequence

from .. import term
from ..records import utc_stamp
from .effects import Effect
from .verdict import CANNOT_TELL, KEEP, ROLL_BACK, Finding, Verdict

WORDS = {KEEP: "keep", ROLL_BACK: "roll back", CANNOT_TELL: "cannot tell yet"}
COLOURS = {KEEP: "green", ROLL_BACK: "red", CANNOT_TELL: "yellow"}
LARGEST = 700.0         # log e-values beyond are written as this


def document(verdict: Verdict, *, names: tuple[str, str], n: tuple[int, int], confidence: float, warnings: Sequence[str], seconds: float) -> dict[str, Any]:
    """The verdict object. Shares and relative changes are fractions: 0.02 is 2 points, or 2 %. `seconds` is what was watched."""
    decided = verdict.decided
    return {
        "verdict": verdict.verdict, "reason": verdict.reason, "confidence": confidence,
        "baseline": names[0], "candidate": names[1], "n_baseline": n[0], "n_candidate": n[1],
        "design": verdict.comparison.design,
        "chance": None if verdict.verdict == CANNOT_TELL else _round(verdict.chance),
        "decided": None if decided is None else {"time": _stamp(decided.time), "n_baseline": decided.n[0], "n_candidate": decided.n[1]},
        "more": _more(verdict, n, seconds), "warnings": list(warnings),
        "metrics": [_metric(finding) for finding in verdict.findings],
    }


def _metric(finding: Finding) -> dict[str, Any]:
    effect = finding.effect
    low, high = interval(finding)
    return {
        "name": effect.metric.name, "title": effect.metric.title, "unit": {"share": "share", "ratio": "relative", "mean": "value"}[effect.kind],
        "baseline": _round(effect.baseline), "candidate": _round(effect.candidate), "difference": _round(shown(effect)),
        "interval": [_round(low), _round(high)], "tolerance": _round(effect.metric.tolerance.value) if effect.kind != "share" else _round(effect.margin),
        "evidence": _evidence(finding.harm), "evidence_safe": _evidence(finding.safe), "harmful": finding.harmful,
        "higher_is_better": effect.metric.higher_is_better, "n_baseline": effect.trials[0], "n_candidate": effect.trials[1],
        "clumping": _round(effect.clumping),
    }


def _more(verdict: Verdict, n: tuple[int, int], seconds: float) -> dict[str, Any] | None:
    if verdict.more is None:
        return None
    made = {"baseline": verdict.more[0], "candidate": verdict.more[1]}
    pace = sum(n) / seconds if seconds > 0 else 0
    return {**made, "seconds": round(sum(verdict.more) / pace) if pace else None}


def shown(effect: Effect) -> float:
    """The difference as people read it, candidate less baseline: points of a share, relative change of a geometric mean.
    Compared stretch by stretch, so it may differ a little from the two figures beside it."""
    sign = -1 if effect.metric.higher_is_better else 1
    value = sign * effect.difference
    return exp(value) - 1 if effect.kind == "ratio" else value


def interval(finding: Finding) -> tuple[float, float]:
    """Bounds of the difference, as `shown`, that hold at all looks."""
    effect = finding.effect
    sign = -1 if effect.metric.higher_is_better else 1
    middle, width = sign * effect.difference, finding.half_width
    if effect.kind == "ratio":
        return (exp(middle - width) - 1, exp(min(700.0, middle + width)) - 1) if isfinite(width) else (-1.0, float("inf"))
    if effect.kind == "share":
        return max(-1.0, middle - width), min(1.0, middle + width)
    return middle - width, middle + width


def _round(value: float) -> float | None:
    """Six significant figures; None for what is not known."""
    return float(f"{value:.6g}") if isfinite(value) else None


def _evidence(log_e: float) -> float:
    return float(f"{exp(min(LARGEST, log_e)):.4g}")


def _stamp(seconds: float) -> str:
    from datetime import datetime, timezone
    return utc_stamp(datetime.fromtimestamp(seconds, timezone.utc).replace(microsecond=0))


# For people -----------------------------------------------------------------------------------------------------------

def text(made: dict[str, Any], verdict: Verdict, paint: term.Style) -> Iterator[str]:
    """Lines for a terminal."""
    yield headline(made, paint)
    if verdict.findings and (verdict.decided or not verdict.missing):
        yield ""
        rows = [["", "metric", term.plain(made["baseline"]) or "baseline", term.plain(made["candidate"]) or "candidate", "change", "range", "tolerance", "evidence"]]
        rows += [[_mark(finding), finding.effect.metric.title, *figures(finding)] for finding in verdict.findings]
        lines = term.table(rows, right=(2, 3, 4, 5, 6, 7))
        yield paint(lines[0], "dim")
        for line, finding in zip(lines[1:], verdict.findings):
            yield paint(line, "red") if finding.harmful else line
        yield ""
        yield from sentences(made)
    for warning in made["warnings"]:
        yield f"{paint('warning:', 'yellow')} {warning}"


def headline(made: dict[str, Any], paint: term.Style) -> str:
    """The verdict in a line."""
    word = paint(WORDS[made["verdict"]], "bold", COLOURS[made["verdict"]])
    counts = f"{made['n_baseline']:,} replies of {made['baseline'] or 'the baseline'}, {made['n_candidate']:,} of {made['candidate'] or 'the candidate'}"
    return f"{word}: {term.plain(made['reason'])} ({term.plain(counts)}, {made['design']})"


def sentences(made: dict[str, Any]) -> Iterator[str]:
    """What the verdict rests on."""
    level = f"{made['confidence']:.4g}"
    if made["verdict"] == ROLL_BACK:
        decided = made["decided"]
        yield (f"Enough since {decided['time']} ({decided['n_baseline']:,} and {decided['n_candidate']:,} replies). A release that does no harm "
               f"would ever bring up as much evidence in {_chance(made['chance'])}, over all metrics and all looks.")
    elif made["verdict"] == KEEP:
        yield f"Of harms as large as the tolerances, data would ever speak this clearly against one in {_chance(made['chance'])}. A later look may say otherwise."
    elif made["more"] and sum((made["more"]["baseline"], made["more"]["candidate"])):
        more = made["more"]
        time = f", some {term.duration(more['seconds'])} at this pace" if more["seconds"] else ""
        yield f"About {more['baseline']:,} more replies of the baseline and {more['candidate']:,} of the candidate would do{time}, if all goes on as it went."
    yield f"Ranges hold together over all looks with confidence {level} for each metric; evidence is how many times likelier harm is than none."


def _chance(value: float) -> str:
    return f"1 case of {round(1 / value):,}" if value > 1e-6 else "1 case of a million or fewer"


def _mark(finding: Finding) -> str:
    return "✗" if finding.harmful else "✓" if finding.safe >= finding.enough else "?" if finding.needed else "·"


def figures(finding: Finding) -> list[str]:
    """Baseline, candidate, change, range, tolerance and evidence as people read them."""
    effect = finding.effect
    low, high = interval(finding)
    if effect.kind == "share":
        change = [f"{shown(effect) * 100:+.2f} pt", f"{low * 100:+.2f} … {high * 100:+.2f}" if isfinite(finding.half_width) else "?", f"{effect.margin * 100:.3g} pt"]
    elif effect.kind == "ratio":
        change = [f"{shown(effect):+.1%}", f"{low * 100:+.1f} … {high * 100:+.1f}" if isfinite(high) else "?", f"{effect.metric.tolerance.value * 100:g} %"]
        change[0] = change[0].replace("%", " %")
    else:
        change = [term.figures(shown(effect), 4, "+"), f"{term.figures(low, 4, '+')} … {term.figures(high, 4, '+')}" if isfinite(finding.half_width) else "?", term.figures(effect.margin, 4)]
    return [_value(effect, effect.baseline), _value(effect, effect.candidate), *change, _strength(finding.harm)]


def _value(effect: Effect, value: float) -> str:
    if effect.kind == "share":
        return f"{value * 100:.2f} %"
    if effect.metric.name == "latency":
        return f"{value:,.0f} ms"
    if effect.metric.name == "cost":
        return f"${value:.3g}"
    return term.figures(value, 4)


def _strength(log_e: float) -> str:
    value = exp(min(LARGEST, log_e))
    return f"{value:,.1f}" if value < 100 else f"{value:,.0f}" if value < 1e6 else f"{value:.0e}".replace("e+", "e")


# For CI ---------------------------------------------------------------------------------------------------------------

def markdown(made: dict[str, Any], verdict: Verdict) -> Iterator[str]:
    """A section for a pull request or a job summary."""
    plain = term.Style(False)
    sign = {KEEP: "✅", ROLL_BACK: "❌", CANNOT_TELL: "⏳"}[made["verdict"]]
    yield f"### {sign} {_cell(headline(made, plain))}"
    yield ""
    if verdict.findings and (verdict.decided or not verdict.missing):
        yield f"| | metric | {_cell(made['baseline'] or 'baseline')} | {_cell(made['candidate'] or 'candidate')} | change | range | tolerance | evidence |"
        yield "|---|---|--:|--:|--:|--:|--:|--:|"
        for finding in verdict.findings:
            yield "| " + " | ".join([_mark(finding), _cell(finding.effect.metric.title), *figures(finding)]) + " |"
        yield ""
        yield from sentences(made)
        yield ""
    for warning in made["warnings"]:
        yield f"- ⚠️ {_cell(warning)}"


def _cell(text_: str) -> str:
    return text_.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def github(made: dict[str, Any]) -> Iterator[str]:
    """Workflow commands: the verdict, and each warning."""
    level = {KEEP: "notice", ROLL_BACK: "error", CANNOT_TELL: "warning"}[made["verdict"]]
    yield f"::{level} title=llmops rollback-check::{_escaped(headline(made, term.Style(False)))}"
    for warning in made["warnings"]:
        yield f"::warning title=llmops rollback-check::{_escaped(warning)}"


def _escaped(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
