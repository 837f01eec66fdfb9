"""Products, prices, coupons and the other resources, with the official SDK."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import stripe

from tests.sandbox.build import price, refused
from tests.support.inbox import Inbox

TIERS = [{"up_to": 5, "unit_amount": 1000}, {"up_to": "inf", "unit_amount": 800, "flat_amount": 50}]
MONTHLY = {"interval": "month"}
"""Every shape of price: its parameters, and attributes of the answer."""
SHAPES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "per unit": (
        {"unit_amount": 2499},
        {"unit_amount": 2499, "unit_amount_decimal": Decimal(2499), "type": "one_time"},
    ),
    "free": ({"unit_amount": 0}, {"unit_amount": 0, "type": "one_time"}),
    "decimal": ({"unit_amount_decimal": "0.5"}, {"unit_amount": None, "unit_amount_decimal": Decimal("0.5")}),
    "whole decimal": ({"unit_amount_decimal": "12.0"}, {"unit_amount": 12, "unit_amount_decimal": Decimal("12.0")}),
    "packs": (
        {"unit_amount": 500, "transform_quantity": {"divide_by": 10, "round": "up"}},
        {"unit_amount": 500, "billing_scheme": "per_unit"},
    ),
    "recurring": ({"unit_amount": 900, "recurring": {**MONTHLY, "interval_count": 3}}, {"type": "recurring"}),
    "metered": ({"unit_amount": 2, "recurring": {**MONTHLY, "usage_type": "metered"}}, {"type": "recurring"}),
    "graduated": (
        {"billing_scheme": "tiered", "tiers_mode": "graduated", "tiers": TIERS, "recurring": MONTHLY},
        {"unit_amount": None, "billing_scheme": "tiered", "tiers_mode": "graduated"},
    ),
    "volume": (
        {"billing_scheme": "tiered", "tiers_mode": "volume", "tiers": TIERS, "recurring": MONTHLY},
        {"unit_amount": None, "tiers_mode": "volume"},
    ),
    "chosen": ({"custom_unit_amount": {"enabled": True, "minimum": 500, "preset": 1000}}, {"unit_amount": None}),
}


@pytest.mark.parametrize(("params", "answered"), SHAPES.values(), ids=SHAPES)
def test_every_shape_of_price_comes_back_as_stripe_writes_it(sdk: Any, params: dict[str, Any], answered: Any) -> None:
    made = price(sdk, **params)
    assert {name: made[name] for name in answered} == answered
    assert sdk.prices.retrieve(made.id).to_dict() == made.to_dict()


def test_tiers_currency_options_and_product_come_only_when_expanded(sdk: Any) -> None:
    params = {"billing_scheme": "tiered", "tiers_mode": "volume", "tiers": TIERS, "recurring": MONTHLY}
    made = price(sdk, **params)
    assert "tiers" not in made
    assert "currency_options" not in made
    assert isinstance(made.product, str)
    whole = sdk.prices.retrieve(made.id, {"expand": ["product", "tiers", "currency_options"]})
    assert whole.product.name == "Candle"
    assert [(tier.up_to, tier.unit_amount, tier.flat_amount) for tier in whole.tiers] == [
        (5, 1000, None),
        (None, 800, 50),
    ]
    assert set(whole.currency_options.to_dict()) == {"eur"}


def test_a_price_in_other_currencies_keeps_each_amount(sdk: Any) -> None:
    made = price(sdk, currency_options={"usd": {"unit_amount": 2799}, "jpy": {"unit_amount": 3000}})
    options = sdk.prices.retrieve(made.id, {"expand": ["currency_options"]}).currency_options
    assert {currency: options[currency].unit_amount for currency in ("eur", "usd", "jpy")} == {
        "eur": 2499,
        "usd": 2799,
        "jpy": 3000,
    }


REFUSED_PRICES: dict[str, tuple[dict[str, Any], str | None, str | None]] = {
    "no amount": ({"currency": "eur", "product_data": {"name": "A"}}, "unit_amount", "parameter_missing"),
    "no product": ({"currency": "eur", "unit_amount": 1}, "product", "parameter_missing"),
    "no currency": ({"unit_amount": 1, "product_data": {"name": "A"}}, "currency", "parameter_missing"),
    "letters that are no currency": (
        {"currency": "zzz", "unit_amount": 1, "product_data": {"name": "A"}},
        "currency",
        None,
    ),
    "unknown": (
        {"currency": "eur", "unit_amount": 1, "product_data": {"name": "A"}, "colour": "red"},
        "colour",
        "parameter_unknown",
    ),
    "unknown inside": (
        {"currency": "eur", "unit_amount": 1, "product_data": {"name": "A", "size": 1}},
        "product_data[size]",
        "parameter_unknown",
    ),
    "images, which only price_data has": (
        {"currency": "eur", "unit_amount": 1, "product_data": {"name": "A", "images": ["https://a.example/1.png"]}},
        "product_data[images]",
        "parameter_unknown",
    ),
    "unknown product": (
        {"currency": "eur", "unit_amount": 1, "product": "prod_none"},
        "product",
        "resource_missing",
    ),
    "amount is no number": (
        {"currency": "eur", "unit_amount": "1.5", "product_data": {"name": "A"}},
        "unit_amount",
        "parameter_invalid_integer",
    ),
    "two amounts": (
        {"currency": "eur", "unit_amount": 1, "unit_amount_decimal": "1", "product_data": {"name": "A"}},
        None,
        "parameters_exclusive",
    ),
    "tiers once": (
        {
            "currency": "eur",
            "billing_scheme": "tiered",
            "tiers_mode": "volume",
            "tiers": TIERS,
            "product_data": {"name": "A"},
        },
        "recurring",
        None,
    ),
    "tiers without end": (
        {
            "currency": "eur",
            "billing_scheme": "tiered",
            "tiers_mode": "volume",
            "tiers": TIERS[:1],
            "recurring": MONTHLY,
            "product_data": {"name": "A"},
        },
        "tiers[0][up_to]",
        None,
    ),
    "four years": (
        {
            "currency": "eur",
            "unit_amount": 1,
            "recurring": {"interval": "year", "interval_count": 4},
            "product_data": {"name": "A"},
        },
        "recurring[interval_count]",
        None,
    ),
}


@pytest.mark.parametrize(("params", "param", "code"), REFUSED_PRICES.values(), ids=REFUSED_PRICES)
def test_a_price_that_stripe_would_not_take_is_refused(
    sdk: Any, params: dict[str, Any], param: str | None, code: str | None
) -> None:
    error = refused(sdk.prices.create, params)
    assert (error.param, error.code, error.http_status) == (param, code, 400)
    assert error.request_id
    assert error.error is not None
    assert error.error.type == "invalid_request_error"


def test_an_update_of_a_price_changes_its_name_and_tells_the_application(sdk: Any, inbox: Inbox) -> None:
    made = price(sdk, metadata={"a": "1", "b": "2"})
    changed = sdk.prices.update(made.id, {"active": False, "nickname": "old", "metadata": {"a": "", "c": "3"}})
    assert (changed.active, changed.nickname, changed.metadata.to_dict()) == (False, "old", {"b": "2", "c": "3"})
    [event] = [event for event in inbox.events() if event.type == "price.updated"]
    assert event.data.object.id == made.id
    assert event.data.previous_attributes is not None
    assert event.data.previous_attributes.to_dict() == {
        "active": True,
        "nickname": None,
        "metadata": {"a": "1", "b": "2"},
    }
    assert refused(sdk.prices.update, made.id, {"unit_amount": 1}).code == "parameter_unknown"


def test_a_lookup_key_leads_to_one_price_until_it_is_transferred(sdk: Any) -> None:
    first = price(sdk, lookup_key="standard")
    assert refused(price, sdk, lookup_key="standard").param == "lookup_key"
    second = price(sdk, lookup_key="standard", transfer_lookup_key=True)
    assert [found.id for found in sdk.prices.list({"lookup_keys": ["standard"]}).data] == [second.id]
    assert sdk.prices.retrieve(first.id).lookup_key is None


def test_prices_are_listed_by_what_they_are(sdk: Any) -> None:
    once = price(sdk)
    monthly = price(sdk, recurring=MONTHLY, product_data=None, product=once.product)
    dollars = price(sdk, currency="usd", active=False)
    listed = {
        "all": {},
        "recurring": {"type": "recurring"},
        "month": {"recurring": {"interval": "month"}},
        "usd": {"currency": "usd"},
        "inactive": {"active": False},
        "product": {"product": once.product},
    }
    found = {name: [entry.id for entry in sdk.prices.list(params).data] for name, params in listed.items()}
    assert found == {
        "all": [dollars.id, monthly.id, once.id],
        "recurring": [monthly.id],
        "month": [monthly.id],
        "usd": [dollars.id],
        "inactive": [dollars.id],
        "product": [monthly.id, once.id],
    }


def test_lists_are_paged_in_both_directions(sdk: Any) -> None:
    ids = [sdk.products.create({"name": f"Product {number}"}).id for number in range(25)][::-1]
    assert [product.id for product in sdk.products.list({"limit": 7}).auto_paging_iter()] == ids
    page = sdk.products.list({"limit": 10})
    assert (len(page.data), page.has_more, page.url) == (10, True, "/v1/products")
    before = sdk.products.list({"limit": 3, "ending_before": ids[10]})
    assert ([product.id for product in before.data], before.has_more) == (ids[7:10], True)
    assert refused(sdk.products.list, {"starting_after": "prod_none"}).param == "starting_after"
    assert refused(sdk.products.list, {"limit": 101}).param == "limit"


def test_a_product_can_be_changed_and_cleared(sdk: Any, inbox: Inbox) -> None:
    made = sdk.products.create(
        {
            "name": "Candle",
            "description": "Beeswax",
            "images": ["https://a.example/1.png"],
            "default_price_data": {"currency": "eur", "unit_amount": 100},
        }
    )
    assert sdk.prices.retrieve(made.default_price).unit_amount == 100
    changed = sdk.products.update(made.id, {"name": "Pillar candle", "description": "", "images": ""})
    assert (changed.name, changed.description, changed.images) == ("Pillar candle", None, [])
    assert inbox.of("product.updated")[0].name == "Pillar candle"
    assert refused(sdk.products.create, {"name": "A", "id": made.id}).code == "resource_already_exists"


def test_coupons_keep_their_rules(sdk: Any) -> None:
    product = sdk.products.create({"name": "Candle"})
    percent = sdk.coupons.create({"percent_off": 12.5, "applies_to": {"products": [product.id]}})
    assert (percent.percent_off, percent.amount_off, percent.valid, "applies_to" in percent) == (
        12.5,
        None,
        True,
        False,
    )
    expanded = sdk.coupons.retrieve(percent.id, {"expand": ["applies_to"]})
    assert expanded.applies_to.products == [product.id]
    amount = sdk.coupons.create(
        {"id": "FIVE", "amount_off": 500, "currency": "eur", "duration": "repeating", "duration_in_months": 3}
    )
    assert (amount.id, amount.duration_in_months) == ("FIVE", 3)
    assert sdk.coupons.update("FIVE", {"name": "Five off"}).name == "Five off"
    assert refused(sdk.coupons.create, {"id": "FIVE", "percent_off": 1}).param == "id"
    assert refused(sdk.coupons.create, {}).code == "parameter_missing"
    assert refused(sdk.coupons.create, {"amount_off": 5}).param == "currency"
    assert refused(sdk.coupons.create, {"percent_off": 101}).param == "percent_off"


def test_a_promotion_code_is_found_whatever_its_case_while_it_is_active(sdk: Any) -> None:
    coupon = sdk.coupons.create({"percent_off": 10})
    code = sdk.promotion_codes.create(
        {
            "promotion": {"type": "coupon", "coupon": coupon.id},
            "code": "Spring",
            "restrictions": {"minimum_amount": 1000, "minimum_amount_currency": "eur"},
        }
    )
    found = sdk.promotion_codes.list({"code": "SPRING", "active": True, "expand": ["data.promotion.coupon"]}).data
    assert [(one.id, one.promotion.coupon.percent_off) for one in found] == [(code.id, 10)]
    twice = {"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "spring"}
    assert refused(sdk.promotion_codes.create, twice).param == "code"
    sdk.promotion_codes.update(code.id, {"active": False})
    assert sdk.promotion_codes.list({"code": "SPRING", "active": True}).data == []
    assert sdk.promotion_codes.create(twice).active
    missing = {"promotion": {"type": "coupon", "coupon": "none"}}
    assert refused(sdk.promotion_codes.create, missing).param == "promotion[coupon]"


def test_a_promotion_code_is_created_with_the_older_name_of_its_coupon(sdk: Any) -> None:
    coupon = sdk.coupons.create({"percent_off": 10})
    code = sdk.promotion_codes.create({"coupon": coupon.id, "code": "AUTUMN"})
    assert (code.promotion.type, code.promotion.coupon) == ("coupon", coupon.id)
    assert refused(sdk.promotion_codes.create, {"coupon": "none"}).param == "promotion[coupon]"


def test_a_promotion_code_expires(sdk: Any, clock: Any) -> None:
    coupon = sdk.coupons.create({"percent_off": 10})
    promotion = {"type": "coupon", "coupon": coupon.id}
    sdk.promotion_codes.create({"promotion": promotion, "code": "SOON", "expires_at": clock.now + 60})
    assert len(sdk.promotion_codes.list({"code": "SOON", "active": True}).data) == 1
    clock.now += 60
    assert sdk.promotion_codes.list({"code": "SOON", "active": True}).data == []


def test_a_coupon_and_its_code_end_with_their_time_wherever_they_are_read(sdk: Any, clock: Any) -> None:
    coupon = sdk.coupons.create({"percent_off": 10, "redeem_by": clock.now + 60})
    promotion = {"type": "coupon", "coupon": coupon.id}
    code = sdk.promotion_codes.create({"promotion": promotion, "code": "SOON"})
    assert (coupon.valid, code.active) == (True, True)
    clock.now += 60
    expand = {"expand": ["promotion.coupon"]}
    listed = sdk.promotion_codes.list({"expand": ["data.promotion.coupon"]}).data
    codes = [*listed, sdk.promotion_codes.retrieve(code.id, expand), sdk.promotion_codes.update(code.id, expand)]
    assert [(one.active, one.promotion.coupon.valid) for one in codes] == [(False, False)] * 3
    coupons = [
        *sdk.coupons.list().data,
        sdk.coupons.retrieve(coupon.id),
        sdk.coupons.update(coupon.id, {"name": "Over"}),
    ]
    assert [one.valid for one in coupons] == [False] * 3
    told = {event.type: event.data.object for event in sdk.events.list().data}
    assert (told["coupon.updated"].valid, told["promotion_code.updated"].active) == (False, False)
    assert (told["coupon.created"].valid, told["promotion_code.created"].active) == (True, True)
    assert refused(sdk.promotion_codes.update, code.id, {"active": True}).param == "active"


def test_a_promotion_code_reads_as_inactive_once_its_own_time_is_over(sdk: Any, clock: Any) -> None:
    coupon = sdk.coupons.create({"percent_off": 10})
    promotion = {"type": "coupon", "coupon": coupon.id}
    code = sdk.promotion_codes.create({"promotion": promotion, "code": "SOON", "expires_at": clock.now + 60})
    clock.now += 60
    assert sdk.promotion_codes.retrieve(code.id).active is False
    assert sdk.coupons.retrieve(coupon.id).valid is True
    assert sdk.promotion_codes.create({"promotion": promotion, "code": "soon"}).active


def test_a_promotion_code_reads_as_inactive_once_its_coupon_is_deleted(sdk: Any) -> None:
    coupon = sdk.coupons.create({"percent_off": 10})
    code = sdk.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}})
    sdk.coupons.delete(coupon.id)
    assert sdk.promotion_codes.retrieve(code.id).active is False


def test_tax_rates_and_shipping_rates_keep_what_they_are(sdk: Any) -> None:
    rate = sdk.tax_rates.create({"display_name": "VAT", "inclusive": True, "percentage": 8.875, "country": "DE"})
    assert sdk.tax_rates.update(rate.id, {"active": False, "description": "old"}).active is False
    assert sdk.tax_rates.retrieve(rate.id).percentage == 8.875
    assert [one.id for one in sdk.tax_rates.list({"active": False, "inclusive": True}).data] == [rate.id]
    assert refused(sdk.tax_rates.create, {"display_name": "VAT", "percentage": 1}).param == "inclusive"
    shipping = sdk.shipping_rates.create(
        {
            "display_name": "Post",
            "type": "fixed_amount",
            "fixed_amount": {"amount": 490, "currency": "eur", "currency_options": {"usd": {"amount": 590}}},
            "delivery_estimate": {"minimum": {"unit": "business_day", "value": 2}},
        }
    )
    assert "currency_options" not in shipping.fixed_amount
    whole = sdk.shipping_rates.retrieve(shipping.id, {"expand": ["fixed_amount.currency_options"]})
    assert whole.fixed_amount.currency_options["usd"].amount == 590
    assert sdk.shipping_rates.update(shipping.id, {"active": False}).active is False


def test_each_account_has_a_catalogue_of_its_own(connect: Callable[..., Any]) -> None:
    one, other = connect("org_one"), connect("org_two")
    made = price(one)
    assert one.prices.retrieve(made.id).id == made.id
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        other.prices.retrieve(made.id)
    assert (refusal.value.http_status, refusal.value.code, refusal.value.param) == (404, "resource_missing", "id")
    assert other.prices.list().data == []


@pytest.mark.parametrize(("currency", "least"), [("eur", 50), ("krw", 50), ("czk", 1500)])
def test_the_minimum_of_a_chosen_amount_is_one_that_can_be_charged(sdk: Any, currency: str, least: int) -> None:
    def create(minimum: int) -> Any:
        return price(sdk, currency=currency, custom_unit_amount={"enabled": True, "minimum": minimum})

    assert create(least).custom_unit_amount.minimum == least
    refusal = refused(create, least - 1)
    assert refusal.param == "custom_unit_amount[minimum]"
    assert str(least) in str(refusal)


def test_the_default_price_of_a_product_cannot_be_archived(sdk: Any) -> None:
    product = sdk.products.create({"name": "Jar", "default_price_data": {"currency": "eur", "unit_amount": 500}})
    refusal = refused(sdk.prices.update, product.default_price, {"active": False})
    assert "it is the default price of its product" in str(refusal)
    sdk.products.update(product.id, {"default_price": price(sdk, product=product.id, product_data=None).id})
    assert sdk.prices.update(product.default_price, {"active": False}).active is False
