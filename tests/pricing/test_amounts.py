"""The amount of one line, for every shape of price. Amounts are in minor units."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidRequest
from app.objects.price import CurrencyOption, CustomUnitAmount, Price, Tier
from app.pricing.amounts import is_metered, line_amount, price_in, whole_unit_amount
from tests.support.build import a_custom_price, a_price, a_tier, every, packs_of

# The tiers of docs.stripe.com/products-prices/pricing-models, first without and then with a flat fee.
PROJECTS = (a_tier(5, 700), a_tier(10, 650), a_tier(None, 600))
FLAT_FEES = (
    a_tier(5, 500, 1000),
    a_tier(10, 400, 2000),
    a_tier(15, 300, 3000),
    a_tier(20, 200, 4000),
    a_tier(None, 100, 5000),
)


def tiered(mode: str, tiers: tuple[Tier, ...], **changes: Any) -> Price:
    return a_price(recurring="month", tiers=tiers, tiers_mode=mode, **changes)


@pytest.mark.parametrize(
    ("price", "quantity", "expected"),
    [
        pytest.param(a_price(1250), 1, 1250, id="one"),
        pytest.param(a_price(1250), 3, 3750, id="three"),
        pytest.param(a_price(1250), 0, 0, id="none"),
        pytest.param(a_price(0), 5, 0, id="free"),
        pytest.param(a_price(500, currency="jpy"), 2, 1000, id="yen have no decimals"),
        pytest.param(a_price(5120, currency="kwd"), 2, 10240, id="dinars have three"),
        pytest.param(a_price(500, currency="isk"), 3, 1500, id="kronur are written with two"),
    ],
)
def test_price_per_unit(price: Price, quantity: int, expected: int) -> None:
    assert line_amount(price, quantity) == expected


@pytest.mark.parametrize(
    ("unit_amount_decimal", "quantity", "currency", "expected"),
    [
        pytest.param("0.5", 1, "eur", 1, id="half a cent is charged as one"),
        pytest.param("0.5", 3, "eur", 2, id="rounded once per line, not per unit"),
        pytest.param("0.4", 1, "eur", 0, id="less than half a cent is free"),
        pytest.param("0.05", 9, "eur", 0, id="nine twentieths of a cent"),
        pytest.param("0.05", 10, "eur", 1, id="half a cent from ten"),
        pytest.param("0.333333333333", 3, "eur", 1, id="twelve places, just short of a cent"),
        pytest.param("0.166666666667", 3, "eur", 1, id="twelve places, just over half a cent"),
        pytest.param("0.166666666666", 3, "eur", 0, id="twelve places, just under half a cent"),
        pytest.param("1999.999999999999", 10, "eur", 20000, id="digits that a float would lose"),
        pytest.param("99999999.999999999999", 1, "eur", 100000000, id="twenty digits"),
        pytest.param("0.5", 1, "jpy", 1, id="half a yen"),
        pytest.param("5124", 1, "kwd", 5120, id="5.124 dinars end in a zero when charged"),
        pytest.param("5125", 1, "kwd", 5130, id="5.125 dinars too, half up"),
        pytest.param("149.5", 1, "isk", 100, id="less than a krona and a half"),
        pytest.param("150", 1, "isk", 200, id="a krona and a half is two"),
    ],
)
def test_decimal_unit_amount(unit_amount_decimal: str, quantity: int, currency: str, expected: int) -> None:
    price = a_price(unit_amount_decimal=Decimal(unit_amount_decimal), currency=currency)
    assert line_amount(price, quantity) == expected


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        pytest.param(0, 0, id="none"),
        pytest.param(1, 700, id="one"),
        pytest.param(5, 3500, id="last unit of the first tier"),
        pytest.param(6, 3900, id="the second tier for all"),
        pytest.param(10, 6500, id="last unit of the second tier"),
        pytest.param(11, 6600, id="the open tier for all"),
        pytest.param(20, 12000, id="twenty"),
        pytest.param(25, 15000, id="twenty-five"),
    ],
)
def test_volume_bills_every_unit_at_the_tier_that_is_reached(quantity: int, expected: int) -> None:
    assert line_amount(tiered("volume", PROJECTS), quantity) == expected


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        pytest.param(0, 0, id="none"),
        pytest.param(1, 700, id="one"),
        pytest.param(5, 3500, id="last unit of the first tier"),
        pytest.param(6, 4150, id="first unit of the second tier"),
        pytest.param(10, 6750, id="last unit of the second tier"),
        pytest.param(11, 7350, id="first unit of the open tier"),
        pytest.param(20, 12750, id="twenty"),
        pytest.param(25, 15750, id="twenty-five"),
    ],
)
def test_graduated_bills_each_unit_at_its_own_tier(quantity: int, expected: int) -> None:
    assert line_amount(tiered("graduated", PROJECTS), quantity) == expected


@pytest.mark.parametrize(
    ("quantity", "volume", "graduated"),
    [
        pytest.param(0, 0, 0, id="nothing bought, no fee"),
        pytest.param(1, 1500, 1500, id="one"),
        pytest.param(5, 3500, 3500, id="last unit of the first tier"),
        pytest.param(6, 4400, 5900, id="first unit of the second tier"),
        pytest.param(20, 8000, 17000, id="last unit of the fourth tier"),
        pytest.param(25, 7500, 22500, id="the open tier"),
    ],
)
def test_flat_fees_are_added_once_by_volume_and_by_each_reached_tier(
    quantity: int, volume: int, graduated: int
) -> None:
    assert line_amount(tiered("volume", FLAT_FEES), quantity) == volume
    assert line_amount(tiered("graduated", FLAT_FEES), quantity) == graduated


@pytest.mark.parametrize(
    ("tiers", "quantity", "expected"),
    [
        pytest.param((a_tier(2, "0.3"), a_tier(None, "0.1")), 4, 1, id="tiers are added up before they are rounded"),
        pytest.param((a_tier(2, 0, "0.5"), a_tier(None, 0, "0.5")), 3, 1, id="so are flat amounts"),
        pytest.param((a_tier(None, 100, "49.5"),), 1, 150, id="a decimal flat amount alone"),
        pytest.param((a_tier(5, 0), a_tier(None, 100)), 7, 200, id="the first five are free"),
        pytest.param(
            (a_tier(5, None, 900), a_tier(None, 100)), 3, 900, id="a first tier with nothing but a flat amount"
        ),
        pytest.param((a_tier(5, 100),), 7, 700, id="past a last tier that ends, its rate goes on"),
    ],
)
def test_graduated_edges(tiers: tuple[Tier, ...], quantity: int, expected: int) -> None:
    assert line_amount(tiered("graduated", tiers), quantity) == expected


def test_volume_past_a_last_tier_that_ends_keeps_its_rate() -> None:
    assert line_amount(tiered("volume", (a_tier(5, 100),)), 7) == 700


@pytest.mark.parametrize(
    ("divide_by", "round", "quantity", "expected"),
    [
        # The first two are the package of docs.stripe.com/products-prices/pricing-models: 25 dollars for five.
        pytest.param(5, "up", 5, 2500, id="one full pack"),
        pytest.param(5, "up", 8, 5000, id="a started pack counts"),
        pytest.param(5, "up", 1, 2500, id="one unit is a started pack"),
        pytest.param(5, "up", 10, 5000, id="two full packs"),
        pytest.param(5, "down", 4, 0, id="a started pack is free"),
        pytest.param(5, "down", 9, 2500, id="only full packs count"),
        pytest.param(1, "up", 3, 7500, id="packs of one"),
    ],
)
def test_packs(divide_by: int, round: str, quantity: int, expected: int) -> None:
    assert line_amount(a_price(2500, transform_quantity=packs_of(divide_by, round)), quantity) == expected


@pytest.mark.parametrize(
    ("unit_amount", "expected"), [pytest.param(1999, 1999, id="chosen"), pytest.param(None, 0, id="not chosen yet")]
)
def test_chosen_amount(unit_amount: int | None, expected: int) -> None:
    assert line_amount(a_custom_price(preset=500), 1, unit_amount) == expected


def test_preset_is_never_charged() -> None:
    assert line_amount(a_custom_price(preset=500), 1) == 0


@pytest.mark.parametrize(
    ("option", "quantity", "expected"),
    [
        pytest.param(CurrencyOption(unit_amount=1400), 2, 2800, id="unit amount"),
        pytest.param(CurrencyOption(unit_amount_decimal=Decimal("0.5")), 3, 2, id="decimal unit amount"),
    ],
)
def test_currency_option_takes_the_place_of_the_amount(option: CurrencyOption, quantity: int, expected: int) -> None:
    price = price_in(a_price(1250, currency_options={"usd": option}), "usd")
    assert price.currency == "usd"
    assert line_amount(price, quantity) == expected


def test_currency_option_brings_its_own_tiers() -> None:
    price = tiered(
        "graduated", PROJECTS, currency_options={"usd": CurrencyOption(tiers=(a_tier(1, 10), a_tier(None, 5)))}
    )
    assert line_amount(price_in(price, "usd"), 3) == 20
    assert line_amount(price_in(price, "eur"), 3) == 2100


def test_currency_option_brings_its_own_bounds() -> None:
    bounds = CustomUnitAmount(minimum=1, maximum=2, preset=2)
    price = a_custom_price(500, 900, currency_options={"usd": CurrencyOption(custom_unit_amount=bounds)})
    assert price_in(price, "usd").custom_unit_amount == bounds


def test_price_is_never_converted() -> None:
    with pytest.raises(InvalidRequest, match="USD") as refused:
        price_in(a_price(1250), "usd")
    assert refused.value.param == "currency"


def test_metered_prices_are_recognised() -> None:
    assert is_metered(a_price(5, recurring=every("month", usage_type="metered")))
    assert not is_metered(a_price(5, recurring="month"))
    assert not is_metered(a_price(5))


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        pytest.param(a_price(1250), 1250, id="whole"),
        pytest.param(a_price(unit_amount_decimal=Decimal("1250")), 1250, id="whole, written as a decimal"),
        pytest.param(a_price(unit_amount_decimal=Decimal("12.5")), None, id="a fraction of a cent"),
        pytest.param(tiered("volume", PROJECTS), None, id="tiers"),
        pytest.param(a_price(2500, transform_quantity=packs_of(5)), None, id="packs"),
        pytest.param(a_custom_price(preset=5), None, id="chosen by the buyer"),
    ],
)
def test_unit_amount_is_known_only_if_every_unit_costs_the_same(price: Price, expected: int | None) -> None:
    assert whole_unit_amount(price) == expected


amounts = st.integers(0, 10**6)
decimals = st.decimals(0, 10**4, places=12)


@given(decimals, st.integers(0, 10**6))
def test_line_is_within_half_a_cent_of_the_exact_amount(unit: Decimal, quantity: int) -> None:
    line = line_amount(a_price(unit_amount_decimal=unit), quantity)
    assert type(line) is int
    assert abs(line * 10**12 - int(unit.scaleb(12)) * quantity) * 2 <= 10**12


@given(amounts, amounts, st.integers(0, 10**5))
def test_graduated_and_volume_agree_where_there_is_one_tier(unit: int, flat: int, quantity: int) -> None:
    tiers = (a_tier(None, unit, flat),)
    assert line_amount(tiered("graduated", tiers), quantity) == line_amount(tiered("volume", tiers), quantity)


@given(
    st.lists(st.tuples(st.integers(1, 50), decimals, decimals), min_size=1, max_size=6),
    st.integers(0, 300),
)
def test_graduated_never_costs_less_for_more(steps: list[tuple[int, Decimal, Decimal]], quantity: int) -> None:
    up_to = 0
    tiers = []
    for width, unit, flat in steps:
        up_to += width
        tiers.append(a_tier(up_to, str(unit), str(flat)))
    tiers[-1] = tiers[-1].model_copy(update={"up_to": None})
    price = tiered("graduated", tuple(tiers))
    assert line_amount(price, quantity) <= line_amount(price, quantity + 1)


@given(
    decimals,
    st.integers(0, 10**4),
    st.integers(1, 50),
    st.sampled_from(["up", "down"]),
    st.sampled_from(["eur", "kwd", "isk"]),
)
def test_per_unit_and_packs_never_cost_less_for_more(
    unit: Decimal, quantity: int, divide_by: int, round: str, currency: str
) -> None:
    for transform in (None, packs_of(divide_by, round)):
        price = a_price(unit_amount_decimal=unit, transform_quantity=transform, currency=currency)
        assert 0 <= line_amount(price, quantity) <= line_amount(price, quantity + 1)


@given(st.integers(1, 1000), st.integers(1, 50), amounts)
def test_packs_rounded_down_never_cost_more_than_rounded_up(quantity: int, divide_by: int, unit: int) -> None:
    down, up = (
        line_amount(a_price(unit, transform_quantity=packs_of(divide_by, round)), quantity) for round in ("down", "up")
    )
    assert up - down == (unit if quantity % divide_by else 0)
