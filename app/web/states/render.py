"""Render a state: as a short page, or as one region for htmx when the page polls."""

from typing import Final

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.objects.organization import Organization
from app.web.display.locale import keep_locale
from app.web.states.state import State, next_wait
from app.web.visit.language_menu import language_menu
from app.web.visit.visit import current_visit

POLLS: Final = "polls"
"""The query parameter that counts how often a page has polled."""

_MAXIMUM_POLLS: Final = 20


def render_state(state: State, organization: Organization | None, status: int = 200) -> ResponseReturnValue:
    """Return the page of one state."""
    visit = current_visit()
    polls = _count_polls()
    path = request.path if request.method == "GET" else (visit.address if visit else "/")
    query = visit.own_query if visit else keep_locale("")
    poll_url = f"{path}{query}{'&' if query else '?'}{POLLS}={polls + 1}"
    partial = is_htmx()
    if partial and request.method == "GET" and not state.polls:
        return htmx_reload()
    values = {
        "embedded": visit.embedded if visit else False,
        "here": poll_url if state.polls else path + query,
        "poll_url": poll_url,
        "languages": language_menu("" if request.method == "GET" else path, visit),
        "organization": organization,
        "partial": partial,
        "state": state,
        "test_mode": visit.test_mode if visit else False,
        "wait": next_wait(polls) if state.polls else None,
    }
    response = make_response(render_template("pay/_state.html" if partial else "pay/state.html", **values), status)
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("HX-Request")
    return response


def htmx_reload() -> ResponseReturnValue:
    """Tell a polling page that something has changed, so that the browser opens the whole page again.

    It opens the page by its address instead of reloading it, because a page that answered a POST would be posted again.
    """
    visit = current_visit()
    response = make_response("", 200)
    response.headers["HX-Redirect"] = request.path + (visit.own_query if visit else "")
    response.headers["Cache-Control"] = "no-store"
    return response


def is_htmx() -> bool:
    """Whether htmx asks for one region instead of the whole page."""
    return request.headers.get("HX-Request") == "true"


def is_poll() -> bool:
    """Whether a waiting page polls through htmx. It should reload only when something has changed."""
    return is_htmx() and POLLS in request.args


def _count_polls() -> int:
    text = request.args.get(POLLS, "0")
    return min(int(text), _MAXIMUM_POLLS) if text.isascii() and text.isdigit() and len(text) < 4 else 0
