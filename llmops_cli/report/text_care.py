"""The blocks about care: what leaked, what it cost, whether it is healthy, and what all of it rests on."""

from typing import Any

from .canvas import Canvas, Cell, digits, drawn, fit
from .numbers import brief, dollars, milliseconds, percent, share
from .summary import SECRETS

MOST_KINDS = 10


def leaks(report: dict[str, Any], canvas: Canvas) -> list[str]:
    """Findings by kind, and beside them by team."""
    found = report["leaks"]
    if found["findings"] is None:
        return [canvas.title("Leaks"), canvas.note("not known: the rows do not say what sanitize found")]
    if not found["findings"]:
        return [canvas.title("Leaks"), canvas.note("none found")]
    about = f"personal data and secrets taken out of the text: {found['findings']:,}"
    if found["counted_in"] == "runs":
        about = f"taken out by the runs: {found['findings']:,}; from which teams is not known"
    if not found["kinds"]:
        return [canvas.title("Leaks", f"{about}; rows do not tell the kinds"), *_leaking_teams(report, canvas)]
    return [canvas.title("Leaks", about), *canvas.beside(_kinds(found, canvas), _leaking_teams(report, canvas), canvas.columns // 2 - 3)]


def _kinds(found: dict[str, Any], canvas: Canvas) -> list[str]:
    kinds = found["kinds"]
    columns = canvas.columns // 2 - 24
    shown = kinds if len(kinds) == MOST_KINDS + 1 else kinds[:MOST_KINDS]
    more = kinds[len(shown):]
    rest = f"{sum(row['findings'] for row in more):,}"
    room = digits([f"{row['findings']:,}" for row in shown] + [rest] * bool(more))
    cells: list[list[Cell]] = []
    for row in shown:
        colour = "red" if row["kind"] in SECRETS else "yellow"
        cells.append([(fit(row["kind"], 14), colour if colour == "red" else ""),
                      (drawn(f"{row['findings']:,}", room, row["findings"], kinds[0]["findings"], columns - room), colour)])
    if more:
        cells.append([f"{len(more)} kinds more", drawn(rest, room, None, None, 0)])
    return canvas.table(["kind", "leaks"], cells)


def _leaking_teams(report: dict[str, Any], canvas: Canvas) -> list[str]:
    teams = sorted((row for row in report["teams"] if row["findings"]), key=lambda row: -row["findings"])[:MOST_KINDS]
    if not teams:
        return []
    room = digits(f"{row['findings']:,}" for row in teams)
    cells: list[list[Cell]] = [[fit(row["team"], 14), (drawn(f"{row['findings']:,}", room, row["findings"], teams[0]["findings"],
                                                             max(1, canvas.columns // 2 - 31 - room)), "yellow"), f"{row['findings_per_100_conversations']:.0f}" if row["conversations"] >= 20 else "-",
                                (f"{row['secrets']:,}", "red") if row["secrets"] else ("-" if row["secrets"] is None else "0")] for row in teams]
    return canvas.table(["team", "leaks", "per 100", "secrets"], cells, right=[2, 3])


def cost_and_health(report: dict[str, Any], canvas: Canvas) -> list[str]:
    return canvas.beside(_cost(report, canvas), _health(report, canvas), canvas.columns // 2 + 9)


def _cost(report: dict[str, Any], canvas: Canvas) -> list[str]:
    cost = report["cost"]
    if cost["cost_usd"] is None:
        return [canvas.title("Cost"), canvas.paint("not known: no reply says what it cost", "dim")]
    lines = [canvas.title("Cost", dollars(cost["cost_usd"]))]
    teams = sorted((row for row in report["teams"] if row["cost_usd"] is not None), key=lambda row: -row["cost_usd"])[:MOST_KINDS]
    amounts = [dollars(row["cost_usd"], teams[0]["cost_usd"]) for row in teams]
    room = digits(amounts)
    dearest = max((row["cost_usd_per_conversation"] for row in teams), default=0)
    cells: list[list[Cell]] = [[fit(row["team"], 14), (drawn(amount, room, row["cost_usd"], teams[0]["cost_usd"], canvas.columns // 2 - 34 - room + 7), "green"),
                                percent(row["cost_usd"], cost["cost_usd"]), dollars(row["cost_usd_per_conversation"], dearest)]
                               for row, amount in zip(teams, amounts)]
    if len(cells) > 1:
        lines += canvas.table(["team", "cost", "share", "a conversation"], cells, right=[2, 3])
    if cost["replies_priced"] is not None:
        lines.append(canvas.paint(f"said by {share(cost['replies_priced'], cost['replies'])} of {cost['replies']:,} replies" if cost["replies"] >= 20
                                  else f"said by {cost['replies_priced']} of {cost['replies']} replies", "dim"))
    return lines


def _health(report: dict[str, Any], canvas: Canvas) -> list[str]:
    health, totals, feedback = report["health"], report["totals"], report["feedback"]
    rows: list[list[Cell]] = []
    if health["errors"] is None:
        rows.append(["failed", ("not known", "dim")])
    else:
        rows.append(["failed", (f"{health['errors']:,} of {health['replies']:,}", "")])
        if health["replies"] >= 20:
            rows.append(["", f"{percent(health['errors'], health['replies'], 1)}, likely {100 * health['error_rate_low']:.1f} – {100 * health['error_rate_high']:.1f} %"])
    if health["latency_ms_p50"] is None:
        rows.append(["time", ("not known", "dim")])
    else:
        for name, key in (("p50", "latency_ms_p50"), ("p95", "latency_ms_p95"), ("p99", "latency_ms_p99")):
            few = {"p50": 2, "p95": 20, "p99": 100}[name] > health["replies_timed"]
            rows.append([f"time {name}", ("too few replies", "dim") if few else milliseconds(health[key])])
    if totals["input_tokens"] or totals["output_tokens"]:
        rows.append(["tokens", f"{brief(totals['input_tokens'] or 0)} in, {brief(totals['output_tokens'] or 0)} out"])
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
    line = f"Rests on {read['lines_read']:,} lines of logs; "
    if not read["lines_rejected"]:
        return [canvas.note(line + "none was rejected")]
    reasons = ", ".join(f"{row['reason']} ({row['lines']:,})" for row in read["reasons"][:3])
    line += f"{read['lines_rejected']:,} rejected ({percent(read['lines_rejected'], read['lines_read'])})" + (f": {reasons}" if reasons else "")
    return [canvas.paint(text, "yellow") for text in canvas.wrapped(line + ". They stand in reports/date=*/rejects.jsonl.")]
