"""Rules of `payment_method_types`: each is named once and fits the link's currency and kind of payment."""

from app.objects.payment_link import PaymentLink
from app.objects.payment_methods import payment_method
from app.services.links.rules.refuse import refuse

_PARAM = "payment_method_types"


def named_once(link: PaymentLink) -> None:
    """No payment method is named twice."""
    types = link.payment_method_types or ()
    for index, name in enumerate(types):
        if name in types[:index]:
            raise refuse(f"{_PARAM} has {name} twice. Name each payment method once.", f"{_PARAM}[{index}]")


def fit(link: PaymentLink) -> None:
    """Every payment method can pay in the link's currency, and a subscription if the link sells one."""
    recurring = any(item.price and item.price.recurring for item in (link.line_items.data if link.line_items else ()))
    for index, name in enumerate(link.payment_method_types or ()):
        method = payment_method(name)
        if method.currencies is not None and link.currency not in method.currencies:
            raise refuse(
                f"{name} can't be used in {link.currency}: it takes {', '.join(sorted(method.currencies))}. Leave it out.",
                f"{_PARAM}[{index}]",
                "payment_method_currency_mismatch",
            )
        if recurring and not method.recurring:
            raise refuse(
                f"{name} can't be used for subscriptions, and this link sells one. Leave it out.",
                f"{_PARAM}[{index}]",
                "payment_method_unsupported_type",
            )


def can_hold(link: PaymentLink) -> None:
    """A payment that is captured by hand needs a method that can hold it: Checkout offers only those."""
    types, data = link.payment_method_types, link.payment_intent_data
    if not types or data is None or data.capture_method != "manual":
        return
    if not any(payment_method(name).can_hold for name in types):
        raise refuse(
            f"None of these payment methods can hold a payment until it is captured by hand: {', '.join(types)}."
            " Add another method, such as card, or leave out payment_intent_data[capture_method].",
            _PARAM,
            "payment_method_unsupported_type",
        )
