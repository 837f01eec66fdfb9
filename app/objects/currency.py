"""Stripe's minor units: how many decimals a currency has, and the smallest and the largest charge.

The tables are Stripe's (docs.stripe.com/currencies). ISO and CLDR disagree with them, and with each other.
"""

from typing import Final

ZERO_DECIMAL: Final = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split())
"""Amounts are whole units: 500 is ¥500."""

THREE_DECIMAL: Final = frozenset("bhd jod kwd omr tnd".split())
"""Amounts are thousandths, and the last digit of a charge is zero: 5.124 KWD is charged as 5.120."""

ZERO_CENTS: Final = frozenset("isk ugx".split())
"""These currencies have no decimals any more, but amounts still have two, which are zero: 500 is 5 ISK. HUF and TWD are like this in
payouts only; they are charged with two decimals."""

MAXIMUM_CHARGE: Final = 999_999_999_999
"""The largest amount that we accept: twelve digits in minor units. Below it, Stripe decides by currency and payment method."""

_MAXIMUM_DIGITS_OF_CARDS: Final = {"amex": 9}
"""Digits of the largest charge, by card brand. Other cards: twelve. Source: docs.stripe.com/currencies, as of November 2026."""

_MAXIMUM_DIGITS_OF_OTHER_METHODS: Final = {"idr": 12, "cop": 10, "inr": 9}
"""Digits of the largest charge without a card, by currency. Other currencies: eight. Source: as above."""

_MINIMUM_CHARGE: Final = {
    "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250, "eur": 50, "gbp": 30,
    "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50, "pln": 200, "ron": 200,
    "sek": 300, "sgd": 50, "thb": 1000, "usd": 50,
}  # fmt: skip
"""The smallest charge in minor units. Source: docs.stripe.com/currencies, "Minimum and maximum charge amounts", as of November 2026.

A currency without a confirmed number is not here. For it, Stripe decides, and the page shows Stripe's refusal at the amount."""


def exponent(currency: str) -> int:
    """Return the number of decimals of a currency at Stripe: 0, 2 or 3."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def step(currency: str) -> int:
    """Return the smallest difference between two charges, in minor units: 1, 10 or 100."""
    if currency in THREE_DECIMAL:
        return 10
    return 100 if currency in ZERO_CENTS else 1


def is_chargeable(amount: int, currency: str) -> bool:
    """Return whether Stripe charges an amount as it is: thousandths must end in 0, króna and shilling in 00."""
    return amount % step(currency) == 0


def minimum_charge(currency: str) -> int | None:
    """Return the smallest charge in minor units. None for a currency that Stripe's table does not have.

    For such a currency, Stripe converts the amount to the settlement currency and compares there. Only Stripe knows the rate.
    """
    return _MINIMUM_CHARGE.get(currency)


def maximum_charge(currency: str, card_brand: str | None = None) -> int:
    """Return the largest charge in minor units, for a card of this brand, or for another payment method (None).

    `maximum_charge("idr")` is 999999999999, `maximum_charge("eur", "amex")` is 999999999.
    """
    if card_brand is not None:
        digits = _MAXIMUM_DIGITS_OF_CARDS.get(card_brand, 12)
    else:
        digits = _MAXIMUM_DIGITS_OF_OTHER_METHODS.get(currency, 8)
    return int("9" * digits)
