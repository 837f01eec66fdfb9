"""Acts on orders: mark as sent or as checked, notes, and erasing. Each leads back to its page with a notice."""

from collections.abc import Callable
from typing import Final

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import InvalidRequest, ResourceMissing
from app.objects.order import Entry
from app.services.attempts import payments
from app.services.orders import handling
from app.web.console.auth import INVALID, Visitor, blueprint, needs, page, require_visitor
from app.web.console.forms import NoteForm, TrackingForm
from app.web.console.payments.notice import buyers_text, show_notice
from app.web.console.payments.page import payment_response
from app.web.console.payments.rows import payment_rows
from app.web.display.translation import gettext as _
from app.web.display.translation import ngettext

CHOSEN: Final = "payment[]"
"""The field with the ids of the orders that an act concerns."""

TRACKING: Final = "tracking_number"


@blueprint.get("/payments/sent")
@needs("manager")
def sending_page() -> ResponseReturnValue:
    """Ask for the tracking numbers of the orders that were ticked."""
    visitor = require_visitor()
    store, chosen = visitor.context.store, request.args.getlist(CHOSEN)[: handling.AT_ONCE]
    if not chosen:
        return _nothing_ticked()
    found = [payments.retrieve(store, visitor.organization.id, id) for id in dict.fromkeys(chosen)]
    rows = payment_rows(found, payments.links_of(store, found), visitor.organization, visitor.now)
    return page("console/payments_sent.html", section="payments", rows=[row for row in rows if row.can_be_sent])


@blueprint.post("/payments/sent")
@needs("manager")
def mark_sent() -> ResponseReturnValue:
    """Mark the orders that were ticked as sent, each with its tracking number if there is one."""
    visitor = require_visitor()
    chosen = request.form.getlist(CHOSEN)
    if not chosen:
        return _nothing_ticked()
    numbers = {id: request.form.get(f"{TRACKING}[{id}]", "")[: 2 * handling.TRACKING_MAXIMUM] for id in chosen}
    sent = handling.mark_sent(
        visitor.context.store,
        visitor.organization.id,
        chosen,
        visitor.now,
        actor=visitor.actor,
        tracking_numbers=numbers,
    )
    title = ngettext("%(num)s order is marked as sent", "%(num)s orders are marked as sent", len(sent))
    undo_url = url_for("console.mark_not_sent") if sent else ""
    show_notice(title, buyers_text(sent), undo_url=undo_url, ids=[order.id for order in sent])
    return redirect(url_for("console.payments_page", view="to-send"), 303)


@blueprint.post("/payments/unsent")
@needs("manager")
def mark_not_sent() -> ResponseReturnValue:
    """Undo `mark_sent`."""
    visitor = require_visitor()
    orders = handling.mark_not_sent(
        visitor.context.store,
        visitor.organization.id,
        request.form.getlist(CHOSEN),
        visitor.now,
        actor=visitor.actor,
    )
    title = ngettext("%(num)s order waits to be sent again", "%(num)s orders wait to be sent again", len(orders))
    show_notice(title, buyers_text(orders))
    return redirect(url_for("console.payments_page", view="to-send"), 303)


@blueprint.post("/payments/<id>/sent")
@needs("manager")
def mark_one_sent(id: str) -> ResponseReturnValue:
    """Mark one order as sent."""
    visitor, form = require_visitor(), TrackingForm()
    if not form.validate():
        return _shown_again(visitor, id, tracking=form)
    handling.mark_sent(
        visitor.context.store,
        visitor.organization.id,
        [id],
        visitor.now,
        actor=visitor.actor,
        tracking_numbers={id: form.tracking_number.data or ""},
    )
    show_notice(_("The order is marked as sent"), undo_url=url_for("console.mark_one_not_sent", id=id))
    return _to_page(id)


@blueprint.post("/payments/<id>/unsent")
@needs("manager")
def mark_one_not_sent(id: str) -> ResponseReturnValue:
    """Undo `mark_one_sent`."""
    visitor = require_visitor()
    handling.mark_not_sent(visitor.context.store, visitor.organization.id, [id], visitor.now, actor=visitor.actor)
    show_notice(_("The order waits to be sent again"))
    return _to_page(id)


