"""How many threads of a process may wait for Stripe at once, so that the others stay free for pages that need no Stripe."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from time import monotonic
from typing import Final

PLACES: Final = 8
"""Half of a worker's threads (`app.server.THREADS`)."""

PATIENCE: Final = 2.0
"""Seconds that a call waits for a place. A longer call counts as slow. When half of the places have slow calls, new calls do not wait."""


class NoPlace(Exception):
    """As many threads as allowed wait for Stripe already."""

    def __init__(self) -> None:
        super().__init__("Too many requests wait for Stripe.")


class Places:
    """The calls that are under way. Threads share it."""

    def __init__(self, number: int = PLACES, patience: float = PATIENCE) -> None:
        self.number = number
        self._patience = patience
        self._changed = Condition()
        self._begun: dict[object, float] = {}

    @contextmanager
    def take(self) -> Iterator[None]:
        """Hold a place while a call is made. Raises `NoPlace`."""
        call = object()
        with self._changed:
            deadline = monotonic() + self._patience
            while len(self._begun) >= self.number:
                now = monotonic()
                slow = sum(begun < now - self._patience for begun in self._begun.values())
                if now >= deadline or 2 * slow >= self.number:
                    raise NoPlace
                # A call becomes slow without telling: look again now and then.
                self._changed.wait(min(deadline - now, self._patience / 10))
            self._begun[call] = monotonic()
        try:
            yield
        finally:
            with self._changed:
                del self._begun[call]
                self._changed.notify()
