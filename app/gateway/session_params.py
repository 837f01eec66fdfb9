"""The parameters of the Checkout Session for one selection on one link. Pure.

Only what Stripe takes in the session's mode is sent, and what our page has asked already is not asked again. Amounts are
integers in minor units; everything is plain JSON, because the attempt keeps it and sends the very same again.
"""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel

from app.gateway.picture_address import address_for_stripe
from app.gateway.session_metadata import client_reference_id, describe, payment_metadata, session_metadata
from app.objects.enumerations import CHECKOUT_LOCALES
from app.objects.limits import MAXIMUM_CUSTOM_FIELDS, MAXIMUM_SHIPPING_OPTIONS
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.payment_link.parts import OptionalItem
from app.objects.price import Price
from app.objects.quote import Quote, QuoteLine
from app.objects.selection import Selection
from app.pricing.selling import offered_items
from app.wire.email_domain import with_ascii_domain
from app.wire.web_address import origin_of

PAYMENT_DESCRIPTION_LENGTH: Final = 1000
SUBSCRIPTION_DESCRIPTION_LENGTH: Final = 500

_SUBMIT_TYPES: Final[Mapping[str, frozenset[str]]] = {
    "payment": frozenset({"auto", "book", "donate", "pay"}),
    "subscription": frozenset({"auto", "subscribe"}),
}
_EMPTY: Final[tuple[Any, ...]] = ("", {}, [])
_LOCALES: Final = {locale.casefold(): locale for locale in CHECKOUT_LOCALES}


def session_params(
    link: PaymentLink,
    quote: Quote,
    selection: Selection,
    *,
    attempt_id: str,
    reference: str,
    success_url: str,
    cancel_url: str,
    expires_at: int,
    organization: Organization,
    asked_by_page: bool,
    locale: str | None,
) -> dict[str, Any]:
    """Return the parameters of `POST /v1/checkout/sessions`.

    `success_url` already holds `{CHECKOUT_SESSION_ID}`; `expires_at` in Unix seconds. `asked_by_page`: our pay page
    has asked every question. Otherwise Checkout asks the questions that `selection` does not answer.
    """
    email = selection.url_parameters.locked_prefilled_email or selection.answers.email
    params: dict[str, Any] = {
        "mode": quote.mode,
        "currency": quote.currency,
        "line_items": [_line_item(line, link, quote, selection, asked_by_page) for line in quote.lines if _sold(line)],
        "success_url": success_url,
        "cancel_url": cancel_url,
        "expires_at": expires_at,
        "locale": _locale(locale),
        "client_reference_id": client_reference_id(link, selection),
        "customer_email": with_ascii_domain(email) if email else None,
        "metadata": session_metadata(link, selection.answers, attempt_id, reference),
        "branding_settings": _branding_settings(organization, origin_of(success_url)),
        "shipping_options": [
            {"shipping_rate": _id(option.shipping_rate)} for option in link.shipping_options[:MAXIMUM_SHIPPING_OPTIONS]
        ],
        **_discounts(link, quote),
        **_shared_params(link, quote),
        **_unanswered(link, quote, selection, asked_by_page),
        **(_subscription(link, quote, reference) if quote.mode == "subscription" else _payment(link, reference)),
    }
    sent: dict[str, Any] = _without_empty(params)
    return sent


def _sold(line: QuoteLine) -> bool:
    return line.metered or line.quantity > 0


def _line_item(
    line: QuoteLine, link: PaymentLink, quote: Quote, selection: Selection, asked_by_page: bool
) -> dict[str, Any]:
    """Return a line item by its price, or by `price_data` if the buyer chose the amount. A session has no parameter for that."""
    item: dict[str, Any] = {"tax_rates": [_id(rate) for rate in link.counterfoil.tax_rates]}
    if line.price.custom_unit_amount is not None and line.unit_amount is not None:
        item["price_data"] = {
            "currency": quote.currency,
            "product": line.product.id,
            "unit_amount": line.unit_amount,
            "tax_behavior": line.price.tax_behavior if line.price.tax_behavior != "unspecified" else None,
        }
    else:
        item["price"] = line.price.id
    if line.metered:
        return item  # Stripe refuses a quantity here: usage is counted later.
    item["quantity"] = line.quantity
    answered = selection.optional_quantities if line.optional else selection.quantities
    if not asked_by_page and line.id not in answered and line.adjustable_quantity and line.adjustable_quantity.enabled:
        item["adjustable_quantity"] = _plain(line.adjustable_quantity)
    return item


def _discounts(link: PaymentLink, quote: Quote) -> dict[str, Any]:
    """Return the discount of the quote, or let Checkout ask for a promotion code. Stripe does not accept both parameters."""
    if quote.discount is None:
        return {"allow_promotion_codes": link.allow_promotion_codes or None}
    if quote.discount.promotion_code is not None:
        return {"discounts": [{"promotion_code": quote.discount.promotion_code.id}]}
    return {"discounts": [{"coupon": quote.discount.coupon.id}]}


