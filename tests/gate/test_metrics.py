"""What may be asked for, and what cannot be understood."""

import pytest

from llmops_cli.errors import UserError
from llmops_cli.gate import metrics


@pytest.mark.parametrize("own, tolerances, skipped, said", [
    (["x"], {}, (), "--metric"), (["x=y"], {}, (), "--metric"), (["x=y:up"], {}, (), "--metric"),
    (["error=y:lower"], {}, (), "already"), (["a=y:lower", "a=z:lower"], {}, (), "already"),
    ([], {"eror": "1pt"}, (), "no metric"), ([], {"error": "1"}, (), "not a tolerance"), ([], {"error": "0pt"}, (), "not a tolerance"),
    ([], {"latency": "5pt"}, (), "per cent"), ([], {}, ("latensy",), "no metric"), ([], {}, metrics.NAMES, "no metric to compare"),
])
def test_what_cannot_be_understood_is_said(own, tolerances, skipped, said):
    with pytest.raises(UserError) as error:
        metrics.plan(own, tolerances, skipped)
    assert said in str(error.value)


def test_names_that_people_use_are_understood():
    plan = metrics.plan([], {"pii": "0.5pt", "p95": "25%", "error": "50%"}, ("cost",))
    assert [metric.name for metric in plan.metrics] == ["error", "refusal", "personal_data", "latency", "latency_p95", "length", "feedback"]
    assert str(plan.of("personal_data").tolerance) == "0.5pt"
    assert plan.of("error").tolerance.relative
