"""The pay page: shown, previewed, posted. Each view reads the request, calls one service and renders. Only the pay POST writes."""

import logging
from functools import partial
from typing import Final

from flask import Blueprint, make_response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import TooManyRequests

from app.errors import (
    AnswerNotTaken,
    AnswersRefused,
    CodeNotChecked,
    CodeNotTaken,
    FormRefused,
    FormUsedUp,
    GatewayUnavailable,
    TooManyHeld,
    TooManyUnpaid,
)
from app.logs import bind
from app.services.checkout import steps as checkout
from app.services.links import availability
from app.web.errors import with_error_headers
from app.web.http import rate_limits
from app.web.http.same_origin import is_same_origin, own_origins
from app.web.page_cache.offer import offer_page
from app.web.pay.consents import shown_consents
from app.web.pay.form.entries import Entries, code_of, selection_of
from app.web.pay.form.form import PayForm
from app.web.pay.hold import answer_hold, is_hold
from app.web.pay.notices import (
    Notice,
    code_not_taken,
    form_expired,
    form_used_up,
    gateway_failed,
    not_our_page,
    too_many_requests,
)
from app.web.pay.refused_frames import note_refused_origin
from app.web.pay.render import (
    Answer,
    empty_form,
    first_choice,
    quote_of,
    sent_form,
    sent_tokens,
    show_form,
    shown_choice,
)
from app.web.pay.sent import SentForm
from app.web.states.render import htmx_reload, is_htmx, is_poll
from app.web.visit.form_token import FormToken
from app.web.visit.visit import Visit, open_visit

_MINUTE: Final = 60

log: Final = logging.getLogger(__name__)

blueprint: Final = Blueprint("pay", __name__, url_prefix="/pay/<code>")


@blueprint.get("", strict_slashes=True)
def show(code: str) -> ResponseReturnValue:
    """Show the pay page of one link."""
    return _first_page(open_visit(code))


@blueprint.get("/embed", strict_slashes=True)
def embed(code: str) -> ResponseReturnValue:
    """Show the pay page for frames, without the merchant's header and footer."""
    visit = open_visit(code, embedded=True)
    note_refused_origin(visit)
    return _first_page(visit)


@blueprint.post("/preview")
def preview(code: str) -> ResponseReturnValue:
    """Show the page, or one region for htmx, with the totals of the current choice."""
    return _preview(code, embedded=False)


@blueprint.post("/embed", strict_slashes=True)
def embed_preview(code: str) -> ResponseReturnValue:
    """Show a preview within a frame."""
    return _preview(code, embedded=True)


@blueprint.get("/preview")
def redirect_to_page(code: str) -> ResponseReturnValue:
    """Redirect to the page, for people who open the address of a preview."""
    visit = open_visit(code)
    return redirect(visit.address + visit.query, 303)


@blueprint.post("", strict_slashes=True)
def pay(code: str) -> ResponseReturnValue:
    """Redirect to Checkout, or show the page again with what has to be corrected."""
    try:
        rate_limits.count_pay_post()
    except TooManyRequests as error:
        return _show_too_many(open_visit(code), error)
    visit = open_visit(code)
    if is_hold(visit):
        return answer_hold(visit)
    sent = SentForm(visit)
    if not is_same_origin(request.headers, origins=own_origins):
        return _show_notice(visit, sent.form, not_our_page(), FormRefused)
    token = sent.tokens.accepted
    if token is None:
        return _show_notice(visit, sent.form, form_expired(), FormRefused)
    entries = sent.entries
    if entries is None:
        return _show_errors(visit, sent.form)
    return _start(visit, sent, entries, token)


def _first_page(visit: Visit) -> ResponseReturnValue:
    """Show the empty form. Raises `LinkUnavailable` when the link cannot be paid now."""
    availability.ensure_payable(visit.link, visit.now)
    availability.ensure_place_left(visit.context.store, visit.link, visit.now)
    if is_poll():
        return htmx_reload()
    if visit.link.allow_promotion_codes and visit.url_parameters.prefilled_promo_code:
        # Stripe is asked about the code, so this counts as a preview: guessing codes must not be faster this way.
        rate_limits.count_preview()
    form = empty_form(visit)
    offer_page(visit, form.tokens)
    return show_form(visit, form, first_choice(visit), Answer())


