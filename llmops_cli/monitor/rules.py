"""The rules: what is watched, from which value on, how severe it is; for all, or for one team, model or release."""

from typing import Any, NamedTuple

from ..errors import UserError, nearest
from .alerts import SEVERITIES
from .budgets import Budget, budgets_of
from .mutes import Mute, Schedule, mutes_of
from .values import amount, milliseconds, share, whole_number

DIMENSIONS = ("team", "model", "release")       # what may have thresholds of its own; a later one goes before an earlier one


class Rule(NamedTuple):
    """One rule: its limit in the unit of its kind (None: any), and from how many replies on a window is judged."""

    name: str
    severity: str
    limit: float | None = None
    least: int = 0


MESSAGE_RULES = {rule.name: rule for rule in (
    Rule("slow_reply", "warning", 5000.0), Rule("error", "warning"), Rule("pii", "warning"), Rule("secret", "critical"),
    Rule("refusal", "info"), Rule("empty_reply", "warning"), Rule("truncated_reply", "info"))}
WINDOW_RULES = {rule.name: rule for rule in (
    Rule("latency_p95", "warning", 2000.0, 20), Rule("latency_p99", "warning", 5000.0, 100), Rule("error_rate", "critical", 0.05, 20),
    Rule("refusal_rate", "warning", 0.10, 20), Rule("timeouts", "warning", 0.01, 20), Rule("pii_rate", "critical", None, 20), Rule("feedback_down", "warning", None, 20))}
OFF_UNTIL_SET = ("pii_rate", "feedback_down")
OTHER_RULES = {rule.name: rule for rule in (
    Rule("no_traffic", "warning"), Rule("stale", "critical"), Rule("budget", "warning"), Rule("budget_forecast", "warning"), Rule("change", "warning", None, 100), Rule("score", "warning", None, 20))}
ALERTS = (*MESSAGE_RULES, *WINDOW_RULES, *OTHER_RULES)

MEASURES = ("error_rate", "refusal_rate", "timeouts", "pii_rate", "feedback_down", "latency", "requests", "cost", "score")
_KEYS = {"slow_reply": ("limit",), "pii": ("kinds", "skip"), "no_traffic": ("hours", "days"), "change": ("against", "confidence", "min_replies", *MEASURES),
         **{name: ("limit", "min_replies") for name in WINDOW_RULES}}


class ScoreRule(NamedTuple):
    """The limits of one score: the mean of a window may not be below or above."""

    below: float | None
    above: float | None
    rule: Rule


class ChangeRule(NamedTuple):
    """By what share a measure of a window may differ from that of the same window before."""

    limits: dict[str, float]
    against: str
    confidence: float
    rule: Rule


class Rules(NamedTuple):
    """All that is watched for."""

    message: dict[str, Rule]
    window: dict[str, Rule]
    other: dict[str, Rule]
    overrides: dict[tuple[str, str], dict[str, Rule | None]]      # ("team", "Sales") -> rules of its own, None where switched off
    scores: dict[str, ScoreRule]
    change: ChangeRule | None
    traffic: Schedule
    mutes: tuple[Mute, ...]
    budgets: tuple[Budget, ...]
    kinds: tuple[str, ...]
    skipped_kinds: tuple[str, ...]
    length: str | None      # of a window, as it is written
    by: tuple[str, ...] | None

    def of_message(self, values: dict[str, str]) -> dict[str, Rule]:
        """The rules of single replies for a team, model and release."""
        return self._with_own(self.message, MESSAGE_RULES, values)

    def of_window(self, values: dict[str, str]) -> dict[str, Rule]:
        """The rules of windows for a scope of these values."""
        return self._with_own(self.window, WINDOW_RULES, values)

    def _with_own(self, general: dict[str, Rule], known: dict[str, Rule], values: dict[str, str]) -> dict[str, Rule]:
        rules = dict(general)
        for dimension in DIMENSIONS:
            for name, rule in self.overrides.get((dimension, values.get(dimension, "")), {}).items():
                if name in known:
                    rules.pop(name, None)
                    if rule:
                        rules[name] = rule
        return rules

    def own_windows(self) -> list[tuple[str, str]]:
        """The (dimension, name) pairs that have window rules of their own."""
        return [pair for pair, rules in self.overrides.items() if any(name in WINDOW_RULES for name in rules)]


def read(table: dict[str, Any], budget: dict[str, Any], where: str = "") -> Rules:
    """The rules of a parsed rules file, defaults where it says nothing; its budget goes before `budget`, that of the settings."""
    known = (*ALERTS, *DIMENSIONS, "window", "by", "mute")
    for key in table:
        if key not in known:
            raise UserError(f"unknown key {key!r}", where=where, hint=nearest(key, known))
    message, window, other = ({name: made for name, rule in rules.items() if (made := _rule(rule, _table(table, name, where), where))}
                              for rules in (MESSAGE_RULES, WINDOW_RULES, {name: rule for name, rule in OTHER_RULES.items() if name not in ("score", "budget", "change")}))
    pii, traffic = _table(table, "pii", where), _table(table, "no_traffic", where)
    other["budget"] = OTHER_RULES["budget"]
    return Rules(message, window, other, _overrides(table, message | window, where), _scores(_table(table, "score", where), where),
                 _change(table["change"], where) if "change" in table else None, Schedule.read(traffic, f"{where}: no_traffic"),
                 mutes_of(table.get("mute", []), ALERTS, where), budgets_of({**budget, **_table(table, "budget", where)}, f"{where}: budget" if "budget" in table else "budget"),
                 _names(pii.get("kinds", []), "pii.kinds", where), _names(pii.get("skip", ["URL"]), "pii.skip", where),
                 _text(table.get("window"), "window", where), _names(table["by"], "by", where) if "by" in table else None)


