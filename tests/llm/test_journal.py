"""What survives a death: the journal line by line, the rows of an output, the money that was spent."""

import json
import os
import random
import threading
import time

import pytest

from llmops_cli.classify import intake, prompt, provider
from llmops_cli.classify.recovery import Checkpoint, Recovery, beside, labelled_prefix
from llmops_cli.classify.replies import Judgement
from llmops_cli.errors import UserError
from llmops_cli.jsonl import Reader, Rejects
from llmops_cli.llm.answers import Answer, Usage
from llmops_cli.llm.budget import Budget, Spent
from llmops_cli.llm.cache import Cache, digest
from llmops_cli.llm.journal import Journal
from llmops_cli.storage import open_source

JOB = {"model": "openai:m"}


def test_records_come_back_in_order(tmp_path):
    journal = Journal(str(tmp_path / "j"))
    places = [journal.append({"rows": [[number, "x" * (number % 700)]]}) for number in range(2000)]
    assert [(offset, record["rows"][0][0]) for offset, record in journal.records()] == list(zip(places, range(2000)))
    assert journal.at(places[7])["rows"][0][0] == 7 and journal.last(b'{"rows"')["rows"][0][0] == 1999
    assert [record["rows"][0][0] for _, record in journal.records(places[1990])] == list(range(1990, 2000))
    assert journal.last(b'{"other"') is None
    assert os.stat(tmp_path / "j").st_mode & 0o077 == 0


def test_half_a_line_is_cut_away_wherever_a_process_died(tmp_path):
    path = tmp_path / "j"
    journal = Journal(str(path))
    for number in range(50):
        journal.append({"n": number})
    journal.close()
    whole = path.read_bytes()
    for size in random.Random(3).sample(range(len(whole)), 40):
        path.write_bytes(whole[:size])
        journal = Journal(str(path))
        count = whole[:size].count(b"\n")
        assert [record["n"] for _, record in journal.records()] == list(range(count))
        journal.append({"n": count})
        assert journal.last(b'{"n"') == {"n": count}
        journal.close()


def test_a_long_record_is_found_from_the_end(tmp_path):
    journal = Journal(str(tmp_path / "j"))
    journal.append({"rows": "y" * 300_000})
    journal.append({"other": "z" * 200_000})
    assert len(journal.last(b'{"rows"')["rows"]) == 300_000 and len(journal.at(0)["rows"]) == 300_000


def test_only_one_process_at_a_time(tmp_path):
    first = Journal(str(tmp_path / "j"))
    with pytest.raises(UserError, match="another process"):
        Journal(str(tmp_path / "j"))
    first.close()
    Journal(str(tmp_path / "j")).close()


def begin(path, resume=False, **more):
    return Recovery(str(path), JOB, lambda: 0.0, resume=resume, **more)


def leave(recovery):
    """As a death leaves it: nothing is closed in order."""
    recovery._rows.flush()
    recovery._journal.close()


def test_a_run_goes_on_from_its_checkpoint_and_its_answers(tmp_path):
    recovery = begin(tmp_path / "out")
    note = recovery.answer([[0, "m0", "A", 0.5, ""], [2, "m2", "C", 0.7, "why"]], [2, 0, 20, 4, 9])
    recovery.write(b"row 0\n")
    recovery.checkpoint(Checkpoint(1, 1, 0, 11, 0, 0, note), [2, 0, 20, 4, 9])
    recovery.answer([[1, "m1", "B", 0.6, ""]], [3, 0, 30, 6, 12])
    recovery.write(b"row 1\n")
    leave(recovery)
    with pytest.raises(UserError, match="did not finish"):
        begin(tmp_path / "out")
    again = begin(tmp_path / "out", resume=True)
    assert again.start.rows == 1 and again.start.size == 6 and again.spent == [3, 0, 30, 6, 12]
    assert again.answered(0, "m0") is None and again.answered(1, "m1")[0] == Judgement("B", 0.6, "")
    assert again.answered(2, "m2")[0] == Judgement("C", 0.7, "why") and again.answered(2, "another text") is None and again.answered(3, "m3") is None
    again.write(b"row 1\n")
    again.finish(Checkpoint(2, 2, 0, 22, 0, 0, -1), [3, 0, 30, 6, 12])
    assert (tmp_path / "out").read_bytes() == b"row 0\nrow 1\n" and os.listdir(tmp_path) == ["out"]


