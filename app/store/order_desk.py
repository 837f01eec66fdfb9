"""The part of a store that the order desk uses: lists of orders, their sums, and what merchants did with each."""

from collections.abc import Sequence, Set
from typing import Protocol

from app.objects.attempt import Attempt
from app.objects.listed import Listed
from app.objects.order import Entry, OrderFilter, OrderSums, View
from app.objects.payment_link import PaymentLink
from app.objects.taken import DaySum


class OrderDesk(Protocol):
    """See `Store`, of which this is a part."""

    def orders(
        self,
        organization: str,
        chosen: OrderFilter,
        *,
        limit: int = 25,
        starting_after: str | None = None,
        ending_before: str | None = None,
    ) -> Listed[Attempt]:
        """Return a page of an organization's orders by the day of their payment.

        The newest is first, except in the view `to-send`. Raises `ResourceMissing` for an unknown cursor.
        """

    def sum_orders(self, organization: str, chosen: OrderFilter) -> OrderSums:
        """Return the sums of the orders that match a filter."""

    def count_waiting(self, organization: str, *, livemode: bool) -> dict[View, int]:
        """Return how many orders wait for the merchant, by view: `to-send`, `flagged` and `disputed`."""

    def count_started(self, link: str, most: int, *, livemode: bool) -> int:
        """Return how many attempts of a link are stored. Stop counting at `most`."""

    def count_paying(self, link: str, most: int, *, livemode: bool) -> int:
        """Return how many attempts of a link have an open session. Stop counting at `most`."""

    def has_deliveries(self, organization: str, *, livemode: bool) -> bool:
        """Return whether the organization has ever had an order to send in this mode."""

    def order_currencies(self, organization: str, *, livemode: bool) -> list[str]:
        """Return the currencies of the organization's orders in a mode."""

    def taken(self, organization: str, *, livemode: bool, days: Sequence[tuple[int, int]]) -> list[DaySum]:
        """Return the sums of each of these days by currency. A day without payments has none.

        A day is given as its first second and that of the next day, both full quarters of an hour.
        """

    def refused_links(self, organization: str, most: int) -> list[str]:
        """Return the ids of active links that Stripe refuses, `most` at most."""

    def last_delivery(self) -> int | None:
        """Return when Stripe last delivered an event to this server's webhook, or None."""

    def event_outcomes(self, ids: Sequence[str]) -> dict[str, str]:
        """Return the outcome of each of these events, by its id."""

    def payments_named(self, names: Set[str]) -> list[Attempt]:
        """Return the payments of every organization whose id, session or payment intent is among these names."""

    def links_named(self, organization: str, ids: Set[str]) -> list[PaymentLink]:
        """Return the links of the organization that have these ids."""

    def deleted_products(self, organization: str, ids: Set[str]) -> set[str]:
        """Return those of these ids that an event of the organization reports as deleted products."""

    def add_entry(self, entry: Entry) -> None: ...
    def save_entry(self, entry: Entry) -> None: ...
    def entries(self, attempt: str) -> list[Entry]:
        """Return what merchants did with an order, oldest first."""
