"""The lake: where everything stands under its folder, one writer at a time, and changes that happen whole or not at all.

    landing/date=D/*.jsonl[.gz]      what came in, never touched
    sanitized/date=D/*.jsonl         events without personal data
    conversations/date=D/            assembled and classified
    curated/metrics_daily/date=D/    metrics.json, and tallies.jsonl that can be merged
    reports/date=D/                  run_latest.json, rejects.jsonl
    .llmops/                         what is known of each input, the lock, unfinished work
"""

import fcntl
import json
import os
import re
import shutil
import socket
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any, Iterator

from ..errors import UserError
from ..feedback.store import Store
from .erasure import FEEDBACK, take_out

WORK = ".llmops/work"       # unfinished files, cleared away by whoever opens the lake next
PARTITION = re.compile(r"date=(\d{4}-\d\d-\d\d|unknown)")


class Lake:
    """A folder with the layout above. Paths are relative to it, with `/` between."""

    kind = "local"

    def __init__(self, root: str):
        self.root = root
        if os.path.exists(root) and not os.path.isdir(root):
            raise UserError("is a file, not a folder", where=root, hint="-o LAKE names a folder")

    def path(self, relative: str) -> str:
        return os.path.join(self.root, *relative.split("/"))

    def ready(self, relative: str) -> str:
        """The path of a file to be written, its folder made."""
        path = self.path(relative)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def partitions(self, stage: str) -> list[str]:
        """The dates that a stage (`landing`, `curated/metrics_daily`, …) has, sorted; `unknown` last."""
        try:
            names = os.listdir(self.path(stage))
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(match[1] for name in names if (match := PARTITION.fullmatch(name)))

    def files(self, stage: str, date: str) -> list[str]:
        """The finished files of a partition, as paths in the lake, sorted."""
        folder = f"{stage}/date={date}"
        try:
            names = os.listdir(self.path(folder))
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(f"{folder}/{name}" for name in names if not name.startswith(".") and os.path.isfile(self.path(f"{folder}/{name}")))

    def exists(self, relative: str) -> bool:
        return os.path.exists(self.path(relative))

    def size(self, relative: str) -> int:
        """Bytes of a file."""
        return os.path.getsize(self.path(relative))

    def written_on(self, relative: str) -> str:
        """The date on which a file was written, UTC."""
        return datetime.fromtimestamp(os.stat(self.path(relative)).st_mtime, timezone.utc).date().isoformat()

    def place(self, hidden: str, final: str) -> None:
        """Give a file that was written under a hidden name its own."""
        os.replace(self.path(hidden), self.path(final))

    def changed(self, relative: str) -> None:
        """Take note that the file of a path was written in place."""

    def read_json(self, relative: str) -> Any:
        """A JSON file of the lake, None when it is not there. UserError when it is broken."""
        try:
            with open(self.path(relative), "rb") as file:
                return json.load(file)
        except FileNotFoundError:
            return None
        except ValueError:
            raise UserError("is not JSON", where=self.path(relative), hint="take that file away; llmops run --force then makes everything anew from the landing") from None

    def write_json(self, relative: str, value: Any) -> None:
        """Put a JSON file in its place, whole."""
        path = self.ready(relative)
        folder, name = os.path.split(path)
        partial = os.path.join(folder, f".{name.lstrip('.')}.partial")
        with open(partial, "w", encoding="utf-8") as file:
            json.dump(value, file, indent=1, ensure_ascii=False)
            file.write("\n")
        os.replace(partial, path)

    # What is known of the inputs ------------------------------------------------------------------------------------

    def manifests(self, state: str) -> dict[str, dict[str, Any]]:
        """The notes on inputs by their key: `done` (counted) or `pending` (sanitized, not counted yet)."""
        folder = f".llmops/inputs/{state}"
        try:
            names = sorted(os.listdir(self.path(folder)))
        except FileNotFoundError:
            return {}
        return {name.removesuffix(".json"): self.read_json(f"{folder}/{name}") for name in names
                if name.endswith(".json") and not name.startswith(".")}

    # One writer -----------------------------------------------------------------------------------------------------

    @contextmanager
    def locked(self, wait: bool, now: str) -> Iterator[None]:
        """Hold the lake. The lock of a process that died is free. UserError when another process holds it."""
        with open(self.ready(".llmops/lock"), "a+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                file.seek(0)
                raise UserError(f"another run holds this lake: {file.read().strip() or 'its name is not written yet'}",
                                where=self.root, hint="it is free when that process ends; --wait waits for it") from None
            file.truncate(0)
            file.write(f"process {os.getpid()} on {socket.gethostname()}, since {now}\n")
            file.flush()
            try:
                yield
            except OSError as error:
                if error.filename is not None or isinstance(error, BrokenPipeError):
                    raise
                raise UserError(f"cannot be written: {error.strerror or type(error).__name__}", where=self.root,
                                hint="what was finished stays; run it again to go on") from None

    # Changes that happen whole --------------------------------------------------------------------------------------

    def commit(self, moves: list[tuple[str, str]]) -> None:
        """Move finished files from their working names into place, in order: all of them, whatever dies meanwhile.

        A target of "" takes the file away; what is moved to FEEDBACK is a list of what is taken out of it.
        """
        self.write_json(".llmops/commit.json", moves)
        self.recover()

    def recover(self) -> None:
        """Finish a commit that was begun, and clear away unfinished work."""
        moves = self.read_json(".llmops/commit.json")
        for source, target in moves or ():
            if target == FEEDBACK:
                self._erase_feedback(source)
            elif target:
                self._move(source, target)
            else:
                self._take_away(source)
        if moves is not None:
            os.unlink(self.path(".llmops/commit.json"))
        shutil.rmtree(self.path(WORK), ignore_errors=True)

    def _move(self, source: str, target: str) -> None:
        try:
            os.replace(self.path(source), self.ready(target))
        except FileNotFoundError:
            pass            # this move was done before

    def _take_away(self, relative: str) -> None:
        """Take a file away, and its folder when it was the last in it."""
        path = self.path(relative)
        folder = os.path.dirname(path)
        try:
            os.unlink(path)
        except FileNotFoundError:
            pass            # it was taken away before
        if os.path.isdir(folder) and not os.listdir(folder):
            os.rmdir(folder)

    def _erase_feedback(self, listing: str) -> None:
        gone = self.read_json(listing)
        if gone:                # else they were taken out before, and their list as well
            take_out(Store(self.path(FEEDBACK)), gone)
            self.changed(FEEDBACK)

    def clear_partial_files(self) -> None:
        """Take away what an interrupted run left half-written."""
        for stage in ("landing", "sanitized"):
            for date in self.partitions(stage):
                folder = self.path(f"{stage}/date={date}")
                for name in os.listdir(folder):
                    if name.startswith(".") and name.endswith(".partial"):
                        os.unlink(os.path.join(folder, name))


def refuse_no_lake(root: str) -> None:
    """UserError when a folder of this machine is none that `run` wrote."""
    if not any(os.path.isdir(os.path.join(root, stage)) for stage in ("landing", "sanitized", "conversations", "curated")):
        raise UserError("there is no lake", where=root, hint="the folder that llmops run wrote")


class DatedFiles:
    """One growing file a date under hidden names, held open a few at a time; `publish` gives them their names."""

    HELD = 64 << 10     # bytes of a date that are kept before they are written

    def __init__(self, lake: Lake, stage: str, name: str):
        self._lake, self._stage, self._name = lake, stage, name
        self._waiting: dict[str, list[bytes]] = {}
        self._sizes: dict[str, int] = {}
        self._begun: set[str] = set()

    def write(self, date: str, line: bytes) -> None:
        """Add a line to the file of a date."""
        waiting = self._waiting.setdefault(date, [])
        waiting.append(line)
        size = self._sizes.get(date, 0) + len(line)
        self._sizes[date] = size
        if size > self.HELD:
            self._flush(date)

    def _hidden(self, date: str) -> str:
        return f"{self._stage}/date={date}/.{self._name}.partial"

    def final(self, date: str) -> str:
        return f"{self._stage}/date={date}/{self._name}"

    def _flush(self, date: str) -> None:
        lines = self._waiting[date]
        if not lines:
            return
        mode = "ab" if date in self._begun else "wb"
        self._begun.add(date)
        with open(self._lake.ready(self._hidden(date)), mode, buffering=0) as file:
            file.write(b"\n".join(lines) + b"\n")
        lines.clear()
        self._sizes[date] = 0

    def flush(self) -> list[str]:
        """Write everything that waits; the dates there are, sorted."""
        for date in self._waiting:
            self._flush(date)
        return sorted(self._begun)

    def hidden(self, date: str) -> str:
        """The working name of a date's file, as a path in the lake."""
        return self._hidden(date)

    def publish(self) -> list[str]:
        """Give every file its name; their paths in the lake."""
        dates = self.flush()
        for date in dates:
            self._lake.place(self._hidden(date), self.final(date))
        return [self.final(date) for date in dates]
