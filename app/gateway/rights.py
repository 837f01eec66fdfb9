"""Calls that show whether the key has a right. None of them has an effect."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final

import stripe

from app.gateway.documents import request_options
from app.objects.connection import Access

NO_OBJECT: Final = "counterfoil_checks_its_rights"
"""An id that no object has. Stripe checks the right before it looks for the object."""


class Rights(ABC):
    """The part of the gateway that asks what the key may do."""

    _v1: stripe.V1Services

    @abstractmethod
    def _call(self, ask: Callable[..., object], *values: Any) -> dict[str, Any]: ...

    def try_right(self, resource: str, access: Access, *, account: str | None) -> None:
        """See `Gateway`."""
        service = attrgetter(resource)(self._v1)
        if access == "read":
            self._call(service.list, {"limit": 1}, request_options(account))
        else:
            self._call(service.update, NO_OBJECT, None, request_options(account))
