"""The quote: amounts due today and later. Amounts are in minor units."""

from decimal import Decimal
from typing import Any

import pytest

from app.objects.currency import MAXIMUM_CHARGE
from app.objects.quote import QuoteProblem
from app.objects.selection import Selection
from app.pricing.quote import default_selection, quote, with_amounts
from tests.pricing.build import MONTHLY, codes, the_quote
from tests.support.build import (
    NOW,
    a_coupon,
    a_custom_price,
    a_line,
    a_link,
    a_price,
    a_promotion_code,
    a_shipping_rate,
    a_tax_rate,
    a_tier,
    adjustable,
    an_optional_item,
)

SPOON = an_optional_item()
GIFT = a_line(a_custom_price(500, 10000, 2500))


def test_total_is_subtotal_less_discount_plus_shipping_plus_tax_on_top() -> None:
    quoted = the_quote(
        a_line(a_price(1000), quantity=2),
        coupon=a_coupon("10"),
        shipping=[a_shipping_rate(490)],
        tax_rates=[a_tax_rate("20"), a_tax_rate("10", inclusive=True)],
    )
    # The 18.00 after discount include 1.64 of tax. The exclusive tax is 20 percent of the other 16.36.
    assert [tax.amount for tax in quoted.taxes] == [327, 164]
    assert (quoted.amount_subtotal, quoted.amount_discount, quoted.amount_shipping, quoted.amount_tax) == (
        2000,
        200,
        490,
        491,
    )
    assert quoted.amount_total == 2000 - 200 + 490 + 327


def test_taxes_are_rounded_on_each_line() -> None:
    lines = [a_line(a_price(50, id=f"price_{n}"), id=f"li_{n}") for n in range(3)]
    quoted = the_quote(*lines, tax_rates=[a_tax_rate("1")])
    assert quoted.amount_tax == 3
    assert [tax.amount for line in quoted.lines for tax in line.taxes] == [1, 1, 1]


def test_line_has_its_item_and_price() -> None:
    line = the_quote(a_line(a_price(1250), quantity=2, description="Honey, first harvest")).lines[0]
    assert (line.id, line.description, line.product.name, line.quantity) == (
        "li_honey",
        "Honey, first harvest",
        "Jar of honey",
        2,
    )
    assert (line.unit_amount, line.optional, line.metered, line.amount_recurring) == (1250, False, False, 0)


# Quantities


@pytest.mark.parametrize(
    ("asked", "bounds", "quantity", "code", "limit"),
    [
        pytest.param(0, (None, None), 1, "quantity_too_small", 1, id="a sole item cannot be left out"),
        pytest.param(99, (None, None), 99, None, None, id="up to Stripe's 99"),
        pytest.param(100, (None, None), 99, "quantity_too_large", 99, id="past Stripe's 99"),
        pytest.param(2, (3, 6), 3, "quantity_too_small", 3, id="below the link's minimum"),
        pytest.param(3, (3, 6), 3, None, None, id="the link's minimum"),
        pytest.param(6, (3, 6), 6, None, None, id="the link's maximum"),
        pytest.param(7, (3, 6), 6, "quantity_too_large", 6, id="above the link's maximum"),
        pytest.param(-5, (0, 10), 1, "quantity_too_small", 1, id="below zero"),
    ],
)
def test_quantity_is_kept_within_bounds(
    asked: int, bounds: tuple[int | None, int | None], quantity: int, code: str | None, limit: int | None
) -> None:
    line = a_line(a_price(1250), adjustable_quantity=adjustable(*bounds))
    quoted = the_quote(line, selection=Selection(quantities={line.id: asked}))
    assert quoted.lines[0].quantity == quantity
    assert quoted.amount_total == quantity * 1250
    expected = QuoteProblem(code=code, field="line_items[li_honey][quantity]", limit=limit) if code else None
    assert quoted.problems == ((expected,) if expected else ())


def test_quantity_that_is_not_adjustable_stays_the_links_own() -> None:
    quoted = the_quote(a_line(a_price(1250), quantity=3), selection=Selection(quantities={"li_honey": 1}))
    assert (quoted.lines[0].quantity, quoted.problems) == (3, ())


def test_line_of_zero_stays_on_the_page_and_costs_nothing() -> None:
    line = a_line(a_price(1250), adjustable_quantity=adjustable())
    quoted = the_quote(line, MONTHLY, selection=Selection(quantities={line.id: 0}), tax_rates=[a_tax_rate("20")])
    assert [(line.quantity, line.amount_total, len(line.taxes)) for line in quoted.lines] == [(0, 0, 0), (1, 1080, 1)]
    assert quoted.problems == ()


def test_tiers_with_a_flat_amount_cost_nothing_at_zero() -> None:
    seats = a_line(
        a_price(id="price_seat", tiers=(a_tier(None, 100, 1000),), recurring="month"), adjustable_quantity=adjustable()
    )
    quoted = the_quote(seats, MONTHLY, selection=Selection(quantities={seats.id: 0}))
    assert quoted.amount_total == 900


