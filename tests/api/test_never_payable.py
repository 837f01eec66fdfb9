"""Links that could never be paid are refused when they are created, if we can know it."""

from typing import Any, get_args

import pytest
import stripe

from app.objects.currency import CURRENCIES, SUPPORTED
from app.objects.enumerations import PaymentMethodType
from app.objects.payment_methods import PAYMENT_METHODS
from tests.api.conftest import ApiShop

MISMATCH, UNSUPPORTED = "payment_method_currency_mismatch", "payment_method_unsupported_type"
MONTHLY = {"recurring": {"interval": "month"}}


def refusal_of(
    shop: ApiShop, price: dict[str, Any] | None = None, **params: Any
) -> tuple[str | None, str | None] | None:
    """Return the code and the parameter of the error for a link with this price, or None where the link is created."""
    data = {"currency": "eur", "product_data": {"name": "Honey"}, "unit_amount": 5000, **(price or {})}
    items = [{"price_data": data, "quantity": 1}]
    try:
        shop.sdk.v1.payment_links.create({"line_items": items, **params})
    except stripe.InvalidRequestError as error:
        return error.code, error.param
    return None


CURRENCY_CASES = [
    ("ideal", "usd"), ("oxxo", "usd"), ("sepa_debit", "gbp"), ("bacs_debit", "eur"), ("us_bank_account", "eur"),
    ("blik", "eur"), ("twint", "eur"), ("konbini", "eur"), ("cashapp", "eur"), ("boleto", "usd"), ("upi", "eur"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "currency"), CURRENCY_CASES)
def test_a_method_that_cannot_be_used_in_the_currency_is_refused(shop: ApiShop, method: str, currency: str) -> None:
    types = ["card", method]
    assert refusal_of(shop, {"currency": currency}, payment_method_types=types) == (MISMATCH, "payment_method_types[1]")


@pytest.mark.parametrize("method", ["oxxo", "multibanco", "p24", "wechat_pay", "affirm", "konbini", "swish"])
def test_a_method_that_pays_once_is_refused_for_a_subscription(shop: ApiShop, method: str) -> None:
    currency = min(PAYMENT_METHODS[method].currencies or ())
    price = {"currency": currency, "unit_amount": 50_000}
    assert refusal_of(shop, price, payment_method_types=[method]) is None
    refused = refusal_of(shop, price | MONTHLY, payment_method_types=[method])
    assert refused == (UNSUPPORTED, "payment_method_types[0]")


@pytest.mark.parametrize("method", ["card", "link", "sepa_debit", "paypal", "ideal", "bancontact", "klarna"])
def test_a_method_that_fits_is_accepted_once_and_for_a_subscription(shop: ApiShop, method: str) -> None:
    assert refusal_of(shop, payment_method_types=[method]) is None
    assert refusal_of(shop, MONTHLY, payment_method_types=[method]) is None


def test_an_update_is_refused_by_the_same_rule(shop: ApiShop) -> None:
    link = shop.link()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.sdk.v1.payment_links.update(link.id, {"payment_method_types": ["pix"]})
    assert (refused.value.code, refused.value.param) == (MISMATCH, "payment_method_types[0]")
    assert "pix can't be used in eur: it takes brl." in refused.value.user_message
    assert shop.sdk.v1.payment_links.update(link.id, {"payment_method_types": ["ideal"]}).payment_method_types == [
        "ideal"
    ]


def test_a_method_is_named_once(shop: ApiShop) -> None:
    types = ["card", "ideal", "card"]
    assert refusal_of(shop, payment_method_types=types) == ("parameter_invalid", "payment_method_types[2]")


