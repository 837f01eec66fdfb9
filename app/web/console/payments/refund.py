"""The form that refunds a payment. Its errors stand at the field or above the form, in words."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from app.errors import GatewayError, GatewayRefused, GatewayUnavailable
from app.objects.attempt import Attempt
from app.pricing.money import AmountError, parse_amount
from app.services.accounts import rights
from app.services.attempts import payments
from app.services.orders import refunds
from app.services.orders.refunds import RefundRefused, refundable
from app.web.console.auth import INVALID, Visitor, blueprint, needs, require_visitor
from app.web.console.forms import RefundForm
from app.web.console.messages.translate import stripe_text
from app.web.console.payments.notice import show_notice
from app.web.console.payments.page import payment_response
from app.web.display.formatting import money
from app.web.display.locale import page_locale
from app.web.display.translation import gettext as _
from app.web.display.translation import join_sentences
from app.web.errors import page_status


@blueprint.post("/payments/<id>/refund")
@needs("manager")
def refund(id: str) -> ResponseReturnValue:
    """Refund a payment: an empty `amount` is all that is left, and a non-empty one counts whatever else is chosen."""
    visitor, form = require_visitor(), RefundForm()
    store, organization = visitor.context.store, visitor.organization
    before = payments.retrieve(store, organization.id, id)
    amount = None
    left = refundable(before)
    if typed := (form.amount.data or "").strip():
        try:
            amount = parse_amount(typed[:100], left[1] if left else before.currency, page_locale())
        except AmountError:
            return _refused(visitor, before, form, _("Write an amount with digits, for example 12.50"))
    elif form.refund.data == "part":
        return _refused(visitor, before, form, _("Write how much to refund"))
    if not form.reason.validate(form):
        form.reason.data = "requested_by_customer"
    try:
        after = refunds.refund(
            store,
            visitor.context.gateway,
            organization.id,
            id,
            visitor.now,
            actor=visitor.actor,
            amount=amount,
            left=_whole_number(form.left.data),
            reason=form.reason.data,
            request=(form.request.data or "")[:100] or None,
        )
    except RefundRefused as error:
        return _refused(visitor, payments.retrieve(store, organization.id, id), form, _refusal_text(error))
    except GatewayError as error:
        return _not_made(visitor, payments.retrieve(store, organization.id, id), form, error)
    _show_success(after)
    return redirect(url_for("console.payment_page", id=id), 303)


@blueprint.post("/payments/<id>/refund/finish")
@needs("manager")
def finish_refund(id: str) -> ResponseReturnValue:
    """Ask Stripe again about a refund whose answer is not known."""
    visitor = require_visitor()
    after = refunds.finish_refund(
        visitor.context.store, visitor.context.gateway, visitor.organization.id, id, visitor.now
    )
    _show_success(after)
    return redirect(url_for("console.payment_page", id=id), 303)


def _show_success(after: Attempt) -> None:
    asked = after.refund_request
    if asked is None:
        return
    amount = money(asked.amount, asked.currency)
    text = _("The buyer sees it on the receipt at once. A card shows it within 5 to 10 days.")
    show_notice(_("%(amount)s is refunded", amount=amount), text)


def _refused(visitor: Visitor, attempt: Attempt, form: RefundForm, message: str) -> ResponseReturnValue:
    """Show the page again with a message at the amount."""
    form.amount.errors = [message]
    return payment_response(visitor, attempt, INVALID, refund=form)


def _not_made(visitor: Visitor, attempt: Attempt, form: RefundForm, error: GatewayError) -> ResponseReturnValue:
    if isinstance(error, GatewayRefused) and error.lacks_right:
        rights.remember_refusal(visitor.context.gateway, visitor.organization, "refunds", visitor.now)
    form.form_errors = [_gateway_text(error)]
    return payment_response(visitor, attempt, page_status(error), refund=form)


def _refusal_text(error: RefundRefused) -> str:
    left = money(error.left, error.currency)
    return {
        "amount_too_large": _("At most %(amount)s can be refunded", amount=left),
        "amount_too_small": _("Write an amount above zero"),
        "changed": _(
            "Another refund was made since you opened this page. %(amount)s is left now. Look it over and send it again",
            amount=left,
        ),
        "finished": _(
            "An earlier refund was completed now, and no other one was made. %(amount)s is left. Check before you refund more",
            amount=left,
        ),
        "nothing_left": _("Nothing is left of this payment. It is refunded already"),
        "not_paid": _("This payment has not arrived, so there is nothing to refund"),
    }[str(error.code)]


def _gateway_text(error: GatewayError) -> str:
    if isinstance(error, GatewayRefused):
        if error.lacks_right:
            lacking = _("Stripe's key may not refund. It needs the right “Refunds: write”.")
            return join_sentences(lacking, stripe_text(error.message))
        return join_sentences(_("Stripe refused, and nothing was refunded."), stripe_text(error.message))
    if isinstance(error, GatewayUnavailable):
        return _("Stripe did not answer. The refund may be made or not. Send it again: it is never made twice.")
    return _("Stripe could not be asked. Nothing was refunded.")


def _whole_number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None
