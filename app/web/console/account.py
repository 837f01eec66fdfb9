"""The user's own account: who is logged in, and the form for a new password."""

from typing import Final

from flask import Response, flash, get_flashed_messages, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import TooManyRequests

from app.errors import AccessError, InvalidRequest
from app.services.accounts import devices, logins, users
from app.web.console.auth import (
    INVALID,
    blueprint,
    choose_organization,
    login_token,
    needs,
    page,
    require_visitor,
    start_login,
)
from app.web.console.forms import PASSWORD_ERROR, NameForm, PasswordForm
from app.web.console.login import too_many_attempts
from app.web.console.role_names import role_name
from app.web.display.moments import short_moment
from app.web.display.translation import gettext as _
from app.web.errors import page_status, with_error_headers
from app.web.http import rate_limits

RENAMED: Final = "name saved"
LOGGED_OUT: Final = "logged out elsewhere"
PASSWORD_CHANGED: Final = "password changed"  # noqa: S105 - a message, not a password


@blueprint.get("/account")
@needs("viewer")
def account_page() -> ResponseReturnValue:
    """Show the account."""
    return _page(PasswordForm())


@blueprint.post("/account/password")
@needs("viewer")
def change_password() -> ResponseReturnValue:
    """Change the password. Every other browser is logged out."""
    visitor, form = require_visitor(), PasswordForm()
    old, new = form.old_password.data or "", form.password.data or ""
    try:
        rate_limits.count_login()
        token = logins.change_password(
            visitor.context.store, visitor.user, old, new, visitor.now, network=rate_limits.login_network()
        )
    except TooManyRequests as error:
        form.old_password.errors = [too_many_attempts(error)]
        return with_error_headers(error, _page(form, page_status(error)))
    except AccessError:
        form.old_password.errors = [_("This is not your current password. Check for typos and try again")]
        return _page(form, INVALID)
    except InvalidRequest:
        form.password.errors = [str(PASSWORD_ERROR)]
        return _page(form, INVALID)
    start_login(token)
    flash(PASSWORD_CHANGED)
    return redirect(url_for("console.account_page"), 303)


@blueprint.post("/account/name")
@needs("viewer")
def save_name() -> ResponseReturnValue:
    """Save what the team calls the user."""
    visitor, form = require_visitor(), NameForm()
    if not form.validate():
        return _page(PasswordForm(formdata=None), INVALID, name_form=form)
    users.rename(visitor.context.store, visitor.user, form.name.data or "", visitor.now)
    flash(RENAMED)
    return redirect(url_for("console.account_page"), 303)


@blueprint.post("/account/logout-others")
@needs("viewer")
def log_out_others() -> ResponseReturnValue:
    """Log the user out in every other browser."""
    visitor = require_visitor()
    logins.end_other_logins(visitor.context.store, visitor.user, login_token() or "")
    flash(LOGGED_OUT)
    return redirect(url_for("console.account_page"), 303)


@blueprint.post("/organization")
@needs("viewer")
def switch_organization() -> ResponseReturnValue:
    """Show another organization of the user in this browser."""
    choose_organization(request.form.get("organization", ""))
    return redirect(url_for("console.home_page"), 303)


def _page(form: PasswordForm, status: int = 200, name_form: NameForm | None = None) -> Response:
    visitor, flashed = require_visitor(), get_flashed_messages()
    return page(
        "console/account.html",
        status,
        changed=PASSWORD_CHANGED in flashed,
        form=form,
        name_form=name_form or NameForm(formdata=None, name=visitor.user.name or ""),
        renamed=RENAMED in flashed,
        logged_out=LOGGED_OUT in flashed,
        trusted=devices.count_devices(visitor.context.store, visitor.user, visitor.now),
        role=role_name(visitor.access.role),
        switched=next((name for name in ("two-factor on", "two-factor off") if name in flashed), None),
        others=[
            short_moment(login.created, visitor.organization.timezone, visitor.now)
            for login in logins.other_logins(visitor.context.store, visitor.user, login_token() or "", visitor.now)
        ],
    )
