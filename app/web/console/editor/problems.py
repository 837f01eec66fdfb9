"""Where an error stands: the field of a parameter that a rule refuses, in words that name fields as the form does."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from app.errors import InvalidRequest
from app.objects.currency import minimum_charge
from app.pricing.money import format_amount
from app.services.links.rules import refuse
from app.web.console.editor.control import Control
from app.web.console.editor.controls import GROUPS, REPEATED, every_control
from app.web.console.editor.controls.first import AMOUNT
from app.web.console.editor.controls.translations import translation_control
from app.web.console.editor.texts import Manner
from app.web.console.messages.translate import problem_text
from app.web.display.payment_methods import method_name
from app.web.display.translation import gettext as _

FIRST: Final = "first"
_INDEX: Final = re.compile(r"\[[0-9]+\]")
_LAST_INDEX: Final = re.compile(r"\[[0-9]+\]$")
_PARAM: Final = re.compile(r"[a-z_]+(?:\[[A-Za-z0-9_]*\])+|[a-z]+(?:_[a-z]+)+")
_GROUP_OF_ENTRY: Final = (
    ("line_items[0][price_data][product_data][name]", FIRST),
    ("line_items[0][amount]", FIRST),
    ("line_items[0][picture]", FIRST),
    ("line_items[0][tiers", "type"),
    ("line_items[0][custom_unit_amount]", "type"),
    ("line_items[0][price_data][recurring]", "type"),
    ("line_items[0][price_data][tax_behavior]", "tax"),
    ("line_items", "items"),
    ("optional_items", "items"),
    ("custom_fields", "questions"),
    ("shipping_options", "shipping"),
    ("shipping_rate_data", "shipping"),
    ("counterfoil[tax_rates]", "tax"),
    ("counterfoil[translations]", "translations"),
    ("metadata", "advanced"),
)
_CHOICES: Final = frozenset(
    {
        "counterfoil[coupon]",
        "counterfoil[tax_rates][{n}]",
        "line_items[{n}][price]",
        "optional_items[{n}][price]",
        "shipping_options[{n}][shipping_rate]",
    }
)
"""Parameters with the id of an object that the form offers."""

_METHOD_CODES: Final = frozenset({"payment_method_currency_mismatch", "payment_method_unsupported_type"})
_MOVED: Final = (
    ("[price_data][unit_amount]", "[amount]"),
    ("[price_data][unit_amount_decimal]", "[amount]"),
    ("[dropdown][options]", "[dropdown][options_text]"),
    ("[dropdown]", "[dropdown][options_text]"),
    ("[numeric]", "[text]"),
)


def _table() -> Mapping[str, Control]:
    return {control.name: control for control in (*(found for _group, found in every_control()), *REPEATED)}


CONTROLS: Final = _table()


def field_of(param: str | None) -> str:
    """Return the name of the field that sets a parameter. Empty for one that has no field."""
    if not param:
        return ""
    for before, after in _MOVED:
        if before in param and after not in param:
            param = param.replace(before, after)
            break
    param = param.replace("subscription_data[invoice_settings]", "invoice_creation[invoice_data]")
    listed = _LAST_INDEX.sub("", param)
    for name in (param, listed, f"{listed}[]"):
        if control_of(name) is not None:
            return name
    inside = [name for name in CONTROLS if name.startswith(f"{_INDEX.sub('[{n}]', param)}[")]
    first = _INDEX.search(param)
    return inside[0].replace("[{n}]", first[0] if first else "[0]") if inside else param


def control_of(name: str) -> Control | None:
    """Return the control of a field, also of one field among several entries."""
    found = CONTROLS.get(name) or CONTROLS.get(_INDEX.sub("[{n}]", name)) or translation_control(name)
    if found is not None or "[tiers]" not in name:
        return found
    return CONTROLS.get(re.sub(r"\[tiers\]\[[0-9]+\]", "[tiers][{n}]", name))


def group_of(name: str) -> str:
    """Return the group that a field stands in."""
    for start, place in _GROUP_OF_ENTRY:
        if name.startswith(start):
            return place
    for group in GROUPS:
        if any(control.name == name for control in group.controls):
            return group.name
    first = name.partition("[")[0]
    return next((group.name for group in GROUPS for control in group.controls if control.name.startswith(first)), FIRST)


def message_of(error: InvalidRequest, manner: Manner, methods: Sequence[str] = ()) -> tuple[str, str]:
    """Return the field of an error, and its message in the words of the form. `methods` are the payment methods of the link."""
    name = field_of(error.param)
    minimum = minimum_charge(manner.currency)
    if error.code == "amount_too_small" and minimum is not None:
        amount = format_amount(minimum, manner.currency, manner.locale)
        return AMOUNT.at(0).name, _(
            "Enter a price of %(amount)s or more. Stripe takes no smaller payment", amount=amount
        )
    if error.code == "amount_too_large":
        return AMOUNT.at(0).name, _("Enter a smaller price. Stripe takes no larger payment")
    if error.param == "counterfoil[closes_at]" and error.code == "parameters_exclusive":
        return name, _("Enter a time after it opens")
    if error.param == "counterfoil[slug]" and error.code == "resource_already_exists":
        return name, _("Another link has this address already. Choose another one")
    if error.param == "after_completion[redirect][url]" and error.code == "parameter_invalid_empty":
        return name, _("Enter the address of your page")
    return name, _method_problem(error, manner, methods) or _offer_problem(error, manner) or in_words(error)


def _offer_problem(error: InvalidRequest, manner: Manner) -> str:
    """Return why an object of the account is refused that the form offers. Empty for another error."""
    currency = manner.currency.upper()
    if error.code == "coupon_expired":
        return _("This coupon has ended. Choose another one")
    if error.code == "product_inactive":
        return _("This price is archived, or its product is. Choose another one")
    param = _INDEX.sub("[{n}]", error.param or "")
    if error.code == "resource_missing" and param in _CHOICES:
        return _("Stripe does not have this choice any more. Choose another one")
    match (error.cause, param):
        case (refuse.OTHER_CURRENCY, "counterfoil[coupon]"):
            return _(
                "This coupon takes off an amount in another currency. Choose one in %(currency)s", currency=currency
            )
        case (refuse.OTHER_CURRENCY, "shipping_options[{n}][shipping_rate]"):
            return _("A delivery option has no price in %(currency)s. Untick it", currency=currency)
        case (refuse.INACTIVE, "shipping_options[{n}][shipping_rate]"):
            return _("A delivery option is archived at Stripe. Untick it")
        case (refuse.INACTIVE, "counterfoil[tax_rates][{n}]"):
            return _("A tax rate is switched off at Stripe. Untick it")
        case (refuse.REPEATED, "counterfoil[tax_rates][{n}]"):
            return _("A tax rate is on the link twice. Remove one of the two")
    return ""


def _method_problem(error: InvalidRequest, manner: Manner, methods: Sequence[str]) -> str:
    """Return why a payment method of the link is refused, with the name that the form gives it. Empty for another error."""
    if error.code not in _METHOD_CODES:
        return ""
    index = _LAST_INDEX.search(error.param or "")
    if index is None:
        return _(
            "None of these can hold a payment until you take it by hand. Tick another one, such as %(method)s",
            method=method_name("card"),
        )
    name = method_name(methods[int(index[0][1:-1])])
    if error.code == "payment_method_currency_mismatch":
        return _(
            "Untick %(method)s. It takes no payments in %(currency)s", method=name, currency=manner.currency.upper()
        )
    return _("Untick %(method)s. It takes no payments for subscriptions", method=name)


def in_words(error: InvalidRequest) -> str:
    """Return a message in the language of the page, with labels in place of parameters: "“Closes” must come after “Open from”"."""
    return problem_text(error, _named).rstrip(".")


def _named(text: str) -> str:
    """Return a text with labels in place of parameters."""

    def label(match: re.Match[str]) -> str:
        control = control_of(field_of(match[0]))
        # L10n: The label of a field within a sentence, in the quotation marks of the language.
        return _("“%(label)s”", label=str(control.label)) if control is not None else match[0]

    return _PARAM.sub(label, text)
