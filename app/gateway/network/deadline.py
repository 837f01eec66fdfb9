"""Deadlines of a thread that waits for Stripe.

Limits are nested: a try within a call, a call within a request. The earliest end counts. Times are seconds of a monotonic clock.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final


class _Thread(threading.local):
    """The deadlines of one thread."""

    ends: float | None = None
    request_seconds: float | None = None
    request_ends: float | None = None


_thread: Final = _Thread()


@contextmanager
def one_request(seconds: float) -> Iterator[None]:
    """Let all calls inside share this many seconds, counted from the first call. A nested request keeps the limit of the outer one."""
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
    """End every wait inside after this many seconds, or earlier if an outer limit ends earlier."""
    now, before = monotonic(), _thread.ends
    if _thread.request_seconds is not None and _thread.request_ends is None:
        _thread.request_ends = now + _thread.request_seconds
    _thread.ends = min(end for end in (now + seconds, before, _thread.request_ends) if end is not None)
    try:
        yield
    finally:
        _thread.ends = before


def seconds_left() -> float | None:
    """Return how long this thread may still wait: zero or less after the deadline, None without a limit."""
    return None if _thread.ends is None else _thread.ends - monotonic()


def time_is_over() -> bool:
    """Return whether this thread has a deadline that has passed."""
    left = seconds_left()
    return left is not None and left <= 0
