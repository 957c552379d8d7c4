"""Lines of conversations through a labeller, as the pipeline uses it."""

import json
import threading

import pytest

from llmops_cli.classify import intake, prompt, provider
from llmops_cli.errors import UserError
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


@pytest.mark.parametrize("most", [2, 0])
def test_a_system_that_gives_few_threads_or_none(monkeypatch, most):
    started, start = [], threading.Thread.start

    def limited(thread):
        if len(started) == most:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)
    monkeypatch.setattr(threading.Thread, "start", limited)
    found = provider.labeller(job(lambda asked: Answer(json.dumps({"task_category": TASK.labels[0]}), Usage(1, 1))))(iter(lines(50)))
    if most:
        assert len(list(found)) == 50
    else:
        with pytest.raises(UserError, match="no thread"):
            list(found)
