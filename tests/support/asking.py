"""A gateway that counts the objects that it is asked for, and how many at once."""

from threading import Lock
from typing import Any

from app.gateway.protocol import Gateway


class Asking:
    """Passes every call on to a gateway. `asked` has the calls with their first value, `most` how many ran at once."""

    livemode = False
    sandbox = True

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._lock = Lock()
        self._running = 0
        self.asked: list[tuple[str, str]] = []
        self.most = 0

    def __getattr__(self, name: str) -> Any:
        def call(*values: Any, **named: Any) -> Any:
            with self._lock:
                self._running += 1
                self.most = max(self.most, self._running)
                self.asked.append((name, values[0]))
            try:
                return getattr(self._gateway, name)(*values, **named)
            finally:
                with self._lock:
                    self._running -= 1

        return call
