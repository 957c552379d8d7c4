#!/usr/bin/env python3
"""Make the example logs: a month of an invented ferry company that talks to its assistant.

The conversations were written by hand and stand in `texts/TEAM.jsonl`. This script says who had them and when, on which
model, how long the replies took and what they cost, and puts made-up personal data and secrets where a text has a
placeholder such as {email}. The same texts give the same logs, byte for byte.

    python3 examples/make_logs.py            write examples/logs/*.jsonl.gz anew
    python3 examples/make_logs.py --check    exit 1 when they are not what this script would write
"""

import gzip
import json
import re
import sys
from collections import defaultdict
from datetime import date, datetime, timedelta
from math import ceil
from pathlib import Path
from random import Random
from typing import Iterator, NamedTuple

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from fakes import FAKES     # noqa: E402

DAYS = [date(2026, 3, 2) + timedelta(days=number) for number in range(30)]
NEW_RELEASE = date(2026, 3, 17)     # v42 takes over from v41
HANDBOOK_TOKENS = 1400              # instructions and company pages that go before every conversation


class Team(NamedTuple):
    """Who asks, and how they came to use the assistant."""

    name: str
    people: int
    conversations: int
    growth: float       # how many times busier the last day is than the first
    weekend: float      # a Saturday or Sunday, in working days
    models: tuple[str, ...]


class Model(NamedTuple):
    """What a model costs in dollars a million tokens, and how fast it is."""

    input_price: float
    output_price: float
    first_token_ms: float
    token_ms: float


class Release(NamedTuple):
    """How slow the assistant is, how often a reply fails, and how much of the feedback is good."""

    slowness: float
    error_rate: float
    approval: float


TEAMS = (
    Team("Support", 22, 50, 1.6, 0.3, ("amazon.nova-micro-v1:0", "amazon.nova-lite-v1:0")),
    Team("Engineering", 18, 50, 2.0, 0.0, ("gpt-4o-mini", "anthropic.claude-sonnet-4-20250514-v1:0")),
    Team("Sales", 17, 50, 1.4, 0.0, ("amazon.nova-micro-v1:0", "gpt-4o-mini")),
    Team("Operations", 13, 45, 3.0, 0.4, ("amazon.nova-micro-v1:0",)),
    Team("Marketing", 11, 43, 1.1, 0.0, ("gpt-4o-mini", "amazon.nova-pro-v1:0")),
    Team("Finance", 9, 38, 4.0, 0.0, ("amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0")),
)
MODELS = {
    "amazon.nova-micro-v1:0": Model(0.035, 0.14, 240, 4),
    "amazon.nova-lite-v1:0": Model(0.06, 0.24, 310, 6),
    "amazon.nova-pro-v1:0": Model(0.80, 3.20, 420, 11),
    "gpt-4o-mini": Model(0.15, 0.60, 450, 9),
    "anthropic.claude-sonnet-4-20250514-v1:0": Model(3.00, 15.00, 620, 13),
}
RELEASES = {"v41": Release(1.0, 0.012, 0.85), "v42": Release(1.22, 0.035, 0.74)}
ERRORS = (("ThrottlingException: too many requests, please wait before trying again", 85.0),
          ("TimeoutError: no answer from the model within 30 s", 30000.0))
# Some people's tools send their address in place of a number.
ADDRESSES = {team.name: f"{team.name.lower()}.lead@northwindferries.example" for team in TEAMS if team.name != "Support"}


class Conversation(NamedTuple):
    """One that was written, with the team that had it and the source of its chances."""

    team: Team
    messages: list[str]     # user, assistant, user, …
    values: dict[str, str]  # what stands for each of its placeholders
    random: Random


def conversations() -> Iterator[Conversation]:
    """Every conversation, its placeholders filled; each has chances of its own, so that a new text moves no other."""
    for team in TEAMS:
        lines = (HERE / "texts" / f"{team.name.lower()}.jsonl").read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines[:team.conversations]):
            random = Random(f"{team.name} {number}")
            messages = json.loads(line)["messages"]
            names = dict.fromkeys(re.findall(r"\{(\w+)\}", " ".join(messages)))
            values = {name: FAKES[name.rstrip("23456789")](random) for name in names}
            filled = [re.sub(r"\{(\w+)\}", lambda found: values[found[1]], message) for message in messages]
            yield Conversation(team, filled, values, random)


def planted() -> list[str]:
    """Every made-up value that stands in the logs and must not stand in what is made of them.

    Of a private key, each line of its body: in JSON it is never one run of characters.
    """
    found = set(ADDRESSES.values())
    for conversation in conversations():
        for value in conversation.values.values():
            found.update(line for line in value.split("\n") if "-----" not in line)
    return sorted(found)


