"""Promotion codes by name: read from Stripe when a buyer applies one or a URL prefills one, and cached for a minute.

Each process has its own cache of limited size. Checkout refuses a code that was withdrawn at Stripe since.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Final
from weakref import WeakKeyDictionary

from app.errors import LookUpsUsedUp
from app.gateway.protocol import Gateway
from app.objects.discount import PromotionCode

CACHE_SECONDS: Final = 60
CACHE_SIZE: Final = 1000
STALE_SECONDS: Final = 3600
"""How long a code that was found is taken while Stripe may not be asked."""

MayLookUp = Callable[[], bool]
"""Whether Stripe may be asked about a promotion code now. Each call counts as a question."""


def always() -> bool:
    """Ask Stripe each time."""
    return True


@dataclass(frozen=True)
class _Known:
    """What Stripe said about a name: when, and the code or None. `last` is the last code that was found under the name."""

    at: int
    code: PromotionCode | None
    last: PromotionCode | None

    def is_younger(self, now: int, seconds: int) -> bool:
        return 0 <= now - self.at < seconds


Kept = OrderedDict[tuple[str | None, str], _Known]


class PromotionCodes:
    """A cache of promotion codes for each gateway, since one process may use several."""

    def __init__(self) -> None:
        self._kept: WeakKeyDictionary[Gateway, Kept] = WeakKeyDictionary()
        self._lock = Lock()

    def find(
        self, gateway: Gateway, code: str, now: int, *, account: str | None, may_look_up: MayLookUp = always
    ) -> PromotionCode | None:
        """Return the active code with this name in any case, or None. Raises `GatewayError`.

        While `may_look_up` says no, take codes that were found within the last hour. Raises `LookUpsUsedUp` for others, so that
        strangers who guess codes do not keep out buyers with a real one.
        """
        key = (account, code.casefold())
        with self._lock:
            codes = self._kept.setdefault(gateway, OrderedDict())
            kept = codes.get(key)
        if kept is not None and kept.is_younger(now, CACHE_SECONDS):
            return kept.code
        if not may_look_up():
            if kept is not None and kept.code is not None and kept.is_younger(now, STALE_SECONDS):
                return kept.code
            raise LookUpsUsedUp
        found = gateway.find_promotion_code(code, account=account)
        last = found or (kept.last if kept is not None and kept.is_younger(now, STALE_SECONDS) else None)
        with self._lock:
            codes[key] = _Known(now, found, last)
            codes.move_to_end(key)
            while len(codes) > CACHE_SIZE:
                codes.popitem(last=False)
        return found

    def withdrawn(self, gateway: Gateway, code: str, *, account: str | None) -> PromotionCode | None:
        """Return the code that was found under this name until lately, if the newest answer of Stripe is that there is none."""
        with self._lock:
            kept = self._kept.get(gateway, OrderedDict()).get((account, code.casefold()))
        return kept.last if kept is not None and kept.code is None else None

    def forget(self, gateway: Gateway, code: str, now: int, *, account: str | None) -> None:
        """Take a code for withdrawn, because Stripe has refused it."""
        key = (account, code.casefold())
        with self._lock:
            codes = self._kept.setdefault(gateway, OrderedDict())
            kept = codes.get(key)
            codes[key] = _Known(now, None, kept.last if kept is not None else None)
