"""Stripe's minor units: how many decimals a currency has at Stripe, and how little and how much can be charged.

The table is Stripe's (docs.stripe.com/currencies), not ISO's and not CLDR's: the three disagree.
"""

from typing import Final

ZERO_DECIMAL: Final = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split())
"""The amount is the number of whole units: 500 is ¥500."""

THREE_DECIMAL: Final = frozenset("bhd jod kwd omr tnd".split())
"""The amount is in thousandths, and its last digit is zero when it is charged: 5.124 KWD is charged as 5.120."""

ZERO_CENTS: Final = frozenset("isk ugx".split())
"""No decimals any more, but still written with two, which are zero: 500 is 5 ISK. HUF and TWD are so in payouts alone, which no
buyer sees: they are charged with two decimals."""

MAXIMUM_CHARGE: Final = 99_999_999
"""The greatest amount of one charge, in minor units: eight digits, whatever the currency."""

_MINIMUM_CHARGE: Final = {
    "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250, "eur": 50, "gbp": 30,
    "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50, "pln": 200, "ron": 200,
    "sek": 300, "sgd": 50, "thb": 1000, "usd": 50,
}  # fmt: skip


def exponent(currency: str) -> int:
    """How many decimals the minor unit stands for: 0, 2 or 3."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def step(currency: str) -> int:
    """The smallest difference between two amounts that can be charged, in minor units: 1, 10 or 100."""
    if currency in THREE_DECIMAL:
        return 10
    return 100 if currency in ZERO_CENTS else 1


def is_chargeable(amount: int, currency: str) -> bool:
    """Whether an amount is written the way Stripe charges it: thousandths end in 0, króna and shilling in 00."""
    return amount % step(currency) == 0


def minimum_charge(currency: str) -> int | None:
    """The least that can be charged, in minor units, or None where Stripe's table names none.

    Where it names none, Stripe compares with the settlement currency's minimum at that day's rate, which only Stripe knows.
    """
    return _MINIMUM_CHARGE.get(currency)
