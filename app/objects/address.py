"""A postal address, as Stripe writes it."""

from app.objects.base import Object


class Address(Object):
    """A postal address. `country` is a two-letter code (ISO 3166-1), like `AT`."""

    city: str | None = None
    country: str | None = None
    line1: str | None = None
    line2: str | None = None
    postal_code: str | None = None
    state: str | None = None


class ShippingDetails(Object):
    """Where an order is delivered to, and to whom."""

    address: Address | None = None
    name: str | None = None