def begin(team: Team, random: Random) -> datetime:
    """When a conversation begins: more of them as the month goes on, most in office hours, two peaks a day."""
    weights = [(team.weekend if day.weekday() > 4 else 1.0) * (1 + (team.growth - 1) * number / len(DAYS))
               for number, day in enumerate(DAYS)]
    day = random.choices(DAYS, weights)[0]
    if team.weekend and random.random() < 0.15:
        hour = random.uniform(17, 23.9)     # ships sail in the evening too
    else:
        hour = random.choice((9.6, 14.1)) + random.triangular(-1.8, 2.4, 0)
    return datetime(day.year, day.month, day.day) + timedelta(seconds=int(hour * 3600))


def user_of(team: Team, random: Random) -> str:
    """Who asks: a few people ask a lot, most ask now and then."""
    first = 100 * (1 + TEAMS.index(team))
    rank = random.choices(range(team.people), [1 / (rank + 3) for rank in range(team.people)])[0]
    return ADDRESSES[team.name] if rank == 2 and team.name in ADDRESSES else f"u_{first + 7 * rank}"


def events_of(number: int, conversation: Conversation) -> Iterator[tuple[datetime, dict]]:
    """The events of a conversation with their times. A reply that failed is asked for again."""
    team, messages, _, random = conversation
    now, user, model = begin(team, random), user_of(team, random), random.choice(team.models)
    read = 0        # characters that the model is given
    for place, text in enumerate(messages):
        is_reply = place % 2 == 1
        read += len(text)
        tries = 1
        while True:
            event = {"event_time": now, "conversation_id": f"c_{number:04}", "message_id": f"m_{number:04}_{place}{'abc'[tries - 1]}",
                     "role": "assistant" if is_reply else "user", "content": text, "team": team.name, "user_id": user}
            failed = is_reply and random.random() < RELEASES[release_at(now)].error_rate and tries < 3
            if is_reply:
                event |= failure(model, now, random) if failed else reply(model, text, read, now, random)
                now += timedelta(seconds=ceil(event["latency_ms"] / 1000))
            yield now, event | {"event_time": f"{now.isoformat()}Z"}
            if not failed:
                break
            tries += 1
            now += timedelta(seconds=random.randint(4, 40))
        now += timedelta(seconds=0 if not is_reply else random.randint(15, 60) + len(text) // 12)


def release_at(moment: datetime) -> str:
    return "v42" if moment.date() >= NEW_RELEASE else "v41"


def failure(model: str, now: datetime, random: Random) -> dict:
    error, latency_ms = random.choice(ERRORS)
    return {"content": "", "model": model, "latency_ms": latency_ms, "error": error, "release": release_at(now)}


def reply(model: str, text: str, read: int, now: datetime, random: Random) -> dict:
    """What the gateway notes of a reply: four characters are about a token, latencies are log-normal."""
    input_price, output_price, first_token_ms, token_ms = MODELS[model]
    release = RELEASES[release_at(now)]
    output_tokens = ceil(len(text) / 4)
    input_tokens = HANDBOOK_TOKENS + ceil((read - len(text)) / 4)
    latency_ms = (first_token_ms + token_ms * output_tokens) * release.slowness * random.lognormvariate(0, 0.4)
    noted = {"model": model, "latency_ms": round(latency_ms, 1), "input_tokens": input_tokens, "output_tokens": output_tokens,
             "cost_usd": round((input_tokens * input_price + output_tokens * output_price) / 1e6, 9), "release": release_at(now)}
    if random.random() < 0.2:
        noted["feedback"] = "up" if random.random() < release.approval - 0.4 * text.startswith("I'm sorry") else "down"
    return noted


def files() -> dict[str, bytes]:
    """Name and content of each file: one a working day, a weekend in the file of the Monday after it."""
    days: dict[date, list[tuple[datetime, int, bytes]]] = defaultdict(list)
    for number, conversation in enumerate(conversations(), start=1):
        for order, (moment, event) in enumerate(events_of(number, conversation)):
            day = moment.date()
            day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
            days[day].append((moment, 100 * number + order, json.dumps(event, ensure_ascii=False).encode() + b"\n"))
    return {f"{day}.jsonl.gz": b"".join(line for _, _, line in sorted(lines)) for day, lines in sorted(days.items())}


def main() -> int:
    logs, wanted = HERE / "logs", files()
    present = {path.name: path for path in logs.glob("*")}
    if "--check" in sys.argv[1:]:
        differ = sorted(name for name in wanted.keys() | present.keys()
                        if name not in wanted or name not in present or gzip.decompress(present[name].read_bytes()) != wanted[name])
        if differ:
            print("not what make_logs.py writes: " + ", ".join(differ), file=sys.stderr)
        return 1 if differ else 0
    logs.mkdir(exist_ok=True)
    for name in present.keys() - wanted.keys():
        present[name].unlink()
    for name, content in wanted.items():
        (logs / name).write_bytes(gzip.compress(content, mtime=0))
    return 0


if __name__ == "__main__":
    sys.exit(main())
