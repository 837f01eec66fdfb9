"""Every rule that joins several parts of a link: what breaks it, which parameter is named, and with which code."""

from collections.abc import Callable
from typing import Any

import pytest

from app.errors import InvalidRequest
from app.objects.enumerations import SHIPPING_COUNTRIES
from app.objects.payment_link import PaymentLink
from app.objects.payment_link.params import LineItemCreateParams
from app.services.links.rules import check as link_rules
from app.services.links.rules.money import price_or_price_data
from tests.services.links.rules.broken import BROKEN
from tests.services.links.rules.parts import MONTHLY, a_dropdown, a_field, asking, check, lines, options
from tests.support.build import (
    a_custom_price,
    a_line,
    a_link,
    a_price,
    a_shipping_rate,
    a_tier,
    every,
)

UNSUPPORTED = "AS CX CC CU HM IR KP MH FM NF MP PW SD SY UM VI".split()
"""The sixteen of the seed document."""


@pytest.mark.parametrize("name", BROKEN)
def test_a_link_that_breaks_a_rule_is_refused_by_the_parameter_that_is_to_blame(name: str) -> None:
    link, param, code = BROKEN[name]
    with pytest.raises(InvalidRequest) as refused:
        check(link())
    assert (refused.value.param, refused.value.code) == (param, code)
    assert refused.value.message.endswith(".")


KEPT: dict[str, Callable[[], PaymentLink]] = {
    "20 line items": lambda: a_link(*lines(20)),
    "10 line items and 10 optional ones": lambda: a_link(*lines(10), optional_items=options(10)),
    "the largest quantity": lambda: a_link(a_line(quantity=999_999)),
    "a chosen price alone": lambda: a_link(a_line(a_custom_price(100, 900, 500))),
    "tiers that recur": lambda: a_link(a_line(a_price(tiers=[a_tier(None, 100)], recurring="month"))),
    "two prices at one interval": lambda: a_link(
        a_line(MONTHLY), a_line(a_price(id="price_extra", recurring=every("month")))
    ),
    "a price with an option in the currency": lambda: a_link(
        a_line(a_price(currency="usd", currency_options={"eur": {"unit_amount": 900}})), currency="eur"
    ),
    "everything of subscriptions": lambda: a_link(
        a_line(MONTHLY),
        subscription_data={"trial_period_days": 14},
        application_fee_percent="5.25",
        payment_method_collection="if_required",
        transfer_data={"destination": "acct_1"},
    ),
    "3 custom fields of all types": lambda: asking(
        a_dropdown("small", "large", default_value="large"),
        a_field("numeric", key="age", numeric={"default_value": "12", "minimum_length": 2, "maximum_length": 3}),
        a_field(key="name", text={"default_value": "Jo", "minimum_length": 0}),
    ),
    "200 options": lambda: asking(a_dropdown(*(f"value{number}" for number in range(200)))),
    "a label of 50 characters": lambda: asking(a_field(label={"type": "custom", "custom": "ü" * 50})),
    "every country that Checkout ships to": lambda: a_link(
        shipping_address_collection={"allowed_countries": sorted(SHIPPING_COUNTRIES)}
    ),
    "5 shipping options": lambda: a_link(shipping=[a_shipping_rate(amount) for amount in range(5)]),
    "an issuer by its id": lambda: a_link(
        invoice_creation={"enabled": True, "invoice_data": {"issuer": {"type": "account", "account": "acct_1"}}}
    ),
}


@pytest.mark.parametrize("name", KEPT)
def test_a_link_within_the_rules_is_kept(name: str) -> None:
    check(KEPT[name]())


@pytest.mark.parametrize("country", UNSUPPORTED)
def test_a_country_that_the_document_calls_unsupported_is_refused(country: str) -> None:
    link = a_link(shipping_address_collection={"allowed_countries": ["DE", country]})
    with pytest.raises(InvalidRequest) as refused:
        check(link)
    assert refused.value.param == "shipping_address_collection[allowed_countries][1]"
    assert refused.value.code == "country_unsupported"


