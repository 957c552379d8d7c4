"""Every figure of docs/classify.md, measured: two halves of the public prompts, each of our hands and each public source left
out, our own rows alone with the table of who is taken for whom. Some five minutes on one core.

    LLMOPS_TEST_DATA=... python3 tests/bench/classify_accuracy.py
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", ".."))
from llmops_cli.classify import corpus, evaluation, public_rows     # noqa: E402
from llmops_cli.classify.taxonomy import LABELS                     # noqa: E402
from tests.classify import measuring                                # noqa: E402


def say(title: str, outcomes: list[evaluation.Outcome]) -> None:
    found = evaluation.report(outcomes, LABELS)
    tenth = found["coverage"][0]["accuracy"]
    print(f"\n== {title}: {found['accuracy']:.3f} of {found['rows']:,}, macro-F1 {found['macro_f1']:.3f}, calibration error "
          f"{found['calibration_error']:.3f}, surest half {measuring.half_way(found):.3f}, surest tenth {tenth:.3f}")
    print("   " + ", ".join(f"{one['group']} {one['accuracy']:.3f} ({one['rows']:,})" for one in found["groups"]))
    print("   " + ", ".join(f"{one['label']} {one['precision']:.2f}/{one['recall']:.2f}" for one in found["labels"]), flush=True)


def table(outcomes: list[evaluation.Outcome]) -> None:
    """Who is taken for whom, as a table for docs/classify.md."""
    print("| is, down; taken for, across | " + " | ".join(label.split("/")[0].split(" ")[0] for label in LABELS) + " |")
    print("|---|" + "--:|" * len(LABELS))
    for truth in LABELS:
        given = [one.given for one in outcomes if one.truth == truth]
        print(f"| {truth} | " + " | ".join(f"{given.count(label):,}" for label in LABELS) + " |")


def part_of(record: dict) -> str:
    """A public source, with its kind where the kinds are few."""
    source, _, kind = record["source"].partition(":")
    return f"{source}:{kind}" if source in ("dolly", "arena_v2") else source


def main() -> None:
    own, prompts = corpus.read(), measuring.public_prompts()
    own_score = measuring.scores(own)
    contradicts = measuring.contradicts(own_score)
    asked = [(row["text"], row["label"], part_of(row)) for row in prompts]
    alone = list(measuring.outcomes(own_score, asked))
    say("our own rows alone, on the public prompts", alone)
    table(alone)
    halves = []
    for half in (0, 1):
        kept = public_rows.clean([row for row in prompts if measuring.half_of(row) != half], contradicts)
        halves += measuring.outcomes(measuring.scores(own, kept), [one for one, row in zip(asked, prompts) if measuring.half_of(row) == half])
    say("each half of the public prompts by a model of ours and the other half", halves)
    kept, sources = public_rows.clean(prompts, contradicts), []
    for source in sorted({row["source"].partition(":")[0] for row in prompts}):
        score = measuring.scores(own, [row for row in kept if not row["source"].startswith(source)])
        sources += measuring.outcomes(score, [one for one in asked if one[2].startswith(source)])
    say("each public source by a model of ours and the other sources", sources)
    hands = []
    for hand in corpus.hands():
        rest = [row for row in own if row.hand != hand]
        score = measuring.scores(rest, public_rows.clean(prompts, measuring.contradicts(measuring.scores(rest))))
        hands += [(one, row) for row in own if row.hand == hand for one in measuring.outcomes(score, [(row.text, row.label, hand)])]
    say("each of our hands by a model of the others and the public prompts", [one for one, _ in hands])
    say("the same by language", [one._replace(group=row.language) for one, row in hands])


if __name__ == "__main__":
    main()
