"""Lines of conversations through a labeller, as the pipeline uses it."""

import json

from llmops_cli.classify import intake, prompt, provider
from llmops_cli.llm.answers import Answer, Unanswered, Usage

TASK = prompt.task()


def job(put, **more):
    return provider.Job(TASK, "openai:m", intake.Reading(), put, lambda: [0] * 5, lambda: 4, **more)


def lines(count):
    return [b'{"text": "number %d"}' % number for number in range(count)]


def test_lines_come_back_labelled_in_order():
    def put(asked):
        number = int(asked.text.splitlines()[1].split()[1])
        if number == 7:
            raise Unanswered("too long")
        return Answer(json.dumps({"task_category": TASK.labels[number % 10], "confidence": 0.5}), Usage(1, 1))
    found = [json.loads(line) for line in provider.labeller(job(put))(iter(lines(50)))]
    assert [row["text"] for row in found] == [f"number {number}" for number in range(50)]
    assert [row["task_category"] for row in found if "error" not in row] == [TASK.labels[number % 10] for number in range(50) if number != 7]
    assert found[7]["error"] == "too long" and found[7]["task_category"] == "Other/Unknown"


def test_a_failure_of_the_provider_is_the_callers():
    def put(asked):
        raise KeyError("gone")
    try:
        list(provider.labeller(job(put))(iter(lines(5))))
    except KeyError:
        return
    raise AssertionError("it should have failed")
