"""Log in and out. A failed log-in never says what was wrong, and an address with too many attempts has to wait."""

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import TooManyRequests

from app.errors import AccessError
from app.services.accounts import users
from app.web.console.auth import INVALID, LOG_IN, blueprint, current_visitor, end_login, next_page, page, start_login
from app.web.console.forms import LogInForm
from app.web.display.translation import gettext as _
from app.web.errors import page_status, with_error_headers
from app.web.http import rate_limits
from app.web.http.context import current_context
from app.web.states.error import time_to_wait


@blueprint.route("/login", methods=["GET", "POST"])
def log_in() -> ResponseReturnValue:
    """Show the log-in, or check it. A visitor who is logged in goes to the requested page."""
    if request.method == "POST":
        return _check_password(LogInForm())
    return redirect_to_next_page() if current_visitor() is not None else login_page()


@blueprint.post("/logout")
def log_out() -> ResponseReturnValue:
    """Log out."""
    end_login()
    return redirect(url_for(LOG_IN), 303)


def login_page(error: str | None = None, status: int = 200) -> Response:
    """Show the form with the entered e-mail address, but never with the password."""
    return page("console/login.html", status, error=error, form=LogInForm())


def redirect_to_next_page() -> ResponseReturnValue:
    """Redirect to the page that was requested before the log-in."""
    return redirect(next_page(request.args.get("next")), 303)


def too_many_attempts(error: TooManyRequests) -> str:
    """Return a message that says how long to wait."""
    seconds = error.retry_after if isinstance(error.retry_after, int) else 60
    return f"{_('Too many attempts from your network.')} {time_to_wait(seconds)}"


def _check_password(form: LogInForm) -> ResponseReturnValue:
    """Start a session, or show the form again."""
    context = current_context()
    email, password = form.email.data or "", form.password.data or ""
    try:
        rate_limits.login_by_address()
        token = users.log_in(context.store, email, password, context.clock(), network=rate_limits.login_network())
    except TooManyRequests as error:
        return with_error_headers(error, login_page(too_many_attempts(error), page_status(error)))
    except AccessError:
        message = _("The e-mail address or the password is wrong. Check for typos and try again")
        return login_page(message, INVALID)
    start_login(token)
    return redirect_to_next_page()
