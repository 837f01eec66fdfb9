"""The merchant's payments: a list with filters, and one page per payment."""

from dataclasses import dataclass
from typing import Final

from flask import flash, get_flashed_messages, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.objects.attempt import CHECKOUT_COMPLETED, PAID, SETTLED, UNFINISHED, Attempt, State
from app.objects.order import DISPUTED
from app.objects.payment_link import PaymentLink
from app.objects.typed_text import fold
from app.services.attempts import payments
from app.services.links import service as links
from app.web.console.auth import Visitor, blueprint, needs, page, require_visitor
from app.web.console.dispute_text import DisputeNotice, dispute_notices, evidence_text, money_tags
from app.web.console.link_rows import Tag, link_name
from app.web.console.lists import neighbours, requested_page
from app.web.console.payment_rows import flag_text, payment_name, payment_rows, state_tag
from app.web.display.formatting import date_and_time, money
from app.web.display.order import OrderLine, TotalRow, chosen_lines
from app.web.display.receipt import (
    amount_of,
    custom_answers,
    delivery_markup,
    email_of,
    paid_with,
    shipping_name,
    totals_of,
)
from app.web.display.translation import gettext as _
from app.wire.lists import Page

FILTERS: Final[dict[str, tuple[State, ...]]] = {
    "": CHECKOUT_COMPLETED,
    "paid": PAID,
    "processing": ("processing",),
    "refunded": ("refunded",),
    "failed": ("failed",),
    "unfinished": UNFINISHED,
}
FLAGGED: Final = "flagged"
QUERY_MAXIMUM: Final = 300
"""Characters of a search that are read."""
NOTHING_NEW: Final = "nothing new"


@dataclass(frozen=True)
class Payment:
    """The values of a payment's page."""

    id: str
    amount: str
    name: str | Markup
    link_id: str
    tags: list[Tag]
    can_refresh: bool
    flags: list[str]
    disputes: list[DisputeNotice]
    evidence: str | None
    facts: list[tuple[str, str | Markup]]
    lines: list[OrderLine]
    totals: list[TotalRow]
    answers: list[tuple[str, str | Markup]]
    history: list[tuple[str, Tag, str]]


@blueprint.get("/payments")
@needs("viewer")
def payments_page() -> ResponseReturnValue:
    """Show payments, newest first. The address may name one link. With the reference or the id of a payment as `q`, lead to it."""
    visitor = require_visitor()
    shown = request.args.get("show", "")
    shown = shown if shown in {*FILTERS, FLAGGED} else ""
    wanted = fold(request.args.get("q", "")[:QUERY_MAXIMUM])
    named = payments.find(visitor.context.store, visitor.organization.id, wanted) if wanted else None
    if named is not None:
        return redirect(url_for("console.payment_page", id=named.id), 303)
    requested = requested_page(Page)
    id = request.args.get("payment_link")
    link = links.retrieve(visitor.context.store, visitor.organization.id, id) if id else None
    found, more = payments.list_payments(
        visitor.context.store,
        visitor.organization.id,
        requested,
        payment_link=link.id if link else None,
        state=FILTERS.get(shown, ()),
        flagged=True if shown == FLAGGED else None,
    )
    return page(
        "console/payments.html",
        section="payments",
        pages=neighbours([attempt.id for attempt in found], requested, more),
        rows=payment_rows(found, payments.links_of(visitor.context.store, found), visitor.organization),
        show=shown,
        wanted=wanted,
        link=link,
        link_name=link_name(link, visitor.now) if link else None,
    )


@blueprint.get("/payments/<id>")
@needs("viewer")
def payment_page(id: str) -> ResponseReturnValue:
    """Show one payment."""
    visitor = require_visitor()
    attempt = payments.retrieve(visitor.context.store, visitor.organization.id, id)
    return page(
        "console/payment.html",
        section="payments",
        nothing_new=NOTHING_NEW in get_flashed_messages(),
        payment=_payment(visitor, attempt),
    )


@blueprint.post("/payments/<id>/ask")
@needs("manager")
def refresh(id: str) -> ResponseReturnValue:
    """Read the payment's session at Stripe again."""
    visitor = require_visitor()
    before = payments.retrieve(visitor.context.store, visitor.organization.id, id)
    if payments.refresh(visitor.context.store, visitor.context.gateway, before, visitor.now) == before:
        flash(NOTHING_NEW)
    return redirect(url_for("console.payment_page", id=id), 303)


def _payment(visitor: Visitor, attempt: Attempt) -> Payment:
    link = payments.links_of(visitor.context.store, [attempt]).get(attempt.payment_link)
    total = amount_of(attempt)
    return Payment(
        id=attempt.id,
        amount=money(total, attempt.currency),
        name=payment_name(attempt, link),
        link_id=attempt.payment_link,
        tags=[*money_tags(attempt), state_tag(attempt.state)],
        can_refresh=attempt.state not in SETTLED,
        flags=[flag_text(flag) for flag in attempt.flags if flag != DISPUTED],
        disputes=dispute_notices(attempt, visitor.organization.timezone, sandbox=visitor.context.gateway.sandbox),
        evidence=evidence_text(attempt, visitor.organization.timezone),
        facts=_facts(attempt, visitor.organization.timezone),
        lines=chosen_lines(attempt.quote),
        totals=totals_of(attempt, visitor.organization, total),
        answers=_answers(attempt, link),
        history=_history(visitor, attempt),
    )


def _facts(attempt: Attempt, timezone: str) -> list[tuple[str, str | Markup]]:
    """Return what is known: payer, dates, payment method, and the ids at Stripe."""
    known: list[tuple[str, str | Markup | None]] = [
        (_("Payer"), email_of(attempt)),
        (_("Name"), attempt.customer_name),
        (_("Deliver to"), delivery_markup(attempt)),
        (_("Deliver by"), shipping_name(attempt)),
        (_("Started on"), date_and_time(attempt.created, timezone)),
        (_("Paid on"), date_and_time(attempt.paid_at, timezone) if attempt.paid_at is not None else None),
        (_("Paid with"), paid_with(attempt)),
        (_("Reference"), _code(attempt.reference)),
        (_("Id"), _code(attempt.id)),
        (_("Checkout Session"), _code(attempt.checkout_session)),
        (_("Payment"), _code(attempt.payment_intent)),
        (_("Subscription"), _code(attempt.subscription)),
        (_("Refund"), _code(attempt.refund)),
    ]
    return [(term, value) for term, value in known if value]


def _answers(attempt: Attempt, link: PaymentLink | None) -> list[tuple[str, str | Markup]]:
    consent = attempt.selection.answers.consent
    rows = custom_answers(attempt, link) if link is not None else []
    if consent.terms_of_service == "accepted":
        rows.append((_("Agreed to"), _("Terms of service")))
    if consent.promotions is not None:
        wanted = consent.promotions == "opt_in"
        rows.append((_("News and offers by e-mail"), _("Wanted") if wanted else _("Not wanted")))
    return rows


def _code(id: str | None) -> Markup | None:
    return Markup("<code>{}</code>").format(id) if id else None


def _history(visitor: Visitor, attempt: Attempt) -> list[tuple[str, Tag, str]]:
    """Return every change of state, oldest first, as (time, new state, cause)."""
    return [
        (date_and_time(row.created, visitor.organization.timezone), state_tag(row.to_state), row.cause)
        for row in payments.history(visitor.context.store, attempt)
    ]