@pytest.mark.parametrize(
    ("types", "code"),
    [
        (["ideal"], UNSUPPORTED),
        (["ideal", "eps"], UNSUPPORTED),
        (["ideal", "card"], None),
        (["klarna"], None),
        ([], None),
    ],
)
def test_a_capture_by_hand_needs_a_method_that_holds(shop: ApiShop, types: list[str], code: str | None) -> None:
    params: dict[str, Any] = {"payment_method_types": types} if types else {}
    refused = refusal_of(shop, payment_intent_data={"capture_method": "manual"}, **params)
    assert refused == ((code, "payment_method_types") if code else None)
    assert refusal_of(shop, payment_intent_data={"capture_method": "automatic"}, **params) is None


ACCOUNTS: dict[str, dict[str, Any]] = {
    "on_behalf_of": {"on_behalf_of": "seller"},
    "transfer_data[destination]": {"transfer_data": {"destination": "cus_1"}},
    "automatic_tax[liability][account]": {
        "automatic_tax": {"enabled": True, "liability": {"type": "account", "account": "1"}}
    },
    "invoice_creation[invoice_data][issuer][account]": {
        "invoice_creation": {"enabled": True, "invoice_data": {"issuer": {"type": "account", "account": "ACCT_1"}}}
    },
    "subscription_data[invoice_settings][issuer][account]": {
        "subscription_data": {"invoice_settings": {"issuer": {"type": "account", "account": "bc_1"}}}
    },
}


@pytest.mark.parametrize(("param", "params"), ACCOUNTS.items())
def test_what_is_no_id_of_an_account_is_refused(shop: ApiShop, param: str, params: dict[str, Any]) -> None:
    price = MONTHLY if "subscription_data" in params else None
    assert refusal_of(shop, price, **params) == ("resource_missing", param)


@pytest.mark.parametrize("currency", ["xyz", "xxx", "dem", "btc", "EURO"])
def test_a_currency_that_stripe_does_not_have_is_refused(shop: ApiShop, currency: str) -> None:
    assert refusal_of(shop, {"currency": currency}) == ("parameter_invalid", "line_items[0][price_data][currency]")
    assert refusal_of(shop, currency=currency) == ("parameter_invalid", "currency")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.price(currency=currency)
    assert refused.value.param == "currency"


@pytest.mark.parametrize("currency", ["EUR", "Usd", "xcg", "kwd", "vnd"])
def test_a_currency_in_any_case_is_accepted(shop: ApiShop, currency: str) -> None:
    assert refusal_of(shop, {"currency": currency, "unit_amount": 500_000}) is None


def test_a_tax_rate_is_named_once(shop: ApiShop) -> None:
    rate = shop.sdk.v1.tax_rates.create({"display_name": "VAT", "inclusive": False, "percentage": 20}).id
    refused = refusal_of(shop, counterfoil={"tax_rates": [rate, rate]})
    assert refused == ("parameter_invalid", "counterfoil[tax_rates][1]")


def test_the_only_item_may_have_a_minimum_of_0_and_its_page_then_asks_for_1(shop: ApiShop) -> None:
    adjustable = {"enabled": True, "minimum": 0, "maximum": 5}
    link = shop.link(line_items=[{"price": shop.price(), "quantity": 1, "adjustable_quantity": adjustable}])
    shown = shop.sdk.v1.payment_links.line_items.list(link.id).data[0]
    assert shown.adjustable_quantity.minimum == 0
    page = shop.http.get(f"/pay/{link.counterfoil.code}").text
    field = page.partition(f'name="line_items[{shown.id}][quantity]"')
    tag = f"{field[0].rpartition('<')[2]}{field[2].partition('>')[0]}"
    assert ('min="1"' in tag, 'max="5"' in tag) == (True, True), tag


def test_the_table_knows_only_methods_and_currencies_of_stripe() -> None:
    assert PAYMENT_METHODS.keys() <= set(get_args(PaymentMethodType))
    assert set(get_args(PaymentMethodType)) - PAYMENT_METHODS.keys() == {"card", "link"}
    used = {currency for method in PAYMENT_METHODS.values() for currency in method.currencies or ()}
    assert used <= SUPPORTED
    assert CURRENCIES.keys() <= SUPPORTED
