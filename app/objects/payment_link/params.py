"""The parameters that create and update a payment link.

A parameter has the class of the object's part where the two are the same. Each class here says how its parameter differs from the
object. A parameter that was not sent is not in `model_fields_set`. A parameter that was unset is in it, and None.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from app.objects.base import Object
from app.objects.currency import ChargedCurrency
from app.objects.enumerations import LinkLocale, PaymentMethodType
from app.objects.line_item import AdjustableQuantity
from app.objects.metadata import Metadata
from app.objects.payment_link import Reference, SubmitType
from app.objects.payment_link.custom_field import CustomField
from app.objects.payment_link.parts import (
    AfterCompletion,
    AutomaticTax,
    ConsentCollection,
    CustomText,
    InvoiceData,
    InvoiceSettings,
    ManagedPayments,
    NameCollection,
    PaymentMethodOptions,
    PhoneNumberCollection,
    ShippingAddressCollection,
    TaxIdCollection,
    TransferData,
    TrialSettings,
)
from app.objects.payment_link.texts import Text22, Text120, Text250, Text500, Text1000, Text1200, Text5000
from app.objects.payment_link.translations import TranslationsParams
from app.objects.payment_link.unset import (
    UNSET_BY_MERCHANT,
    UNSET_OF_OURS,
    UNSET_ON_CREATE,
    UNSET_ON_UPDATE,
    unset_empty,
)
from app.objects.price import Interval, TaxBehavior
from app.objects.scalars import (
    Boolean,
    DecimalString,
    Integer,
    Percentage,
    Slug,
    Text,
    TimestampParam,
)

Expand = Annotated[tuple[Text5000, ...], Field(max_length=100)]


class InvoiceCreationParams(Object):
    """As the object, but without defaults for its data: an update keeps what it does not name."""

    enabled: Boolean
    invoice_data: InvoiceData | None = None


class ProductTaxDetails(Object):
    """How the product is taxed."""

    performance_location: Text5000 | None = None
    tax_code: Text5000 | None = None


class ProductData(Object):
    """A product that is created together with the link. It is never part of an answer."""

    description: Annotated[str, Text(40000)] | None = None
    images: Annotated[tuple[Text5000, ...], Field(max_length=8)] | None = None
    metadata: Metadata | None = None
    name: Annotated[str, Text(5000, min_length=1)]
    tax_code: Text5000 | None = None
    tax_details: ProductTaxDetails | None = None
    unit_label: Annotated[str, Text(12)] | None = None


class RecurringData(Object):
    """The billing interval of a price that is created with the link. Such a price cannot be metered."""

    interval: Interval
    interval_count: Integer | None = None


class PriceData(Object):
    """A price that is created together with the link, in minor units. The answer has it under `price`."""

    currency: ChargedCurrency
    product: Text5000 | None = None
    product_data: ProductData | None = None
    recurring: RecurringData | None = None
    tax_behavior: TaxBehavior | None = None
    unit_amount: Integer | None = None
    unit_amount_decimal: DecimalString | None = None


class LineItemCreateParams(Object):
    """A line item by price or price_data. The object has the price itself, and amounts."""

    adjustable_quantity: AdjustableQuantity | None = None
    price: Text5000 | None = None
    price_data: PriceData | None = None
    quantity: Integer


class LineItemUpdateParams(Object):
    """An existing line item by id. A price can be neither added nor replaced."""

    adjustable_quantity: AdjustableQuantity | None = None
    id: Text5000
    quantity: Integer | None = None


class OptionalItemParams(Object):
    """As the object, with the id of the price in place of the price."""

    adjustable_quantity: AdjustableQuantity | None = None
    price: Text5000
    quantity: Integer


class PaymentIntentDataUpdateParams(Object):
    """As the object without `capture_method`, which an update cannot change, and with metadata that can be unset."""

    description: Text1000 | None = None
    metadata: Metadata | None = None
    setup_future_usage: Literal["off_session", "on_session"] | None = None
    statement_descriptor: Text22 | None = None
    statement_descriptor_suffix: Text22 | None = None
    transfer_group: Text5000 | None = None


class PaymentIntentDataCreateParams(PaymentIntentDataUpdateParams):
    """The parameters of create."""

    capture_method: Literal["automatic", "automatic_async", "manual"] | None = None


class CompletedSessionsParams(Object):
    """As the object without `count`, which only payments change."""

    limit: Integer


class RestrictionsParams(Object):
    """The limits of a link."""

    completed_sessions: CompletedSessionsParams


class ShippingOptionParams(Object):
    """As the object, with the id of the shipping rate in place of the rate and its amount."""

    shipping_rate: Text5000 | None = None


class SubscriptionDataUpdateParams(Object):
    """As the object without `description`, which an update cannot change, and with metadata that can be unset."""

    invoice_settings: InvoiceSettings | None = None
    metadata: Metadata | None = None
    trial_period_days: Integer | None = None
    trial_settings: TrialSettings | None = None


class SubscriptionDataCreateParams(SubscriptionDataUpdateParams):
    """The parameters of create."""

    description: Text500 | None = None


class CounterfoilParams(Object):
    """The attributes under `counterfoil` that can be set."""

    closes_at: TimestampParam | None = None
    coupon: Text5000 | None = None
    description: Text1200 | None = None
    due_date: TimestampParam | None = None
    embed_origins: Annotated[tuple[Text5000, ...], Field(max_length=100)] | None = None
    image: Text5000 | None = None
    locale: LinkLocale | None = None
    name: Text250 | None = None
    opens_at: TimestampParam | None = None
    reference: Reference | None = None
    return_url: Text5000 | None = None
    slug: Slug | None = None
    tax_rates: Annotated[tuple[Text5000, ...], Field(max_length=10)] | None = None
    title: Text120 | None = None
    translations: TranslationsParams | None = None


class PaymentLinkParams(Object):
    """The parameters of both create and update."""

    unsettable: ClassVar[frozenset[str]] = frozenset()

    after_completion: AfterCompletion | None = None
    allow_promotion_codes: Boolean | None = None
    application_fee_amount: Integer | None = None
    application_fee_percent: Percentage | None = None
    automatic_tax: AutomaticTax | None = None
    billing_address_collection: Literal["auto", "required"] | None = None
    consent_collection: ConsentCollection | None = None
    counterfoil: CounterfoilParams | None = None
    custom_fields: tuple[CustomField, ...] | None = None
    custom_text: CustomText | None = None
    customer_creation: Literal["always", "if_required"] | None = None
    expand: Expand | None = None
    inactive_message: Text500 | None = None
    invoice_creation: InvoiceCreationParams | None = None
    metadata: Metadata | None = None
    name_collection: NameCollection | None = None
    on_behalf_of: Text5000 | None = None
    optional_items: tuple[OptionalItemParams, ...] | None = None
    payment_method_collection: Literal["always", "if_required"] | None = None
    payment_method_options: PaymentMethodOptions | None = None
    payment_method_types: tuple[PaymentMethodType, ...] | None = None
    phone_number_collection: PhoneNumberCollection | None = None
    restrictions: RestrictionsParams | None = None
    shipping_address_collection: ShippingAddressCollection | None = None
    shipping_options: tuple[ShippingOptionParams, ...] | None = None
    submit_type: SubmitType | None = None
    tax_id_collection: TaxIdCollection | None = None
    transfer_data: TransferData | None = None

    @model_validator(mode="before")
    @classmethod
    def _unset(cls, data: Any) -> Any:
        """Turn empty strings and JSON's null into None where they unset a parameter. Raise where they cannot."""
        return unset_empty(data, cls, (), (), cls.unsettable) if isinstance(data, Mapping) else data


class PaymentLinkCreateParams(PaymentLinkParams):
    """The parameters that create a link. `line_items` is required."""

    unsettable: ClassVar[frozenset[str]] = UNSET_ON_CREATE | UNSET_OF_OURS

    currency: ChargedCurrency | None = None
    line_items: tuple[LineItemCreateParams, ...]
    managed_payments: ManagedPayments | None = None
    payment_intent_data: PaymentIntentDataCreateParams | None = None
    subscription_data: SubscriptionDataCreateParams | None = None


class PaymentLinkUpdateParams(PaymentLinkParams):
    """The parameters that update a link."""

    unsettable: ClassVar[frozenset[str]] = UNSET_ON_UPDATE | UNSET_OF_OURS

    active: Boolean | None = None
    line_items: tuple[LineItemUpdateParams, ...] | None = None
    payment_intent_data: PaymentIntentDataUpdateParams | None = None
    subscription_data: SubscriptionDataUpdateParams | None = None


class PaymentLinkEditParams(PaymentLinkUpdateParams):
    """The parameters by which the console's editor updates a link. Its form can unset more parameters than the API can."""

    unsettable: ClassVar[frozenset[str]] = UNSET_ON_UPDATE | UNSET_OF_OURS | UNSET_BY_MERCHANT
