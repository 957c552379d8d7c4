"""What is shown: plain values worked out from the evidence, the same for every form of the report.

Shares are 0..1. None means that nothing is known of it, which is never the same as 0.
"""

from datetime import date as calendar_date, timedelta
from typing import Any

from ..metrics.tally import NANO
from ..records import UNKNOWN, week_of
from .evidence import Evidence
from .figures import Figures
from .numbers import likely

QUIET, ENDS = 1000, 35      # days without anything that are shown, and of more than that how many at each end
SECRETS = ("SECRET", "PASSWORD")    # kinds that somebody must change


def summary(evidence: Evidence) -> dict[str, Any]:
    """Every number of the report, in the order it is told."""
    dates = sorted(date for date in evidence.days if date != UNKNOWN)
    known = sorted({*dates, *(date for date in evidence.left_out if date != UNKNOWN)})
    total = evidence.total()
    weeks = _weeks(evidence, dates, known)
    return {
        "from": known[0] if known else None,
        "to": known[-1] if known else None,
        "dates": len(dates),
        "left_out": sorted(evidence.left_out),
        "totals": _totals(total) | {"teams": len(evidence.teams) if "team" in evidence.keys else None,
                                    "conversations_without_date": evidence.days[UNKNOWN].tally.conversations if UNKNOWN in evidence.days else 0},
        "teams": _teams(evidence, total, [week["week"] for week in weeks if week["whole"] is not False]),
        "task_categories": _categories(evidence, total),
        "days": _days(evidence, known),
        "weeks": weeks,
        "leaks": _leaks(evidence, total),
        "cost": _cost(total),
        "health": _health(total),
        "feedback": _feedback(total),
        "months": _months(evidence),
        "models": _versions(evidence.models, "model", {}),
        "releases": _versions(evidence.releases, "release", evidence.release_days),
        "input": _input(evidence),
    }


def _totals(figures: Figures) -> dict[str, Any]:
    tally = figures.tally
    return {"conversations": tally.conversations, "turns": tally.turns, "messages": tally.messages or None, "replies": tally.replies or None,
            "people": figures.people(), "people_exact": figures.people_exact(), "from_rows": figures.from_rows,
            "input_tokens": tally.input_tokens or None, "output_tokens": tally.output_tokens or None}


def _ratio(part: float | None, whole: float | None) -> float | None:
    return part / whole if whole and part is not None else None


def _teams(evidence: Evidence, total: Figures, whole_weeks: list[str]) -> list[dict[str, Any]]:
    """Each team, the busiest first. `by_week` counts its conversations in whole weeks."""
    rows = []
    of_team: dict[str, list[tuple[int, str]]] = {}
    for (team, task), number in evidence.tasks.items():
        of_team.setdefault(team, []).append((number, task))
    for team, figures in sorted(evidence.teams.items(), key=lambda item: (-item[1].tally.conversations, item[0])):
        tally, people = figures.tally, figures.people()
        tasks = sorted(of_team.get(team, ()), key=lambda item: (-item[0], item[1]))
        rows.append({
            "team": team, "people": people, "people_exact": figures.people_exact(), "conversations": tally.conversations,
            "share": _ratio(tally.conversations, total.tally.conversations), "conversations_per_person": _ratio(tally.conversations, people),
            "top_task": tasks[0][1] if tasks else None, "top_task_conversations": tasks[0][0] if tasks else None,
            "by_week": [evidence.team_weeks[team, week] for week in whole_weeks],
            "cost_usd": tally.cost_usd, "cost_share": _ratio(tally.cost_usd, total.tally.cost_usd),
            "cost_usd_per_conversation": _ratio(tally.cost_usd, tally.conversations),
            "findings": figures.findings(), "secrets": _secrets(figures), "kinds": _kinds(figures),
            "findings_per_100_conversations": None if figures.findings() is None else _ratio(100 * figures.findings(), tally.conversations),
            "replies": tally.replies or None, "errors": tally.errors if tally.replies else None, "latency_ms_p95": figures.latencies()[1],
        })
    return rows


def _secrets(figures: Figures) -> int | None:
    return None if "" in figures.tally.leaks or not figures.leaks_known else sum(figures.tally.leaks.get(kind, 0) for kind in SECRETS)


def _kinds(figures: Figures) -> dict[str, int]:
    """Findings by kind, the most frequent first."""
    return {kind: number for kind, number in sorted(figures.tally.leaks.items(), key=lambda item: (-item[1], item[0])) if kind}


