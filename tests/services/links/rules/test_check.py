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
from tests.support.build import (
    a_coupon,
    a_custom_price,
    a_line,
    a_link,
    a_price,
    a_product,
    a_shipping_rate,
    a_tax_rate,
    a_tier,
    adjustable,
    an_optional_item,
    every,
)

UNSUPPORTED = "AS CX CC CU HM IR KP MH FM NF MP PW SD SY UM VI".split()
"""The sixteen of the seed document."""


def check(link: PaymentLink, custom_fields_max: int = 3) -> None:
    link_rules.check(link, None, custom_fields_max=custom_fields_max)


def lines(count: int) -> list[Any]:
    return [a_line(a_price(id=f"price_{number}")) for number in range(count)]


def options(count: int) -> list[Any]:
    return [an_optional_item(a_price(id=f"price_option{number}")) for number in range(count)]


def a_field(type: str = "text", **changes: Any) -> dict[str, Any]:
    return {"key": "size", "label": {"type": "custom", "custom": "Size"}, "type": type, **changes}


def a_dropdown(*values: str, **changes: Any) -> dict[str, Any]:
    given = [{"label": value or "none", "value": value} for value in values or ("small", "large")]
    return a_field("dropdown", dropdown={"options": given, **changes})


def asking(*fields: dict[str, Any]) -> PaymentLink:
    return a_link(custom_fields=fields)


def redirecting(url: str) -> PaymentLink:
    return a_link(after_completion={"type": "redirect", "redirect": {"url": url}})


MONTHLY = a_price(id="price_monthly", recurring="month")

