"""The numbers of a lake over HTTP, read-only: the dashboard, an API, Prometheus.

    /                          the dashboard, for people      ?from=&to=
    /v1/dates                  the dates that have metrics
    /v1/metrics?date=D         the metrics of a date, as they stand in the lake
    /v1/reports?date=D         its run report
    /v1/trends                 rows over time or by a key     ?from=&to=&by=date|week|month|team|task_category|model
    /metrics                   for Prometheus (OpenMetrics when Accept asks for it)
    /openapi.json  /healthz    the interface described; whether the server can answer

With $LLMOPS_API_TOKEN set, everything but /healthz asks for it: as a bearer token,
or for browsers as the password of Basic. An address that others can reach is
served only with one. Requests must name the address that is bound, or a name
given with --allow-host. What changes in the lake is seen at the next request (in
a bucket, within ten seconds); a date whose files cannot be used is marked, the
rest is served. Holds 256 connections; ends on SIGTERM (status 0) or Ctrl-C when
what is under way is done.
"""

import argparse
import gc
import os
import re
import signal
import threading
import time
import traceback

from .. import options
from ..errors import INTERRUPTED, OK, UserError
from ..report.lakefiles import CURATED, open_lake

EXAMPLES = """
llmops serve lake/
LLMOPS_API_TOKEN=$TOKEN llmops serve lake/ --host 0.0.0.0 --allow-host ai.example.com
curl -s 'http://127.0.0.1:8080/v1/trends?by=week'    # while llmops serve lake/ runs
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lake", metavar="LAKE", help="the folder that llmops run wrote, or s3://bucket/prefix")
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="the address to listen at (default: 127.0.0.1, for this machine alone)")
    parser.add_argument("--port", type=_port, default=8080, metavar="N", help="the port (default: 8080; 0 takes a free one and says which)")
    parser.add_argument("--allow-host", action="append", default=[], metavar="NAME", help="a name that requests may call this server by; may be repeated")
    parser.add_argument("--allow-origin", action="append", default=[], metavar="ORIGIN", help="a site whose pages may read the API (CORS), as https://intranet.example.com; may be repeated; * is any")
    parser.add_argument("--week-start", choices=("mon", "sun"), help="first day of a week (default: mon, ISO 8601)")


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"not a port: {text!r} (0 to 65535)")
    return int(text)


def run(args: argparse.Namespace) -> int:
    from ..server.access import Access, host_of, is_loopback
    from ..server.content import Content
    from ..server.service import Service
    from ..server.wire import Server
    from ..monitor.budgets import budgets_of
    budgets_of(args.settings.table("budget"), "budget")     # refuses what is no budget
    token = os.environ.get("LLMOPS_API_TOKEN", "").strip()      # files of secrets end in a line end
    if not token and not is_loopback(args.host):
        raise UserError("others can reach this address, so a token is needed", where=args.host,
                        hint="set $LLMOPS_API_TOKEN, or leave --host out to serve this machine alone")
    files = open_lake(args.lake, time.monotonic)
    if not files.exists():
        raise UserError("there is no such lake", where=args.lake, hint="llmops run LOGS -o LAKE makes one")
    for name in args.allow_host:
        if not name.strip() or set(name) & set("/*@ "):
            raise UserError(f"not the name of a host: {name!r}", hint="each name that requests call this server by, as ai.example.com")
    for origin in args.allow_origin:
        if origin != "*" and not re.fullmatch("https?://[^/]+/?", origin):
            raise UserError(f"not an origin: {origin!r}", hint="a scheme and a host, as https://intranet.example.com")
    access = Access(token, tuple(host_of(name) for name in (*args.allow_host, args.host)), tuple(origin.rstrip("/") for origin in args.allow_origin))
    say = options.notice(args)
    service = Service(Content(files, week_start=args.week_start, budget=args.settings.table("budget")), access, say)
    try:
        server = Server(args.host, args.port, service, say if args.verbose else None, lambda: say(traceback.format_exc().rstrip()))
    except OSError as error:
        raise UserError(f"cannot listen there: {error.strerror or error}", where=f"{args.host}:{args.port}", hint="another --port, or 0 for a free one") from None
    shown = f"[{args.host}]" if ":" in args.host else args.host
    say(f"http://{shown}:{server.server_port}/ shows {args.lake}")
    if not files.dates(CURATED):
        say(f"there are no metrics in it yet: llmops run LOGS -o {args.lake} makes them")
    return _until_told(server)


def _until_told(server) -> int:
    """Serve until a signal comes; then let what is under way finish."""
    told = []

    def stop(number: int, frame: object) -> None:
        told.append(number)
        if len(told) == 1:
            threading.Thread(target=server.stop).start()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    gc.enable()         # a process that lives for months, unlike the others
    server.serve_forever(poll_interval=0.2)
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    return INTERRUPTED if signal.SIGINT in told else OK
