"""Rows as a FinOps team reads them: FOCUS 1.2, the FinOps Open Cost and Usage Specification, one charge a group.

What the specification calls mandatory is there, and of the rest what a log knows. The amounts are what the log or the table
of prices says, not an invoice: all four costs are the same number.
"""

import csv
import io
import re
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, Iterator

from ..errors import UserError
from ..jsonl import dump
from ..records import UNKNOWN, Calendar
from .periods import finest, span
from .tally import Tally

COLUMNS = ("BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory",
           "ChargeClass", "ChargeDescription", "ChargeFrequency", "ChargePeriodEnd", "ChargePeriodStart", "ConsumedQuantity", "ConsumedUnit", "ContractedCost",
           "EffectiveCost", "InvoiceIssuerName", "ListCost", "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName", "ResourceId", "ServiceCategory",
           "ServiceName", "ServiceSubcategory", "SubAccountId", "SubAccountName", "Tags", "x_CachedInputTokens", "x_InputTokens", "x_OutputTokens", "x_Replies",
           "x_RepliesPriced")

# Who sells a model, who made it, and as what: by how its name begins.
_SOLD = ((r"(?:[a-z-]+\.)?(amazon|anthropic|cohere|meta|mistral|ai21|deepseek|qwen|openai|stability)\.", "AWS", "Amazon Bedrock"),
         (r"gpt-|o\d|chatgpt|text-embedding", "OpenAI", "OpenAI API"), (r"claude", "Anthropic", "Claude API"), (r"gemini|gemma", "Google", "Gemini API"))


class Charges:
    """Charges of the groups of `by`; groups without a known cost are left out and counted."""

    def __init__(self, by: tuple[str, ...], calendar: Calendar):
        self._by, self._calendar, self._period = by, calendar, finest(by)
        if not self._period:
            raise UserError("--format focus needs a date, week, month or hour among the keys", hint="--by date,team,model")
        self.unpriced = 0       # groups that used tokens, and whose cost is not known

    def rows(self, groups: Iterator[tuple[tuple[str, ...], Tally]]) -> Iterator[dict[str, Any]]:
        """One charge a group."""
        for group, tally in groups:
            said = dict(zip(self._by, group))
            moments = self._moments(said[self._period])
            if tally.priced and moments:
                yield self._charge(said, tally, *moments)
            elif tally.input_tokens or tally.output_tokens:
                self.unpriced += 1

    def _charge(self, said: dict[str, str], tally: Tally, start: str, end: str, billed: str, until: str) -> dict[str, Any]:
        cost = f"{tally.nano_dollars // 10 ** 9}.{tally.nano_dollars % 10 ** 9:09}"
        model, team = said.get("model", ""), said.get("team", "")
        provider, publisher, service = _seller(model)
        tokens = tally.input_tokens + tally.output_tokens
        tags = {key: value for key, value in said.items() if key != self._period and value != UNKNOWN}
        return dict(zip(COLUMNS, (
            cost, provider, None, "USD", until, billed, "Usage", None, f"{tokens:,} tokens in {tally.replies:,} replies" + (f" of {model}" if model else ""),
            "Usage-Based", end, start, tokens, "Tokens", cost, cost, provider, cost, tokens, "Tokens", provider, publisher, model or None,
            "AI and Machine Learning", service, "Generative AI", team or None, team or None, dump(tags).decode(), tally.cached_input_tokens,
            tally.input_tokens, tally.output_tokens, tally.replies, tally.priced)))

    def _moments(self, period: str) -> tuple[str, str, str, str] | None:
        """Begin and end of the charge and of its month, ends excluded, in UTC."""
        dates = span(self._period, period, self._calendar.week_start)
        if dates is None:
            return None
        try:
            if self._period == "hour":
                begun = datetime.fromisoformat(f"{period}:00")      # on the wall: the hour in which the clocks are put back is two
                moments = [moment.replace(tzinfo=self._calendar.zone).astimezone(timezone.utc) for moment in (begun, begun + timedelta(hours=1))]
            else:
                moments = [self._midnight(dates[0]), self._midnight(dates[1], 1)]
            month = span("month", dates[0][:7])
            return tuple(f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (*moments, self._midnight(month[0]), self._midnight(month[1], 1)))
        except OverflowError:
            return None

    def _midnight(self, day: str, days: int = 0) -> datetime:
        return datetime.combine(date.fromisoformat(day) + timedelta(days=days), time(), self._calendar.zone).astimezone(timezone.utc)


def _seller(model: str) -> tuple[str, str, str]:
    for pattern, provider, service in _SOLD:
        if found := re.match(pattern, model):
            return provider, (found[1].title() if found.re.groups else provider), service
    return UNKNOWN, UNKNOWN, "Language models"


def comma_separated(rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    """The charges as CSV; the header stands there without any, too."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        yield buffer.getvalue().encode("utf-8", "backslashreplace")
        buffer.seek(0)
        buffer.truncate()
        writer.writerow(["" if value is None else value for value in row.values()])
    yield buffer.getvalue().encode("utf-8", "backslashreplace")
