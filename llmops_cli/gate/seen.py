"""Which messages were read before: exact, and 8 bytes a message."""

from array import array
from base64 import b64decode, b64encode
from bisect import bisect_left
from typing import Any

RECENT = 1 << 15        # numbers that are held loosely before they are put in order
SLOTS = 1 << 22         # bytes of a table that says "surely new" of most


class Seen:
    """A set of 64-bit numbers that only grows.

    >>> seen = Seen()
    >>> seen.add(77), seen.add(77), 77 in seen, 78 in seen
    (True, False, True, False)
    """

    def __init__(self) -> None:
        self._recent: set[int] = set()
        self._sorted: list[array] = []
        self._maybe = bytearray()           # made when there are sorted parts to save a search in

    def add(self, number: int) -> bool:
        """Take a number; whether it is new."""
        recent = self._recent
        if number in recent or self._sorted and self._maybe[number % SLOTS] and self._settled(number):
            return False
        recent.add(number)
        if len(recent) >= RECENT:
            self._settle()
        return True

    def __contains__(self, number: int) -> bool:
        return number in self._recent or bool(self._sorted) and bool(self._maybe[number % SLOTS]) and self._settled(number)

    def _settled(self, number: int) -> bool:
        for part in self._sorted:
            place = bisect_left(part, number)
            if place < len(part) and part[place] == number:
                return True
        return False

    def _settle(self) -> None:
        """Put what is recent in order, and join parts so that few remain."""
        part = array("Q", sorted(self._recent))
        self._recent = set()
        self._mark(part)
        while self._sorted and len(self._sorted[-1]) <= 2 * len(part):
            part = array("Q", sorted(self._sorted.pop() + part))
        self._sorted.append(part)

    def _mark(self, part: array) -> None:
        if not self._maybe:
            self._maybe = bytearray(SLOTS)
        maybe = self._maybe
        for number in part:
            maybe[number % SLOTS] = 1

    def dump(self) -> list[str]:
        """The numbers as text, in parts."""
        parts = [*self._sorted, array("Q", sorted(self._recent))]
        return [b64encode(part.tobytes()).decode() for part in parts if part]

    @classmethod
    def load(cls, values: Any) -> "Seen":
        """What `dump` gave. ValueError or TypeError when it is something else."""
        made = cls()
        for text in values:
            part = array("Q")
            part.frombytes(b64decode(text, validate=True))
            if len(part) < RECENT:
                made._recent.update(part)
            else:
                made._sorted.append(part)
        if made._sorted:
            made._maybe = bytearray(b"\1") * SLOTS        # a look adds few: searching for each is quicker than marking all
        return made
