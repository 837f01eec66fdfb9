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


MINIMUM_CHARGES = """
    aed 200  ars 50  aud 50  brl 50  cad 50  chf 50  cop 50  czk 1500  dkk 250  eur 50  gbp 30  hkd 400  huf 17500  idr 50  ils 50
    inr 50  jpy 50  krw 50  mxn 1000  myr 200  nok 300  nzd 50  php 50  pln 200  ron 200  rub 50  sek 300  sgd 50  thb 1000  usd 50
    zar 50
""".split()
"""Stripe's list "Minimum charge amount by currency", in minor units: 0.50 ILS is 50, 50 KRW is 50."""


def test_minimum_charges_are_those_of_stripes_list_and_no_others() -> None:
    listed = dict(zip(MINIMUM_CHARGES[::2], map(int, MINIMUM_CHARGES[1::2]), strict=True))
    assert len(listed) == 31
    assert {code: row.minimum for code, row in currency.CURRENCIES.items() if row.minimum is not None} == listed
    assert {code: currency.minimum_charge(code) for code in listed} == listed


@pytest.mark.parametrize("code", ["bgn", "clp", "cny", "isk", "kwd", "try", "twd", "ugx"])
def test_currency_without_a_documented_minimum_has_none(code: str) -> None:
    assert currency.minimum_charge(code) is None


def test_every_minimum_charge_can_be_charged() -> None:
    assert [
        code
        for code, row in currency.CURRENCIES.items()
        if row.minimum and not currency.is_chargeable(row.minimum, code)
    ] == []


@pytest.mark.parametrize(("code", "expected"), [("isk", True), ("ugx", True), ("huf", False), ("jpy", False)])
def test_only_krona_and_shilling_have_zero_cents(code: str, expected: bool) -> None:
    assert currency.has_zero_cents(code) is expected


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


@pytest.mark.parametrize(
    ("code", "methods", "minimum"),
    [
        ("eur", (), 50),
        ("eur", ("card", "sepa_debit"), 50),
        ("eur", ("ideal",), 1),
        ("eur", ("card", "ideal"), 1),
        ("usd", ("ideal",), 50),
        ("gbp", ("card", "ideal"), 30),
        ("cny", ("ideal",), None),
    ],
)
def test_a_payment_method_may_take_less_than_its_currency(
    code: str, methods: tuple[str, ...], minimum: int | None
) -> None:
    assert currency.minimum_charge(code, methods) == minimum
