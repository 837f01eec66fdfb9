"""What Stripe's payment methods can pay: in which currencies, as a subscription, and with a capture by hand. One table.

Source: docs.stripe.com/payments/payment-methods/payment-method-support and the pages of the methods, as stored in 2026. Where they leave a
doubt (a preview, or pages that contradict each other), the method is taken to be able, so that nothing is refused that can be paid.
Methods without a row pay in every currency: cards and Link.
"""

from typing import Final, NamedTuple


class PaymentMethod(NamedTuple):
    """What one payment method can pay. `can_hold`: the money can be authorized first and captured later by hand."""

    currencies: frozenset[str] | None = None
    recurring: bool = True
    can_hold: bool = True


_ANY: Final = PaymentMethod()


def _row(currencies: str, *, recurring: bool = True, can_hold: bool = True) -> PaymentMethod:
    return PaymentMethod(frozenset(currencies.split()), recurring, can_hold)


PAYMENT_METHODS: Final = {
    "affirm": _row("cad usd", recurring=False),
    "afterpay_clearpay": _row("aud cad eur gbp nzd usd", recurring=False),
    "alipay": _row("aud cad cny eur gbp hkd jpy myr nzd sgd usd", can_hold=False),
    "alma": _row("eur", recurring=False),
    "au_becs_debit": _row("aud", can_hold=False),
    "bacs_debit": _row("gbp", can_hold=False),
    "bancontact": _row("eur", can_hold=False),
    "billie": _row("chf dkk eur gbp nok sek", recurring=False),
    "bizum": _row("eur", can_hold=False),
    "blik": _row("pln", can_hold=False),
    "boleto": _row("brl", can_hold=False),
    "cashapp": _row("usd"),
    "eps": _row("eur", recurring=False, can_hold=False),
    "fpx": _row("myr", recurring=False, can_hold=False),
    "giropay": _row("eur", recurring=False, can_hold=False),
    "grabpay": _row("myr sgd", recurring=False, can_hold=False),
    "ideal": _row("eur", can_hold=False),
    "klarna": _row("aud cad chf czk dkk eur gbp nok nzd pln ron sek usd"),
    "konbini": _row("jpy", recurring=False, can_hold=False),
    "mb_way": _row("eur", recurring=False, can_hold=False),
    "mobilepay": _row("dkk eur nok sek", recurring=False),
    "multibanco": _row("eur", recurring=False, can_hold=False),
    "oxxo": _row("mxn", recurring=False, can_hold=False),
    "p24": _row("eur pln", recurring=False, can_hold=False),
    "pay_by_bank": _row("eur gbp", can_hold=False),
    "paynow": _row("sgd", recurring=False, can_hold=False),
    "paypal": _row("aud cad chf czk dkk eur gbp hkd nok nzd pln sek sgd usd"),
    "paypay": _row("jpy", recurring=False),
    "payto": _row("aud", can_hold=False),
    "pix": _row("brl", can_hold=False),
    "promptpay": _row("thb", recurring=False, can_hold=False),
    "satispay": _row("eur"),
    "scalapay": _row("eur", recurring=False),
    "sepa_debit": _row("eur", can_hold=False),
    "sequra": _row("eur", recurring=False),
    "sofort": _row("eur", can_hold=False),
    "sunbit": _row("usd", recurring=False),
    "swish": _row("sek", recurring=False, can_hold=False),
    "twint": _row("chf"),
    "upi": _row("inr", can_hold=False),
    "us_bank_account": _row("usd", can_hold=False),
    "wechat_pay": _row("aud cad chf cny dkk eur gbp hkd jpy nok sek sgd usd", recurring=False, can_hold=False),
    "zip": _row("aud usd", recurring=False),
}
"""The methods that cannot pay everything."""


def payment_method(name: str) -> PaymentMethod:
    """Return what a payment method can pay. Assume that an unknown one can pay everything."""
    return PAYMENT_METHODS.get(name, _ANY)
