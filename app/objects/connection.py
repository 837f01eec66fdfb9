"""The connection to Stripe as it was last checked: the account, and what the key may do."""

from typing import Final, Literal

from app.objects.base import Object
from app.objects.scalars import Timestamp

Access = Literal["read", "write"]

NEEDED_RIGHTS: Final[tuple[tuple[str, Access], ...]] = (
    ("checkout.sessions", "read"),
    ("checkout.sessions", "write"),
    ("products", "read"),
    ("products", "write"),
    ("prices", "read"),
    ("prices", "write"),
    ("coupons", "read"),
    ("coupons", "write"),
    ("promotion_codes", "read"),
    ("promotion_codes", "write"),
    ("shipping_rates", "read"),
    ("shipping_rates", "write"),
    ("tax_rates", "read"),
    ("tax_rates", "write"),
    ("payment_intents", "read"),
    ("refunds", "read"),
    ("refunds", "write"),
    ("subscriptions", "read"),
    ("subscriptions", "write"),
    ("invoice_payments", "read"),
    ("balance_transactions", "read"),
    ("events", "read"),
    ("payment_links", "read"),
)
"""Every right that some call of ours needs: a resource of Stripe's API, and whether it is read or written."""


class Right(Object):
    """Whether the key may read or write a resource. None: Stripe did not answer. `missing` is Stripe's name of the right, if told."""

    resource: str
    access: Access
    allowed: bool | None = None
    missing: str | None = None


class ConnectionCheck(Object):
    """What Stripe answered when the connection of an organization was checked. It never has the key.

    `problem` is Stripe's refusal of the key or of the account, or why it could not be reached. Then no right was asked for.
    """

    organization: str
    account: str | None = None
    account_name: str | None = None
    charges_enabled: bool | None = None
    checked_at: Timestamp
    country: str | None = None
    default_currency: str | None = None
    livemode: bool
    problem: str | None = None
    rights: tuple[Right, ...] = ()
