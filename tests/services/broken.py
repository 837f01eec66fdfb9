"""Gateways with faults: lost calls or answers, a restricted key, another action in between. And a store with an action in between."""

from collections.abc import Callable
from typing import Any

from app.errors import GatewayRefused, GatewayUnavailable
from app.gateway.protocol import Gateway
from app.store import Store


class Broken:
    """A gateway that raises `GatewayUnavailable` for every call, except those in `works`. With `after`, Stripe gets the call first."""

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
    """A gateway whose restricted key may not list events."""

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
    """A gateway that calls `happens` before it returns the answer of one kind of call."""

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


class InterruptedStore:
    """A store in which something else happens just before the first transaction."""

    def __init__(self, store: Store, happen: Callable[[], object]) -> None:
        self._store = store
        self._happen: Callable[[], object] | None = happen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def run(self, work: Callable[[], Any]) -> Any:
        happen, self._happen = self._happen, None
        if happen is not None:
            happen()
        return self._store.run(work)
