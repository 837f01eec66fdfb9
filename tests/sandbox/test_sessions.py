"""Checkout Sessions with the official SDK: totals, refusals, and expiry by the clock."""

from typing import Any

import pytest

from tests.sandbox.build import SUCCESS_URL, price, refused, session
from tests.support.clock import Clock
from tests.support.inbox import Inbox

MONTHLY = {"interval": "month"}
TIERS = [{"up_to": 5, "unit_amount": 1000}, {"up_to": "inf", "unit_amount": 800, "flat_amount": 50}]
"""Price, quantity, mode, and the amount due today."""
AMOUNTS: dict[str, tuple[dict[str, Any], int | None, str, int]] = {
    "per unit": ({"unit_amount": 2499}, 2, "payment", 4998),
    "half a cent, rounded up": ({"unit_amount_decimal": "12.5"}, 5, "payment", 63),
    "packs of ten": ({"unit_amount": 500, "transform_quantity": {"divide_by": 10, "round": "up"}}, 11, "payment", 1000),
    "yen": ({"currency": "jpy", "unit_amount": 500}, 3, "payment", 1500),
    "dinar": ({"currency": "kwd", "unit_amount": 5120}, 1, "payment", 5120),
    "graduated": (
        {"billing_scheme": "tiered", "tiers_mode": "graduated", "tiers": TIERS, "recurring": MONTHLY},
        7,
        "subscription",
        5000 + 1600 + 50,
    ),
    "volume": (
        {"billing_scheme": "tiered", "tiers_mode": "volume", "tiers": TIERS, "recurring": MONTHLY},
        7,
        "subscription",
        5600 + 50,
    ),
    "metered": ({"unit_amount": 2, "recurring": {**MONTHLY, "usage_type": "metered"}}, None, "subscription", 0),
    "preset of a chosen amount": ({"custom_unit_amount": {"enabled": True, "preset": 1500}}, 1, "payment", 1500),
}


@pytest.mark.parametrize(("params", "quantity", "mode", "amount"), AMOUNTS.values(), ids=AMOUNTS)
def test_a_session_costs_what_its_price_says(
    sdk: Any, params: dict[str, Any], quantity: int | None, mode: str, amount: int
) -> None:
    line = {"price": price(sdk, **params).id} | ({"quantity": quantity} if quantity is not None else {})
    made = session(sdk, line, mode=mode, expand=["line_items"])
    assert (made.amount_subtotal, made.amount_total) == (amount, amount)
    assert [item.amount_total for item in made.line_items.data] == [amount]
    assert made.total_details.to_dict() == {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0}


def test_a_new_session_is_open_for_a_day_and_has_an_address(sdk: Any, clock: Clock) -> None:
    made = session(sdk, metadata={"order": "7"}, client_reference_id="ref-7", locale="de")
    assert (made.status, made.payment_status, made.mode) == ("open", "unpaid", "payment")
    assert made.expires_at == clock.now + 24 * 60 * 60
    assert made.url.startswith(f"http://127.0.0.1/sandbox/checkout/{made.id}")
    assert (made.metadata.to_dict(), made.client_reference_id, made.payment_intent) == ({"order": "7"}, "ref-7", None)
    assert "line_items" not in made
    assert sdk.checkout.sessions.retrieve(made.id).to_dict() == made.to_dict()


def test_discounts_taxes_and_shipping_add_up(sdk: Any) -> None:
    vat = sdk.tax_rates.create({"display_name": "VAT", "inclusive": False, "percentage": 20})
    coupon = sdk.coupons.create({"percent_off": 10})
    post = {
        "shipping_rate_data": {
            "display_name": "Post",
            "type": "fixed_amount",
            "fixed_amount": {"amount": 490, "currency": "eur"},
        }
    }
    made = session(
        sdk,
        {"price": price(sdk, unit_amount=1000).id, "quantity": 2, "tax_rates": [vat.id]},
        {"price": price(sdk, unit_amount=500).id, "quantity": 1},
        discounts=[{"coupon": coupon.id}],
        shipping_options=[post],
        expand=["line_items.data.taxes", "line_items.data.discounts", "total_details.breakdown"],
    )
    assert (made.amount_subtotal, made.amount_total) == (2500, 2500 - 250 + 360 + 490)
    details = made.total_details
    assert (details.amount_discount, details.amount_tax, details.amount_shipping) == (250, 360, 490)
    assert (details.breakdown.discounts[0].amount, details.breakdown.taxes[0].amount) == (250, 360)
    taxed, plain = made.line_items.data
    assert (taxed.amount_discount, taxed.amount_tax, taxed.amount_total) == (200, 360, 2160)
    assert (plain.amount_discount, plain.amount_tax, plain.amount_total) == (50, 0, 450)
    assert taxed.discounts[0].discount.source.coupon == coupon.id
    assert taxed.taxes[0].taxable_amount == 1800
    assert made.shipping_cost.amount_total == 490


