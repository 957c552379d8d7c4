"""Regular expressions that are compiled when they are first used: who looks at one short text needs few of them."""
from __future__ import annotations

import re
from typing import Any

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub")


class _Compiled:
    """What a Pattern becomes. It has no `__getattr__`, which would make each use of a method slower."""

    __slots__ = ("pattern", "flags", *_METHODS)


class Pattern(_Compiled):
    """A `re.Pattern` to be: its methods are there once one of them was asked for.

    >>> Pattern("a+").fullmatch("aa").group(), Pattern(b"A", re.I).search(b"xa").start()
    ('aa', 1)
    """

    __slots__ = ()

    def __init__(self, pattern: Any, flags: int = 0) -> None:
        self.pattern = pattern
        self.flags = flags

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self.flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        self.__class__ = _Compiled  # type: ignore[assignment]
        return getattr(self, name)
