"""Packing slips for printing: what is in a parcel and where it goes. They show no price."""

from dataclasses import dataclass

from flask import request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.objects.attempt import Attempt
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.services.attempts import payments
from app.services.orders.handling import AT_ONCE
from app.web.console.auth import Visitor, blueprint, needs, page, require_visitor
from app.web.console.payments.rows import buyer_name
from app.web.display.formatting import date
from app.web.display.postal_address import postal_line
from app.web.display.receipt import custom_answers, delivery_markup, shipping_name
from app.web.display.translation import gettext as _
from app.web.display.translation import pgettext


@dataclass(frozen=True)
class Slip:
    """One packing slip."""

    id: str
    buyer: str
    address: Markup | None
    facts: list[tuple[str, str]]
    items: list[tuple[str, int]]
    answers: list[tuple[str, str | Markup]]


@blueprint.get("/payments/<id>/slip")
@needs("viewer")
def slip_page(id: str) -> ResponseReturnValue:
    """Show the packing slip of one order."""
    return _slips_page([id])


@blueprint.get("/payments/slips")
@needs("viewer")
def slips_page() -> ResponseReturnValue:
    """Show the packing slips of the orders that were ticked, each on a page of its own."""
    return _slips_page(list(dict.fromkeys(request.args.getlist("payment[]")))[:AT_ONCE])


def _slips_page(ids: list[str]) -> ResponseReturnValue:
    visitor = require_visitor()
    store = visitor.context.store
    found = [payments.retrieve(store, visitor.organization.id, id) for id in ids]
    links = payments.links_of(store, found)
    return page(
        "console/packing_slips.html",
        section="payments",
        sender=_sender(visitor.organization),
        contact=visitor.organization.business_profile.support_email,
        slips=[_slip(visitor, attempt, links.get(attempt.payment_link)) for attempt in found],
    )


def _slip(visitor: Visitor, attempt: Attempt, link: PaymentLink | None) -> Slip:
    zone = visitor.organization.timezone
    known = (
        (pgettext("order number", "Order"), attempt.reference),
        (_("Date"), date(attempt.paid_at or attempt.created, zone)),
        (_("Sent by"), shipping_name(attempt)),
        (_("Tracking number"), attempt.tracking_number),
        (_("Test data"), None if attempt.livemode else _("Nothing was paid. Do not send it.")),
    )
    return Slip(
        id=attempt.id,
        buyer=buyer_name(attempt),
        address=delivery_markup(attempt),
        facts=[(term, value) for term, value in known if value],
        items=[(line.description, line.quantity) for line in attempt.quote.lines if line.quantity],
        answers=custom_answers(attempt, link) if link is not None else [],
    )


def _sender(organization: Organization) -> str | None:
    address = organization.business_profile.support_address
    return postal_line(address) if address else None
