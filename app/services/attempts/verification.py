"""Checks that a session belongs to our attempt: account, mode, session, link, currency and amounts must match.

Pure. A session of another account, mode, currency, link or attempt only adds a flag. Different amounts add a flag to a payment that counts.
"""

from typing import Final

from app.objects import metadata_keys
from app.objects.attempt import Attempt
from app.objects.checkout_session import CheckoutSession, CurrencyConversion, TotalDetails
from app.objects.payment_link import PaymentLink
from app.pricing.shipping import shipping_amount

AMOUNT_DIFFERS: Final = "amount_differs"
"""The flag of a completed session whose amounts the link does not allow. The money has moved, so it counts as paid."""


MISMATCHES: Final = frozenset(
    {
        "account_mismatch",
        "amount_mismatch",
        "attempt_mismatch",
        "currency_mismatch",
        "link_mismatch",
        "livemode_mismatch",
        "mode_mismatch",
        "session_mismatch",
    }
)
"""The flags of an attempt for which Stripe reported something that does not count. Earlier versions wrote `amount_mismatch`."""


def has_other_shipping(attempt: Attempt, session: CheckoutSession) -> bool:
    """Return whether the buyer chose the shipping at Checkout, or pays another amount for it than the quote says.

    Only then do the shipping options of the link matter.
    """
    shipping = session.total_details.amount_shipping if session.total_details else None
    return session.shipping_cost is not None or (shipping or 0) != attempt.quote.amount_shipping


def mismatch(attempt: Attempt, link: PaymentLink | None, session: CheckoutSession, account: str | None) -> str | None:
    """Return the first mismatch as a flag: one of `identity_mismatch`, or `amount_differs`. None where everything matches.

    Amounts are compared once Checkout is complete. `link` may be None unless `has_other_shipping`.
    """
    flag = identity_mismatch(attempt, session, account)
    if flag is None and session.status == "complete" and not _amounts_match(attempt, link, session):
        return AMOUNT_DIFFERS
    return flag


def identity_mismatch(attempt: Attempt, session: CheckoutSession, account: str | None) -> str | None:
    """Return the first mismatch that is not about amounts as a flag, for example `account_mismatch`, or None.

    `account` is the account that the session was read from, or that the event names.
    """
    metadata = session.metadata or {}
    if account != attempt.account:
        return "account_mismatch"
    if session.livemode != attempt.livemode:
        return "livemode_mismatch"
    if attempt.checkout_session is not None and session.id != attempt.checkout_session:
        return "session_mismatch"
    if metadata.get(metadata_keys.ATTEMPT, attempt.id) != attempt.id:
        return "attempt_mismatch"
    if metadata.get(metadata_keys.PAYMENT_LINK, attempt.payment_link) != attempt.payment_link:
        return "link_mismatch"
    if session.mode != attempt.mode or session.source_currency not in {None, attempt.currency}:
        return "currency_mismatch" if session.mode == attempt.mode else "mode_mismatch"
    return None


def _amounts_match(attempt: Attempt, link: PaymentLink | None, session: CheckoutSession) -> bool:
    """Return whether the session's amounts are the quoted ones, or differ only where the link lets Checkout decide.

    The total is the subtotal less the discount plus shipping, plus at most the tax. Where the buyer paid in another currency, the parts
    of the total are in that currency, and only subtotal and total are compared.
    """
    if session.currency_conversion is not None:
        return _converted_amounts_match(attempt, session.currency_conversion)
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
    options = link.shipping_options if link is not None else ()
    offered = {shipping_amount(option.shipping_rate, attempt.currency) for option in options}
    if shipping != quote.amount_shipping and not (quote.shipping_pending and shipping in offered):
        return False
    if details.amount_tax > quote.amount_tax and not (quote.tax_pending or codes_allowed or checkout_decides):
        return False
    rest = total - (subtotal - details.amount_discount + shipping)
    return 0 <= rest <= details.amount_tax


def _converted_amounts_match(attempt: Attempt, conversion: CurrencyConversion) -> bool:
    if _checkout_decides(attempt):
        return True
    quote = attempt.quote
    codes_allowed = bool(attempt.session_params.get("allow_promotion_codes"))
    if conversion.amount_subtotal != quote.amount_subtotal:
        return False
    too_little = conversion.amount_total < quote.amount_total and not codes_allowed
    too_much = conversion.amount_total > quote.amount_total and not (quote.shipping_pending or quote.tax_pending)
    return not (too_little or too_much)


def _checkout_decides(attempt: Attempt) -> bool:
    """Return whether Checkout asks for quantities, optional items or amounts, as in a session that an API request opened."""
    params = attempt.session_params
    adjustable = any("adjustable_quantity" in item for item in params.get("line_items", ()))
    open_amount = any(line.price.custom_unit_amount and line.unit_amount is None for line in attempt.quote.lines)
    return bool(adjustable or open_amount or params.get("optional_items"))
