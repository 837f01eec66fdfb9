"""Links with every parameter: for a single payment, for a subscription, and for each shape of price."""

from typing import Any

from tests.api.conftest import ApiShop
from tests.support.build import NOW


def whole_payment(shop: ApiShop) -> dict[str, Any]:
    """Return every parameter of a link for one-time payments."""
    rates = [
        shop.sdk.v1.shipping_rates.create(
            {
                "display_name": name,
                "type": "fixed_amount",
                "fixed_amount": {"amount": amount, "currency": "eur"},
            }
        )
        for name, amount in (("Parcel", 490), ("Courier", 990))
    ]
    return {
        "after_completion": {
            "type": "hosted_confirmation",
            "hosted_confirmation": {"custom_message": "Your honey is on its way."},
        },
        "allow_promotion_codes": True,
        "application_fee_amount": 50,
        "automatic_tax": {"enabled": True, "liability": {"type": "account", "account": "acct_liable"}},
        "billing_address_collection": "required",
        "consent_collection": {
            "payment_method_reuse_agreement": {"position": "hidden"},
            "promotions": "auto",
            "terms_of_service": "required",
        },
        "counterfoil": {
            "closes_at": NOW + 9_000_000,
            "due_date": NOW + 1_000_000,
            "embed_origins": ["https://shop.example.com"],
            "locale": "en",
            "description": "Three jars, **filled** by hand.",
            "image": "https://shop.example.com/honey.jpg",
            "name": "Honey, everything",
            "opens_at": NOW - 1000,
            "reference": "A-2026/7",
            "return_url": "https://shop.example.com/invoices/7",
            "title": "Honey for the winter",
            "translations": {
                "de": {
                    "title": "Honig für den Winter",
                    "description": "Drei Gläser, von Hand **abgefüllt**.",
                    "inactive_message": "Ausverkauft.",
                    "after_completion": "Ihr Honig ist unterwegs.",
                    "custom_text": {
                        "after_submit": "Danke.",
                        "shipping_address": "Nur nach Österreich.",
                        "submit": "Wir liefern am Freitag.",
                        "terms_of_service_acceptance": "Ich nehme die AGB an.",
                    },
                    "custom_fields": {"size": {"label": "Größe", "options": {"small": "Klein"}}},
                },
            },
        },
        "currency": "eur",
        "custom_fields": [
            {
                "key": "size",
                "type": "dropdown",
                "label": {"type": "custom", "custom": "Size of the jar"},
                "dropdown": {
                    "default_value": "small",
                    "options": [{"label": "Small jar", "value": "small"}, {"label": "Large jar", "value": "large"}],
                },
            },
            {
                "key": "member",
                "type": "numeric",
                "label": {"type": "custom", "custom": "Member number"},
                "numeric": {"default_value": "1234", "minimum_length": 3, "maximum_length": 8},
                "optional": True,
            },
            {
                "key": "engraving",
                "type": "text",
                "label": {"type": "custom", "custom": "Engraving"},
                "text": {"default_value": "Honey", "minimum_length": 2, "maximum_length": 20},
            },
        ],
        "custom_text": {
            "after_submit": {"message": "Said after the button."},
            "shipping_address": {"message": "Said beside the address."},
            "submit": {"message": "Said beside the button."},
            "terms_of_service_acceptance": {"message": "Said beside the terms."},
        },
        "customer_creation": "always",
        "inactive_message": "The honey is sold out.",
        "invoice_creation": {
            "enabled": True,
            "invoice_data": {
                "account_tax_ids": ["txi_1"],
                "custom_fields": [{"name": "Order", "value": "7"}],
                "description": "A jar of honey",
                "footer": "Thank you",
                "issuer": {"type": "account", "account": "acct_issuer"},
                "metadata": {"invoice": "yes"},
                "rendering_options": {"amount_tax_display": "include_inclusive_tax", "template": "inrtem_1"},
            },
        },
        "line_items": [
            {
                "adjustable_quantity": {"enabled": True, "minimum": 1, "maximum": 10},
                "price": shop.price(1250),
                "quantity": 2,
            }
        ],
        "managed_payments": {"enabled": True},
        "metadata": {"order": "7"},
        "name_collection": {
            "business": {"enabled": True, "optional": True},
            "individual": {"enabled": True, "optional": False},
        },
        "on_behalf_of": "acct_behalf",
        "optional_items": [
            {
                "adjustable_quantity": {"enabled": True, "minimum": 0, "maximum": 3},
                "price": shop.price(400, product_data={"name": "Wooden spoon"}),
                "quantity": 1,
            }
        ],
        "payment_intent_data": {
            "capture_method": "manual",
            "description": "Honey",
            "metadata": {"intent": "yes"},
            "setup_future_usage": "off_session",
            "statement_descriptor": "HILLSIDE",
            "statement_descriptor_suffix": "HONEY",
            "transfer_group": "group-7",
        },
        "payment_method_options": {"card": {"restrictions": {"brands_blocked": ["american_express"]}}},
        "payment_method_types": ["card", "sepa_debit"],
        "phone_number_collection": {"enabled": True},
        "restrictions": {"completed_sessions": {"limit": 500}},
        "shipping_address_collection": {"allowed_countries": ["AT", "DE"]},
        "shipping_options": [{"shipping_rate": rate.id} for rate in rates],
        "submit_type": "donate",
        "tax_id_collection": {"enabled": True, "required": "if_supported"},
        "transfer_data": {"destination": "acct_seller"},
    }


