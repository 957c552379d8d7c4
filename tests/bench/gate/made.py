"""Made logs for the simulations: items as the gate takes them, from a seed, with harm or without, hanging together or not."""

import csv
import gzip
import json
import math
import random
import sys
from pathlib import Path
from typing import Callable, Iterator, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from llmops_cli.gate import metrics  # noqa: E402
from llmops_cli.gate.ledger import BUCKETS, Item  # noqa: E402
from llmops_cli.gate.verdict import Judge  # noqa: E402

PLAN = metrics.plan(["score=score:higher"], {})      # nine metrics
SECONDS = 0.5                                         # between replies


class World(NamedTuple):
    """What replies are like, for each side (baseline, candidate)."""

    share: float = 0.5
    error: tuple[float, float] = (0.01, 0.01)
    refusal: tuple[float, float] = (0.03, 0.03)
    personal: tuple[float, float] = (0.001, 0.001)
    latency: tuple[float, float] = (1.0, 1.0)       # times
    cost: tuple[float, float] = (1.0, 1.0)
    rated: float = 0.1
    down: float = 0.15


def reply(pick: random.Random, world: World, place: int, side: int, *, error: bool | None = None, latency: float | None = None,
          tokens: float | None = None, user: int | None = None) -> Item:
    """One reply; what is given stands, all else is drawn."""
    row = [0] * (PLAN.width - 2)
    row[metrics.REPLIES] = 1
    if pick.random() < world.error[side] if error is None else error:
        row[metrics.ERRORS] = 1
    else:
        latency = (pick.lognormvariate(6.7, 0.8) if latency is None else latency) * world.latency[side]
        tokens = pick.lognormvariate(5, 0.8) if tokens is None else tokens
        row[metrics.ANSWERED] = 1
        row[metrics.REFUSALS] = int(pick.random() < world.refusal[side])
        row[metrics.PERSONAL] = int(pick.random() < world.personal[side])
        for at, value in ((metrics.TIMED, latency), (metrics.PRICED, pick.lognormvariate(-9, 1) * world.cost[side]), (metrics.SIZED, 1 + tokens)):
            whole = round(math.log(max(value, 1e-9)) * metrics.UNIT)
            row[at:at + 3] = 1, whole, whole * whole
        row[metrics.IN_TOKENS] = 1
        score = min(1.0, max(1e-6, pick.gauss(0.8, 0.1)))
        parts, logs = round(score * metrics.PARTS), round(math.log(score) * metrics.UNIT)
        row[metrics.OWN:metrics.OWN + 7] = 1, parts, parts * parts, 1, 0, logs, logs * logs
    if pick.random() < world.rated:
        row[metrics.RATED], row[metrics.DOWN] = 1, int(pick.random() < world.down)
    return (place * SECONDS, "", side, pick.randrange(BUCKETS) if user is None else user, pick.randrange(BUCKETS), tuple(row))


def independent(pick: random.Random, n: int, world: World = World()) -> list[Item]:
    return [reply(pick, world, place, int(pick.random() < world.share)) for place in range(n)]


def bursts(length: int, shared: bool = False) -> Callable[[random.Random, int], list[Item]]:
    """Errors come `length` at a time, on each side by itself or on both at once."""
    def made(pick: random.Random, n: int) -> list[Item]:
        world, left, items = World(), [0, 0], []
        for place in range(n):
            side = int(pick.random() < world.share)
            at = 0 if shared else side
            if not left[at] and pick.random() < 0.01 / length:
                left[at] = length
            items.append(reply(pick, world, place, side, error=left[at] > 0))
            left[at] = max(0, left[at] - 1)
        return items
    return made


def autocorrelated(memory: float) -> Callable[[random.Random, int], list[Item]]:
    """Latencies of each side remember what they were, for `memory` replies of that side."""
    def made(pick: random.Random, n: int) -> list[Item]:
        world, level, items = World(), [0.0, 0.0], []
        kept = math.exp(-1 / memory)
        for place in range(n):
            side = int(pick.random() < world.share)
            level[side] = kept * level[side] + math.sqrt(1 - kept * kept) * pick.gauss(0, 1)
            items.append(reply(pick, world, place, side, latency=math.exp(6.7 + 0.6 * level[side] + 0.5 * pick.gauss(0, 1))))
        return items
    return made


