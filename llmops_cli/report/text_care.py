"""The blocks about care: what leaked, what it cost, whether it is healthy, and what all of it rests on."""

from typing import Any

from ..term import count
from .canvas import Bar, Canvas, Cell, fit, shown_width
from .numbers import SMALL, between, brief, dollars, milliseconds, percent
from .summary import SECRETS

MOST_KINDS = 10


def leaks(report: dict[str, Any], canvas: Canvas) -> list[str]:
    """Findings by kind, and beside them by team."""
    found = report["leaks"]
    if found["findings"] is None:
        return [canvas.title("Leaks"), canvas.note("not known: the rows do not say what sanitize found")]
    if not found["findings"]:
        return [canvas.title("Leaks"), canvas.note("none found")]
    about = f"personal data and secrets taken out of the text: {found['findings']:,}" + ", of kinds that rows do not tell" * (not found["kinds"])
    if found["counted_in"] == "runs":
        about = f"taken out by the runs: {found['findings']:,}; from which teams is not known"
    half = canvas.columns // 2 - 3
    return [canvas.title("Leaks", about), *canvas.beside(_kinds(found, canvas, half - 4), _leaking_teams(report, canvas, canvas.columns - half), half)]


def _kinds(found: dict[str, Any], canvas: Canvas, columns: int) -> list[str]:
    kinds = found["kinds"]
    shown = kinds if len(kinds) == MOST_KINDS + 1 else kinds[:MOST_KINDS]
    cells: list[list[Cell]] = []
    for row in shown:
        colour = "red" if row["kind"] in SECRETS else "yellow"
        cells.append([(fit(row["kind"], 14), "red") if colour == "red" else fit(row["kind"], 14),
                      Bar(f"{row['findings']:,}", row["findings"] / kinds[0]["findings"], colour)])
    if len(shown) < len(kinds):
        cells.append([f"{len(kinds) - len(shown)} kinds more", Bar(f"{sum(row['findings'] for row in kinds[len(shown):]):,}", 0)])
    return canvas.table(["kind", "leaks"], cells, columns=columns) if cells else []


def _leaking_teams(report: dict[str, Any], canvas: Canvas, columns: int) -> list[str]:
    teams = sorted((row for row in report["teams"] if row["findings"]), key=lambda row: -row["findings"])[:MOST_KINDS]
    cells: list[list[Cell]] = [[fit(row["team"], 14), Bar(f"{row['findings']:,}", row["findings"] / teams[0]["findings"], "yellow"),
                                f"{row['findings_per_100_conversations']:.0f}" if row["conversations"] >= SMALL else "-",
                                (f"{row['secrets']:,}", "red") if row["secrets"] else ("-" if row["secrets"] is None else "0")] for row in teams]
    return canvas.table(["team", "leaks", "per 100", "secrets"], cells, right=[2, 3], columns=columns) if cells else []


def cost_and_health(report: dict[str, Any], canvas: Canvas) -> list[str]:
    health = _health(report, canvas)
    at = canvas.columns - max(map(shown_width, health))
    return canvas.beside(_cost(report, canvas, at - 3), health, at)


def _cost(report: dict[str, Any], canvas: Canvas, columns: int) -> list[str]:
    cost = report["cost"]
    if cost["cost_usd"] is None:
        return [canvas.title("Cost"), canvas.paint("not known: no reply says what it cost", "dim")]
    lines = [canvas.title("Cost", dollars(cost["cost_usd"]))]
    teams = sorted((row for row in report["teams"] if row["cost_usd"] is not None), key=lambda row: -row["cost_usd"])[:MOST_KINDS]
    if len(teams) > 1:
        dearest, most = max(row["cost_usd_per_conversation"] or 0 for row in teams), teams[0]["cost_usd"]
        cells: list[list[Cell]] = [[fit(row["team"], 14), Bar(dollars(row["cost_usd"], most), row["cost_usd"] / most if most else 0, "green"),
                                    percent(row["cost_usd"], cost["cost_usd"]), dollars(row["cost_usd_per_conversation"], dearest)] for row in teams]
        lines += canvas.table(["team", "cost", "share", "a conversation"], cells, right=[2, 3], columns=columns)
    if cost["replies_priced"] is not None:
        lines.append(canvas.paint(f"said by {_share_of(cost['replies_priced'], cost['replies'])} replies", "dim"))
    return lines


def _share_of(part: int, whole: int) -> str:
    """`97 % of 405`, or `4 of 5` where a percentage would make much of little."""
    return f"{percent(part, whole)} of {whole:,}" if whole >= SMALL else f"{part} of {whole}"


def _health(report: dict[str, Any], canvas: Canvas) -> list[str]:
    health, totals, feedback = report["health"], report["totals"], report["feedback"]
    rows: list[list[Cell]] = []
    if health["errors"] is None:
        rows.append(["failed", ("not known", "dim")])
    else:
        rows.append(["failed", f"{health['errors']:,} of {health['replies']:,}"])
        if health["replies"] >= SMALL:
            rows += [["", percent(health["errors"], health["replies"], 1)]] * bool(health["errors"])
            rows.append(["likely", between(health["error_rate_low"], health["error_rate_high"], 1)])
    if health["latency_ms_p50"] is None:
        rows.append(["time", ("not known", "dim")])
    else:
        for name, key in (("p50", "latency_ms_p50"), ("p95", "latency_ms_p95"), ("p99", "latency_ms_p99")):
            few = {"p50": 2, "p95": 20, "p99": 100}[name] > health["replies_timed"]
            rows.append([f"time {name}", ("too few replies", "dim") if few else milliseconds(health[key])])
    if totals["input_tokens"] or totals["output_tokens"]:
        rows += [["tokens in", brief(totals["input_tokens"] or 0)], ["tokens out", brief(totals["output_tokens"] or 0)]]
    if feedback["total"]:
        rows.append(["opinions", f"{feedback['up']:,} up, {feedback['down']:,} down"])
    lines = [canvas.title("Health"), *canvas.table(["", ""], rows)]
    if health["latency_ms_p50"] is not None:
        lines.append(canvas.paint(f"times of {health['replies_timed']:,} replies", "dim"))
    return lines


def basis(report: dict[str, Any], canvas: Canvas) -> list[str]:
    """What the runs read, and what they had to set aside."""
    read = report["input"]
    if read["lines_read"] is None:
        return []
    line = f"Rests on {count(read['lines_read'], 'line')} of logs; "
    if not read["lines_rejected"]:
        return [canvas.note(line + "none was rejected")]
    reasons = ", ".join(f"{row['reason']} ({row['lines']:,})" for row in read["reasons"][:3])
    line += f"{read['lines_rejected']:,} rejected ({percent(read['lines_rejected'], read['lines_read'])})" + (f": {reasons}" if reasons else "")
    return [canvas.paint(text, "yellow") for text in canvas.wrapped(line + ". They stand in reports/date=*/rejects.jsonl.")]
