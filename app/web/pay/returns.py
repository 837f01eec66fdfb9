"""The two pages that Checkout returns buyers to. They need the attempt's secret, so only its buyer can open them."""

import logging
from dataclasses import replace
from typing import Final

from flask import Blueprint, make_response, redirect, render_template
from flask.typing import ResponseReturnValue

from app.logs import bind
from app.objects.attempt import SETTLED, Attempt
from app.objects.limits import MAXIMUM_LOCATION_LENGTH
from app.objects.order import OVER_LIMIT
from app.services.checkout import steps as checkout
from app.services.links.availability import can_be_paid_once
from app.web.display.way_back import WayBack, way_back
from app.web.http import rate_limits
from app.web.pay.confirmation import confirmation, is_being_checked
from app.web.pay.notices import canceled, declined, expired
from app.web.pay.render import Answer, empty_form, show_form
from app.web.states.attempt import Seen, state_of_attempt
from app.web.states.render import htmx_reload, is_poll, render_state
from app.web.states.state import Action
from app.web.visit.language_menu import language_menu
from app.web.visit.url_parameters import query_string
from app.web.visit.visit import Visit, open_visit, speak
from app.wire.web_address import length_in_header

log: Final = logging.getLogger(__name__)

blueprint: Final = Blueprint("returns", __name__, url_prefix="/pay/<code>")

_NOTICES: Final = {"canceled": canceled, "expired": expired, "failed": declined}


@blueprint.get("/complete/<token>")
def complete(code: str, token: str) -> ResponseReturnValue:
    """Show the confirmation or the attempt's state, or redirect to the merchant's own page."""
    visit = open_visit(code)
    context = visit.context
    completion = checkout.complete(
        context.store, context.gateway, visit.link, token, visit.now, may_ask=rate_limits.count_return_call
    )
    attempt = completion.attempt
    visit = _remember(attempt, visit)
    confirmed = has_receipt(attempt)
    redirect_url = completion.redirect_url
    if redirect_url and length_in_header(redirect_url) > MAXIMUM_LOCATION_LENGTH:
        # From an imported link. Proxies answer 502 in place of a longer header: the buyer gets our confirmation instead.
        log.warning("The redirect of %s is too long for a header.", visit.link.id)
        redirect_url = None
    if is_poll() and (redirect_url or confirmed):
        return htmx_reload()
    # A buyer whose payment is being checked reads both amounts first, and goes on from there.
    if redirect_url and not is_being_checked(attempt):
        return redirect(redirect_url, 303)
    if not confirmed:
        # The parameters of the first address apply to the next attempt as well.
        address = visit.address + query_string(attempt.selection.url_parameters)
        state = state_of_attempt(Seen(attempt, visit.organization, address))
        if attempt.state == "processing" and can_be_paid_once(visit.link):
            state = replace(state, keeps_receipt_of=visit.link.id)
        back = _start_of(attempt, visit)
        if back is not None:
            state = replace(state, actions=(*state.actions, Action(back.label, back.url)))
        return render_state(state, visit.organization)
    body = render_template(
        "pay/confirmation.html",
        confirmation=confirmation(attempt, visit.link, visit.organization, redirect_url),
        embedded=False,
        languages=language_menu("", visit),
        keeps_receipt=can_be_paid_once(visit.link),
        link=visit.link,
        organization=visit.organization,
        test_mode=not attempt.livemode,
    )
    response = make_response(body)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/cancel/<token>")
def cancel(code: str, token: str) -> ResponseReturnValue:
    """Show the pay page with everything that was entered, or redirect to the confirmation if the attempt was paid after all."""
    visit = open_visit(code)
    context = visit.context
    attempt = checkout.cancel(
        context.store, context.gateway, visit.link, token, visit.now, may_ask=rate_limits.count_cancel_call
    )
    visit = _remember(attempt, visit)
    notice = _NOTICES.get(attempt.state)
    if notice is None:
        return redirect(f"{visit.address}/complete/{token}", 303)
    # The form carries on the parameters of the first address.
    visit = replace(visit, url_parameters=attempt.selection.url_parameters, ignored=())
    shown = replace(notice(), back=_start_of(attempt, visit))
    return show_form(visit, empty_form(visit, attempt.selection), attempt.selection, Answer(notice=shown))


def _start_of(attempt: Attempt, visit: Visit) -> WayBack | None:
    """Return the way back to the page that the buyer came from, as to an invoice with a frame. The pay page itself names the site."""
    back = way_back(attempt.selection.url_parameters, visit.link, visit.organization)
    return back if back is not None and back.to_start else None


def has_receipt(attempt: Attempt) -> bool:
    """Return whether the attempt was paid and its order stands, also where the merchant refunded it later."""
    return attempt.state in SETTLED and OVER_LIMIT not in attempt.flags


def _remember(attempt: Attempt, visit: Visit) -> Visit:
    """Add the attempt's id to the log. Return the visit in the language that its buyer chose."""
    bind(attempt=attempt.id)
    return speak(visit, attempt.selection.url_parameters.locale)
