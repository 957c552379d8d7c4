"""A lake in an object store, worked on through a scratch folder of this machine.

What is read is fetched when it is asked for, what is finished is put at once. A commit puts the new files in the place of
unfinished work, then the list of moves, then has the store copy them into place: from the moment the list is there the
change has happened, and whoever opens the lake next carries out what is left.

One writer: the lock is an object that only one can make. It says until when it holds, is renewed while its holder lives,
and may be taken over once that time is past.
"""

import json
import os
import shutil
from contextlib import contextmanager
from datetime import datetime, timezone
from threading import Event, Thread
from typing import Any, Callable, Iterator, NamedTuple, Protocol

from ..errors import UserError
from ..records import utc_stamp
from .erasure import FEEDBACK
from .lake import PARTITION, WORK, Lake

LOCK = ".llmops/lock"
COMMIT = ".llmops/commit.json"
HELD_SECONDS = 120      # how long a lock holds that is not renewed


class Object(NamedTuple):
    """An object below the lake's prefix."""

    key: str            # relative to it
    size: int           # bytes
    etag: str
    modified: str       # date, UTC


class Bucket(Protocol):
    """What a lake needs of a store: keys are relative to the lake."""

    address: str        # for messages: s3://bucket/prefix

    def list(self, prefix: str) -> Iterator[Object]:
        """Every object below a prefix."""

    def get(self, key: str, path: str) -> None:
        """Fetch an object into a file. FileNotFoundError when there is none."""

    def put(self, key: str, path: str) -> None:
        """Put a file's content in an object's place, whole or not at all."""

    def read(self, key: str) -> tuple[bytes, str] | None:
        """A small object and its etag, None when there is none."""

    def write(self, key: str, data: bytes, *, absent: bool = False, etag: str = "") -> str | None:
        """Put a small object: its etag, or None when it should have been absent, or have had that etag, and was not so."""

    def copy(self, source: str, target: str) -> None:
        """Have the store copy an object. FileNotFoundError when there is none."""

    def delete(self, key: str) -> None:
        """Take an object away; no error when there is none."""


class Clock(NamedTuple):
    """Seconds since 1970, and a wait of so many."""

    now: Callable[[], float]
    sleep: Callable[[float], None]


