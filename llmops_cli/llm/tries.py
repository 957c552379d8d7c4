"""How often a question is put before it is given up, and when a whole run is."""

import threading
from typing import Callable

from ..errors import UserError
from ..wire import World
from .answers import Answer, Unanswered
from .client import Unusable
from .limiter import Limiter

MOST = 8                    # tries of a call
FIRST_WAIT, LONGEST_WAIT = 0.25, 20.0       # seconds; doubled each time, and a random share of it waited


class Tries:
    """Makes calls of attempts. `seconds` is how long an answer may take, and how long it may be that none comes at all."""

    def __init__(self, world: World, limiter: Limiter, seconds: float, where: str):
        self._world, self._limiter, self._patience, self._where = world, limiter, seconds, where
        self._good: float | None = None     # when something last succeeded, or all began
        self._lock = threading.Lock()

    def __call__(self, attempt: Callable[[], Answer]) -> Answer:
        with self._lock:
            self._good = self._good or self._world.now()
        for number in range(1, MOST + 1):
            ticket = self._limiter.take()
            try:
                answer = attempt()
            except Unusable as error:
                self._limiter.done(ticket, throttled=error.throttled, good=False, headers=error.response and error.response.headers)
                if self._world.now() - self._good > self._patience:
                    raise UserError(f"nothing has been answered for a while: {error.reason}", where=self._where,
                                    hint=(error.error.hint if error.error else "") or "check --base-url, or try later; --resume goes on where this ended") from None
                if number == MOST:
                    raise Unanswered(f"{error.reason}, {MOST} times") from None
                self._world.sleep(self._world.random() * min(LONGEST_WAIT, FIRST_WAIT * 2 ** (number - 1)))
            except BaseException:
                self._limiter.done(ticket, good=False)
                raise
            else:
                self._limiter.done(ticket)
                self._good = self._world.now()
                return answer
        raise AssertionError
