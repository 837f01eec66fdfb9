"""Tax rates on one line, as in docs.stripe.com/billing/taxes/tax-rates. Amounts are in minor units."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.objects.tax_rate import TaxRate
from app.pricing.taxes import line_taxes
from tests.support.build import a_flat_tax, a_tax_rate


def amounts(amount: int, *rates: TaxRate, currency: str = "eur") -> list[int]:
    return [tax.amount for tax in line_taxes(amount, rates, currency)]


@pytest.mark.parametrize(
    ("amount", "percentage", "currency", "tax"),
    [
        pytest.param(1000, "19", "eur", 190, id="plain"),
        pytest.param(1250, "19", "eur", 238, id="half a cent goes up"),
        pytest.param(1249, "19", "eur", 237, id="237.31 goes down"),
        pytest.param(50, "1", "eur", 1, id="exactly half a cent"),
        pytest.param(49, "1", "eur", 0, id="just below half a cent"),
        pytest.param(10000, "8.875", "usd", 888, id="New York"),
        pytest.param(999, "0", "eur", 0, id="zero percent"),
        pytest.param(0, "19", "eur", 0, id="a free line"),
        pytest.param(1000, "10", "jpy", 100, id="yen"),
        pytest.param(5120, "5", "kwd", 260, id="dinars end in zero"),
        pytest.param(500, "24", "isk", 100, id="kronur are whole: 1.20 is 1"),
        pytest.param(99999999, "33.3333", "eur", 33333300, id="four decimals of the largest charge"),
    ],
)
def test_exclusive_tax_is_added(amount: int, percentage: str, currency: str, tax: int) -> None:
    (only,) = line_taxes(amount, [a_tax_rate(percentage)], currency)
    assert (only.amount, only.taxable_amount) == (tax, amount)


@pytest.mark.parametrize(
    ("amount", "percentage", "tax"),
    [
        pytest.param(1190, "19", 190, id="plain"),
        pytest.param(1250, "20", 208, id="208.33 goes down"),
        pytest.param(1000, "19", 160, id="159.66 goes up"),
        pytest.param(3, "20", 1, id="exactly half a cent goes up"),
        pytest.param(500, "25", 100, id="a quarter on top is a fifth within"),
        pytest.param(1000, "0", 0, id="zero percent"),
        pytest.param(0, "19", 0, id="a free line"),
    ],
)
def test_inclusive_tax_is_extracted_from_the_price(amount: int, percentage: str, tax: int) -> None:
    (only,) = line_taxes(amount, [a_tax_rate(percentage, inclusive=True)], "eur")
    assert (only.amount, only.taxable_amount) == (tax, amount - tax)


@pytest.mark.parametrize(
    ("amount", "rates", "taxes"),
    [
        pytest.param(
            1000, [a_tax_rate("5"), a_tax_rate("9.975")], [50, 100], id="Quebec: each on the net, not on each other"
        ),
        pytest.param(
            11500,
            [a_tax_rate("10", inclusive=True), a_tax_rate("5", inclusive=True)],
            [1000, 500],
            id="inclusive ones are extracted together",
        ),
        pytest.param(
            100,
            [a_tax_rate("7", inclusive=True), a_tax_rate("7", inclusive=True, id="txr_again")],
            [6, 6],
            id="12.28 in two halves",
        ),
        pytest.param(
            104,
            [a_tax_rate("7", inclusive=True), a_tax_rate("7", inclusive=True, id="txr_again")],
            [7, 6],
            id="12.77 is 13: the odd cent to the first",
        ),
        pytest.param(
            1200,
            [a_tax_rate("20", inclusive=True), a_tax_rate("10")],
            [200, 100],
            id="exclusive on what the inclusive one leaves",
        ),
        pytest.param(1000, [a_flat_tax(27)], [27], id="a flat amount"),
        pytest.param(0, [a_flat_tax(27)], [0], id="a flat amount on nothing"),
        pytest.param(1000, [a_flat_tax(27, "usd")], [0], id="a flat amount of another currency"),
        pytest.param(1000, [a_flat_tax(27), a_tax_rate("19")], [27, 190], id="flat and percent"),
        pytest.param(
            1217,
            [a_flat_tax(27, inclusive=True), a_tax_rate("19", inclusive=True)],
            [27, 190],
            id="both within the price",
        ),
        pytest.param(20, [a_flat_tax(27, inclusive=True)], [20], id="a flat amount takes no more than there is"),
        pytest.param(1000, [], [], id="no rates"),
    ],
)
def test_several_rates(amount: int, rates: list[TaxRate], taxes: list[int]) -> None:
    assert amounts(amount, *rates) == taxes


def test_effective_percentage_has_precedence_over_the_statutory_one() -> None:
    assert amounts(1000, a_tax_rate("8.5", effective_percentage=Decimal("6"))) == [60]
    assert amounts(1000, a_tax_rate("8.5", effective_percentage=None)) == [85]


@pytest.mark.parametrize(
    ("rate", "reason"),
    [
        pytest.param(a_tax_rate("19"), "standard_rated", id="a rate"),
        pytest.param(a_tax_rate("0"), "zero_rated", id="zero percent"),
        pytest.param(a_flat_tax(27), "standard_rated", id="a flat amount"),
    ],
)
def test_tax_has_a_taxability_reason(rate: TaxRate, reason: str) -> None:
    assert line_taxes(1000, [rate], "eur")[0].taxability_reason == reason


percentages = st.decimals(0, 100, places=4).map(str)


@given(st.integers(0, 10**8), st.lists(percentages, max_size=5), st.lists(percentages, max_size=3))
def test_taxes_within_a_price_never_take_more_than_the_price(amount: int, within: list[str], on_top: list[str]) -> None:
    rates = [a_tax_rate(p, inclusive=True) for p in within] + [a_tax_rate(p) for p in on_top]
    taxes = line_taxes(amount, rates, "eur")
    included = sum(tax.amount for tax in taxes if tax.rate.inclusive)
    assert 0 <= included <= amount
    assert all(tax.amount >= 0 for tax in taxes)
    assert all(tax.taxable_amount == amount - included for tax in taxes)


@given(st.integers(0, 10**7), st.integers(0, 100))
def test_added_tax_is_extracted_again_to_the_cent(net: int, percentage: int) -> None:
    """Tax that is added to an amount and extracted from the sum is the same to the cent."""
    (on_top,) = amounts(net, a_tax_rate(str(percentage)))
    (within,) = amounts(net + on_top, a_tax_rate(str(percentage), inclusive=True))
    assert within == on_top