def _shared_params(link: PaymentLink, quote: Quote) -> dict[str, Any]:
    """Return the parameters of both modes that come from attributes of the link. An option is sent only if it is enabled."""
    names = link.name_collection
    return {
        "allowed_payment_method_types": list(link.payment_method_types or ()),
        "automatic_tax": _plain(link.automatic_tax) if link.automatic_tax.enabled else None,
        "billing_address_collection": link.billing_address_collection,
        "managed_payments": {"enabled": True} if link.managed_payments and link.managed_payments.enabled else None,
        "name_collection": {
            name: _plain(part)
            for name, part in (("business", names.business), ("individual", names.individual))
            if part is not None and part.enabled
        }
        if names
        else None,
        "payment_method_options": _plain(link.payment_method_options),
        "phone_number_collection": {"enabled": True} if link.phone_number_collection.enabled else None,
        "shipping_address_collection": _plain(link.shipping_address_collection),
        "submit_type": link.submit_type if link.submit_type in _SUBMIT_TYPES[quote.mode] else None,
        "tax_id_collection": _plain(link.tax_id_collection) if link.tax_id_collection.enabled else None,
    }


def _unanswered(link: PaymentLink, quote: Quote, selection: Selection, asked_by_page: bool) -> dict[str, Any]:
    """Return the questions and texts that are left to Checkout, because our page has not asked them."""
    answers = selection.answers
    consents = _plain(link.consent_collection) or {}
    if asked_by_page or answers.consent.terms_of_service is not None:
        consents.pop("terms_of_service", None)
    if asked_by_page or answers.consent.promotions is not None:
        consents.pop("promotions", None)
    texts = _plain(link.custom_text) or {}
    if consents.get("terms_of_service") != "required":
        texts.pop("terms_of_service_acceptance", None)
    asked: dict[str, Any] = {"consent_collection": consents, "custom_text": texts}
    if not asked_by_page:
        fields = [field for field in link.custom_fields if field.key not in answers.custom_fields]
        asked["custom_fields"] = [_plain(field) for field in fields[:MAXIMUM_CUSTOM_FIELDS]]
        asked["optional_items"] = [
            {**(_plain(item) or {}), "price": _id(item.price)}
            for item in offered_items(link)
            if _id(item.price) not in selection.optional_quantities and _fits(item, quote)
        ]
    return asked


def _fits(item: OptionalItem, quote: Quote) -> bool:
    """Return whether Checkout may offer the item: a recurring item cannot turn a payment into a subscription."""
    return quote.mode == "subscription" or not isinstance(item.price, Price) or item.price.recurring is None


def _payment(link: PaymentLink, reference: str) -> dict[str, Any]:
    """Return the parameters of payment mode."""
    data = _plain(link.payment_intent_data) or {}
    invoice = link.invoice_creation
    return {
        "customer_creation": link.customer_creation,
        "invoice_creation": _plain(invoice) if invoice and invoice.enabled else None,
        "payment_intent_data": {
            **data,
            "application_fee_amount": link.application_fee_amount,
            "description": describe(link, data.get("description"), PAYMENT_DESCRIPTION_LENGTH),
            "metadata": payment_metadata(data.get("metadata"), reference),
            "on_behalf_of": link.on_behalf_of,
            "transfer_data": _plain(link.transfer_data),
        },
    }


def _subscription(link: PaymentLink, quote: Quote, reference: str) -> dict[str, Any]:
    """Return the parameters of subscription mode, which cannot transfer a fixed amount."""
    data = _plain(link.subscription_data) or {}
    percent = link.application_fee_percent
    return {
        "payment_method_collection": link.payment_method_collection,
        "subscription_data": {
            **data,
            # Stripe's parameter is a number. With at most two decimals, a float prints exactly.
            "application_fee_percent": None if percent is None else float(percent),
            "description": describe(link, data.get("description"), SUBSCRIPTION_DESCRIPTION_LENGTH),
            "metadata": payment_metadata(data.get("metadata"), reference),
            "on_behalf_of": link.on_behalf_of,
            "transfer_data": {"destination": link.transfer_data.destination} if link.transfer_data else None,
            "trial_period_days": quote.trial_period_days,
        },
    }


def _locale(locale: str | None) -> str | None:
    """Return the language for Checkout: the exact locale, the language without region, or `auto` if Checkout has neither."""
    if not locale:
        return None
    name = locale.replace("_", "-").casefold()
    return _LOCALES.get(name) or _LOCALES.get(name.partition("-")[0]) or "auto"


def _branding_settings(organization: Organization, public_url: str | None) -> dict[str, Any]:
    """Return the merchant's name, color and the images that Stripe can fetch."""
    branding = organization.settings.branding
    images = {
        name: {"type": "url", "url": address}
        for name, picture in (("icon", branding.icon), ("logo", branding.logo))
        if (address := address_for_stripe(picture, public_url))
    }
    return {
        "button_color": branding.primary_color,
        "display_name": organization.business_profile.name or organization.name,
        **images,
    }


def _id(expandable: Any) -> str:
    """Return the id of an expandable attribute, which is the id itself or an object with an id."""
    return str(expandable if isinstance(expandable, str) else expandable.id)


def _plain(model: BaseModel | None) -> dict[str, Any] | None:
    """Return a part of the link as plain JSON without unset attributes."""
    return None if model is None else model.model_dump(mode="json", exclude_none=True)


def _without_empty(value: Any) -> Any:
    """Return the value without None, empty text and empty objects or lists, at every level. False and zero stay.

    Stripe reads an empty parameter as a request to unset it.
    """
    if isinstance(value, dict):
        sent = {}
        for key, item in value.items():
            if isinstance(item, dict | list):
                item = _without_empty(item)
            if item is not None and item not in _EMPTY:
                sent[key] = item
        return sent
    if isinstance(value, list):
        return [_without_empty(item) for item in value]
    return value
