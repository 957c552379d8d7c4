"""A place for records that must wait to the end of the input: in memory, beyond a limit in a temporary file."""

import json
from tempfile import SpooledTemporaryFile
from typing import Any, NamedTuple


class Place(NamedTuple):
    """Where something was put."""

    start: int
    size: int


class Shelf:
    """Takes JSON values, and gives them back by their place.

    >>> shelf = Shelf(memory=10)
    >>> places = [shelf.put({"n": number}) for number in range(3)]
    >>> shelf.get(places[1])
    {'n': 1}
    """

    def __init__(self, memory: int = 256 << 20):
        self._file = SpooledTemporaryFile(max_size=memory)
        self._end = 0

    def put(self, value: Any) -> Place:
        line = json.dumps(value).encode()
        self._file.seek(self._end)
        self._file.write(line)
        place = Place(self._end, len(line))
        self._end += len(line)
        return place

    def get(self, place: Place) -> Any:
        self._file.seek(place.start)
        return json.loads(self._file.read(place.size))
