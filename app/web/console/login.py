"""Logging in and out. What is wrong with a log-in is never told, and an address that tries too often has to wait."""

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import TooManyRequests

from app.errors import AccessError
from app.services.accounts import users
from app.services.accounts.users import EMAIL_MAXIMUM
from app.web.console.door import LOG_IN, blueprint, current_visitor, enter, leave, page, way_on
from app.web.display.translation import gettext as _
from app.web.errors import with_error_headers
from app.web.http import rate_limits
from app.web.http.context import current_context
from app.web.states.error import minutes_to_wait


@blueprint.route("/login", methods=["GET", "POST"])
def log_in() -> ResponseReturnValue:
    """The log-in; whoever is in goes on to the page that was asked for."""
    if request.method == "POST":
        return _try()
    if current_visitor() is not None:
        return redirect(next_page(), 303)
    return login_page()


@blueprint.post("/logout")
def log_out() -> ResponseReturnValue:
    """Out, and nothing of it left in the browser."""
    leave()
    return redirect(url_for(LOG_IN), 303)


def login_page(error: str | None = None, status: int = 200) -> Response:
    """The form, with the address that was entered; never with the password."""
    email = request.form.get("email", "")[:EMAIL_MAXIMUM]
    return page("console/login.html", status, error=error, email=email)


def _try() -> ResponseReturnValue:
    """On with a new log-in, or the form again."""
    try:
        rate_limits.login_by_address()
    except TooManyRequests as error:
        return with_error_headers(error, login_page(too_often(error), 429))
    context = current_context()
    sent = request.form
    try:
        token = users.log_in(context.store, sent.get("email", ""), sent.get("password", ""), context.clock())
    except AccessError:
        return login_page(_("E-mail address and password do not fit together. Look for a slip and try again"), 422)
    enter(token)
    return redirect(next_page(), 303)


def next_page() -> str:
    """Where a log-in leads: the page that was asked for before it."""
    return way_on(request.args.get("next"))


def too_often(error: TooManyRequests) -> str:
    """What to do for whoever has tried too often."""
    seconds = error.retry_after if isinstance(error.retry_after, int) else 60
    return f"{_('Too many attempts from your network.')} {minutes_to_wait(seconds)}"