@blueprint.post("/payments/<id>/checked")
@needs("manager")
def mark_checked(id: str) -> ResponseReturnValue:
    """Store that the merchant has looked at the flags of a payment."""
    visitor = require_visitor()
    handling.mark_checked(visitor.context.store, visitor.organization.id, id, visitor.now, actor=visitor.actor)
    show_notice(_("The payment is marked as checked"), undo_url=url_for("console.mark_not_checked", id=id))
    return _to_page(id)


@blueprint.post("/payments/<id>/unchecked")
@needs("manager")
def mark_not_checked(id: str) -> ResponseReturnValue:
    """Undo `mark_checked`."""
    visitor = require_visitor()
    handling.mark_not_checked(visitor.context.store, visitor.organization.id, id, visitor.now, actor=visitor.actor)
    return _to_page(id)


@blueprint.post("/payments/<id>/notes")
@needs("manager")
def add_note(id: str) -> ResponseReturnValue:
    """Add a note to an order."""
    visitor, form = require_visitor(), NoteForm()
    if not form.validate():
        return _shown_again(visitor, id, note=form)
    note = handling.add_note(
        visitor.context.store,
        visitor.organization.id,
        id,
        form.note.data or "",
        visitor.now,
        actor=visitor.actor,
    )
    show_notice(_("The note is saved"), undo_url=url_for("console.remove_note", id=id), note=note.id)
    return _to_page(id)


@blueprint.post("/payments/<id>/notes/remove")
@needs("manager")
def remove_note(id: str) -> ResponseReturnValue:
    """Take back a note."""
    return _change_note(id, handling.remove_note, _("The note is removed"), undo="console.restore_note")


@blueprint.post("/payments/<id>/notes/restore")
@needs("manager")
def restore_note(id: str) -> ResponseReturnValue:
    """Undo `remove_note`."""
    return _change_note(id, handling.restore_note)


@blueprint.post("/payments/<id>/erase")
@needs("manager")
def erase(id: str) -> ResponseReturnValue:
    """Erase what a payment says about its buyer, once the box is ticked."""
    visitor = require_visitor()
    attempt = payments.retrieve(visitor.context.store, visitor.organization.id, id)
    if request.form.get("sure") != "true":
        show_notice(_("Nothing was erased"), _("Tick “Yes, erase it” first."), tone="danger")
        return _to_page(id)
    try:
        handling.erase(
            visitor.context.store,
            visitor.organization.id,
            attempt.id,
            visitor.now,
            actor=visitor.actor,
            erase_session=visitor.context.erase_session,
        )
    except InvalidRequest:
        show_notice(_("Nothing was erased"), _("The payment is not settled yet."), tone="danger")
        return _to_page(id)
    show_notice(_("The buyer's data is erased"))
    return _to_page(id)


def _change_note(id: str, change: Callable[..., Entry], done: str = "", *, undo: str = "") -> ResponseReturnValue:
    """Change the note that the form names. Say `done`, with the route that undoes it."""
    visitor = require_visitor()
    store, organization, chosen = visitor.context.store, visitor.organization.id, request.form.get("note", "")
    payments.retrieve(store, organization, id)
    try:
        note = change(store, organization, id, chosen, visitor.now, actor=visitor.actor)
    except ResourceMissing:
        show_notice(_("There is no such note"), tone="danger")
    else:
        if done:
            show_notice(done, undo_url=url_for(undo, id=id), note=note.id)
    return _to_page(id)


def _shown_again(visitor: Visitor, id: str, **forms: NoteForm | TrackingForm) -> ResponseReturnValue:
    """Show the page of a payment with the typed values and their errors."""
    attempt = payments.retrieve(visitor.context.store, visitor.organization.id, id)
    return payment_response(visitor, attempt, INVALID, **forms)


def _to_page(id: str) -> ResponseReturnValue:
    return redirect(url_for("console.payment_page", id=id), 303)


def _nothing_ticked() -> ResponseReturnValue:
    show_notice(_("Tick the orders first"), tone="danger")
    return redirect(url_for("console.payments_page", view="to-send"), 303)
