"""An application's webhook route, as the sandbox sees it."""

from dataclasses import dataclass, field
from typing import Any, Final

import stripe

WEBHOOK_SECRET: Final = "whsec_" + "t" * 32


@dataclass
class Inbox:
    """Keeps each delivery and answers with `status`; raises `ConnectionError` while it is `broken`."""

    status: int = 200
    received: list[tuple[bytes, str]] = field(default_factory=list)
    broken: bool = False

    def __call__(self, payload: bytes, signature: str) -> int:
        self.received.append((payload, signature))
        if self.broken:
            raise ConnectionError("the application is not there")
        return self.status

    def events(self) -> list[stripe.Event]:
        """Return the events received so far, whose signatures Stripe's SDK has verified."""
        return [
            stripe.Webhook.construct_event(payload, header, WEBHOOK_SECRET, tolerance=10**9)
            for payload, header in self.received
        ]

    def types(self) -> list[str]:
        """Return the types of the events received so far."""
        return [event.type for event in self.events()]

    def of(self, type: str) -> list[Any]:
        """Return the objects of the events of one type."""
        return [event.data.object for event in self.events() if event.type == type]
