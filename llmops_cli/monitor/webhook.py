"""Alerts to a web address, in the shape of its receiver: Slack's incoming webhooks, Prometheus' Alertmanager, PagerDuty's Events API v2.

They are sent by a thread beside the watching, several to a request where the shape allows it. A request that fails for a
reason that may pass (429, 5xx, no connection) is tried again after 0.5, 1, 2 … seconds, or after what the answer asks for;
then its alerts wait their turn anew, as long as the watching goes on.
"""

import json
import threading
from typing import Any, Callable, NamedTuple

from .alerts import CLEARED, Alert, alertmanager, at_least, sentence, thread

SHAPES = ("slack", "alertmanager", "pagerduty")
SHOWN = 20          # alerts in one Slack message; the rest is a number
TRIES = 5           # of one request, before others have their turn
TIMEOUT = 5.0       # seconds for one request
LONGEST = 3600.0    # seconds that an answer can ask for before the next try
_ICONS = {"info": ":information_source:", "warning": ":warning:", "critical": ":rotating_light:"}


class Request(NamedTuple):
    """A body to be posted, and the alerts that are in it."""

    body: dict[str, Any] | list[dict[str, Any]]
    alerts: list[Alert]


def shape_of(url: str) -> str:
    """The shape that an address asks for: Slack's unless it is one of the others.

    >>> shape_of("http://alertmanager:9093/api/v2/alerts"), shape_of("https://events.pagerduty.com/v2/enqueue"), shape_of("https://hooks.slack.com/services/T/B/x")
    ('alertmanager', 'pagerduty', 'slack')
    """
    path = url.partition("?")[0]
    return "alertmanager" if path.rstrip("/").endswith("/api/v2/alerts") else "pagerduty" if "pagerduty.com/" in path else "slack"


def requests(alerts: list[Alert], shape: str, routing_key: str) -> list[Request]:
    """What to post for some alerts."""
    if shape == "alertmanager":
        return [Request(alertmanager(alerts[at:at + 100]), alerts[at:at + 100]) for at in range(0, len(alerts), 100)]
    if shape == "pagerduty":
        return [Request(pagerduty(alert, routing_key), [alert]) for alert in alerts]
    return [Request(slack(alerts), alerts)]


def slack(alerts: list[Alert]) -> dict[str, str]:
    """The body of a Slack message: a line an alert, the most severe first."""
    order = {"critical": 0, "warning": 1, "info": 2}
    lines = [f"{':white_check_mark:' if alert['state'] == CLEARED else _ICONS[alert['severity']]} {_slack_safe(sentence(alert))} ({alert['time']})"
             for alert in sorted(alerts, key=lambda alert: order[alert["severity"]])[:SHOWN]]
    if len(alerts) > SHOWN:
        lines.append(f"… and {len(alerts) - SHOWN:,} more")
    return {"text": "\n".join(lines)}


def _slack_safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def pagerduty(alert: Alert, routing_key: str) -> dict[str, Any]:
    """An event of PagerDuty's Events API v2; what is cleared resolves what was raised."""
    event: dict[str, Any] = {"routing_key": routing_key, "event_action": "resolve" if alert["state"] == CLEARED else "trigger", "dedup_key": thread(alert)[:255]}
    if alert["state"] != CLEARED:
        event["payload"] = {"summary": sentence(alert)[:1024], "source": "llmops", "severity": alert["severity"], "timestamp": alert["time"], "component": alert["scope"], "class": alert["alert"],
                            "custom_details": {"value": alert["value"], "limit": alert["limit"], "window": alert["window"], "evidence": alert["evidence"]}}
    return event


class Sender:
    """Posts alerts in the background; `finish` waits so many seconds and tells which were not delivered."""

    def __init__(self, url: str, shape: str, routing_key: str, least: str, wait: Callable[[float], Any], now: Callable[[], float]):
        self._url, self._shape, self._key, self._least, self._wait, self._now = url, shape, routing_key, least, wait, now
        self._waiting: list[Alert] = []     # in the order in which they are sent, those of the request that is under way first
        self._changed = threading.Condition()
        self._ending = False
        self._deadline = float("inf")
        self._refused: list[Alert] = []
        self.reason = ""
        self._worker: threading.Thread | None = None

    def put(self, alert: Alert) -> None:
        """Have an alert sent, when it is severe enough."""
        if not at_least(alert, self._least):
            return
        with self._changed:
            self._waiting.append(alert)
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, daemon=True)
                self._worker.start()
            self._changed.notify()

    def finish(self, seconds: float) -> list[Alert]:
        """Give what waits so many seconds to be sent; the alerts that were not."""
        with self._changed:
            self._ending, self._deadline = True, self._now() + seconds
            self._changed.notify()
        if self._worker:
            self._worker.join(seconds)
        return self.undelivered()

    def undelivered(self) -> list[Alert]:
        """The alerts that nobody has taken yet."""
        with self._changed:
            return [*self._refused, *self._waiting]

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._ending:
                    self._changed.wait()
                batch = list(self._waiting)
            if not batch:
                return
            for request in requests(batch, self._shape, self._key):
                delivered = self._post(request.body)
                with self._changed:
                    del self._waiting[:len(request.alerts)]
                    if delivered is None and not self._ending:
                        self._waiting += request.alerts
                    elif not delivered:
                        self._refused += request.alerts

    def _post(self, body: Any) -> bool | None:
        """Whether a body was taken, after some tries; None when that may change."""
        import http.client
        import urllib.error
        import urllib.request
        data = json.dumps(body).encode()
        here = urllib.request.build_opener(_refusing_to_move())
        for number in range(TRIES):
            left = self._deadline - self._now()
            if left <= 0:
                return None
            pause = 0.5 * 2 ** number
            try:
                request = urllib.request.Request(self._url, data, {"Content-Type": "application/json", "User-Agent": "llmops"})
                with here.open(request, timeout=min(TIMEOUT, left)):
                    return True
            except urllib.error.HTTPError as error:
                self.reason = f"HTTP {error.code}"
                if error.code < 500 and error.code not in (408, 425, 429):
                    return False
                asked = error.headers.get("Retry-After", "")
                pause = min(float(asked), LONGEST) if asked.isascii() and asked.isdigit() else pause
            except OSError as error:
                self.reason = type(getattr(error, "reason", error)).__name__
            except (ValueError, http.client.HTTPException) as error:      # no address, or something else answers there
                self.reason = type(error).__name__
                return False
            if self._now() + pause >= self._deadline:
                return None
            self._wait(pause)
        return None


def _refusing_to_move() -> Any:
    """What takes the answer "it is elsewhere" for a refusal: going there would ask for a page, and leave the alert behind."""
    import urllib.request

    class Stays(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None
    return Stays()
