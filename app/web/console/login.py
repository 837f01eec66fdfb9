"""Log in and out. A failed log-in never says what was wrong, and an address with too many attempts has to wait."""

from flask import Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import TooManyRequests

from app.errors import AccessError
from app.services.accounts import users
from app.web.console import kept_form
from app.web.console.auth import (
    INVALID,
    LOG_IN,
    blueprint,
    current_visitor,
    end_login,
    needs,
    next_page,
    page,
    start_login,
)
from app.web.console.forms import LogInForm
from app.web.display.translation import gettext as _
from app.web.errors import page_status, with_error_headers
from app.web.http import rate_limits
from app.web.http.context import current_context
from app.web.states.error import time_to_wait


@blueprint.route("/login", methods=["GET", "POST"])
@needs("everyone")
def log_in() -> ResponseReturnValue:
    """Show the log-in, or check it. A visitor who is logged in goes to the requested page."""
    if request.method == "POST":
        return _check_password(LogInForm())
    return redirect_to_next_page() if current_visitor() is not None else login_page()


@blueprint.route("/login/<token>", methods=["GET", "POST"])
@needs("everyone")
def log_in_once(token: str) -> ResponseReturnValue:
    """Show a button that uses up an address of `counterfoil users login`. Opening the address alone does not: programs open it too."""
    context = current_context()
    if request.method == "GET":
        return page("console/one_time.html")
    try:
        rate_limits.count_login()
        created = users.log_in_once(context.store, token, context.clock(), network=rate_limits.login_network())
    except TooManyRequests as error:
        return with_error_headers(error, login_page(too_many_attempts(error), page_status(error)))
    except AccessError:
        return login_page(_("This address was used already, or its time is over. Ask for another one"), INVALID)
    start_login(created)
    return redirect_to_next_page()


@blueprint.post("/logout")
@needs("viewer")
def log_out() -> ResponseReturnValue:
    """Log out."""
    end_login()
    return redirect(url_for(LOG_IN), 303)


def login_page(error: str | None = None, status: int = 200, *, kept: str | None = None) -> Response:
    """Show the form with the entered e-mail address, but never with the password. `kept` is a form to go back to after it."""
    carried = request.form.get(kept_form.FIELD, "") if kept is None else kept
    return page("console/login.html", status, error=error, form=LogInForm(), kept=carried)


def redirect_to_next_page() -> ResponseReturnValue:
    """Redirect to the page that was requested before the log-in."""
    return redirect(next_page(request.args.get("next")), 303)


def too_many_attempts(error: TooManyRequests) -> str:
    """Return a message that says how long to wait."""
    seconds = error.retry_after if isinstance(error.retry_after, int) else 60
    counted = (
        _("Too many attempts for this account.")
        if isinstance(error, rate_limits.TooManyLogins)
        else _("Too many attempts from your network.")
    )
    return f"{counted} {time_to_wait(seconds)}"


def _check_password(form: LogInForm) -> ResponseReturnValue:
    """Start a session, or show the form again."""
    context = current_context()
    email, password = form.email.data or "", form.password.data or ""
    try:
        rate_limits.count_login()
        token = users.log_in(context.store, email, password, context.clock(), network=rate_limits.login_network())
    except TooManyRequests as error:
        return with_error_headers(error, login_page(too_many_attempts(error), page_status(error)))
    except AccessError:
        message = _("E-mail address and password do not match. Check both.")
        return login_page(message, INVALID)
    form_to_resume = kept_form.kept_form()
    start_login(token)
    if form_to_resume is None:
        return redirect_to_next_page()
    g.pop("csrf_token", None)  # the token of the session that has ended
    return page("console/kept.html", kept=form_to_resume)
