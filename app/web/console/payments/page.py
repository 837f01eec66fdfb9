"""The page of one payment: the order, the buyer, the money and its history."""

from dataclasses import dataclass
from typing import Final

from flask import Response, flash, get_flashed_messages, redirect, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.objects.attempt import SETTLED, Attempt
from app.objects.ids import new_id
from app.objects.order import DISPUTED, dated, delivery_of, unchecked_flags
from app.services.attempts import payments
from app.services.orders import details, listing
from app.services.orders.refunds import refundable
from app.web.console.auth import Visitor, blueprint, needs, page, require_visitor
from app.web.console.forms import NoteForm, RefundForm, TrackingForm
from app.web.console.link_rows import Tag
from app.web.console.payments.dispute_text import DASHBOARD, DisputeNotice, dispute_notices, evidence_text
from app.web.console.payments.facts import (
    Consented,
    answers_of,
    buyer_facts,
    consents_of,
    developer_facts,
    money_facts,
)
from app.web.console.payments.flag_text import flag_text
from app.web.console.payments.history import Step, payment_history
from app.web.console.payments.notice import taken_notice
from app.web.console.payments.rows import buyer_name, payment_name, payment_tags
from app.web.console.refusal_text import missing_rights
from app.web.display.formatting import money, money_plain
from app.web.display.moments import short_moment
from app.web.display.order import OrderLine, TotalRow, chosen_lines
from app.web.display.receipt import amount_of, delivery_lines, delivery_markup, totals_of

NOTHING_NEW: Final = "nothing new"


@dataclass(frozen=True)
class Note:
    """A note of a merchant's."""

    id: str
    text: str
    actor: str | None
    when: str


@dataclass(frozen=True)
class RefundChoice:
    """The amount that can be refunded, with and without its currency. `pending` is a refund without an answer."""

    left: str
    left_plain: str
    currency: str
    ends_subscription: bool
    pending: str | None = None


@dataclass(frozen=True)
class Payment:
    """The values of a payment's page."""

    id: str
    amount: str
    buyer: str
    name: str | Markup
    link_id: str
    when: str
    reference: str | None
    tags: list[Tag]
    can_refresh: bool
    can_be_sent: bool
    is_shipped: bool
    flags: list[str]
    can_be_checked: bool
    disputes: list[DisputeNotice]
    evidence: str | None
    lines: list[OrderLine]
    totals: list[TotalRow]
    answers: list[tuple[str, str | Markup]]
    consents: list[Consented]
    about_buyer: list[tuple[str, str | Markup]]
    address: Markup | None
    address_text: str
    money: list[tuple[str, str | Markup]]
    dashboard: str | None
    refund: RefundChoice | None
    notes: list[Note]
    history: list[Step]
    developer: list[tuple[str, str | Markup]]
    is_erased: bool
    can_be_erased: bool


@blueprint.get("/payments/<id>")
@needs("viewer")
def payment_page(id: str) -> ResponseReturnValue:
    """Show one payment. Missing details are read from Stripe first."""
    visitor = require_visitor()
    attempt = payments.retrieve(visitor.context.store, visitor.organization.id, id)
    known = details.complete_details(visitor.context.store, visitor.context.gateway, attempt, visitor.now)
    return payment_response(visitor, known)


@blueprint.post("/payments/<id>/ask")
@needs("manager")
def refresh(id: str) -> ResponseReturnValue:
    """Read the payment's session at Stripe again."""
    visitor = require_visitor()
    before = payments.retrieve(visitor.context.store, visitor.organization.id, id)
    if payments.refresh(visitor.context.store, visitor.context.gateway, before, visitor.now) == before:
        flash(NOTHING_NEW)
    return redirect(url_for("console.payment_page", id=id), 303)


def payment_response(
    visitor: Visitor,
    attempt: Attempt,
    status: int = 200,
    *,
    note: NoteForm | None = None,
    refund: RefundForm | None = None,
    tracking: TrackingForm | None = None,
) -> Response:
    """Return the page of a payment. A form that was refused is shown with its entries and errors."""
    shown = refund or RefundForm(formdata=None)
    left = refundable(attempt)
    shown.left.data = str(left[0]) if left else ""
    if refund is None or refund.errors.get("left"):
        shown.request.data = new_id("rr")
    return page(
        "console/payment.html",
        status,
        section="payments",
        note_form=note or NoteForm(formdata=None),
        notice=taken_notice(),
        nothing_new=NOTHING_NEW in get_flashed_messages(),
        payment=_payment(visitor, attempt),
        missing=missing_rights(visitor, "refunds") if left and visitor.may("manager") else [],
        refund_form=shown,
        tracking_form=tracking or TrackingForm(formdata=None),
    )


def _payment(visitor: Visitor, attempt: Attempt) -> Payment:
    store, zone = visitor.context.store, visitor.organization.timezone
    link = payments.links_of(store, [attempt]).get(attempt.payment_link)
    entries, total = listing.entries(store, attempt), amount_of(attempt)
    return Payment(
        id=attempt.id,
        amount=money(total, attempt.currency),
        buyer=buyer_name(attempt),
        name=payment_name(attempt, link),
        link_id=attempt.payment_link,
        when=short_moment(dated(attempt), zone, visitor.now),
        reference=attempt.reference,
        tags=payment_tags(attempt),
        can_refresh=attempt.state not in SETTLED,
        can_be_sent=delivery_of(attempt) == "to_send",
        is_shipped=delivery_of(attempt) != "none",
        flags=[flag_text(flag) for flag in unchecked_flags(attempt) if flag != DISPUTED],
        can_be_checked=bool(unchecked_flags(attempt)),
        disputes=dispute_notices(attempt, zone, sandbox=visitor.context.gateway.sandbox),
        evidence=evidence_text(attempt, zone),
        lines=chosen_lines(attempt.quote),
        totals=totals_of(attempt, visitor.organization, total),
        answers=answers_of(attempt, link),
        consents=consents_of(attempt, zone),
        about_buyer=buyer_facts(attempt),
        address=delivery_markup(attempt),
        address_text="\n".join(delivery_lines(attempt)),
        money=money_facts(attempt, zone),
        dashboard=_dashboard(visitor, attempt),
        refund=_refund_choice(attempt),
        notes=[
            Note(entry.id, entry.text, entry.actor, short_moment(entry.created, zone, visitor.now))
            for entry in entries
            if entry.act == "note" and entry.text and entry.removed_at is None
        ],
        history=payment_history(attempt, payments.history(store, attempt), entries, zone, visitor.now),
        developer=developer_facts(attempt),
        is_erased=attempt.erased_at is not None,
        can_be_erased=attempt.erased_at is None and attempt.state not in {"opened", "processing"},
    )


def _refund_choice(attempt: Attempt) -> RefundChoice | None:
    left, asked = refundable(attempt), attempt.refund_request
    if left is None:
        return None
    pending = asked is not None and asked.status == "pending"
    return RefundChoice(
        left=money(*left),
        left_plain=money_plain(*left),
        currency=left[1].upper(),
        ends_subscription=attempt.subscription is not None,
        pending=money(asked.amount, asked.currency) if asked is not None and pending else None,
    )


def _dashboard(visitor: Visitor, attempt: Attempt) -> str | None:
    """Return the address of the payment in Stripe's dashboard. The sandbox has none."""
    if visitor.context.gateway.sandbox or attempt.payment_intent is None:
        return None
    account = f"/{attempt.account}" if attempt.account else ""
    mode = "" if attempt.livemode else "/test"
    return f"{DASHBOARD}{account}{mode}/payments/{attempt.payment_intent}"
