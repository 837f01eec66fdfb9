"""Stripe's events in the settings: whether they arrive, the outcome of each, and a button to apply one again."""

from dataclasses import dataclass
from typing import Final

from flask import flash, get_flashed_messages, redirect, url_for
from flask.typing import ResponseReturnValue

from app.errors import InvalidRequest, ResourceMissing
from app.objects.event import APPLIED, IGNORED, MADE, WAITING
from app.services.events import health
from app.services.events.health import StoredEvent
from app.web.console.auth import Visitor, blueprint, needs, page, require_visitor
from app.web.console.event_text import event_text
from app.web.console.link_rows import Tag, plain_name, test_tags
from app.web.console.lists import neighbours, requested_page
from app.web.console.messages.translate import sentence_text
from app.web.console.payments.rows import buyer_or_reference
from app.web.display.moments import short_moment
from app.web.display.translation import gettext as _
from app.wire.lists import Page

_REPLAYED: Final = "replayed"
_PROBLEM: Final = "not replayed"


@dataclass(frozen=True)
class EventRow:
    """One row of the list. `what` says in words what the event reports, and `url` leads to the object that it is about.

    `names` are those of its buyer and its link. The name of a link has an address where `url` leads to a payment. An event that was
    applied, or that this server made, cannot be applied again.
    """

    id: str
    type: str
    what: str
    url: str | None
    names: list[tuple[str, str | None]]
    when: str
    tags: list[Tag]
    can_be_applied: bool


@blueprint.get("/settings/webhooks")
@needs("viewer")
def webhooks_page() -> ResponseReturnValue:
    """Show whether events arrive, and the newest ones."""
    visitor, requested = require_visitor(), requested_page(Page)
    found, more = health.list_stored(visitor.context.store, visitor.organization.id, requested)
    return page(
        "console/webhooks.html",
        section="settings",
        page_name="webhooks",
        health=_health(visitor),
        pages=neighbours([stored.event.id for stored in found], requested, more),
        problem=next(iter(get_flashed_messages(category_filter=[_PROBLEM])), None),
        replayed=next(iter(get_flashed_messages(category_filter=[_REPLAYED])), None),
        rows=[_row(stored, visitor) for stored in found],
        webhook_url=f"{visitor.context.config.public_url}/webhooks/stripe",
    )


@blueprint.post("/settings/webhooks/<id>/replay")
@needs("owner")
def replay_event(id: str) -> ResponseReturnValue:
    """Apply an event again."""
    visitor = require_visitor()
    context = visitor.context
    try:
        event, outcome = health.replay_event(
            context.store, context.gateway, visitor.organization.id, id, visitor.now, actor=visitor.actor
        )
        flash(f"{event.type}: {_outcome(outcome)[0]}", _REPLAYED)
    except ResourceMissing:
        raise
    except InvalidRequest as error:
        flash(sentence_text(error.message), _PROBLEM)
    return redirect(url_for("console.webhooks_page"), 303)


def _health(visitor: Visitor) -> str:
    """Say whether events arrive, or what is missing."""
    context = visitor.context
    if context.gateway.sandbox:
        return _("The sandbox sends its events itself. With a Stripe key, Stripe calls the address below.")
    if context.config.stripe_webhook_secret is None:
        return _("No event can arrive: the server has no STRIPE_WEBHOOK_SECRET.")
    last = health.last_delivery(context.store)
    if last is None:
        return _("No event has arrived yet. Enter the address below at Stripe.")
    return _("Last event from Stripe: %(when)s.", when=short_moment(last, visitor.organization.timezone, visitor.now))


def _row(stored: StoredEvent, visitor: Visitor) -> EventRow:
    event, about = stored.event, stored.about
    names: list[tuple[str, str | None]] = []
    url = url_for("console.product_page", id=about.product) if about.product is not None else None
    if about.payment is not None:
        url = url_for("console.payment_page", id=about.payment.id)
        names.append((buyer_or_reference(about.payment), None))
    if about.link is not None:
        link_url = url_for("console.link_page", id=about.link.id)
        names.append((plain_name(about.link), link_url if url else None))
        url = url or link_url
    return EventRow(
        id=event.id,
        type=event.type,
        what=event_text(event),
        url=url,
        names=names,
        when=short_moment(event.created, visitor.organization.timezone, visitor.now),
        tags=[Tag(*_outcome(stored.outcome)), *test_tags(livemode=event.livemode)],
        can_be_applied=stored.outcome in {IGNORED, WAITING},
    )


def _outcome(outcome: str) -> tuple[str, str]:
    """Return the outcome of an event in words, with the tone of its tag."""
    return {
        APPLIED: (_("Applied"), "success"),
        IGNORED: (_("Changes nothing here"), ""),
        MADE: (_("Made here"), ""),
        WAITING: (_("Not applied yet"), "notice"),
    }.get(outcome, (_("Cannot be read"), "danger"))
