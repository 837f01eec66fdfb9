"""Payments that wait for the merchant, because a person must look at them. The navigation and the home page show how many there are."""

from dataclasses import dataclass

from app.store.protocol import Store


@dataclass(frozen=True)
class Waiting:
    """How many payments wait for each kind of act."""

    flagged: int = 0
    disputed: int = 0
    to_send: int = 0

    @property
    def total(self) -> int:
        """How many things wait."""
        return self.flagged + self.disputed + self.to_send


def count_waiting(store: Store, organization_id: str, *, livemode: bool) -> Waiting:
    """Return how many payments of this organization wait, in live mode or in test mode."""
    counts = store.count_waiting(organization_id, livemode=livemode)
    return Waiting(flagged=counts["flagged"], disputed=counts["disputed"], to_send=counts["to-send"])