def _rule(default: Rule, own: dict[str, Any], where: str, place: str = "") -> Rule | None:
    """A rule with what its table says, None when it is switched off."""
    place = place or default.name
    known = (*_KEYS.get(default.name, ()), "severity", "enabled")
    for key in own:
        if key not in known:
            raise UserError(f"unknown key {key!r} of {place}", where=where, hint=nearest(key, known))
    severity = own.get("severity", default.severity)
    if severity not in SEVERITIES:
        raise UserError(f"{place}.severity cannot be {severity!r}", where=where, hint="one of: " + ", ".join(SEVERITIES))
    enabled = own.get("enabled", default.name not in OFF_UNTIL_SET or "limit" in own or default.limit is not None)
    if enabled.__class__ is not bool:
        raise UserError(f"{place}.enabled is true or false", where=where)
    if not enabled:
        return None
    limit = default.limit
    if "limit" in own:
        limit = (milliseconds if default.name in ("slow_reply", "latency_p95", "latency_p99") else share)(own["limit"], f"{place}.limit", where)
    if default.name in WINDOW_RULES and limit is None:
        raise UserError(f"{place} has no limit", where=where, hint=f'[{place}] limit = "5%"')
    least = whole_number(own["min_replies"], f"{place}.min_replies", where) if "min_replies" in own else default.least
    return Rule(default.name, severity, limit, least)


def _overrides(table: dict[str, Any], general: dict[str, Rule], where: str) -> dict[tuple[str, str], dict[str, Rule | None]]:
    """What `[team.Sales.slow_reply]` and the like say."""
    found: dict[tuple[str, str], dict[str, Rule | None]] = {}
    rules = MESSAGE_RULES | WINDOW_RULES
    for dimension in DIMENSIONS:
        for name, own in _table(table, dimension, where).items():
            if not isinstance(own, dict):
                raise UserError(f"{dimension}.{name} is not a table", where=where, hint=f"[{dimension}.{name}.slow_reply] and its keys below it")
            for rule, values in own.items():
                if rule not in rules:
                    raise UserError(f"unknown rule {rule!r} of {dimension}.{name}", where=where, hint=nearest(rule, tuple(rules)))
                if not isinstance(values, dict):
                    raise UserError(f"{dimension}.{name}.{rule} is not a table", where=where, hint=f"[{dimension}.{name}.{rule}] and its keys below it")
                if {"kinds", "skip"} & values.keys():
                    raise UserError(f"{dimension}.{name}.{rule}: kinds are the same for all", where=where, hint="[pii] kinds = [...]")
                found.setdefault((dimension, name), {})[rule] = _rule(general.get(rule) or rules[rule], values, where, f"{dimension}.{name}.{rule}")
    return found


def _scores(table: dict[str, Any], where: str) -> dict[str, ScoreRule]:
    """What `[score.accuracy] below = 0.8` says."""
    found = {}
    known = ("below", "above", "min_replies", "severity")
    for name, own in table.items():
        if not isinstance(own, dict):
            raise UserError(f"score.{name} is not a table", where=where, hint=f"[score.{name}] below = 0.8")
        for key in own:
            if key not in known:
                raise UserError(f"unknown key {key!r} of score.{name}", where=where, hint=nearest(key, known))
        rule = _rule(OTHER_RULES["score"], {key: own[key] for key in own if key == "severity"}, where, f"score.{name}")
        least = whole_number(own["min_replies"], f"score.{name}.min_replies", where) if "min_replies" in own else rule.least
        below, above = (amount(own[key], f"score.{name}.{key}", where) if key in own else None for key in ("below", "above"))
        if below is None and above is None:
            raise UserError(f"score.{name} has no limit", where=where, hint=f"[score.{name}] below = 0.8")
        if below is not None and above is not None and below > above:
            raise UserError(f"score.{name}: below is more than above, so that every mean is over a limit", where=where, hint="below is the lower limit, above the upper one")
        found[name] = ScoreRule(below, above, rule._replace(least=least))
    return found


def _change(own: Any, where: str) -> ChangeRule | None:
    """What `[change] error_rate = "50%"` says."""
    if not isinstance(own, dict):
        raise UserError("change is not a table", where=where, hint='[change] error_rate = "50%"')
    rule = _rule(OTHER_RULES["change"], own, where)
    if rule is None:
        return None
    against = own.get("against", "day")
    if against not in ("day", "week"):
        raise UserError(f"change.against cannot be {against!r}", where=where, hint="day or week")
    confidence = share(own.get("confidence", 0.99), "change.confidence", where)
    if not 0.5 <= confidence < 1:
        raise UserError("change.confidence is from 0.5 to below 1", where=where, hint="confidence = 0.99")
    limits = {name: share(own[name], f"change.{name}", where, most=1000.0) for name in MEASURES if name in own}
    if not limits:
        raise UserError("change names no measure", where=where, hint="one of: " + ", ".join(MEASURES))
    return ChangeRule(limits, against, confidence, rule)


def _table(table: dict[str, Any], name: str, where: str) -> dict[str, Any]:
    own = table.get(name, {})
    if not isinstance(own, dict):
        raise UserError(f"{name} is not a table", where=where, hint=f"[{name}] on a line of its own, its keys below it")
    return own


def _names(value: Any, place: str, where: str) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [name.strip() for name in value.split(",") if name.strip()]
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise UserError(f"{place} is not a list of names", where=where, hint=f'{place} = ["…", "…"]')
    return tuple(value)


def _text(value: Any, place: str, where: str) -> str | None:
    if value is not None and not isinstance(value, str):
        raise UserError(f"{place} is not a text", where=where, hint=f'{place} = "1h"')
    return value
