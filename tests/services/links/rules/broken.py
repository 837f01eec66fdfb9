"""Links that break one rule each, with the parameter and the message that name it."""

from collections.abc import Callable

from app.objects.payment_link import PaymentLink
from tests.services.links.rules.broken_custom_fields import BROKEN_CUSTOM_FIELDS
from tests.services.links.rules.parts import MONTHLY, lines, options, redirecting
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
)

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
    **BROKEN_CUSTOM_FIELDS,
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
    "a way back over plain http": (
        lambda: a_link(counterfoil={"return_url": "http://office.example/invoices/1"}),
        "counterfoil[return_url]",
        "url_invalid",
    ),
    "a way back that is a script": (
        lambda: a_link(counterfoil={"return_url": "javascript:alert(1)"}),
        "counterfoil[return_url]",
        "url_invalid",
    ),
    "a title of characters without a shape": (
        lambda: a_link(counterfoil={"title": "\u2800\u3164"}),
        "counterfoil[title]",
        "parameter_invalid_empty",
    ),
    "a title that nobody can read": (
        lambda: a_link(counterfoil={"title": " \u200b\n"}),
        "counterfoil[title]",
        "parameter_invalid_empty",
    ),
    "due in milliseconds": (
        lambda: a_link(counterfoil={"due_date": 1_790_000_000_000}),
        "counterfoil[due_date]",
        "parameter_invalid_integer",
    ),
}
