"""Paces bulk calls to Stripe, which takes 100 requests a second with a live key and 25 with a test key.

We use four fifths of that, so that Stripe does not refuse buyers who pay at the same time.
"""

import time
from collections.abc import Callable
from threading import Lock
from typing import Final, TypeVar

from app.errors import TooManyCalls

T = TypeVar("T")

LIVE_PER_SECOND: Final = 80
TEST_PER_SECOND: Final = 20

CATCH_UP: Final = 0.1
"""How many seconds of missed calls a late caller may catch up on at once. Otherwise a busy machine would stay below the pace."""

FIRST_PAUSE: Final = 1.0
"""How many seconds to pause after Stripe reports too many requests. Each pause is twice the last, up to `LONGEST_PAUSE`."""

LONGEST_PAUSE: Final = 16.0

TRIES: Final = 6
"""How often to send one call if Stripe keeps reporting too many requests."""


class Pace:
    """The calls of one gateway, evenly spread. Threads share it."""

    def __init__(
        self,
        per_second: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._interval = 1 / per_second
        self._clock = clock
        self._sleep = sleep
        self._lock = Lock()
        self._next = 0.0
        self._pause = FIRST_PAUSE

    def call(self, ask: Callable[[], T]) -> T:
        """Make a call when its turn comes. Repeat it if Stripe reports too many requests. Raises what `ask` raises."""
        for _ in range(TRIES - 1):
            self._wait()
            try:
                answer = ask()
            except TooManyCalls:
                self._slow_down()
            else:
                self._pause = FIRST_PAUSE
                return answer
        self._wait()
        return ask()

    def _wait(self) -> None:
        """Wait until the next call may go out."""
        with self._lock:
            now = self._clock()
            start = max(now - CATCH_UP, self._next)
            self._next = start + self._interval
        if start > now:
            self._sleep(start - now)

    def _slow_down(self) -> None:
        """Hold back all calls for a while, because Stripe reported too many requests."""
        with self._lock:
            self._next = max(self._next, self._clock() + self._pause)
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
