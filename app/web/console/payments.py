"""What was paid: listed by state, each with what was bought and everything that happened to it."""

from dataclasses import dataclass
from typing import Final

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.objects.attempt import CHECKOUT_COMPLETED, PAID, SETTLED, UNFINISHED, Attempt, State
from app.objects.payment_link import PaymentLink
from app.services.attempts import payments
from app.services.links import service as links
from app.web.console.door import Visitor, blueprint, is_done, note_done, page, visitor
from app.web.console.link_rows import Tag, name_of_link
from app.web.console.lists import asked_page, neighbours
from app.web.console.payment_rows import flag_words, name_of, payment_rows, state_tag
from app.web.display.formatting import date_and_time, money
from app.web.display.order import OrderLine, TotalRow, chosen_lines
from app.web.display.receipt import amount_of, custom_answers, paid_with, totals_of
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
NOTHING_NEW: Final = "nothing new"


@dataclass(frozen=True)
class Payment:
    """One payment with all that is known of it."""

    id: str
    amount: str
    name: str | Markup
    link_id: str
    tag: Tag
    can_be_asked: bool
    flags: list[str]
    facts: list[tuple[str, str | Markup]]
    lines: list[OrderLine]
    totals: list[TotalRow]
    answers: list[tuple[str, str | Markup]]
    history: list[tuple[str, Tag, str]]


@blueprint.get("/payments")
def payments_page() -> ResponseReturnValue:
    """Payments, newest first; those through one link alone where the address names it."""
    came = visitor()
    shown = request.args.get("show", "")
    shown = shown if shown in {*FILTERS, FLAGGED} else ""
    asked = asked_page(Page)
    id = request.args.get("payment_link")
    link = links.retrieve(came.context.store, came.organization.id, id) if id else None
    found, more = payments.list_payments(
        came.context.store,
        came.organization.id,
        asked,
        payment_link=link.id if link else None,
        state=FILTERS.get(shown, ()),
        flagged=True if shown == FLAGGED else None,
    )
    return page(
        "console/payments.html",
        section="payments",
        pages=neighbours([attempt.id for attempt in found], asked, more),
        rows=payment_rows(found, payments.links_of(came.context.store, found), came.organization),
        show=shown,
        link=link,
        link_name=name_of_link(link, came.now) if link else None,
    )


@blueprint.get("/payments/<id>")
def payment_page(id: str) -> ResponseReturnValue:
    """One payment."""
    came = visitor()
    attempt = payments.retrieve(came.context.store, came.organization.id, id)
    return page(
        "console/payment.html", section="payments", nothing_new=is_done(NOTHING_NEW), payment=_payment(came, attempt)
    )


@blueprint.post("/payments/<id>/ask")
def ask(id: str) -> ResponseReturnValue:
    """The payment as Stripe sees it now."""
    came = visitor()
    before = payments.retrieve(came.context.store, came.organization.id, id)
    if payments.refresh(came.context.store, came.context.gateway, before, came.now) == before:
        note_done(NOTHING_NEW)
    return redirect(url_for("console.payment_page", id=id), 303)


def _payment(came: Visitor, attempt: Attempt) -> Payment:
    link = payments.links_of(came.context.store, [attempt]).get(attempt.payment_link)
    total = amount_of(attempt)
    return Payment(
        id=attempt.id,
        amount=money(total, attempt.currency),
        name=name_of(attempt, link),
        link_id=attempt.payment_link,
        tag=state_tag(attempt.state),
        can_be_asked=attempt.state not in SETTLED,
        flags=[flag_words(flag) for flag in attempt.flags],
        facts=_facts(attempt, came.organization.timezone),
        lines=chosen_lines(attempt.quote),
        totals=totals_of(attempt, came.organization, total),
        answers=_answers(attempt, link),
        history=_history(came, attempt),
    )


def _facts(attempt: Attempt, timezone: str) -> list[tuple[str, str | Markup]]:
    """Who, when, how, and the names that it has at Stripe; only what is known."""
    known: list[tuple[str, str | Markup | None]] = [
        (_("Payer"), attempt.customer_email or attempt.selection.answers.email),
        (_("Begun on"), date_and_time(attempt.created, timezone)),
        (_("Paid on"), date_and_time(attempt.paid_at, timezone) if attempt.paid_at is not None else None),
        (_("Paid with"), paid_with(attempt)),
        (_("Reference"), _code(attempt.id)),
        (_("Checkout Session"), _code(attempt.checkout_session)),
        (_("Payment"), _code(attempt.payment_intent)),
        (_("Subscription"), _code(attempt.subscription)),
        (_("Refund"), _code(attempt.refund)),
    ]
    return [(term, value) for term, value in known if value]


def _answers(attempt: Attempt, link: PaymentLink | None) -> list[tuple[str, str | Markup]]:
    consent = attempt.selection.answers.consent
    told = custom_answers(attempt, link) if link is not None else []
    if consent.terms_of_service == "accepted":
        told.append((_("Agreed to"), _("Terms of service")))
    if consent.promotions is not None:
        wanted = consent.promotions == "opt_in"
        told.append((_("News and offers by e-mail"), _("Wanted") if wanted else _("Not wanted")))
    return told


def _code(id: str | None) -> Markup | None:
    return Markup("<code>{}</code>").format(id) if id else None


def _history(came: Visitor, attempt: Attempt) -> list[tuple[str, Tag, str]]:
    """Every change of state, oldest first: when, to what, and what it was that told."""
    return [
        (date_and_time(row.created, came.organization.timezone), state_tag(row.to_state), row.cause)
        for row in payments.history(came.context.store, attempt)
    ]
