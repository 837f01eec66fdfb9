"""The part of the store on an engine that the order desk uses; see `app.store.order_desk`."""

from collections.abc import Sequence, Set

from app.objects.attempt import Attempt
from app.objects.listed import Listed
from app.objects.order import Entry, OrderFilter, OrderSums, View
from app.objects.payment_link import PaymentLink
from app.objects.taken import DaySum
from app.store import event_subjects, events, orders, refusals, taken
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
    ) -> Listed[Attempt]:
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

    def count_waiting(self, organization: str, *, livemode: bool) -> dict[View, int]:
        return orders.count_waiting(self.engine, organization, livemode=livemode)

    def count_started(self, link: str, most: int, *, livemode: bool) -> int:
        return orders.count_started(self.engine, link, most, livemode=livemode)

    def count_paying(self, link: str, most: int, *, livemode: bool) -> int:
        return orders.count_paying(self.engine, link, most, livemode=livemode)

    def has_deliveries(self, organization: str, *, livemode: bool) -> bool:
        return orders.has_deliveries(self.engine, organization, livemode=livemode)

    def order_currencies(self, organization: str, *, livemode: bool) -> list[str]:
        return orders.order_currencies(self.engine, organization, livemode=livemode)

    def taken(self, organization: str, *, livemode: bool, days: Sequence[tuple[int, int]]) -> list[DaySum]:
        return taken.taken(self.engine, organization, livemode=livemode, days=days)

    def refused_links(self, organization: str, most: int) -> list[str]:
        return refusals.refused_links(self.engine, organization, most)

    def last_delivery(self) -> int | None:
        return events.last_delivery(self.engine)

    def event_outcomes(self, ids: Sequence[str]) -> dict[str, str]:
        return event_subjects.event_outcomes(self.engine, ids)

    def payments_named(self, names: Set[str]) -> list[Attempt]:
        return event_subjects.payments_named(self.engine, names)

    def links_named(self, organization: str, ids: Set[str]) -> list[PaymentLink]:
        return event_subjects.links_named(self.engine, organization, ids)

    def deleted_products(self, organization: str, ids: Set[str]) -> set[str]:
        return event_subjects.deleted_products(self.engine, organization, ids)

    def add_entry(self, entry: Entry) -> None:
        orders.add_entry(self.engine, entry)

    def save_entry(self, entry: Entry) -> None:
        orders.save_entry(self.engine, entry)

    def entries(self, attempt: str) -> list[Entry]:
        return orders.entries(self.engine, attempt)
