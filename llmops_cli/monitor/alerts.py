"""What an alert is, and its forms: JSON lines, text for people, GitHub annotations, Alertmanager's API, and how alerts are told apart."""

import hashlib
import json
import re
from typing import Any, Iterable, Mapping

from ..term import figures, plain

SEVERITIES = ("info", "warning", "critical")
FORMATS = ("jsonl", "text", "github", "alertmanager")

_PAIR = re.compile(r",(?=[A-Za-z_][\w.-]*=)")         # parts the pairs of a scope: a team's name may have a comma

Alert = dict[str, Any]
RAISED, CLEARED = "raised", "cleared"
ALL = "all"

_TITLES = {"slow_reply": "slow reply", "empty_reply": "empty reply", "truncated_reply": "reply cut off", "pii": "personal data in a reply", "secret": "secret in a reply", "latency_p95": "p95 latency",
           "latency_p99": "p99 latency", "error_rate": "error rate", "refusal_rate": "refusal rate", "timeouts": "time-outs", "pii_rate": "replies with personal data", "feedback_down": "thumbs down",
           "no_traffic": "no traffic", "budget_forecast": "budget forecast", "stale": "log is stale"}
_MILLISECONDS = ("slow_reply", "latency_p95", "latency_p99")
_SHARES = ("error_rate", "refusal_rate", "timeouts", "pii_rate", "feedback_down", "change")
_DOLLARS = ("budget", "budget_forecast")


def made(time: str, name: str, severity: str, scope: str, value: float | None, limit: float | None, window: str | None, evidence: str,
         message: str | None = None, state: str = RAISED) -> Alert:
    """An alert as it is written: milliseconds, shares of 1, dollars or seconds as its name has it; the time is that of the event."""
    alert: Alert = {"time": time, "alert": name, "severity": severity, "scope": scope, "value": value, "limit": limit, "window": window}
    if message is not None:
        alert["message_id"] = message
    return {**alert, "evidence": evidence, "state": state}


def scope_text(values: Mapping[str, str]) -> str:
    """`team=Sales,model=m-1`, or `all`."""
    return ",".join(f"{key}={value}" for key, value in values.items()) or ALL


def identity(alert: Alert) -> str:
    """What makes an alert this one: sixteen hexadecimal digits."""
    subject = [alert["alert"], alert["scope"], alert["window"], alert.get("message_id"), alert["state"], alert["severity"], "" if alert["window"] else alert["time"],
               alert["evidence"].partition(":")[0] if alert["alert"] in ("score", "change") else ""]
    return hashlib.blake2b(json.dumps(subject).encode(), digest_size=8).hexdigest()


def subject(alert: Alert) -> dict[str, str]:
    """What tells alerts of one name and scope apart, the same when they are raised and when they are cleared."""
    window = alert["window"]
    if alert["alert"] in ("score", "change"):
        return {"measure": alert["evidence"].partition(":")[0]}
    if alert["alert"] in ("budget", "budget_forecast"):
        return {"period": "week" if "W" in window else "day" if len(window) == len("2026-01-03") else "month"}
    return {"message_id": alert["message_id"]} if window is None and alert.get("message_id") else {}


def thread(alert: Alert) -> str:
    """What raised and cleared alerts of one kind have in common: the key by which a pager joins them."""
    return "/".join(("llmops", alert["alert"], alert["scope"], *subject(alert).values()))


def at_least(alert: Alert, severity: str) -> bool:
    """Whether an alert is of a severity or a higher one."""
    return SEVERITIES.index(alert["severity"]) >= SEVERITIES.index(severity)


def quantity(name: str, value: float | None) -> str:
    """A value of an alert with its unit.

    >>> quantity("slow_reply", 6200.0), quantity("error_rate", 0.125), quantity("budget", 16.2), quantity("no_traffic", 5e6)
    ('6.2 s', '12.5 %', '$16.20', '1,389 h')
    """
    if value is None:
        return "-"
    if name in _MILLISECONDS:
        return f"{value:.0f} ms" if value < 1000 else f"{figures(value / 1000, 3)} s"
    if name in _SHARES:
        return f"{figures(value * 100, 3)} %"
    if name in _DOLLARS:
        return f"${value:,.2f}" if value >= 0.01 else f"${value:.2g}"
    if name in ("no_traffic", "stale"):
        return f"{figures(value / 3600, 3)} h" if value >= 3600 else f"{value / 60:.3g} min"
    return figures(value, 4)


def sentence(alert: Alert) -> str:
    """An alert in words on one line, without its time and severity."""
    parts = [_TITLES.get(alert["alert"], alert["alert"])]
    if alert["scope"] != ALL:
        parts.append(f"[{alert['scope']}]")
    if alert["value"] is not None:
        parts.append(quantity(alert["alert"], alert["value"]))
        if alert["limit"] is not None:
            parts.append(f"(limit {quantity(alert['alert'], alert['limit'])})")
    if alert.get("message_id"):
        parts.append(f"message {alert['message_id']}")
    if alert["evidence"]:
        parts.append(f"- {alert['evidence']}")
    return plain(" ".join(("cleared:" if alert["state"] == CLEARED else "",  *parts)).strip())


def text(alert: Alert) -> str:
    return f"{alert['time']}  {'cleared' if alert['state'] == CLEARED else alert['severity']:<8}  {sentence(alert).removeprefix('cleared: ')}"


def github(alert: Alert) -> str:
    """A workflow command: an annotation of a run."""
    level = "notice" if alert["state"] == CLEARED else {"info": "notice", "warning": "warning", "critical": "error"}[alert["severity"]]

    def escaped(value: str) -> str:
        return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    title = escaped(_TITLES.get(alert["alert"], alert["alert"])).replace(":", "%3A").replace(",", "%2C")
    return f"::{level} title={title}::{escaped(alert['time'] + ' ' + sentence(alert))}"


def alertmanager(alerts: Iterable[Alert]) -> list[dict[str, Any]]:
    """The body of `POST /api/v2/alerts` of Prometheus' Alertmanager; a cleared alert has an end."""
    rows = []
    for alert in alerts:
        labels = {"alertname": alert["alert"], "severity": alert["severity"], "job": "llmops"}
        if alert["scope"] != ALL:
            labels |= {_label(key): value for key, _, value in (part.partition("=") for part in _PAIR.split(alert["scope"])) if value}
        labels |= subject(alert)
        row = {"labels": labels, "annotations": {"summary": sentence(alert), "value": str(alert["value"]), "limit": str(alert["limit"]), "window": alert["window"] or ""}, "startsAt": alert["time"]}
        if alert["state"] == CLEARED:
            row["endsAt"] = alert["time"]
        rows.append(row)
    return rows


def _label(key: str) -> str:
    """A key as a label's name may be."""
    name = "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in key)
    return f"_{name}" if name[:1].isdigit() else name
