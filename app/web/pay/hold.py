"""The buttons of a page whose places are held: continue the payment that was started, or end it and start again."""

from typing import Final

from flask import redirect, request
from flask.typing import ResponseReturnValue

from app.errors import FormRefused, PlacesHeld
from app.logs import bind
from app.objects.attempt import ENDED
from app.services.checkout import holds
from app.services.links import availability
from app.web.errors import page_status
from app.web.http import rate_limits
from app.web.http.same_origin import is_same_origin, own_origins
from app.web.states.hold import state_of_hold
from app.web.states.render import render_state
from app.web.visit.visit import Visit

_STEPS: Final = frozenset({"continue", "restart"})


def is_hold(visit: Visit) -> bool:
    """Whether the POST comes from a page whose places are held. Only links with a limit have such a page."""
    return visit.link.restrictions is not None and request.form.get("hold") in _STEPS


def answer_hold(visit: Visit) -> ResponseReturnValue:
    """Do what the pressed button says, and redirect to what comes next.

    `held_form` is the token that page.js kept when the payment was started: it proves that the open session is this buyer's.
    """
    page = visit.tokens(request.form.get("csrf_token")).accepted
    if page is None or not is_same_origin(request.headers, origins=own_origins):
        return _show_again(visit, FormRefused())
    kept = visit.tokens(request.form.get("held_form")).accepted
    forms = [token.form for token in (page, kept) if token is not None]
    if request.form["hold"] == "restart":
        return _start_again(visit, forms)
    return _continue(visit, forms)


def _continue(visit: Visit, forms: list[str]) -> ResponseReturnValue:
    context = visit.context
    attempt = holds.continue_attempt(context.store, context.gateway, visit.link, forms, visit.now)
    if attempt is None or attempt.state in ENDED:
        return _show_again(visit)
    bind(attempt=attempt.id)
    if attempt.state == "opened" and attempt.session_url:
        return redirect(attempt.session_url, 303)
    return redirect(f"{visit.address}/complete/{attempt.token}", 303)


def _start_again(visit: Visit, forms: list[str]) -> ResponseReturnValue:
    rate_limits.count_restart()
    context = visit.context
    holds.start_again(context.store, context.gateway, visit.link, forms, visit.now)
    return _show_again(visit)


def _show_again(visit: Visit, refusal: FormRefused | None = None) -> ResponseReturnValue:
    """Redirect to the page, which says what the link's state is now. While every place is held, show that at once."""
    try:
        availability.ensure_payable(visit.link, visit.now)
        availability.ensure_place_left(visit.context.store, visit.link, visit.now)
    except PlacesHeld as held:
        return render_state(state_of_hold(held, visit), visit.organization, page_status(refusal or held))
    return redirect(visit.address + visit.query, 303)
