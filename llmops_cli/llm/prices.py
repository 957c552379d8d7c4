"""What models cost: the shipped table of list prices, a user's own prices and discounts, and names resolved to either.

Sums are whole nano-dollars. Prices are held as whole pico-dollars a token, which is what dollars a million tokens times
10^6 are, so that nothing is lost before the one rounding at the end of each message.
"""

import json
import os
import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Mapping, NamedTuple

from ..errors import UserError

KINDS = ("input", "output", "cached_input", "cache_write", "batch_input", "batch_output")
PICO_PER_NANO = 1000
STALE_AFTER = timedelta(days=120)       # of the table, seen from the messages that are priced with it
REGIONS = ("us", "eu", "apac", "jp", "global", "us-gov", "au", "ca", "sa")
# Of a family, but never at its price: its list prices were others and are not in the table.
PRICED_APART = frozenset(("gpt-4o-2024-05-13",))


class Price(NamedTuple):
    """What a model costs from a date on, in pico-dollars a token; None where no such price is known."""

    model: str              # the name that the price is listed under
    since: str              # date, "" for as long as anyone remembers
    until: str              # the last date, "" for no end
    input: int
    output: int
    cached_input: int | None = None     # of input tokens that were read from a cache
    cache_write: int | None = None      # of input tokens that were written to one
    batch_input: int | None = None
    batch_output: int | None = None
    long_above: int = 0                 # requests of more input tokens than that cost what `long` says; 0 for never
    long: "Price | None" = None
    contract: bool = False              # the user's own

    def nano_dollars(self, input_tokens: int, output_tokens: int, cached_input_tokens: int = 0, cache_write_tokens: int = 0,
                     *, batch: bool = False) -> int:
        """What a message costs. `input_tokens` are all of them, with those read from and written to a cache."""
        if self.long and input_tokens > self.long_above:
            return self.long.nano_dollars(input_tokens, output_tokens, cached_input_tokens, cache_write_tokens, batch=batch)
        full = self.batch_input if batch and self.batch_input is not None else self.input
        out = self.batch_output if batch and self.batch_output is not None else self.output
        pico = output_tokens * out
        if cached_input_tokens or cache_write_tokens:
            read = min(cached_input_tokens, input_tokens)
            written = min(cache_write_tokens, input_tokens - read)
            pico += (input_tokens - read - written) * full
            pico += read * (full if self.cached_input is None else min(self.cached_input, full))
            pico += written * (full if self.cache_write is None or batch and self.batch_input is not None else self.cache_write)
        else:
            pico += input_tokens * full
        nano, rest = divmod(pico, PICO_PER_NANO)
        return nano + (rest * 2 > PICO_PER_NANO or rest * 2 == PICO_PER_NANO and nano & 1)


class Prices:
    """The price of each model at each date: the user's own before the table's.

    >>> prices = Prices()
    >>> prices.nano_dollars("us.amazon.nova-micro-v1:0", 1000, 100), prices.nano_dollars("a model of our own", 1000, 100)
    (49000, None)
    """

    def __init__(self, own: Mapping[str, Any] | None = None, where: str = "[prices]"):
        """`own` is the table [prices] of the settings; what is wrong with it is a UserError."""
        shipped = _shipped()
        self.as_of: str = shipped["as_of"]
        self._listed = _index({row["id"]: [_price(row["id"], one) for one in row["prices"]] for row in shipped["models"]})
        self._own: dict[str, list[Price]] = {}
        self._discount = 0
        self.of = lru_cache(4096)(self._of)
        if own:
            self._read(own, where)

    def nano_dollars(self, model: str | None, input_tokens: int | None, output_tokens: int | None, cached_input_tokens: int | None = 0,
                     cache_write_tokens: int | None = 0, *, when: str = "", batch: bool = False) -> int | None:
        """What a message costs, None when the price of its model is not known or it says no tokens. `when` is a date or a time."""
        if not model or input_tokens is None and output_tokens is None:
            return None
        price = self.of(model, when[:10])
        if price is None:
            return None
        return price.nano_dollars(input_tokens or 0, output_tokens or 0, cached_input_tokens or 0, cache_write_tokens or 0, batch=batch)

    def cost_usd(self, model: str | None, input_tokens: int | None, output_tokens: int | None, cached_input_tokens: int | None = 0,
                 cache_write_tokens: int | None = 0, *, when: str = "", batch: bool = False) -> float | None:
        """The same in dollars."""
        nano = self.nano_dollars(model, input_tokens, output_tokens, cached_input_tokens, cache_write_tokens, when=when, batch=batch)
        return None if nano is None else nano / 1e9

    def _of(self, model: str, when: str = "") -> Price | None:
        """The price of a model on a date, today's where none is given; None when it is not known."""
        for table in (self._own, self._listed):
            for name in names_of(model):
                if name in table and (price := _at(table[name], when)):
                    return price
        return None

    def stale(self, newest: str) -> bool:
        """Whether the table is old for messages of the date `newest`."""
        try:
            return date.fromisoformat(newest[:10]) - date.fromisoformat(self.as_of) > STALE_AFTER
        except ValueError:
            return False

    def _read(self, own: Mapping[str, Any], where: str) -> None:
        percent = own.get("discount", 0)
        general = _kept(percent, f"{where}: discount")
        if percent:
            self._listed = {name: [_discounted(one, general) for one in prices] for name, prices in self._listed.items()}
        said: dict[str, list[Price]] = {}
        for model, entries in own.items():
            if model == "discount":
                continue
            here = f"{where}: {model}"
            entries = entries if isinstance(entries, list) else [entries]
            if not entries or not all(isinstance(one, dict) for one in entries):
                raise UserError("not a table of prices", where=here, hint=f'[prices."{model}"] with input = 2.5 and output = 10.0, dollars a million tokens')
            listed = self._of(model)
            said[model] = sorted((_contract(model, one, listed, here) for one in entries), key=lambda price: price.since)
        self._own = _index(said)
        self.of.cache_clear()


