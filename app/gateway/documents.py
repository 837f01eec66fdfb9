"""Sessions and accounts as Stripe answers them, with every attribute: for callers of our API, who get Stripe's own objects."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, Final

import stripe

LIST_LIMIT: Final = 100
"""How many sessions one answer of Stripe's list has at most."""


def request_options(account: str | None, idempotency_key: str | None = None) -> stripe.RequestOptions:
    """Return the SDK's options for a call on behalf of an account."""
    options: stripe.RequestOptions = {}
    if account:
        options["stripe_account"] = account
    if idempotency_key:
        options["idempotency_key"] = idempotency_key
    return options


class Documents(ABC):
    """The part of the gateway that passes Stripe's objects on."""

    _own_account_id: str | None = None
    _v1: stripe.V1Services

    @abstractmethod
    def _call(self, ask: Callable[..., object], *values: Any) -> dict[str, Any]: ...

    def read_checkout_session(self, id: str, params: Mapping[str, Any], *, account: str | None) -> dict[str, Any]:
        """See `Gateway`."""
        return self._call(self._v1.checkout.sessions.retrieve, id, dict(params), request_options(account))

    def end_checkout_session(self, id: str, params: Mapping[str, Any], *, account: str | None) -> dict[str, Any]:
        """See `Gateway`."""
        return self._call(self._v1.checkout.sessions.expire, id, dict(params), request_options(account))

    def list_checkout_sessions(
        self, params: Mapping[str, Any], *, account: str | None
    ) -> tuple[list[dict[str, Any]], bool]:
        """See `Gateway`."""
        sent = {"limit": LIST_LIMIT, **params}
        answer = self._call(self._v1.checkout.sessions.list, sent, request_options(account))
        return answer["data"], bool(answer["has_more"])

    def list_session_line_items(self, id: str, params: Mapping[str, Any], *, account: str | None) -> dict[str, Any]:
        """See `Gateway`."""
        return self._call(self._v1.checkout.sessions.line_items.list, id, dict(params), request_options(account))

    def retrieve_account(self, *, account: str | None) -> dict[str, Any]:
        """See `Gateway`."""
        return self._call(self._v1.accounts.retrieve_current, None, request_options(account))

    def own_account_id(self) -> str:
        """See `Gateway`."""
        if self._own_account_id is None:
            self._own_account_id = str(self.retrieve_account(account=None)["id"])
        return self._own_account_id
