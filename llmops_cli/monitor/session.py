"""One run of watching: lines to the watcher, its alerts to whoever wants them, what is kept between runs."""

from typing import Any, BinaryIO, Callable, Iterable, Iterator

from ..jsonl import Reader, dump
from ..storage import Source
from . import alerts
from .alerts import Alert
from .follow import Tail
from .state import State
from .watcher import Watcher


class Chunk:
    """The lines that a tail gives now, as a stream; line numbers go on where they were."""

    def __init__(self, tail: Tail, reader_of: Callable[[], Reader], *, last: bool):
        self._tail, self._reader_of, self._last = tail, reader_of, last

    def __enter__(self) -> Iterator[bytes]:
        return self._lines()

    def __exit__(self, *_: object) -> None:
        pass

    def _lines(self) -> Iterator[bytes]:
        reader = self._reader_of()
        for line in self._tail.lines(last=self._last):
            reader.line = self._tail.line - 1       # the reader adds one
            yield line


def chunks(tails: list[Tail], reader_of: Callable[[], Reader], idle: Callable[[], None] | None) -> Iterator[Source]:
    """Each tail as a source; with `idle`, over and over, which is called in between."""
    while True:
        for tail in tails:
            yield Source(tail.path, Chunk(tail, reader_of, last=idle is None), None, lambda: 0, tail.line)
        if idle is None:
            return
        idle()


class Session:
    """Passes alerts on: written in a form, kept in the state, sent, shown. `worst` is whether one of `fail_on` or higher was raised."""

    def __init__(self, watcher: Watcher, output: BinaryIO, *, form: str, silent: bool, fail_on: str, state: State | None, at_once: bool,
                 listeners: Iterable[Callable[[Alert], None]] = ()):
        self.watcher, self._output, self._form, self._silent, self._fail_on = watcher, output, form, silent, fail_on
        self._state, self._at_once, self._listeners = state, at_once, tuple(listeners)
        self._gathered: list[Alert] = []
        self.found = False
        self.said: dict[str, int] = {}

    def read(self, reader: Reader, told: Callable[[dict[str, Any]], dict[str, Any]] | None = None, every: Callable[[], None] | None = None) -> None:
        """Take in every record; `every` is called once in a while."""
        add, waiting = self.watcher.add, self.watcher.alerts
        for number, record in enumerate(reader):
            problem = add(told(record) if told else record)
            if problem:
                reader.reject(problem)
            if waiting:
                self.pass_on()
            if every and not number & 1023:
                every()

    def pass_on(self) -> None:
        """Say what the watcher has to say."""
        waiting = self.watcher.alerts
        for alert in waiting:
            if self._state and not self._state.is_news(alert):
                continue
            if alert["state"] == alerts.RAISED:
                self.found = self.found or alerts.at_least(alert, self._fail_on)
                self.said[alert["alert"]] = self.said.get(alert["alert"], 0) + 1
            if self._form == "alertmanager":
                self._gathered.append(alert)
            elif not self._silent:
                self._output.write(self._line(alert))
            if self._at_once:
                self._output.flush()
                if self._state and self._form != "alertmanager":
                    self._state.said(alert)
            for listener in self._listeners:
                listener(alert)
        waiting.clear()

    def settle(self, expected: float | None) -> None:
        """Say what only all replies together can say; `expected` is the moment until which the log should reach."""
        self.watcher.settle(final=self._state is None)
        if expected is not None:
            self.watcher.expect(expected)
        self.pass_on()

    def _line(self, alert: Alert) -> bytes:
        if self._form == "jsonl":
            return dump(alert) + b"\n"
        return ((alerts.github if self._form == "github" else alerts.text)(alert) + "\n").encode("utf-8", "backslashreplace")

    def wait(self) -> None:
        """Pass on what is written, before a wait for more."""
        self._output.flush()

    def flush(self, *, final: bool = False) -> None:
        """Write what is gathered; Alertmanager's body is one list, which may be empty at the end."""
        if self._form == "alertmanager" and not self._silent and (self._gathered or final):
            self._output.write(dump(alerts.alertmanager(self._gathered)) + b"\n")
            self._gathered = []
        self._output.flush()

