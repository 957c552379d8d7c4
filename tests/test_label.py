"""`llmops label` from outside, at a terminal of its own; the loop and the file from inside."""

import json
import os
import pty
import select
import time
from random import Random

import pytest

from llmops_cli.classify import annotation
from llmops_cli.classify.annotation import Labels, Offer
from llmops_cli.classify.snippet import masked
from llmops_cli.errors import UserError

ROWS = [{"text": "Translate this into German: thank you for your mail to ann@example.org"}, {"text": "hmm well whatever then"},
        {"messages": [{"role": "user", "content": "what about \x1b[31mthat thing"}, {"role": "assistant", "content": "Which thing?"}]}]


@pytest.fixture
def rows(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


def typed(start, keys, *args):
    """What `label` at a terminal of its own said, and its exit status; each key is typed when the last screen is there."""
    ours, theirs = pty.openpty()
    process = start("label", *args, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    seen, keys, deadline = b"", list(keys), time.monotonic() + 30
    try:
        while time.monotonic() < deadline:
            if not select.select([ours], [], [], 0.2)[0]:
                continue
            try:
                part = os.read(ours, 4096)
            except OSError:         # how Linux says that the other end is closed
                part = b""
            if not part:
                break
            before, seen = seen.count(b"q quit"), seen + part
            for _ in range(seen.count(b"q quit") - before):
                if keys:
                    os.write(ours, keys.pop(0).encode())
        return seen.decode().replace("\r\n", "\n"), process.wait(10)
    finally:
        os.close(ours)


def written(tmp_path, name="labels.jsonl"):
    path = tmp_path / name
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_least_certain_first_a_key_each_and_texts_without_persons(start, rows, tmp_path):
    seen, status = typed(start, ["0", "3", "\n"], rows)
    assert status == 0 and "3 labels added to labels.jsonl" in seen
    found = written(tmp_path)
    assert [row["label"] for row in found] == ["Other/Unknown", "Research/Synthesis", "Translation/Tone"]
    assert found[-1]["text"] == "Translate this into German: thank you for your mail to [EMAIL]"
    assert "ann@" not in seen and "\x1b[31m" not in seen and "Which thing" not in seen
    assert all(row.keys() == {"text", "label"} for row in found)


def test_undo_skip_arrows_and_going_on_later(start, rows, tmp_path):
    seen, status = typed(start, ["1", "u", "\x1b[A#4", "s", "q"], rows, "-o", "mine.jsonl")
    assert status == 0 and "taken back" in seen and "skipped" in seen and "1 label added" in seen
    assert [row["label"] for row in written(tmp_path, "mine.jsonl")] == ["Ideation/Planning"]
    seen, status = typed(start, ["2", "2"], rows, "-o", "mine.jsonl")
    assert "2 to go" in seen and len(written(tmp_path, "mine.jsonl")) == 3
    seen, status = typed(start, [], rows, "-o", "mine.jsonl")
    assert status == 0 and "every text has its label" in seen


def test_labels_of_a_taxonomy_and_texts_as_they_are(start, rows, tmp_path):
    (tmp_path / "labels.toml").write_text('[[label]]\nname = "Language"\nexamples = ["translate it"]\n[[label]]\nname = "Rest"\nexamples = ["well"]\n')
    seen, status = typed(start, ["2", "2", "1"], rows, "--taxonomy", "labels.toml", "--no-sanitize", "-q")
    assert status == 0 and "1 Language" in seen and {row["label"] for row in written(tmp_path)} == {"Language", "Rest"}
    assert any("ann@example.org" in row["text"] for row in written(tmp_path))


def test_bad_lines_are_rejected(start, rows, tmp_path):
    rows.write_text('{"text": "hm"}\nnonsense\n{"n": 1}\n')
    seen, status = typed(start, ["q"], rows)
    assert status == 3 and "rows.jsonl:2" in seen and "2 lines rejected" in seen


def test_what_is_written_can_be_learned(start, llmops, rows, tmp_path):
    typed(start, ["1", "2", "6"], rows)
    done = llmops("train", "labels.jsonl", "-o", "ours.model")
    assert done.status == 0, done.err


@pytest.mark.parametrize("args, message", [
    (("rows.jsonl",), "standard input is no terminal"), (("-",), "standard input is no terminal"), ((), "FILE"), (("rows.jsonl", "--nope"), "unknown option")])
def test_refusals_off_a_terminal(llmops, rows, args, message):
    done = llmops("label", *args, stdin=b"1")
    assert done.status == 2 and message in done.err and not done.out


@pytest.mark.parametrize("args, message", [
    (["-"], "cannot come from standard input"), (["nowhere.jsonl"], "No such file"), (["rows.jsonl", "-o", "-"], "needs a file that grows"),
    (["rows.jsonl", "-o", "no/such/labels.jsonl"], "no/such/labels.jsonl: cannot be written: No such file or directory\n  hint: there is no such folder: make it first"), (["rows.jsonl", "-o", "."], "cannot be read"),
    (["rows.jsonl", "-o", "rows.jsonl"], "rows.jsonl:1"), (["rows.jsonl", "--model", "rows.jsonl"], "not a model")])
def test_refusals_at_a_terminal(start, rows, tmp_path, args, message):
    rows.write_text('{"query": "hm"}\n')
    seen, status = typed(start, ["1"], *args)
    assert status == 2 and message in seen


# From inside ----------------------------------------------------------------------------------------------------------

def test_any_keys_leave_what_a_list_would_hold(tmp_path):
    """Random answers, skips and undoings: the file holds what a plain list of them would."""
    labels = ["a", "b", "c"]
    for seed in range(60):
        random, path = Random(seed), str(tmp_path / f"{seed}.jsonl")
        offers = [Offer(f"text {number}", random.choice([*labels, "other"]), 0.5) for number in range(12)]
        given, at, plan = [], 0, []
        while at < len(offers):
            key = random.choice("123\nsu#9")
            plan.append(key)
            if key in "123" or key == "\n" and offers[at].guess in labels:
                given.append((offers[at].text, labels[int(key) - 1] if key != "\n" else offers[at].guess))
                at += 1
            elif key == "s":
                given.append(None)
                at += 1
            elif key == "u" and given:
                given.pop()
                at -= 1
        count = annotation.ask(offers, labels, Labels(path), iter(plan).__next__, lambda text: None)
        expected = [row for row in given if row]
        found = [(row["text"], row["label"]) for row in map(json.loads, open(path))] if os.path.exists(path) else []
        assert found == expected and count == len(expected)


def test_a_torn_line_is_told_and_a_missing_line_end_mended(tmp_path):
    path = tmp_path / "labels.jsonl"
    path.write_text('{"text": "a", "label": "x"}')
    Labels(str(path)).add("b", "y")
    assert path.read_text() == '{"text": "a", "label": "x"}\n{"text": "b", "label": "y"}\n'
    for torn in ('{"text": "b"', '{"text": ' + "[" * 100_000):
        path.write_text('{"text": "a", "label": "x"}\n' + torn)
        with pytest.raises(UserError, match="not a"):
            Labels(str(path))


def test_two_sessions_do_not_undo_each_other(tmp_path):
    path = str(tmp_path / "labels.jsonl")
    one, other = Labels(path), Labels(path)
    one.add("a", "x")
    with pytest.raises(UserError, match="somebody else"):
        other.add("b", "y")


def test_the_least_certain_come_first_and_once():
    offers = [Offer("b", "x", 0.5), Offer("a", "x", 0.2), Offer("c", "x", 0.5), Offer("a", "x", 0.2)]
    assert [offer.text for offer in annotation.least_certain(offers, 10)] == ["a", "b", "c"]
    assert [offer.text for offer in annotation.least_certain(offers, 1)] == ["a"]


def test_personal_data_at_the_cut_is_found_before_it_is_cut():
    def mask(text):
        return text.replace("ann@example.org", "[EMAIL]")
    long = "x" * 190 + " ann@example.org"
    assert masked({"messages": [{"role": "user", "content": long}]}, mask, 8, 200).endswith(" [EMAIL]")
    assert "ann" not in masked({"text": "y" * 1593 + " ann@example.org"}, mask, 8, 200)
    assert masked({"n": 1}, mask, 8, 200) is None
    assert masked({"messages": None, "text": "hello ann@example.org"}, mask, 8, 200) == "hello [EMAIL]"


def test_more_labels_than_keys():
    with pytest.raises(UserError, match="34 labels"):
        annotation.keys_of([str(number) for number in range(34)])
