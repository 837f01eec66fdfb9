"""The merchant with the names of Stripe's Account, our own settings, and API keys."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from app.objects.address import Address
from app.objects.base import Object
from app.objects.scalars import CurrencyCode, Timestamp

Text = Annotated[str, StringConstraints(max_length=500)]
Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]


class SupportAddress(Address):
    """The merchant's own postal address."""

    city: Text | None = None
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    line1: Text | None = None
    line2: Text | None = None
    postal_code: Text | None = None
    state: Text | None = None


class BusinessProfile(Object):
    """The merchant as buyers see it."""

    name: Text | None = None
    support_address: SupportAddress | None = None
    support_email: Text | None = None
    support_phone: Text | None = None
    support_url: Text | None = None
    url: Text | None = None


class Branding(Object):
    """Colours as `#rrggbb`, and images as https addresses, uploaded pictures or paths below `/static/`."""

    icon: Text | None = None
    logo: Text | None = None
    primary_color: Color | None = None
    secondary_color: Color | None = None


class Settings(Object):
    """The part of Stripe Account's `settings` that pages use."""

    branding: Branding = Branding()


class OrganizationParams(Object):
    """The attributes that can be set. `stripe_account` is the connected account whose sessions are created."""

    business_profile: BusinessProfile = BusinessProfile()
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    customer_portal_url: Text | None = None
    """Where buyers manage and cancel their subscriptions."""
    default_currency: CurrencyCode | None = None
    name: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    privacy_policy_url: Text | None = None
    refund_policy_url: Text | None = None
    settings: Settings = Settings()
    stripe_account: Annotated[str, StringConstraints(pattern=r"^acct_[A-Za-z0-9]+$")] | None = None
    terms_of_service_url: Text | None = None
    timezone: str = "UTC"
    vat_id: Text | None = None


class Organization(OrganizationParams):
    """A merchant. It owns links, keys and users."""

    id: str
    object: str = "organization"
    created: Timestamp = 0
    checklist_hidden: bool = False
    """Whether the console no longer shows what is left to set up."""


Scope = Literal["read", "write"]
"""What a key may do: only read, or also change things."""


class Key(Object):
    """An API key. Only its SHA-256 is stored, and its last four characters so that people recognise it."""

    id: str
    object: str = "key"
    created: Timestamp
    expires_at: Timestamp | None = None
    hash: str
    last_used_at: Timestamp | None = None
    last4: str
    name: str | None = None
    organization: str
    revoked_at: Timestamp | None = None
    scope: Scope = "write"
