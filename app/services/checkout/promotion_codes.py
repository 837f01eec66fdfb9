"""Promotion codes by name: asked of Stripe when a buyer applies one or an address prefills one, and kept for a minute.

The minute is per process and bounded in size; a code that Stripe has since withdrawn is refused again by Checkout.
"""

from collections import OrderedDict
from threading import Lock
from typing import Final
from weakref import WeakKeyDictionary

from app.gateway.protocol import Gateway
from app.objects.discount import PromotionCode

KEPT_SECONDS: Final = 60
KEPT_CODES: Final = 1000


Kept = OrderedDict[tuple[str | None, str], tuple[int, PromotionCode | None]]


class PromotionCodes:
    """A small memory of what each gateway said about codes; two Stripes in one process know nothing of each other's."""

    def __init__(self) -> None:
        self._kept: WeakKeyDictionary[Gateway, Kept] = WeakKeyDictionary()
        self._lock = Lock()

    def find(self, gateway: Gateway, code: str, now: int, *, account: str | None) -> PromotionCode | None:
        """The active code with this name, whatever its case; None where there is none. Raises `GatewayError`."""
        key = (account, code.casefold())
        with self._lock:
            codes = self._kept.setdefault(gateway, OrderedDict())
            kept = codes.get(key)
        if kept is not None and 0 <= now - kept[0] < KEPT_SECONDS:
            return kept[1]
        found = gateway.find_promotion_code(code, account=account)
        with self._lock:
            codes[key] = (now, found)
            codes.move_to_end(key)
            while len(codes) > KEPT_CODES:
                codes.popitem(last=False)
        return found
