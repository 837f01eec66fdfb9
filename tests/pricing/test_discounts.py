"""Coupons and promotion codes: the reduction, the reduced lines, and why one does not apply."""

from typing import Any

import pytest

from app.objects.discount import Coupon, CouponCurrencyOption, PromotionCode
from app.objects.price import CurrencyOption
from app.objects.quote import Quote, QuoteProblem
from app.objects.selection import Selection
from app.pricing.discounts import discount_amount
from app.pricing.quote import quote
from tests.support.build import (
    NOW,
    a_coupon,
    a_line,
    a_link,
    a_price,
    a_product,
    a_promotion_code,
    a_shipping_rate,
    a_tax_rate,
    adjustable,
)

HONEY = a_line(a_price(1250))
CANDLE = a_line(a_price(800, id="price_candle", product=a_product("prod_candle", "Candle")))


def with_code(code: PromotionCode, *lines: Any, **changes: Any) -> Quote:
    link = a_link(*lines, allow_promotion_codes=True)
    return quote(link, Selection(promotion_code=code, **changes), NOW)


@pytest.mark.parametrize(
    ("coupon", "subtotal", "currency", "off"),
    [
        # The first three are the examples for coupons in Stripe's API reference.
        pytest.param(a_coupon("50"), 100, "usd", 50, id="half"),
        pytest.param(a_coupon(amount_off=200, currency="usd"), 100, "usd", 100, id="more than there is"),
        pytest.param(a_coupon(amount_off=200, currency="usd"), 300, "usd", 200, id="an amount"),
        pytest.param(a_coupon("100"), 1250, "eur", 1250, id="everything"),
        pytest.param(a_coupon("33.33"), 1250, "eur", 417, id="416.625 goes up"),
        pytest.param(a_coupon("10"), 1245, "eur", 125, id="half a cent goes up"),
        pytest.param(a_coupon("10"), 5120, "kwd", 510, id="dinars end in zero"),
        pytest.param(a_coupon("10"), 500, "isk", 100, id="half a krona goes up"),
        pytest.param(a_coupon("10"), 995, "jpy", 100, id="half a yen goes up"),
        pytest.param(a_coupon("10"), 0, "eur", 0, id="nothing of nothing"),
    ],
)
def test_coupon_takes_off(coupon: Coupon, subtotal: int, currency: str, off: int) -> None:
    assert discount_amount(coupon, subtotal, currency) == off


def test_links_own_coupon_is_always_applied() -> None:
    quoted = quote(a_link(HONEY, coupon=a_coupon("20")), Selection(), NOW)
    assert (quoted.amount_subtotal, quoted.amount_discount, quoted.amount_total) == (1250, 250, 1000)
    assert quoted.discount is not None
    assert quoted.discount.promotion_code is None


def test_promotion_code_applies_its_coupon() -> None:
    code = a_promotion_code(coupon=a_coupon("20"))
    quoted = with_code(code, HONEY)
    assert (quoted.amount_discount, quoted.amount_total, quoted.problems) == (250, 1000, ())
    assert quoted.discount is not None
    assert quoted.discount.promotion_code == code


def test_discount_is_divided_over_the_lines_it_applies_to() -> None:
    lines = [a_line(a_price(333, id=f"price_{n}"), id=f"li_{n}") for n in range(3)]
    quoted = quote(a_link(*lines, coupon=a_coupon(amount_off=100)), Selection(), NOW)
    assert [line.amount_discount for line in quoted.lines] == [34, 33, 33]
    assert [line.amount_total for line in quoted.lines] == [299, 300, 300]


def test_coupon_for_some_products_leaves_the_others_alone() -> None:
    quoted = quote(a_link(HONEY, CANDLE, coupon=a_coupon("50", products=["prod_candle"])), Selection(), NOW)
    assert [line.amount_discount for line in quoted.lines] == [0, 400]


def test_amount_off_never_takes_more_than_its_products_cost() -> None:
    coupon = a_coupon(amount_off=1000, products=["prod_candle"])
    quoted = quote(a_link(HONEY, CANDLE, coupon=coupon), Selection(), NOW)
    assert (quoted.amount_discount, quoted.amount_total) == (800, 1250)


def test_discount_leaves_shipping_alone() -> None:
    quoted = quote(a_link(HONEY, shipping=[a_shipping_rate(490)], coupon=a_coupon("100")), Selection(), NOW)
    assert quoted.amount_total == 490


def test_tax_is_calculated_after_the_discount() -> None:
    link = a_link(a_line(a_price(1000)), coupon=a_coupon("10"), tax_rates=[a_tax_rate("20")])
    quoted = quote(link, Selection(), NOW)
    assert (quoted.amount_subtotal, quoted.amount_discount, quoted.amount_tax, quoted.amount_total) == (
        1000,
        100,
        180,
        1080,
    )


