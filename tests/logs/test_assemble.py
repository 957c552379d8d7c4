"""Events to conversations: the laws that hold for any input, order and memory."""

import json
import random
from datetime import datetime, timedelta, timezone
from itertools import groupby

import pytest

from llmops_cli.logs import spill
from llmops_cli.logs.assemble import Assembler
from llmops_cli.records import Calendar, utc_stamp

BEGIN = datetime(2026, 1, 1, tzinfo=timezone.utc)


def event(conversation: str | None = "c", second: float = 0, **keys) -> dict:
    made = {"event_time": utc_stamp(BEGIN + timedelta(seconds=second)), "role": "user", "content": "hello", **keys}
    return {**made, "conversation_id": conversation} if conversation is not None else made


def assembled(events: list[dict], **options) -> list[dict]:
    return [json.loads(line) for line in lines(events, **options)[0]]


def lines(events: list[dict], zone: str = "UTC", **options) -> tuple[list[bytes], int, int]:
    """The lines, how many events were taken, how many were repeats."""
    assembler = Assembler(Calendar(zone), **options)
    for one in events:
        assembler.add(one, json.dumps(one).encode())
    found = [conversation.line() for conversation in assembler.conversations()]
    return found, assembler.events, assembler.repeated


def random_events(seed: int, number: int = 1500) -> list[dict]:
    """Events with everything that makes grouping hard: equal times, repeats, fractions, zones, missing ids."""
    pick = random.Random(seed)
    made = []
    for place in range(number):
        one = event(pick.choice([None, "", *(f"c{pick.randrange(60)}" for _ in range(6))]), pick.randrange(4000),
                    role=pick.choice(("user", "assistant", "system", "tool")), content=pick.choice(("yes", "no", "żółć " * pick.randrange(30))),
                    user_id=pick.choice((None, "u1", "u2", 7)), team=pick.choice((None, "Sales", "Support")), place=place)
        if pick.random() < 0.7:
            one["message_id"] = f"m{pick.randrange(30)}"
        if pick.random() < 0.2:
            one["event_time"] = one["event_time"].replace("Z", pick.choice((".5Z", ".500Z", "+00:00", ".000001Z")))
        made.append(one)
    return made


def test_the_parts_of_a_conversation():
    found = assembled([
        event("c1", 5, role="assistant", content="hi", message_id="m2", team="Support", user_id="u1"),
        event("c1", 0, message_id="m1", extra={"kept": 10 ** 39}),
        event("c1", 5, role="system", content="hi", message_id="m3"),
        event("c1", 9, role="assistant", content="again", message_id="m2"),
    ])
    assert found == [{
        "conversation_id": "c1", "team": "Support", "user_id": "u1", "date": "2026-01-01", "started_at": "2026-01-01T00:00:00Z",
        "ended_at": "2026-01-01T00:00:05Z", "turn_count": 2, "messages": found[0]["messages"]}]
    assert [message["message_id"] for message in found[0]["messages"]] == ["m1", "m2", "m3"]
    assert found[0]["messages"][0]["extra"] == {"kept": 10 ** 39}


def test_times_are_compared_as_times():
    stamps = ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00.25+01:00", "2026-01-01 00:00:00.5", "2026-01-01T00:00:01Z", "2025-12-31T18:30:02-05:30"]
    shuffled = [event("c", content=str(number), event_time=stamp) for number, stamp in enumerate(stamps)]
    random.Random(1).shuffle(shuffled)
    [found] = assembled(shuffled)
    assert [message["content"] for message in found["messages"]] == list("01234")
    assert (found["started_at"], found["ended_at"]) == ("2026-01-01T00:00:00Z", "2026-01-01T00:00:02Z")


@pytest.mark.parametrize("stamp, begun", [
    ("2026-01-05 13:00:00Z", "2026-01-05T13:00:00Z"), ("2026-W02-1T13:00:00Z", "2026-01-05T13:00:00Z"), ("20260105T130000.123Z", "2026-01-05T13:00:00.123Z"),
    ("2026-01-05T13:00Z", "2026-01-05T13:00:00Z"), ("2026-01-05T1300Z", "2026-01-05T13:00:00Z"), ("2026-01-05T13:00:00,5Z", "2026-01-05T13:00:00.5Z"),
])
def test_other_ways_to_write_a_time_in_utc_sort_with_the_rest(stamp, begun):
    around = [event("c", content=name, event_time=f"2026-01-05T{hour}:00:00Z") for name, hour in (("before", 12), ("after", 14))]
    [found] = assembled([event("c", content="at", event_time=stamp), *around])
    assert [message["content"] for message in found["messages"]] == ["before", "at", "after"]
    assert assembled([event("c", event_time=stamp)])[0]["started_at"] == begun


@pytest.mark.parametrize("zone, date", [("UTC", "2026-01-01"), ("America/New_York", "2025-12-31"), ("+05:30", "2026-01-01")])
def test_the_date_is_that_of_the_first_event_in_the_zone(zone, date):
    assert assembled([event("c", 90_000), event("c", 0)], zone=zone)[0]["date"] == date


def test_repeats_fall_within_a_conversation_only():
    twice = [event("c1", 0, message_id="m"), event("c2", 0, message_id="m"), event("c1", 1, message_id="m", content="changed")]
    assert [len(one["messages"]) for one in assembled(twice)] == [1, 1]
    plain = [event("c1", 0), event("c1", 0), event("c1", 0, content="other"), event("c1", 0, role="assistant"), event("c1", 1)]
    found, events, repeated = lines(plain)
    assert (len(json.loads(found[0])["messages"]), events, repeated) == (4, 5, 1)


