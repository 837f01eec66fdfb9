"""The order: an attempt as the merchant handles it after the payment. What waits for the merchant, and what the merchant did. Pure."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from app.objects.attempt import PAID, Attempt, State
from app.objects.base import Object
from app.objects.scalars import CurrencyCode, Integer, Timestamp

DISPUTED: Final = "disputed"
"""The flag of a payment with a dispute that is open or lost."""

OVER_LIMIT: Final = "over_limit"
"""The flag of a payment that arrived after the link's last place was taken."""

Delivery = Literal["none", "to_send", "sent"]

RECEIVED: Final[tuple[State, ...]] = (*PAID, "refunded")
"""The states of attempts whose money has arrived, whatever was sent back since."""

View = Literal[
    "", "to-send", "sent", "flagged", "disputed", "refunded", "paid", "processing", "failed", "unfinished"
]  # fmt: skip
VIEWS: Final[tuple[View, ...]] = get_args(View)
"""The lists of the order desk. The empty name is the list of all orders whose buyer completed Checkout."""

Act = Literal["note", "sent", "not_sent", "checked", "not_checked", "refund"]


class Entry(Object):
    """One act of the merchant on an order. `actor` is what people know the user by.

    `text` is a note, a tracking number or the reason of a refund. An entry with `removed_at` was taken back.
    """

    id: str
    object: Literal["entry"] = "entry"
    act: Act
    actor: str | None = None
    amount: Integer | None = None
    attempt: str
    created: Timestamp
    currency: CurrencyCode | None = None
    refund: str | None = None
    removed_at: Timestamp | None = None
    text: str | None = None


@dataclass(frozen=True)
class OrderFilter:
    """Which orders a list shows. `since` and `until` are Unix seconds of the payment; `until` is not included.

    `words` are beginnings of words, which must all be found. `amounts` are the amounts that the text of a search may mean, in minor
    units by the number of decimals of a currency. An order is found by its words or by its amount.
    """

    view: View = ""
    amounts: tuple[tuple[int, int], ...] = ()
    currency: str | None = None
    payment_link: str | None = None
    since: int | None = None
    until: int | None = None
    words: tuple[str, ...] = ()

    @property
    def oldest_first(self) -> bool:
        """Whether the list begins with the order that has waited longest."""
        return self.view == "to-send"

    @property
    def is_search(self) -> bool:
        """Whether a search text chooses the orders."""
        return bool(self.words or self.amounts)


@dataclass(frozen=True)
class OrderSums:
    """How many orders a filter has, and by currency what arrived less what was sent back, in minor units."""

    number: int = 0
    amounts: tuple[tuple[str, int], ...] = ()


def dated(attempt: Attempt) -> int:
    """Return the time by which an order is listed: of its payment, or else of its start."""
    return attempt.created if attempt.paid_at is None else attempt.paid_at


def order_amount(attempt: Attempt) -> int:
    """Return the amount that Stripe reported, or else the quoted amount, in minor units."""
    return attempt.quote.amount_total if attempt.amount_total is None else attempt.amount_total


def unchecked_flags(attempt: Attempt) -> tuple[str, ...]:
    """Return the flags that no merchant has looked at yet."""
    return tuple(flag for flag in attempt.flags if flag not in attempt.checked_flags)


def is_disputed(attempt: Attempt) -> bool:
    """Return whether a dispute is open or lost, and no merchant has closed it as looked at."""
    return DISPUTED in unchecked_flags(attempt)


def needs_check(attempt: Attempt) -> bool:
    """Return whether something else than a dispute did not match, and no merchant has looked at it."""
    return any(flag != DISPUTED for flag in unchecked_flags(attempt))


def is_shipped(attempt: Attempt) -> bool:
    """Return whether the order is a parcel: its buyer was asked for a delivery address or for a shipping option."""
    asked = ("shipping_address_collection", "shipping_options")
    return attempt.shipping_details is not None or any(attempt.session_params.get(name) for name in asked)


def delivery_of(attempt: Attempt) -> Delivery:
    """Return whether the order waits to be sent. A disputed, a refunded and an unpaid order does not wait."""
    if attempt.sent_at is not None:
        return "sent"
    if not is_shipped(attempt) or attempt.state not in PAID or OVER_LIMIT in attempt.flags:
        return "none"
    return "none" if DISPUTED in attempt.flags else "to_send"
