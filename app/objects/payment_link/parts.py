"""The parts of a payment link under Stripe's names, with Stripe's lengths and defaults.

A part is the same as a parameter, in the store and in an answer. Rules that join several parts are in `app/services/links/rules/`.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from app.objects.as_written import Open
from app.objects.base import Object
from app.objects.enumerations import CardBrand
from app.objects.line_item import AdjustableQuantity
from app.objects.metadata import Metadata
from app.objects.payment_link.texts import Text22, Text40, Text140, Text500, Text1000, Text1200, Text1500, Text5000
from app.objects.price import Price
from app.objects.scalars import EXPANDABLE, OMIT_IF_NONE, Boolean, Integer, reference
from app.objects.shipping_rate import ShippingRate


class HostedConfirmation(Object):
    """The confirmation page of this server, with the merchant's message."""

    custom_message: Text500 | None = None


class Redirect(Object):
    """The merchant's own page after the payment. `{CHECKOUT_SESSION_ID}` in the address is replaced by the session's id."""

    url: Text5000


class AfterCompletion(Object):
    """What the buyer sees after the payment. Only the branch that `type` names is present."""

    hosted_confirmation: Annotated[HostedConfirmation | None, OMIT_IF_NONE] = None
    redirect: Annotated[Redirect | None, OMIT_IF_NONE] = None
    type: Open[Literal["hosted_confirmation", "redirect"]]

    @model_validator(mode="before")
    @classmethod
    def _with_named_branch(cls, data: Any) -> Any:
        """Add an empty `hosted_confirmation` if `type` names it, as Stripe answers."""
        if isinstance(data, Mapping) and data.get("type") == "hosted_confirmation":
            return data if data.get("hosted_confirmation") is not None else {**data, "hosted_confirmation": {}}
        return data


class ConnectedAccount(Object):
    """An account: the one that makes the request, or another one by id. For tax liability and the issuer of an invoice."""

    account: Annotated[Text5000 | None, reference("account")] = None
    type: Open[Literal["account", "self"]]


class AutomaticTax(Object):
    """Whether Stripe computes tax from the buyer's address, and who is liable for it."""

    enabled: Boolean
    liability: ConnectedAccount | None = None


class PaymentMethodReuseAgreement(Object):
    """Whether Checkout shows the text about storing the payment method."""

    position: Open[Literal["auto", "hidden"]]


class ConsentCollection(Object):
    """The consents that the buyer is asked for."""

    payment_method_reuse_agreement: PaymentMethodReuseAgreement | None = None
    promotions: Open[Literal["auto", "none"]] | None = None
    terms_of_service: Open[Literal["none", "required"]] | None = None


class CustomTextMessage(Object):
    """A text by the merchant. Links and bold are rendered, everything else is plain text."""

    message: Text1200


class CustomText(Object):
    """The merchant's texts by their place on the page."""

    after_submit: CustomTextMessage | None = None
    shipping_address: CustomTextMessage | None = None
    submit: CustomTextMessage | None = None
    terms_of_service_acceptance: CustomTextMessage | None = None


class InvoiceCustomField(Object):
    """A name and a value on an invoice."""

    name: Text40
    value: Text140


class InvoiceRenderingOptions(Object):
    """How an invoice shows tax, and its template."""

    amount_tax_display: Open[Literal["exclude_tax", "include_inclusive_tax"]] | None = None
    template: Text5000 | None = None


class InvoiceData(Object):
    """The content of the invoice of a one-time payment."""

    account_tax_ids: Annotated[tuple[Text5000, ...] | None, reference("tax_id")] = None
    custom_fields: Annotated[tuple[InvoiceCustomField, ...] | None, Field(max_length=4)] = None
    description: Text1500 | None = None
    footer: Text5000 | None = None
    issuer: ConnectedAccount | None = None
    metadata: Metadata | None = {}
    rendering_options: InvoiceRenderingOptions | None = None


class InvoiceCreation(Object):
    """Whether Stripe creates an invoice for a one-time payment."""

    enabled: Boolean
    invoice_data: InvoiceData | None = InvoiceData()


class NameCollectionPart(Object):
    """Whether Checkout asks for a name, and whether it is optional."""

    enabled: Boolean
    optional: Boolean = False


class NameCollection(Object):
    """Which names Checkout asks for."""

    business: NameCollectionPart | None = None
    individual: NameCollectionPart | None = None


class ManagedPayments(Object):
    """Whether Stripe is the merchant of record."""

    enabled: Boolean = False


class OptionalItem(Object):
    """An item that the buyer may add. `quantity` is the initial quantity once it is added."""

    adjustable_quantity: AdjustableQuantity | None = None
    price: Annotated[str | Price, EXPANDABLE]
    quantity: Integer


class PaymentIntentData(Object):
    """Data for the PaymentIntent of a one-time payment."""

    capture_method: Open[Literal["automatic", "automatic_async", "manual"]] | None = None
    description: Text1000 | None = None
    metadata: Metadata = {}
    setup_future_usage: Open[Literal["off_session", "on_session"]] | None = None
    statement_descriptor: Text22 | None = None
    statement_descriptor_suffix: Text22 | None = None
    transfer_group: Text5000 | None = None


class CardRestrictions(Object):
    """Card brands that are refused."""

    brands_blocked: tuple[Open[CardBrand], ...] | None = None


class CardOptions(Object):
    """Options for cards."""

    restrictions: CardRestrictions | None = None


class PaymentMethodOptions(Object):
    """Options by payment method."""

    card: CardOptions | None = None


class PhoneNumberCollection(Object):
    """Whether Checkout asks for a phone number."""

    enabled: Boolean


class CompletedSessions(Object):
    """How often the link was paid, and how often it can be paid."""

    count: Integer = 0
    limit: Integer


class Restrictions(Object):
    """The limits of a link."""

    completed_sessions: CompletedSessions


class ShippingAddressCollection(Object):
    """The countries that the merchant ships to."""

    allowed_countries: tuple[str, ...]


class ShippingOption(Object):
    """One shipping option. `shipping_amount` is in minor units of the link's currency."""

    shipping_amount: Integer = 0
    shipping_rate: Annotated[str | ShippingRate, EXPANDABLE]


class InvoiceSettings(Object):
    """The content of the invoices of a subscription."""

    account_tax_ids: Annotated[tuple[Text5000, ...] | None, reference("tax_id")] = None
    custom_fields: Annotated[tuple[InvoiceCustomField, ...] | None, Field(max_length=4)] = None
    description: Text1500 | None = None
    footer: Text5000 | None = None
    issuer: ConnectedAccount = ConnectedAccount(type="self")


class EndBehavior(Object):
    """What happens at the end of a trial without a payment method."""

    missing_payment_method: Open[Literal["cancel", "create_invoice", "pause"]]


class TrialSettings(Object):
    """What happens at the end of a trial."""

    end_behavior: EndBehavior


class SubscriptionData(Object):
    """Data for the Subscription. It needs a recurring line item."""

    description: Text500 | None = None
    invoice_settings: InvoiceSettings = InvoiceSettings()
    metadata: Metadata = {}
    trial_period_days: Integer | None = None
    trial_settings: TrialSettings | None = None


class TaxIdCollection(Object):
    """Whether Checkout asks businesses for their tax ID."""

    enabled: Boolean
    required: Open[Literal["if_supported", "never"]] = "never"


class TransferData(Object):
    """The connected account that receives the payment: `amount` in minor units, or all of it."""

    amount: Integer | None = None
    destination: Annotated[Text5000, reference("account")]
