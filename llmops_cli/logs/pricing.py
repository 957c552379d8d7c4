"""What the messages of a log cost: as the log says, else by the table of prices, else not known."""

from collections import Counter

from ..jsonl import dump
from ..llm.prices import Prices
from .formats.format import Event


class Pricing:
    """Gives a price to the messages that say their tokens and not their cost; remembers those that it could not price."""

    def __init__(self, prices: Prices):
        self._prices = prices
        self.priced = 0
        self.unknown: Counter[str] = Counter()      # model ("" where none is said) -> messages without a price
        self._newest = ""

    def add(self, event: Event, batch: bool) -> bool:
        """Give an event its `cost_usd`; whether it had none and got one. With `batch`, at the price of batch services.

        An event that says its tokens and whose model has no known price says so: its cost is null.
        """
        cost = self._cost(event, batch)
        if cost is None and event.get("cost_usd") is None and _says_tokens(event):
            event["cost_usd"] = None
        elif cost is not None:
            event["cost_usd"] = cost
        return cost is not None

    def line(self, raw: bytes, event: Event) -> bytes:
        """The line of an event with its cost behind its last key; the line as it is when it says one or none is known."""
        if "cost_usd" in event:
            return raw
        cost = self._cost(event, batch=False)
        if cost is None:
            return raw
        event["cost_usd"] = cost
        return raw.rstrip()[:-1] + b', "cost_usd": ' + dump(cost) + b"}"

    def _cost(self, event: Event, batch: bool) -> float | None:
        if event.get("cost_usd") is not None or not _says_tokens(event):
            return None
        get, when = event.get, event["event_time"]
        counts = [count if count.__class__ is int and count >= 0 else None for count in map(get, _TOKENS)]
        for model in (get("model_id"), get("model")):
            if model.__class__ is str:
                cost = self._prices.cost_usd(model, *counts, when=when, batch=batch)
                if cost is not None:
                    self.priced += 1
                    self._newest = max(self._newest, when)
                    return cost
        self.unknown[str(get("model") or "")] += 1
        return None

    @property
    def stale(self) -> str:
        """The date of the table when it is old for what it priced, "" when it is not."""
        return self._prices.as_of if self._prices.stale(self._newest) else ""


_TOKENS = ("input_tokens", "output_tokens", "cached_input_tokens", "cache_write_tokens")


def _says_tokens(event: Event) -> bool:
    return event.get("input_tokens").__class__ is int or event.get("output_tokens").__class__ is int
