"""Whether a link can be paid now, and the reason why not."""

from app.errors import (
    ItemArchived,
    LinkClosed,
    LinkInactive,
    LinkNotOpen,
    LinkPaid,
    LinkUnavailable,
    LinkUsedUp,
    PlacesHeld,
)
from app.objects.payment_link import PaymentLink
from app.pricing.unsold import unsold_part
from app.store.protocol import Store


def can_be_paid_once(link: PaymentLink) -> bool:
    """Return whether one payment completes the link, as for an invoice."""
    return link.restrictions is not None and link.restrictions.completed_sessions.limit == 1


def ensure_payable(link: PaymentLink, now: int) -> None:
    """Raise the `LinkUnavailable` that says why the link cannot be paid now, if it cannot.

    This does not look at places that other buyers hold: `ensure_place_left` does, and taking a place checks again.
    """
    _ensure_open(link, now)
    if (unsold := unsold_part(link, now)) is not None:
        raise ItemArchived(unsold.message, code=unsold.code)


def _ensure_open(link: PaymentLink, now: int) -> None:
    """Raise the reason why the merchant sells nothing by the link now, if so."""
    if not link.active:
        raise LinkInactive(link.inactive_message)
    if link.counterfoil.opens_at is not None and now < link.counterfoil.opens_at:
        raise LinkNotOpen(link.counterfoil.opens_at)
    if link.restrictions is not None:
        completed = link.restrictions.completed_sessions
        if completed.count >= completed.limit:
            reason = LinkPaid if can_be_paid_once(link) else LinkUsedUp
            raise reason(completed.limit, link.inactive_message)
    if link.counterfoil.closes_at is not None and now >= link.counterfoil.closes_at:
        raise LinkClosed(link.counterfoil.closes_at, link.inactive_message)


def closed_reason(link: PaymentLink, now: int) -> LinkUnavailable | None:
    """Return the reason why the link can no longer be paid, or None. Its open sessions have to end then.

    Stripe goes on with the open sessions of an archived price or rate, so they do not end.
    """
    try:
        _ensure_open(link, now)
    except LinkNotOpen:
        return None
    except LinkUnavailable as reason:
        return reason
    return None


def ensure_place_left(store: Store, link: PaymentLink, now: int) -> None:
    """Raise `PlacesHeld` if other buyers, who are paying now, hold every place that is left."""
    if link.restrictions is not None and store.places_left(link.id) == 0 and store.next_release(link.id) is not None:
        raise places_held(store, link.id, now)


def places_held(store: Store, id: str, now: int) -> PlacesHeld:
    """Return the error that says that every place is held, with the time by which the next one is released.

    The time is unknown where a session has ended but Stripe has not yet said how.
    """
    until = store.next_release(id)
    return PlacesHeld(until if until is not None and until > now else None)
