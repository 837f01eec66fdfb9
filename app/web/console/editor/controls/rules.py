"""When a link can be paid, what follows the payment, and how the link is found."""

from typing import Final

from app.objects.enumerations import LINK_LOCALES
from app.web.console.editor.control import Control, Group, Part, choices
from app.web.display.translation import lazy_gettext as _
from app.web.display.translation import lazy_pgettext as pgettext

LIMITS: Final = Group(
    "limits",
    _("Limits and dates"),
    (
        Part(
            (
                Control(
                    "restrictions[completed_sessions][limit]",
                    _("How many can pay"),
                    "number",
                    hint=_("1 makes it a link for one person"),
                    attributes={"min": "1"},
                    id="limit",
                ),
            ),
            inline=True,
        ),
        Part(
            (
                Control("counterfoil[opens_at]", _("Open from"), "moment", id="opens"),
                Control("counterfoil[closes_at]", _("Closes"), "moment", id="closes"),
            ),
            inline=True,
        ),
        Part((Control("inactive_message", _("Message when the link is off"), "textarea", maximum=500),)),
    ),
)

AFTER: Final = Group(
    "after",
    _("After payment"),
    (
        Part(
            (
                Control(
                    "after_completion[type]",
                    _("Then buyers see"),
                    "radio",
                    default="hosted_confirmation",
                    options=choices(
                        ("hosted_confirmation", _("Our receipt page")),
                        ("redirect", _("A page of yours")),
                    ),
                ),
            )
        ),
        Part(
            (
                Control(
                    "after_completion[hosted_confirmation][custom_message]",
                    _("Your words on the receipt page"),
                    "textarea",
                    maximum=500,
                ),
            ),
            when=("after_completion[type]", ("hosted_confirmation",)),
        ),
        Part(
            (
                Control(
                    "after_completion[redirect][url]",
                    _("Address of your page"),
                    attributes={"inputmode": "url"},  # no address to HTML: {CHECKOUT_SESSION_ID} may stand in it
                    hint=_("https://… Write {CHECKOUT_SESSION_ID} where the id should stand"),
                    optional=False,
                    maximum=5000,
                ),
            ),
            when=("after_completion[type]", ("redirect",)),
        ),
        Part(
            (
                Control(
                    "counterfoil[return_url]",
                    _("“Back” leads to"),
                    "url",
                    hint=_("Empty: your website"),
                    maximum=5000,
                    id="return",
                ),
            )
        ),
    ),
)

_INVOICE: Final = "invoice_creation[invoice_data]"

INVOICE: Final = Group(
    "invoice",
    _("Invoice and reference"),
    (
        Part(
            (
                Control(
                    "counterfoil[reference]",
                    _("Reference"),
                    hint=_("Such as an invoice number. Buyers see it, and Stripe keeps it with the payment."),
                    maximum=200,
                    id="reference",
                ),
                Control("counterfoil[due_date]", _("Due on"), "date", id="due"),
                Control(
                    "invoice_creation[enabled]",
                    _("Stripe makes a paid invoice (PDF) after each payment"),
                    "checkbox",
                ),
            )
        ),
        Part(
            (
                Control(f"{_INVOICE}[description]", _("Text on the invoice"), "textarea", maximum=1500),
                Control(f"{_INVOICE}[footer]", _("Last line of the invoice"), maximum=5000),
                Control(
                    f"{_INVOICE}[rendering_options][amount_tax_display]",
                    _("Amounts on the invoice"),
                    "select",
                    options=choices(
                        ("", _("as Stripe does it")),
                        ("include_inclusive_tax", _("with tax")),
                        ("exclude_tax", _("without tax")),
                    ),
                ),
                Control(
                    f"{_INVOICE}[rendering_options][template]",
                    _("Invoice template"),
                    hint=_("An id at Stripe, such as inrtem_…"),
                    maximum=5000,
                ),
                Control(
                    f"{_INVOICE}[account_tax_ids]",
                    _("Your tax numbers on the invoice"),
                    "words",
                    hint=_("Ids at Stripe, such as atxi_…"),
                ),
                Control(
                    f"{_INVOICE}[issuer][account]",
                    _("Account that issues the invoice"),
                    hint=_("For platforms only. Empty: your own."),
                    maximum=5000,
                ),
            ),
            hint=_("The fields below also apply to the invoices of a subscription."),
            template="invoice",
        ),
    ),
)

SITES: Final = Group(
    "sites",
    _("Sites that may show it"),
    (
        Part(
            (
                Control(
                    "counterfoil[embed_origins]",
                    _("Sites"),
                    "lines",
                    hint=_(
                        "One on each line, such as https://www.example.com. Only these can show the payment page inside their own page."
                    ),
                    id="origins",
                ),
            )
        ),
    ),
)

LANGUAGE: Final = Group(
    "language",
    _("Language and address"),
    (
        Part(
            (
                Control(
                    "counterfoil[locale]",
                    _("Language"),
                    "select",
                    options=choices(("", _("The buyer’s own")), *((code, code) for code in LINK_LOCALES)),
                ),
                Control(
                    "counterfoil[slug]",
                    pgettext("web address", "Address"),
                    hint=_(
                        "Small letters, digits and hyphens. Empty: 22 random characters, which are too many to guess."
                    ),
                    maximum=64,
                    id="slug",
                    attributes={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "dir": "ltr"},
                ),
                Control(
                    "counterfoil[name]",
                    _("Name in your own lists"),
                    hint=_("Empty: the name of the first item"),
                    maximum=250,
                    id="own-name",
                ),
            )
        ),
    ),
)
