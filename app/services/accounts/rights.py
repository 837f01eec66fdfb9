"""What the Stripe key may write: as the last check of the connection says, or a call that Stripe has refused since.

Refusals are remembered for a while in each process, so that a page does not offer what was just refused.
"""

from threading import Lock
from typing import Final
from weakref import WeakKeyDictionary

from app.gateway.protocol import Gateway
from app.objects.organization import Organization
from app.services.accounts.connection import last_check
from app.services.accounts.organizations import account_of
from app.store.protocol import Store

REMEMBERED_SECONDS: Final = 600

_refused: Final[WeakKeyDictionary[Gateway, dict[tuple[str | None, str], int]]] = WeakKeyDictionary()
_lock: Final = Lock()


def remember_refusal(gateway: Gateway, organization: Organization, resource: str, now: int) -> None:
    """Remember that Stripe refused to write a resource (`products`, `coupons`, ...) because of the rights of the key."""
    with _lock:
        _refused.setdefault(gateway, {})[account_of(organization, gateway), resource] = now


def may_write(store: Store, gateway: Gateway, organization: Organization, resource: str, now: int) -> bool:
    """Return whether the key may write a resource, as far as it is known. A later check of the connection counts more."""
    check = last_check(store, gateway, organization)
    rights = check.rights if check is not None else ()
    allowed = next((it.allowed for it in rights if (it.resource, it.access) == (resource, "write")), None)
    with _lock:
        refused_at = _refused.get(gateway, {}).get((account_of(organization, gateway), resource))
    is_remembered = refused_at is not None and 0 <= now - refused_at < REMEMBERED_SECONDS
    if check is not None and allowed is not None and (refused_at is None or check.checked_at > refused_at):
        return allowed
    return allowed is not False and not is_remembered
