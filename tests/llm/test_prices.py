"""What a message costs: names resolved, cached and batch tokens, long requests, dates, contracts, and what is not known."""

from fractions import Fraction
from random import Random

import pytest

from llmops_cli.errors import UserError
from llmops_cli.llm.prices import Prices, shipped

LISTED = Prices()


@pytest.mark.parametrize("asked, found", [
    ("amazon.nova-micro-v1:0", "amazon.nova-micro-v1:0"),
    ("us.amazon.nova-micro-v1:0", "us.amazon.nova-micro-v1:0"),
    ("eu.amazon.nova-micro-v1:0", "eu.amazon.nova-micro-v1:0"),         # a region with a price of its own
    ("apac.amazon.nova-micro-v1:0", "amazon.nova-micro-v1:0"),          # one without
    ("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0", "us.amazon.nova-pro-v1:0"),
    ("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0"),
    ("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3", None),
    ("bedrock/converse/deepseek.v3.2", "deepseek.v3.2"),
    ("openai/gpt-4o-mini", "gpt-4o-mini"),
    ("azure/gpt-4o-mini-2024-07-18", "gpt-4o-mini"),
    ("GPT-4.1", "gpt-4.1"),
    ("gpt-4o-2024-05-13", None),                                        # of that build the price was another
    ("ft:gpt-4o-mini-2024-07-18:acme::x1", None),
    ("claude-haiku-4-5-20251001", "anthropic.claude-haiku-4-5-20251001-v1:0"),
    ("claude-sonnet-4-5@20250929", "anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("claude-opus-5-5", "anthropic.claude-opus-5-5"),
    ("gpt-5-turbo-of-our-own", None),
    ("", None),
])
def test_a_name_is_resolved(asked, found):
    price = LISTED.of(asked) if asked else None
    assert (price and price.model) == found


def test_every_listed_model_is_found_at_its_own_price():
    for row in shipped():
        price, said = LISTED.of(row["id"]), row["prices"][0]
        assert price.model == row["id"]
        assert (price.input, price.output) == (round(said["input"] * 10 ** 6), round(said["output"] * 10 ** 6))


@pytest.mark.parametrize("model, tokens, options, nano", [
    ("amazon.nova-micro-v1:0", (210, 64), {}, 210 * 35 + 64 * 140),
    ("gpt-4o", (1000, 100, 400), {}, 600 * 2500 + 400 * 1250 + 100 * 10000),
    ("anthropic.claude-sonnet-5", (1000, 0, 300, 200), {}, 500 * 2000 + 300 * 200 + 200 * 2500),
    ("gpt-5.5", (1000, 0, 0, 200), {}, 1000 * 5000),                    # no price for writing: that of input
    ("gpt-4o", (100, 10, 400), {}, 100 * 1250 + 10 * 10000),            # more cached than there are: all of them
    ("gpt-4o", (1000, 100), {"batch": True}, 1000 * 1250 + 100 * 5000),
    ("anthropic.claude-opus-5", (1000, 100), {"batch": True}, 1000 * 5000 + 100 * 25000),      # no batch price is listed
    ("gpt-5.4", (272_000, 10), {}, 272_000 * 2500 + 10 * 15000),
    ("gpt-5.4", (272_001, 10), {}, 272_001 * 5000 + 10 * 22500),        # the whole request costs more
    ("nobody-knows", (1000, 100), {}, None),
    (None, (1000, 100), {}, None),
    ("gpt-4o", (None, None), {}, None),
    ("gpt-4o", (None, 10), {}, 10 * 10000),
])
def test_what_a_message_costs(model, tokens, options, nano):
    assert LISTED.nano_dollars(model, *tokens, **options) == nano
    assert LISTED.cost_usd(model, *tokens, **options) == (None if nano is None else nano / 1e9)


def test_rounding_happens_once_to_the_nearest():
    pick = Random(5)
    rows = [row for row in shipped() if "long" not in row["prices"][0]]
    for _ in range(500):
        said = pick.choice(rows)
        price = {kind: Fraction(str(value)) for kind, value in said["prices"][0].items()}
        total, read, out = pick.randrange(9000), pick.randrange(4000), pick.randrange(3000)
        read = min(read, total)
        exact = (total - read) * price["input"] + read * price.get("cached_input", price["input"]) + out * price["output"]
        assert LISTED.nano_dollars(said["id"], total, out, read) == round(exact * 1000)


CONTRACTS = {
    "discount": 10,
    "gpt-4o": {"input": 2.0, "output": 8.0},
    "our-own": {"input": 0.5, "output": 1.0, "cached_input": 0.1, "batch_input": 0.25, "batch_output": 0.5},
    "gpt-4.1": {"discount": 50},
    "gpt-4o-mini": [{"input": 0.1, "output": 0.4, "from": "2026-01-01", "until": "2026-06-30"}, {"input": 0.05, "output": 0.2, "from": "2026-07-01"}],
}


@pytest.mark.parametrize("model, when, nano", [
    ("gpt-4o", "", 1000 * 2000 + 100 * 8000),
    ("openai/gpt-4o-2024-08-06", "", 1000 * 2000 + 100 * 8000),
    ("our-own", "", 1000 * 500 + 100 * 1000),
    ("amazon.nova-pro-v1:0", "", (1000 * 800 + 100 * 3200) * 9 // 10),  # a discount on all that is listed
    ("gpt-4.1", "", (1000 * 2000 + 100 * 8000) * 45 // 100),            # and one more on this
    ("gpt-4o-mini", "2026-06-30T23:59:59Z", 1000 * 100 + 100 * 400),
    ("gpt-4o-mini", "2026-07-01T00:00:00Z", 1000 * 50 + 100 * 200),
    ("gpt-4o-mini", "2025-12-31", (1000 * 150 + 100 * 600) * 9 // 10),  # before the contract: as listed
    ("gpt-4o-mini", "", 1000 * 50 + 100 * 200),
])
def test_contracts_and_their_dates(model, when, nano):
    assert Prices(CONTRACTS).nano_dollars(model, 1000, 100, when=when) == nano


@pytest.mark.parametrize("own, said", [
    ({"gpt-4o": 3}, "[prices]: gpt-4o: not a table of prices"),
    ({"gpt-4o": {"imput": 3}}, "imput is not the name of a price"),
    ({"gpt-4o": {"input": "3"}}, "input is not a price"),
    ({"gpt-4o": {"input": -3}}, "input is not a price"),
    ({"gpt-4o": {"input": float("nan")}}, "input is not a price"),
    ({"our-own": {"input": 3}}, "output is missing"),
    ({"gpt-4o": {"input": 3, "from": "soon"}}, "from is not a date"),
    ({"discount": 101}, "a discount is a number of percent"),
    ({"gpt-4o": {"discount": True}}, "a discount is a number of percent"),
])
def test_what_is_wrong_with_a_contract_is_said(own, said):
    with pytest.raises(UserError) as error:
        Prices(own)
    assert said in str(error.value) and error.value.hint


def test_an_old_table_is_told():
    assert not LISTED.stale(LISTED.as_of)
    assert not LISTED.stale("2025-01-01T00:00:00Z")
    assert LISTED.stale("2099-01-01T00:00:00Z")
    assert not LISTED.stale("unknown")
