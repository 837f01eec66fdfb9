"""The new delivery option of a form: made at Stripe, ticked, and taken out of the fields."""

from typing import Any, Final

from app.errors import GatewayError, GatewayRefused
from app.services.links.shipping_rates import create_shipping_rate
from app.web.console.editor.control import Control
from app.web.console.editor.controls.money import NEW_RATE
from app.web.console.editor.loading import Work
from app.web.console.editor.texts import Unreadable, clean, read_text
from app.web.console.messages.translate import stripe_text
from app.web.console.refusal_text import why_not
from app.web.display.translation import gettext as _

NAME, AMOUNT, MINIMUM, MAXIMUM, UNIT = NEW_RATE
CHOSEN: Final = "shipping_options"


def make_shipping_rate(work: Work) -> dict[str, str]:
    """Make the delivery option that the form describes, and tick it. Return what is wrong, by the name of the field.

    A form that describes none, or that ships nothing, makes none.
    """
    values = work.values
    typed = [clean(control, values.get(control.name)) for control in (NAME, AMOUNT, MINIMUM, MAXIMUM)]
    if values.get("ships") != "yes" or not (any(typed) or values.get("add")):
        return {}
    params, problems = _read(work)
    if problems:
        return problems
    visitor = work.visitor
    form = values.get("form_id") or f"{work.link.id if work.link else ''} {values.get('version')}"
    try:
        id = create_shipping_rate(
            visitor.context.store,
            visitor.context.gateway,
            visitor.organization,
            params,
            form,
            visitor.now,
            actor=visitor.actor,
        )
    except GatewayError as error:
        known = isinstance(error, GatewayRefused) and not error.lacks_right
        return {NAME.name: stripe_text(error.message) if known else why_not(visitor, error, "shipping_rates")}
    chosen = values.entries(CHOSEN, "[shipping_rate]")
    if id not in chosen:
        values.set(f"{CHOSEN}[{max(values.indices(CHOSEN), default=-1) + 1}][shipping_rate]", id)
    for control in NEW_RATE:
        values.set(control.name, "")
    return {}


def _read(work: Work) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the parameters of the shipping rate, and what is wrong, by the name of the field."""
    problems: dict[str, str] = {}

    def value(control: Control) -> Any:
        text = clean(control, work.values.get(control.name))
        try:
            return read_text(control, text, work.manner) if text else None
        except Unreadable as error:
            problems[control.name] = str(error)
            return None

    name, amount, minimum, maximum = (value(control) for control in (NAME, AMOUNT, MINIMUM, MAXIMUM))
    if not name:
        problems.setdefault(NAME.name, _("Enter a name, such as “Standard”"))
    if amount is None:
        problems.setdefault(AMOUNT.name, _("Enter what it costs, or 0"))
    for control, days in ((MINIMUM, minimum), (MAXIMUM, maximum)):
        if days is not None and days < 1:
            problems[control.name] = _("Enter a whole number, such as 10")
    if minimum is not None and maximum is not None and maximum < minimum:
        problems.setdefault(MAXIMUM.name, _("Enter at least as much as before"))
    unit = work.values.get(UNIT.name) or UNIT.default
    bounds = {"minimum": minimum, "maximum": maximum}
    estimate = {side: {"unit": unit, "value": count} for side, count in bounds.items() if count is not None}
    params = {
        "display_name": name,
        "fixed_amount": {"amount": amount, "currency": work.manner.currency},
        "type": "fixed_amount",
    }
    return params | ({"delivery_estimate": estimate} if estimate else {}), problems
