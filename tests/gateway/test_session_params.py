"""Every attribute of a link, and its parameter of the Checkout Session."""

from typing import Any

import pytest

from app.objects.payment_link import PaymentLink
from app.objects.selection import Selection
from tests.gateway.links import (
    APIARY,
    CANCEL_URL,
    CUSTOM_FIELDS,
    EXPIRES_AT,
    FULL_SELECTION,
    PAYMENT,
    SUBSCRIPTION,
    SUCCESS_URL,
    sent,
)
from tests.gateway.sdk_types import session_mismatches
from tests.support.build import a_coupon, a_link, a_promotion_code

ABSENT = object()

BOTH = (PAYMENT, SUBSCRIPTION)
INVOICE_DATA = {
    "account_tax_ids": ["atxi_1"],
    "custom_fields": [{"name": "Order", "value": "17"}],
    "description": "Honey",
    "footer": "Thanks",
    "issuer": {"type": "account", "account": "acct_issuer"},
}

# attribute of the link, links, parameter of the session, its value
ROWS: list[tuple[str, tuple[PaymentLink, ...], str, Any]] = [
    ("allow_promotion_codes", BOTH, "allow_promotion_codes", True),
    ("allow_promotion_codes", BOTH, "discounts", ABSENT),
    ("application_fee_amount", (PAYMENT,), "payment_intent_data.application_fee_amount", 123),
    ("application_fee_percent", (SUBSCRIPTION,), "subscription_data.application_fee_percent", 12.5),
    (
        "automatic_tax",
        BOTH,
        "automatic_tax",
        {"enabled": True, "liability": {"type": "account", "account": "acct_tax"}},
    ),
    ("billing_address_collection", BOTH, "billing_address_collection", "required"),
    ("consent_collection", BOTH, "consent_collection.payment_method_reuse_agreement", {"position": "hidden"}),
    ("consent_collection", BOTH, "consent_collection.promotions", "auto"),
    ("consent_collection", BOTH, "consent_collection.terms_of_service", "required"),
    ("currency", BOTH, "currency", "eur"),
    ("custom_fields", BOTH, "custom_fields.0", {**CUSTOM_FIELDS[0], "optional": False}),
    ("custom_fields", BOTH, "custom_fields.1", CUSTOM_FIELDS[1]),
    ("custom_fields", BOTH, "custom_fields.2", {**CUSTOM_FIELDS[2], "optional": False}),
    ("custom_fields", BOTH, "custom_fields.3", ABSENT),
    ("custom_text", BOTH, "custom_text.after_submit", {"message": "Thank you"}),
    ("custom_text", BOTH, "custom_text.shipping_address", {"message": "No boxes"}),
    ("custom_text", BOTH, "custom_text.submit", {"message": "Sent on Monday"}),
    ("custom_text", BOTH, "custom_text.terms_of_service_acceptance", {"message": "I agree"}),
    ("customer_creation", (PAYMENT,), "customer_creation", "always"),
    ("customer_creation", (SUBSCRIPTION,), "customer_creation", ABSENT),
    (
        "invoice_creation",
        (PAYMENT,),
        "invoice_creation",
        {
            "enabled": True,
            "invoice_data": {
                **INVOICE_DATA,
                "metadata": {"kind": "invoice"},
                "rendering_options": {"amount_tax_display": "exclude_tax", "template": "inrtem_1"},
            },
        },
    ),
    ("invoice_creation", (SUBSCRIPTION,), "invoice_creation", ABSENT),
    (
        "line_items",
        (PAYMENT,),
        "line_items.0",
        {
            "price": "price_honey",
            "quantity": 2,
            "adjustable_quantity": {"enabled": True, "minimum": 1, "maximum": 9},
            "tax_rates": ["txr_19", "txr_7"],
        },
    ),
    (
        "line_items",
        (PAYMENT,),
        "line_items.1",
        {
            "price_data": {"currency": "eur", "product": "prod_gift", "unit_amount": 2500, "tax_behavior": "exclusive"},
            "quantity": 1,
            "tax_rates": ["txr_19", "txr_7"],
        },
    ),
    ("line_items", (SUBSCRIPTION,), "line_items.0.price", "price_honey"),
    ("line_items", (SUBSCRIPTION,), "line_items.1", {"price": "price_usage", "tax_rates": ["txr_19", "txr_7"]}),
    ("line_items", (PAYMENT,), "mode", "payment"),
    ("line_items", (SUBSCRIPTION,), "mode", "subscription"),
    ("managed_payments", BOTH, "managed_payments", {"enabled": True}),
    ("metadata", BOTH, "metadata.campaign", "autumn"),
    (
        "name_collection",
        BOTH,
        "name_collection",
        {"business": {"enabled": True, "optional": True}, "individual": {"enabled": True, "optional": False}},
    ),
    ("on_behalf_of", (PAYMENT,), "payment_intent_data.on_behalf_of", "acct_behalf"),
    ("on_behalf_of", (SUBSCRIPTION,), "subscription_data.on_behalf_of", "acct_behalf"),
    (
        "optional_items",
        (PAYMENT,),
        "optional_items",
        [
            {
                "price": "price_spoon",
                "quantity": 1,
                "adjustable_quantity": {"enabled": True, "minimum": 0, "maximum": 5},
            }
        ],
    ),
    (
        "optional_items",
        (SUBSCRIPTION,),
        "optional_items",
        [{"price": "price_spoon", "quantity": 1}, {"price": "price_more", "quantity": 1}],
    ),
    ("payment_intent_data", (PAYMENT,), "payment_intent_data.capture_method", "manual"),
    ("payment_intent_data", (PAYMENT,), "payment_intent_data.description", "Honey from the hill (Order 17/ä)"),
    ("payment_intent_data", (PAYMENT,), "payment_intent_data.metadata.kind", "payment"),
    ("payment_intent_data", (PAYMENT,), "payment_intent_data.setup_future_usage", "off_session"),
    ("payment_intent_data", (PAYMENT,), "payment_intent_data.statement_descriptor", "HILLSIDE"),
    ("payment_intent_data", (PAYMENT,), "payment_intent_data.statement_descriptor_suffix", "HONEY"),
    ("payment_intent_data", (PAYMENT,), "payment_intent_data.transfer_group", "group_1"),
    ("payment_intent_data", (SUBSCRIPTION,), "payment_intent_data", ABSENT),
    ("payment_method_collection", (SUBSCRIPTION,), "payment_method_collection", "if_required"),
    ("payment_method_collection", (PAYMENT,), "payment_method_collection", ABSENT),
    (
        "payment_method_options",
        BOTH,
        "payment_method_options",
        {"card": {"restrictions": {"brands_blocked": ["american_express", "visa"]}}},
    ),
    ("payment_method_types", BOTH, "allowed_payment_method_types", ["card", "sepa_debit", "paypal"]),
    ("payment_method_types", BOTH, "payment_method_types", ABSENT),
    ("phone_number_collection", BOTH, "phone_number_collection", {"enabled": True}),
    ("shipping_address_collection", BOTH, "shipping_address_collection", {"allowed_countries": ["DE", "AT"]}),
    ("shipping_options", BOTH, "shipping_options", [{"shipping_rate": "shr_490"}, {"shipping_rate": "shr_990"}]),
    ("submit_type", (PAYMENT,), "submit_type", "donate"),
    ("submit_type", (SUBSCRIPTION,), "submit_type", "subscribe"),
    ("subscription_data", (PAYMENT,), "subscription_data", ABSENT),
    (
        "subscription_data",
        (SUBSCRIPTION,),
        "subscription_data.description",
        "The honey of the month (Order 17/ä)",
    ),
    ("subscription_data", (SUBSCRIPTION,), "subscription_data.invoice_settings", INVOICE_DATA),
    ("subscription_data", (SUBSCRIPTION,), "subscription_data.metadata.kind", "subscription"),
    ("subscription_data", (SUBSCRIPTION,), "subscription_data.trial_period_days", 14),
    (
        "subscription_data",
        (SUBSCRIPTION,),
        "subscription_data.trial_settings",
        {"end_behavior": {"missing_payment_method": "pause"}},
    ),
    ("tax_id_collection", BOTH, "tax_id_collection", {"enabled": True, "required": "if_supported"}),
    (
        "transfer_data",
        (PAYMENT,),
        "payment_intent_data.transfer_data",
        {"destination": "acct_destination", "amount": 1000},
    ),
    ("transfer_data", (SUBSCRIPTION,), "subscription_data.transfer_data", {"destination": "acct_destination"}),
    ("counterfoil", BOTH, "metadata.counterfoil_link_reference", "Order 17/ä"),
    ("id", BOTH, "metadata.counterfoil_payment_link", "plink_honey"),
]

