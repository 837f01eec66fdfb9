"""The types of Stripe's events in the words of a shop."""

from app.objects.event import Event
from app.web.display.translation import gettext as _


def event_text(event: Event) -> str:
    """Say in words what an event reports. Empty for a type that changes nothing here."""
    return {
        "charge.dispute.closed": _("Dispute decided"),
        "charge.dispute.created": _("Payment disputed"),
        "charge.dispute.funds_reinstated": _("Money of a dispute given back"),
        "charge.dispute.funds_withdrawn": _("Money of a dispute taken away"),
        "charge.dispute.updated": _("Dispute changed"),
        "charge.refund.updated": _("Refund changed"),
        "charge.refunded": _("Payment refunded"),
        "checkout.session.async_payment_failed": _("Payment failed"),
        "checkout.session.async_payment_succeeded": _("Payment arrived"),
        "checkout.session.completed": _("Payment on its way") if _is_unpaid(event) else _("Payment arrived"),
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


def _is_unpaid(event: Event) -> bool:
    """Return whether the session of an event waits for its money, such as a bank debit."""
    return event.data.object.get("payment_status") == "unpaid"
