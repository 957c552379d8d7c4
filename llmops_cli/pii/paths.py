"""Where a string stands in a record, and which places somebody chose."""
from __future__ import annotations

import re
from collections.abc import Sequence

Path = tuple[str | int, ...]


def path_text(path: Path) -> str:
    """A path as people write it.

    >>> path_text(("messages", 0, "content"))
    'messages.0.content'
    """
    return ".".join(map(str, path))


def path_pattern(path: str) -> re.Pattern[str]:
    """What a path of `--fields` or `--leave` matches: itself and all below it; list positions may be left out or *.

    >>> bool(path_pattern("messages.content").fullmatch("messages.3.content")), bool(path_pattern("a.*").fullmatch("a.b.c"))
    (True, True)
    """
    steps = path.strip(".").removeprefix("$.").replace("[", ".").replace("]", "").split(".")
    return re.compile(r"(?:\d+\.)*" + r"(?:\.\d+)*\.".join(r"[^.]+" if step in ("*", "") else re.escape(step) for step in steps) + r"(?:\..*)?", re.S)


class Choice:
    """Which paths of a record are looked at: those of `fields` (all when there are none) without those of `leave`.

    >>> Choice(["messages"], ["messages.note"]).holds(("messages", 0, "content"))
    True
    """

    def __init__(self, fields: Sequence[str], leave: Sequence[str]) -> None:
        self._fields = [path_pattern(path) for path in fields]
        self._leave = [path_pattern(path) for path in leave]
        self.everything = not self._fields and not self._leave

    def holds(self, path: Path) -> bool:
        """Whether the string at a path is looked at."""
        where = path_text(path)
        if self._fields and not any(pattern.fullmatch(where) for pattern in self._fields):
            return False
        return not any(pattern.fullmatch(where) for pattern in self._leave)
