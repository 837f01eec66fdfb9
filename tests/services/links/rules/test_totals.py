"""Totals that can never be paid are refused when a link is created."""

import pytest

from app.errors import InvalidRequest
from app.objects.payment_link import PaymentLink
from tests.services.links.rules.parts import check
from tests.support.build import (
    a_coupon,
    a_custom_price,
    a_line,
    a_link,
    a_price,
    a_shipping_rate,
    adjustable,
    an_optional_item,
    every,
)

UNPAYABLE: dict[str, tuple[PaymentLink, str]] = {
    "49 cents": (a_link(a_line(a_price(49))), "amount_too_small"),
    "29 pence": (a_link(a_line(a_price(29, currency="gbp")), currency="gbp"), "amount_too_small"),
    "five of 9 cents at most": (a_link(a_line(a_price(9), adjustable_quantity=adjustable(1, 5))), "amount_too_small"),
    "a chosen amount of at most 30 cents": (a_link(a_line(a_custom_price(maximum=30))), "amount_too_small"),
    "a coupon that leaves 1 cent": (a_link(coupon=a_coupon(amount_off=1249)), "amount_too_small"),
    "shipping that is too cheap": (
        a_link(a_line(a_price(20)), shipping=[a_shipping_rate(29), a_shipping_rate(500)]),
        "amount_too_small",
    ),
    "an optional item that is too cheap": (
        a_link(a_line(a_price(20)), optional_items=[an_optional_item(a_price(29, id="price_bag"))]),
        "amount_too_small",
    ),
    "thirteen digits": (a_link(a_line(a_price(999_999_999_999), quantity=2)), "amount_too_large"),
    "thirteen digits a year later": (
        a_link(
            a_line(a_price(999_999_999_999, recurring=every("month")), quantity=2),
            subscription_data={"trial_period_days": 7},
        ),
        "amount_too_large",
    ),
}


@pytest.mark.parametrize("name", UNPAYABLE)
def test_a_link_that_can_never_be_paid_is_refused_with_the_reason(name: str) -> None:
    link, code = UNPAYABLE[name]
    with pytest.raises(InvalidRequest, match="could never be paid") as refused:
        check(link)
    assert (refused.value.param, refused.value.code) == ("line_items", code)


PAYABLE: dict[str, PaymentLink] = {
    "50 cents": a_link(a_line(a_price(50))),
    "free": a_link(a_line(a_price(0))),
    "six of 9 cents": a_link(a_line(a_price(9), adjustable_quantity=adjustable(1, 6))),
    "a coupon that leaves nothing": a_link(coupon=a_coupon(amount_off=1250)),
    "the cheapest shipping lifts it": a_link(a_line(a_price(20)), shipping=[a_shipping_rate(30), a_shipping_rate(500)]),
    "an optional item lifts it": a_link(
        a_line(a_price(20)), optional_items=[an_optional_item(a_price(30, id="price_bag"))]
    ),
    "a free item beside a cheap one": a_link(
        a_line(a_price(20, id="price_a"), adjustable_quantity=adjustable(0, 1)),
        a_line(a_price(0, id="price_b"), adjustable_quantity=adjustable(0, 1)),
    ),
    "a code may make it free": a_link(a_line(a_price(49)), allow_promotion_codes=True),
    "Checkout adds tax": a_link(a_line(a_price(49)), automatic_tax={"enabled": True}),
    "a currency without a documented minimum": a_link(a_line(a_price(1, currency="xpf")), currency="xpf"),
    "nine digits of rupiah": a_link(a_line(a_price(150_000_000, currency="idr")), currency="idr"),
    "a trial, then a cent": a_link(
        a_line(a_price(1, recurring=every("month"))), subscription_data={"trial_period_days": 7}
    ),
}


@pytest.mark.parametrize("name", PAYABLE)
def test_a_link_that_some_order_can_pay_is_taken(name: str) -> None:
    check(PAYABLE[name])


TOO_MUCH: dict[str, tuple[PaymentLink, str]] = {
    "fee": (a_link(application_fee_amount=1251), "application_fee_amount"),
    "transfer": (a_link(transfer_data={"destination": "acct_1", "amount": 1251}), "transfer_data[amount]"),
    "fee above the dearest shipping": (
        a_link(shipping=[a_shipping_rate(500), a_shipping_rate(900)], application_fee_amount=2151),
        "application_fee_amount",
    ),
    "fee above the largest quantity": (
        a_link(a_line(adjustable_quantity=adjustable(1, 3)), application_fee_amount=3751),
        "application_fee_amount",
    ),
    "fee above what a coupon leaves": (
        a_link(coupon=a_coupon(amount_off=250), application_fee_amount=1001),
        "application_fee_amount",
    ),
}


@pytest.mark.parametrize(("link", "param"), TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_a_platform_gets_at_most_what_the_largest_order_costs(link: PaymentLink, param: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        check(link)
    assert (refused.value.param, refused.value.code) == (param, "amount_too_large")


ENOUGH = {
    "fee": a_link(application_fee_amount=1250),
    "transfer": a_link(transfer_data={"destination": "acct_1", "amount": 1250}),
    "dearest shipping": a_link(shipping=[a_shipping_rate(500), a_shipping_rate(900)], application_fee_amount=2150),
    "largest quantity": a_link(a_line(adjustable_quantity=adjustable(1, 3)), application_fee_amount=3750),
    "an optional item": a_link(
        optional_items=[an_optional_item(a_price(100, id="price_bag"))], application_fee_amount=1350
    ),
    "taxes that are unknown": a_link(automatic_tax={"enabled": True}, application_fee_amount=1500),
    "a chosen amount": a_link(a_line(a_custom_price(maximum=9000)), application_fee_amount=9000),
}


@pytest.mark.parametrize("link", ENOUGH.values(), ids=ENOUGH.keys())
def test_a_platform_may_get_as_much_as_the_largest_order_costs(link: PaymentLink) -> None:
    check(link)
