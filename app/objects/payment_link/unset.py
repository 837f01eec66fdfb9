"""What an empty value unsets: Stripe's lists of parameters for create and update, and how a parameter becomes None."""

from collections.abc import Mapping
from typing import Any, Final

from app.objects.base import Object, object_class
from app.objects.scalars import EMPTY, EMPTY_MESSAGE, UNSTORABLE, refusal

UNSET_ON_CREATE: Final = frozenset(
    {
        "custom_text.after_submit",
        "custom_text.shipping_address",
        "custom_text.submit",
        "custom_text.terms_of_service_acceptance",
        "invoice_creation.invoice_data.account_tax_ids",
        "invoice_creation.invoice_data.custom_fields",
        "invoice_creation.invoice_data.metadata",
        "invoice_creation.invoice_data.rendering_options",
        "invoice_creation.invoice_data.rendering_options.amount_tax_display",
        "line_items.price_data.product_data.tax_details.tax_code",
        "metadata",
        "subscription_data.invoice_settings.account_tax_ids",
        "subscription_data.invoice_settings.custom_fields",
    }
)
"""The parameters of create for which an empty string or JSON's null means none: Stripe's list, and `metadata`, which its text allows."""

UNSET_OF_OURS: Final = frozenset(
    f"counterfoil.{name}"
    for name in (
        *("closes_at", "coupon", "description", "due_date", "embed_origins", "image", "locale"),
        *("name", "opens_at", "reference", "return_url", "slug", "tax_rates", "title", "translations"),
    )
)
"""All of our own attributes can be unset."""

UNSET_ON_UPDATE: Final = UNSET_ON_CREATE - {"line_items.price_data.product_data.tax_details.tax_code"} | {
    "application_fee_amount",
    "application_fee_percent",
    "custom_fields",
    "inactive_message",
    "name_collection",
    "on_behalf_of",
    "optional_items",
    "payment_intent_data.description",
    "payment_intent_data.metadata",
    "payment_intent_data.setup_future_usage",
    "payment_intent_data.statement_descriptor",
    "payment_intent_data.statement_descriptor_suffix",
    "payment_intent_data.transfer_group",
    "payment_method_options",
    "payment_method_options.card",
    "payment_method_options.card.restrictions",
    "payment_method_options.card.restrictions.brands_blocked",
    "payment_method_types",
    "restrictions",
    "shipping_address_collection",
    "shipping_options",
    "subscription_data.metadata",
    "subscription_data.trial_period_days",
    "subscription_data.trial_settings",
    "transfer_data",
    "transfer_data.amount",
}
"""The parameters of update that an empty string or JSON's null unsets: Stripe's list."""


UNSET_BY_MERCHANT: Final = frozenset(
    {
        "invoice_creation.invoice_data",
        "invoice_creation.invoice_data.description",
        "invoice_creation.invoice_data.footer",
        "invoice_creation.invoice_data.issuer",
        "invoice_creation.invoice_data.rendering_options.template",
        "line_items.adjustable_quantity.maximum",
        "line_items.adjustable_quantity.minimum",
        "name_collection.business",
        "name_collection.individual",
        "subscription_data.invoice_settings",
        "subscription_data.invoice_settings.description",
        "subscription_data.invoice_settings.footer",
    }
)
"""Parameters that a form of the console can unset, although Stripe's API can only replace them."""


def unset_empty(
    value: Any,
    model: type[Object] | None,
    names: tuple[str, ...],
    at: tuple[str | int, ...],
    unsettable: frozenset[str],
) -> Any:
    """Return `value` with None where a parameter is unset. `names` is the path to it without list indices, `at` with them.

    JSON's null means "not set" for a parameter that cannot be unset, so the parameter is left out. An empty string is refused there.
    """
    if isinstance(value, list | tuple):
        return [unset_empty(entry, model, names, (*at, index), unsettable) for index, entry in enumerate(value)]
    if isinstance(value, str):
        _refuse_unstorable(value, at)
    if not isinstance(value, Mapping):
        return value
    result = dict(value)
    for name, entry in value.items():
        field = None if model is None else model.model_fields.get(name)
        inner = None if field is None else object_class(field.annotation)
        path = (*names, name)
        if field is not None and (entry is None or entry == ""):
            if ".".join(path) in unsettable:
                result[name] = None
            elif entry is None:
                del result[name]
            else:
                raise refusal(EMPTY_MESSAGE, code=EMPTY, at=(*at, name))
        elif model is None and entry is None:
            result[name] = ""  # an entry of metadata: JSON's null means the same as an empty string
        else:
            result[name] = unset_empty(entry, inner, path, (*at, name), unsettable)
    return result


def _refuse_unstorable(text: str, at: tuple[str | int, ...]) -> None:
    """Raise for a text that the store cannot keep: PostgreSQL has no NUL, and no encoding has half a surrogate pair."""
    found = UNSTORABLE.search(text)
    if found is not None and found[0] == "\x00":
        raise refusal("Invalid string: {param} must not contain a NUL character.", at=at)
    if found is not None:
        raise refusal("Invalid string: {param} must be valid Unicode.", at=at)
