"""What an organization was paid, or somebody tried to pay it: attempts as their merchant sees them."""

from collections.abc import Sequence
from typing import Final

from app.errors import ResourceMissing
from app.gateway.protocol import Gateway
from app.objects.attempt import Attempt, State
from app.services.attempts.settlement import read_back
from app.store.protocol import Store
from app.wire.lists import Page

CHECKOUT_COMPLETED: Final[tuple[State, ...]] = ("processing", "paid", "no_payment_required", "failed", "refunded")
"""States in which Checkout was completed, whatever came of it: what a merchant calls a payment."""


def list_payments(
    store: Store,
    organization_id: str,
    page: Page,
    *,
    payment_link: str | None = None,
    state: Sequence[State] = (),
    flagged: bool | None = None,
) -> tuple[list[Attempt], bool]:
    """One page of the organization's attempts, newest first, and whether more follow in that direction. Raises `ResourceMissing`."""
    return store.attempts(
        organization_id,
        payment_link=payment_link,
        state=state,
        flagged=flagged,
        limit=page.limit,
        starting_after=page.starting_after,
        ending_before=page.ending_before,
    )


def retrieve(store: Store, organization_id: str, id: str) -> Attempt:
    """The organization's attempt. Raises `ResourceMissing`, alike for what is not there and what is somebody else's."""
    attempt = store.attempt(id)
    if attempt is None or attempt.organization != organization_id:
        raise ResourceMissing(f"No such payment: '{id[:100]}'.", param="payment")
    return attempt


def refresh(store: Store, gateway: Gateway, organization_id: str, id: str, now: int) -> Attempt:
    """The attempt as Stripe sees it now. Raises `ResourceMissing`, `GatewayError`."""
    return read_back(store, gateway, retrieve(store, organization_id, id), now, cause="asked by the merchant")
