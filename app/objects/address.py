"""A postal address, as Stripe writes it."""

from typing import Annotated

from pydantic import StringConstraints

from app.objects.base import Object

Part = Annotated[str, StringConstraints(max_length=500)]


class Address(Object):
    """A postal address. `country` is a two-letter code (ISO 3166-1), like `AT`."""

    city: Part | None = None
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    line1: Part | None = None
    line2: Part | None = None
    postal_code: Part | None = None
    state: Part | None = None