def names_of(model: str) -> list[str]:
    """The names under which the price of a model may stand, the nearest first.

    >>> names_of("bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0")[2:]
    ['us.anthropic.claude-haiku-4-5', 'anthropic.claude-haiku-4-5-20251001-v1:0', 'anthropic.claude-haiku-4-5', 'claude-haiku-4-5']
    """
    plain = model.rpartition("/")[2]
    found = [model, plain, _bare(plain)]
    region, dot, rest = plain.partition(".")
    if dot and region in REGIONS and "." in rest:
        found += [rest, _bare(rest)]
        plain = rest
    vendor, dot, rest = plain.partition(".")
    if dot and vendor.isalpha() and not vendor.startswith("v"):
        found.append(_bare(rest))
    if model[:3] == "ft:" or plain in PRICED_APART:
        return [model]
    return list(dict.fromkeys(name.lower() for name in found))


def _bare(name: str) -> str:
    """A name without the date and version of the build: `nova-micro` of `nova-micro-v1:0`."""
    name = re.sub(r"(-v\d+)?(:\d+)?(:\d+k)?$|:latest$", "", name)
    return re.sub(r"[-@](\d{8}|\d{4}-\d{2}-\d{2}|latest)$", "", name)


def _index(prices: dict[str, list[Price]]) -> dict[str, list[Price]]:
    """Prices under every name they may be asked by; a name that is written out goes before one that is made of another."""
    found = {model.lower(): own for model, own in prices.items()}
    for model, own in prices.items():
        regional = model.partition(".")[0] in REGIONS
        for name in names_of(model)[:3 if regional else None]:      # a region's price is that of the region alone
            found.setdefault(name, own)
    return found


def _at(prices: list[Price], when: str) -> Price | None:
    """The price that holds on a date, the latest where none is given."""
    holding = [price for price in prices if (not price.since or not when or price.since <= when) and (not price.until or not when or when <= price.until)]
    return holding[-1] if holding else None


@lru_cache(1)
def _shipped() -> dict[str, Any]:
    with open(os.path.join(os.path.dirname(__file__), "prices.json"), "rb") as file:
        return json.load(file)


def shipped() -> list[dict[str, Any]]:
    """The rows of the shipped table: id, provider, mode, prices, and what else is known of a model."""
    return _shipped()["models"]


def _price(model: str, said: Mapping[str, Any]) -> Price:
    long = said.get("long")
    return Price(model, said.get("since", ""), said.get("until", ""), **{kind: round(said[kind] * 10 ** 6) for kind in KINDS if kind in said},
                 long_above=long["above_tokens"] if long else 0, long=_price(model, said | long | {"long": None}) if long else None)


def _discounted(price: Price, kept: float) -> Price:
    """A price of which a share is kept."""
    less = {kind: round(value * kept) for kind in KINDS if (value := getattr(price, kind)) is not None}
    return price._replace(**less, long=price.long and _discounted(price.long, kept), contract=True)


def _kept(percent: Any, where: str) -> float:
    if percent.__class__ not in (int, float) or not 0 <= percent <= 100:
        raise UserError("a discount is a number of percent, 0 to 100", where=where, hint="discount = 15")
    return 1 - percent / 100


def _contract(model: str, said: Mapping[str, Any], listed: Price | None, where: str) -> Price:
    """A price of the user's own; what it does not say is as listed."""
    for key, value in said.items():
        if key in ("from", "until"):
            try:
                date.fromisoformat(str(value))
            except ValueError:
                raise UserError(f"{key} is not a date", where=where, hint=f'{key} = "2026-01-31"') from None
        elif key != "discount" and key not in KINDS:
            raise UserError(f"{key} is not the name of a price", where=where, hint="one of: " + ", ".join((*KINDS, "discount", "from", "until")))
        elif key != "discount" and (value.__class__ not in (int, float) or not 0 <= value < 10 ** 6):
            raise UserError(f"{key} is not a price", where=where, hint=f"{key} = 2.5 is 2.50 dollars a million tokens")
    own = {key: round(value * 10 ** 6) for key, value in said.items() if key in KINDS}
    price = listed
    if price is None:
        if missing := [kind for kind in ("input", "output") if kind not in own]:
            raise UserError(f"{' and '.join(missing)} is missing", where=where, hint="a model that is not in the table needs both")
        price = Price(model, "", "", own["input"], own["output"])
    if "discount" in said:
        price = _discounted(price, _kept(said["discount"], f"{where}: discount"))
    if "input" in own or "output" in own:
        price = price._replace(long=None, long_above=0)     # who agreed on one price agreed on it at any length
    return price._replace(model=model, since=str(said.get("from", "")), until=str(said.get("until", "")), contract=True, **own)