def _categories(evidence: Evidence, total: Figures) -> list[dict[str, Any]]:
    """Each task category, the most frequent first, with the teams that it comes from."""
    found: dict[str, dict[str, int]] = {}
    for (team, task), number in evidence.tasks.items():
        teams = found.setdefault(task, {})
        teams[team] = teams.get(team, 0) + number
    rows = [{"task_category": task, "conversations": sum(teams.values()), "share": _ratio(sum(teams.values()), total.tally.conversations),
             "teams": dict(sorted(((team, number) for team, number in teams.items() if team), key=lambda item: (-item[1], item[0])))}
            for task, teams in found.items()]
    return sorted(rows, key=lambda row: (-row["conversations"], row["task_category"]))


def _days(evidence: Evidence, known: list[str]) -> list[dict[str, Any]]:
    """Every day from the first to the last: without conversations 0, left out None. See `_calendar` for years without any."""
    rows = []
    for date in _calendar(known):
        figures = evidence.days.get(date)
        blank = None if date in evidence.left_out else 0
        rows.append({"date": date, "conversations": figures.tally.conversations if figures else blank,
                     "people": figures.people() if figures else blank, "cost_usd": figures.tally.cost_usd if figures else None,
                     "findings": figures.findings() if figures else blank, "errors": figures.tally.errors if figures else blank})
    return rows


def _calendar(known: list[str]) -> list[str]:
    """The days from the first to the last. Of years in which there is nothing (one message with the clock at the year 1 makes
    two thousand of them) only the days at both ends.

    >>> len(_calendar(["2026-01-01", "2026-12-31"])), len(_calendar(["0001-01-01", "2026-12-31"]))
    (365, 72)
    """
    days: list[str] = []
    before = None
    for date in map(calendar_date.fromisoformat, known):
        between = (date - before).days if before else 1
        ends = range(1, between) if between <= QUIET else (*range(1, ENDS + 1), *range(between - ENDS, between))
        days += [(before + timedelta(days=number)).isoformat() for number in ends]
        days.append(date.isoformat())
        before = date
    return days


def _weeks(evidence: Evidence, dates: list[str], known: list[str]) -> list[dict[str, Any]]:
    """Each week with its change from the one before: over the same days of both, where one is not whole."""
    if not dates:
        return _given_weeks(evidence)
    weeks: dict[str, list[str]] = {}
    for date in _calendar(known):
        weeks.setdefault(week_of(date, evidence.week_start), []).append(date)
    rows, before = [], []
    for week, days in weeks.items():
        figures = Figures()
        for date in days:
            if date in evidence.days:
                figures.merge(evidence.days[date])
        complete = not any(date in evidence.left_out for date in days)
        compared = _same_days(evidence, days, before) if complete and not any(date in evidence.left_out for date in before) else (None, None, 0)
        rows.append(_week(week, figures) | {
            "from": days[0], "to": days[-1], "days": len(days), "whole": len(days) == 7 and complete,
            "compared": compared[0], "compared_before": compared[1], "compared_days": compared[2],
            "change": _ratio(compared[0] - compared[1], compared[1]) if compared[2] else None})
        before = days
    return rows


def _given_weeks(evidence: Evidence) -> list[dict[str, Any]]:
    """Weeks of numbers that are by week: whether the first and the last are whole is not known."""
    rows: list[dict[str, Any]] = []
    for week, figures in sorted(evidence.weeks.items()):
        now, before = figures.tally.conversations, rows[-1]["conversations"] if rows else None
        rows.append(_week(week, figures) | {"from": None, "to": None, "days": None, "whole": None, "compared": now, "compared_before": before,
                                            "compared_days": 7 if rows else 0, "change": _ratio(now - before, before) if rows else None})
    return rows


def _week(week: str, figures: Figures) -> dict[str, Any]:
    return {"week": week, "conversations": figures.tally.conversations, "people": figures.people(), "people_exact": figures.people_exact(),
            "cost_usd": figures.tally.cost_usd, "findings": figures.findings(), "feedback": _feedback(figures), **_health(figures)}


