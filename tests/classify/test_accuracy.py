"""The shipped model on public prompts it never saw; floors a little below what was measured."""

import gzip
import json
import os

import pytest

from llmops_cli.classify import evaluation
from llmops_cli.classify.local import Model
from llmops_cli.classify.snippet import snippet

DATA = os.environ.get("LLMOPS_TEST_DATA", "")


@pytest.mark.skipif(not DATA, reason="$LLMOPS_TEST_DATA is not set")
def test_accuracy_on_public_prompts():
    model, outcomes = Model.load(), []
    with gzip.open(os.path.join(DATA, "taxonomy", "taxonomy_dev.jsonl.gz"), "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            verdict = model.classify(snippet(row))
            outcomes.append(evaluation.Outcome(row["label"], verdict.label, verdict.confidence))
    found = evaluation.report(outcomes, model.labels)
    half = next(one["accuracy"] for one in found["coverage"] if one["share"] == 0.5)
    assert found["accuracy"] >= 0.67 and found["macro_f1"] >= 0.63
    assert found["calibration_error"] <= 0.08 and half >= 0.80