@pytest.mark.parametrize("country", ["de", "DEU", "XX", "EU", ""])
def test_a_code_that_is_no_country_is_refused(country: str) -> None:
    with pytest.raises(InvalidRequest):
        check(a_link(shipping_address_collection={"allowed_countries": [country]}))


def test_prices_that_have_no_id_yet_are_named_by_their_parameter() -> None:
    yearly = a_price(id="", recurring=every("year"))
    with pytest.raises(InvalidRequest) as refused:
        check(a_link(a_line(MONTHLY), a_line(yearly, id="li_2")))
    assert refused.value.param == "line_items[1][price_data]"
    assert "line_items[1] is billed every year, another item every month." in refused.value.message


def test_a_setting_allows_more_custom_fields() -> None:
    check(asking(*(a_field(key=f"field{number}") for number in range(20))), custom_fields_max=20)


def test_a_link_that_broke_a_rule_before_can_still_be_switched_off() -> None:
    imported = asking(a_field(label={"type": "custom", "custom": "x" * 80}))
    link_rules.check(imported, {"active", "metadata"}, custom_fields_max=3)
    with pytest.raises(InvalidRequest):
        link_rules.check(imported, {"custom_fields"}, custom_fields_max=3)


def an_item(**changes: Any) -> LineItemCreateParams:
    return LineItemCreateParams.model_validate({"quantity": 1, **changes})


def priced(**changes: Any) -> LineItemCreateParams:
    data = {"currency": "eur", "product": "prod_honey", "unit_amount": 1250, **changes}
    return an_item(price_data={name: value for name, value in data.items() if value is not None})


UNCLEAR: dict[str, tuple[LineItemCreateParams, str, str]] = {
    "neither price nor price_data": (an_item(), "[price]", "parameter_missing"),
    "both price and price_data": (
        priced().model_copy(update={"price": "price_honey"}),
        "[price_data]",
        "parameters_exclusive",
    ),
    "no product": (priced(product=None), "[price_data][product]", "parameter_missing"),
    "two products": (priced(product_data={"name": "Jar"}), "[price_data][product_data]", "parameters_exclusive"),
    "no amount": (priced(unit_amount=None), "[price_data][unit_amount]", "parameter_missing"),
    "two amounts": (priced(unit_amount_decimal="1.5"), "[price_data][unit_amount_decimal]", "parameters_exclusive"),
    "negative amount": (priced(unit_amount=-1), "[price_data][unit_amount]", "parameter_invalid_integer"),
    "too large an amount": (priced(unit_amount=1_000_000_000_000), "[price_data][unit_amount]", "amount_too_large"),
    "four years": (
        priced(recurring={"interval": "year", "interval_count": 4}),
        "[price_data][recurring][interval_count]",
        "parameter_invalid_integer",
    ),
    "37 months": (
        priced(recurring={"interval": "month", "interval_count": 37}),
        "[price_data][recurring][interval_count]",
        "parameter_invalid_integer",
    ),
    "every 0 days": (
        priced(recurring={"interval": "day", "interval_count": 0}),
        "[price_data][recurring][interval_count]",
        "parameter_invalid_integer",
    ),
}


@pytest.mark.parametrize("name", UNCLEAR)
def test_a_line_item_says_its_price_once_and_whole(name: str) -> None:
    item, param, code = UNCLEAR[name]
    with pytest.raises(InvalidRequest) as refused:
        price_or_price_data(item, "line_items[0]")
    assert (refused.value.param, refused.value.code) == (f"line_items[0]{param}", code)


def test_a_line_item_by_price_or_by_its_data_is_kept() -> None:
    price_or_price_data(an_item(price="price_honey"), "line_items[0]")
    price_or_price_data(priced(recurring={"interval": "month", "interval_count": 36}), "line_items[0]")
