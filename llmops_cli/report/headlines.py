"""What stands out, in sentences: said only when the numbers carry it."""

from typing import Any

from ..term import count
from .numbers import SMALL, between, change, day, differ, dollars, milliseconds, percent, share


def headlines(report: dict[str, Any]) -> list[str]:
    """A handful of sentences, the most important first."""
    return [line for line in (_use(report), _secrets(report), _money(report), _failures(report), _opinions(report)) if line]


def _use(report: dict[str, Any]) -> str:
    whole = [week for week in report["weeks"] if week["whole"]]
    if len(whole) < 2:
        return ""
    first, last = whole[0], whole[-1]
    before, now = first["conversations"], last["conversations"]
    year = first["from"][:4] != last["from"][:4]
    counts = f"{count(now, 'conversation')} in the week of {day(last['from'], year)}, {before:,} in the week of {day(first['from'], year)}"
    if not differ(now, before):
        return f"Use is steady: {counts}."
    return f"Use {'grows' if now > before else 'falls'}: {counts} ({change(now, before)})."


def _secrets(report: dict[str, Any]) -> str:
    secrets = report["leaks"]["secrets"]
    if not secrets:
        return ""
    teams = sorted((team for team in report["teams"] if team["secrets"]), key=lambda team: -team["secrets"])
    where = ""
    if len(teams) == 1:
        where = f" in {teams[0]['team']}"
    elif teams and teams[0]["secrets"] > teams[1]["secrets"]:
        where = f", most often in {teams[0]['team']} ({teams[0]['secrets']:,})"
    return f"Passwords and keys were found {'once' if secrets == 1 else f'{secrets:,} times'}{where}: they should be changed."


def _money(report: dict[str, Any]) -> str:
    """A team whose share of the money is twice its share of the conversations."""
    total = report["totals"]["conversations"]
    for team in sorted(report["teams"], key=lambda team: -(team["cost_usd"] or 0)):
        if len(report["teams"]) > 1 and team["conversations"] >= SMALL and (team["cost_share"] or 0) > 2 * team["share"] and team["cost_share"] > 0.25:
            return (f"{team['team']} spends {percent(team['cost_usd'], report['cost']['cost_usd'])} of the money "
                    f"on {percent(team['conversations'], total)} of the conversations ({dollars(team['cost_usd'])}).")
    return ""


def _failures(report: dict[str, Any]) -> str:
    health = report["health"]
    if health["errors"] is None:
        return ""
    failed = f"{share(health['errors'], health['replies'], 1)} of {health['replies']:,} replies failed" if health["replies"] >= SMALL \
        else f"{health['errors']} of {health['replies']} replies failed"
    if not health["errors"]:
        failed = f"None of {health['replies']:,} replies failed"
    if health["latency_ms_p50"] is None or health["replies_timed"] < SMALL:
        return f"{failed}."
    return (f"{failed}; half of them took up to {milliseconds(health['latency_ms_p50'])}, "
            f"one in twenty longer than {milliseconds(health['latency_ms_p95'])}.")


def _opinions(report: dict[str, Any]) -> str:
    feedback = report["feedback"]
    if feedback["total"] < SMALL:
        return ""
    return (f"{percent(feedback['up'], feedback['total'])} of {feedback['total']:,} opinions on replies are good "
            f"(likely {between(feedback['share_up_low'], feedback['share_up_high'])}).")