def test_rows_without_a_label_are_not_passed_over(tmp_path):
    recovery = begin(tmp_path / "out")
    recovery.answer([[0, "m0", "A", 0.5, ""]], [1, 0, 0, 0, 0])
    for rows, failed in ((1, 0), (2, 1), (3, 1)):
        recovery.write(b"r\n")
        recovery.checkpoint(Checkpoint(rows, rows, 0, 0, failed, 0, -1), [1, 0, 0, 0, 0])
    leave(recovery)
    assert begin(tmp_path / "out", resume=True).start.rows == 1


def test_rows_that_are_lost_are_made_again(tmp_path):
    recovery = begin(tmp_path / "out")
    recovery.answer([[0, "m0", "A", 0.5, ""]], [1, 0, 0, 0, 0])
    recovery.write(b"row 0\n")
    recovery.checkpoint(Checkpoint(1, 1, 0, 0, 0, 0, -1), [1, 0, 0, 0, 0])
    leave(recovery)
    os.truncate(beside(str(tmp_path / "out"))[1], 2)
    again = begin(tmp_path / "out", resume=True)
    assert again.start.rows == 0 and again.answered(0, "m0")[0].label == "A"


def test_another_job_or_another_input_is_refused(tmp_path):
    recovery = begin(tmp_path / "out")
    recovery.answer([[0, "m0", "A", 0.5, ""]], [1, 0, 0, 0, 0])
    recovery.checkpoint(Checkpoint(1, 1, 0, 12345, 0, 0, -1), [1, 0, 0, 0, 0])
    leave(recovery)
    with pytest.raises(UserError, match="its model differs"):
        Recovery(str(tmp_path / "out"), {"model": "other"}, lambda: 0.0, resume=True)


def test_a_journal_in_which_nothing_was_paid_is_no_obstacle(tmp_path):
    leave(begin(tmp_path / "out"))
    recovery = begin(tmp_path / "out")
    assert recovery.start.rows == 0 and recovery.abandoned() and os.listdir(tmp_path) == []


def test_a_death_between_the_last_move_and_its_notice(tmp_path):
    recovery = begin(tmp_path / "out")
    recovery.answer([[0, "m0", "A", 0.5, ""]], [1, 0, 0, 0, 0])
    recovery.write(b'{"a": 1, "task_category": "A"}\n')
    recovery.checkpoint(Checkpoint(1, 1, 0, 0, 0, 0, -1, True), [1, 0, 0, 0, 0])
    leave(recovery)
    os.replace(beside(str(tmp_path / "out"))[1], tmp_path / "out")
    assert begin(tmp_path / "out", resume=True).amends


def test_how_far_a_finished_output_stands(tmp_path):
    lines = [json.dumps({"text": f"t{number}"}).encode() + b"\n" for number in range(5)]
    rows = [line[:-2] + b', "task_category": "A", "confidence": 1}\n' for line in lines]
    failed = lines[3][:-2] + b', "task_category": "Other/Unknown", "confidence": 0, "error": "x"}\n'
    (tmp_path / "in").write_bytes(b"".join(lines))

    def prefix(*rows):
        (tmp_path / "out").write_bytes(b"".join(rows))
        return labelled_prefix([str(tmp_path / "in")], str(tmp_path / "out"))
    assert prefix(*rows).whole and prefix(*rows).rows == 5
    assert prefix(*rows[:4]) == prefix(*rows[:4], rows[0])._replace() and not prefix(*rows[:4]).whole
    assert prefix(*rows[:3], failed, rows[4]).rows == 3 and prefix(rows[1]).rows == 0 and not prefix(*rows, rows[0]).whole


class Died(BaseException):
    """A death in the middle of a call."""


