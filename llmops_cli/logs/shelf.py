"""A place for what must wait to the end of the input: in memory, beyond a limit in a temporary file."""

import json
from tempfile import TemporaryFile
from typing import Any, NamedTuple

from ..storage import writing_temporary


class Place(NamedTuple):
    """Where something was put in the file."""

    start: int
    size: int


class Shelf:
    """Takes JSON values, and gives them back for what `put` returned.

    >>> shelf = Shelf(memory=10)
    >>> places = [shelf.put({"n": number}, size=8) for number in range(3)]
    >>> places[0], places[2], shelf.get(places[2])
    ({'n': 0}, Place(start=8, size=8), {'n': 2})
    """

    def __init__(self, memory: int = 256 << 20):
        self._left = memory
        self._file: Any = None
        self._end = 0

    def put(self, value: Any, size: int) -> Any:
        """Keep a value that takes about so many bytes: itself while there is room, else its place."""
        self._left -= size
        if self._left > 0:
            return value
        line = json.dumps(value).encode()
        with writing_temporary():
            if self._file is None:
                self._file = TemporaryFile()
            self._file.seek(self._end)
            self._file.write(line)
        place = Place(self._end, len(line))
        self._end += len(line)
        return place

    def get(self, place: Any) -> Any:
        if place.__class__ is not Place:
            return place
        with writing_temporary():       # what was put last may still have to be written
            self._file.seek(place.start)
        return json.loads(self._file.read(place.size))
