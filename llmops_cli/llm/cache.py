"""Answers by exact hash of all that decides them, in a folder; never by likeness: opposite questions look alike."""

import os
import sqlite3
import threading
from hashlib import sha256
from typing import Any

from ..errors import UserError
from ..jsonl import dump, parse

NAME = "answers.sqlite"
_WAIT_SECONDS = 30.0


def digest(*parts: str) -> bytes:
    """The hash of texts, told apart from the same letters divided otherwise.

    >>> digest("ab", "c") == digest("a", "bc")
    False
    """
    made = sha256()
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        made.update(len(encoded).to_bytes(8, "little") + encoded)
    return made.digest()


class Cache:
    """What was answered before, for several threads and several processes. Only hashes and answers are kept, no texts."""

    def __init__(self, folder: str):
        self._where = os.path.join(folder, NAME)
        self._lock = threading.Lock()
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            self._database = sqlite3.connect(self._where, timeout=_WAIT_SECONDS, check_same_thread=False, isolation_level=None)
            # Written through to the system at once, so a dead process loses nothing; a dead machine may lose the last answers.
            self._database.execute("pragma journal_mode = wal")
            self._database.execute("pragma synchronous = off")
            self._database.execute("create table if not exists answers (digest blob primary key, answer blob not null) without rowid")
        except OSError as error:
            raise UserError(f"cannot be made: {error.strerror or error}", where=folder, hint="--cache takes a folder") from None
        except sqlite3.Error as error:
            raise self._failed(error) from None

    def _failed(self, error: sqlite3.Error) -> UserError:
        spoilt = getattr(error, "sqlite_errorname", "").startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT"))
        return UserError(f"the cache cannot be used: {error}", where=self._where,
                         hint="take the file away; its answers are then paid for again" if spoilt else "make room there, or name another folder with --cache")

    def get(self, key: bytes) -> Any:
        """The answer kept under a hash, None when there is none."""
        try:
            with self._lock:
                row = self._database.execute("select answer from answers where digest = ?", (key,)).fetchone()
        except sqlite3.Error as error:
            raise self._failed(error) from None
        return parse(row[0]) if row else None

    def put(self, key: bytes, answer: dict[str, Any]) -> None:
        """Keep an answer."""
        try:
            with self._lock:
                self._database.execute("insert or replace into answers values (?, ?)", (key, dump(answer)))
        except sqlite3.Error as error:
            raise self._failed(error) from None

    def close(self) -> None:
        self._database.close()
