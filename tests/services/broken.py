"""A gateway in front of which the line is cut: nobody knows whether Stripe acted. With `after`, it did."""

from typing import Any

from app.errors import GatewayUnavailable
from app.gateway.protocol import Gateway


class Broken:
    """Every call is lost on its way, or with `after` on its way back; those named in `works` get through."""

    livemode = False
    sandbox = True

    def __init__(self, after: Gateway | None = None, works: tuple[str, ...] = ()) -> None:
        self._after = after
        self._works = works

    def __getattr__(self, name: str) -> Any:
        def call(*values: Any, **named: Any) -> Any:
            answer = getattr(self._after, name)(*values, **named) if self._after is not None else None
            if name in self._works:
                return answer
            raise GatewayUnavailable

        return call
