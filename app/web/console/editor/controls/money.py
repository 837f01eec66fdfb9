"""How a link is paid: once or again, with which shipping, tax and discount."""

from typing import Final

from app.web.console.editor.control import Control, Group, Part, choices
from app.web.display.translation import lazy_gettext as _
from app.web.display.translation import lazy_pgettext as pgettext

PRICE_KIND: Final = Control(
    "price_kind",
    _("How is it paid?"),
    "radio",
    default="once",
    only="create",
    options=choices(
        ("once", _("Once")),
        ("recurring", _("Again and again"), _("a subscription")),
        ("custom", _("Buyers choose the amount"), _("a donation, or pay what you want")),
        ("tiers", _("The more, the cheaper"), _("a subscription whose price depends on the quantity")),
    ),
)

TIER: Final = (
    Control("line_items[0][tiers][{n}][up_to]", _("Up to"), "number", attributes={"min": "1"}, only="create"),
    Control("line_items[0][tiers][{n}][unit_amount]", _("Each"), "amount", only="create"),
    Control("line_items[0][tiers][{n}][flat_amount]", _("Plus once"), "amount", only="create"),
)

_SUBSCRIPTION: Final = ("price_kind", ("recurring", "tiers"))

TYPE: Final = Group(
    "type",
    _("Payment type"),
    (
        Part((PRICE_KIND,)),
        Part(
            (
                Control(
                    "line_items[0][price_data][recurring][interval_count]",
                    _("Every"),
                    "number",
                    default="1",
                    only="create",
                    optional=False,
                    attributes={"min": "1"},
                ),
                Control(
                    "line_items[0][price_data][recurring][interval]",
                    _("Period"),
                    "select",
                    only="create",
                    options=choices(("month", _("month")), ("year", _("year")), ("week", _("week")), ("day", _("day"))),
                    default="month",
                ),
                Control(
                    "subscription_data[trial_period_days]",
                    _("Free trial, in days"),
                    "number",
                    attributes={"min": "1", "max": "730"},
                ),
            ),
            legend=_("Subscription"),
            when=_SUBSCRIPTION,
            inline=True,
        ),
        Part(
            (
                Control(
                    "subscription_data[trial_settings][end_behavior][missing_payment_method]",
                    _("When the trial ends without a card"),
                    "radio",
                    options=choices(
                        ("", _("As Stripe does it")),
                        ("create_invoice", _("Send an invoice")),
                        ("pause", _("Pause the subscription")),
                        ("cancel", _("Cancel the subscription")),
                    ),
                ),
                Control(
                    "payment_method_collection",
                    _("Ask for a card"),
                    "radio",
                    default="always",
                    options=choices(("always", _("Always")), ("if_required", _("Only if something is due today"))),
                ),
                Control(
                    "subscription_data[description]",
                    _("Description of the subscription"),
                    maximum=500,
                    only="create",
                ),
            ),
            when=_SUBSCRIPTION,
        ),
        Part(
            (
                Control("line_items[0][custom_unit_amount][preset]", _("Shown at first"), "amount", only="create"),
                Control("line_items[0][custom_unit_amount][minimum]", _("Smallest amount"), "amount", only="create"),
                Control("line_items[0][custom_unit_amount][maximum]", _("Largest amount"), "amount", only="create"),
            ),
            legend=_("Amount that buyers choose"),
            when=("price_kind", ("custom",)),
            inline=True,
        ),
        Part(
            (
                Control(
                    "line_items[0][tiers_mode]",
                    _("Each tier counts for"),
                    "radio",
                    default="graduated",
                    only="create",
                    options=choices(("graduated", _("the pieces in it")), ("volume", _("the whole order"))),
                ),
            ),
            when=("price_kind", ("tiers",)),
            template="tiers",
        ),
        Part(
            (
                Control(
                    "submit_type",
                    _("The button says"),
                    "radio",
                    default="auto",
                    options=choices(
                        ("auto", _("What fits")),
                        ("pay", _("Pay")),
                        ("book", _("Book")),
                        ("donate", _("Donate")),
                        ("subscribe", _("Subscribe")),
                    ),
                ),
            )
        ),
    ),
)

