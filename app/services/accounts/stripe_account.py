"""The organization as an Account of Stripe's API: synchronizers and agents ask for it first, and remember its id.

Its name, contact and look are the organization's. With a Stripe key, Stripe itself says where the account is and what it may do.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

from app.errors import AccountMismatch, GatewayError, GatewayRefused, ResourceMissing
from app.gateway.protocol import Gateway
from app.objects.organization import Organization
from app.wire.expand import expand_paths

_FROM_STRIPE: Final = (
    "capabilities",
    "charges_enabled",
    "country",
    "created",
    "default_currency",
    "details_submitted",
    "id",
    "payouts_enabled",
    "type",
)
"""What Stripe says about the account. The rest of it may concern other organizations that share the account, or its owners."""

_PROFILE: Final = ("name", "support_address", "support_email", "support_phone", "support_url", "url")


def retrieve_account(organization: Organization, gateway: Gateway, expand: Collection[str] = ()) -> dict[str, Any]:
    """Return the organization's account in Stripe's shape. Raises `InvalidRequest` for any path to expand, and `GatewayUnavailable`.

    A key that may not read its account at Stripe gets the organization alone.
    """
    for path in expand_paths(expand):
        raise path.refusal("an account is always answered in full")
    account = _from_organization(organization)
    if gateway.sandbox:
        return account
    try:
        told = gateway.retrieve_account(account=organization.stripe_account)
    except GatewayRefused:
        return account
    return {**account, **{name: told[name] for name in _FROM_STRIPE if told.get(name) is not None}}


def retrieve_own_account(
    organization: Organization, gateway: Gateway, id: str, expand: Collection[str] = ()
) -> dict[str, Any]:
    """Return the organization's account as `retrieve_account` does. Raises `ResourceMissing` for the id of another one."""
    account = retrieve_account(organization, gateway, expand)
    if id not in {account["id"], organization.id}:
        raise ResourceMissing(f"No such account: '{id[:100]}'", param="id")
    return account


def ensure_own_account(organization: Organization, gateway: Gateway, account: str | None) -> None:
    """Raise `AccountMismatch` if a request names an account that is not the organization's own.

    Its own are its id, the id of its connected account at Stripe, and the id that `retrieve_account` answers. None and "" name no account.
    Stripe is asked at most once in a process, for the id of the account that the Stripe key belongs to.
    """
    if not account or account in {organization.id, organization.stripe_account, _id(organization)}:
        return
    if not account.startswith("acct_") or account != _own_id_at_stripe(organization, gateway):
        raise AccountMismatch(account)


def _own_id_at_stripe(organization: Organization, gateway: Gateway) -> str | None:
    if gateway.sandbox or organization.stripe_account is not None:
        return None
    try:
        return gateway.own_account_id()
    except GatewayError:
        return None


def _id(organization: Organization) -> str:
    return organization.stripe_account or f"acct_{organization.id.removeprefix('org_')}"


def _from_organization(organization: Organization) -> dict[str, Any]:
    profile: Mapping[str, Any] = organization.business_profile.model_dump(mode="json")
    address = organization.business_profile.support_address
    return {
        "id": _id(organization),
        "object": "account",
        "business_profile": {
            "mcc": None,
            "product_description": None,
            **{name: profile[name] for name in _PROFILE},
            "name": organization.business_profile.name or organization.name,
        },
        "business_type": None,
        "capabilities": {"card_payments": "active"},
        "charges_enabled": True,
        "country": organization.country or (address.country if address else None),
        "created": organization.created,
        "default_currency": organization.default_currency,
        "details_submitted": True,
        "email": organization.business_profile.support_email,
        "metadata": {},
        "payouts_enabled": True,
        "settings": {
            "branding": organization.settings.branding.model_dump(mode="json"),
            "dashboard": {"display_name": organization.name, "timezone": organization.timezone},
            "payments": {"statement_descriptor": None},
        },
        "type": "standard",
    }
