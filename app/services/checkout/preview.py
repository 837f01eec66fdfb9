"""The price of a selection now. A preview creates nothing.

The quote is always computed from the link and the selection. A total from a browser is never trusted.
"""

from dataclasses import dataclass
from typing import Final

from app.errors import CodeNotChecked, GatewayRefused
from app.gateway.protocol import Gateway
from app.objects.discount import PromotionCode
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.quote import Quote, QuoteProblem
from app.objects.selection import Selection
from app.pricing.discounts import withdrawal
from app.services.accounts.organizations import account_of
from app.services.checkout.kept_quotes import find_quote
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
    """Return the selection with its quote. Raises `LinkUnavailable`, and `CodeNotChecked` or `GatewayUnavailable` if a promotion code
    cannot be looked up.

    With an invalid promotion code, the quote ignores the code and has a problem at the field `promotion_code`.
    """
    availability.ensure_payable(link, now)
    problem = None
    if promotion_code and link.allow_promotion_codes:
        found = _find(gateway, organization, promotion_code, now, may_look_up)
        if found is None:
            last = withdrawn_code(gateway, organization, promotion_code)
            reason = withdrawal(last, now) if last is not None else "unknown"
            problem = QuoteProblem(code=f"promotion_code_{reason}", field="promotion_code")
        selection = selection.model_copy(update={"promotion_code": found})
    elif promotion_code:
        problem = QuoteProblem(code="promotion_code_not_taken", field="promotion_code")
    result = find_quote(link, selection, now)
    if problem is not None:
        result = result.model_copy(update={"problems": (*result.problems, problem)})
    return Preview(link, organization, selection, result)


def withdrawn_code(gateway: Gateway, organization: Organization, code: str) -> PromotionCode | None:
    """Return the code that applied until lately and that Stripe does not take any more, or None."""
    return _promotion_codes.withdrawn(gateway, code.strip(), account=account_of(organization, gateway))


def forget_code(gateway: Gateway, code: str, now: int, *, account: str | None) -> None:
    """Take a code for withdrawn, because Stripe has refused it."""
    _promotion_codes.forget(gateway, code, now, account=account)


def _find(
    gateway: Gateway, organization: Organization, code: str, now: int, may_look_up: MayLookUp
) -> PromotionCode | None:
    account = account_of(organization, gateway)
    try:
        return _promotion_codes.find(gateway, code.strip(), now, account=account, may_look_up=may_look_up)
    except GatewayRefused as error:
        raise CodeNotChecked(error) from error
