"""Checks the connection to Stripe: whether the key is accepted, for which account, and which rights it has.

Each right is tried by a call without effect, because Stripe has no call that lists the rights of a key.
"""

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any, Final

from app.errors import GatewayError, GatewayRefused
from app.gateway.protocol import Gateway
from app.objects.connection import NEEDED_RIGHTS, Access, ConnectionCheck, Right
from app.objects.organization import Organization
from app.services.accounts.organizations import account_of
from app.store.protocol import Store

AT_ONCE: Final = 4
"""How many rights are tried at once. Buyers' calls need places as well."""

FORBIDDEN: Final = 403

_NAMED_RIGHT: Final = re.compile(r"\brak_[a-z_]+")
"""Stripe's name of a right, in its refusal."""

_UNREACHABLE: Final = "Stripe could not be reached."


def check_connection(store: Store, gateway: Gateway, organization: Organization, now: int) -> ConnectionCheck:
    """Ask Stripe about the account and every right of the key. Store and return the answers."""
    account = account_of(organization, gateway)
    check = ConnectionCheck(organization=organization.id, checked_at=now, livemode=gateway.livemode)
    try:
        check = check.model_copy(update=_account_facts(gateway.retrieve_account(account=account)))
    except GatewayRefused as error:
        if error.status != FORBIDDEN or error.code == "account_invalid":
            check = check.model_copy(update={"problem": error.message})
    except GatewayError:
        check = check.model_copy(update={"problem": _UNREACHABLE})
    if check.problem is None:
        check = check.model_copy(update={"rights": _try_rights(gateway, account)})
    store.save_connection_check(check)
    return check


def last_check(store: Store, gateway: Gateway, organization: Organization) -> ConnectionCheck | None:
    """Return the last check, or None if there was none in the mode of the current key."""
    check = store.connection_check(organization.id)
    return check if check is not None and check.livemode == gateway.livemode else None


def _account_facts(account: Mapping[str, Any]) -> dict[str, Any]:
    profile, settings = account.get("business_profile") or {}, account.get("settings") or {}
    return {
        "account": account.get("id"),
        "account_name": profile.get("name") or (settings.get("dashboard") or {}).get("display_name"),
        "charges_enabled": account.get("charges_enabled"),
        "country": account.get("country"),
        "default_currency": account.get("default_currency"),
    }


def _try_rights(gateway: Gateway, account: str | None) -> tuple[Right, ...]:
    """Try every right. After a call without an answer, leave the rest untried."""
    silent = Event()

    def work(needed: tuple[str, Access]) -> Right:
        resource, access = needed
        right = Right(resource=resource, access=access)
        if silent.is_set():
            return right
        try:
            gateway.try_right(resource, access, account=account)
        except GatewayRefused as error:
            if error.status == FORBIDDEN:
                named = _NAMED_RIGHT.search(error.message)
                return right.model_copy(update={"allowed": False, "missing": named[0] if named else None})
        except GatewayError:
            silent.set()
            return right
        return right.model_copy(update={"allowed": True})

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="rights") as threads:
        return tuple(threads.map(work, NEEDED_RIGHTS))
