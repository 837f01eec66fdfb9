"""What is most urgent among the orders that wait for the merchant: the home page names it beside their number."""

from dataclasses import dataclass
from typing import Final

from app.objects.attempt import Attempt
from app.objects.order import DISPUTED, OrderFilter, View, dated, unchecked_flags
from app.store.protocol import Store

READ_AT_MOST: Final = 25
"""How many disputes are read. With more of them, no deadline is named, because the earliest one could be among the others."""


@dataclass(frozen=True)
class Urgent:
    """The most urgent facts. `oldest_to_send`: when the order was paid that has waited longest. `answer_by`: the earliest deadline.

    `flag` is named only if one payment waits to be checked.
    """

    oldest_to_send: int | None = None
    answer_by: int | None = None
    flag: str | None = None


def find_urgent(store: Store, organization_id: str, *, livemode: bool) -> Urgent:
    """Return the most urgent facts about what waits."""

    def first(view: View, most: int) -> list[Attempt]:
        return store.orders(organization_id, OrderFilter(view, livemode=livemode), limit=most).rows

    to_send, flagged, disputed = first("to-send", 1), first("flagged", 2), first("disputed", READ_AT_MOST + 1)
    deadlines = [
        due
        for attempt in disputed
        for dispute in attempt.disputes
        if dispute.needs_answer and (due := dispute.evidence_details.due_by) is not None
    ]
    flags = [flag for attempt in flagged for flag in unchecked_flags(attempt) if flag != DISPUTED]
    return Urgent(
        oldest_to_send=dated(to_send[0]) if to_send else None,
        answer_by=min(deadlines, default=None) if len(disputed) <= READ_AT_MOST else None,
        flag=flags[0] if len(flagged) == 1 else None,
    )
