"""Gateways that are not as one would wish: one whose line is cut, so that nobody knows whether Stripe acted, and one that is slow."""

from collections.abc import Callable
from typing import Any

from app.errors import GatewayRefused, GatewayUnavailable
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


class Unlisted:
    """A gateway whose key may do everything but list events, as a restricted key of Stripe's."""

    livemode = False
    sandbox = True

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self.asked = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)

    def list_events(self, **_: Any) -> Any:
        self.asked += 1
        raise GatewayRefused("The provided key does not have the required permissions.", status=403)


class Meanwhile:
    """A gateway that works, while something else happens before one of its answers is there."""

    livemode = False
    sandbox = True

    def __init__(self, gateway: Gateway, call: str, happens: Callable[[], object]) -> None:
        self._gateway = gateway
        self._call = call
        self._happens = happens

    def __getattr__(self, name: str) -> Any:
        def call(*values: Any, **named: Any) -> Any:
            answer = getattr(self._gateway, name)(*values, **named)
            if name == self._call:
                self._happens()
            return answer

        return call