def test_whatever_dies_whenever_nothing_is_asked_twice_and_the_bytes_are_the_same(tmp_path):
    """Runs that die after some calls, the first rows held up for long: every text is paid for once, whatever the order."""
    task = prompt.task()
    (tmp_path / "in").write_bytes(b"".join(b'{"text": "number %d"}\n' % number for number in range(900)))
    for seed in range(3):
        dice, asked, output = random.Random(seed), [], str(tmp_path / f"out{seed}")
        for death, read in ((120, 900), (200, 400), (60, 900), (250, 500), (10 ** 9, 900)):
            calls, lock, texts = [0], threading.Lock(), iter(range(read))

            def put(question):
                text = question.text.splitlines()[1]
                with lock:
                    calls[0] += 1
                    if calls[0] >= death:
                        raise Died
                if text == "number 3" and death < 10 ** 9:
                    time.sleep(0.05)
                    raise Died
                if dice.random() < 0.02:
                    time.sleep(0.002)
                asked.append(text)
                return Answer(json.dumps({"task_category": task.labels[len(text) % 10], "confidence": 0.5}), Usage(1, 1))

            def mask(text):
                if next(texts, None) is None:
                    raise Died
                return text
            clock = iter(range(10 ** 9))
            recovery = Recovery(output, JOB, lambda: next(clock), resume=True)
            job = provider.Job(task, "openai:m", intake.Reading(mask=mask), put, lambda: [0] * 5, lambda: 3)
            try:
                provider.run(Reader([open_source(str(tmp_path / "in"))], Rejects(print)), job, print, recovery)
            except Died:
                leave(recovery)
        assert len(set(asked)) == 900 and len(asked) <= 900 + 4 * 3
        assert (tmp_path / f"out{seed}").read_bytes() == (tmp_path / "out0").read_bytes()


# Cache and budget -------------------------------------------------------------------------------------------------------

def test_the_cache_knows_exact_questions_only(tmp_path):
    cache = Cache(str(tmp_path / "c"))
    cache.put(digest("m", "is it allowed"), {"answer": ["A", 1.0, ""]})
    assert cache.get(digest("m", "is it allowed")) == {"answer": ["A", 1.0, ""]} and cache.get(digest("m", "is it not allowed")) is None
    cache.close()
    assert Cache(str(tmp_path / "c")).get(digest("m", "is it allowed"))
    assert b"allowed" not in b"".join(path.read_bytes() for path in (tmp_path / "c").iterdir())


def test_a_cache_that_is_none_is_an_error(tmp_path):
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "answers.sqlite").write_bytes(b"not a database, not at all" * 50)
    with pytest.raises(UserError, match="cache"):
        Cache(str(tmp_path / "c"))
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError):
        Cache(str(tmp_path / "file"))


def test_a_budget_is_never_passed_by_calls_that_cost_what_was_reserved():
    """Random costs up to what was reserved, from several threads: the sum never passes the limit, and little is left of it."""
    for seed in range(20):
        dice, budget, lock = random.Random(seed), Budget(10_000), threading.Lock()

        def work():
            while True:
                with lock:
                    cost = dice.randrange(1, 100)
                try:
                    budget.reserve(100)
                except Spent:
                    return
                assert budget._taken() <= 10_000
                budget.settle(100, cost)
        threads = [threading.Thread(target=work) for _ in range(4)]
        [thread.start() for thread in threads]
        [thread.join(10) for thread in threads]
        assert 9_900 < budget.spent <= 10_000


def test_what_may_have_been_paid_counts_against_the_limit_but_not_as_spent():
    budget = Budget(250)
    budget.reserve(100)
    budget.settle(100, 0, lost=100)
    budget.reserve(100)
    budget.settle(100, 40)
    assert budget.spent == 40
    budget.reserve(100)
    budget.settle(100, 100)
    with pytest.raises(Spent):
        budget.reserve(100)


def test_what_was_spent_before_counts():
    with pytest.raises(Spent):
        Budget(100, spent=90).reserve(20)
    Budget(None).reserve(10 ** 18)
