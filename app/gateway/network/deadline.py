"""Deadlines of a thread that waits for Stripe.

Limits are nested: one HTTP try, one call with its retries, one web request. The earliest deadline counts. Times are monotonic seconds.
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
    """Limit all calls to Stripe in this block together, counted from the first call. Inside another `one_request` this does nothing."""
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
    """Set a deadline for the code in this block, which asks `seconds_left` before it waits. An earlier outer deadline stays."""
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
