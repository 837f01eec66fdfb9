"""One's own log-in: whose it is, and another password."""

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import TooManyRequests

from app.errors import AccessError, InvalidRequest
from app.services.accounts import users
from app.services.accounts.users import PASSWORD_MINIMUM
from app.web.console.door import blueprint, enter, is_done, note_done, page, visitor
from app.web.console.login import too_often
from app.web.display.translation import gettext as _
from app.web.errors import with_error_headers
from app.web.http import rate_limits


@blueprint.get("/account")
def account_page() -> ResponseReturnValue:
    """Who is logged in, and the form for another password."""
    return _page()


@blueprint.post("/account/password")
def change_password() -> ResponseReturnValue:
    """Another password; every log-in but this browser's new one ends."""
    came = visitor()
    old, new = request.form.get("old_password", ""), request.form.get("password", "")
    try:
        rate_limits.login_by_address()
    except TooManyRequests as error:
        return with_error_headers(error, _page({"old_password": too_often(error)}, 429))
    try:
        token = users.change_password(came.context.store, came.user, old, new, came.now)
    except AccessError:
        return _page({"old_password": _("This is not your password now. Look for a slip and try again")}, 422)
    except InvalidRequest:
        message = _("Choose %(count)s characters or more, and more than a few different ones", count=PASSWORD_MINIMUM)
        return _page({"password": message}, 422)
    enter(token)
    note_done("password changed")
    return redirect(url_for("console.account_page"), 303)


def _page(errors: dict[str, str] | None = None, status: int = 200) -> Response:
    return page(
        "console/account.html",
        status,
        section="account",
        errors=errors or {},
        changed=not errors and is_done("password changed"),
        minimum=PASSWORD_MINIMUM,
    )
