"""An organization's payments: its attempts, as the merchant sees them."""

from collections.abc import Sequence

from app.errors import ResourceMissing
from app.gateway.protocol import Gateway
from app.objects.attempt import COMPLETED, Attempt, State, Transition
from app.objects.payment_link import PaymentLink
from app.objects.reference import read_reference
from app.services.attempts.settlement import read_back
from app.store.protocol import Store
from app.wire.lists import Page


def list_payments(
    store: Store,
    organization_id: str,
    page: Page,
    *,
    payment_link: str | None = None,
    state: Sequence[State] = (),
    flagged: bool | None = None,
) -> tuple[list[Attempt], bool]:
    """Return one page of the organization's attempts, newest first, and whether more follow. Raises `ResourceMissing`."""
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
    """Return the organization's attempt. Raises `ResourceMissing` for an unknown id and for another organization's attempt."""
    attempt = store.attempt(id)
    if attempt is None or attempt.organization != organization_id:
        raise ResourceMissing(f"No such payment: '{id[:100]}'.", param="payment")
    return attempt


def find(store: Store, organization_id: str, text: str) -> Attempt | None:
    """Return the organization's attempt with this reference, as people type it, or with this id. None where there is none.

    For example `find(store, "org_…", "cf 7k2m 94qx")`.
    """
    reference = read_reference(text)
    if reference is not None:
        return store.attempt_by_reference(organization_id, reference)
    attempt = store.attempt(text.strip())
    return attempt if attempt is not None and attempt.organization == organization_id else None


def refresh(store: Store, gateway: Gateway, attempt: Attempt, now: int) -> Attempt:
    """Read the attempt's session from Stripe and apply it. Return the stored attempt. Raises `GatewayError`."""
    return read_back(store, gateway, attempt, now, cause="asked by the merchant")


def history(store: Store, attempt: Attempt) -> list[Transition]:
    """Return every change of the attempt's state, oldest first."""
    return store.history(attempt.id)


def links_of(store: Store, attempts: Sequence[Attempt]) -> dict[str, PaymentLink]:
    """Return the links of these attempts by id. Each link is read once."""
    ids = dict.fromkeys(attempt.payment_link for attempt in attempts)
    return {id: link for id in ids if (link := store.link(id)) is not None}


def payment_of(store: Store, link: PaymentLink) -> Attempt | None:
    """Return the newest completed attempt of a link, else the newest one that was refunded, or None."""
    found = store.attempts_of_link(link.id, state=COMPLETED, limit=1)
    return next(iter(found or store.attempts_of_link(link.id, state=("refunded",), limit=1)), None)


def count_transitions(store: Store) -> dict[tuple[State | None, State], int]:
    """Return how often attempts went from one state to another, over all organizations. New attempts come from None."""
    return store.transition_counts()
