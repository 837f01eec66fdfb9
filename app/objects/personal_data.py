"""Which parts of Stripe's objects are about a person, and the object without them. Pure."""

from typing import Any, Final

from app.objects import metadata_keys

PERSONAL: Final = frozenset(
    {
        "address", "billing_details", "business_name", "collected_information", "custom_fields", "customer_address",
        "customer_details", "customer_email", "customer_name", "customer_phone", "customer_shipping", "customer_tax_ids",
        "destination_details", "email", "evidence", "hosted_invoice_url", "individual_name", "instructions_email", "invoice_pdf",
        "ip_address", "payment_method_details", "phone", "receipt_email", "receipt_url", "shipping", "shipping_details", "tax_ids", "url",
    }
)  # fmt: skip
"""Names of attributes with personal data, in every object of a payment."""

PERSONAL_OF: Final = {
    "customer": frozenset({"description", "name"}),
    "payment_method": frozenset({"card", "sepa_debit"}),
}
"""Names of attributes with personal data in objects of this kind only. Other objects use them for products or options."""


def without_personal_data(data: Any) -> Any:
    """Return a copy of a JSON value with personal parts set to null. Metadata keeps our own entries alone: answers are copied there."""
    if isinstance(data, list):
        return [without_personal_data(item) for item in data]
    if not isinstance(data, dict):
        return data
    personal = PERSONAL | PERSONAL_OF.get(str(data.get("object")), frozenset())
    return {
        name: None if name in personal else _ours(value) if name == "metadata" else without_personal_data(value)
        for name, value in data.items()
    }


def _ours(metadata: Any) -> Any:
    """Return metadata with the entries that Counterfoil wrote to find its own objects."""
    if not isinstance(metadata, dict):
        return None
    return {name: value for name, value in metadata.items() if name in metadata_keys.OURS}
