"""Who we are to AWS: the chain of places that its own tools look at, in their order, renewed before they run out."""

import json
from datetime import datetime
from threading import Lock
from typing import Any, Callable, Mapping, NamedTuple

from ..errors import UserError
from ..wire import Transport, World
from .profiles import Profiles

EARLY_SECONDS = 600.0       # before the end, when new ones are fetched
RETRY_SECONDS = 60.0        # until fetching is tried again after it failed with credentials that still hold


class Credentials(NamedTuple):
    """An access key; `expires` in seconds since 1970, None for keys that last. It does not print its secrets."""

    access_key: str
    secret_key: str
    token: str = ""
    expires: float | None = None

    def __repr__(self) -> str:
        return "Credentials(…)"


Source = Callable[[], Credentials | None]


class Chain:
    """The first credentials that are found, held until shortly before they run out. Many threads may ask."""

    def __init__(self, world: World, send: Transport, region: str = ""):
        self.world, self.send, self.region = world, send, region
        self._profiles: Profiles | None = None
        self._held: Credentials | None = None
        self._source: Source | None = None
        self._next_try = 0.0
        self._lock = Lock()

    @property
    def profiles(self) -> Profiles:
        if self._profiles is None:
            self._profiles = Profiles(self.world.environ)
        return self._profiles

    def get(self) -> Credentials:
        """Credentials that hold now. UserError when there are none anywhere."""
        held = self._held
        if held and (held.expires is None or self.world.time() < held.expires - EARLY_SECONDS):
            return held
        with self._lock:
            held = self._held
            if held and (held.expires is None or self.world.time() < max(held.expires - EARLY_SECONDS, min(self._next_try, held.expires - 5))):
                return held
            try:
                self._held = self._source() if self._source else self._find()
            except UserError:
                if held is None or self.world.time() >= held.expires:
                    raise
                self._next_try = self.world.time() + RETRY_SECONDS
            return self._held

    def renew(self) -> bool:
        """Fetch new ones, since the server says that these have run out. False when they come from where they always did."""
        with self._lock:
            held, self._held = self._held, None
            self._profiles = None
            try:
                self._held = self._source() if self._source else self._find()
            except UserError:
                self._held = held
            return self._held != held

    def _find(self) -> Credentials:
        from . import fetching
        environ = self.world.environ
        for source in (lambda: from_environment(environ), lambda: fetching.from_profile(self, self.profiles.name),
                       lambda: fetching.from_web_identity(self, environ.get("AWS_ROLE_ARN", ""), environ.get("AWS_WEB_IDENTITY_TOKEN_FILE", ""), environ.get("AWS_ROLE_SESSION_NAME", "")),
                       lambda: fetching.from_container(self), lambda: fetching.from_instance(self)):
            found = source()
            if found:
                self._source = source
                return found
        raise UserError("no AWS credentials were found", hint="AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE with aws configure or aws sso login")


def from_environment(environ: Mapping[str, str]) -> Credentials | None:
    """AWS_ACCESS_KEY_ID and its companions."""
    access_key, secret_key = environ.get("AWS_ACCESS_KEY_ID", "").strip(), environ.get("AWS_SECRET_ACCESS_KEY", "").strip()
    if not access_key:
        return None
    if not secret_key:
        raise UserError("AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not", hint="set both, or neither")
    return Credentials(access_key, secret_key, environ.get("AWS_SESSION_TOKEN", "").strip() or environ.get("AWS_SECURITY_TOKEN", "").strip())


def from_document(document: Any, where: str, *, token: str = "Token") -> Credentials:
    """The credentials of a JSON document as metadata services and credential processes print it."""
    try:
        expires = document.get("Expiration")
        return Credentials(document["AccessKeyId"], document["SecretAccessKey"], document.get(token) or "", None if expires is None else seconds_of(expires))
    except (KeyError, TypeError, AttributeError, ValueError):
        raise UserError("did not give AWS credentials", where=where, hint="it must print an object with AccessKeyId and SecretAccessKey") from None


def seconds_of(moment: "str | int | float") -> float:
    """Seconds since 1970 of a time in ISO 8601.

    >>> seconds_of("1970-01-01T00:01:00Z")
    60.0
    """
    text = str(moment).replace("UTC", "Z")
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a time without its zone")
    return found.timestamp()


def read_json(text: "str | bytes") -> Any:
    """JSON, None when it is not."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
