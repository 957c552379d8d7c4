"""What goes over a wire, as plain values: a request, its response, what can go wrong between them; and the world that the
rooms which talk to servers are handed: environment, clocks, sleep and chance."""

import json
from typing import Any, Callable, Mapping, NamedTuple

from .errors import UserError


class Request(NamedTuple):
    """What is sent. `timeout` bounds the whole exchange, not each read of it: seconds, or a function that says how many are
    left; None leaves it to the transport."""

    method: str
    url: str
    headers: Mapping[str, str] = {}
    body: bytes = b""
    timeout: "float | Callable[[], float] | None" = None


class Headers(dict):
    """Header values by name, in whatever case the name is asked for; repeated ones are joined with a comma.

    >>> Headers.of([("Retry-After", "3")])["retry-after"]
    '3'
    """

    @classmethod
    def of(cls, pairs: "list[tuple[str, str]]") -> "Headers":
        headers = cls()
        for name, value in pairs:
            name = name.lower()
            dict.__setitem__(headers, name, f"{dict.__getitem__(headers, name)}, {value}" if dict.__contains__(headers, name) else value)
        return headers

    def __getitem__(self, name: str) -> str:
        return dict.__getitem__(self, name.lower())

    def __setitem__(self, name: str, value: str) -> None:
        dict.__setitem__(self, name.lower(), value)

    def __contains__(self, name: object) -> bool:
        return dict.__contains__(self, str(name).lower())

    def get(self, name: str, default: Any = None) -> Any:
        return dict.get(self, name.lower(), default)


class Response(NamedTuple):
    """What came back, whole. `headers` is asked in any case of letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON, None when it is not. (No server's text is worth an exception that quotes it.)"""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


Transport = Callable[[Request], Response]


class World(NamedTuple):
    """What the edges of the program know and hand to rooms that talk to servers."""

    environ: Mapping[str, str]
    time: Callable[[], float]           # seconds since 1970
    now: Callable[[], float]            # seconds of a clock that never goes back
    sleep: Callable[[float], None]      # of so many seconds
    random: Callable[[], float]         # from 0 to 1
    say: Callable[[str], None] = lambda line: None      # a notice for the user


class TransportError(Exception):
    """Why no response came. `kind` is one of KINDS; `hint` says how to mend it; nothing that was sent or received is quoted."""

    KINDS = {
        # kind: worth another try
        "name": False,          # no such host
        "lookup": True,         # names cannot be looked up just now
        "refused": True,        # nobody listens there
        "unreachable": True,    # no way there
        "connect": True,        # no connection in time
        "timeout": True,        # no answer, or not the whole of it, in time
        "cut": True,            # the connection ended before the answer did
        "tls": False,           # the other side speaks no TLS, or none that we speak
        "certificate": False,
        "http": False,          # what came back is not HTTP
        "large": False,         # more than was allowed for
        "plain": False,         # would go unencrypted
        "proxy": False,         # the proxy will not
        "request": False,       # cannot be sent as it is
    }

    def __init__(self, kind: str, message: str, *, where: str = "", hint: str = "", retry: bool | None = None):
        super().__init__(f"{where}: {message}" if where else message)
        self.kind, self.message, self.where, self.hint = kind, message, where, hint
        self.retry = self.KINDS[kind] if retry is None else retry

    def for_user(self) -> UserError:
        """The same as an error that `main` prints."""
        return UserError(self.message, where=self.where, hint=self.hint)