def test_silence_ends_a_conversation_without_an_id():
    seconds = [0, 1800, 3600, 5401, 5402]
    found = assembled([event(None, second, user_id=user) for second in seconds for user in ("u1", "u2")])
    assert [(one["user_id"], len(one["messages"]), one["conversation_inferred"]) for one in found] == \
        [(user, number, True) for number in (3, 2) for user in sorted(("u1", "u2"), key=lambda user: ids(found)[user, number])]
    assert len({one["conversation_id"] for one in found}) == 4
    assert [len(one["messages"]) for one in assembled([event(None, second) for second in seconds], gap=60)] == [1, 1, 1, 2]
    assert [len(one["messages"]) for one in assembled([event("c", second) for second in seconds], gap=60)] == [5]


def ids(found: list[dict]) -> dict:
    return {(one["user_id"], len(one["messages"])): one["conversation_id"] for one in found}


def test_turns_are_a_question_with_what_follows_it():
    roles = ["system", "user", "user", "assistant", "tool", "assistant", "user", "assistant", "user"]
    found = assembled([event("c", second, role=role) for second, role in enumerate(roles)], turns=True)
    assert [(one["turn"], [message["role"] for message in one["messages"]]) for one in found] == \
        [(1, ["system"]), (2, ["user", "user", "assistant", "tool", "assistant"]), (3, ["user", "assistant"]), (4, ["user"])]


@pytest.mark.parametrize("options", [{}, {"turns": True}, {"gap": 60.0}], ids=str)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_memory_changes_nothing(seed, options):
    events = random_events(seed)
    whole = lines(events, **options)
    assert whole[2] > 50 and len(whole[0]) > 60
    for memory in (1, 100_000, 400_000, 512 << 20):
        assert lines(events, memory=memory, **options) == whole


def test_turns_that_begin_at_one_moment_are_in_their_order_whatever_the_memory():
    events = [event("c", 0, role=role, content=str(number)) for number in range(30) for role in ("user", "assistant")]
    whole = lines(events, turns=True)
    assert [json.loads(line)["turn"] for line in whole[0]] == list(range(1, 31))
    assert lines(events, turns=True, memory=1) == whole


def test_nothing_is_lost_and_all_is_in_order():
    events = random_events(4)
    found, taken, repeated = lines(events)
    conversations = [json.loads(line) for line in found]
    assert taken == len(events) == sum(len(one["messages"]) for one in conversations) + repeated
    places = [message["place"] for one in conversations for message in one["messages"]]
    assert len(set(places)) == len(places)
    everything = b"\n".join(found)
    assert all(json.dumps(events[place]).encode() in everything for place in places)
    keys = [(datetime.fromisoformat(one["started_at"]), one["conversation_id"]) for one in conversations]
    assert keys == sorted(keys)
    for one in conversations:
        order = [(datetime.fromisoformat(message["event_time"]), message["place"]) for message in one["messages"]]
        assert order == sorted(order)


def test_the_order_of_the_input_matters_only_among_equal_times():
    pick = random.Random(9)
    events = [event(f"c{pick.randrange(40)}", second / 4, message_id=f"m{second}", role=pick.choice(("user", "assistant"))) for second in range(900)]
    whole = lines(events)
    for _ in range(4):
        pick.shuffle(events)
        assert lines(events) == whole and lines(events, memory=1) == whole


def test_assembling_what_was_assembled_changes_nothing():
    found, _, _ = lines(random_events(6))
    again = [message for line in found for message in json.loads(line)["messages"]]
    inferred = {line for line in found if b'"conversation_inferred"' in line}
    assert set(lines(again)[0]) - inferred == set(found) - inferred


def test_a_giant_conversation_takes_few_files_and_little_memory(monkeypatch):
    pick = random.Random(8)
    events = [event("giant", second, message_id=f"m{second}", content="x" * 200) for second in range(6000)]
    events += [event(f"c{number}", number, message_id="m") for number in range(50)]
    events += events[::100]
    pick.shuffle(events)
    whole = lines(events)
    monkeypatch.setattr(spill, "SMALLEST_PART", 10_000)     # a thousandth of what it is: many parts, merged several times over
    monkeypatch.setattr(spill, "FULL", 4)
    opened = []
    made = spill.tempfile.TemporaryFile
    monkeypatch.setattr(spill.tempfile, "TemporaryFile", lambda *args, **keys: opened.append(made(*args, **keys)) or opened[-1])
    assembler = Assembler(Calendar(), memory=1)
    for one in events:
        assembler.add(one, json.dumps(one).encode())
    found = []
    most = 0
    for conversation in assembler.conversations():
        most = max(most, sum(not file.closed for file in opened))
        found.append(conversation.line())
    assert (found, assembler.events, assembler.repeated) == whole
    assert len(opened) > 100 and most <= 2 * spill.BUCKETS


@pytest.mark.parametrize("expected", [0, 1 << 20, 1 << 40])
def test_the_size_of_the_input_changes_nothing_but_the_way(expected):
    events = random_events(9)
    assert lines(events, expected=expected) == lines(events)


def test_ids_that_are_hard_to_write():
    found = assembled([event("\ud800", 0, user_id="\ud801"), event('"\\\n', 1), event("ü雪", 2), event(7, 3), event("7", 4)], memory=1)
    assert [one["conversation_id"] for one in found] == ["\ud800", '"\\\n', "ü雪", "7"]
    assert [key for key, _ in groupby(len(one["messages"]) for one in found)] == [1, 2]
