"""Organizations (merchants): created and updated with the names of Stripe's Account, and ours.

An update replaces the attributes that it names and keeps the others. Addresses must be http or https.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.errors import InvalidRequest
from app.gateway.protocol import Gateway
from app.objects.change import Actor
from app.objects.organization import Organization, OrganizationParams
from app.objects.picture import PICTURE_PATH
from app.services.accounts import changes, keys
from app.store.protocol import Store
from app.wire.errors import validate

ADDRESSES = ("customer_portal_url", "privacy_policy_url", "refund_policy_url", "terms_of_service_url")
PROFILE_ADDRESSES = ("support_url", "url")
IMAGES = ("icon", "logo")


def account_of(organization: Organization, gateway: Gateway) -> str | None:
    """Return the account that the organization's objects live in: its connected account, or its own catalogue in the sandbox."""
    return organization.id if gateway.sandbox else organization.stripe_account


def organizations_of_account(store: Store, gateway: Gateway, account: str | None) -> list[str]:
    """Return the ids of the organizations whose objects live in this account, oldest first.

    In the sandbox each organization has an account of its own. At Stripe, organizations without a connected account share the
    platform's own (`account` None), with one set of products and prices.
    """
    if gateway.sandbox:
        return [account] if account is not None and store.organization(account) is not None else []
    return [organization.id for organization in store.organizations() if organization.stripe_account == account]


def only_organization(store: Store) -> Organization | None:
    """Return the merchant of a server that has exactly one, or None. Raises `StoreError`."""
    return store.only_organization()


def with_owners_email(store: Store, organization: Organization) -> Organization:
    """Return the organization with the e-mail address of its oldest console user as `support_email`, if it has a user."""
    owner = next(iter(store.users(organization.id)), None)
    if owner is None:
        return organization
    profile = organization.business_profile.model_copy(update={"support_email": owner.email})
    return organization.model_copy(update={"business_profile": profile})


def create(store: Store, fields: Mapping[str, Any], now: int, *, actor: Actor) -> Organization:
    """Store a new organization. Raises `InvalidRequest`."""
    params = _validated(fields)

    def work() -> Organization:
        created = keys.create_organization(store, params.name, now, stripe_account=params.stripe_account)
        changes.record(store, actor, "organization.created", created.id, now, organization=created.id)
        return _save(store, created, params)

    return store.run(work)


def update(
    store: Store, organization: Organization, fields: Mapping[str, Any], now: int, *, actor: Actor
) -> Organization:
    """Update an organization. `fields` replaces what it names, also inside objects; the rest stays. Raises `InvalidRequest`."""
    id = organization.id

    def work() -> Organization:
        # Read again: two people may change different attributes at the same time.
        before = keys.retrieve_organization(store, id)
        stored = before.model_dump(include=set(OrganizationParams.model_fields))
        after = _save(store, before, _validated(_merged(stored, fields)))
        if after != before:
            changes.record(store, actor, "organization.updated", id, now, organization=id, before=before, after=after)
        return after

    return store.run(work)


def _save(store: Store, organization: Organization, params: OrganizationParams) -> Organization:
    changed = organization.model_copy(update={name: getattr(params, name) for name in OrganizationParams.model_fields})
    store.save_organization(changed)
    return changed


def _merged(stored: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(stored)
    for name, value in fields.items():
        old = merged.get(name)
        merged[name] = _merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return merged


def _validated(fields: Mapping[str, Any]) -> OrganizationParams:
    params = validate(OrganizationParams, fields)
    for name in ADDRESSES:
        _check_address(getattr(params, name), name)
    for name in PROFILE_ADDRESSES:
        _check_address(getattr(params.business_profile, name), f"business_profile[{name}]")
    for name in IMAGES:
        image = getattr(params.settings.branding, name)
        if image is not None and not image.startswith("/static/") and not PICTURE_PATH.fullmatch(image):
            _check_address(image, f"settings[branding][{name}]")
    try:
        ZoneInfo(params.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidRequest(
            f"timezone must be a name like Europe/Vienna, not {params.timezone[:100]!r}.", param="timezone"
        ) from None
    return params


def _check_address(address: str | None, param: str) -> None:
    """Raise `InvalidRequest` unless the address is http or https: pages link to it."""
    if address is None:
        return
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise InvalidRequest(f"{param} must be an address like https://example.com/.", param=param, code="url_invalid")
