"""Stripe's minor units and charge limits, with the numbers of docs.stripe.com/currencies."""

import pytest

from app.objects import currency

ZERO_DECIMAL = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split()
THREE_DECIMAL = "bhd jod kwd omr tnd".split()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        *((code, 0) for code in ZERO_DECIMAL),
        *((code, 3) for code in THREE_DECIMAL),
        *((code, 2) for code in ("usd", "eur", "isk", "ugx", "huf", "twd", "mru")),
    ],
)
def test_decimals_are_stripes_and_not_those_of_iso(code: str, expected: int) -> None:
    assert currency.exponent(code) == expected


@pytest.mark.parametrize(
    ("amount", "code", "chargeable"),
    [
        pytest.param(5124, "kwd", False, id="a thousandth of a dinar"),
        pytest.param(5120, "kwd", True, id="a hundredth of a dinar"),
        pytest.param(500, "isk", True, id="five kronur"),
        pytest.param(550, "isk", False, id="half a krona"),
        pytest.param(1, "ugx", False, id="a cent of a shilling"),
        pytest.param(1001, "huf", True, id="fillers are charged, only payouts are whole"),
        pytest.param(1001, "twd", True, id="the same in Taiwan"),
        pytest.param(1, "jpy", True, id="one yen"),
        pytest.param(1, "eur", True, id="one cent"),
        pytest.param(0, "kwd", True, id="nothing"),
    ],
)
def test_only_what_stripe_charges_is_chargeable(amount: int, code: str, chargeable: bool) -> None:
    assert currency.is_chargeable(amount, code) is chargeable


@pytest.mark.parametrize(
    ("code", "minimum"),
    [("usd", 50), ("gbp", 30), ("jpy", 50), ("huf", 17500), ("czk", 1500), ("mxn", 1000), ("hkd", 400), ("dkk", 250)],
)
def test_minimum_charge_is_stripes(code: str, minimum: int) -> None:
    assert currency.minimum_charge(code) == minimum


def test_currency_without_a_documented_minimum_has_none() -> None:
    assert currency.minimum_charge("kwd") is None


def test_every_minimum_charge_can_be_charged() -> None:
    codes = [
        *ZERO_DECIMAL,
        *THREE_DECIMAL,
        "isk",
        "ugx",
        "usd",
        "eur",
        "gbp",
        "huf",
        "czk",
        "sek",
        "thb",
        "ron",
        "pln",
        "nok",
    ]
    minimums = {code: least for code in codes if (least := currency.minimum_charge(code)) is not None}
    assert {"usd", "eur", "jpy"} <= minimums.keys()
    assert [code for code, least in minimums.items() if not currency.is_chargeable(least, code)] == []


def test_we_accept_amounts_of_up_to_twelve_digits() -> None:
    assert currency.MAXIMUM_CHARGE == 999_999_999_999


@pytest.mark.parametrize(
    ("code", "brand", "digits"),
    [
        ("eur", "visa", 12),
        ("idr", "mastercard", 12),
        ("eur", "amex", 9),
        ("idr", "amex", 9),
        ("eur", None, 8),
        ("jpy", None, 8),
        ("idr", None, 12),
        ("cop", None, 10),
        ("inr", None, 9),
    ],
)
def test_the_largest_charge_depends_on_card_brand_or_currency(code: str, brand: str | None, digits: int) -> None:
    assert currency.maximum_charge(code, brand) == 10**digits - 1
