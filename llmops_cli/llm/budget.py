"""What may be spent: reserved before a call is sent, settled when it is answered. Money is whole nano-dollars."""

import threading

NANO = 1_000_000_000


class Spent(Exception):
    """The budget holds no further call."""


class Budget:
    """A limit that calls in flight share. What a call may cost at most is reserved first, so that the limit holds whatever
    is answered; a call that does not fit waits until those in flight have left more than they needed."""

    def __init__(self, limit: int | None, spent: int = 0):
        self._limit, self.spent, self._reserved = limit, spent, 0
        self._lost = 0              # for calls whose cost nobody said: they may have been paid for
        self._exhausted = False
        self._changed = threading.Condition()

    def reserve(self, cost: int) -> None:
        """Set money aside. Spent when it is not there and will not be."""
        if self._limit is None:
            return
        with self._changed:
            while not self._exhausted and self._taken() + cost > self._limit:
                if not self._reserved:
                    self._exhausted = True
                    self._changed.notify_all()
                else:
                    self._changed.wait()
            if self._exhausted:
                raise Spent
            self._reserved += cost

    def settle(self, reserved: int, cost: int, lost: int = 0) -> None:
        """What was reserved became this cost; `lost` is what calls without a known cost may have taken on top."""
        with self._changed:
            self._reserved -= reserved if self._limit is not None else 0
            self.spent += cost
            self._lost += lost
            self._changed.notify_all()

    def _taken(self) -> int:
        return self.spent + self._lost + self._reserved