def test_inclusive_tax_is_part_of_the_subtotal(sdk: Any) -> None:
    vat = sdk.tax_rates.create({"display_name": "VAT", "inclusive": True, "percentage": 20})
    made = session(sdk, {"price": price(sdk, unit_amount=1200).id, "quantity": 1, "tax_rates": [vat.id]})
    assert (made.amount_subtotal, made.amount_total, made.total_details.amount_tax) == (1200, 1200, 200)


def test_several_shipping_options_are_left_to_the_buyer(sdk: Any) -> None:
    rates = [
        sdk.shipping_rates.create(
            {"display_name": name, "type": "fixed_amount", "fixed_amount": {"amount": amount, "currency": "eur"}}
        ).id
        for name, amount in (("Post", 490), ("Courier", 1290))
    ]
    made = session(sdk, shipping_options=[{"shipping_rate": rate} for rate in rates])
    assert (made.amount_total, made.shipping_cost) == (2499, None)
    assert [option.shipping_amount for option in made.shipping_options] == [490, 1290]


def test_a_trial_makes_today_free(sdk: Any) -> None:
    monthly = price(sdk, unit_amount=900, recurring=MONTHLY)
    setup = price(sdk, unit_amount=2000)
    lines = [{"price": monthly.id, "quantity": 1}, {"price": setup.id, "quantity": 1}]
    data = {"trial_period_days": 14}
    assert session(sdk, lines[0], mode="subscription", subscription_data=data).amount_total == 0
    assert session(sdk, *lines, mode="subscription", subscription_data=data).amount_total == 2000
    assert session(sdk, *lines, mode="subscription").amount_total == 2900


def test_a_session_in_another_currency_uses_that_currencys_amounts(sdk: Any) -> None:
    made = price(sdk, currency_options={"usd": {"unit_amount": 2799}})
    dollars = session(sdk, {"price": made.id, "quantity": 1}, currency="usd")
    assert (dollars.currency, dollars.amount_total) == ("usd", 2799)
    error = refused(session, sdk, {"price": made.id, "quantity": 1}, currency="gbp")
    assert error.param == "line_items[0][price]"


def test_an_inline_price_is_created_and_used_once(sdk: Any) -> None:
    data = {"currency": "eur", "unit_amount": 1500, "product_data": {"name": "Donation"}}
    made = session(
        sdk, {"price_data": data, "quantity": 1}, submit_type="donate", expand=["line_items.data.price.product"]
    )
    [item] = made.line_items.data
    assert (made.amount_total, item.description, item.price.active, item.price.product.name) == (
        1500,
        "Donation",
        False,
        "Donation",
    )
    assert refused(session, sdk, {"price": item.price.id, "quantity": 1}).param == "line_items[0][price]"


def test_line_items_are_listed_with_pages(sdk: Any) -> None:
    made = session(sdk, *({"price": price(sdk).id, "quantity": 1} for _ in range(3)))
    page = sdk.checkout.sessions.line_items.list(made.id, {"limit": 2})
    assert (len(page.data), page.has_more, page.url) == (2, True, f"/v1/checkout/sessions/{made.id}/line_items")
    assert len(list(page.auto_paging_iter())) == 3
    whole = sdk.checkout.sessions.line_items.list(made.id, {"expand": ["data.price.product"]})
    assert whole.data[0].price.product.name == "Candle"


