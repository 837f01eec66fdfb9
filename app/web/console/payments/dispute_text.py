"""A payment's dispute in the merchant's words: tags for lists, the notice on the payment's page, and the text for the bank."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.objects.attempt import Attempt
from app.objects.charge import Dispute
from app.web.console.link_rows import Tag
from app.web.display.formatting import date_and_time, money
from app.web.display.markdown import plain
from app.web.display.postal_address import postal_line
from app.web.display.receipt import email_of, paid_with
from app.web.display.translation import gettext as _

DASHBOARD: Final = "https://dashboard.stripe.com"


@dataclass(frozen=True)
class DisputeNotice:
    """What a merchant has to know about one dispute. `url` is where to answer it, where that is possible."""

    title: str
    texts: tuple[str, ...]
    tone: str
    url: str | None = None


def dispute_tags(attempt: Attempt) -> list[Tag]:
    """Return the tags of disputes."""
    return [_tag(dispute) for dispute in attempt.disputes]


def answer_by(attempt: Attempt, timezone: str) -> str | None:
    """Return until when the merchant has to answer a dispute, or None where there is nothing to answer."""
    due = [
        dispute.evidence_details.due_by
        for dispute in attempt.disputes
        if dispute.needs_answer and dispute.evidence_details.due_by is not None
    ]
    return _("Answer by %(date)s", date=date_and_time(min(due), timezone)) if due else None


def dispute_notices(attempt: Attempt, timezone: str, *, sandbox: bool) -> list[DisputeNotice]:
    """Return a notice for each dispute of a payment, oldest first."""
    return [_notice(dispute, timezone, attempt.livemode, sandbox=sandbox) for dispute in attempt.disputes]


def evidence_text(attempt: Attempt, timezone: str) -> str | None:
    """Return what the bank may want to know about a disputed order, to copy into Stripe's form. None where nothing is to be answered."""
    if not any(dispute.needs_answer for dispute in attempt.disputes):
        return None
    items = "; ".join(f"{line.description} ({line.quantity})" for line in attempt.quote.lines if line.quantity)
    delivery, email = attempt.shipping_details, email_of(attempt)
    address = postal_line(delivery.address) if delivery and delivery.address else None
    ordered = date_and_time(attempt.created, timezone)
    lines = (
        _("Ordered on %(date)s.", date=ordered),
        _("Paid with: %(method)s", method=method) if (method := paid_with(attempt)) else None,
        _("Items: %(items)s", items=items),
        _("Buyer: %(buyer)s", buyer=", ".join(part for part in (attempt.customer_name, email) if part)),
        _("Delivered to: %(address)s", address=f"{delivery.name or ''}, {address}".lstrip(", "))
        if delivery and address
        else None,
        _sent(attempt, timezone),
        _accepted(attempt, timezone),
        _("Reference: %(reference)s", reference=attempt.reference) if attempt.reference else None,
    )
    return "\n".join(line for line in lines if line).replace("\u00a0", " ")


def _sent(attempt: Attempt, timezone: str) -> str | None:
    if attempt.sent_at is None:
        return None
    sent = date_and_time(attempt.sent_at, timezone)
    if attempt.tracking_number:
        return _("Sent on %(date)s. Tracking number: %(number)s.", date=sent, number=attempt.tracking_number)
    return _("Marked as sent on %(date)s.", date=sent)


def _accepted(attempt: Attempt, timezone: str) -> str | None:
    """Return when the buyer accepted the terms, and the words of the consent if they are known."""
    shown = next((it for it in attempt.consents if it.name == "terms_of_service" and it.given), None)
    if shown is not None:
        accepted = date_and_time(shown.created, timezone)
        return _("Terms accepted on %(date)s: “%(text)s”", date=accepted, text=plain(shown.text))
    if attempt.selection.answers.consent.terms_of_service == "accepted":
        return _("The buyer accepted the terms of service before paying.")
    return None


def _tag(dispute: Dispute) -> Tag:
    closed: Mapping[str, Tag] = {
        "lost": Tag(_("Dispute lost"), "danger"),
        "prevented": Tag(_("Dispute prevented"), "success"),
        "warning_closed": Tag(_("Inquiry closed"), "success"),
        "won": Tag(_("Dispute won"), "success"),
    }
    return closed.get(dispute.status) or Tag(_("Disputed"), "danger")


def _notice(dispute: Dispute, timezone: str, livemode: bool, *, sandbox: bool) -> DisputeNotice:
    amount = money(dispute.amount, dispute.currency)
    if not dispute.is_open:
        title, text = {
            "lost": (_("Dispute lost"), _("The bank gave %(amount)s back to the buyer.", amount=amount)),
            "won": (_("Dispute won"), _("The bank decided for you. %(amount)s is yours again.", amount=amount)),
        }.get(dispute.status, (_("Dispute closed"), _("No money was withdrawn.")))
        return DisputeNotice(title, (text,), "danger" if dispute.status == "lost" else "")
    due_by = dispute.evidence_details.due_by
    if not dispute.needs_answer:
        title = _("The bank is looking at your answer")
    elif due_by is None:
        title = _("Answer the dispute")
    else:
        title = _("Answer by %(date)s", date=date_and_time(due_by, timezone))
    url = f"{DASHBOARD}{'' if livemode else '/test'}/disputes/{dispute.id}"
    said = _("The buyer told the bank: %(reason)s.", reason=_reason(dispute.reason))
    return DisputeNotice(title, (said, _held(dispute, amount)), "danger", None if sandbox else url)


def _held(dispute: Dispute, amount: str) -> str:
    """Return what the dispute took from the merchant's balance so far."""
    if not dispute.balance_transactions:
        return _("No money is withdrawn yet. If you do not answer, the bank may take %(amount)s back.", amount=amount)
    if dispute.fee:
        fee = money(dispute.fee, dispute.currency)
        return _("%(amount)s and a fee of %(fee)s are held until the bank decides.", amount=amount, fee=fee)
    return _("%(amount)s is held until the bank decides.", amount=amount)


def _reason(reason: str) -> str:
    """Return Stripe's reason for a dispute in words."""
    words = {
        "credit_not_processed": _("a promised refund did not arrive"),
        "duplicate": _("it was paid twice"),
        "fraudulent": _("another person made this payment"),
        "product_not_received": _("the order did not arrive"),
        "product_unacceptable": _("the order is not as described"),
        "subscription_canceled": _("the subscription was canceled before"),
        "unrecognized": _("the payment is unknown to them"),
    }
    return words.get(reason) or reason.replace("_", " ")
