"""Limits how many threads of a process wait for Stripe at once. The others stay free for pages that do not need Stripe."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from time import monotonic
from typing import Final

CALL_SLOTS: Final = 8
"""Half of a worker's threads (`app.server.THREADS`)."""

WAIT_SECONDS: Final = 2.0
"""How long a call waits for a slot. A longer call counts as slow. While half of the calls are slow, new ones do not wait."""


class NoSlot(Exception):
    """The maximum number of threads wait for Stripe already."""

    def __init__(self) -> None:
        super().__init__("Too many requests wait for Stripe.")


class CallSlots:
    """The calls in progress. Threads share it."""

    def __init__(self, number: int = CALL_SLOTS, wait_seconds: float = WAIT_SECONDS) -> None:
        self.number = number
        self._wait_seconds = wait_seconds
        self._changed = Condition()
        self._begun: dict[object, float] = {}

    @contextmanager
    def take(self) -> Iterator[None]:
        """Hold a slot while a call is made. Raises `NoSlot`."""
        call = object()
        with self._changed:
            deadline = monotonic() + self._wait_seconds
            while len(self._begun) >= self.number:
                now = monotonic()
                slow = sum(begun < now - self._wait_seconds for begun in self._begun.values())
                if now >= deadline or 2 * slow >= self.number:
                    raise NoSlot
                # No event says that a call has become slow, so check at intervals.
                self._changed.wait(min(deadline - now, self._wait_seconds / 10))
            self._begun[call] = monotonic()
        try:
            yield
        finally:
            with self._changed:
                del self._begun[call]
                self._changed.notify()
