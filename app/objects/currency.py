"""Stripe's rules for amounts by currency, in one table: decimals, the smallest charge and the largest charge.

Sources: docs.stripe.com/currencies as stored in 2026, sections "Special cases", "Minimum charge amount by currency" and "Maximum charge
amounts". Three decimals: an edition of the same page of June 2022; the newer one no longer lists them. ISO and CLDR disagree with both.

A currency without a row in Stripe's list of minimums has no minimum here, for example CNY, TRY, TWD, KWD or BGN (whose row the newer
edition dropped). For it, Stripe compares the amount with the minimum of the account's settlement currency, and only Stripe knows the
rate. The page then shows Stripe's refusal at the amount.
"""

from collections.abc import Collection
from typing import Annotated, Final, NamedTuple

from pydantic import AfterValidator

from app.objects.scalars import CurrencyCode, refusal


class Currency(NamedTuple):
    """What Stripe charges in one currency. A currency without a row in the table has these defaults."""

    decimals: int = 2
    """0: amounts are whole units, so 500 is ¥500. 3: amounts are thousandths."""
    step: int = 1
    """The smallest difference between two charges, in minor units."""
    minimum: int | None = None
    """The smallest charge in minor units. None: Stripe names no minimum."""
    digits: int = 8
    """Digits of the largest charge without a card. A card takes up to twelve (American Express nine)."""


_DEFAULT: Final = Currency()
_WHOLE: Final = Currency(decimals=0)
_ZERO_CENTS: Final = Currency(step=100)
"""Króna and shilling have no decimals any more, but amounts still have two, which are zero: 500 is 5 ISK. HUF and TWD are like this in
payouts only; they are charged with two decimals."""
_THOUSANDTHS: Final = Currency(decimals=3, step=10)
"""The last digit of a charge is zero: 5.124 KWD is charged as 5.120."""

CURRENCIES: Final[dict[str, Currency]] = {
    **dict.fromkeys("bif clp djf gnf kmf mga pyg rwf vnd vuv xaf xof xpf".split(), _WHOLE),
    **dict.fromkeys("bhd jod kwd omr tnd".split(), _THOUSANDTHS),
    **dict.fromkeys("isk ugx".split(), _ZERO_CENTS),
    "aed": Currency(minimum=200),
    "ars": Currency(minimum=50),
    "aud": Currency(minimum=50),
    "brl": Currency(minimum=50),
    "cad": Currency(minimum=50),
    "chf": Currency(minimum=50),
    "cop": Currency(minimum=50, digits=10),
    "czk": Currency(minimum=1500),
    "dkk": Currency(minimum=250),
    "eur": Currency(minimum=50),
    "gbp": Currency(minimum=30),
    "hkd": Currency(minimum=400),
    "huf": Currency(minimum=17500),
    "idr": Currency(minimum=50, digits=12),
    "ils": Currency(minimum=50),
    "inr": Currency(minimum=50, digits=9),
    "jpy": Currency(decimals=0, minimum=50),
    "krw": Currency(decimals=0, minimum=50),
    "mxn": Currency(minimum=1000),
    "myr": Currency(minimum=200),
    "nok": Currency(minimum=300),
    "nzd": Currency(minimum=50),
    "php": Currency(minimum=50),
    "pln": Currency(minimum=200),
    "ron": Currency(minimum=200),
    "rub": Currency(minimum=50),
    "sek": Currency(minimum=300),
    "sgd": Currency(minimum=50),
    "thb": Currency(minimum=1000),
    "usd": Currency(minimum=50),
    "zar": Currency(minimum=50),
}
"""The rows of Stripe's page that differ from the defaults."""

SUPPORTED: Final = frozenset(
    """
    aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd btn bwp byn bzd cad cdf chf clp cny cop crc
    cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel ghs gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd jod jpy kes kgs
    khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab
    pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std svc szl thb tjs tnd top try ttd twd tzs uah
    ugx usd uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zar zmw
    """.split()
)
"""The currencies that Stripe charges. Source: the list in Stripe's own error for an unknown currency, of 2024, without currencies that are
abolished, and with the Caribbean guilder of 2025."""


def _check_supported(currency: str) -> str:
    if currency not in SUPPORTED:
        raise refusal("Invalid currency: Stripe charges no currency {currency}.", currency=currency)
    return currency


ChargedCurrency = Annotated[CurrencyCode, AfterValidator(_check_supported)]
"""The type of a currency parameter: three letters, and a currency that Stripe charges."""

MAXIMUM_CHARGE: Final = 999_999_999_999
"""The largest amount that we accept: twelve digits in minor units. Below it, Stripe decides by currency and payment method."""

_DIGITS_OF_CARDS: Final = {"amex": 9}
"""Digits of the largest charge by card brand. Other cards take twelve."""


_MINIMUM_OF_METHODS: Final = {("eur", "ideal"): 1}
"""The smallest charge of a payment method that takes less than its currency's minimum. iDEAL takes one cent; if Stripe refuses it, the
page says so at the amount. A method that takes only larger amounts has no row: Checkout then offers the other methods."""


def exponent(currency: str) -> int:
    """Return the number of decimals of a currency at Stripe: 0, 2 or 3."""
    return CURRENCIES.get(currency, _DEFAULT).decimals


def step(currency: str) -> int:
    """Return the smallest difference between two charges, in minor units: 1, 10 or 100."""
    return CURRENCIES.get(currency, _DEFAULT).step


def is_chargeable(amount: int, currency: str) -> bool:
    """Return whether Stripe charges an amount as it is: thousandths must end in 0, króna and shilling in 00."""
    return amount % step(currency) == 0


def has_zero_cents(currency: str) -> bool:
    """Return whether the two decimals of the currency are always zero, so that people write none: króna and shilling."""
    return step(currency) == 100


def minimum_charge(currency: str, methods: Collection[str] = ()) -> int | None:
    """Return the smallest charge in minor units. None for a currency that Stripe's list does not have.

    `methods` are the payment methods that a link names. If it names none, the account's own are unknown, and the currency decides.

    >>> minimum_charge("eur"), minimum_charge("eur", ["card", "ideal"])
    (50, 1)
    """
    least = CURRENCIES.get(currency, _DEFAULT).minimum
    smaller = [amount for method in methods if (amount := _MINIMUM_OF_METHODS.get((currency, method))) is not None]
    return min([least, *smaller]) if least is not None else None


def maximum_charge(currency: str, card_brand: str | None = None) -> int:
    """Return the largest charge in minor units, for a card of this brand, or for another payment method (None).

    `maximum_charge("idr")` is 999999999999, `maximum_charge("eur", "amex")` is 999999999.
    """
    if card_brand is not None:
        digits = _DIGITS_OF_CARDS.get(card_brand, 12)
    else:
        digits = CURRENCIES.get(currency, _DEFAULT).digits
    return int("9" * digits)
