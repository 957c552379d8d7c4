"""So many calls at a time, whoever waits before another try not among them."""

from threading import Semaphore
from typing import Callable

from ..wire import World


SLEEPERS = 240              # threads that may be waiting before another try


class Slots:
    """Places for calls. A call holds one (`with slots`) except while it sleeps: other calls go on meanwhile."""

    def __init__(self, number: int):
        self._free, self._number, self._asleep = Semaphore(number), number, 0

    def __enter__(self) -> None:
        self._free.acquire()

    def __exit__(self, *_: object) -> None:
        self._free.release()

    def world(self, world: World) -> World:
        """The same world, where sleeping gives up the place."""
        return world._replace(sleep=self._sleeper(world.sleep))

    def _sleeper(self, sleep: Callable[[float], None]) -> Callable[[float], None]:
        def asleep(seconds: float) -> None:
            self._asleep += 1       # not exact when two threads meet here: it is a measure of how many more can be used
            self._free.release()
            try:
                sleep(seconds)
            finally:
                self._free.acquire()
                self._asleep -= 1
        return asleep

    def hands(self) -> int:
        """How many threads have something to do: one a place, and those that sleep."""
        return self._number + min(max(0, self._asleep), SLEEPERS)
