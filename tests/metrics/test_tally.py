"""What a conversation adds to a tally, and that tallies add up to the bit."""

import random
from decimal import ROUND_HALF_EVEN, Decimal

import pytest

from llmops_cli.metrics.tally import COUNTS, Tally
from llmops_cli.pii.detector import KINDS


def tally_of(*messages: dict, **keys) -> Tally:
    tally = Tally()
    tally.add({"messages": messages, **keys}, list(messages))
    return tally


@pytest.mark.parametrize("message, counted", [
    ({"role": "user", "content": "żółć 😀"}, {"turns": 1, "chars_user": 6}),
    ({"role": "assistant", "content": ""}, {"turns": 1, "replies": 1}),
    ({"role": "system", "content": "be kind"}, {}),
    ({"role": "tool", "content": "42", "latency_ms": 5}, {"latency": 1}),
    ({"role": "user", "content": ["parts"]}, {"turns": 1}),
    ({"role": "user"}, {"turns": 1}),
    ({"content": "who?"}, {}),
    ({"role": "assistant", "content": "x", "cost_usd": 0.5}, {"turns": 1, "replies": 1, "chars_assistant": 1, "nano_dollars": 500_000_000, "priced": 1}),
    ({"cost_usd": 0}, {"priced": 1}),
    ({"cost_usd": "0.5"}, {}),
    ({"cost_usd": True}, {}),
    ({"cost_usd": -1}, {}),
    ({"cost_usd": float("inf")}, {}),
    ({"cost_usd": 1e300}, {}),
    ({"cost_usd": 10 ** 400}, {}),
    ({"latency_ms": 0}, {"latency": 1}),
    ({"latency_ms": -1}, {}),
    ({"latency_ms": 1e308}, {}),
    ({"input_tokens": 7, "output_tokens": 3}, {"input_tokens": 7, "output_tokens": 3}),
    ({"input_tokens": 7.0, "output_tokens": -3}, {}),
    ({"input_tokens": 10 ** 400, "output_tokens": "3"}, {}),
    ({"error": "ThrottlingException"}, {"errors": 1}),
    ({"error": ""}, {}),
    ({"error": None, "feedback": "sideways"}, {}),
    ({"feedback": "up"}, {"feedback_up": 1}),
    ({"feedback": "down"}, {"feedback_down": 1}),
    ({"content": "[EMAIL] [EMAIL_2] [PHONE:9f2c] [ERROR] [TODO] [EMAIL ] EMAIL [SSN]x"}, {"leaks": 4}),
    ({"user_id": "u1"}, {"users": 1}),
    ({"user_id": 7}, {"users": 1}),
    ({"user_id": ""}, {}),
    ({"user_id": ["u1"]}, {}),
], ids=str)
def test_what_a_message_adds(message, counted):
    tally = tally_of(message)
    found = {name: getattr(tally, name) for name in COUNTS} | {"latency": tally.latency.count, "users": tally.users.count(), "leaks": sum(tally.leaks.values())}
    assert {name: number for name, number in found.items() if number} == {"conversations": 1, "messages": 1, **counted}


def test_every_kind_is_counted_by_its_name():
    tally = tally_of({"content": " ".join(f"[{kind}]" for kind in KINDS)})
    assert tally.leaks == dict.fromkeys(KINDS, 1)


def test_people_of_a_conversation_and_of_its_messages():
    assert tally_of({"user_id": "a"}, {"user_id": "b"}, {}, {"user_id": "a"}, {"user_id": 7}, {"user_id": "7"}, user_id="c").users.count() == 4


def test_money_is_exact():
    pick = random.Random(23)
    tally, exact = Tally(), Decimal(0)
    for _ in range(20_000):
        cost = pick.choice((round(pick.uniform(0, 10), 9), pick.uniform(0, 0.01), pick.randrange(5), 0.1, 0.0000164, 1e-9, 3e-10))
        tally.add({}, [{"role": "assistant", "cost_usd": cost}])
        exact += (Decimal(cost) * 10 ** 9).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
    assert tally.nano_dollars == exact
    assert Decimal(repr(tally.cost_usd)) == exact / 10 ** 9


def test_nobody_said_what_it_cost():
    assert tally_of({"role": "assistant"}).cost_usd is None and tally_of({"cost_usd": 0}).cost_usd == 0


def random_conversation(pick: random.Random) -> dict:
    messages = [{"role": pick.choice(("user", "assistant", "system")), "content": "[EMAIL] x" * pick.randrange(3), "user_id": f"u{pick.randrange(6000)}",
                 "cost_usd": pick.random(), "latency_ms": pick.lognormvariate(6, 1), "input_tokens": pick.randrange(500),
                 "error": pick.choice(("", "Timeout")), "feedback": pick.choice(("up", "down", None))} for _ in range(pick.randrange(1, 4))]
    return {"user_id": messages[0]["user_id"], "messages": messages}


def test_adding_is_the_same_in_any_order_and_any_parts():
    pick = random.Random(29)
    conversations = [random_conversation(pick) for _ in range(4000)]
    whole = Tally()
    for conversation in conversations:
        whole.add(conversation, conversation["messages"])
    assert not whole.users.exact        # the hard case
    for _ in range(3):
        pick.shuffle(conversations)
        parts = [Tally() for _ in range(7)]
        for conversation in conversations:
            pick.choice(parts).add(conversation, conversation["messages"])
        total = Tally()
        for part in parts:
            total.merge(Tally.from_json(part.to_json()))
        assert total.to_json() == whole.to_json()


@pytest.mark.parametrize("change", [
    {"turns": 1.5}, {"turns": True}, {"turns": -1}, {"turns": None}, {"nano_dollars": 10 ** 400}, {"users": 5}, {"users": ["zz"]},
    {"latency_ms": []}, {"latency_ms": {"zeros": 0, "buckets": [[10 ** 6, 1]]}}, {"leaks": {"EMAIL": float("inf")}}, {"leaks": []},
], ids=str)
def test_what_is_no_tally_is_refused(change):
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        Tally.from_json({**tally_of({"role": "user"}).to_json(), **change})
