"""Promotion codes by name: asked of Stripe when a buyer applies one or an address prefills one, and kept for a minute.

The minute is per process and bounded in size; a code that Stripe has since withdrawn is refused again by Checkout.
"""

from collections import OrderedDict
from threading import Lock
from typing import Final

from app.gateway.protocol import Gateway
from app.objects.discount import PromotionCode

KEPT_SECONDS: Final = 60
KEPT_CODES: Final = 1000


class PromotionCodes:
    """A small memory of what Stripe said about codes."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str | None, str], tuple[int, PromotionCode | None]] = OrderedDict()
        self._lock = Lock()

    def find(self, gateway: Gateway, code: str, now: int, *, account: str | None) -> PromotionCode | None:
        """The active code with this name, whatever its case; None where there is none. Raises `GatewayError`."""
        key = (account, code.casefold())
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and 0 <= now - kept[0] < KEPT_SECONDS:
            return kept[1]
        found = gateway.find_promotion_code(code, account=account)
        with self._lock:
            self._kept[key] = (now, found)
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT_CODES:
                self._kept.popitem(last=False)
        return found