def _start(visit: Visit, sent: SentForm, entries: Entries, token: FormToken) -> ResponseReturnValue:
    context = visit.context
    try:
        attempt = checkout.start(
            context.store,
            context.gateway,
            visit.organization,
            visit.link,
            selection_of(visit.link, visit.url_parameters, entries),
            visit.now,
            form=token.form,
            public_url=context.config.public_url,
            promotion_code=code_of(entries),
            locale=visit.checkout_locale,
            network=rate_limits.network(),
            consents=shown_consents(visit, entries),
            may_look_up=partial(rate_limits.count_code_lookup, visit.link.id),
            count_session=partial(rate_limits.count_session, visit.link.id),
        )
    except AnswersRefused:
        return _show_errors(visit, sent.form)
    except FormUsedUp as error:
        sent.form.tokens = visit.tokens()  # the page gets a new form id
        return _show_notice(visit, sent.form, form_used_up(), type(error))
    except (TooManyHeld, TooManyUnpaid) as error:
        return _show_too_many(visit, TooManyRequests(retry_after=max(1, error.until - visit.now)))
    except TooManyRequests as error:
        return _show_too_many(visit, error)
    except CodeNotTaken as error:
        return _show_without_code(visit, sent.form, error)
    except AnswerNotTaken as error:
        sent.form.refuse_by_stripe(error.field)
        return _show_errors(visit, sent.form)
    except (CodeNotChecked, GatewayUnavailable) as error:
        if isinstance(error, GatewayUnavailable):
            log.warning("Could not create a session for %s: %s", visit.link.id, error.message)
        return _show_notice(visit, sent.form, gateway_failed(error), type(error))
    bind(attempt=attempt.id)
    if attempt.state == "opened" and attempt.session_url:
        return redirect(attempt.session_url, 303)
    return redirect(f"{visit.address}/complete/{attempt.token}", 303)


def _preview(code: str, *, embedded: bool) -> ResponseReturnValue:
    visit = open_visit(code, embedded=embedded)
    try:
        rate_limits.count_preview()  # after open_visit, so that the merchant's frame may show the refusal
    except TooManyRequests as error:
        return _show_too_many(visit, error)
    form = sent_form(visit, sent_tokens(visit))
    form.check(everything="everything" in request.form)
    return show_form(visit, form, shown_choice(visit, form), Answer(show_errors=True))


def _show_errors(visit: Visit, form: PayForm) -> ResponseReturnValue:
    """Show the page again with a message at each wrong field."""
    return show_form(visit, form, shown_choice(visit, form), Answer(AnswersRefused, show_errors=True))


def _show_without_code(visit: Visit, form: PayForm, error: CodeNotTaken) -> ResponseReturnValue:
    """Show the page again without a promotion code that no longer applies, with the total that it has now."""
    form.take_out_code()
    choice = shown_choice(visit, form)
    notice = code_not_taken(error, quote_of(visit, choice))
    return show_form(visit, form, choice, Answer(AnswersRefused, notice, code_taken_out=error.name))


def _show_notice(visit: Visit, form: PayForm, notice: Notice, error: type[Exception]) -> ResponseReturnValue:
    """Show the page again with the entered values and a notice, without messages at the fields."""
    form.clear_errors()
    return show_form(visit, form, shown_choice(visit, form), Answer(error, notice))


def _show_too_many(visit: Visit, error: TooManyRequests) -> ResponseReturnValue:
    """Show the page again with every answer, and when the button can be pressed again.

    Raises the error where there is no such form: for the page of a held place, and for htmx, which leaves the form as it is.
    """
    if is_hold(visit) or is_htmx():
        raise error
    seconds = error.retry_after if isinstance(error.retry_after, int) else _MINUTE
    # The checked form has read quantities and amounts, so that the total is that of the answers.
    shown = _show_notice(visit, SentForm(visit).form, too_many_requests(seconds), TooManyRequests)
    return with_error_headers(error, make_response(shown))