def by_user(users: int) -> Callable[[random.Random, int], list[Item]]:
    """Each user is on one side, has errors and latencies of their own, and some talk far more than others."""
    def made(pick: random.Random, n: int) -> list[Item]:
        people = [(int(pick.random() < 0.5), pick.betavariate(0.2, 19.8), pick.gauss(0, 0.5), pick.randrange(BUCKETS), pick.paretovariate(2.5)) for _ in range(users)]
        chosen = pick.choices(people, [one[4] for one in people], k=n)
        return [reply(pick, World(), place, side, error=pick.random() < error, latency=math.exp(6.7 + level + 0.6 * pick.gauss(0, 1)), user=bucket)
                for place, (side, error, level, bucket, _) in enumerate(chosen)]
    return made


def ramp(pick: random.Random, n: int) -> list[Item]:
    """The candidate's share grows from 2 % to 52 % while load makes everything worse for both."""
    items = []
    for place in range(n):
        load = place / n
        side = int(pick.random() < 0.02 + 0.5 * load)
        items.append(reply(pick, World(), place, side, error=pick.random() < 0.01 + 0.04 * load, latency=pick.lognormvariate(6.7 + 0.5 * load, 0.8)))
    return items


def split_of(values: list[tuple[float | None, float | None, bool]]) -> Callable[[random.Random, int], list[Item]]:
    """A stretch of a real trace, (latency in ms, tokens, error) in its order, each reply on a side by chance."""
    def made(pick: random.Random, n: int) -> list[Item]:
        begin = pick.randrange(max(1, len(values) - n))
        return [reply(pick, World(), place, int(pick.random() < 0.5), error=error, latency=latency, tokens=tokens)
                for place, (latency, tokens, error) in enumerate(values[begin:begin + n])]
    return made


def halves_of(values: list[tuple[float | None, float | None, bool]]) -> Callable[[random.Random, int], list[Item]]:
    """A stretch of a real trace, its first half before a release in which nothing changed, its second half after."""
    def made(pick: random.Random, n: int) -> list[Item]:
        n = min(n, len(values))
        begin = pick.randrange(len(values) - n + 1)
        return [reply(pick, World(), place, int(place >= n // 2), error=error, latency=latency, tokens=tokens)
                for place, (latency, tokens, error) in enumerate(values[begin:begin + n])]
    return made


def traces(folder: Path) -> Iterator[tuple[str, list[tuple[float | None, float | None, bool]]]]:
    """(name, values) of each public trace: latency in ms, tokens, whether it failed."""
    for path in sorted(folder.iterdir()):
        name = path.name.split(".")[0]
        with gzip.open(path, "rt") as file:
            if name.startswith("llmperf"):
                rows = [json.loads(line) for line in file]
                values = [((row.get("end_to_end_latency_s") or 0) * 1000 or None, row.get("number_output_tokens"), row.get("error_code") not in (None, -100)) for row in rows]
            elif name.startswith("azure_llm"):
                values = [(20 * float(row["GeneratedTokens"]) + 0.05 * float(row["ContextTokens"]), float(row["GeneratedTokens"]), False) for row in csv.DictReader(file)]
            elif name.startswith("azure_vm"):
                values = [(float(line), None, False) for line in file if line.strip()]
            elif name.startswith("mooncake"):
                values = [(20.0 * row["output_length"] + 0.05 * row["input_length"], row["output_length"], False) for row in map(json.loads, file)]
            elif name.startswith("loghub"):
                values = [(float(row["seconds"]) * 1000, float(row["len"]), int(row["status"]) >= 500) for row in csv.DictReader(file)]
            else:
                continue
        yield name, values


def judged(items: list[Item], alpha: float = 0.05) -> Judge:
    judge = Judge(PLAN, alpha, 50)
    judge.take(items)
    return judge
