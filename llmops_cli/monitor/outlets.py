"""Where alerts and sums go besides the output: log, Prometheus file, web address, dashboard; and what happens while nothing comes."""

import os
from typing import Callable

from .. import replies
from ..storage import writing
from ..storage.local import is_other_than_file
from .alerts import Alert
from .dashboard import Dashboard
from .follow import Tail
from .interactions import RotatedLog, line
from .session import Session
from .state import State
from .watcher import Watcher
from .webhook import Sender

POLL = 0.05             # seconds between looks at a file that grows
SAVED_EVERY = 5.0       # seconds between two writings of the state, and of the Prometheus file, while following
DRAWN_EVERY = 1.0       # seconds between two pictures of the dashboard
EXIT_WAITS = 9.0        # seconds at most for alerts that are still to be sent


class Outlets:
    """Those that are wanted, None where one is not. `now` is a clock in seconds, `draw_on` puts a picture on the screen."""

    def __init__(self, watcher: Watcher, state: State | None, *, log: RotatedLog | None, write_sums: Callable[[], None] | None, sender: Sender | None,
                 board: Dashboard | None, draw_on: Callable[[list[str]], None] | None, now: Callable[[], float], sleep: Callable[[float], None]):
        self.watcher, self.state, self.log, self.write_sums, self.sender, self.board = watcher, state, log, write_sums, sender, board
        self.tails: list[Tail] = []
        self.listeners: list[Callable[[Alert], None]] = [one.note if one is board else one.put for one in (board, sender) if one]
        self._draw_on, self._now, self._sleep = draw_on, now, sleep
        self._saved = self._drawn = now()
        self._read = -1
        if log:
            watcher.seen = lambda event, found: log.write(line(event, found, replies.error_class(event) if event.get("error") else "said in the reply" if found["error"] else ""))
        if sender and state:
            for alert in state.unsent:
                sender.put(alert)

    def idle(self, session: Session) -> None:
        """Between two looks at files that grow: what is known is said, kept and drawn; then a moment's rest."""
        read = sum(tail.given for tail in self.tails)
        if read != self._read:
            self._read = read
            self.watcher.settle()
            session.pass_on()
            session.flush()
            if self.log:
                self.log.flush()
        if self._now() - self._saved >= SAVED_EVERY:
            self._saved = self._now()
            self.keep()
        self.draw()
        self._sleep(POLL)

    def keep(self) -> None:
        """Write the sums and, while following, the state."""
        if self.write_sums:
            self.write_sums()
        if self.state:
            self.note_positions()
            if self.sender:
                self.state.unsent = self.sender.undelivered()
            self.state.save()

    def note_positions(self) -> None:
        """Tell the state how far each file was read."""
        for tail in self.tails:
            if self.state:
                self.state.positions[os.path.abspath(tail.path)] = tail.position()

    def draw(self) -> None:
        """Redraw the dashboard when it is time."""
        if self.board and self._draw_on and self._now() - self._drawn >= DRAWN_EVERY:
            self._drawn = self._now()
            self._draw_on(self.board.lines([tail.path for tail in self.tails]))

    def end(self) -> list[Alert]:
        """Write what is left; the alerts that could not be sent in time."""
        if self.write_sums:
            self.write_sums()
        if self.log:
            self.log.close()
        self.note_positions()
        return self.sender.finish(EXIT_WAITS) if self.sender else []


def replace(path: str, text: str) -> None:
    """Put a file with mode 0644 in place, whole or not at all; a device or pipe is written to."""
    if is_other_than_file(path):
        with writing(path), open(path, "w", encoding="utf-8") as device:
            device.write(text)
        return
    folder, name = os.path.split(os.path.realpath(path))
    partial = os.path.join(folder, f".{name}.{os.getpid()}.partial")
    with writing(path):
        try:
            with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), "w", encoding="utf-8") as file:
                os.fchmod(file.fileno(), 0o644)
                file.write(text)
            os.replace(partial, os.path.join(folder, name))
        except OSError:
            if os.path.exists(partial):
                os.unlink(partial)
            raise
