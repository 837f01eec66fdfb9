"""Links with every attribute, and the session parameters of a link and a selection."""

from decimal import Decimal
from typing import Any

from app.gateway.session_params import session_params
from app.objects.organization import Branding, Organization, Settings
from app.objects.payment_link import PaymentLink
from app.objects.selection import Answers, Consent, Selection, UrlParameters
from app.pricing.quote import quote
from tests.support.build import (
    NOW,
    a_custom_price,
    a_line,
    a_link,
    a_price,
    a_product,
    a_shipping_rate,
    a_tax_rate,
    adjustable,
    an_optional_item,
    an_organization,
    every,
)

SUCCESS_URL = "https://pay.hillside.example/pay/honey/complete/token?session_id={CHECKOUT_SESSION_ID}"
CANCEL_URL = "https://pay.hillside.example/pay/honey/cancel/token"
EXPIRES_AT = NOW + 3600

APIARY = an_organization(
    settings=Settings(
        branding=Branding(
            primary_color="#aa5500",
            secondary_color="#00aa55",
            logo="https://hillside.example/logo.png",
            icon="https://hillside.example/icon.png",
        )
    )
)

CUSTOM_FIELDS: list[dict[str, Any]] = [
    {
        "key": "size",
        "label": {"type": "custom", "custom": "Size"},
        "type": "dropdown",
        "dropdown": {
            "options": [{"label": "Small", "value": "s"}, {"label": "Large", "value": "l"}],
            "default_value": "s",
        },
    },
    {
        "key": "engraving",
        "label": {"type": "custom", "custom": "Engraving"},
        "type": "text",
        "optional": True,
        "text": {"default_value": "Bee", "maximum_length": 20, "minimum_length": 2},
    },
    {
        "key": "member",
        "label": {"type": "custom", "custom": "Member number"},
        "type": "numeric",
        "numeric": {"maximum_length": 8, "minimum_length": 4},
    },
    {"key": "fourth", "label": {"type": "custom", "custom": "A fourth"}, "type": "text"},
]

IN_BOTH_MODES: dict[str, Any] = {
    "allow_promotion_codes": True,
    "automatic_tax": {"enabled": True, "liability": {"type": "account", "account": "acct_tax"}},
    "billing_address_collection": "required",
    "consent_collection": {
        "payment_method_reuse_agreement": {"position": "hidden"},
        "promotions": "auto",
        "terms_of_service": "required",
    },
    "counterfoil": {"reference": "Order 17/ä", "tax_rates": (a_tax_rate("19"), a_tax_rate("7"))},
    "custom_fields": CUSTOM_FIELDS,
    "custom_text": {
        "after_submit": {"message": "Thank you"},
        "shipping_address": {"message": "No boxes"},
        "submit": {"message": "Sent on Monday"},
        "terms_of_service_acceptance": {"message": "I agree"},
    },
    "customer_creation": "always",
    "managed_payments": {"enabled": True},
    "metadata": {"campaign": "autumn"},
    "name_collection": {"business": {"enabled": True, "optional": True}, "individual": {"enabled": True}},
    "on_behalf_of": "acct_behalf",
    "payment_method_options": {"card": {"restrictions": {"brands_blocked": ["american_express", "visa"]}}},
    "payment_method_types": ["card", "sepa_debit", "paypal"],
    "phone_number_collection": {"enabled": True},
    "shipping": [a_shipping_rate(490), a_shipping_rate(990)],
    "shipping_address_collection": {"allowed_countries": ["DE", "AT"]},
    "tax_id_collection": {"enabled": True, "required": "if_supported"},
}

PAYMENT = a_link(
    a_line(a_price(1250), quantity=2, adjustable_quantity=adjustable(1, 9)),
    a_line(a_custom_price(100, 5000, 1000, product=a_product("prod_gift", "Gift"), tax_behavior="exclusive")),
    **IN_BOTH_MODES,
    application_fee_amount=123,
    invoice_creation={
        "enabled": True,
        "invoice_data": {
            "account_tax_ids": ["atxi_1"],
            "custom_fields": [{"name": "Order", "value": "17"}],
            "description": "Honey",
            "footer": "Thanks",
            "issuer": {"type": "account", "account": "acct_issuer"},
            "metadata": {"kind": "invoice"},
            "rendering_options": {"amount_tax_display": "exclude_tax", "template": "inrtem_1"},
        },
    },
    optional_items=[an_optional_item(adjustable_quantity=adjustable(0, 5))],
    payment_intent_data={
        "capture_method": "manual",
        "description": "Honey from the hill",
        "metadata": {"kind": "payment"},
        "setup_future_usage": "off_session",
        "statement_descriptor": "HILLSIDE",
        "statement_descriptor_suffix": "HONEY",
        "transfer_group": "group_1",
    },
    submit_type="donate",
    transfer_data={"destination": "acct_destination", "amount": 1000},
)
"""A one-time link with every attribute that payment mode has a parameter for."""

SUBSCRIPTION = a_link(
    a_line(a_price(900, recurring="month"), quantity=1, adjustable_quantity=adjustable(1, 9)),
    a_line(a_price(5, id="price_usage", recurring=every("month", usage_type="metered"))),
    **IN_BOTH_MODES,
    application_fee_percent=Decimal("12.5"),
    optional_items=[an_optional_item(), an_optional_item(a_price(300, id="price_more", recurring="month"))],
    payment_method_collection="if_required",
    submit_type="subscribe",
    subscription_data={
        "description": "The honey of the month",
        "invoice_settings": {
            "account_tax_ids": ["atxi_1"],
            "custom_fields": [{"name": "Order", "value": "17"}],
            "description": "Honey",
            "footer": "Thanks",
            "issuer": {"type": "account", "account": "acct_issuer"},
        },
        "metadata": {"kind": "subscription"},
        "trial_period_days": 14,
        "trial_settings": {"end_behavior": {"missing_payment_method": "pause"}},
    },
    transfer_data={"destination": "acct_destination"},
)
"""A monthly link with every attribute that subscription mode has a parameter for."""

FULL_SELECTION = Selection(
    answers=Answers(
        consent=Consent(terms_of_service="accepted", promotions="opt_in"),
        custom_fields={"size": "l", "engraving": "Für Ada"},
    ),
    unit_amounts={"li_gift": 2500},
    url_parameters=UrlParameters(locked_prefilled_email="ada@buyer.example", client_reference_id="cart_9"),
)


def sent(
    link: PaymentLink,
    selection: Selection | None = None,
    *,
    asked_by_page: bool = True,
    locale: str | None = "en",
    organization: Organization = APIARY,
) -> dict[str, Any]:
    """Return the session parameters for this link and selection."""
    selection = selection or Selection()
    return session_params(
        link,
        quote(link, selection, NOW),
        selection,
        attempt_id="att_1",
        reference="CF-7K2M-94QX",
        success_url=SUCCESS_URL,
        cancel_url=CANCEL_URL,
        expires_at=EXPIRES_AT,
        organization=organization,
        asked_by_page=asked_by_page,
        locale=locale,
    )
