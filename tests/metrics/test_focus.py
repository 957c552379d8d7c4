"""Cost rows of the FinOps Open Cost and Usage Specification."""

import csv
import io
import json
from decimal import Decimal

# Mandatory in FOCUS 1.2; only these of them may be null.
MANDATORY = {"BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory", "ChargeClass",
             "ChargeDescription", "ChargePeriodEnd", "ChargePeriodStart", "ContractedCost", "EffectiveCost", "InvoiceIssuerName", "ListCost", "PricingQuantity",
             "PricingUnit", "ProviderName", "PublisherName", "ServiceCategory", "ServiceName"}
NULLABLE = {"BillingAccountName", "ChargeClass"}


def conversation(date, model="gpt-4o", **reply):
    return json.dumps({"conversation_id": "c", "team": "Sales", "date": date, "messages": [
        {"role": "assistant", "content": "x", "model": model, **reply}]}).encode() + b"\n"


def charges(llmops, lines, *options):
    result = llmops("aggregate", "--format", "focus", *options, stdin=b"".join(lines))
    assert result.status == 0
    return list(csv.DictReader(io.StringIO(result.out.decode()))), result.err


def test_a_charge(llmops):
    (row,), _ = charges(llmops, [conversation("2026-02-28", cost_usd=0.1, input_tokens=10, output_tokens=5, cached_input_tokens=4),
                                 conversation("2026-02-28", cost_usd=0.2, input_tokens=1, output_tokens=1)])
    assert MANDATORY <= set(row) and all(row[column] for column in MANDATORY - NULLABLE)
    assert {row[column] for column in ("BilledCost", "ContractedCost", "EffectiveCost", "ListCost")} == {"0.300000000"}
    assert (row["ChargePeriodStart"], row["ChargePeriodEnd"]) == ("2026-02-28T00:00:00Z", "2026-03-01T00:00:00Z")
    assert (row["BillingPeriodStart"], row["BillingPeriodEnd"]) == ("2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z")
    assert (row["ChargeCategory"], row["ServiceCategory"], row["ServiceSubcategory"]) == ("Usage", "AI and Machine Learning", "Generative AI")
    assert (row["ProviderName"], row["ServiceName"], row["ResourceId"], row["SubAccountId"]) == ("OpenAI", "OpenAI API", "gpt-4o", "Sales")
    assert (row["ConsumedQuantity"], row["PricingUnit"], row["x_InputTokens"], row["x_CachedInputTokens"]) == ("17", "Tokens", "11", "4")
    assert json.loads(row["Tags"]) == {"team": "Sales", "model": "gpt-4o"}


def test_charges_add_up_to_the_rows(llmops):
    lines = [conversation(f"2026-01-{day:02}", model, cost_usd=cost, input_tokens=3) for day in range(1, 28)
             for model, cost in (("anthropic.claude-opus-5", 0.000000001), ("amazon.nova-micro-v1:0", 0.1), ("house", 2))]
    found, _ = charges(llmops, lines)
    row = json.loads(llmops("aggregate", "--by", "month", stdin=b"".join(lines)).out)
    assert sum(Decimal(charge["BilledCost"]) for charge in found) == round(Decimal(row["cost_usd"]), 9)
    assert {(charge["ProviderName"], charge["PublisherName"]) for charge in found} == {("AWS", "Anthropic"), ("AWS", "Amazon"), ("unknown", "unknown")}


def test_what_has_no_price_is_left_out_and_said(llmops):
    found, notice = charges(llmops, [conversation("2026-01-01", "house", input_tokens=10), conversation("2026-01-01", cost_usd=1)])
    assert [row["ResourceId"] for row in found] == ["gpt-4o"] and "1 groups used tokens at a cost that is not known" in notice


def test_days_begin_where_the_user_says(llmops):
    timed = json.loads(conversation("2026-03-29", cost_usd=1)) | {"started_at": "2026-03-29T00:30:00Z"}
    (row,), _ = charges(llmops, [json.dumps(timed).encode() + b"\n"], "--timezone", "Europe/Oslo")
    assert (row["ChargePeriodStart"], row["ChargePeriodEnd"]) == ("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")     # summer time came
    (row,), _ = charges(llmops, [json.dumps(timed).encode() + b"\n"], "--by", "week")
    assert (row["ChargePeriodStart"], row["ChargePeriodEnd"]) == ("2026-03-23T00:00:00Z", "2026-03-30T00:00:00Z")
    (row,), _ = charges(llmops, [json.dumps(timed).encode() + b"\n"], "--by", "hour")
    assert (row["ChargePeriodStart"], row["ChargePeriodEnd"]) == ("2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z")


def test_a_period_is_needed_and_nothing_gives_a_header(llmops):
    assert llmops("aggregate", "--format", "focus", "--by", "team").status == 2
    empty = llmops("aggregate", "--format", "focus")
    assert empty.status == 0 and empty.out.startswith(b"BilledCost,BillingAccountId") and empty.out.count(b"\n") == 1


def test_the_hour_in_which_the_clocks_are_put_back_is_two(llmops):
    stamps = ("2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z")
    log = [json.dumps({"conversation_id": stamp, "messages": [{"event_time": stamp, "role": "assistant", "content": "x", "cost_usd": 0.1}]}).encode() + b"\n" for stamp in stamps]
    found, _ = charges(llmops, log, "--by", "hour", "--timezone", "Europe/Oslo")
    assert [(row["ChargePeriodStart"][5:13], row["ChargePeriodEnd"][5:13], row["BilledCost"][:3]) for row in found] == [
        ("03-29T00", "03-29T01", "0.1"), ("03-29T01", "03-29T02", "0.1"), ("10-25T00", "10-25T02", "0.2"), ("10-25T02", "10-25T03", "0.1")]