def _months(evidence: Evidence) -> list[dict[str, Any]]:
    """What each month cost, and each team in it."""
    months: dict[str, dict[str, Any]] = {}
    for date, figures in sorted(evidence.days.items()):
        if date != UNKNOWN:
            month = months.setdefault(date[:7], {"month": date[:7], "conversations": 0, "cost_usd": None, "teams": {}})
            month["conversations"] += figures.tally.conversations
            if figures.tally.priced:
                month["cost_usd"] = round((month["cost_usd"] or 0) + figures.tally.nano_dollars / NANO, 9)
    for (team, month), nano in sorted(evidence.team_money.items()):
        months[month]["teams"][team] = nano / NANO
    return list(months.values())


def _versions(groups: dict[str, Figures], key: str, days: dict[str, tuple[str, str]]) -> list[dict[str, Any]]:
    """Each model or release: releases in the order they came, models by their use."""
    rows = []
    for name, figures in groups.items():
        first, last = days.get(name, (None, None))
        rows.append({key: name, "from": first, "to": last, "conversations": figures.tally.conversations, "cost_usd": figures.tally.cost_usd,
                     "cost_usd_per_conversation": _ratio(figures.tally.cost_usd, figures.tally.conversations),
                     "findings": figures.findings(), "feedback": _feedback(figures), **_health(figures)})
    return sorted(rows, key=lambda row: (row["from"] or "", -row["conversations"], row[key]))


def _same_days(evidence: Evidence, days: list[str], before: list[str]) -> tuple[int | None, int | None, int]:
    """Conversations on the weekdays that two weeks have in common: in the later, in the earlier, and how many days."""
    def weekdays(dates: list[str]) -> dict[int, str]:
        return {calendar_date.fromisoformat(date).weekday(): date for date in dates}

    def counted(of: dict[int, str]) -> int:
        return sum(evidence.days[of[day]].tally.conversations for day in common if of[day] in evidence.days)

    now, then = weekdays(days), weekdays(before)
    common = now.keys() & then.keys()
    return (counted(now), counted(then), len(common)) if common else (None, None, 0)


def _leaks(evidence: Evidence, total: Figures) -> dict[str, Any]:
    """Findings by kind. What the runs took out stands in where the text no longer shows it."""
    leaks, redacted = total.tally.leaks, evidence.redacted
    found, source = (leaks, "text") if leaks or not redacted else (redacted, "runs")
    known = total.leaks_known or source == "runs"
    findings = sum(found.values()) if known else None
    return {"findings": findings, "counted_in": source if known else None,
            "findings_per_100_conversations": None if findings is None else _ratio(100 * findings, total.tally.conversations),
            "secrets": None if not known or "" in found else sum(found.get(kind, 0) for kind in SECRETS),
            "kinds": [{"kind": kind, "findings": number} for kind, number in sorted(found.items(), key=lambda item: (-item[1], item[0])) if kind] if known else []}


def _cost(figures: Figures) -> dict[str, Any]:
    tally = figures.tally
    return {"cost_usd": tally.cost_usd, "replies": tally.replies or None, "replies_priced": tally.priced if tally.replies else None,
            "share_priced": _ratio(tally.priced, tally.replies), "cost_usd_per_conversation": _ratio(tally.cost_usd, tally.conversations)}


def _health(figures: Figures) -> dict[str, Any]:
    tally = figures.tally
    low, high = likely(min(tally.errors, tally.replies), tally.replies)
    p50, p95, p99 = figures.latencies()
    return {"replies": tally.replies or None, "errors": tally.errors if tally.replies else None, "error_rate": _ratio(tally.errors, tally.replies),
            "error_rate_low": low if tally.replies else None, "error_rate_high": high if tally.replies else None,
            "latency_ms_p50": p50, "latency_ms_p95": p95, "latency_ms_p99": p99, "replies_timed": figures.timed()}


def _feedback(figures: Figures) -> dict[str, Any]:
    up, total = figures.tally.feedback_up, figures.tally.feedback_up + figures.tally.feedback_down
    low, high = likely(up, total)
    return {"total": total, "up": up, "down": total - up, "share_up": _ratio(up, total),
            "share_up_low": low if total else None, "share_up_high": high if total else None}


def _input(evidence: Evidence) -> dict[str, Any]:
    """What the runs read and rejected; None where no run report tells."""
    if not evidence.has_runs:
        return {"lines_read": None, "lines_rejected": None, "messages_repeated": None, "reasons": []}
    return {"lines_read": evidence.read, "lines_rejected": evidence.rejected, "messages_repeated": evidence.repeated,
            "reasons": [{"reason": reason, "lines": number} for reason, number in sorted(evidence.reasons.items(), key=lambda item: (-item[1], item[0]))]}
