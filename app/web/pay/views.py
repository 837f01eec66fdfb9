"""The pay page: shown, previewed, posted. A view reads, calls one service, renders; nothing is made before the pay post."""

import logging
from typing import Final

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from app.errors import AnswersRefused, FormUsedUp, GatewayError
from app.logs import about
from app.services.checkout import steps as checkout
from app.services.links import service as links
from app.web.http import rate_limits
from app.web.http.same_origin import is_our_own, own_origins
from app.web.pay.form.form import PayForm
from app.web.pay.notices import Notice, form_expired, form_used_up, not_our_page, stripe_unreachable
from app.web.pay.refused_frames import note_refused_host
from app.web.pay.render import Answer, answer, empty_form, first_choice, fresh_form, sent_form, shown_choice
from app.web.states.render import is_looking_again, see_for_yourself
from app.web.visit.form_token import FormToken
from app.web.visit.visit import Visit, open_visit

log: Final = logging.getLogger(__name__)

blueprint: Final = Blueprint("pay", __name__, url_prefix="/pay/<code>")


@blueprint.get("")
def show(code: str) -> ResponseReturnValue:
    """The pay page of one link."""
    return _first_page(open_visit(code))


@blueprint.get("/embed")
def embed(code: str) -> ResponseReturnValue:
    """The same for frames, without the merchant's header and footer."""
    visit = open_visit(code, embedded=True)
    note_refused_host(visit)
    return _first_page(visit)


@blueprint.post("/preview")
def preview(code: str) -> ResponseReturnValue:
    """The page, or for htmx its one region, with totals for what is chosen now. Creates nothing."""
    return _preview(code, embedded=False)


@blueprint.post("/embed")
def embed_preview(code: str) -> ResponseReturnValue:
    """The same within the frame."""
    return _preview(code, embedded=True)


@blueprint.get("/preview")
def preview_again(code: str) -> ResponseReturnValue:
    """Back to the page, for whoever kept the address of a preview."""
    visit = open_visit(code)
    return redirect(visit.address + visit.query, 303)


@blueprint.post("")
def pay(code: str) -> ResponseReturnValue:
    """On to Checkout, or the page again with what has to be mended first."""
    rate_limits.pay_by_address()
    visit = open_visit(code)
    rate_limits.pay_by_link(visit.link.id)
    form = sent_form(visit)
    valid = form.check()
    if not is_our_own(request.headers, origins=own_origins()):
        return _again(visit, form, not_our_page(), 403)
    token = form.tokens.accepted if form.tokens else None
    if token is None:
        return _again(visit, form, form_expired(), 403)
    if not valid:
        return answer(visit, form, shown_choice(visit, form), Answer(422, show_errors=True))
    return _start(visit, form, token)


def _first_page(visit: Visit) -> ResponseReturnValue:
    """The empty form, unless it could not be paid now. Raises `LinkUnavailable`."""
    links.ensure_payable(visit.link, visit.now)
    links.ensure_place_left(visit.context.store, visit.link, visit.now)
    if is_looking_again():
        return see_for_yourself()
    if visit.link.allow_promotion_codes and visit.url_parameters.prefilled_promo_code:
        # Stripe is asked about it, as in a preview: whoever tries codes must not do so faster by another way.
        rate_limits.preview_by_address()
    return answer(visit, empty_form(visit), first_choice(visit), Answer())


def _start(visit: Visit, form: PayForm, token: FormToken) -> ResponseReturnValue:
    context = visit.context
    try:
        attempt = checkout.start(
            context.store,
            context.gateway,
            visit.organization,
            visit.link,
            form.to_selection(visit.url_parameters),
            visit.now,
            form=token.form,
            public_url=context.config.public_url,
            promotion_code=form.code,
            locale=visit.checkout_locale,
        )
    except AnswersRefused:
        return answer(visit, form, shown_choice(visit, form), Answer(422, show_errors=True))
    except FormUsedUp:
        return _again(visit, fresh_form(visit), form_used_up(), 403)
    except GatewayError as error:
        log.warning("No session for %s: %s", visit.link.id, error.message)
        return _again(visit, form, stripe_unreachable(), 503)
    about(attempt=attempt.id)
    if attempt.state == "opened" and attempt.session_url:
        return redirect(attempt.session_url, 303)
    return redirect(f"{visit.address}/complete/{attempt.token}", 303)


def _preview(code: str, *, embedded: bool) -> ResponseReturnValue:
    visit = open_visit(code, embedded=embedded)
    rate_limits.preview_by_address()  # after the visit, without which a refusal could not be shown in the merchant's frame
    form = sent_form(visit)
    form.check(everything="everything" in request.form)
    return answer(visit, form, shown_choice(visit, form), Answer(show_errors=True))


def _again(visit: Visit, form: PayForm, notice: Notice, status: int) -> ResponseReturnValue:
    """The page with everything that was entered, and a notice in place of messages at fields."""
    form.clear_errors()
    return answer(visit, form, shown_choice(visit, form), Answer(status, notice))
