"""What a frame asks while it is shown: whether the payment of its link has arrived."""

from typing import Literal

from app.errors import LinkPaid, LinkUnavailable
from app.objects.payment_link import PaymentLink
from app.services.attempts import payments
from app.services.links import availability
from app.store.protocol import Store

FrameState = Literal["open", "processing", "paid", "unavailable"]


def frame_state(store: Store, link: PaymentLink, now: int) -> FrameState:
    """Return the state of a link for the page around its frame. `processing`: the bank has not confirmed the payment yet."""
    try:
        availability.ensure_payable(link, now)
    except LinkPaid:
        payment = payments.payment_of(store, link)
        return "processing" if payment is not None and payment.state == "processing" else "paid"
    except LinkUnavailable:
        return "unavailable"
    return "open"
