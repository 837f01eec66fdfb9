"""Log in and out. A failed log-in never says what was wrong, and an address with too many attempts has to wait."""

from flask import Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import TooManyRequests

from app.errors import AccessError
from app.services.accounts import logins
from app.web.console import kept_form
from app.web.console.auth import (
    INVALID,
    LOG_IN,
    blueprint,
    current_visitor,
    end_login,
    login_network,
    login_token,
    needs,
    next_page,
    page,
    start_login,
)
from app.web.console.forms import LogInForm, SecondStepForm
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
    if "again" not in request.args and _awaits_code():
        return _ask_for_code()
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
        created = logins.log_in_once(context.store, token, context.clock(), network=login_network())
    except TooManyRequests as error:
        return with_error_headers(error, login_page(too_many_attempts(error), page_status(error)))
    except AccessError:
        return login_page(_("This address was used already, or its time is over. Ask for another one"), INVALID)
    start_login(created)
    return _ask_for_code() if _awaits_code() else redirect_to_next_page()


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
        token = logins.log_in(context.store, email, password, context.clock(), network=login_network())
    except TooManyRequests as error:
        return with_error_headers(error, login_page(too_many_attempts(error), page_status(error)))
    except AccessError:
        message = _("E-mail address and password do not match. Check both.")
        return login_page(message, INVALID)
    start_login(token)
    return _ask_for_code() if _awaits_code() else continue_after_login()


def continue_after_login() -> ResponseReturnValue:
    """Lead to the form that the log-in interrupted, or else to the page that was requested before it."""
    form_to_resume = kept_form.kept_form()
    if form_to_resume is None:
        return redirect_to_next_page()
    g.pop("csrf_token", None)  # the token of the session that has ended
    return page("console/kept.html", kept=form_to_resume)


def second_step_page(form: SecondStepForm, status: int = 200) -> Response:
    """Show the form for the code. It carries on the form that the log-in interrupted."""
    g.pop("csrf_token", None)  # the password may just have begun another session
    url = url_for("console.second_step", next=request.args.get("next"))
    kept = request.form.get(kept_form.FIELD, "")
    return page("console/second_step.html", status, action=url, form=form, kept=kept, kept_field=kept_form.FIELD)


def _awaits_code() -> bool:
    """Whether the log-in of this browser waits for the code of its second step."""
    context, token = current_context(), login_token()
    return token is not None and logins.waiting_login(context.store, token, context.clock()) is not None


def _ask_for_code() -> ResponseReturnValue:
    if kept_form.kept_form() is not None:
        return second_step_page(SecondStepForm(formdata=None))
    return redirect(url_for("console.second_step", next=request.args.get("next")), 303)
