"""Where Checkout sends buyers back to. Only the holder of an attempt's secret address sees what belongs to it."""

from dataclasses import replace
from typing import Final

from flask import Blueprint, make_response, redirect, render_template
from flask.typing import ResponseReturnValue

from app.logs import about
from app.objects.attempt import PAID, Attempt
from app.services.attempts.state_machine import refund_is_due
from app.services.checkout import steps as checkout
from app.web.display.locale import speak
from app.web.pay.confirmation import confirmation
from app.web.pay.notices import canceled, declined, expired
from app.web.pay.render import Answer, answer, empty_form
from app.web.states.attempt import Seen, state_of_attempt
from app.web.states.render import is_looking_again, render_state, see_for_yourself
from app.web.visit.url_parameters import query_string
from app.web.visit.visit import Visit, open_visit

blueprint: Final = Blueprint("returns", __name__, url_prefix="/pay/<code>")

_NOTICES: Final = {"canceled": canceled, "expired": expired, "failed": declined}


@blueprint.get("/complete/<token>")
def complete(code: str, token: str) -> ResponseReturnValue:
    """What came of the payment: the confirmation, the merchant's own page, or where it stands."""
    visit = open_visit(code)
    context = visit.context
    completion = checkout.complete(context.store, context.gateway, visit.link, token, visit.now)
    attempt = completion.attempt
    _remember(attempt, visit)
    confirmed = attempt.state in PAID and not refund_is_due(attempt)
    if is_looking_again() and (completion.redirect_url or confirmed):
        return see_for_yourself()
    if completion.redirect_url:
        return redirect(completion.redirect_url, 303)
    if not confirmed:
        # What the first address carried counts for the next try as well.
        address = visit.address + query_string(attempt.selection.url_parameters)
        return render_state(state_of_attempt(Seen(attempt, visit.organization, address)), visit.organization)
    body = render_template(
        "pay/confirmation.html",
        confirmation=confirmation(attempt, visit.link, visit.organization),
        embedded=False,
        link=visit.link,
        organization=visit.organization,
        test_mode=not attempt.livemode,
    )
    response = make_response(body)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/cancel/<token>")
def cancel(code: str, token: str) -> ResponseReturnValue:
    """Back to the page with everything that was entered, unless it has been paid after all."""
    visit = open_visit(code)
    context = visit.context
    attempt = checkout.cancel(context.store, context.gateway, visit.link, token, visit.now)
    _remember(attempt, visit)
    notice = _NOTICES.get(attempt.state)
    if notice is None:
        return redirect(f"{visit.address}/complete/{token}", 303)
    # What the first address carried travels on with the form.
    visit = replace(visit, url_parameters=attempt.selection.url_parameters, ignored=())
    return answer(visit, empty_form(visit, attempt.selection), attempt.selection, Answer(notice=notice()))


def _remember(attempt: Attempt, visit: Visit) -> None:
    """Log the attempt's id, and use the language that its buyer chose."""
    about(attempt=attempt.id)
    speak(attempt.selection.url_parameters.locale, visit.link.counterfoil.locale)
