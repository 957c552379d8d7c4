"""A lake of many days and teams with plausible numbers, as `run` leaves it: for pictures of the page and for its pace."""

import json
import math
import random
from datetime import date as calendar_date, timedelta
from pathlib import Path

from llmops_cli.jsonl import dump
from llmops_cli.metrics.aggregate import BY, Aggregator, daily
from llmops_cli.records import Calendar

TEAMS = ("Sales", "Support", "Engineering", "Finance", "Marketing", "Operations", "Legal", "Research", "People", "Procurement")
TASKS = ("Technical Help", "Customer Comms (support/sales)", "Drafting/Rewriting", "Summarization", "Data/Analysis (general)",
         "Research/Synthesis", "Internal Q&A (policy/process)", "Ideation/Planning", "Translation/Tone", "Other/Unknown")
KINDS = ("EMAIL", "PHONE", "URL", "IBAN", "SECRET", "PASSWORD", "CREDIT_CARD", "ADDRESS")
MODELS = (("amazon.nova-micro-v1:0", 900), ("claude-sonnet-4", 2600), ("gpt-4.1-mini", 1400))


def make(lake: Path, days: int = 365, teams: int = 50, busy: float = 6.0, first: str = "2025-03-03", seed: int = 1) -> None:
    """Write metrics, tallies and run reports of `days` days; a team has some `busy` conversations a working day."""
    draw = random.Random(seed)
    names = [TEAMS[number] if number < len(TEAMS) else f"{TEAMS[number % len(TEAMS)]} {number // len(TEAMS) + 1}" for number in range(teams)]
    sizes = [math.exp(draw.gauss(0, 0.7)) for _ in names]
    tastes = [[math.exp(draw.gauss(0, 1.1)) for _ in TASKS] for _ in names]
    for number in range(days):
        day = calendar_date.fromisoformat(first) + timedelta(days=number)
        totals, models = Aggregator(BY, Calendar()), Aggregator(("date", "model", "release"), Calendar())
        for team, size, taste in zip(names, sizes, tastes):
            rate = busy * size * (1 if day.weekday() < 5 else 0.12) * (0.55 + 0.9 * number / days)
            for place in range(_poisson(draw, rate)):
                conversation = _conversation(draw, day.isoformat(), team, draw.choices(TASKS, taste)[0], int(size * 14) + 3, number, days)
                totals.add(conversation)
                models.add(conversation)
        _publish(lake, day.isoformat(), totals, models)


def _poisson(draw: random.Random, rate: float) -> int:
    if rate > 40:
        return max(0, round(draw.gauss(rate, rate ** 0.5)))
    count, product, limit = 0, draw.random(), math.exp(-rate)
    while product > limit:
        count, product = count + 1, product * draw.random()
    return count


def _conversation(draw: random.Random, date: str, team: str, task: str, people: int, number: int, days: int) -> dict:
    model, typical = draw.choices(MODELS, (5, 2, 3))[0]
    release = f"v{40 + 3 * number // days}"
    user = f"{team}-{min(people - 1, int(draw.expovariate(3.5 / people)))}"
    said = {"user_id": user, "team": team}
    leak = "".join(f" [{draw.choice(KINDS)}]" for _ in range(draw.random() < 0.12) for _ in range(draw.choice((1, 1, 2))))
    reply = {"role": "assistant", "content": "An answer." * 12, "model": model, "release": release, "latency_ms": round(typical * math.exp(draw.gauss(0, 0.5)), 1),
             "input_tokens": draw.randrange(80, 900), "output_tokens": draw.randrange(30, 500), "cost_usd": draw.randrange(10 ** 5, 10 ** 7) / 1e9, **said}
    if draw.random() < 0.02 + 0.03 * (release == "v42" and model == "claude-sonnet-4"):
        reply["error"] = "ThrottlingException"
    if draw.random() < 0.15:
        reply["feedback"] = "up" if draw.random() < 0.78 else "down"
    messages = [{"role": "user", "content": "A question?" * 4 + leak, **said}, reply] * draw.choice((1, 1, 2, 3))
    return {"conversation_id": "c", "team": team, "user_id": user, "date": date, "task_category": task, "model": model, "release": release, "messages": messages}


def _publish(lake: Path, date: str, totals: Aggregator, models: Aggregator) -> None:
    curated, reports = lake / f"curated/metrics_daily/date={date}", lake / f"reports/date={date}"
    curated.mkdir(parents=True)
    reports.mkdir(parents=True)
    document = next(daily(totals), {"date": date, "metrics": [], "total_conversations": 0, "total_events_processed": 0})
    (curated / "metrics.json").write_text(json.dumps(document, indent=1))
    (curated / "tallies.jsonl").write_bytes(b"".join(dump(each) + b"\n" for each in totals.partials()))
    (curated / "models.jsonl").write_bytes(b"".join(dump(each) + b"\n" for each in models.partials()))
    events = document["total_events_processed"]
    (reports / "run_latest.json").write_text(json.dumps({"date": date, "events_read": events + 1, "events_valid": events, "events_invalid": 1,
                                                         "events_repeated": 0, "redaction_stats": {}}, indent=1))
    (reports / "rejects.jsonl").write_bytes(b'{"file": "a", "line": 1, "column": 0, "reason": "not JSON", "text": ""}\n')