class RemoteLake(Lake):
    """A lake below a prefix of a bucket. `scratch` is an empty folder that is the caller's to take away."""

    kind = "s3"

    def __init__(self, bucket: Bucket, scratch: str, holder: str, clock: Clock):
        super().__init__(scratch)
        self._bucket, self._holder, self._clock = bucket, holder, clock
        self._objects: dict[str, Object] | None = None
        self._lock_etag = ""
        self._lost = False
        self._until = 0.0       # when the lock runs out, unless it is renewed

    # Reading: what is not here yet is fetched -----------------------------------------------------------------------

    @property
    def objects(self) -> dict[str, Object]:
        """Everything in the lake by its path, listed once."""
        if self._objects is None:
            self._objects = {one.key: one for one in self._bucket.list("")}
        return self._objects

    def path(self, relative: str) -> str:
        local = super().path(relative)
        if relative in self.objects and not os.path.exists(local):
            os.makedirs(os.path.dirname(local), exist_ok=True)
            self._bucket.get(relative, local + ".fetching")
            os.replace(local + ".fetching", local)
        return local

    def ready(self, relative: str) -> str:
        local = super().path(relative)
        os.makedirs(os.path.dirname(local), exist_ok=True)
        return local

    def partitions(self, stage: str) -> list[str]:
        above = stage.count("/") + 1
        names = {key.split("/")[above] for key in self.objects if key.startswith(stage + "/") and key.count("/") > above}
        return sorted(match[1] for name in names if (match := PARTITION.fullmatch(name)))

    def files(self, stage: str, date: str) -> list[str]:
        folder = f"{stage}/date={date}/"
        return sorted(key for key in self.objects if key.startswith(folder) and "/" not in key[len(folder):] and not key[len(folder):].startswith("."))

    def exists(self, relative: str) -> bool:
        return relative in self.objects

    def size(self, relative: str) -> int:
        return self.objects[relative].size

    def written_on(self, relative: str) -> str:
        return self.objects[relative].modified

    def manifests(self, state: str) -> dict[str, dict[str, Any]]:
        folder = f".llmops/inputs/{state}/"
        return {key[len(folder):].removesuffix(".json"): self.read_json(key) for key in sorted(self.objects) if key.startswith(folder)}

    # Writing: what is finished is put at once -----------------------------------------------------------------------

    def write_json(self, relative: str, value: Any) -> None:
        super().write_json(relative, value)
        if not relative.startswith(WORK):
            self.changed(relative)

    def changed(self, relative: str) -> None:
        local = super().path(relative)
        self._held_still()
        self._bucket.put(relative, local)
        self.objects[relative] = Object(relative, os.path.getsize(local), "", "")

    def place(self, hidden: str, final: str) -> None:
        os.replace(super().path(hidden), super().path(final))
        self.changed(final)

    def commit(self, moves: list[tuple[str, str]]) -> None:
        for source, target in moves:
            if target and source not in self.objects:       # a note that is moved is there already
                self.changed(source)
        self._held_still()
        self._bucket.write(COMMIT, json.dumps(moves).encode())
        self._carry_out(moves)

    def recover(self) -> None:
        found = self._bucket.read(COMMIT)
        if found:
            self._carry_out(json.loads(found[0]))
        else:
            self._clear_work()

    def _carry_out(self, moves: list[tuple[str, str]]) -> None:
        for source, target in moves:
            if target == FEEDBACK:
                self._erase_feedback(source)
            elif target:
                try:
                    self._bucket.copy(source, target)
                except FileNotFoundError:
                    continue        # this move was done before
            if target or source in self.objects:
                self._bucket.delete(source)
        self._bucket.delete(COMMIT)
        self._objects = None        # so much has moved: listed anew
        shutil.rmtree(self.root, ignore_errors=True)
        os.makedirs(self.root, exist_ok=True)
        self._clear_work()

    def _clear_work(self) -> None:
        for key in [key for key in self.objects if key.startswith(WORK)]:
            self._bucket.delete(key)
            del self.objects[key]
        shutil.rmtree(super().path(WORK), ignore_errors=True)

    def clear_partial_files(self) -> None:
        """Nothing to do: what is half-written is in the scratch folder alone."""

    # One writer -----------------------------------------------------------------------------------------------------

    @contextmanager
    def locked(self, wait: bool, now: str) -> Iterator[None]:
        """Hold the lake. UserError, with its holder and until when, while another holds it."""
        while not self._take():
            found = self._bucket.read(LOCK)
            held = json.loads(found[0]) if found else {}
            if not wait:
                raise UserError(f"another run holds this lake: {held.get('holder', 'unknown')}, until {held.get('until', 'unknown')} unless it goes on",
                                where=self._bucket.address, hint="it is free when that run ends, or after that time if it died; --wait waits for it")
            self._clock.sleep(2)
        ended = Event()
        keeper = Thread(target=self._renew, args=(ended,), daemon=True)
        keeper.start()
        self._objects = None
        try:
            yield
        finally:
            ended.set()
            keeper.join()
            if self._holds():
                self._bucket.delete(LOCK)

    def _note(self, until: float) -> bytes:
        stamp = utc_stamp(datetime.fromtimestamp(int(until), timezone.utc))
        return json.dumps({"holder": self._holder, "until": stamp, "until_seconds": until}).encode()

    def _take(self) -> bool:
        until = self._clock.now() + HELD_SECONDS
        etag = self._bucket.write(LOCK, self._note(until), absent=True)
        if etag is None:
            found = self._bucket.read(LOCK)
            if found is None:
                return False        # it went this moment: the next try may have it
            held, before = json.loads(found[0]), found[1]
            if held.get("until_seconds", 0) > self._clock.now():
                return False
            etag = self._bucket.write(LOCK, self._note(until), etag=before)      # its holder died: one of those who wait gets it
        self._lock_etag, self._until = etag or "", until
        return bool(etag)

    def _renew(self, ended: Event) -> None:
        while not ended.wait(HELD_SECONDS / 3):
            until = self._clock.now() + HELD_SECONDS
            try:
                etag = self._bucket.write(LOCK, self._note(until), etag=self._lock_etag)
            except UserError:
                continue            # the store does not answer: two more tries before the lock runs out
            if etag is None:
                self._lost = True
                return
            self._lock_etag, self._until = etag, until

    def _holds(self) -> bool:
        """Whether the lock is ours: it was not taken over, nor has it run out while this machine slept or the store was silent."""
        return not self._lost and self._clock.now() < self._until

    def _held_still(self) -> None:
        """UserError when the lock was lost: somebody else may be writing."""
        if not self._holds():
            raise UserError("the lock on this lake was lost to another run", where=self._bucket.address, hint="run again; nothing was counted twice")