HAS_NO_PARAMETER = {
    "object",
    "active",  # ours to keep, like the message and the count
    "inactive_message",
    "restrictions",
    "after_completion",  # our completion route comes first
    "application",
    "livemode",
    "url",
}


def at(params: Any, path: str) -> Any:
    """Return the value at `a.0.b`, or ABSENT."""
    for part in path.split("."):
        if isinstance(params, list) and int(part) < len(params):
            params = params[int(part)]
        elif isinstance(params, dict) and part in params:
            params = params[part]
        else:
            return ABSENT
    return params


def full(link: PaymentLink) -> dict[str, Any]:
    """Return the parameters for an API request that answers only the amount that the buyer chose."""
    return sent(link, Selection(unit_amounts=FULL_SELECTION.unit_amounts), asked_by_page=False)


@pytest.mark.parametrize(
    ("link", "parameter", "value"),
    [
        pytest.param(
            link, parameter, value, id=f"{attribute} to {parameter} {'payment' if link is PAYMENT else 'subscription'}"
        )
        for attribute, links, parameter, value in ROWS
        for link in links
    ],
)
def test_attribute_goes_to_its_parameter(link: PaymentLink, parameter: str, value: Any) -> None:
    assert at(full(link), parameter) == value


def test_every_attribute_of_a_link_has_a_row_or_a_reason() -> None:
    rows = {row[0] for row in ROWS}
    assert not rows & HAS_NO_PARAMETER
    assert rows | HAS_NO_PARAMETER == set(PaymentLink.model_fields)


