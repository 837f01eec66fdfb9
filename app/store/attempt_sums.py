"""Every sum that an attempt is part of. Each changes in the transaction that changes the attempt."""

from collections.abc import Mapping
from typing import Any, Final

from app.store.engine import Engine
from app.store.link_sums import change_link_sums
from app.store.order_sums import change_order_sums
from app.store.taken import change_taken, received_share

SUMMED: Final = (
    "amount", "amount_refunded", "came_from", "currency", "dated", "delivery", "disputed", "livemode", "organization",
    "payment_link", "refunded", "state", "to_check",
)  # fmt: skip
"""The columns of an attempt that its sums depend on."""


def change_sums(
    engine: Engine,
    organization: str,
    link: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    """Subtract the old columns of an attempt from its sums, and add the new ones. Call it in the attempt's transaction."""
    old, new = received_share(before), received_share(after)
    if old != new:
        change_link_sums(engine, organization, link, old, new)
        change_taken(engine, organization, old, new)
    change_order_sums(engine, organization, link, before, after)
