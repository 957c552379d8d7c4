"""So many calls at a time, whoever waits before another try not among them."""

from collections import deque
from threading import Lock
from typing import Callable

from ..wire import World


SLEEPERS = 240              # threads that may be waiting before another try


class Slots:
    """Places for calls. A call holds one (`with slots`) except while it sleeps: other calls go on meanwhile. A place goes to
    who has waited longest; rows are written in order, so that the last in a crowd would hold up all."""

    def __init__(self, number: int):
        self._number, self._free, self._asleep = number, number, 0
        self._lock, self._waiting = Lock(), deque()

    def __enter__(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def __exit__(self, *_: object) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1

    def world(self, world: World) -> World:
        """The same world, where sleeping gives up the place."""
        return world._replace(sleep=self._sleeper(world.sleep))

    def _sleeper(self, sleep: Callable[[float], None]) -> Callable[[float], None]:
        def asleep(seconds: float) -> None:
            self._asleep += 1       # not exact when two threads meet here: it is a measure of how many more can be used
            self.__exit__()
            try:
                sleep(seconds)
            finally:
                self.__enter__()
                self._asleep -= 1
        return asleep

    def hands(self) -> int:
        """How many threads have something to do: one a place, and those that sleep."""
        return self._number + min(max(0, self._asleep), SLEEPERS)
