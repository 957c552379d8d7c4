"""Evidence for the tests of the report, made by hand."""

from llmops_cli.metrics.aggregate import BY, Aggregator
from llmops_cli.records import Calendar
from llmops_cli.report.evidence import Evidence


def conversation(date: str, team: str = "Sales", task: str = "Technical Help", user: str = "u_1", **reply: object) -> dict:
    """A question and its reply, of which `reply` tells more."""
    content = reply.pop("content", "An answer.")
    return {"conversation_id": "c", "team": team, "user_id": user, "date": date, "task_category": task,
            "messages": [{"role": "user", "content": "A question?", "event_time": f"{date}T09:00:00Z", "team": team, "user_id": user},
                         {"role": "assistant", "content": content, "event_time": f"{date}T09:00:01Z", "team": team, "user_id": user, **reply}]}


def tallies(conversations: list[dict], by: tuple[str, ...] = BY) -> list[dict]:
    totals = Aggregator(by, Calendar())
    for each in conversations:
        assert totals.add(each) == ""
    return list(totals.partials())


def rows(conversations: list[dict], by: tuple[str, ...] = BY) -> list[dict]:
    totals = Aggregator(by, Calendar())
    for each in conversations:
        assert totals.add(each) == ""
    return list(totals.rows())


def evidence(records: list[dict], **settings: str) -> Evidence:
    made = Evidence(**settings)
    for record in records:
        made.add_record(record)
    return made
