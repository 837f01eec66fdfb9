"""How a state is answered: a short page, or for htmx, which looks again by itself, its one region."""

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.objects.organization import Organization
from app.web.states.state import State, next_wait
from app.web.visit.visit import current_visit

LOOKS = "looks"
_MAXIMUM_LOOKS = 20


def render_state(state: State, organization: Organization | None) -> ResponseReturnValue:
    """The page of one state."""
    visit = current_visit()
    looks = _looks()
    path = request.path if request.method == "GET" else (visit.address if visit else "/")
    query = visit.query if visit else ""
    again = f"{path}{query}{'&' if query else '?'}{LOOKS}={looks + 1}"
    partial = request.headers.get("HX-Request") == "true"
    values = {
        "embedded": visit.embedded if visit else False,
        "here": again if state.looks_again else path + query,
        "look_again": again,
        "organization": organization,
        "partial": partial,
        "state": state,
        "test_mode": visit.test_mode if visit else False,
        "wait": next_wait(looks) if state.looks_again else None,
    }
    if partial and request.method == "GET" and not state.looks_again:
        return see_for_yourself()
    response = make_response(
        render_template("pay/_state.html" if partial else "pay/state.html", **values), state.status
    )
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("HX-Request")
    return response


def see_for_yourself() -> ResponseReturnValue:
    """Tell htmx, which looked again, that there is something new: the browser opens the whole page.

    By its address, with what that carried, and not by reloading: a page that answered a post would be posted again.
    """
    visit = current_visit()
    response = make_response("", 200)
    response.headers["HX-Redirect"] = request.path + (visit.query if visit else "")
    response.headers["Cache-Control"] = "no-store"
    return response


def is_looking_again() -> bool:
    """Whether a page that waits for something asks by itself, through htmx: then only news make it load anew."""
    return request.headers.get("HX-Request") == "true" and LOOKS in request.args


def _looks() -> int:
    text = request.args.get(LOOKS, "0")
    return min(int(text), _MAXIMUM_LOOKS) if text.isascii() and text.isdigit() and len(text) < 4 else 0
