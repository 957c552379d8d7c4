"""How often a harmless release is rolled back, how soon a harmful one, how often a good one is kept. From seeds.

    python3 tests/bench/gate/simulate.py [false|found|keep|before] [RUNS] [SEED] [CASE]

Evidence is taken each time the number of replies has grown by 5 %: 95 looks at 10,000 replies, more than 50. A roll back at
any of them counts, and the run ends there. CASE: only what has this word in its name. Shares come with the range that
chance leaves at 95 % (Wilson). Real traces need $LLMOPS_TEST_DATA.
"""

import os
import random
import sys
from math import sqrt
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import made  # noqa: E402
from made import World  # noqa: E402

HARMS = (
    ("error 1 -> 3 %", World(error=(0.01, 0.03)), 2500),
    ("error, refusals 3 -> 5 %, latency +20 %", World(error=(0.01, 0.03), refusal=(0.03, 0.05), latency=(1, 1.2)), 800),
    ("latency +20 %", World(latency=(1, 1.2)), 1500),
    ("cost +30 %", World(cost=(1, 1.3)), 3000),
    ("personal data 0.1 -> 1 %", World(personal=(0.001, 0.01)), 3000),
)


def real() -> list:
    folder = os.environ.get("LLMOPS_TEST_DATA")
    return list(made.traces(Path(folder, "traces"))) if folder else []


def share(hits: int, runs: int) -> str:
    """`3 of 200 (1.5 %, 0.5 to 4.3 %)`: the range is Wilson's."""
    middle, width = (hits + 1.92) / (runs + 3.84), 1.96 * sqrt(hits * (runs - hits) / runs + 0.96) / (runs + 3.84)
    return f"{hits:4} of {runs} ({hits / runs:.1%}, {max(0.0, middle - width):.1%} to {min(1.0, middle + width):.1%})"


def decided(items: list):
    """The moment at which the items were enough to roll back, None when they never were."""
    judge = made.Judge(made.PLAN, 0.05, 50)
    for begin in range(0, len(items), 500):
        judge.take(items[begin:begin + 500])
        if judge.decided:
            break
    return judge.decided


def harmless() -> list:
    worlds = [("independent", made.independent), ("independent, 10 % canary", lambda pick, n: made.independent(pick, n, World(share=0.1))),
              ("bursts of 5 errors", made.bursts(5)), ("bursts of 20", made.bursts(20)), ("bursts of 20 on both sides", made.bursts(20, True)),
              ("latency with memory of 5 replies", made.autocorrelated(5)), ("memory of 20", made.autocorrelated(20)), ("memory of 100", made.autocorrelated(100)),
              ("300 users", made.by_user(300)), ("60 users", made.by_user(60)), ("growing share, growing load", made.ramp)]
    return worlds + [(f"real, split: {name}", made.split_of(values)) for name, values in real() if len(values) >= 1000]


def false_alarms(runs: int, seed: int, worlds: list, n: int = 10_000) -> None:
    for name, world in worlds:
        blamed: dict[str, int] = {}
        alarms = 0
        for run in range(runs):
            moment = decided(world(random.Random(seed + run), n))
            alarms += moment is not None
            for metric in moment.harmful if moment else ():
                blamed[metric] = blamed.get(metric, 0) + 1
        print(f"{name:42} rolled back {share(alarms, runs)}  {' '.join(f'{metric} {count}' for metric, count in sorted(blamed.items()))}", flush=True)


def found(runs: int, seed: int, case: str) -> None:
    for name, world, by in HARMS:
        if case not in name:
            continue
        at = sorted(moment.n[1] if (moment := decided(made.independent(random.Random(seed + run), 2 * by, world))) else 10 ** 9 for run in range(runs))
        hits = sum(n < 10 ** 9 for n in at)
        tenth = at[min(runs - 1, runs * 9 // 10)]
        print(f"{name:42} found by {by:,} a side in {share(hits, runs)}, half by {at[runs // 2]:,}, nine tenths by {f'{tenth:,}' if tenth < 10 ** 9 else 'later'}", flush=True)


def keep(runs: int, seed: int) -> None:
    for n, expected in ((60, "cannot_tell"), (10_000, ""), (40_000, "keep")):
        verdicts = [made.judged(made.independent(random.Random(seed + run), n)).verdict().verdict for run in range(runs)]
        print(f"nothing changed, {n // 2:,} a side{'':20} " + ", ".join(f"{word} {verdicts.count(word)}" for word in ("keep", "cannot_tell", "roll_back")) + f" of {runs}" + (f" (asked for: {expected})" if expected else ""), flush=True)


def main() -> None:
    what = sys.argv[1] if len(sys.argv) > 1 else "all"
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    case = sys.argv[4] if len(sys.argv) > 4 else ""
    if what in ("found", "all"):
        found(runs, seed, case)
    if what in ("keep", "all"):
        keep(max(1, runs // 5), seed)
    if what in ("false", "all"):
        false_alarms(runs, seed, [one for one in harmless() if case in one[0]])
    if what in ("before", "all"):
        false_alarms(runs, seed, [(f"before and after: {name}", made.halves_of(values)) for name, values in real() if len(values) >= 400 and case in name], 4000)


if __name__ == "__main__":
    main()
