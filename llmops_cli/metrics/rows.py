"""Tallies to rows: the numbers of each group in the order that rows have, and the columns that were asked for."""

from itertools import groupby
from typing import Any, Iterator, NamedTuple, Protocol

from ..errors import UserError
from ..records import UNKNOWN
from .adoption import Adoption, Headcount, period_of
from .compare import Comparison, Numbers, merged
from .distinct import Distinct
from .tally import Tally

Group = tuple[str, ...]


class Groups(Protocol):
    """What has been counted: the keys, and each group with its tally, sorted, as often as it is asked for."""

    by: Group

    def groups(self) -> Iterator[tuple[Group, Tally]]: ...


def rows(totals: Groups, headcount: Headcount | None = None, comparison: Comparison | None = None, adoption: bool = False) -> Iterator[dict[str, Any]]:
    """One row a group. With `comparison` each is joined to the one before it, and those that vanished have a row of nothing;
    with `adoption` it says who is new."""
    groups = totals.groups()
    if comparison:
        for group, tally in totals.groups():
            comparison.add(group, Numbers(tally.conversations, tally.users.count(), tally.nano_dollars if tally.priced else None))
        groups = merged(groups, comparison.vanished(), Tally())
    newcomers = _adoption(totals, headcount) if adoption else None
    for group, tally in groups:
        row = {**dict(zip(totals.by, group)), **measures(tally, headcount.of(group) if headcount else None)}
        if newcomers:
            row |= newcomers.columns(group, tally)
        if comparison:
            row |= comparison.columns(group)
        yield row


def columns(by: Group, comparison: bool = False, adoption: bool = False) -> list[str]:
    """The keys of rows, also where there is none."""
    return list(next(rows(_Nothing(by), None, Comparison(by, "mon") if comparison else None, adoption)))


class _Nothing(NamedTuple):
    """One group without anything in it."""

    by: Group

    def groups(self) -> Iterator[tuple[Group, Tally]]:
        yield (UNKNOWN,) * len(self.by), Tally()


def _adoption(totals: Groups, headcount: Headcount | None) -> Adoption:
    teams, first, place = Distinct(), "", totals.by.index(period_of(totals.by))
    for group, tally in totals.groups():
        teams.merge(tally.teams)
        if group[place] != UNKNOWN and (not first or group[place] < first):
            first = group[place]
    return Adoption(totals.by, headcount, first, teams)


def measures(tally: Tally, headcount: int | None = None) -> dict[str, Any]:
    """The numbers of a row, in the order that rows have."""
    p50, p95, p99 = (None if value is None else float(f"{value:.6g}") for value in tally.latency.quantiles((0.5, 0.95, 0.99)))
    users = tally.users.count()
    return {
        "conversation_count": tally.conversations,
        "total_turns": tally.turns,
        "total_chars_user": tally.chars_user,
        "total_chars_assistant": tally.chars_assistant,
        "users": users,
        "users_exact": tally.users.exact,
        "input_tokens": tally.input_tokens,
        "output_tokens": tally.output_tokens,
        "cost_usd": tally.cost_usd,
        "errors": tally.errors,
        "latency_ms_p50": p50,
        "latency_ms_p95": p95,
        "latency_ms_p99": p99,
        "pii_findings": tally.findings,
        "feedback_up": tally.feedback_up,
        "feedback_down": tally.feedback_down,
        "messages": tally.messages,
        "replies": tally.replies,
        "replies_priced": tally.priced,
        "replies_timed": tally.latency.count,
        "cached_input_tokens": tally.cached_input_tokens,
        "cache_write_tokens": tally.cache_write_tokens,
        "reasoning_tokens": tally.reasoning_tokens,
        "headcount": headcount,
        "adoption": round(users / headcount, 4) if headcount else None,
    }


def daily(totals: Groups, headcount: Headcount | None = None) -> Iterator[dict[str, Any]]:
    """The daily metrics document of each date: its rows, and the totals over them."""
    if "date" not in totals.by:
        raise UserError("the daily form needs the date among the keys", hint="--by date,team,task_category")
    found = rows(totals, headcount)
    if totals.by[0] != "date":
        found = iter(sorted(found, key=lambda row: row["date"]))
    for date, own in groupby(found, key=lambda row: row["date"]):
        kept = [{key: value for key, value in row.items() if key != "date"} for row in own]
        yield {"date": date, "metrics": kept, "total_conversations": sum(row["conversation_count"] for row in kept),
               "total_events_processed": sum(row["messages"] for row in kept)}
