"""The parts of a payment link under Stripe's names, with Stripe's lengths and defaults.

A part is the same as a parameter, in the store and in an answer. Rules that join several parts are in `app/services/links/rules/`.
"""

from typing import Annotated, Literal

from pydantic import Field

from app.objects.base import Object
from app.objects.enumerations import CardBrand
from app.objects.line_item import AdjustableQuantity
from app.objects.metadata import Metadata
from app.objects.payment_link.texts import Text22, Text40, Text140, Text500, Text1000, Text1200, Text1500, Text5000
from app.objects.price import Price
from app.objects.scalars import EXPANDABLE, OMIT_IF_NONE, Boolean, Integer
from app.objects.shipping_rate import ShippingRate


class HostedConfirmation(Object):
    """Our own page after the payment, with a sentence of the merchant's."""

    custom_message: Text500 | None = None


class Redirect(Object):
    """The merchant's own page after the payment; `{CHECKOUT_SESSION_ID}` in it is filled in."""

    url: Text5000


class AfterCompletion(Object):
    """What the buyer sees after the payment: the branch that `type` does not name is absent."""

    hosted_confirmation: Annotated[HostedConfirmation | None, OMIT_IF_NONE] = None
    redirect: Annotated[Redirect | None, OMIT_IF_NONE] = None
    type: Literal["hosted_confirmation", "redirect"]


class ConnectedAccount(Object):
    """Whose account is meant: the one that asks, or another one by id (tax liability, issuer of an invoice)."""

    account: Text5000 | None = None
    type: Literal["account", "self"]


class AutomaticTax(Object):
    """Whether Stripe calculates tax from the buyer's address, and who is liable for it."""

    enabled: Boolean
    liability: ConnectedAccount | None = None


class PaymentMethodReuseAgreement(Object):
    """Whether the text about keeping the payment method is shown."""

    position: Literal["auto", "hidden"]


class ConsentCollection(Object):
    """What the buyer is asked to agree to."""

    payment_method_reuse_agreement: PaymentMethodReuseAgreement | None = None
    promotions: Literal["auto", "none"] | None = None
    terms_of_service: Literal["none", "required"] | None = None


class CustomTextMessage(Object):
    """A text of the merchant's: links and bold are kept, everything else is shown as written."""

    message: Text1200


class CustomText(Object):
    """The merchant's texts, by the place where they stand."""

    after_submit: CustomTextMessage | None = None
    shipping_address: CustomTextMessage | None = None
    submit: CustomTextMessage | None = None
    terms_of_service_acceptance: CustomTextMessage | None = None


class InvoiceCustomField(Object):
    """A name and a value that stand on the invoice."""

    name: Text40
    value: Text140


class InvoiceRenderingOptions(Object):
    """How an invoice shows tax, and from which template it is made."""

    amount_tax_display: Literal["exclude_tax", "include_inclusive_tax"] | None = None
    template: Text5000 | None = None


class InvoiceData(Object):
    """What the invoice of a one-time payment says."""

    account_tax_ids: tuple[Text5000, ...] | None = None
    custom_fields: Annotated[tuple[InvoiceCustomField, ...] | None, Field(max_length=4)] = None
    description: Text1500 | None = None
    footer: Text5000 | None = None
    issuer: ConnectedAccount | None = None
    metadata: Metadata | None = {}
    rendering_options: InvoiceRenderingOptions | None = None


class InvoiceCreation(Object):
    """Whether a one-time payment gets an invoice."""

    enabled: Boolean
    invoice_data: InvoiceData | None = InvoiceData()


class NameCollectionPart(Object):
    """Whether a name is asked for, and whether it may be left out."""

    enabled: Boolean
    optional: Boolean = False


class NameCollection(Object):
    """Which names Checkout asks for."""

    business: NameCollectionPart | None = None
    individual: NameCollectionPart | None = None


class ManagedPayments(Object):
    """Whether Stripe sells as merchant of record."""

    enabled: Boolean = False


class OptionalItem(Object):
    """Something that the buyer may add; `quantity` is what it starts with once chosen."""

    adjustable_quantity: AdjustableQuantity | None = None
    price: Annotated[str | Price, EXPANDABLE]
    quantity: Integer


class PaymentIntentData(Object):
    """What goes to the PaymentIntent of a one-time payment."""

    capture_method: Literal["automatic", "automatic_async", "manual"] | None = None
    description: Text1000 | None = None
    metadata: Metadata = {}
    setup_future_usage: Literal["off_session", "on_session"] | None = None
    statement_descriptor: Text22 | None = None
    statement_descriptor_suffix: Text22 | None = None
    transfer_group: Text5000 | None = None


class CardRestrictions(Object):
    """Card brands that are not taken."""

    brands_blocked: tuple[CardBrand, ...] | None = None


class CardOptions(Object):
    """How cards are taken."""

    restrictions: CardRestrictions | None = None


class PaymentMethodOptions(Object):
    """How each kind of payment is taken."""

    card: CardOptions | None = None


class PhoneNumberCollection(Object):
    """Whether Checkout asks for a phone number."""

    enabled: Boolean


class CompletedSessions(Object):
    """How often the link has been paid, and how often it can be."""

    count: Integer = 0
    limit: Integer


class Restrictions(Object):
    """How often the link can be used."""

    completed_sessions: CompletedSessions


class ShippingAddressCollection(Object):
    """The countries that the merchant sends to."""

    allowed_countries: tuple[str, ...]


class ShippingOption(Object):
    """One way to have it sent; `shipping_amount` in minor units."""

    shipping_amount: Integer = 0
    shipping_rate: Annotated[str | ShippingRate, EXPANDABLE]


class InvoiceSettings(Object):
    """What the invoices of a subscription say."""

    account_tax_ids: tuple[Text5000, ...] | None = None
    custom_fields: Annotated[tuple[InvoiceCustomField, ...] | None, Field(max_length=4)] = None
    description: Text1500 | None = None
    footer: Text5000 | None = None
    issuer: ConnectedAccount = ConnectedAccount(type="self")


class EndBehavior(Object):
    """What happens at the end of a trial when there is no payment method."""

    missing_payment_method: Literal["cancel", "create_invoice", "pause"]


class TrialSettings(Object):
    """What happens at the end of a trial."""

    end_behavior: EndBehavior


class SubscriptionData(Object):
    """What goes to the Subscription; needs a recurring line item."""

    description: Text500 | None = None
    invoice_settings: InvoiceSettings = InvoiceSettings()
    metadata: Metadata = {}
    trial_period_days: Integer | None = None
    trial_settings: TrialSettings | None = None


class TaxIdCollection(Object):
    """Whether Checkout asks businesses for their tax id."""

    enabled: Boolean
    required: Literal["if_supported", "never"] = "never"


class TransferData(Object):
    """The connected account that gets the money; without `amount`, all of it. Minor units."""

    amount: Integer | None = None
    destination: Text5000
