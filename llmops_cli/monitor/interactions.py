"""Each reply as a structured log line without its text, in a file that is rotated by size."""

import os
from typing import Any, BinaryIO

from ..jsonl import dump
from ..storage import writing
from ..storage.local import is_other_than_file
from .counts import NANO
from .singles import scores

_NAMES = ("message_id", "conversation_id", "team", "model", "release", "prompt_version", "region")
_TOKENS = ("input_tokens", "cached_input_tokens", "output_tokens")


def line(event: dict[str, Any], found: dict[str, Any], error: str) -> dict[str, Any]:
    """The log line of a reply: what it says of itself but for text and person, and what was found."""
    level = "error" if found["error"] else "warning" if found["slow"] or found["kinds"] or found["empty"] else "info"
    row: dict[str, Any] = {"time": found["time"], "level": level, "event": "reply"}
    row.update((key, event[key]) for key in _NAMES if event.get(key).__class__ in (str, int))
    row.update((key, event[key]) for key in _TOKENS if event.get(key).__class__ is int)
    if event.get("feedback") in ("up", "down"):
        row["feedback"] = event["feedback"]
    if found_scores := scores(event):
        row["scores"] = dict(found_scores)
    if found["latency_ms"] is not None:
        row["latency_ms"] = found["latency_ms"]
    if found["nano_dollars"] is not None:
        row["cost_usd"] = found["nano_dollars"] / NANO
    if found["error"]:
        row |= {"error": error, "timed_out": found["timed_out"]}
    row |= {"characters": len(event["content"]), "slow": found["slow"], "refused": found["refused"], "empty": found["empty"], "truncated": found["truncated"], "findings": found["kinds"]}
    return row


class RotatedLog:
    """A file of lines; beyond `size` bytes it becomes FILE.1, that FILE.2, and so on, up to `keep` of them. A device or pipe
    stays what it is."""

    def __init__(self, path: str, size: int, keep: int):
        self.path, self._size, self._keep = path, size, keep
        with writing(path):
            self._rotates = not is_other_than_file(path)
            self._file: BinaryIO = open(path, "a+b" if self._rotates else "wb")
            self._written = self._file.tell() if self._rotates else 0
            if self._written:
                self._end_line()

    def write(self, row: dict[str, Any]) -> None:
        """Append a line; a line is never cut in two files."""
        data = dump(row) + b"\n"
        with writing(self.path):
            if self._rotates and self._written and self._written + len(data) > self._size:
                self._rotate()
            self._file.write(data)
        self._written += len(data)

    def flush(self) -> None:
        with writing(self.path):
            self._file.flush()

    def close(self) -> None:
        with writing(self.path):
            self._file.close()

    def _end_line(self) -> None:
        """End the line that a run which was killed did not end."""
        self._file.seek(-1, os.SEEK_END)
        if self._file.read(1) != b"\n":
            self._written += self._file.write(b"\n")

    def _rotate(self) -> None:
        self._file.close()
        for number in range(self._keep, 0, -1):
            older = self.path if number == 1 else f"{self.path}.{number - 1}"
            if os.path.exists(older):
                os.replace(older, f"{self.path}.{number}")
        self._file = open(self.path, "wb")
        self._written = 0
