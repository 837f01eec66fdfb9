"""The parameters of a Checkout Session, all by name. Parameters that the sandbox does not use are stored as given.

`payment_method_types` is missing, because Stripe removed it in 2026-09-30.endive.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from app.objects.enumerations import CheckoutLocale
from app.objects.limits import MAXIMUM_CUSTOM_FIELDS, MAXIMUM_OPTIONAL_ITEMS, MAXIMUM_SHIPPING_OPTIONS
from app.objects.line_item import AdjustableQuantity
from app.objects.metadata import Metadata
from app.objects.payment_link.custom_field import CustomField
from app.objects.payment_link.parts import (
    AutomaticTax,
    ConsentCollection,
    InvoiceCreation,
    ManagedPayments,
    NameCollection,
    PhoneNumberCollection,
    ShippingAddressCollection,
    TaxIdCollection,
)
from app.objects.scalars import Boolean, CurrencyCode, Integer, Text, TimestampParam
from app.sandbox.parameters import NO_METADATA, Id, Parameters, PriceData, Request, Words
from app.sandbox.resources.shipping_rates import ShippingRateData
from app.sandbox.sessions.parameter_parts import (
    AfterExpiration,
    BrandingSettings,
    CustomerUpdate,
    CustomText,
    Enabled,
    PaymentIntentData,
    PaymentMethodOptions,
    SavedPaymentMethodOptions,
    SubscriptionData,
    WalletOptions,
)

Quantity = Annotated[Integer, Field(ge=0, le=999_999_999)]
Url = Words


class SessionLineItem(Parameters):
    """One line item."""

    adjustable_quantity: AdjustableQuantity | None = None
    metadata: Metadata = NO_METADATA
    price: Id | None = None
    price_data: PriceData | None = None
    quantity: Quantity | None = None
    tax_rates: tuple[Id, ...] = ()


class SessionOptionalItem(Parameters):
    """An item that the buyer may add."""

    adjustable_quantity: AdjustableQuantity | None = None
    price: Id
    quantity: Annotated[Integer, Field(ge=1)]


class SessionDiscount(Parameters):
    """A coupon or a promotion code."""

    coupon: Id | None = None
    promotion_code: Id | None = None


class SessionShippingOption(Parameters):
    """One shipping option."""

    shipping_rate: Id | None = None
    shipping_rate_data: ShippingRateData | None = None


class SessionCreate(Request):
    """Parameters of `POST /v1/checkout/sessions`."""

    adaptive_pricing: Enabled | None = None
    after_expiration: AfterExpiration | None = None
    allow_promotion_codes: Boolean | None = None
    allowed_payment_method_types: tuple[Words, ...] | None = None
    automatic_tax: AutomaticTax = AutomaticTax(enabled=False)
    billing_address_collection: Literal["auto", "required"] | None = None
    branding_settings: BrandingSettings | None = None
    cancel_url: Url | None = None
    client_reference_id: Annotated[str, Text(200, min_length=1)] | None = None
    consent_collection: ConsentCollection | None = None
    currency: CurrencyCode | None = None
    custom_fields: Annotated[tuple[CustomField, ...], Field(max_length=MAXIMUM_CUSTOM_FIELDS)] = ()
    custom_text: CustomText = CustomText()
    customer: Id | None = None
    customer_account: Id | None = None
    customer_creation: Literal["always", "if_required"] | None = None
    customer_email: Annotated[str, Text(800, min_length=1)] | None = None
    customer_update: CustomerUpdate | None = None
    discounts: Annotated[tuple[SessionDiscount, ...], Field(max_length=1)] = ()
    excluded_payment_method_types: tuple[Words, ...] | None = None
    expires_at: TimestampParam | None = None
    integration_identifier: Words | None = None
    invoice_creation: InvoiceCreation | None = None
    line_items: Annotated[tuple[SessionLineItem, ...], Field(max_length=100)] = ()
    locale: CheckoutLocale | None = None
    managed_payments: ManagedPayments | None = None
    metadata: Metadata = NO_METADATA
    mode: Literal["payment", "setup", "subscription"]
    name_collection: NameCollection | None = None
    optional_items: Annotated[tuple[SessionOptionalItem, ...], Field(max_length=MAXIMUM_OPTIONAL_ITEMS)] | None = None
    origin_context: Literal["mobile_app", "web"] | None = None
    payment_intent_data: PaymentIntentData | None = None
    payment_method_collection: Literal["always", "if_required"] | None = None
    payment_method_configuration: Id | None = None
    payment_method_data: dict[str, str] | None = None
    payment_method_options: PaymentMethodOptions | None = None
    permissions: dict[str, str] | None = None
    phone_number_collection: PhoneNumberCollection = PhoneNumberCollection(enabled=False)
    redirect_on_completion: Literal["always", "if_required", "never"] | None = None
    return_url: Url | None = None
    saved_payment_method_options: SavedPaymentMethodOptions | None = None
    setup_intent_data: dict[str, Any] | None = None
    shipping_address_collection: ShippingAddressCollection | None = None
    shipping_options: Annotated[tuple[SessionShippingOption, ...], Field(max_length=MAXIMUM_SHIPPING_OPTIONS)] = ()
    submit_type: Literal["auto", "book", "donate", "pay", "subscribe"] | None = None
    subscription_data: SubscriptionData | None = None
    success_url: Url | None = None
    tax_id_collection: TaxIdCollection = TaxIdCollection(enabled=False)
    ui_mode: Literal["elements", "embedded_page", "form", "hosted_page"] = "hosted_page"
    wallet_options: WalletOptions | None = None
