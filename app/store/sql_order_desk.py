"""The part of the store on an engine that the order desk uses; see `app.store.order_desk`."""

from app.objects.attempt import Attempt
from app.objects.order import Entry, OrderFilter, OrderSums, View
from app.store import orders
from app.store.engine import Engine


class SQLOrderDesk:
    """An `OrderDesk` on an engine."""

    engine: Engine

    def orders(
        self,
        organization: str,
        chosen: OrderFilter,
        *,
        limit: int = 25,
        starting_after: str | None = None,
        ending_before: str | None = None,
    ) -> tuple[list[Attempt], bool]:
        return orders.orders(
            self.engine,
            organization,
            chosen,
            limit=limit,
            starting_after=starting_after,
            ending_before=ending_before,
        )

    def sum_orders(self, organization: str, chosen: OrderFilter) -> OrderSums:
        return orders.sum_orders(self.engine, organization, chosen)

    def count_waiting(self, organization: str, most: int) -> dict[View, int]:
        return orders.count_waiting(self.engine, organization, most)

    def has_deliveries(self, organization: str) -> bool:
        return orders.has_deliveries(self.engine, organization)

    def order_currencies(self, organization: str) -> list[str]:
        return orders.order_currencies(self.engine, organization)

    def add_entry(self, entry: Entry) -> None:
        orders.add_entry(self.engine, entry)

    def save_entry(self, entry: Entry) -> None:
        orders.save_entry(self.engine, entry)

    def entries(self, attempt: str) -> list[Entry]:
        return orders.entries(self.engine, attempt)