def test_nothing_chosen_is_a_problem() -> None:
    lines = [a_line(a_price(n, id=f"price_{n}"), adjustable_quantity=adjustable()) for n in (500, 700)]
    quoted = the_quote(*lines, selection=Selection(quantities={line.id: 0 for line in lines}))
    assert (codes(quoted), quoted.amount_total, quoted.mode) == (["nothing_chosen"], 0, "payment")


# Amounts that the buyer chooses


@pytest.mark.parametrize(
    ("asked", "amount", "code", "limit"),
    [
        pytest.param(None, 0, "custom_unit_amount_missing", None, id="nothing, and the preset is not taken"),
        pytest.param(499, 500, "custom_unit_amount_too_small", 500, id="below the minimum"),
        pytest.param(500, 500, None, None, id="the minimum"),
        pytest.param(1999, 1999, None, None, id="between"),
        pytest.param(10000, 10000, None, None, id="the maximum"),
        pytest.param(10001, 10000, "custom_unit_amount_too_large", 10000, id="above the maximum"),
    ],
)
def test_chosen_amount_is_kept_within_bounds(
    asked: int | None, amount: int, code: str | None, limit: int | None
) -> None:
    quoted = the_quote(GIFT, selection=Selection(unit_amounts={} if asked is None else {GIFT.id: asked}))
    assert quoted.amount_total == amount
    assert quoted.lines[0].unit_amount == (amount or None)
    expected = QuoteProblem(code=code, field="line_items[li_gift][unit_amount]", limit=limit) if code else None
    assert quoted.problems == ((expected,) if expected else ())


@pytest.mark.parametrize(
    ("asked", "code", "limit"),
    [
        pytest.param(0, None, None, id="nothing is free"),
        pytest.param(49, "amount_too_small", 50, id="below Stripe's minimum charge"),
        pytest.param(50, None, None, id="Stripe's minimum charge"),
        pytest.param(MAXIMUM_CHARGE, None, None, id="Stripe's maximum charge"),
        pytest.param(MAXIMUM_CHARGE + 1, "custom_unit_amount_too_large", MAXIMUM_CHARGE, id="above it"),
        pytest.param(-1, "custom_unit_amount_too_small", 0, id="below zero"),
    ],
)
def test_custom_amount_without_bounds_has_stripes_limits(asked: int, code: str | None, limit: int | None) -> None:
    line = a_line(a_custom_price())
    quoted = the_quote(line, selection=Selection(unit_amounts={line.id: asked}))
    expected = QuoteProblem(code=code, field="line_items[li_gift][unit_amount]", limit=limit) if code else None
    assert quoted.problems == ((expected,) if expected else ())


def test_chosen_amount_is_rounded_to_what_can_be_charged() -> None:
    line = a_line(a_custom_price(currency="kwd"))
    quoted = the_quote(line, selection=Selection(unit_amounts={line.id: 5125}))
    assert (quoted.lines[0].unit_amount, quoted.amount_total) == (5130, 5130)


def test_default_selection_has_the_preset() -> None:
    link = a_link(GIFT)
    quoted = quote(link, default_selection(link), NOW)
    assert (quoted.amount_total, quoted.problems) == (2500, ())


def test_default_selection_without_a_preset_has_no_amount() -> None:
    link = a_link(a_line(a_custom_price()))
    assert default_selection(link).unit_amounts == {}


# Stripe's limits for one charge


@pytest.mark.parametrize(
    ("price", "shipping", "problem"),
    [
        pytest.param(a_price(49), [], ("amount_too_small", 50), id="49 cents"),
        pytest.param(a_price(50), [], None, id="50 cents"),
        pytest.param(a_price(0), [], None, id="free"),
        pytest.param(a_price(49, currency="jpy"), [], ("amount_too_small", 50), id="49 yen"),
        pytest.param(a_price(29, currency="gbp"), [], ("amount_too_small", 30), id="29 pence"),
        pytest.param(a_price(1, currency="xpf"), [], None, id="a currency without a documented minimum"),
        pytest.param(a_price(49), [a_shipping_rate(1)], None, id="one cent of shipping lifts it"),
        pytest.param(
            a_price(40), [a_shipping_rate(20), a_shipping_rate(10)], None, id="the cheapest shipping lifts it"
        ),
        pytest.param(
            a_price(40), [a_shipping_rate(20), a_shipping_rate(9)], ("amount_too_small", 50), id="the cheapest does not"
        ),
        pytest.param(a_price(MAXIMUM_CHARGE), [], None, id="twelve digits"),
        pytest.param(
            a_price(MAXIMUM_CHARGE), [a_shipping_rate(1)], ("amount_too_large", MAXIMUM_CHARGE), id="thirteen digits"
        ),
    ],
)
def test_totals_that_stripe_does_not_charge_are_a_problem(
    price: Any, shipping: list[Any], problem: tuple[str, int] | None
) -> None:
    problems = the_quote(a_line(price), shipping=shipping).problems
    assert [(found.code, found.limit) for found in problems] == ([problem] if problem else [])
    assert all(found.field is None for found in problems)


