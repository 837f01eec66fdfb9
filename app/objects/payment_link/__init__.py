"""The Payment Link: Stripe's complete object, and our own attributes under the key `counterfoil`."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from app.objects.as_written import Open
from app.objects.base import Object
from app.objects.discount import Coupon
from app.objects.enumerations import LinkLocale, PaymentMethodType
from app.objects.line_item import LineItems
from app.objects.metadata import Metadata
from app.objects.payment_link.custom_field import CustomField
from app.objects.payment_link.parts import (
    AfterCompletion,
    AutomaticTax,
    ConsentCollection,
    CustomText,
    HostedConfirmation,
    InvoiceCreation,
    ManagedPayments,
    NameCollection,
    OptionalItem,
    PaymentIntentData,
    PaymentMethodOptions,
    PhoneNumberCollection,
    Restrictions,
    ShippingAddressCollection,
    ShippingOption,
    SubscriptionData,
    TaxIdCollection,
    TransferData,
)
from app.objects.payment_link.texts import Text120, Text250, Text500, Text1200
from app.objects.payment_link.translations import Translations
from app.objects.scalars import (
    EXPANDABLE,
    INCLUDABLE,
    Boolean,
    CurrencyCode,
    Integer,
    Percentage,
    Slug,
    Timestamp,
    reference,
)
from app.objects.tax_rate import TaxRate

Reference = Annotated[str, StringConstraints(max_length=200)]
SubmitType = Literal["auto", "book", "donate", "pay", "subscribe"]


class Counterfoil(Object):
    """The attributes that Stripe does not have. Times are Unix seconds. The last five are read-only."""

    name: Text250 | None = None
    title: Text120 | None = None
    description: Text1200 | None = None
    image: str | None = None
    slug: Slug | None = None
    opens_at: Timestamp | None = None
    closes_at: Timestamp | None = None
    embed_origins: tuple[str, ...] = ()
    locale: LinkLocale | None = None
    reference: Reference | None = None
    due_date: Timestamp | None = None
    tax_rates: tuple[Annotated[str | TaxRate, EXPANDABLE], ...] = ()
    coupon: Annotated[str | Coupon | None, EXPANDABLE] = None
    return_url: str | None = None
    translations: Translations = {}
    code: str = ""
    organization: str = ""
    version: Integer = 1
    embed_url: str = ""
    qr_url: str = ""


class PaymentLink(Object):
    """A payment link. Every expandable attribute has the whole object; only answers collapse it to an id."""

    id: str
    object: Literal["payment_link"] = "payment_link"
    active: Boolean = True
    after_completion: AfterCompletion = AfterCompletion(
        type="hosted_confirmation", hosted_confirmation=HostedConfirmation()
    )
    allow_promotion_codes: Boolean = False
    application: Annotated[str | None, reference("application")] = None
    application_fee_amount: Integer | None = None
    application_fee_percent: Percentage | None = None
    automatic_tax: AutomaticTax = AutomaticTax(enabled=False)
    billing_address_collection: Open[Literal["auto", "required"]] = "auto"
    consent_collection: ConsentCollection | None = None
    currency: CurrencyCode
    custom_fields: tuple[CustomField, ...] = ()
    custom_text: CustomText = CustomText()
    customer_creation: Open[Literal["always", "if_required"]] = "if_required"
    inactive_message: Text500 | None = None
    invoice_creation: InvoiceCreation | None = InvoiceCreation(enabled=False)
    line_items: Annotated[LineItems | None, INCLUDABLE] = None
    livemode: Boolean = False
    managed_payments: ManagedPayments | None = None
    metadata: Metadata = {}
    name_collection: NameCollection | None = None
    on_behalf_of: Annotated[str | None, reference("account")] = None
    optional_items: tuple[OptionalItem, ...] | None = None
    payment_intent_data: PaymentIntentData | None = None
    payment_method_collection: Open[Literal["always", "if_required"]] = "always"
    payment_method_options: PaymentMethodOptions | None = None
    payment_method_types: tuple[Open[PaymentMethodType], ...] | None = None
    phone_number_collection: PhoneNumberCollection = PhoneNumberCollection(enabled=False)
    restrictions: Restrictions | None = None
    shipping_address_collection: ShippingAddressCollection | None = None
    shipping_options: tuple[ShippingOption, ...] = ()
    submit_type: Open[SubmitType] = "auto"
    subscription_data: SubscriptionData | None = None
    tax_id_collection: TaxIdCollection = TaxIdCollection(enabled=False)
    transfer_data: TransferData | None = None
    url: str = ""
    counterfoil: Counterfoil = Field(default=Counterfoil())

    @property
    def is_invoice(self) -> bool:
        """Whether pages call the link an invoice: it has a reference and is for a plain payment."""
        return bool(self.counterfoil.reference) and self.submit_type in {"auto", "pay"}
