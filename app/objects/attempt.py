"""The attempt: one buyer's try at paying a link, kept from before Stripe is asked until long after.

Nothing that was sent to Stripe is ever made again from other values: `session_params` is frozen with the row.
"""

from typing import Any, Literal

from app.objects.base import Object
from app.objects.quote import Mode, Quote
from app.objects.scalars import Boolean, CurrencyCode, Integer, Timestamp
from app.objects.selection import Selection

State = Literal["opened", "processing", "paid", "no_payment_required", "failed", "expired", "canceled", "refunded"]
Place = Literal["none", "held", "taken", "released"]


class Attempt(Object):
    """One buyer's try. `id` is the idempotency key at Stripe; `token` is the secret in the buyer's return addresses.

    `form` and `fingerprint` tell one selection of one form from another; `selection` and `quote` are as they were.
    `amount_total` is what Stripe says was paid, `expected` amounts stand in `quote`; minor units.
    `place` is whether this attempt holds, took or gave back one of the link's limited places.
    `flags` are words for what did not fit (`amount_mismatch`, `over_limit`, ...): never empty means somebody should look.
    """

    id: str
    object: Literal["attempt"] = "attempt"
    account: str | None = None
    address: str | None = None
    """A keyed hash of the network that the buyer came from; None where a program asked."""
    amount_total: Integer | None = None
    checkout_session: str | None = None
    created: Timestamp
    currency: CurrencyCode
    customer_email: str | None = None
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
    """How it was paid, for people: "visa 4242", as far as Stripe told."""
    place: Place = "none"
    quote: Quote
    refund: str | None = None
    selection: Selection
    session_params: dict[str, Any]
    session_url: str | None = None
    state: State = "opened"
    subscription: str | None = None
    token: str
    updated: Timestamp
    version: Integer = 1


class Transition(Object):
    """One row of an attempt's history: from which state to which, when, and because of what (an event's id or a word)."""

    attempt: str
    cause: str
    created: Timestamp
    from_state: State | None
    to_state: State
