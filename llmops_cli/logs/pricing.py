"""What the messages of a log cost: as the log says, else by the table of prices, else not known."""

from collections import Counter

from ..jsonl import dump
from ..llm.prices import Prices
from .formats.format import Event


class Pricing:
    """Gives a price to the messages that say their tokens and not their cost; remembers those that it could not price."""

    def __init__(self, prices: Prices):
        self._prices = prices
        self._price_of = prices.of      # remembers the price of each model on each day
        self.priced = 0
        self.unknown: Counter[str] = Counter()      # model ("" where none is said) -> messages without a price
        self._newest = ""

    def add(self, event: Event, batch: bool) -> bool:
        """Give an event its `cost_usd`; whether it had none and got one. With `batch`, at the price of batch services.

        An event that says its tokens and whose model has no known price says so: its cost is null.
        """
        if event.get("cost_usd") is not None or not _says_tokens(event):
            return False
        cost = event["cost_usd"] = self._cost(event, batch)
        return cost is not None

    def line(self, raw: bytes, event: Event) -> bytes:
        """The line of an event with its cost behind its last key; the line as it is when it says one or none is known."""
        if "cost_usd" in event or not _says_tokens(event):
            return raw
        cost = self._cost(event, batch=False)
        if cost is None:
            return raw
        event["cost_usd"] = cost
        return raw.rstrip()[:-1] + b', "cost_usd": ' + dump(cost) + b"}"

    def _cost(self, event: Event, batch: bool) -> float | None:
        """What an event that says its tokens costs; None, counted, where no price is known of its model."""
        get, when = event.get, event["event_time"]
        given, spent, read, written = [count if count.__class__ is int and count >= 0 else None for count in map(get, _TOKENS)]
        if given is not None or spent is not None:
            day = when[:10]
            for model in (get("model_id"), get("model")):
                if model.__class__ is str and model and (price := self._price_of(model, day)):
                    self.priced += 1
                    if when > self._newest:
                        self._newest = when
                    return price.nano_dollars(given or 0, spent or 0, read or 0, written or 0, batch=batch) / 1e9
        self.unknown[str(get("model") or "")] += 1
        return None

    @property
    def stale(self) -> str:
        """The date of the table when it is old for what it priced, "" when it is not."""
        return self._prices.as_of if self._prices.stale(self._newest) else ""


_TOKENS = ("input_tokens", "output_tokens", "cached_input_tokens", "cache_write_tokens")


def _says_tokens(event: Event) -> bool:
    return ("input_tokens" in event and event["input_tokens"].__class__ is int
            or "output_tokens" in event and event["output_tokens"].__class__ is int)
