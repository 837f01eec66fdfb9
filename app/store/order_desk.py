"""The part of a store that the order desk uses: lists of orders, their sums, and what merchants did with each."""

from typing import Protocol

from app.objects.attempt import Attempt
from app.objects.order import Entry, OrderFilter, OrderSums, View


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
    ) -> tuple[list[Attempt], bool]:
        """Return a page of an organization's orders by the day of their payment, and whether more follow.

        The newest is first, except in the view `to-send`. Raises `ResourceMissing` for an unknown cursor.
        """

    def sum_orders(self, organization: str, chosen: OrderFilter) -> OrderSums:
        """Return how many orders a filter has, and what arrived of them by currency."""

    def count_waiting(self, organization: str, most: int) -> dict[View, int]:
        """Return how many orders wait for the merchant, by view: `to-send`, `flagged` and `disputed`. Stop each count at `most`."""

    def has_deliveries(self, organization: str) -> bool:
        """Return whether the organization has ever had an order to send."""

    def order_currencies(self, organization: str) -> list[str]:
        """Return the currencies of the organization's orders."""

    def add_entry(self, entry: Entry) -> None: ...
    def save_entry(self, entry: Entry) -> None: ...
    def entries(self, attempt: str) -> list[Entry]:
        """Return what merchants did with an order, oldest first."""
