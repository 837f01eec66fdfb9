"""The attempt: one buyer's try at paying a link, and the table of its states.

The attempt is stored before Stripe is asked. Its `session_params` never change, so a repeated request sends the same values.
"""

from typing import Any, Final, Literal

from app.objects.address import Address, ShippingDetails
from app.objects.base import Object
from app.objects.charge import BalanceTransaction, Charge, Dispute, Refund, RefundRequest
from app.objects.checkout_session import TaxId, TotalDetails
from app.objects.quote import Mode, Quote
from app.objects.scalars import Boolean, CurrencyCode, Integer, Timestamp
from app.objects.selection import Answers, Selection, ShownConsent
from app.objects.shipping_rate import ShippingRate

State = Literal["opened", "processing", "paid", "no_payment_required", "failed", "expired", "canceled", "refunded"]
Place = Literal["none", "held", "taken", "released"]

PAID: Final[tuple[State, ...]] = ("paid", "no_payment_required")
"""The buyer owes nothing any more."""

COMPLETED: Final[tuple[State, ...]] = ("processing", *PAID)
"""The buyer has finished Checkout. The form of such an attempt opens no other session."""

SETTLED: Final[tuple[State, ...]] = (*PAID, "refunded")
"""Nothing that Stripe could still say about the session changes the attempt."""

ENDED: Final[tuple[State, ...]] = ("failed", "expired", "canceled")
"""The attempt ended without a payment. The same form may try the same selection again."""

LIVE: Final[tuple[State, ...]] = ("opened", "processing", *PAID, "refunded")
"""Every other state: the same form must not try the same selection again."""

CHECKOUT_COMPLETED: Final[tuple[State, ...]] = ("processing", *PAID, "failed", "refunded")
"""The buyer completed Checkout, whatever happened to the payment afterwards. This is what a merchant calls a payment."""

UNFINISHED: Final[tuple[State, ...]] = ("opened", "expired", "canceled")
"""Every other state: the buyer has not completed Checkout."""


class Attempt(Object):
    """One buyer's try. `id` is the idempotency key at Stripe. `token` is the secret in the buyer's return addresses.

    `form` and `fingerprint` identify one selection of one form. `selection` and `quote` stay as they were at the start.
    `amount_total` is the amount that Stripe reports as paid; the expected amounts are in `quote`. Both are in minor units.
    `place` says whether this attempt holds, took or released one of the link's limited places.
    `flags` name what did not match (`amount_differs`, `over_limit`, ...). A merchant should look at an attempt with flags.
    """

    id: str
    object: Literal["attempt"] = "attempt"
    account: str | None = None
    address: str | None = None
    """A keyed hash of the network that the buyer came from; None where a program asked."""
    amount_total: Integer | None = None
    balance_transaction: BalanceTransaction | None = None
    """The balance transaction of the payment, with Stripe's fee. None until Stripe reports it."""
    charge: Charge | None = None
    checked_flags: tuple[str, ...] = ()
    """The flags that a merchant has looked at."""
    checkout_answers: Answers | None = None
    """Answers and consents that Checkout itself asked for, as in a session that an API request opened."""
    checkout_session: str | None = None
    consents: tuple[ShownConsent, ...] = ()
    """The consents that our page asked for, in the words that the buyer read."""
    created: Timestamp
    currency: CurrencyCode
    customer_address: Address | None = None
    """The billing address, as far as Checkout asked for it."""
    customer_email: str | None = None
    customer_name: str | None = None
    customer_phone: str | None = None
    customer_tax_ids: tuple[TaxId, ...] = ()
    details_known: Boolean = False
    """Whether all data that Checkout collected is stored. Earlier versions stored less."""
    disputes: tuple[Dispute, ...] = ()
    erased_at: Timestamp | None = None
    """When everything about a person was erased; nothing of that kind is stored again."""
    expires_at: Timestamp
    fingerprint: str
    flags: tuple[str, ...] = ()
    form: str
    livemode: Boolean = False
    locale: str = "en"
    mode: Mode
    organization: str
    origin: Literal["page", "api"] = "page"
    paid_at: Timestamp | None = None
    payment_intent: str | None = None
    payment_link: str
    payment_method: str | None = None
    """The payment method for people to read, for example "visa 4242". None until Stripe tells it."""
    place: Place = "none"
    quote: Quote
    reference: str | None = None
    """What people call this payment, for example `CF-7K2M-94QX`. None in attempts of earlier versions."""
    refund: str | None = None
    """The refund that we asked for, because no place was left."""
    refund_request: RefundRequest | None = None
    """The last refund that a merchant asked for here. It is stored before Stripe is asked."""
    refunds: tuple[Refund, ...] = ()
    selection: Selection
    sent_at: Timestamp | None = None
    """When the merchant marked the order as sent."""
    session_params: dict[str, Any]
    session_url: str | None = None
    shipping_details: ShippingDetails | None = None
    """Name and address of the delivery, as the buyer entered them at Checkout."""
    shipping_rate: ShippingRate | None = None
    """The shipping option that the buyer chose at Checkout."""
    state: State = "opened"
    subscription: str | None = None
    token: str
    total_details: TotalDetails | None = None
    """Discount, shipping and tax as Stripe reports them, in minor units of `currency`."""
    tracking_number: str | None = None
    updated: Timestamp
    version: Integer = 1


class Transition(Object):
    """One row of an attempt's history: the two states, the time, and the cause (the id of an event, or a word)."""

    attempt: str
    cause: str
    created: Timestamp
    from_state: State | None
    to_state: State