SHIPPING: Final = Group(
    "shipping",
    pgettext("delivery of goods", "Shipping"),
    (
        Part(
            (
                Control(
                    "ships",
                    _("Do you ship it?"),
                    "radio",
                    default="no",
                    options=choices(
                        ("no", _("No"), _("a download, a ticket, or buyers pick it up")),
                        ("yes", _("Yes"), _("buyers give a delivery address")),
                    ),
                ),
            )
        ),
        Part(
            (
                Control(
                    "shipping_address_collection[allowed_countries]",
                    _("Countries you ship to"),
                    "words",
                    hint=_("Two letters each, such as DE AT CH."),
                    optional=False,
                    id="countries",
                    attributes={"autocapitalize": "characters", "autocomplete": "off"},
                ),
                Control(
                    "shipping_options[{n}][shipping_rate]",
                    _("Delivery options"),
                    "checkboxes",
                    hint=_("Buyers choose one. Up to 5."),
                ),
            ),
            when=("ships", ("yes",)),
            template="shipping",
        ),
    ),
)

NEW_RATE: Final = (
    Control(
        "shipping_rate_data[display_name]",
        _("Name of the option"),
        hint=_("As buyers read it, such as Standard"),
        maximum=100,
        optional=False,
        attributes={"autocomplete": "off"},
    ),
    Control(
        "shipping_rate_data[fixed_amount][amount]",
        _("Delivery costs"),
        "amount",
        hint=_("0 if it is free"),
        optional=False,
        attributes={"autocomplete": "off"},
    ),
    Control(
        "shipping_rate_data[delivery_estimate][minimum][value]",
        _("Takes at least"),
        "number",
        attributes={"min": "1"},
    ),
    Control(
        "shipping_rate_data[delivery_estimate][maximum][value]",
        _("Takes at most"),
        "number",
        attributes={"min": "1"},
    ),
    Control(
        "shipping_rate_data[delivery_estimate][unit]",
        _("Counted in"),
        "select",
        default="business_day",
        options=choices(
            ("business_day", _("business days")),
            ("day", _("days")),
            ("hour", _("hours")),
            ("week", _("weeks")),
            ("month", _("months")),
        ),
    ),
)
"""A delivery option that the form makes at Stripe."""

TAX: Final = Group(
    "tax",
    _("Tax"),
    (
        Part(
            (
                Control(
                    "tax_kind",
                    _("Tax"),
                    "radio",
                    default="none",
                    options=choices(
                        ("none", _("Nothing is added"), _("you take care of tax yourself")),
                        ("rates", _("A fixed rate"), _("from your list of rates")),
                        ("automatic", _("Stripe works it out"), _("needs Stripe Tax, and asks for an address")),
                    ),
                ),
            )
        ),
        Part(
            (Control("counterfoil[tax_rates][{n}]", _("Rates"), "checkboxes"),),
            when=("tax_kind", ("rates",)),
        ),
        Part(
            (
                Control(
                    "line_items[0][price_data][tax_behavior]",
                    _("The price is"),
                    "radio",
                    default="unspecified",
                    only="create",
                    options=choices(
                        ("unspecified", _("as your Stripe settings say")),
                        ("inclusive", _("with tax")),
                        ("exclusive", _("without tax")),
                    ),
                ),
            )
        ),
        Part(
            (
                Control(
                    "line_items[0][price_data][product_data][tax_code]",
                    _("Tax code of the product"),
                    hint=_("For Stripe Tax, such as txcd_40060003"),
                    maximum=5000,
                    only="create",
                ),
                Control(
                    "automatic_tax[liability][account]",
                    _("Account that owes the tax"),
                    hint=_("For platforms only. Empty: your own."),
                    maximum=5000,
                ),
            ),
            when=("tax_kind", ("automatic",)),
        ),
        Part(
            (
                Control("tax_id_collection[enabled]", _("Businesses can give their tax number"), "checkbox"),
                Control(
                    "tax_id_collection[required]",
                    _("… and must, if Stripe supports it"),
                    "checkbox",
                    options=choices(("if_supported", "")),
                ),
            )
        ),
    ),
)

DISCOUNTS: Final = Group(
    "discounts",
    _("Discounts and codes"),
    (
        Part(
            (
                Control(
                    "discount_kind",
                    _("Discount"),
                    "radio",
                    default="none",
                    options=choices(
                        ("none", pgettext("discount", "None")),
                        ("codes", _("Buyers can enter a code")),
                        ("always", _("A coupon for everybody"), _("taken off at once")),
                    ),
                ),
            )
        ),
        Part(
            (Control("counterfoil[coupon]", _("Coupon"), "select", id="coupon"),),
            when=("discount_kind", ("always",)),
        ),
    ),
)
