"""Amazon Web Services, as far as a client needs them: who we are, signatures, what their errors mean.

    sign = aws.signer(world, "bedrock", region="eu-central-1", send=transport)
    response = transport(sign(request))
    if sign.mend(response): ...      # a clock or a key was put right: try again
"""

from ..errors import UserError
from ..wire import Transport, World
from .credentials import Chain, Credentials
from .errors import code_of, explain, is_throttled, is_worth_another_try
from .profiles import Profiles
from .signing import Bearer, Signer

__all__ = ["Bearer", "Chain", "Credentials", "Profiles", "Signer", "code_of", "explain", "is_throttled", "is_worth_another_try",
           "region_of", "signer"]


def region_of(world: World) -> str:
    """The region that AWS_REGION, AWS_DEFAULT_REGION or the profile names, "" when none does."""
    environ = world.environ
    return environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or Profiles(environ).chosen().get("region", "")


def signer(world: World, service: str, *, region: str = "", send: Transport) -> "Signer | Bearer":
    """What signs requests to a service. A Bedrock API key (AWS_BEARER_TOKEN_BEDROCK) goes before all other credentials.

    `send` fetches credentials where they have to be fetched: from STS, and from addresses of this network in plain http.
    """
    token = world.environ.get("AWS_BEARER_TOKEN_BEDROCK", "").strip()
    if token and service == "bedrock":
        return Bearer(token)
    region = region or region_of(world)
    if not region:
        raise UserError("no AWS region is set", hint="AWS_REGION=eu-central-1, or region = ... in ~/.aws/config")
    return Signer(Chain(world, send, region), region, service, world.time)
