"""The files of a lake as those see it who only read it: which dates there are, what a file holds, whether it has changed."""

import os
import re
from typing import Callable, Hashable, Iterable, Iterator

from .. import storage
from ..errors import UserError
from ..records import UNKNOWN
from .evidence import is_date

CURATED, REPORTS = "curated/metrics_daily", "reports"
METRICS, TALLIES, MODELS, RUN, REJECTS = "metrics.json", "tallies.jsonl", "models.jsonl", "run_latest.json", "rejects.jsonl"

PARTITION = re.compile(r"date=(\d{4}-\d\d-\d\d|unknown)")


class Unusable(ValueError):
    """Why a file of the lake cannot be used."""

    def __init__(self, file: str, reason: str):
        super().__init__(reason)
        self.file = file


def place(stage: str, date: str, name: str) -> str:
    """The path of a file in the lake.

    >>> place(CURATED, "2026-01-03", METRICS)
    'curated/metrics_daily/date=2026-01-03/metrics.json'
    """
    return f"{stage}/date={date}/{name}"


def dates_of(folders: Iterable[str]) -> list[str]:
    """The dates that the names of folders are of, sorted, `unknown` last.

    >>> dates_of(["date=unknown", "date=2026-03-02", "date=2026-02-30", "other"])
    ['2026-03-02', 'unknown']
    """
    found = [match[1] for name in folders if (match := PARTITION.fullmatch(name))]
    return sorted(date for date in found if date == UNKNOWN or is_date(date))


class LakeFiles:
    """A folder that `run` made. Paths are relative to it, with `/` between."""

    def __init__(self, root: str):
        self.root = root
        self._listed: dict[str, tuple[list[str], list[str]]] = {}       # the names in a stage's folder, and the dates they are of
        if os.path.exists(root) and not os.path.isdir(root):
            raise UserError("is a file, not a folder", where=root, hint="a lake is the folder that llmops run -o names")

    def path(self, relative: str) -> str:
        """How a file is named in messages."""
        return os.path.join(self.root, *relative.split("/"))

    def exists(self) -> bool:
        return os.path.isdir(self.root)

    def lake_around(self) -> str:
        """The lake that this folder is a part of, "" when it is none."""
        above = os.path.dirname(os.path.normpath(self.root))
        for _ in range(3):
            if os.path.isdir(os.path.join(above or ".", CURATED)):
                return above or "."
            above = os.path.dirname(above)
        return ""

    def dates(self, stage: str) -> list[str]:
        """The dates that a stage has, sorted, `unknown` last."""
        try:
            names = os.listdir(self.path(stage))
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise UserError(f"cannot be read: {error.strerror}", where=self.path(stage)) from None
        listed = self._listed.get(stage)
        if listed is None or listed[0] != names:
            listed = self._listed[stage] = names, dates_of(names)
        return listed[1]

    def tag(self, relative: str) -> Hashable:
        """What changes whenever a file does; None when there is no such file."""
        try:
            about = os.stat(self.path(relative))
        except OSError:
            return None
        return about.st_mtime_ns, about.st_size, about.st_ino

    def tags(self, stage: str, names: tuple[str, ...]) -> Hashable:
        """What changes whenever one of the files with these names does, in any partition of a stage."""
        found: list[Hashable] = []
        base, stat = os.path.join(self.root, *stage.split("/")), os.stat
        for date in self.dates(stage):
            found.append(date)
            for name in names:
                try:
                    about = stat(f"{base}/date={date}/{name}")
                    found.append((about.st_mtime_ns, about.st_size, about.st_ino))
                except OSError:
                    found.append(None)
        return tuple(found)

    def read(self, relative: str) -> bytes | None:
        """What a file holds, None when there is no such file. Unusable when it cannot be read."""
        try:
            with open(self.path(relative), "rb") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise Unusable(relative, f"cannot be read: {error.strerror}") from None

    def ahead(self, dates: list[str], stage: str, names: tuple[str, ...]) -> Iterator[str]:
        """The dates in turn; a store that is far away fetches their files meanwhile."""
        yield from dates


def open_lake(root: str, now: Callable[[], float] = lambda: 0.0) -> LakeFiles:
    """The files of a lake by its address. What a bucket holds is looked up anew after some seconds of the clock `now`."""
    if not storage.is_remote(root):
        return LakeFiles(root)
    from .remotefiles import RemoteFiles
    return RemoteFiles(root, now)
