"""Rules about what an order on a link can cost: some order can be charged or is free, and covers the platform's share."""

from app.objects.currency import MAXIMUM_CHARGE, minimum_charge, step
from app.objects.line_item import LineItem, quantity_bounds
from app.objects.payment_link import PaymentLink
from app.objects.payment_link.parts import OptionalItem
from app.objects.price import CustomUnitAmount
from app.objects.quote import Quote
from app.objects.selection import Selection
from app.pricing.items import line_items, price_of
from app.pricing.money import format_amount
from app.pricing.quote import quote
from app.pricing.shipping import shipping_amount
from app.services.links.rules.refuse import refuse


def payable(link: PaymentLink) -> None:
    """The largest order is not too small for Stripe, and the smallest one is not too large.

    Taxes that Checkout adds are unknown, a promotion code can make an order free, and tiers can make a larger order cheaper. Links with
    those are not judged here.
    """
    if link.automatic_tax.enabled or link.allow_promotion_codes or _has_tiers(link):
        return
    # The time only dates the end of a trial.
    largest, smallest = (quote(link, _selection(link, index), 0) for index in (1, 0))
    if limit := _limit(smallest, "amount_too_large"):
        raise _refusal(smallest, "amount_too_large", f"Stripe charges at most {_money(limit, link)}")
    limit = _limit(largest, "amount_too_small")
    if limit and not _may_be_free(largest, smallest):
        raise _refusal(largest, "amount_too_small", f"Stripe charges at least {_money(limit, link)}")


def shares(link: PaymentLink) -> None:
    """The platform's fee, or what is transferred, is at most what the largest order costs. Stripe refuses every session with more.

    Taxes that Checkout adds are unknown, and tiers can make a larger order cheaper. Links with those are not judged here.
    """
    amounts = {
        "application_fee_amount": link.application_fee_amount,
        "transfer_data[amount]": link.transfer_data.amount if link.transfer_data else None,
    }
    given = {param: amount for param, amount in amounts.items() if amount}
    if not given or link.automatic_tax.enabled or _has_tiers(link):
        return
    rates = [shipping_amount(option.shipping_rate, link.currency) for option in link.shipping_options]
    most = quote(link, _selection(link, 1), 0).amount_total + max((rate or 0 for rate in rates), default=0)
    for param, amount in given.items():
        if amount > most:
            raise refuse(
                f"{param} must be at most what the largest order costs: {_money(most, link)}.",
                param,
                "amount_too_large",
            )


def _has_tiers(link: PaymentLink) -> bool:
    return any(price_of(line).tiers for line in line_items(link))


def _selection(link: PaymentLink, index: int) -> Selection:
    """Return the smallest (0) or the largest (1) selection that the buyer can make."""
    least = 1 if len(line_items(link)) == 1 else 0
    options = link.optional_items or () if index else ()
    amounts = {line.id: price_of(line).custom_unit_amount for line in line_items(link)}
    return Selection(
        optional_quantities={price_of(option).id: _quantity(option, index, 1) for option in options},
        quantities={line.id: _quantity(line, index, least) for line in line_items(link)},
        unit_amounts={id: _amount(custom, link.currency, index) for id, custom in amounts.items() if custom},
    )


def _quantity(item: LineItem | OptionalItem, index: int, least: int) -> int:
    adjustable = item.adjustable_quantity
    if adjustable is None or not adjustable.enabled:
        return item.quantity or 0
    return quantity_bounds(adjustable, least=least)[index]


def _amount(custom: CustomUnitAmount, currency: str, index: int) -> int:
    smallest = custom.minimum if custom.minimum is not None else (minimum_charge(currency) or step(currency))
    return (smallest, custom.maximum if custom.maximum is not None else MAXIMUM_CHARGE)[index]


def _limit(quoted: Quote, code: str) -> int | None:
    return next((problem.limit for problem in quoted.problems if problem.code == code), None)


def _may_be_free(largest: Quote, smallest: Quote) -> bool:
    """Return whether the buyer can choose an order that costs nothing."""
    chosen = all(problem.code != "nothing_chosen" for problem in smallest.problems)
    return (chosen and smallest.amount_total == 0) or any(not line.amount_subtotal for line in largest.lines)


def _refusal(quoted: Quote, code: str, reason: str) -> Exception:
    total = format_amount(quoted.amount_total, quoted.currency, "en")
    extreme = "largest" if code == "amount_too_small" else "smallest"
    return refuse(
        f"This link could never be paid: its {extreme} order costs {total}, and {reason}.", "line_items", code
    )


def _money(amount: int, link: PaymentLink) -> str:
    return format_amount(amount, link.currency, "en")