def test_coupon_applies_with_its_amount_in_the_other_currency() -> None:
    coupon = a_coupon(amount_off=100, currency_options={"usd": CouponCurrencyOption(amount_off=120)})
    price = a_price(1250, currency_options={"usd": CurrencyOption(unit_amount=1400)})
    quoted = quote(a_link(a_line(price), coupon=coupon), Selection(currency="usd"), NOW)
    assert (quoted.currency, quoted.amount_discount, quoted.amount_total) == ("usd", 120, 1280)


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        pytest.param(a_promotion_code(active=False), "inactive", id="switched off"),
        pytest.param(a_promotion_code(coupon=a_coupon(valid=False)), "inactive", id="its coupon is no longer valid"),
        pytest.param(a_promotion_code(expires_at=NOW), "expired", id="expires now"),
        pytest.param(a_promotion_code(expires_at=NOW - 1), "expired", id="expired"),
        pytest.param(a_promotion_code(coupon=a_coupon(redeem_by=NOW)), "expired", id="its coupon expires now"),
        pytest.param(a_promotion_code(max_redemptions=3, times_redeemed=3), "used_up", id="used up"),
        pytest.param(
            a_promotion_code(coupon=a_coupon(max_redemptions=1, times_redeemed=1, valid=False)),
            "used_up",
            id="its coupon is used up",
        ),
        pytest.param(a_promotion_code(customer="cus_someone"), "not_for_everyone", id="one customer's own"),
        pytest.param(
            a_promotion_code(coupon=a_coupon(amount_off=100, currency="usd")),
            "wrong_currency",
            id="an amount of another currency",
        ),
        pytest.param(
            a_promotion_code(restrictions={"minimum_amount": 100, "minimum_amount_currency": "usd"}),
            "wrong_currency",
            id="a minimum of another currency",
        ),
        pytest.param(
            a_promotion_code(coupon=a_coupon(products=["prod_candle"])),
            "not_for_these_products",
            id="for something else",
        ),
    ],
)
def test_refused_code_says_why(code: PromotionCode, problem: str) -> None:
    quoted = with_code(code, HONEY)
    assert quoted.problems == (QuoteProblem(code=f"promotion_code_{problem}", field="promotion_code"),)
    assert quoted.discount is None
    assert quoted.amount_total == 1250


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(a_promotion_code(expires_at=NOW + 1), id="a second before it expires"),
        pytest.param(a_promotion_code(max_redemptions=3, times_redeemed=2), id="the last one"),
        pytest.param(a_promotion_code(coupon=a_coupon(redeem_by=NOW + 1)), id="a second before its coupon expires"),
        pytest.param(a_promotion_code(coupon=a_coupon(products=["prod_honey"])), id="for what is bought"),
        pytest.param(
            a_promotion_code(restrictions={"first_time_transaction": True}), id="first purchase is left to Checkout"
        ),
        pytest.param(
            a_promotion_code(restrictions={"minimum_amount": 1250, "minimum_amount_currency": "eur"}),
            id="exactly the minimum",
        ),
        pytest.param(
            a_promotion_code(
                restrictions={
                    "minimum_amount": 9000,
                    "minimum_amount_currency": "usd",
                    "currency_options": {"eur": {"minimum_amount": 1000}},
                }
            ),
            id="the minimum of this currency counts",
        ),
    ],
)
def test_code_applies_up_to_its_limits(code: PromotionCode) -> None:
    quoted = with_code(code, HONEY)
    assert (quoted.problems, quoted.amount_discount) == ((), 125)


def test_too_small_order_has_a_problem_with_the_minimum() -> None:
    code = a_promotion_code(restrictions={"minimum_amount": 2500, "minimum_amount_currency": "eur"})
    line = a_line(a_price(1250), adjustable_quantity=adjustable())
    expected = QuoteProblem(code="promotion_code_minimum_amount", field="promotion_code", limit=2500)
    assert with_code(code, line).problems == (expected,)
    assert with_code(code, line, quantities={line.id: 2}).problems == ()


def test_minimum_includes_what_a_trial_postpones() -> None:
    code = a_promotion_code(restrictions={"minimum_amount": 900, "minimum_amount_currency": "eur"})
    link = a_link(
        a_line(a_price(900, recurring="month")), allow_promotion_codes=True, subscription_data={"trial_period_days": 14}
    )
    assert quote(link, Selection(promotion_code=code), NOW).problems == ()


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"allow_promotion_codes": False}, id="codes are not allowed"),
        pytest.param({"allow_promotion_codes": True, "coupon": a_coupon("20")}, id="there is a coupon already"),
    ],
)
def test_link_that_takes_no_codes_says_so(changes: dict[str, Any]) -> None:
    quoted = quote(a_link(HONEY, **changes), Selection(promotion_code=a_promotion_code(coupon=a_coupon("90"))), NOW)
    assert quoted.problems == (QuoteProblem(code="promotion_code_not_taken", field="promotion_code"),)
    assert quoted.amount_discount == (250 if "coupon" in changes else 0)


@pytest.mark.parametrize(
    "coupon",
    [
        pytest.param(a_coupon("20", redeem_by=NOW), id="expired"),
        pytest.param(a_coupon("20", valid=False), id="no longer valid"),
        pytest.param(a_coupon("20", max_redemptions=1, times_redeemed=1), id="used up"),
        pytest.param(a_coupon(amount_off=100, currency="usd"), id="of another currency"),
    ],
)
def test_links_own_coupon_that_cannot_be_redeemed_is_left_out(coupon: Coupon) -> None:
    quoted = quote(a_link(HONEY, coupon=coupon), Selection(), NOW)
    assert (quoted.discount, quoted.amount_total, quoted.problems) == (None, 1250, ())


@pytest.mark.parametrize(
    ("duration", "later"),
    [
        pytest.param("once", 0, id="once"),
        pytest.param("forever", 90, id="forever"),
        pytest.param("repeating", 90, id="repeating"),
    ],
)
def test_duration_says_whether_later_periods_are_reduced(duration: str, later: int) -> None:
    coupon = a_coupon("10", duration=duration, duration_in_months=3 if duration == "repeating" else None)
    quoted = quote(a_link(a_line(a_price(900, recurring="month")), coupon=coupon), Selection(), NOW)
    assert quoted.amount_discount == 90
    assert [total.amount_discount for total in quoted.recurring] == [later]
    assert [total.amount_total for total in quoted.recurring] == [900 - later]
