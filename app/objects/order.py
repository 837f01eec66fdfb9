"""Orders: attempts after the payment, with their flags, their delivery and the entries of merchants. Pure."""

from dataclasses import dataclass, replace
from typing import Final, Literal, Self, get_args

from app.objects.attempt import PAID, Attempt, State
from app.objects.base import Object
from app.objects.scalars import CurrencyCode, Integer, Timestamp

DISPUTED: Final = "disputed"
"""The flag of a payment with a dispute that is open or lost."""

OVER_LIMIT: Final = "over_limit"
"""The flag of a payment that arrived after the link's last place was taken."""

Delivery = Literal["none", "to_send", "sent"]

RECEIVED: Final[tuple[State, ...]] = (*PAID, "refunded")
"""The states of attempts whose money has arrived, refunded or not."""

View = Literal[
    "", "to-send", "sent", "flagged", "disputed", "refunded", "paid", "processing", "failed", "unfinished"
]  # fmt: skip
VIEWS: Final[tuple[View, ...]] = get_args(View)
"""The lists of the order desk. The empty name is the list of all orders whose buyer completed Checkout."""

Act = Literal["note", "sent", "not_sent", "checked", "not_checked", "refund"]


class Entry(Object):
    """One act of the merchant on an order. `actor` is the name of the user for people.

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
    """The filter of a list of orders: of live payments or of test payments, never of both.

    `since` and `until` are Unix seconds of the payment; `until` is not included.

    An order matches by its words, if one begins with each of `words`, or by its amount. `amounts` are the amounts that the text of a
    search may mean, in minor units by the number of decimals of a currency.
    """

    view: View = ""
    amounts: tuple[tuple[int, int], ...] = ()
    currency: str | None = None
    livemode: bool = False
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
    """The number of orders that match a filter, and by currency the money received less refunds, in minor units.

    With `is_least` more orders match than were counted. Then `number` is the least number, and nothing is added up.
    """

    number: int = 0
    amounts: tuple[tuple[str, int], ...] = ()
    is_least: bool = False

    def at_least(self, number: int) -> Self:
        """Return sums whose least number is not below the number of rows that a page shows."""
        return replace(self, number=max(self.number, number)) if self.is_least else self


def dated(attempt: Attempt) -> int:
    """Return the time that sorts an order in lists: when it was paid, or else when it began."""
    return attempt.created if attempt.paid_at is None else attempt.paid_at


def order_amount(attempt: Attempt) -> int:
    """Return the amount that Stripe reported, or else the quoted amount, in minor units."""
    return attempt.quote.amount_total if attempt.amount_total is None else attempt.amount_total


def named_origin(utm_source: str | None, utm_campaign: str | None) -> str:
    """Return where a buyer came from, as the address of the page says it, or an empty text.

    >>> named_origin("newsletter", "spring"), named_origin(None, "spring"), named_origin(None, None)
    ('newsletter/spring', 'spring', '')
    """
    return "/".join(part for part in (utm_source, utm_campaign) if part)


def came_from(attempt: Attempt) -> str:
    """Return where the buyer of an attempt came from, or an empty text."""
    given = attempt.selection.url_parameters
    return named_origin(given.utm_source, given.utm_campaign)


def unchecked_flags(attempt: Attempt) -> tuple[str, ...]:
    """Return the flags that no merchant has looked at yet."""
    return tuple(flag for flag in attempt.flags if flag not in attempt.checked_flags)


def is_disputed(attempt: Attempt) -> bool:
    """Return whether a dispute is open or lost, and no merchant has marked it as checked."""
    return DISPUTED in unchecked_flags(attempt)


def needs_check(attempt: Attempt) -> bool:
    """Return whether the payment has a flag, other than a dispute, that no merchant has looked at."""
    return any(flag != DISPUTED for flag in unchecked_flags(attempt))


def is_shipped(attempt: Attempt) -> bool:
    """Return whether the order is a parcel: its buyer was asked for a delivery address or for a shipping option."""
    asked = ("shipping_address_collection", "shipping_options")
    return attempt.shipping_details is not None or any(attempt.session_params.get(name) for name in asked)


def delivery_of(attempt: Attempt) -> Delivery:
    """Return whether the order waits to be sent, or is sent. A disputed, refunded or unpaid order does not wait."""
    if attempt.sent_at is not None:
        return "sent"
    if not is_shipped(attempt) or attempt.state not in PAID or OVER_LIMIT in attempt.flags:
        return "none"
    return "none" if DISPUTED in attempt.flags else "to_send"