def whole_subscription(shop: ApiShop) -> dict[str, Any]:
    """Return the parameters that only a link for subscriptions takes."""
    price = shop.price(900, recurring={"interval": "month", "interval_count": 3}, tax_behavior="exclusive")
    return {
        "after_completion": {"type": "redirect", "redirect": {"url": "https://shop.example.com/thanks?a=1"}},
        "application_fee_percent": "12.25",
        "line_items": [{"price": price, "quantity": 1}],
        "payment_method_collection": "if_required",
        "subscription_data": {
            "description": "Honey every season",
            "invoice_settings": {
                "account_tax_ids": ["txi_1"],
                "custom_fields": [{"name": "Order", "value": "7"}],
                "description": "Invoice",
                "footer": "Thank you",
                "issuer": {"type": "account", "account": "acct_issuer"},
            },
            "metadata": {"subscription": "yes"},
            "trial_period_days": 14,
            "trial_settings": {"end_behavior": {"missing_payment_method": "pause"}},
        },
    }


def discounted(shop: ApiShop) -> dict[str, Any]:
    """Return the parameters that set a line item's taxes and discounts: our own tax rates and coupon."""
    product = shop.sdk.v1.products.create({"name": "Jar of honey", "images": ["https://shop.example.com/jar.png"]})
    coupon = shop.sdk.v1.coupons.create(
        {
            "amount_off": 200,
            "applies_to": {"products": [product.id]},
            "currency": "eur",
            "currency_options": {"usd": {"amount_off": 250}},
            "duration": "repeating",
            "duration_in_months": 3,
            "max_redemptions": 100,
            "metadata": {"season": "harvest"},
            "name": "Harvest",
            "redeem_by": NOW + 1_000_000,
        }
    )
    percent = shop.sdk.v1.tax_rates.create(
        {
            "country": "DE",
            "description": "Statutory",
            "display_name": "VAT",
            "inclusive": False,
            "jurisdiction": "Germany",
            "metadata": {"law": "UStG"},
            "percentage": 10,
            "state": "BY",
            "tax_type": "vat",
        }
    )
    price = shop.price(
        1000,
        product=product.id,
        product_data=None,
        lookup_key=f"honey-{shop.key[-8:]}",
        nickname="Honey",
        metadata={"shelf": "3"},
        tax_behavior="exclusive",
        currency_options={"usd": {"unit_amount": 1100, "tax_behavior": "exclusive"}},
        recurring={"interval": "month", "interval_count": 1},
    )
    return {
        "line_items": [{"price": price, "quantity": 2}],
        "counterfoil": {"coupon": coupon.id, "tax_rates": [percent.id]},
    }


def sparse(shop: ApiShop) -> dict[str, dict[str, Any]]:
    """Return links by name, with as few attributes in each part as possible."""
    label = {"type": "custom", "custom": "Question"}
    options = [{"label": "One", "value": "one"}]
    coupon = shop.sdk.v1.coupons.create({"percent_off": 12.5, "duration": "forever"})
    monthly = [{"price": shop.price(900, recurring={"interval": "month"}), "quantity": 1}]
    once = [{"price": shop.price(), "quantity": 1}]
    return {
        "sparse payment": {
            "automatic_tax": {"enabled": True, "liability": {"type": "self"}},
            "consent_collection": {"promotions": "none"},
            "custom_fields": [
                {"key": "one", "type": "dropdown", "label": label, "dropdown": {"options": options}},
                {"key": "two", "type": "numeric", "label": label, "numeric": {}},
                {"key": "three", "type": "text", "label": label, "text": {}},
            ],
            "invoice_creation": {
                "enabled": True,
                "invoice_data": {"issuer": {"type": "self"}, "rendering_options": {"template": "inrtem_1"}},
            },
            "line_items": once,
            "payment_intent_data": {},
        },
        "sparse consent": {"consent_collection": {"terms_of_service": "none"}, "line_items": once},
        "sparse subscription": {
            "counterfoil": {"coupon": coupon.id},
            "line_items": monthly,
            "subscription_data": {"invoice_settings": {"issuer": {"type": "self"}}},
        },
    }


def prices(shop: ApiShop) -> dict[str, dict[str, Any]]:
    """Return the parameters of one link for each shape of price, by name."""
    tiers = [
        {"up_to": 10, "unit_amount": 500, "flat_amount": 100},
        {"up_to": "inf", "unit_amount_decimal": "399.5", "flat_amount_decimal": "0.5"},
    ]
    recurring = {"interval": "month"}
    return {
        "tiers": {
            "billing_scheme": "tiered",
            "currency_options": {"usd": {"tiers": tiers}},
            "recurring": recurring,
            "tiers": tiers,
            "tiers_mode": "graduated",
            "unit_amount": None,
        },
        "packs": {"transform_quantity": {"divide_by": 6, "round": "up"}},
        "decimal": {"unit_amount": None, "unit_amount_decimal": "250.125"},
        "chosen": {
            "unit_amount": None,
            "custom_unit_amount": {"enabled": True, "minimum": 100, "maximum": 9000, "preset": 500},
            "currency_options": {
                "usd": {"custom_unit_amount": {"enabled": True, "minimum": 200, "maximum": 8000, "preset": 600}}
            },
        },
        "open tiers": {
            "billing_scheme": "tiered",
            "currency_options": {
                "usd": {"tiers": [{"up_to": 5, "flat_amount": 100}, {"up_to": "inf", "unit_amount": 50}]}
            },
            "recurring": recurring,
            "tiers": [{"up_to": 5, "flat_amount": 100}, {"up_to": "inf", "unit_amount": 50}],
            "tiers_mode": "volume",
            "unit_amount": None,
        },
        "open choice": {
            "unit_amount": None,
            "custom_unit_amount": {"enabled": True},
            "currency_options": {"usd": {"custom_unit_amount": {"enabled": True}}},
        },
        "metered": {"recurring": {"interval": "month", "usage_type": "metered", "meter": "mtr_1"}},
    }
