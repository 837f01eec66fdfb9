"""Groups of session parameters that payment links do not have, or have in another form."""

from decimal import Decimal
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import ConfigDict, Field, model_validator

from app.objects.enumerations import CardBrand, PaymentMethodType
from app.objects.limits import MAXIMUM_TRIAL_DAYS
from app.objects.metadata import Metadata
from app.objects.payment_link.parts import CustomTextMessage, InvoiceSettings, TrialSettings
from app.objects.scalars import Boolean, Integer, Percentage, Text, TimestampParam, refusal
from app.sandbox.parameters import NO_METADATA, Amount, Id, Parameters, Unset, Words

_PAYMENT_METHOD_TYPES: Final = frozenset(get_args(PaymentMethodType)) | {"acss_debit", "amazon_pay", "customer_balance"}


class Enabled(Parameters):
    """A switch."""

    enabled: Boolean


class Recovery(Parameters):
    """Whether an expired session can be recovered."""

    allow_promotion_codes: Boolean = False
    enabled: Boolean


class AfterExpiration(Parameters):
    """What happens after a session expired."""

    recovery: Recovery | None = None


class BrandingImage(Parameters):
    """An icon or a logo, by file or by address."""

    file: Id | None = None
    type: Literal["file", "url"]
    url: Words | None = None


class BrandingSettings(Parameters):
    """How the hosted page looks."""

    background_color: Unset | Words | None = None
    border_style: Unset | Literal["pill", "rectangular", "rounded"] | None = None
    button_color: Unset | Words | None = None
    display_name: Words | None = None
    font_family: Unset | Words | None = None
    icon: BrandingImage | None = None
    logo: BrandingImage | None = None


class CustomText(Parameters):
    """The merchant's texts by their place on the page."""

    after_submit: Unset | CustomTextMessage | None = None
    shipping_address: Unset | CustomTextMessage | None = None
    submit: Unset | CustomTextMessage | None = None
    terms_of_service_acceptance: Unset | CustomTextMessage | None = None


class CustomerUpdate(Parameters):
    """The attributes that the page updates on an existing customer."""

    address: Literal["auto", "never"] | None = None
    name: Literal["auto", "never"] | None = None
    shipping: Literal["auto", "never"] | None = None


class TransferData(Parameters):
    """The connected account that receives a payment."""

    amount: Amount | None = None
    destination: Id


class SubscriptionTransferData(Parameters):
    """The connected account that receives the payments of a subscription."""

    amount_percent: Annotated[Percentage, Field(ge=Decimal(0), le=Decimal(100))] | None = None
    destination: Id


class PaymentIntentData(Parameters):
    """Data for the payment intent, in payment mode only."""

    application_fee_amount: Amount | None = None
    capture_method: Literal["automatic", "automatic_async", "manual"] | None = None
    description: Annotated[str, Text(1000)] | None = None
    metadata: Metadata = NO_METADATA
    on_behalf_of: Id | None = None
    receipt_email: Words | None = None
    setup_future_usage: Literal["off_session", "on_session"] | None = None
    shipping: dict[str, Any] | None = None
    statement_descriptor: Annotated[str, Text(22)] | None = None
    statement_descriptor_suffix: Annotated[str, Text(22)] | None = None
    transfer_data: TransferData | None = None
    transfer_group: Words | None = None


class SubscriptionData(Parameters):
    """Data for the subscription, in subscription mode only."""

    application_fee_percent: Annotated[Percentage, Field(ge=Decimal(0), le=Decimal(100))] | None = None
    billing_cycle_anchor: TimestampParam | None = None
    billing_mode: dict[str, Any] | None = None
    default_tax_rates: tuple[Id, ...] = ()
    description: Annotated[str, Text(500)] | None = None
    invoice_settings: InvoiceSettings | None = None
    metadata: Metadata = NO_METADATA
    on_behalf_of: Id | None = None
    proration_behavior: Literal["create_prorations", "none"] | None = None
    transfer_data: SubscriptionTransferData | None = None
    trial_end: TimestampParam | None = None
    trial_period_days: Annotated[Integer, Field(ge=1, le=MAXIMUM_TRIAL_DAYS)] | None = None
    trial_settings: TrialSettings | None = None


class CardRestrictions(Parameters):
    """Cards that are refused."""

    brands_blocked: tuple[CardBrand, ...] | None = None
    funding_types_blocked: tuple[Literal["credit", "debit", "prepaid"], ...] | None = None


class CardOptions(Parameters):
    """Options for cards."""

    capture_method: Literal["manual"] | None = None
    installments: Enabled | None = None
    request_extended_authorization: Literal["if_available", "never"] | None = None
    request_incremental_authorization: Literal["if_available", "never"] | None = None
    request_multicapture: Literal["if_available", "never"] | None = None
    request_overcapture: Literal["if_available", "never"] | None = None
    request_three_d_secure: Literal["any", "automatic", "challenge"] | None = None
    restrictions: CardRestrictions | None = None
    setup_future_usage: Literal["off_session", "on_session"] | None = None
    statement_descriptor_suffix_kana: Annotated[str, Text(22)] | None = None
    statement_descriptor_suffix_kanji: Annotated[str, Text(17)] | None = None


class PaymentMethodOptions(Parameters):
    """Options by payment method. Options of other methods than cards are stored as given."""

    model_config = ConfigDict(extra="allow")

    card: CardOptions | None = None

    @model_validator(mode="before")
    @classmethod
    def _check_names(cls, data: Any) -> Any:
        for name in data if isinstance(data, dict) else ():
            if name not in _PAYMENT_METHOD_TYPES:
                raise refusal("Received unknown parameter: {param}.", code="parameter_unknown", at=(str(name),))
        return data


class SavedPaymentMethodOptions(Parameters):
    """Options for stored payment methods."""

    allow_redisplay_filters: tuple[Literal["always", "limited", "unspecified"], ...] | None = None
    payment_method_remove: Literal["disabled", "enabled"] | None = None
    payment_method_save: Literal["disabled", "enabled"] | None = None


class LinkWallet(Parameters):
    """Whether the page shows Link."""

    display: Literal["auto", "never"] | None = None


class WalletOptions(Parameters):
    """Options for wallets on the hosted page."""

    link: LinkWallet | None = None
