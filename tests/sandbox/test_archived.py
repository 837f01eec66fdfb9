"""What was archived or deleted at the sandbox: new sessions are refused as Stripe does, and old ones keep what they have."""

from typing import Any

import pytest

from tests.sandbox.build import price, refused, session
from tests.support.inbox import Inbox

PRICE = "The price specified is inactive. This field only accepts active prices."


def test_a_session_of_an_archived_product_is_refused_by_price_and_by_chosen_amount(sdk: Any) -> None:
    product = sdk.products.create({"name": "Candle"})
    made = price(sdk, product=product.id, product_data=None)
    sdk.products.update(product.id, {"active": False})
    error = refused(session, sdk, {"price": made.id, "quantity": 1})
    assert (error.code, error.param) == ("product_inactive", "line_items[0][price]")
    data = {"currency": "eur", "unit_amount": 500, "product": product.id}
    error = refused(session, sdk, {"price_data": data, "quantity": 1})
    assert (error.code, error.param) == ("product_inactive", "line_items[0][price_data][product]")
    assert error.user_message == f"The product {product.id} is marked as inactive."


def test_a_session_with_an_archived_optional_item_is_refused(sdk: Any) -> None:
    gift = price(sdk, unit_amount=400)
    sdk.prices.update(gift.id, {"active": False})
    error = refused(session, sdk, optional_items=[{"price": gift.id, "quantity": 1}])
    assert (error.param, error.user_message) == ("optional_items[0][price]", PRICE)


@pytest.mark.parametrize("kind", ["tax rate", "shipping rate"])
def test_a_session_with_an_archived_rate_is_refused_until_it_is_active_again(sdk: Any, kind: str) -> None:
    candle = price(sdk).id
    if kind == "tax rate":
        rates = sdk.tax_rates
        rate = rates.create({"display_name": "VAT", "percentage": 20, "inclusive": False})
        line: dict[str, Any] = {"price": candle, "quantity": 1, "tax_rates": [rate.id]}
        more, param = {}, "line_items[0][tax_rates][0]"
    else:
        rates = sdk.shipping_rates
        fixed = {"amount": 490, "currency": "eur"}
        rate = rates.create({"display_name": "Parcel", "type": "fixed_amount", "fixed_amount": fixed})
        line = {"price": candle, "quantity": 1}
        more, param = {"shipping_options": [{"shipping_rate": rate.id}]}, "shipping_options[0][shipping_rate]"
    opened = session(sdk, line, **more)
    rates.update(rate.id, {"active": False})
    error = refused(session, sdk, line, **more)
    assert error.param == param
    assert "archived" in str(error.user_message)
    assert sdk.checkout.sessions.retrieve(opened.id).amount_total == opened.amount_total
    rates.update(rate.id, {"active": True})
    assert session(sdk, line, **more).status == "open"


def test_a_deleted_coupon_is_gone_for_new_sessions_and_stays_in_old_ones(sdk: Any, inbox: Inbox) -> None:
    coupon = sdk.coupons.create({"id": "TEN", "percent_off": 10})
    discounts = [{"coupon": coupon.id}]
    opened = session(sdk, discounts=discounts)
    deleted = sdk.coupons.delete("TEN")
    assert deleted.to_dict() == {"id": "TEN", "object": "coupon", "deleted": True}
    assert refused(sdk.coupons.retrieve, "TEN").code == "resource_missing"
    assert refused(sdk.coupons.delete, "TEN").code == "resource_missing"
    assert [one.id for one in sdk.coupons.list().data] == []
    error = refused(session, sdk, discounts=discounts)
    assert (error.code, error.param) == ("resource_missing", "discounts[0][coupon]")
    kept = sdk.checkout.sessions.retrieve(opened.id)
    assert (kept.amount_total, kept.total_details.amount_discount) == (2249, 250)
    assert [event.type for event in sdk.events.list({"type": "coupon.deleted"}).data] == ["coupon.deleted"]
    (delivered,) = inbox.of("coupon.deleted")
    assert delivered.id == "TEN"


def test_the_codes_of_a_deleted_coupon_cannot_be_redeemed_and_its_id_is_free(sdk: Any) -> None:
    coupon = sdk.coupons.create({"id": "TEN", "percent_off": 10})
    code = sdk.promotion_codes.create({"code": "SPRING", "promotion": {"type": "coupon", "coupon": coupon.id}})
    sdk.coupons.delete("TEN")
    assert sdk.promotion_codes.list({"active": True}).data == []
    (listed,) = sdk.promotion_codes.list({"expand": ["data.promotion.coupon"]}).data
    assert listed.promotion.coupon == "TEN"
    error = refused(session, sdk, discounts=[{"promotion_code": code.id}])
    assert error.param == "discounts[0][promotion_code]"
    again = sdk.coupons.create({"id": "TEN", "percent_off": 20})
    assert (again.percent_off, sdk.coupons.retrieve("TEN").percent_off) == (20, 20)
    assert refused(sdk.coupons.create, {"id": "TEN", "percent_off": 30}).code == "resource_already_exists"
