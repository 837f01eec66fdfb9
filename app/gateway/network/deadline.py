"""How long this thread may still wait for Stripe.

Bounds are nested: a try within a call, a call within a request. The earliest end counts. Seconds are those of a monotonic clock.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final


class _Thread(threading.local):
    """The bounds of one thread."""

    ends: float | None = None
    request_seconds: float | None = None
    request_ends: float | None = None


_thread: Final = _Thread()


@contextmanager
def one_request(seconds: float) -> Iterator[None]:
    """Let all calls inside share this many seconds, counted from the first call. Inside another request, that one's bound counts."""
    if _thread.request_seconds is not None:
        yield
        return
    _thread.request_seconds, _thread.request_ends = seconds, None
    try:
        yield
    finally:
        _thread.request_seconds = _thread.request_ends = None


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """End every wait inside after this many seconds, or earlier if an outer bound is shorter."""
    now, before = monotonic(), _thread.ends
    if _thread.request_seconds is not None and _thread.request_ends is None:
        _thread.request_ends = now + _thread.request_seconds
    _thread.ends = min(end for end in (now + seconds, before, _thread.request_ends) if end is not None)
    try:
        yield
    finally:
        _thread.ends = before


def seconds_left() -> float | None:
    """Return how long this thread may still wait, zero or less when its time is over, None without a bound."""
    return None if _thread.ends is None else _thread.ends - monotonic()


def time_is_over() -> bool:
    """Return whether this thread has a bound and no time left."""
    left = seconds_left()
    return left is not None and left <= 0
