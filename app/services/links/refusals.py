"""Why Stripe refuses a link, kept for its merchant until a session is opened again or the link is changed."""

import logging
from collections.abc import Sequence
from typing import Final

from app.errors import GatewayRefused
from app.gateway.refusals import what_buyer_can_change
from app.objects.payment_link import PaymentLink
from app.objects.refusal import FoundBy, Refusal
from app.pricing.unsold import unsold_part
from app.store.protocol import Store

COUNTED_AT_MOST: Final = 100
"""Counting refused links stops here."""

MAXIMUM_MESSAGE: Final = 1000

log: Final = logging.getLogger(__name__)


def record(store: Store, link: str, error: GatewayRefused, now: int, *, found_by: FoundBy = "buyer") -> None:
    """Keep why Stripe refused a link. Log it once, not for every buyer.

    An e-mail address comes from a buyer or from an address, so it says nothing about the link.
    """
    if what_buyer_can_change(error) == "email":
        return
    message = error.message[:MAXIMUM_MESSAGE]
    refusal = Refusal(
        code=error.code, created=now, found_by=found_by, last_seen=now, message=message, param=error.param
    )
    if store.note_refusal(link, refusal):
        fields = {"payment_link": link, "reason": message, "code": error.code, "param": error.param}
        log.warning("Stripe refuses a link", extra={**fields, "status": error.status, "found_by": found_by})


def clear_checked(store: Store, link: str) -> None:
    """Remove why Stripe refused a link if that was a price, a coupon or a rate, because Stripe takes all of them now."""
    refusal = store.refusals([link]).get(link)
    if refusal is not None and (refusal.found_by == "check" or refusal.is_about_an_object):
        store.clear_refusal(link)


def refusals_of(store: Store, links: Sequence[PaymentLink], now: int) -> dict[str, Refusal]:
    """Return why Stripe refuses each of these links, by the link's id: what it said last, else which part of an active link it
    would refuse.
    """
    found = store.refusals([link.id for link in links])
    for link in links:
        unsold = unsold_part(link, now) if link.active else None
        if unsold is not None and link.id not in found:
            # No buyer has met it: the page closed when the object was archived.
            found[link.id] = Refusal(code=unsold.code, count=0, created=now, last_seen=now, message=unsold.message)
    return found


def refusal_of(store: Store, link: PaymentLink, now: int) -> Refusal | None:
    """Return why Stripe refuses this link, or None."""
    return refusals_of(store, [link], now).get(link.id)


def refused_links(store: Store, organization_id: str) -> list[str]:
    """Return the ids of active links that Stripe refuses, `COUNTED_AT_MOST` at most."""
    return store.refused_links(organization_id, COUNTED_AT_MOST)