@pytest.mark.parametrize("asked_by_page", [True, False], ids=["page", "program"])
@pytest.mark.parametrize("link", BOTH, ids=["payment", "subscription"])
@pytest.mark.parametrize("discount", ["no discount", "promotion code", "coupon"])
def test_the_sdk_knows_every_name_word_and_type_that_is_sent(
    link: PaymentLink, asked_by_page: bool, discount: str
) -> None:
    selection = FULL_SELECTION
    if discount == "promotion code":
        selection = selection.model_copy(update={"promotion_code": a_promotion_code()})
    elif discount == "coupon":
        counterfoil = link.counterfoil.model_copy(update={"coupon": a_coupon()})
        link = link.model_copy(update={"counterfoil": counterfoil, "allow_promotion_codes": False})
    params = sent(link, selection, asked_by_page=asked_by_page)
    assert ("discounts" in params) is (discount != "no discount")
    assert session_mismatches(params) == []


def test_the_comparison_finds_wrong_names_words_and_types() -> None:
    params = sent(PAYMENT, FULL_SELECTION)
    wrong = {**params, "payment_method_types": ["card"], "mode": "donation", "expires_at": "soon"}
    assert [line.split(":")[0] for line in session_mismatches(wrong)] == ["mode", "expires_at", "payment_method_types"]


def test_the_addresses_keep_stripes_placeholder() -> None:
    params = sent(a_link())
    assert (params["success_url"], params["cancel_url"], params["expires_at"]) == (SUCCESS_URL, CANCEL_URL, EXPIRES_AT)


def test_a_plain_link_sends_only_what_it_needs() -> None:
    assert sent(a_link(), locale=None) == {
        "mode": "payment",
        "currency": "eur",
        "line_items": [{"price": "price_honey", "quantity": 1}],
        "success_url": SUCCESS_URL,
        "cancel_url": CANCEL_URL,
        "expires_at": EXPIRES_AT,
        "billing_address_collection": "auto",
        "branding_settings": {
            "button_color": "#aa5500",
            "display_name": "Hillside Apiary",
            "icon": {"type": "url", "url": "https://hillside.example/icon.png"},
            "logo": {"type": "url", "url": "https://hillside.example/logo.png"},
        },
        "customer_creation": "if_required",
        "metadata": {
            "counterfoil_payment_link": "plink_honey",
            "counterfoil_attempt": "att_1",
            "counterfoil_reference": "CF-7K2M-94QX",
        },
        "payment_intent_data": {"metadata": {"counterfoil_reference": "CF-7K2M-94QX"}},
        "submit_type": "auto",
    }


def test_only_images_that_stripe_can_fetch_are_sent() -> None:
    branding = APIARY.settings.branding.model_copy(
        update={"logo": "/static/logo.png", "icon": "http://a.example/i.png"}
    )
    organization = APIARY.model_copy(update={"settings": APIARY.settings.model_copy(update={"branding": branding})})
    assert set(sent(a_link(), organization=organization)["branding_settings"]) == {"button_color", "display_name"}
