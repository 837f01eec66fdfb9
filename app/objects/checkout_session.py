"""The Checkout Session, with the attributes that we read. Amounts are in minor units."""

from typing import Any, Literal

from app.objects.address import Address, ShippingDetails
from app.objects.base import Object
from app.objects.metadata import Metadata
from app.objects.scalars import Boolean, CurrencyCode, Integer, Timestamp
from app.objects.selection import Consent


class TotalDetails(Object):
    """The discount, shipping and tax of a session."""

    amount_discount: Integer = 0
    amount_shipping: Integer | None = 0
    amount_tax: Integer = 0


class TaxId(Object):
    """A tax id that the buyer entered, for example of the type `eu_vat`."""

    type: str
    value: str | None = None


class CustomerDetails(Object):
    """The contact details that the buyer entered at Checkout."""

    address: Address | None = None
    business_name: str | None = None
    email: str | None = None
    individual_name: str | None = None
    name: str | None = None
    phone: str | None = None
    tax_ids: tuple[TaxId, ...] | None = None


class AnsweredValue(Object):
    """The value of an answered custom field."""

    value: str | None = None


class AnsweredField(Object):
    """A custom field that Checkout asked for. The answer is under the name of the field's type."""

    key: str
    dropdown: AnsweredValue | None = None
    numeric: AnsweredValue | None = None
    text: AnsweredValue | None = None

    @property
    def answer(self) -> str | None:
        """The answer, or None if there is none."""
        return next((kind.value for kind in (self.dropdown, self.numeric, self.text) if kind and kind.value), None)


class CollectedInformation(Object):
    """What Checkout collected about the delivery."""

    shipping_details: ShippingDetails | None = None


class ShippingCost(Object):
    """The shipping option that the buyer chose. `shipping_rate` is an id or, expanded, the rate."""

    shipping_rate: Any = None


class CurrencyConversion(Object):
    """The amounts in the currency of the prices, where the buyer paid in another one."""

    amount_subtotal: Integer
    amount_total: Integer
    source_currency: CurrencyCode


class CheckoutSession(Object):
    """A Checkout Session. The status `complete` does not mean paid; only `payment_status` says that."""

    id: str
    object: Literal["checkout.session"] = "checkout.session"
    amount_subtotal: Integer | None = None
    amount_total: Integer | None = None
    client_reference_id: str | None = None
    collected_information: CollectedInformation | None = None
    consent: Consent | None = None
    created: Timestamp = 0
    currency: CurrencyCode | None = None
    currency_conversion: CurrencyConversion | None = None
    custom_fields: tuple[AnsweredField, ...] | None = None
    customer: str | None = None
    customer_details: CustomerDetails | None = None
    customer_email: str | None = None
    expires_at: Timestamp
    livemode: Boolean = False
    metadata: Metadata | None = {}
    mode: Literal["payment", "subscription", "setup"]
    payment_intent: Any = None
    payment_status: Literal["no_payment_required", "paid", "unpaid"]
    shipping_cost: ShippingCost | None = None
    shipping_details: ShippingDetails | None = None
    """API versions before 2025-03-31 have the delivery here. A webhook endpoint keeps the version that it was created with."""
    status: Literal["complete", "expired", "open"] | None = None
    subscription: Any = None
    total_details: TotalDetails | None = None
    url: str | None = None

    @property
    def delivery(self) -> ShippingDetails | None:
        """The delivery name and address, or None if Checkout did not ask for them."""
        collected = self.collected_information
        return (collected.shipping_details if collected else None) or self.shipping_details

    @property
    def answers(self) -> dict[str, str]:
        """The answers to custom fields of Checkout's own, by key."""
        return {field.key: answer for field in self.custom_fields or () if (answer := field.answer) is not None}

    @property
    def source_currency(self) -> str | None:
        """The currency of the prices: `source_currency` of the conversion if there is one, else `currency`."""
        return self.currency_conversion.source_currency if self.currency_conversion else self.currency

    @property
    def source_amount_total(self) -> int | None:
        """The total in `source_currency`."""
        return self.currency_conversion.amount_total if self.currency_conversion else self.amount_total
