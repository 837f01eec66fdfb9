"""What a refusal of a session by Stripe means for its buyer: which answer to change, or that only the merchant can help."""

import re
from collections.abc import Iterator
from typing import Final

from app.errors import AnswerNotTaken, CodeNotTaken, GatewayRefused
from app.gateway.refusals import BuyerCan, what_buyer_can_change
from app.objects.discount import PromotionCode
from app.objects.quote import Quote
from app.objects.selection import Selection
from app.pricing.discounts import FIELD, withdrawal
from app.wire.email_domain import with_ascii_domain

FIRST_ORDER: Final = "first_order"
"""The reason of a code for first orders only. It still applies to other buyers."""


def for_buyer(error: GatewayRefused, selection: Selection, quote: Quote, now: int) -> GatewayRefused:
    """Return the refusal as `AnswerNotTaken` or `CodeNotTaken` if the buyer can change an answer, else as `GatewayRefused`.

    Its message repeats no answer of the buyer, since merchants, logs and programs read it.
    """
    message = _without_answers(error.message, selection)
    answer = what_buyer_can_change(error)
    field = _field(answer, error, selection, quote)
    if answer == "promotion_code" and field is not None and selection.promotion_code is not None:
        return code_not_taken(selection.promotion_code, quote, now, message=message)
    if field is not None:
        return AnswerNotTaken(message, field=field, code=error.code, param=error.param)
    return GatewayRefused(message, code=error.code, param=error.param, status=error.status, request_id=error.request_id)


def code_not_taken(code: PromotionCode, quote: Quote, now: int, *, message: str = "") -> CodeNotTaken:
    """Return the error about a code that applied before. `quote` is the quote with the code."""
    # Only Stripe knows whether a buyer has ordered before.
    reason = FIRST_ORDER if code.restrictions.first_time_transaction else withdrawal(code, now)
    return CodeNotTaken(message, name=code.code, reason=reason, amount_total=quote.amount_total)


def _without_answers(message: str, selection: Selection) -> str:
    for answer in sorted(_answers(selection), key=len, reverse=True):
        message = re.sub(rf"(?<!\w){re.escape(answer)}(?!\w)", "…", message)
    return message


def _answers(selection: Selection) -> Iterator[str]:
    """Yield every text that came from the buyer."""
    parameters = selection.url_parameters
    typed = (selection.answers.email, parameters.locked_prefilled_email, parameters.prefilled_email)
    yield from (address for email in typed if email for address in {email, with_ascii_domain(email)})
    yield from filter(None, selection.answers.custom_fields.values())


def _field(answer: BuyerCan | None, error: GatewayRefused, selection: Selection, quote: Quote) -> str | None:
    """Return the form field of the answer, or None where the buyer did not give it."""
    applied = quote.discount is not None and quote.discount.promotion_code is not None
    if answer == "promotion_code":
        return FIELD if applied else None
    if answer == "email":
        return "email" if selection.answers.email and not selection.url_parameters.locked_prefilled_email else None
    if answer == "amount":
        return FIELD if applied and error.code == "amount_too_small" else _amount_field(quote)
    return None


def _amount_field(quote: Quote) -> str | None:
    """Return the field that changes the total: an amount that the buyer chose, else a quantity, else an optional item."""
    lines = [line for line in quote.lines if not line.optional]
    for line in lines:
        if line.price.custom_unit_amount is not None:
            return f"line_items[{line.id}][unit_amount]"
    for line in lines:
        if line.adjustable_quantity is not None and line.adjustable_quantity.enabled:
            return f"line_items[{line.id}][quantity]"
    return next((f"optional_items[{line.id}][quantity]" for line in quote.lines if line.optional), None)
