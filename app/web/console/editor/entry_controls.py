"""The controls of one entry of a list, under the short names that the templates use."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from app.web.console.editor.control import Control
from app.web.console.editor.controls.buyers import QUESTION
from app.web.console.editor.controls.first import LINE_ITEM, OPTIONAL_ITEM
from app.web.console.editor.controls.money import TIER
from app.web.console.editor.problems import CONTROLS
from app.web.display.translation import lazy_gettext as _
from app.web.display.translation import lazy_pgettext as pgettext

_ITEM: Final = ("name", "amount", "description", "quantity", "unit_label", "enabled", "minimum", "maximum")
_OPTION: Final = ("name", "amount", "quantity", "minimum", "maximum")
_QUESTION: Final = ("label", "type", "minimum", "maximum", "default", "options", "chosen", "optional", "key")

OF_INVOICES: Final = {
    "counterfoil[reference]": (_("Invoice number"), _("Buyers see it, and Stripe keeps it with the payment")),
    "counterfoil[due_date]": (_("Due on"), ""),
    "counterfoil[return_url]": (_("“Back” leads to"), _("The page of the invoice, if there is one")),
}
"""Controls that stand in the first step of an invoice, with their label and hint there."""


def item_controls(index: int) -> Mapping[str, Control]:
    """Return the controls of a line item."""
    return _named(_ITEM, LINE_ITEM, index)


def option_controls(index: int) -> Mapping[str, Control]:
    """Return the controls of an optional item."""
    return _named(_OPTION, OPTIONAL_ITEM, index)


def question_controls(index: int) -> Mapping[str, Control]:
    """Return the controls of a question."""
    return _named(_QUESTION, QUESTION, index)


def tier_controls(index: int) -> list[Control]:
    """Return the controls of a tier."""
    return [control.at(index) for control in TIER]


def first_controls(kind: str) -> Mapping[str, Control]:
    """Return name, price and currency of the first item, as the kind of the new link calls them."""
    name = replace(LINE_ITEM[0].at(0), id="name", attributes={"autocomplete": "off", "required": "required"})
    amount = replace(LINE_ITEM[1].at(0), id="amount", attributes={"autocomplete": "off", "required": "required"})
    if kind == "invoice":
        name, amount = (
            replace(name, label=pgettext("invoice", "For"), hint=""),
            replace(amount, label=_("Amount to pay")),
        )
    elif kind == "donation":
        amount = replace(amount, label=_("Amount shown at first"), optional=True, attributes={"autocomplete": "off"})
    return {"name": name, "amount": amount, "currency": CONTROLS["line_items[0][price_data][currency]"]}


def first_step_control(name: str) -> Control:
    """Return a control of a group as the first step shows it."""
    label, hint = OF_INVOICES.get(name, (CONTROLS[name].label, CONTROLS[name].hint))
    return replace(CONTROLS[name], label=label, hint=hint)


def _named(names: tuple[str, ...], controls: tuple[Control, ...], index: int) -> Mapping[str, Control]:
    return {name: control.at(index) for name, control in zip(names, controls, strict=True)}
