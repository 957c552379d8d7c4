"""Taking exports into the store: each verdict once, however often it is imported."""

import re
from collections import Counter
from datetime import datetime
from hashlib import blake2b
from typing import Any, BinaryIO, Callable

from .. import term
from ..errors import DamagedInput, UserError
from ..jsonl import BadLine, Rejects, dump
from . import imports, record
from .store import Store

_BATCH = 2000
_OURS = re.compile(r"fb-[0-9a-f]{16}").fullmatch


class Importer:
    """Reads exports and appends what is new. A verdict is known by a hash of what it says once sanitized, and by how many
    before it said the same: importing twice adds nothing, and two people of one opinion both count."""

    def __init__(self, store: Store, sanitize: Callable[[dict[str, Any]], dict[str, Any]], rejects: Rejects, *, scale: str, now: datetime):
        self._store, self._sanitize, self._rejects, self._scale, self._now = store, sanitize, rejects, scale, now
        self._alike: Counter[bytes] = Counter()
        self._waiting: list[dict[str, Any]] = []
        self.added = self.repeated = self.passed_over = 0

    def take(self, name: str, stream: BinaryIO) -> None:
        """Import one file; rows that are no verdicts become rejects."""
        line = 0
        with stream:
            try:
                for line, raw, row in imports.rows(stream, name):
                    try:
                        self._take(row)
                    except (BadLine, UserError) as bad:
                        self._rejects.add(name, line, getattr(bad, "reason", "") or bad.message, getattr(bad, "column", 0), raw)
                    if len(self._waiting) >= _BATCH:
                        self.finish()
            except DamagedInput as damage:
                self._rejects.add(name, line + 1, str(damage))

    def _take(self, row: dict[str, Any] | BadLine) -> None:
        if isinstance(row, BadLine):
            raise row
        if imports.without_opinion(row):
            self.passed_over += 1
            return
        source, said = imports.said(row, self._scale)
        dated = said.get("event_time") is not None
        made = self._sanitize(record.make({**said, "source": said.get("source") or source}, identity="", now=self._now))
        content = dump({key: value for key, value in made.items() if key != "feedback_id" and (dated or key != "event_time")})
        self._waiting.append({**made, "feedback_id": self._own_id(row.get("feedback_id")) or self._made_id(content)})

    def _own_id(self, given: Any) -> str:
        """The id that a row brings; a hash of it where it is personal, "" without one."""
        if not isinstance(given, str) or not given.strip():
            return ""
        if _OURS(given) or self._sanitize({"text": given})["text"] == given:
            return given
        return _id_of(given.encode("utf-8", "surrogatepass"))

    def _made_id(self, content: bytes) -> str:
        digest = blake2b(content, digest_size=16).digest()
        self._alike[digest] += 1
        return _id_of(digest + str(self._alike[digest] - 1).encode())

    def finish(self) -> None:
        """Put what is waiting on the disk."""
        added = self._store.append(self._waiting, once=True)
        self.added += added
        self.repeated += len(self._waiting) - added
        self._waiting = []

    def said(self) -> str:
        """How it went, in a line."""
        parts = [f"{term.count(self.added, 'verdict')} imported"]
        parts += [f"{self.repeated:,} known already"] if self.repeated else []
        parts += [f"{self.passed_over:,} rows without one"] if self.passed_over else []
        return ", ".join(parts)


def _id_of(content: bytes) -> str:
    return "fb-" + blake2b(content, digest_size=8).hexdigest()
