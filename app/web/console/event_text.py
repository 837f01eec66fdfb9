"""The types of Stripe's events in the words of a shop."""

from app.objects.event import Event
from app.web.display.translation import gettext as _


def event_text(event: Event) -> str:
    """Say in words what an event reports. Return an empty text for other types."""
    return {
        "charge.dispute.closed": _("Dispute decided"),
        "charge.dispute.created": _("Payment disputed"),
        "charge.dispute.funds_reinstated": _("Disputed money returned"),
        "charge.dispute.funds_withdrawn": _("Disputed money withdrawn"),
        "charge.dispute.updated": _("Dispute changed"),
        "charge.refund.updated": _("Refund changed"),
        "charge.refunded": _refunded(event),
        "checkout.session.async_payment_failed": _("Payment failed"),
        "checkout.session.async_payment_succeeded": _("Payment arrived"),
        "checkout.session.completed": _completed(event),
        "checkout.session.expired": _("Payment not finished in time"),
        "coupon.deleted": _("Coupon deleted"),
        "coupon.updated": _("Coupon changed"),
        "payment_link.created": _("Link made"),
        "payment_link.updated": _("Link changed"),
        "price.deleted": _("Price deleted"),
        "price.updated": _("Price changed"),
        "product.deleted": _("Product deleted"),
        "product.updated": _("Product changed"),
        "refund.created": _("Refund made"),
        "refund.failed": _("Refund failed"),
        "refund.updated": _("Refund changed"),
        "tax_rate.updated": _("Tax rate changed"),
    }.get(event.type, "")


def _completed(event: Event) -> str:
    """Say what a completed session means for the money. That of a bank debit arrives later."""
    status = event.data.object.get("payment_status")
    if status == "paid":
        return _("Payment arrived")
    return _("Payment on its way") if status == "unpaid" else _("Completed, nothing to pay")


def _refunded(event: Event) -> str:
    """Say whether a charge was refunded in full or in part: its `refunded` is true only in full."""
    is_part = event.data.object.get("refunded") is False
    return _("Payment refunded in part") if is_part else _("Payment refunded")
