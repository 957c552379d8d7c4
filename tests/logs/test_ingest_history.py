"""Calls that carry their whole history: every message once, whatever the order and the repeats."""

import itertools
import json
import random

from llmops_cli.logs.formats.content import Message
from llmops_cli.logs.history import Call, History


def said(*texts):
    return [Message("user" if number % 2 == 0 else "assistant", text) for number, text in enumerate(texts)]


def conversation(words, *, opening="u", **keys):
    """The calls of a conversation in which each call repeats all that was said."""
    calls = []
    for turn in range(words):
        history = [text for before in range(turn) for text in (f"{opening}{before}", f"a{before}")] + [f"{opening}{turn}"]
        calls.append(Call(f"2026-03-02T08:00:{turn:02}Z", said(*history), [Message("assistant", f"a{turn}")], reply_id=f"{opening}-r{turn}",
                          reply={"model": "m", "input_tokens": 10 + turn, "output_tokens": 1}, **keys))
    return calls


def played(calls):
    history = History()
    events = [event for call in calls for event in history.events(call)]
    return events + history.rest()


def told(events):
    return sorted((event["conversation_id"], event["role"], event["content"], event.get("input_tokens", 0)) for event in events)


def test_each_message_once():
    events = played(conversation(4))
    assert [event["content"] for event in events] == ["u0", "a0", "u1", "a1", "u2", "a2", "u3", "a3"]
    assert len({event["conversation_id"] for event in events}) == 1
    assert all(event["conversation_inferred"] for event in events)
    assert len({event["message_id"] for event in events}) == 8


def test_any_order_and_any_repeats_give_the_same():
    for keys in ({}, {"conversation": "c-1"}, {"common": {"user_id": "u-1"}}):
        calls = conversation(4, **keys)
        expected = told(played(calls))
        for order in itertools.permutations(calls):
            assert told(played(list(order) + [order[0], order[2]])) == expected


def test_a_fallback_names_a_conversation_that_nothing_goes_before():
    calls = [call._replace(fallback=call.reply_id) for call in conversation(3)]
    assert {event["conversation_id"] for event in played(calls)} == {"u-r0"}
    assert {event["conversation_id"] for event in played(calls[::-1])} == {"u-r0"}


def test_conversations_that_begin_alike_are_told_apart_by_user_and_prompt():
    one, other = (Call("2026-03-02T08:00:00Z", said("Hi"), said("Hello")[:1], common={"user_id": user}, reply_id=user) for user in ("a", "b"))
    assert len({event["conversation_id"] for event in played([one, other])}) == 2
    prompts = [Call("2026-03-02T08:00:00Z", [Message("system", text)] + said("Hi"), [], reply={"input_tokens": 1}, reply_id=text) for text in ("Be kind.", "Be rude.")]
    assert len({event["conversation_id"] for event in played(prompts)}) == 2


def test_a_prompt_that_tells_the_time_does_not_begin_anew():
    first, second = conversation(2)
    calls = [call._replace(messages=[Message("system", f"It is 08:0{number}.")] + call.messages) for number, call in enumerate((first, second))]
    events = played(calls)
    assert len({event["conversation_id"] for event in events}) == 1
    assert [event["content"] for event in events if event["role"] != "system"] == ["u0", "a0", "u1", "a1"]


def test_a_retry_counts_its_question_once_and_keeps_the_error():
    failed = Call("2026-03-02T08:00:00Z", said("Hi"), [], fallback="q-1", reply_id="q-1", reply={"model": "m", "error": "ThrottlingException"})
    answered = Call("2026-03-02T08:00:05Z", said("Hi"), [Message("assistant", "Hello")], fallback="q-2", reply_id="q-2", reply={"input_tokens": 3})
    events = played([failed, answered, failed, answered])
    assert [(event["role"], event["content"]) for event in events] == [("user", "Hi"), ("assistant", ""), ("assistant", "Hello")]
    assert len({event["conversation_id"] for event in events}) == 1


def test_the_same_answer_under_another_id_was_paid_for_again():
    calls = [Call("2026-03-02T08:00:00Z", said("Hi"), [Message("assistant", "Hello")], "c", reply_id=f"r{number}", reply={"input_tokens": 3}) for number in range(3)]
    assert sum(event.get("input_tokens", 0) for event in played(calls)) == 9


def test_many_conversations_mixed():
    chance = random.Random(5)
    conversations = [conversation(chance.randint(1, 5), opening=f"q{number}-", common={"user_id": f"u{number % 3}"}) for number in range(40)]
    calls = [call for one in conversations for call in one]
    expected = told(played(calls))
    assert len(expected) == 2 * len(calls)
    chance.shuffle(calls)
    assert told(played(calls)) == expected
    assert json.dumps(expected)
