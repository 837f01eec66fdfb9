"""Promotion codes by name: read from Stripe when a buyer applies one or a URL prefills one, and cached for a minute.

Each process has its own cache of limited size. Checkout refuses a code that was withdrawn at Stripe since.
"""

from collections import OrderedDict
from threading import Lock
from typing import Final
from weakref import WeakKeyDictionary

from app.gateway.protocol import Gateway
from app.objects.discount import PromotionCode

CACHE_SECONDS: Final = 60
CACHE_SIZE: Final = 1000


Kept = OrderedDict[tuple[str | None, str], tuple[int, PromotionCode | None]]


class PromotionCodes:
    """A cache of promotion codes for each gateway, since one process may use several."""

    def __init__(self) -> None:
        self._kept: WeakKeyDictionary[Gateway, Kept] = WeakKeyDictionary()
        self._lock = Lock()

    def find(self, gateway: Gateway, code: str, now: int, *, account: str | None) -> PromotionCode | None:
        """Return the active code with this name in any case, or None. Raises `GatewayError`."""
        key = (account, code.casefold())
        with self._lock:
            codes = self._kept.setdefault(gateway, OrderedDict())
            kept = codes.get(key)
        if kept is not None and 0 <= now - kept[0] < CACHE_SECONDS:
            return kept[1]
        found = gateway.find_promotion_code(code, account=account)
        with self._lock:
            codes[key] = (now, found)
            codes.move_to_end(key)
            while len(codes) > CACHE_SIZE:
                codes.popitem(last=False)
        return found
