"""What is answered to what: the routes, and what every answer has in common."""

import re
from typing import Callable, NamedTuple
from urllib.parse import parse_qsl, unquote

from ..errors import UserError
from ..report.evidence import is_date
from ..report.trends import KEYS
from .access import Access
from .content import Content
from .messages import WORTH_PACKING, Answer, Body, Problem, Request, accepts, encoded, same

METHODS = "GET, HEAD, OPTIONS"
GUARDED = (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin"))
PREFLIGHT = (("Access-Control-Allow-Headers", "Authorization, If-None-Match"), ("Access-Control-Max-Age", "600"))


class Route(NamedTuple):
    """A path: which parameters it takes, and the body it is answered with."""

    parameters: tuple[str, ...]
    body: Callable[["Service", Request, dict[str, str]], Body]


class Service:
    """Answers requests from the content of a lake, under rules of access."""

    def __init__(self, content: Content, access: Access, complain: Callable[[str], None] = lambda line: None):
        self.content, self.access, self.complain = content, access, complain
        self.answered: dict[int, int] = {}      # answers by status

    def count(self, status: int) -> None:
        """Note an answer that went out."""
        self.answered[status] = self.answered.get(status, 0) + 1

    def answer(self, request: Request) -> Answer:
        """The answer to a request. A bug is an answer of 500, and its traceback passes on to who carries the request."""
        try:
            return self._answer(request)
        except Problem as problem:
            return self._finished(request, problem.status, problem.body(), problem.headers)
        except UserError as error:
            self.complain(str(error))
            gone = Problem(503, "no-lake", "The lake cannot be read", "Why stands in the log of the server.", headers=(("Retry-After", "10"),))
            return self._finished(request, gone.status, gone.body(), gone.headers)

    def _answer(self, request: Request) -> Answer:
        self.access.check_host(request)
        path = unquote(request.path)
        route = ROUTES.get(path)
        if request.method == "OPTIONS":
            return self._finished(request, 204, Body(b""), (("Allow", METHODS), ("Access-Control-Allow-Methods", METHODS), *PREFLIGHT))
        if path != "/healthz":
            self.access.check_token(request)
        if request.method not in ("GET", "HEAD"):
            raise Problem(405, "read-only", "This server only reads", f"It answers {METHODS}.", headers=(("Allow", METHODS),))
        if route is None:
            raise Problem(404, "no-such-path", "There is nothing at this path", "The paths there are stand beside this.", paths=list(ROUTES))
        given = parameters(request.query, route.parameters)
        if not self.content.files.exists():
            raise Problem(503, "no-lake", "The lake cannot be read", "Its folder or bucket is not there.", headers=(("Retry-After", "10"),))
        body = route.body(self, request, given)
        answer = self._finished(request, 200, body, (("Content-Security-Policy", body.policy), ("Cache-Control", "no-cache")))
        return answer._replace(fresh=lambda: self._still(route, request, given, body))

    def _still(self, route: Route, request: Request, given: dict[str, str], body: Body) -> bool:
        """Whether a request is still answered with a body."""
        try:
            return route.body(self, request, given) is body
        except (Problem, UserError):
            return False

    def _finished(self, request: Request, status: int, body: Body, more: tuple[tuple[str, str], ...]) -> Answer:
        """The answer with what the headers of the request make of it."""
        if status == 200 and same(body.tag, request.headers.get("if-none-match", "")):
            status = 304
        self.count(status)
        vary = "Accept-Encoding" + ", Accept" * (request.path == "/metrics")
        origin = self.access.origin_headers(request)
        if origin:
            vary += ", Origin"
        headers = [*GUARDED, *more, *(pair for pair in origin if pair[0] != "Vary"), ("Vary", vary)]
        data = body.data
        packed = len(data) >= WORTH_PACKING and accepts(request.headers.get("accept-encoding", ""), "gzip", "x-gzip", "*")
        if status in (200, 304):
            headers.append(("ETag", f'"{body.tag}{"-gzip" * packed}"'))
        if status in (204, 304):
            return Answer(status, tuple(headers))
        headers.append(("Content-Type", body.type))
        if packed:
            data = body.packed()
            headers.append(("Content-Encoding", "gzip"))
        headers.append(("Content-Length", str(len(data))))
        return Answer(status, tuple(headers), b"" if request.method == "HEAD" else data)


def parameters(query: str, known: tuple[str, ...]) -> dict[str, str]:
    """The parameters of a request. Problem when one is not known, or said twice."""
    found: dict[str, str] = {}
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=20, errors="strict")
    except (ValueError, UnicodeDecodeError):
        raise Problem(400, "bad-query", "The query cannot be read", "It is not made of name=value pairs, or there are too many.") from None
    for name, value in pairs:
        if name not in known:
            raise Problem(400, "unknown-parameter", "There is no such parameter", f"Known here: {', '.join(known) or 'none'}.")
        if name in found:
            raise Problem(400, "repeated-parameter", "A parameter is given twice", f"Give {name} once.")
        found[name] = value
    return found


def date_of(given: dict[str, str], name: str, needed: bool = False) -> str | None:
    """A date among the parameters, None when it is not given."""
    value = given.get(name, "")
    if not value and not needed:
        return None
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII) or not is_date(value):
        raise Problem(400, "bad-date", "That is not a date", f"{name} is a date such as 2026-01-03.")
    return value


def span_of(given: dict[str, str]) -> tuple[str | None, str | None]:
    first, last = date_of(given, "from"), date_of(given, "to")
    if first and last and first > last:
        raise Problem(400, "bad-span", "The span ends before it begins", "from is later than to.")
    return first, last


def _metrics(service: Service, request: Request, given: dict[str, str]) -> Body:
    return service.content.metrics(date_of(given, "date", needed=True))


def _reports(service: Service, request: Request, given: dict[str, str]) -> Body:
    return service.content.report(date_of(given, "date", needed=True))


def _dates(service: Service, request: Request, given: dict[str, str]) -> Body:
    return service.content.dates()


def _trends(service: Service, request: Request, given: dict[str, str]) -> Body:
    by = given.get("by") or "date"
    if by not in KEYS:
        raise Problem(400, "bad-key", "Trends are not by that", f"by is one of {', '.join(KEYS)}.")
    return service.content.trends(*span_of(given), by)


def _health(service: Service, request: Request, given: dict[str, str]) -> Body:
    return Body(encoded({"status": "ok"}))


def _exposition(service: Service, request: Request, given: dict[str, str]) -> Body:
    wanted = request.headers.get("accept", "")
    return service.content.scraped("application/openmetrics-text" in wanted.lower(), service.answered)


def _page(service: Service, request: Request, given: dict[str, str]) -> Body:
    return service.content.page(*span_of(given))


def _openapi(service: Service, request: Request, given: dict[str, str]) -> Body:
    return service.content.openapi()


ROUTES = {
    "/": Route(("from", "to"), _page),
    "/v1/metrics": Route(("date",), _metrics),
    "/v1/reports": Route(("date",), _reports),
    "/v1/dates": Route((), _dates),
    "/v1/trends": Route(("from", "to", "by"), _trends),
    "/healthz": Route((), _health),
    "/metrics": Route((), _exposition),
    "/openapi.json": Route((), _openapi),
}