ONE: dict[str, Any] = {"unit_amount": 2499}
"""A change to the parameters of a valid session, and the parameter and code of the refusal."""
REFUSED: dict[str, tuple[dict[str, Any], str | None, str | None]] = {
    "unknown": ({"colour": "red"}, "colour", "parameter_unknown"),
    "gone since endive": ({"payment_method_types": ["card"]}, "payment_method_types", "parameter_unknown"),
    "no mode": ({"mode": None}, "mode", "parameter_missing"),
    "wrong mode": ({"mode": "rent"}, "mode", None),
    "no success_url": ({"success_url": None}, "success_url", "parameter_missing"),
    "success_url without scheme": ({"success_url": "shop.example"}, "success_url", "url_invalid"),
    "script as address": ({"cancel_url": "javascript:alert(1)"}, "cancel_url", "url_invalid"),
    "no lines": ({"line_items": None}, "line_items", "parameter_missing"),
    "29 minutes": ({"expires_at": 29 * 60}, "expires_at", None),
    "a day and a second": ({"expires_at": 24 * 60 * 60 + 1}, "expires_at", None),
    "two customers": (
        {"customer": "cus_1", "customer_email": "a@example.com"},
        "customer_email",
        "parameters_exclusive",
    ),
    "e-mail": ({"customer_email": "ada"}, "customer_email", "email_invalid"),
    "subscription data": ({"subscription_data": {"description": "A"}}, "subscription_data", None),
    "country": (
        {"shipping_address_collection": {"allowed_countries": ["KP"]}},
        "shipping_address_collection[allowed_countries]",
        "country_unsupported",
    ),
    "four questions": (
        {
            "custom_fields": [
                {"key": f"k{i}", "label": {"type": "custom", "custom": "K"}, "type": "text"} for i in range(4)
            ]
        },
        "custom_fields",
        None,
    ),
    "unknown customer": ({"customer": "cus_none"}, "customer", "resource_missing"),
    "unknown coupon": ({"discounts": [{"coupon": "none"}]}, "discounts[0][coupon]", "resource_missing"),
    "discount and codes": (
        {"discounts": [{"coupon": "none"}], "allow_promotion_codes": True},
        "discounts",
        "parameters_exclusive",
    ),
    "six ways of sending": (
        {"shipping_options": [{"shipping_rate": "shr_1"}] * 6},
        "shipping_options",
        None,
    ),
    "unknown means of payment": (
        {"payment_method_options": {"shells": {"a": "b"}}},
        "payment_method_options[shells]",
        "parameter_unknown",
    ),
    "long reference": ({"client_reference_id": "x" * 201}, "client_reference_id", None),
}


@pytest.mark.parametrize(("change", "param", "code"), REFUSED.values(), ids=REFUSED)
def test_a_session_that_stripe_would_not_take_is_refused(
    sdk: Any, clock: Clock, change: dict[str, Any], param: str | None, code: str | None
) -> None:
    params = {"mode": "payment", "success_url": SUCCESS_URL, "line_items": [{"price": price(sdk).id, "quantity": 1}]}
    if "expires_at" in change:
        change = {"expires_at": clock.now + change["expires_at"]}
    sent = {name: value for name, value in {**params, **change}.items() if value is not None}
    error = refused(sdk.checkout.sessions.create, sent)
    assert (error.param, error.code) == (param, code)


"""Prices, mode, and the parameter and code of the refusal."""
REFUSED_LINES: dict[str, tuple[list[dict[str, Any]], str, str, str | None]] = {
    "recurring in payment mode": ([{**ONE, "recurring": MONTHLY}], "payment", "line_items", None),
    "nothing recurring": ([ONE], "subscription", "line_items", None),
    "two intervals": (
        [{**ONE, "recurring": MONTHLY}, {**ONE, "recurring": {"interval": "year"}}],
        "subscription",
        "line_items",
        None,
    ),
    "two currencies": ([ONE, {**ONE, "currency": "usd"}], "payment", "line_items[1][price]", None),
    "too little": ([{"unit_amount": 49}], "payment", "line_items", "amount_too_small"),
    "too much": ([{"unit_amount": 999_999_999_999}, {"unit_amount": 1}], "payment", "line_items", "amount_too_large"),
    "metered with quantity": (
        [{**ONE, "recurring": {**MONTHLY, "usage_type": "metered"}}],
        "subscription",
        "line_items[0][quantity]",
        None,
    ),
    "chosen amount and more": ([{"custom_unit_amount": {"enabled": True}}, ONE], "payment", "line_items", None),
    "inactive": ([{**ONE, "active": False}], "payment", "line_items[0][price]", None),
}


@pytest.mark.parametrize(("prices", "mode", "param", "code"), REFUSED_LINES.values(), ids=REFUSED_LINES)
def test_lines_that_do_not_fit_are_refused(
    sdk: Any, prices: list[dict[str, Any]], mode: str, param: str, code: str | None
) -> None:
    lines = [{"price": price(sdk, **params).id, "quantity": 1} for params in prices]
    error = refused(session, sdk, *lines, mode=mode)
    assert (error.param, error.code) == (param, code)


def test_a_quantity_is_required_and_positive(sdk: Any) -> None:
    made = price(sdk)
    assert refused(session, sdk, {"price": made.id}).code == "parameter_missing"
    assert refused(session, sdk, {"price": made.id, "quantity": 0}).param == "line_items[0][quantity]"
    assert refused(session, sdk, {"price": "price_none", "quantity": 1}).code == "resource_missing"
    inside = {"price_data": {"currency": "eur", "product": "prod_none", "unit_amount": 100}, "quantity": 1}
    assert refused(session, sdk, inside).param == "line_items[0][price_data][product]"


