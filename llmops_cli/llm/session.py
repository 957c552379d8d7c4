"""From settings and the environment to a client that asks: addresses, keys, who signs, how often it is tried."""

import os
import shlex
import subprocess
from typing import Any, Callable, Mapping, NamedTuple

from .. import aws
from ..errors import UserError
from ..wire import Request, Response, Transport, TransportError, World
from . import bedrock, openai
from .budget import NANO, Budget
from .client import Client, Place, Spend
from .limiter import Limiter
from .prices import Prices
from .proxies import origin_of
from .retry import CALL_SECONDS, PATIENCE_SECONDS, Client as Wire, Patience
from .slots import Slots

PROVIDERS = {"openai": openai, "bedrock": bedrock}
CALLS = 16
KEY_SECONDS = 30            # that a key_command may take


class Wanted(NamedTuple):
    """What a user asks for: provider, model and address (None for the usual ones), what may be spent in dollars, how long
    an answer may take in seconds, whether plain http may leave this machine, how many calls there may be at a time."""

    provider: str
    model: str | None = None
    base_url: str | None = None
    max_usd: float | None = None
    seconds: float | None = None
    insecure: bool = False
    calls: int = CALLS


def model_of(wanted: Wanted) -> str:
    return wanted.model or PROVIDERS[wanted.provider].MODEL


def connect(wanted: Wanted, world: World, settings: Mapping[str, Any], prices: Prices, today: str, spent: list[int]) -> Client:
    """A client for the provider; nothing is sent yet. `settings` is the table [llm], `spent` what a run before this one paid."""
    from .transport import Urllib
    transport = Urllib(world.environ, world.now, insecure=wanted.insecure)
    if wanted.provider == "bedrock":
        place, sign, mend = _bedrock(wanted, world, transport)
    else:
        place, sign, mend = _openai(wanted, world, settings), _unsigned, _unmended
    limit = None if wanted.max_usd is None else round(wanted.max_usd * NANO)
    slots = Slots(wanted.calls)
    patience = Patience(world.now, wanted.seconds or PATIENCE_SECONDS)
    # Who waits for the pace keeps the place: that wait is everybody's. Who waits before another try gives it up.
    wire = Wire(transport, slots.world(world), limiter=Limiter(world.now, world.sleep), patience=patience, call_seconds=wanted.seconds or CALL_SECONDS)
    client = Client(place, wire, prices, Spend(spent or None), Budget(limit, spent[4] if spent else 0), slots, today=today, sign=sign, mend=mend)
    if limit is not None and not client.priced:
        raise UserError(f"it is not known what {place.model} costs, so --max-usd cannot hold", where="--max-usd",
                        hint=f'[prices."{place.model}"] with input = … and output = … in llmops.toml, dollars a million tokens')
    return client


def _openai(wanted: Wanted, world: World, settings: Mapping[str, Any]) -> Place:
    base_url = wanted.base_url or world.environ.get("OPENAI_BASE_URL") or openai.BASE_URL
    key = world.environ.get("OPENAI_API_KEY") or from_command(settings.get("key_command"), world)
    if not key and base_url.rstrip("/") == openai.BASE_URL:
        raise UserError("no key", where=base_url, hint="set OPENAI_API_KEY, or [llm] key_command in llmops.toml; a server of your own is named with --base-url")
    _check(base_url)
    return Place(openai, model_of(wanted), base_url, key.strip(),
                 "--model names one that the server has, and your key may use")


def _bedrock(wanted: Wanted, world: World, transport: Transport) -> tuple[Place, Callable[[Request], Request], Callable[[Response], bool]]:
    environ = world.environ
    base_url = wanted.base_url or environ.get("AWS_ENDPOINT_URL_BEDROCK_RUNTIME") or environ.get("AWS_ENDPOINT_URL")
    region = aws.region_of(world) or ("us-east-1" if base_url else "")
    signer = aws.signer(world, "bedrock", region=region, send=transport)
    base_url = base_url or bedrock.base_url(region or "us-east-1")
    _check(base_url)
    place = Place(bedrock, model_of(wanted), base_url, "",
                  "--model names a model or an inference profile of this region (as eu.amazon.nova-micro-v1:0), and AWS_REGION the region")
    return place, signer, signer.mend


def _unsigned(request: Request) -> Request:
    return request


def _unmended(response: Response) -> bool:
    return False


def _check(base_url: str) -> None:
    try:
        origin_of(base_url)
    except TransportError:
        raise UserError("not an address of http", where="--base-url", hint="as in https://api.openai.com/v1 or http://localhost:8080/v1") from None


def from_command(command: Any, world: World) -> str:
    """What a command of the user's prints: a key that stands in no file. Its error output is not shown: it might be the key."""
    if not command:
        return ""
    try:
        words = shlex.split(command) if command.__class__ is str else [str(word) for word in command]
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=KEY_SECONDS, env=dict(world.environ))
    except (OSError, subprocess.TimeoutExpired, IndexError, ValueError, TypeError):
        raise UserError("the command cannot be run, or takes too long", where="[llm] key_command", hint='key_command = "pass show openai"') from None
    if done.returncode or not done.stdout.strip():
        raise UserError(f"the command gave no key (exit {done.returncode})", where="[llm] key_command", hint="run it by hand to see why")
    return done.stdout.decode("utf-8", "replace").strip().splitlines()[0]
