"""The files of a lake in a bucket: listed in a few requests, fetched several at a time, only those that are asked for."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Callable, Hashable, Iterator

from .. import storage
from ..errors import UserError
from .lakefiles import LakeFiles, Unusable, dates_of, place

FRESH_SECONDS = 10.0    # that a listing is believed
AT_ONCE = 16            # files that are fetched at a time
WINDOW = 48             # dates that are fetched ahead


class RemoteFiles(LakeFiles):
    """An address such as s3://bucket/prefix under which `run` wrote."""

    def __init__(self, root: str, now: Callable[[], float]):
        self.root, self._now = root.rstrip("/"), now
        self._listings: dict[str, tuple[float, dict[str, str]]] = {}
        self._ahead: dict[str, Future[bytes | None]] = {}
        self._lock = threading.Lock()

    def path(self, relative: str) -> str:
        return f"{self.root}/{relative}"

    def exists(self) -> bool:
        """Whether the bucket can be listed; UserError says why not."""
        self._listing("curated")
        return True

    def lake_around(self) -> str:
        return ""

    def _listing(self, stage: str) -> dict[str, str]:
        """The marks of the files of a stage, by their paths in the lake."""
        top = stage.partition("/")[0]
        with self._lock:
            listed = self._listings.get(top)
            if listed is None or self._now() - listed[0] > FRESH_SECONDS:
                begun = self._now()
                start = len(self.root) + 1
                listed = self._listings[top] = begun, {entry.address[start:]: entry.etag for entry in storage.entries(f"{self.root}/{top}/")}
            return listed[1]

    def dates(self, stage: str) -> list[str]:
        parts = stage.count("/") + 1
        names = {path.split("/")[parts] for path in self._listing(stage) if path.startswith(stage + "/")}
        return dates_of(names)

    def tag(self, relative: str) -> Hashable:
        return self._listing(relative).get(relative)

    def tags(self, stage: str, names: tuple[str, ...]) -> Hashable:
        return tuple((path, tag) for path, tag in sorted(self._listing(stage).items()) if path.rpartition("/")[2] in names and path.startswith(stage + "/"))

    def read(self, relative: str) -> bytes | None:
        waiting = self._ahead.pop(relative, None)
        if waiting is not None:
            return waiting.result()
        return self._fetch(relative)

    def _fetch(self, relative: str) -> bytes | None:
        if self.tag(relative) is None:
            return None
        try:
            with storage.open_source(self.path(relative)).stream as stream:
                return stream.read()
        except UserError as error:
            raise Unusable(relative, error.message) from None

    def ahead(self, dates: list[str], stage: str, names: tuple[str, ...]) -> Iterator[str]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for begin in range(0, len(dates), WINDOW):
                window = dates[begin:begin + WINDOW]
                self._ahead = {path: pool.submit(self._fetch, path) for date in window for name in names if self.tag(path := place(stage, date, name)) is not None}
                yield from window
