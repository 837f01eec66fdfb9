"""Is this session the one we asked for? Amounts, currency, mode, account and link are held against our own row.

Pure: a word for what does not fit, or None. A session that does not fit changes nothing but a flag (ruling 5).
"""

from app.objects.attempt import Attempt
from app.objects.checkout_session import CheckoutSession, TotalDetails
from app.objects.payment_link import PaymentLink


def mismatch(attempt: Attempt, link: PaymentLink, session: CheckoutSession, account: str | None) -> str | None:
    """What does not fit: `account_mismatch`, `livemode_mismatch`, `currency_mismatch`, `link_mismatch`, `amount_mismatch`.

    `account` is the one that the session was read from, or that the event names. Amounts count once Checkout is complete.
    """
    metadata = session.metadata or {}
    if account != attempt.account:
        return "account_mismatch"
    if session.livemode != attempt.livemode:
        return "livemode_mismatch"
    if attempt.checkout_session is not None and session.id != attempt.checkout_session:
        return "session_mismatch"
    if metadata.get("counterfoil_attempt", attempt.id) != attempt.id:
        return "attempt_mismatch"
    if metadata.get("counterfoil_payment_link", attempt.payment_link) != attempt.payment_link:
        return "link_mismatch"
    if session.mode != attempt.mode or session.currency not in {None, attempt.currency}:
        return "currency_mismatch" if session.mode == attempt.mode else "mode_mismatch"
    if session.status == "complete" and not _amounts_fit(attempt, link, session):
        return "amount_mismatch"
    return None


def _amounts_fit(attempt: Attempt, link: PaymentLink, session: CheckoutSession) -> bool:
    """Subtotal as quoted; the total is subtotal less discount plus shipping, plus at most the tax, each as the link allows."""
    quote, details = attempt.quote, session.total_details or TotalDetails()
    subtotal, total = session.amount_subtotal, session.amount_total
    if subtotal is None or total is None:
        return False
    checkout_decides = _checkout_decides(attempt)
    if subtotal != quote.amount_subtotal and not checkout_decides:
        return False
    codes_allowed = bool(attempt.session_params.get("allow_promotion_codes"))
    if details.amount_discount != quote.amount_discount and not (codes_allowed or checkout_decides):
        return False
    shipping = details.amount_shipping or 0
    offered = {option.shipping_amount for option in link.shipping_options}
    if shipping != quote.amount_shipping and not (quote.shipping_pending and shipping in offered):
        return False
    if details.amount_tax > quote.amount_tax and not (quote.tax_pending or codes_allowed or checkout_decides):
        return False
    rest = total - (subtotal - details.amount_discount + shipping)
    return 0 <= rest <= details.amount_tax


def _checkout_decides(attempt: Attempt) -> bool:
    """A session made by the API leaves adjustable quantities, optional items and amounts that the buyer chooses to Checkout."""
    params = attempt.session_params
    adjustable = any("adjustable_quantity" in item for item in params.get("line_items", ()))
    open_amount = any(line.price.custom_unit_amount and line.unit_amount is None for line in attempt.quote.lines)
    return bool(adjustable or open_amount or params.get("optional_items"))
