"""Payments that wait for the merchant, because a person must look at them. The navigation and the home page show how many there are."""

from dataclasses import dataclass
from typing import Final

from app.store.protocol import Store

COUNTED_AT_MOST: Final = 100
"""Counting stops here, so that a page stays fast with a million payments."""


@dataclass(frozen=True)
class Waiting:
    """How many payments wait for each kind of act. Each number is at most `COUNTED_AT_MOST`."""

    flagged: int = 0
    disputed: int = 0
    to_send: int = 0

    @property
    def total(self) -> int:
        """How many things wait."""
        return self.flagged + self.disputed + self.to_send


def count_waiting(store: Store, organization_id: str, *, livemode: bool) -> Waiting:
    """Return how many payments of this organization wait, in live mode or in test mode."""
    counts = store.count_waiting(organization_id, COUNTED_AT_MOST, livemode=livemode)
    return Waiting(flagged=counts["flagged"], disputed=counts["disputed"], to_send=counts["to-send"])