BROKEN: dict[str, tuple[Callable[[], PaymentLink], str, str]] = {
    "no line item": (lambda: a_link(line_items={"data": []}), "line_items", "parameter_invalid_empty"),
    "21 line items": (lambda: a_link(*lines(21)), "line_items", "parameter_invalid"),
    "11 optional items": (lambda: a_link(optional_items=options(11)), "optional_items", "parameter_invalid"),
    "21 line items and optional items": (
        lambda: a_link(*lines(11), optional_items=options(10)),
        "optional_items",
        "parameter_invalid",
    ),
    "two optional items with one price": (
        lambda: a_link(optional_items=[*options(1), *options(1)]),
        "optional_items[1][price]",
        "parameter_invalid",
    ),
    "quantity of 0": (lambda: a_link(a_line(quantity=0)), "line_items[0][quantity]", "parameter_invalid_integer"),
    "quantity of a million": (
        lambda: a_link(a_line(quantity=1_000_000)),
        "line_items[0][quantity]",
        "parameter_invalid_integer",
    ),
    "quantity above what can be chosen": (
        lambda: a_link(a_line(quantity=6, adjustable_quantity=adjustable(1, 5))),
        "line_items[0][quantity]",
        "parameter_invalid_integer",
    ),
    "smallest quantity below 0": (
        lambda: a_link(a_line(adjustable_quantity=adjustable(-1))),
        "line_items[0][adjustable_quantity][minimum]",
        "parameter_invalid_integer",
    ),
    "largest quantity above 999999": (
        lambda: a_link(a_line(adjustable_quantity=adjustable(0, 1_000_000))),
        "line_items[0][adjustable_quantity][maximum]",
        "parameter_invalid_integer",
    ),
    "smallest quantity above the largest": (
        lambda: a_link(optional_items=[an_optional_item(adjustable_quantity=adjustable(3, 2))]),
        "optional_items[0][adjustable_quantity][minimum]",
        "parameters_exclusive",
    ),
    "inactive price": (lambda: a_link(a_line(a_price(active=False))), "line_items[0][price]", "product_inactive"),
    "inactive product": (
        lambda: a_link(optional_items=[an_optional_item(a_price(product=a_product(active=False)))]),
        "optional_items[0][price]",
        "product_inactive",
    ),
    "chosen price beside another item": (
        lambda: a_link(a_line(a_custom_price()), a_line()),
        "line_items[0][price]",
        "parameter_invalid",
    ),
    "chosen price twice": (
        lambda: a_link(a_line(a_custom_price(), quantity=2)),
        "line_items[0][quantity]",
        "parameter_invalid",
    ),
    "chosen price with an adjustable quantity": (
        lambda: a_link(a_line(a_custom_price(), adjustable_quantity=adjustable())),
        "line_items[0][adjustable_quantity]",
        "parameter_invalid",
    ),
    "chosen price that recurs": (
        lambda: a_link(a_line(a_custom_price(recurring="month"))),
        "line_items[0][price]",
        "parameter_invalid",
    ),
    "chosen price as an optional item": (
        lambda: a_link(optional_items=[an_optional_item(a_custom_price())]),
        "optional_items[0][price]",
        "parameter_invalid",
    ),
    "one-time price in tiers": (
        lambda: a_link(a_line(a_price(tiers=[a_tier(None, 100)]))),
        "line_items[0][price]",
        "parameter_invalid",
    ),
    "price in another currency": (
        lambda: a_link(a_line(), a_line(a_price(id="price_usd", currency="usd"))),
        "line_items[1][price]",
        "parameter_invalid",
    ),
    "price billed at another interval": (
        lambda: a_link(a_line(a_price(recurring="month")), a_line(a_price(id="price_year", recurring="year"))),
        "line_items[1][price]",
        "parameter_invalid",
    ),
    "optional item in another currency": (
        lambda: a_link(optional_items=[an_optional_item(a_price(currency="usd"))]),
        "optional_items[0][price]",
        "parameter_invalid",
    ),
    "shipping in another currency": (
        lambda: a_link(shipping=[a_shipping_rate(currency="usd")]),
        "shipping_options[0][shipping_rate]",
        "parameter_invalid",
    ),
    "coupon in another currency": (
        lambda: a_link(coupon=a_coupon(amount_off=100, currency="usd")),
        "counterfoil[coupon]",
        "parameter_invalid",
    ),
    "subscription data of a one-time link": (
        lambda: a_link(subscription_data={}),
        "subscription_data",
        "parameters_exclusive",
    ),
    "subscription data where only an optional item recurs": (
        lambda: a_link(subscription_data={}, optional_items=[an_optional_item(MONTHLY)]),
        "subscription_data",
        "parameters_exclusive",
    ),
    "fee in percent of a one-time link": (
        lambda: a_link(application_fee_percent="5"),
        "application_fee_percent",
        "parameters_exclusive",
    ),
    "collecting no payment method of a one-time link": (
        lambda: a_link(payment_method_collection="if_required"),
        "payment_method_collection",
        "parameters_exclusive",
    ),
    "payment intent data of a subscription": (
        lambda: a_link(a_line(MONTHLY), payment_intent_data={}),
        "payment_intent_data",
        "parameters_exclusive",
    ),
    "payment intent data beside an optional subscription": (
        lambda: a_link(payment_intent_data={}, optional_items=[an_optional_item(MONTHLY)]),
        "payment_intent_data",
        "parameters_exclusive",
    ),
    "fixed fee of a subscription": (
        lambda: a_link(a_line(MONTHLY), application_fee_amount=100),
        "application_fee_amount",
        "parameters_exclusive",
    ),
    "invoice creation of a subscription": (
        lambda: a_link(a_line(MONTHLY), invoice_creation={"enabled": True}),
        "invoice_creation",
        "parameters_exclusive",
    ),
    "fixed transfer of a subscription": (
        lambda: a_link(a_line(MONTHLY), transfer_data={"destination": "acct_1", "amount": 100}),
        "transfer_data[amount]",
        "parameters_exclusive",
    ),
    "fee of more than 100 percent": (
        lambda: a_link(a_line(MONTHLY), application_fee_percent="100.01"),
        "application_fee_percent",
        "parameter_invalid",
    ),
    "fee with three decimals": (
        lambda: a_link(a_line(MONTHLY), application_fee_percent="1.125"),
        "application_fee_percent",
        "parameter_invalid",
    ),
    "negative fee": (
        lambda: a_link(application_fee_amount=-1),
        "application_fee_amount",
        "parameter_invalid_integer",
    ),
    "negative transfer": (
        lambda: a_link(transfer_data={"destination": "acct_1", "amount": -1}),
        "transfer_data[amount]",
        "parameter_invalid_integer",
    ),
    "fee and the amount of a transfer": (
        lambda: a_link(application_fee_amount=1, transfer_data={"destination": "acct_1", "amount": 1}),
        "application_fee_amount",
        "parameters_exclusive",
    ),
    "inactive tax rate": (
        lambda: a_link(tax_rates=[a_tax_rate(), a_tax_rate("7", active=False)]),
        "counterfoil[tax_rates][1]",
        "parameter_invalid",
    ),
    "tax rates and automatic tax": (
        lambda: a_link(tax_rates=[a_tax_rate()], automatic_tax={"enabled": True}),
        "counterfoil[tax_rates]",
        "parameters_exclusive",
    ),
    "coupon that has ended": (
        lambda: a_link(coupon=a_coupon(valid=False)),
        "counterfoil[coupon]",
        "coupon_expired",
    ),
    "coupon and promotion codes": (
        lambda: a_link(coupon=a_coupon(), allow_promotion_codes=True),
        "counterfoil[coupon]",
        "parameters_exclusive",
    ),
    "inactive shipping rate": (
        lambda: a_link(shipping=[a_shipping_rate(active=False)]),
        "shipping_options[0][shipping_rate]",
        "parameter_invalid",
    ),
    "6 shipping options": (
        lambda: a_link(shipping=[a_shipping_rate(amount) for amount in range(6)]),
        "shipping_options",
        "parameter_invalid",
    ),
    "4 custom fields": (
        lambda: asking(*(a_field(key=f"field{number}") for number in range(4))),
        "custom_fields",
        "parameter_invalid",
    ),
    "two fields with one key": (
        lambda: asking(a_field(), a_field()),
        "custom_fields[1][key]",
        "parameter_invalid",
    ),
    "key with a hyphen": (lambda: asking(a_field(key="shoe-size")), "custom_fields[0][key]", "invalid_characters"),
    "key in other letters": (lambda: asking(a_field(key="größe")), "custom_fields[0][key]", "invalid_characters"),
    "empty key": (lambda: asking(a_field(key="")), "custom_fields[0][key]", "invalid_characters"),
    "label of 51 characters": (
        lambda: asking(a_field(label={"type": "custom", "custom": "x" * 51})),
        "custom_fields[0][label][custom]",
        "parameter_invalid",
    ),
    "blank label": (
        lambda: asking(a_field(label={"type": "custom", "custom": " "})),
        "custom_fields[0][label][custom]",
        "parameter_missing",
    ),
    "dropdown without options": (
        lambda: asking(a_field("dropdown")),
        "custom_fields[0][dropdown]",
        "parameter_missing",
    ),
    "dropdown with no option": (
        lambda: asking(a_field("dropdown", dropdown={"options": []})),
        "custom_fields[0][dropdown][options]",
        "parameter_invalid_empty",
    ),
    "201 options": (
        lambda: asking(a_dropdown(*(f"value{number}" for number in range(201)))),
        "custom_fields[0][dropdown][options]",
        "parameter_invalid",
    ),
    "two options with one value": (
        lambda: asking(a_dropdown("small", "small")),
        "custom_fields[0][dropdown][options][1][value]",
        "parameter_invalid",
    ),
    "option value with a space": (
        lambda: asking(a_dropdown("very large")),
        "custom_fields[0][dropdown][options][0][value]",
        "invalid_characters",
    ),
    "default value that is no option": (
        lambda: asking(a_dropdown("small", default_value="large")),
        "custom_fields[0][dropdown][default_value]",
        "parameter_invalid",
    ),
    "default value with letters in digits": (
        lambda: asking(a_field("numeric", numeric={"default_value": "12a"})),
        "custom_fields[0][numeric][default_value]",
        "invalid_characters",
    ),
    "default value in other digits": (
        lambda: asking(a_field("numeric", numeric={"default_value": "١٢"})),
        "custom_fields[0][numeric][default_value]",
        "invalid_characters",
    ),
    "default value that is too short": (
        lambda: asking(a_field(text={"default_value": "ab", "minimum_length": 3})),
        "custom_fields[0][text][default_value]",
        "parameter_invalid",
    ),
    "default value that is too long": (
        lambda: asking(a_field(text={"default_value": "abcd", "maximum_length": 3})),
        "custom_fields[0][text][default_value]",
        "parameter_invalid",
    ),
    "shortest answer above the longest": (
        lambda: asking(a_field(text={"minimum_length": 4, "maximum_length": 3})),
        "custom_fields[0][text][minimum_length]",
        "parameters_exclusive",
    ),
    "longest answer of 256": (
        lambda: asking(a_field(text={"maximum_length": 256})),
        "custom_fields[0][text][maximum_length]",
        "parameter_invalid_integer",
    ),
    "text rules on a numeric field": (
        lambda: asking(a_field("numeric", text={"maximum_length": 3})),
        "custom_fields[0][text]",
        "parameters_exclusive",
    ),
    "redirect without its URL": (
        lambda: a_link(after_completion={"type": "redirect"}),
        "after_completion[redirect]",
        "parameter_missing",
    ),
    "redirect with a confirmation": (
        lambda: a_link(
            after_completion={"type": "redirect", "redirect": {"url": "https://a.example/"}, "hosted_confirmation": {}}
        ),
        "after_completion[hosted_confirmation]",
        "parameters_exclusive",
    ),
    "confirmation with a redirect": (
        lambda: a_link(after_completion={"type": "hosted_confirmation", "redirect": {"url": "https://a.example/"}}),
        "after_completion[redirect]",
        "parameters_exclusive",
    ),
    "redirect by http": (
        lambda: redirecting("http://a.example/"),
        "after_completion[redirect][url]",
        "url_invalid",
    ),
    "no country to ship to": (
        lambda: a_link(shipping_address_collection={"allowed_countries": []}),
        "shipping_address_collection[allowed_countries]",
        "parameter_invalid_empty",
    ),
    "limit of 0": (
        lambda: a_link(restrictions={"completed_sessions": {"limit": 0}}),
        "restrictions[completed_sessions][limit]",
        "parameter_invalid_integer",
    ),
    "liability of an account without its id": (
        lambda: a_link(automatic_tax={"enabled": True, "liability": {"type": "account"}}),
        "automatic_tax[liability][account]",
        "parameter_missing",
    ),
    "issuer that is oneself with an id": (
        lambda: a_link(
            a_line(MONTHLY),
            subscription_data={"invoice_settings": {"issuer": {"type": "self", "account": "acct_1"}}},
        ),
        "subscription_data[invoice_settings][issuer][account]",
        "parameters_exclusive",
    ),
    "trial of no day": (
        lambda: a_link(a_line(MONTHLY), subscription_data={"trial_period_days": 0}),
        "subscription_data[trial_period_days]",
        "parameter_invalid_integer",
    ),
    "trial of more than two years": (
        lambda: a_link(a_line(MONTHLY), subscription_data={"trial_period_days": 731}),
        "subscription_data[trial_period_days]",
        "parameter_invalid_integer",
    ),
    "statement descriptor with a star": (
        lambda: a_link(payment_intent_data={"statement_descriptor": "HONEY*JAR"}),
        "payment_intent_data[statement_descriptor]",
        "invalid_characters",
    ),
    "statement descriptor of digits": (
        lambda: a_link(payment_intent_data={"statement_descriptor_suffix": "2026"}),
        "payment_intent_data[statement_descriptor_suffix]",
        "invalid_characters",
    ),
    "closing before it opens": (
        lambda: a_link(counterfoil={"opens_at": 2000, "closes_at": 2000}),
        "counterfoil[closes_at]",
        "parameters_exclusive",
    ),
    "due in milliseconds": (
        lambda: a_link(counterfoil={"due_date": 1_790_000_000_000}),
        "counterfoil[due_date]",
        "parameter_invalid_integer",
    ),
}


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
