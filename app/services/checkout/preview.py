"""The price of a selection now. A preview creates nothing.

The quote is always computed from the link and the selection. A total from a browser is never trusted.
"""

from dataclasses import dataclass
from typing import Final

from app.gateway.protocol import Gateway
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.quote import Quote, QuoteProblem
from app.objects.selection import Selection
from app.pricing.quote import quote
from app.services.accounts.organizations import account_of
from app.services.checkout.promotion_codes import MayLookUp, PromotionCodes, always
from app.services.links import availability

_promotion_codes: Final = PromotionCodes()


@dataclass(frozen=True)
class Preview:
    """A quoted selection: the link, its organization, the selection with the promotion code that was found, and the quote."""

    link: PaymentLink
    organization: Organization
    selection: Selection
    quote: Quote


def preview(
    gateway: Gateway,
    organization: Organization,
    link: PaymentLink,
    selection: Selection,
    now: int,
    *,
    promotion_code: str | None = None,
    may_look_up: MayLookUp = always,
) -> Preview:
    """Return the selection with its quote. Raises `LinkUnavailable`, and `GatewayError` if a promotion code cannot be looked up.

    With an invalid promotion code, the quote ignores the code and has a problem at the field `promotion_code`.
    """
    availability.ensure_payable(link, now)
    problem = None
    if promotion_code and link.allow_promotion_codes:
        account = account_of(organization, gateway)
        found = _promotion_codes.find(gateway, promotion_code.strip(), now, account=account, may_look_up=may_look_up)
        if found is None:
            problem = QuoteProblem(code="promotion_code_unknown", field="promotion_code")
        selection = selection.model_copy(update={"promotion_code": found})
    elif promotion_code:
        problem = QuoteProblem(code="promotion_code_not_taken", field="promotion_code")
    result = quote(link, selection, now)
    if problem is not None:
        result = result.model_copy(update={"problems": (*result.problems, problem)})
    return Preview(link, organization, selection, result)