def test_later_periods_are_not_larger_than_stripe_charges_either() -> None:
    line = a_line(a_price(MAXIMUM_CHARGE, recurring="month"), quantity=2)
    assert codes(the_quote(line, subscription_data={"trial_period_days": 7})) == ["amount_too_large"]


def test_discount_to_less_than_the_minimum_is_a_problem_and_to_nothing_is_not() -> None:
    assert codes(the_quote(coupon=a_coupon(amount_off=1249))) == ["amount_too_small"]
    assert codes(the_quote(coupon=a_coupon(amount_off=1250))) == []


@pytest.mark.parametrize(
    ("off", "price", "shipping", "expected"),
    [
        pytest.param(1249, 1250, [], "promotion_code_leaves_too_little", id="one cent is left"),
        pytest.param(1201, 1250, [], "promotion_code_leaves_too_little", id="49 cents are left"),
        pytest.param(1200, 1250, [], None, id="50 cents are left"),
        pytest.param(1250, 1250, [], None, id="nothing is left"),
        pytest.param(1249, 1250, [49, 90], None, id="the cheapest shipping lifts it"),
        pytest.param(1249, 1250, [48, 90], "promotion_code_leaves_too_little", id="the cheapest shipping does not"),
        pytest.param(1, 40, [], "amount_too_small", id="the order was too small without the code"),
    ],
)
def test_a_code_that_leaves_too_little_is_named(
    off: int, price: int, shipping: list[int], expected: str | None
) -> None:
    code = a_promotion_code(coupon=a_coupon(amount_off=off))
    quoted = the_quote(
        a_line(a_price(price)),
        selection=Selection(promotion_code=code),
        shipping=[a_shipping_rate(amount) for amount in shipping],
        allow_promotion_codes=True,
    )
    assert codes(quoted) == ([expected] if expected else [])
    if expected == "promotion_code_leaves_too_little":
        assert [(it.field, it.limit) for it in quoted.problems] == [("promotion_code", 50)]


# The API's line items


def test_line_items_have_the_amounts_of_the_quote() -> None:
    lines = a_line(a_price(1000), quantity=2), GIFT
    link = with_amounts(a_link(*lines, coupon=a_coupon("10"), tax_rates=[a_tax_rate("20")]), NOW)
    assert link.line_items is not None
    honey, gift = link.line_items.data
    assert (honey.amount_subtotal, honey.amount_discount, honey.amount_tax, honey.amount_total) == (
        2000,
        200,
        360,
        2160,
    )
    assert gift.amount_subtotal == 2500
    assert [(part.amount, part.discount.coupon.id) for part in honey.discounts or ()] == [(200, "coupon_harvest")]
    assert [(tax.amount, tax.taxable_amount, tax.rate.id) for tax in honey.taxes or ()] == [(360, 1800, "txr_20")]


def test_link_without_loaded_line_items_stays_as_it_is() -> None:
    link = a_link().model_copy(update={"line_items": None})
    assert with_amounts(link, NOW) is link


# Worked examples


def test_worked_example_of_everything_at_once() -> None:
    """Two jars and a spoon, a club with a trial, ten percent off by code, 20 percent inclusive VAT, 4.90 shipping."""
    jars = a_line(a_price(1250), adjustable_quantity=adjustable(1, 12))
    vat = a_tax_rate("20", inclusive=True)
    quoted = the_quote(
        jars,
        MONTHLY,
        allow_promotion_codes=True,
        optional_items=(SPOON,),
        shipping=[a_shipping_rate(490)],
        subscription_data={"trial_period_days": 14},
        tax_rates=[vat],
        selection=Selection(
            quantities={jars.id: 2}, optional_quantities={"price_spoon": 1}, promotion_code=a_promotion_code()
        ),
    )
    assert [
        (line.amount_subtotal, line.amount_discount, line.amount_tax, line.amount_total) for line in quoted.lines
    ] == [
        (2500, 250, 375, 2250),
        (0, 0, 0, 0),
        (400, 40, 60, 360),
    ]
    assert (quoted.amount_subtotal, quoted.amount_discount, quoted.amount_tax, quoted.amount_total) == (
        2900,
        290,
        435,
        3100,
    )
    assert [(later.amount_subtotal, later.amount_tax, later.amount_total) for later in quoted.recurring] == [
        (900, 150, 900)
    ]
    assert (quoted.mode, quoted.problems) == ("subscription", ())


def test_decimals_of_a_price_survive_until_the_line_is_rounded() -> None:
    price = a_price(unit_amount_decimal=Decimal("0.333333333333"), id="price_page")
    quoted = the_quote(a_line(price, quantity=1000))
    assert (quoted.amount_total, quoted.lines[0].unit_amount) == (333, None)
