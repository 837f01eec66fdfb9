"""What buyers are asked, and the texts that they read."""

from typing import Final

from app.web.console.editor.control import Control, Group, Label, Part, choices
from app.web.display.translation import lazy_gettext as _

QUESTION: Final = (
    Control("custom_fields[{n}][label][custom]", _("Question"), maximum=100, optional=False),
    Control(
        "custom_fields[{n}][type]",
        _("Answer"),
        "radio",
        default="text",
        options=choices(
            ("text", _("A short text"), _("up to 255 characters")),
            ("numeric", _("Digits only"), _("such as a customer number")),
            ("dropdown", _("One of a list"), _("up to 200 choices")),
        ),
    ),
    Control("custom_fields[{n}][text][minimum_length]", _("Shortest"), "number", attributes={"min": "0"}),
    Control("custom_fields[{n}][text][maximum_length]", _("Longest"), "number", attributes={"max": "255"}),
    Control("custom_fields[{n}][text][default_value]", _("Filled in at first"), maximum=255),
    Control(
        "custom_fields[{n}][dropdown][options_text]",
        _("Choices"),
        "textarea",
        hint=_("One on each line. Write “Cork = cork” to export another word than buyers read."),
        optional=False,
    ),
    Control("custom_fields[{n}][dropdown][default_value]", _("Chosen at first"), maximum=100),
    Control("custom_fields[{n}][optional]", _("Buyers can leave it empty"), "checkbox"),
    Control(
        "custom_fields[{n}][key]",
        _("Name in exports"),
        hint=_("Letters and digits. Made from the question if you leave it."),
        maximum=200,
    ),
)

_NAMES: Final = choices(("", _("Do not ask")), ("required", _("Required")), ("optional", _("Optional")))

QUESTIONS: Final = Group(
    "questions",
    _("Questions"),
    (
        Part(template="questions"),
        Part(
            (
                Control("phone_number_collection[enabled]", _("Phone number"), "checkbox"),
                Control(
                    "billing_address_collection",
                    _("Billing address, always"),
                    "checkbox",
                    hint=_("Otherwise Stripe asks only if it must"),
                    options=choices(("required", "")),
                    default="auto",
                ),
            ),
            legend=_("Also ask for"),
        ),
        Part(
            (
                Control("name_collection[individual]", _("Name of the buyer"), "select", options=_NAMES),
                Control("name_collection[business]", _("Name of the business"), "select", options=_NAMES),
            ),
            inline=True,
        ),
    ),
)


def _text(place: str, label: Label, hint: Label = "") -> Control:
    return Control(f"custom_text[{place}][message]", label, "textarea", hint=hint, maximum=1200)


TEXTS: Final = Group(
    "texts",
    _("Consents and texts"),
    (
        Part(
            (
                Control(
                    "consent_collection[terms_of_service]",
                    _("Buyers must accept your terms"),
                    "checkbox",
                    hint=_("The box links to the address of your terms, if your settings name one"),
                    options=choices(("required", "")),
                ),
                Control(
                    "consent_collection[promotions]",
                    _("Buyers can agree to receive news and offers"),
                    "checkbox",
                    options=choices(("auto", "")),
                ),
            ),
            legend=_("Consents"),
        ),
        Part(
            (
                _text(
                    "terms_of_service_acceptance",
                    _("Text beside the terms box"),
                    _("Replaces “I agree to the terms”. Up to 1200 characters. **Bold** and [links](https://…) work."),
                ),
                _text("submit", _("Text above the button")),
                _text("after_submit", _("Text below the button")),
                _text("shipping_address", _("Text beside the delivery address")),
                Control(
                    "consent_collection[payment_method_reuse_agreement][position]",
                    _("Stripe’s note about saving a card"),
                    "radio",
                    default="",
                    options=choices(
                        ("", _("As Stripe does it")),
                        ("auto", _("Show it if Stripe needs it")),
                        ("hidden", _("Hide it"), _("only if your own text says the same")),
                    ),
                ),
                Control("counterfoil[title]", _("Title above the items"), maximum=120),
                Control("counterfoil[description]", _("Text above the items"), "textarea", maximum=1200),
                Control(
                    "counterfoil[image]",
                    _("Address of a picture above the items"),
                    hint=_("Also shown where the link is shared in a chat"),
                    maximum=5000,
                ),
            )
        ),
    ),
)