def test_payment_intent_data_is_not_for_subscriptions(sdk: Any) -> None:
    line = {"price": price(sdk, recurring=MONTHLY).id, "quantity": 1}
    error = refused(session, sdk, line, mode="subscription", payment_intent_data={"description": "A"})
    assert error.param == "payment_intent_data"
    assert "You can not pass `payment_intent_data` in `subscription` mode" in str(error.user_message)


def test_a_coupon_that_has_expired_or_does_not_apply_is_refused(sdk: Any, clock: Clock) -> None:
    late = sdk.coupons.create({"percent_off": 10, "redeem_by": clock.now + 60})
    dollars = sdk.coupons.create({"amount_off": 100, "currency": "usd"})
    other = sdk.coupons.create(
        {"percent_off": 10, "applies_to": {"products": [sdk.products.create({"name": "Lamp"}).id]}}
    )
    clock.now += 61
    assert refused(session, sdk, discounts=[{"coupon": late.id}]).code == "coupon_expired"
    for coupon in (dollars, other):
        assert refused(session, sdk, discounts=[{"coupon": coupon.id}]).param == "discounts[0][coupon]"


def test_a_promotion_code_requires_its_minimum_amount(sdk: Any) -> None:
    coupon = sdk.coupons.create({"percent_off": 10})
    code = sdk.promotion_codes.create(
        {
            "promotion": {"type": "coupon", "coupon": coupon.id},
            "restrictions": {"minimum_amount": 5000, "minimum_amount_currency": "eur"},
        }
    )
    using = [{"promotion_code": code.id}]
    assert refused(session, sdk, discounts=using).param == "discounts[0][promotion_code]"
    enough = session(sdk, {"price": price(sdk, unit_amount=5000).id, "quantity": 1}, discounts=using)
    assert enough.amount_total == 4500


def test_an_open_session_can_be_expired_once(sdk: Any, inbox: Inbox) -> None:
    made = session(sdk)
    expired = sdk.checkout.sessions.expire(made.id)
    assert (expired.status, expired.url, expired.payment_status) == ("expired", None, "unpaid")
    assert [one.id for one in inbox.of("checkout.session.expired")] == [made.id]
    assert "expired" in str(refused(sdk.checkout.sessions.expire, made.id).user_message)
    assert refused(sdk.checkout.sessions.expire, "cs_none").http_status == 404


def test_a_session_expires_by_the_clock_and_emits_an_event(sdk: Any, clock: Clock, inbox: Inbox) -> None:
    made = session(sdk, expires_at=clock.now + 30 * 60)
    clock.now += 30 * 60 - 1
    assert sdk.checkout.sessions.retrieve(made.id).status == "open"
    clock.now += 1
    assert sdk.checkout.sessions.retrieve(made.id).status == "expired"
    assert [one.status for one in inbox.of("checkout.session.expired")] == ["expired"]
    assert [one.id for one in sdk.checkout.sessions.list({"status": "expired"}).data] == [made.id]


def test_parameters_that_the_sandbox_does_not_use_are_stored_as_given(sdk: Any) -> None:
    made = session(
        sdk,
        allowed_payment_method_types=["card", "sepa_debit"],
        automatic_tax={"enabled": True},
        branding_settings={"display_name": "Tallow & Reed", "button_color": "#804000"},
        consent_collection={"terms_of_service": "required", "payment_method_reuse_agreement": {"position": "auto"}},
        custom_text={"submit": {"message": "Thanks"}, "after_submit": ""},
        invoice_creation={"enabled": True, "invoice_data": {"description": "Candles", "metadata": {"a": "b"}}},
        name_collection={"business": {"enabled": True, "optional": True}},
        payment_intent_data={
            "description": "Candles",
            "metadata": {"a": "b"},
            "transfer_data": {"destination": "acct_1"},
        },
        payment_method_options={"card": {"restrictions": {"brands_blocked": ["visa"]}}},
        tax_id_collection={"enabled": True, "required": "if_supported"},
        wallet_options={"link": {"display": "never"}},
    )
    assert made.allowed_payment_method_types == ["card", "sepa_debit"]
    assert made.branding_settings.display_name == "Tallow & Reed"
    assert (made.custom_text.submit.message, made.custom_text.after_submit) == ("Thanks", None)
    assert made.automatic_tax.enabled is True
    assert made.tax_id_collection.required == "if_supported"
