"""Stripe's refusals, sorted by the person who can change something."""

import pytest

from app.errors import GatewayRefused
from app.gateway.refusals import what_buyer_can_change


@pytest.mark.parametrize(
    ("code", "param", "status", "expected"),
    [
        ("amount_too_large", "line_items", 400, "amount"),
        ("amount_too_small", "line_items[0][price_data][unit_amount]", 400, "amount"),
        ("parameter_invalid_integer", "line_items[0][price_data][unit_amount]", 400, "amount"),
        ("parameter_invalid_integer", "line_items[1][quantity]", 400, "amount"),
        (None, "line_items[0][price_data][product]", 400, None),
        (None, "line_items[0][price_data][currency]", 400, None),
        ("email_invalid", "customer_email", 400, "email"),
        (None, "customer_email", 400, "email"),
        ("coupon_expired", "discounts[0][promotion_code]", 400, "promotion_code"),
        (None, "discounts[0][promotion_code]", 400, "promotion_code"),
        (None, "discounts[0]", 400, "promotion_code"),
        (None, "discounts", 400, "promotion_code"),
        ("coupon_expired", None, 400, "promotion_code"),
        ("coupon_expired", "discounts[0][coupon]", 400, None),
        ("resource_missing", "discounts[0][promotion_code]", 400, "promotion_code"),
        ("resource_missing", "discounts[0][coupon]", 400, None),
        ("product_inactive", "line_items[0][price]", 400, None),
        ("resource_missing", "line_items[0][price]", 400, None),
        (None, "payment_method_types", 400, None),
        (None, "shipping_options[0][shipping_rate]", 400, None),
        (None, "line_items[0][tax_rates][0]", 400, None),
        (None, None, 401, None),
        ("account_invalid", None, 403, None),
        ("email_invalid", "customer_email", 403, None),
    ],
)
def test_a_refusal_is_sorted_by_the_person_who_can_change_it(
    code: str | None, param: str | None, status: int, expected: str | None
) -> None:
    error = GatewayRefused("No.", code=code, param=param, status=status)
    assert what_buyer_can_change(error) == expected
