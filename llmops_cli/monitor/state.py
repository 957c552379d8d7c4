"""What is kept from one run to the next: places in files, windows, sums, what was said. One JSON file, replaced whole.

While a run goes on, `FILE.journal` lists the alerts that were said since the file was written: a run that was killed is
repeated by the next from the old places, and what stands in the journal is not said again.
"""

import fcntl
import json
import os
from collections import Counter
from typing import Any, Callable

from ..errors import UserError
from ..storage import writing
from ..storage.local import create, require_keepable
from .alerts import Alert, identity
from .rotation import Position
from .watcher import Watcher

VERSION = 1
_BROKEN = (KeyError, TypeError, ValueError, AttributeError, OverflowError)


class State:
    """The state file of one run, locked as long as it is open."""

    def __init__(self, path: str, watcher: Watcher, say: Callable[[str], None]):
        self.path, self._watcher, self._say = path, watcher, say
        self.positions: dict[str, Position] = {}
        self.unsent: list[Alert] = []
        self.generation = 0
        require_keepable(path)
        self._lock = self._locked()
        self._journal = None
        kept = self._read()
        if kept is not None:
            self._restore(kept)
        self._goes_on = False
        self._said_before = self._journaled()

    # Said once ---------------------------------------------------------------------------------------------------------

    def is_news(self, alert: Alert) -> bool:
        """Whether an alert was not said yet by a run that did not come to its end."""
        known = identity(alert)
        if self._said_before[known]:
            self._said_before[known] -= 1
            return False
        return True

    def said(self, alert: Alert) -> None:
        """Note that an alert was said, before anything else is."""
        if self._journal is None:
            with writing(self.path):
                # One of this generation is gone on with: what a killed run said may have to be told to a third one.
                number = os.open(f"{self.path}.journal", os.O_WRONLY | os.O_CREAT | os.O_APPEND | (0 if self._goes_on else os.O_TRUNC), 0o600)
                os.write(number, b"\n" if self._goes_on else f"{self.generation}\n".encode())
                self._journal = number
        with writing(self.path):
            os.write(self._journal, f"{identity(alert)}\n".encode())

    def _journaled(self) -> Counter:
        try:
            with open(f"{self.path}.journal", encoding="ascii") as file:
                generation, *known = file.read().split("\n")
        except FileNotFoundError:
            return Counter()
        except (OSError, UnicodeDecodeError):
            return Counter()
        self._goes_on = generation == str(self.generation)
        return Counter(one for one in known if len(one) == 16) if self._goes_on else Counter()

    # Written and read --------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Replace the file with what is known now, and begin a new journal."""
        self.generation += 1
        watcher = self._watcher
        document = {"version": VERSION, "generation": self.generation, "settings": self._settings(), "positions": {path: position._asdict() for path, position in self.positions.items()},
                    "history": watcher.history.to_json(), "money": watcher.money.to_json(), "sent": list(watcher.sent),
                    "raised": [[*key, number] for key, number in watcher.raised.items()], "unsent": self.unsent}
        with create(self.path, private=True) as file:
            file.write(json.dumps(document, separators=(",", ":")).encode())
            with writing(self.path):
                file.flush()
                os.fsync(file.fileno())
        with writing(self.path):
            if self._journal is not None:
                os.close(self._journal)
                self._journal = None
            if os.path.exists(f"{self.path}.journal"):
                os.unlink(f"{self.path}.journal")
        self._said_before.clear()
        self._goes_on = False

    def close(self) -> None:
        """Let others use the file."""
        os.close(self._lock)

    def _locked(self) -> int:
        with writing(self.path):
            number = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(number)
            raise UserError("another run is using this state", where=self.path, hint="wait for it, or give each its own --state") from None
        return number

    def _read(self) -> dict[str, Any] | None:
        try:
            with open(self.path, encoding="utf-8") as file:
                kept = json.load(file)
            version = kept["version"]
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UserError(f"cannot be read: {error.strerror}", where=self.path) from None
        except (*_BROKEN, RecursionError):
            self._set_aside()
            return None
        if version.__class__ is int and version > VERSION:
            raise UserError("this state was written by a newer version of the program", where=self.path, hint="use that version, or another --state")
        return kept

    def _restore(self, kept: dict[str, Any]) -> None:
        watcher = self._watcher
        same = kept.get("settings") == self._settings()
        try:
            positions = {str(path): Position.from_json(position) for path, position in kept["positions"].items()}
            generation, unsent = int(kept["generation"]), [dict(alert) for alert in kept["unsent"]]
            sent = {str(known): None for known in kept["sent"]}
            raised = {(str(alert), str(severity)): int(number) for alert, severity, number in kept["raised"]}
            watcher.history.restore(kept["history"], windows=same)
            watcher.money.restore(kept["money"])
        except _BROKEN:
            watcher.forget()
            self._set_aside()
            return
        self.positions, self.generation, self.unsent = positions, generation, unsent
        watcher.sent, watcher.raised = sent, raised
        if not same:
            self._say(f"{self.path}: was kept for other windows or scopes: these begin anew, the rest goes on")

    def _settings(self) -> dict[str, Any]:
        moments = self._watcher.moments
        return {"window": moments.length, "timezone": moments.calendar.zone_name, "week_start": moments.calendar.week_start, "by": list(self._watcher.by)}

    def _set_aside(self) -> None:
        """Keep a file that cannot be used out of the way, and say so."""
        number = 1
        while os.path.exists(aside := f"{self.path}.damaged-{number}"):
            number += 1
        with writing(self.path):
            os.replace(self.path, aside)
        self._say(f"{self.path}: is damaged: kept as {aside}, and made anew from all lines")
