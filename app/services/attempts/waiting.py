"""What waits for the merchant: payments that a person must look at. The navigation and the home page show how many there are."""

from dataclasses import dataclass
from typing import Final

from app.store.protocol import Store

COUNTED_AT_MOST: Final = 100
"""Counting stops here, so that a page is as fast with a million payments."""


@dataclass(frozen=True)
class Waiting:
    """How many payments wait, by what they wait for. Each number is `COUNTED_AT_MOST` at most."""

    flagged: int

    @property
    def total(self) -> int:
        """How many things wait."""
        return self.flagged


def count_waiting(store: Store, organization_id: str) -> Waiting:
    """Return how much waits for this organization."""
    return Waiting(flagged=store.count_flagged(organization_id, COUNTED_AT_MOST))
