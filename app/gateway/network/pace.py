"""A pace for work in bulk, below the number of requests that Stripe takes in a second: 100 with a live key, 25 with a test key.

Four fifths of it are used, so that buyers who pay in the meantime are not refused.
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
"""Seconds of calls that a late caller may make up for at once. A busy machine would be slower than the pace otherwise."""

FIRST_PAUSE: Final = 1.0
"""Seconds without a call after Stripe said that there were too many. The pause doubles up to `LONGEST_PAUSE`."""

LONGEST_PAUSE: Final = 16.0

TRIES: Final = 6
"""How often a call goes out if Stripe keeps saying that there were too many."""


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
        """Make a call when it may go out. Repeat it if Stripe says that there were too many. Raises what `ask` raises."""
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
        """Hold back all calls for a while, because Stripe said that there were too many."""
        with self._lock:
            self._next = max(self._next, self._clock() + self._pause)
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
