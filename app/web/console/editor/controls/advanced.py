"""What developers and platforms set."""

from typing import Final, get_args

from app.objects.enumerations import CardBrand, PaymentMethodType
from app.web.console.editor.control import Control, Group, Part, choices
from app.web.display.translation import lazy_gettext as _
from app.web.display.translation import lazy_pgettext as pgettext

_BRANDS: Final = {
    "american_express": "American Express",
    "discover_global_network": "Discover",
    "mastercard": "Mastercard",
    "visa": "Visa",
}

PAIRS: Final = (
    ("metadata", _("Data kept with the link"), _("For programs, up to 50 pairs. Buyers do not see it."), 40, 500),
    ("payment_intent_data[metadata]", _("Data kept with each payment"), _("For payments made once"), 40, 500),
    ("subscription_data[metadata]", _("Data kept with each subscription"), _("For subscriptions"), 40, 500),
)
"""Lists of names and values: name of the field, legend, hint, and the longest name and value."""

INVOICE_PAIRS: Final = (
    (
        "invoice_creation[invoice_data][custom_fields]",
        _("Extra lines on the invoice"),
        _("Up to 4, such as “Purchase order” and its number"),
        40,
        140,
    ),
    (
        "invoice_creation[invoice_data][metadata]",
        _("Data kept with the invoice"),
        _("For programs. Buyers do not see it."),
        40,
        500,
    ),
)

ADVANCED: Final = Group(
    "advanced",
    _("Advanced"),
    (
        Part(
            (
                Control(
                    "payment_method_types[]",
                    _("Ways to pay"),
                    "checkboxes",
                    hint=_("Nothing ticked: all that are switched on at Stripe and fit the buyer"),
                    options=choices(*((kind, kind) for kind in get_args(PaymentMethodType))),
                ),
                Control(
                    "payment_method_options[card][restrictions][brands_blocked][]",
                    _("Card brands you do not take"),
                    "checkboxes",
                    options=choices(*((brand, _BRANDS[brand]) for brand in get_args(CardBrand))),
                ),
            ),
            template="methods",
        ),
        Part(
            (
                Control(
                    "payment_intent_data[capture_method]",
                    _("Take the money"),
                    "radio",
                    only="create",
                    options=choices(
                        ("", _("As Stripe does it")),
                        ("automatic_async", _("At once")),
                        ("automatic", _("At once, and wait for Stripe’s details")),
                        ("manual", _("Later, by hand in the Stripe Dashboard")),
                    ),
                ),
                Control(
                    "payment_intent_data[setup_future_usage]",
                    _("Keep the card for later payments"),
                    "radio",
                    options=choices(
                        ("", _("No")),
                        ("on_session", _("When the buyer is there")),
                        ("off_session", _("When the buyer is not there")),
                    ),
                ),
                Control(
                    "customer_creation",
                    _("Make a customer at Stripe"),
                    "radio",
                    default="if_required",
                    options=choices(("if_required", _("Only if one is needed")), ("always", _("For each payment"))),
                ),
                Control("payment_intent_data[description]", _("Description of the payment at Stripe"), maximum=1000),
            )
        ),
        Part(
            (
                Control(
                    "payment_intent_data[statement_descriptor]",
                    _("On bank statements"),
                    hint=_("Not for cards"),
                    maximum=22,
                ),
                Control(
                    "payment_intent_data[statement_descriptor_suffix]",
                    _("On card statements"),
                    hint=_("After your short name"),
                    maximum=22,
                ),
            ),
            inline=True,
        ),
        Part(
            (
                Control(
                    "managed_payments[enabled]",
                    _("Stripe is the seller (managed payments)"),
                    "checkbox",
                    only="create",
                ),
            )
        ),
        Part(template="pairs"),
        Part(
            (
                Control("on_behalf_of", _("On behalf of"), maximum=5000, attributes={"placeholder": "acct_…"}),
                Control(
                    "transfer_data[destination]",
                    _("Send the money to"),
                    maximum=5000,
                    attributes={"placeholder": "acct_…"},
                ),
                Control("transfer_data[amount]", _("… only this amount"), "amount"),
                Control(
                    "application_fee_amount",
                    _("Your fee, as an amount"),
                    "amount",
                    hint=pgettext("kind of payment", "Paid once"),
                ),
                Control("application_fee_percent", _("Your fee, in percent"), "percent", hint=_("Subscriptions")),
                Control("payment_intent_data[transfer_group]", _("Transfer group"), maximum=5000),
                Control(
                    "subscription_data[invoice_settings][issuer][account]",
                    _("Account that issues a subscription’s invoices"),
                    maximum=5000,
                ),
            ),
            legend=_("Platforms (Stripe Connect)"),
            inline=True,
        ),
        Part(template="json"),
    ),
)
