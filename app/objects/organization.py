"""The merchant: Stripe Account's names for what a buyer sees of it, and ours for the rest; and its API keys."""

from typing import Annotated

from pydantic import StringConstraints

from app.objects.base import Object
from app.objects.scalars import Timestamp

Text = Annotated[str, StringConstraints(max_length=500)]
Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]


class BusinessProfile(Object):
    """Who the merchant is to a buyer."""

    name: Text | None = None
    support_email: Text | None = None
    support_phone: Text | None = None
    support_url: Text | None = None
    url: Text | None = None


class Branding(Object):
    """How the merchant looks; colours as `#rrggbb`, images as https addresses or paths below `/static/`."""

    icon: Text | None = None
    logo: Text | None = None
    primary_color: Color | None = None
    secondary_color: Color | None = None


class Settings(Object):
    """Stripe Account's `settings`, as far as pages show them."""

    branding: Branding = Branding()


class Organization(Object):
    """A merchant, the owner of links and keys; `stripe_account` is the connected account its sessions are made for."""

    id: str
    object: str = "organization"
    business_profile: BusinessProfile = BusinessProfile()
    created: Timestamp = 0
    name: Text
    privacy_policy_url: Text | None = None
    refund_policy_url: Text | None = None
    settings: Settings = Settings()
    stripe_account: str | None = None
    terms_of_service_url: Text | None = None
    timezone: str = "UTC"


class Key(Object):
    """An API key: of the key itself only the SHA-256 is kept, and its last four characters to tell it by."""

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
