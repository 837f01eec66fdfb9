"""The second step of a log-in: the page that asks for a code, and the pages that switch it on and off."""

from typing import Final

import segno
from flask import Response, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import TooManyRequests

from app.errors import AccessError, InvalidRequest
from app.services.accounts import logins, two_factor
from app.web.console.auth import (
    INVALID,
    blueprint,
    login_token,
    needs,
    page,
    require_visitor,
    start_login,
    trust_device,
)
from app.web.console.forms import CodeForm, ConfirmPasswordForm, SecondStepForm
from app.web.console.login import (
    continue_after_login,
    login_page,
    redirect_to_next_page,
    second_step_page,
    too_many_attempts,
)
from app.web.display.formatting import merchant_name
from app.web.display.translation import gettext as _
from app.web.errors import page_status, with_error_headers
from app.web.http import rate_limits
from app.web.http.context import current_context

SWITCHED_ON: Final = "two-factor on"
SWITCHED_OFF: Final = "two-factor off"

_SECRET: Final = "totp_secret"  # noqa: S105 - the session's key for the secret that is shown, not the secret


@blueprint.route("/login/code", methods=["GET", "POST"])
@needs("everyone")
def second_step() -> ResponseReturnValue:
    """Ask for the code, or check it."""
    context = current_context()
    store, now, form = context.store, context.clock(), SecondStepForm()
    token = login_token()
    user = logins.waiting_user(store, token, now) if token is not None else None
    if token is None or user is None:
        return login_page(_("Log in again"), INVALID) if request.method == "POST" else redirect_to_next_page()
    if request.method == "GET":
        return second_step_page(form)
    try:
        rate_limits.count_login()
        network = rate_limits.login_network()
        confirmed = two_factor.confirm_login(store, token, form.code.data or "", now, network=network)
    except TooManyRequests as error:
        form.code.errors = [too_many_attempts(error)]
        return with_error_headers(error, second_step_page(form, page_status(error)))
    except AccessError:
        if logins.waiting_user(store, token, now) is None:
            return login_page(_("Too many wrong codes. Log in again"), INVALID)
        form.code.errors = [_("This code is wrong or was used. Type the newest one of the app")]
        return second_step_page(form, INVALID)
    start_login(confirmed)
    if form.remember.data:
        trust_device(user, now)
    return continue_after_login()


@blueprint.get("/account/two-factor")
@needs("viewer")
def two_factor_page() -> ResponseReturnValue:
    """Show how to switch the second step on, or off if it is on. The new secret is in the cookie until its code is typed."""
    if require_visitor().user.totp_secret is not None:
        return _off_page(ConfirmPasswordForm())
    if _SECRET not in session:
        session[_SECRET] = two_factor.new_secret()
    return _setup_page(CodeForm())


@blueprint.post("/account/two-factor")
@needs("viewer")
def switch_on() -> ResponseReturnValue:
    """Switch the second step on."""
    visitor, form = require_visitor(), CodeForm()
    if _SECRET not in session:
        return redirect(url_for("console.two_factor_page"), 303)
    try:
        two_factor.switch_on(visitor.context.store, visitor.user, session[_SECRET], form.code.data or "", visitor.now)
    except InvalidRequest:
        form.code.errors = [_("This code is wrong. Type the newest one of the app")]
        return _setup_page(form, INVALID)
    del session[_SECRET]
    flash(SWITCHED_ON)
    return redirect(url_for("console.account_page"), 303)


@blueprint.post("/account/two-factor/off")
@needs("viewer")
def switch_off() -> ResponseReturnValue:
    """Switch the second step off, with the password."""
    visitor, form = require_visitor(), ConfirmPasswordForm()
    try:
        rate_limits.count_login()
        two_factor.switch_off(
            visitor.context.store,
            visitor.user,
            form.password.data or "",
            visitor.now,
            network=rate_limits.login_network(),
        )
    except TooManyRequests as error:
        form.password.errors = [too_many_attempts(error)]
        return with_error_headers(error, _off_page(form, page_status(error)))
    except AccessError:
        form.password.errors = [_("This is not your current password. Check for typos and try again")]
        return _off_page(form, INVALID)
    flash(SWITCHED_OFF)
    return redirect(url_for("console.account_page"), 303)


def _off_page(form: ConfirmPasswordForm, status: int = 200) -> Response:
    return page("console/two_factor_off.html", status, form=form, left=len(require_visitor().user.recovery_hashes))


def _setup_page(form: CodeForm, status: int = 200) -> Response:
    visitor, secret = require_visitor(), session[_SECRET]
    url = two_factor.provisioning_url(secret, visitor.user, merchant_name(visitor.organization))
    return page(
        "console/two_factor_setup.html",
        status,
        codes=two_factor.recovery_codes(secret),
        form=form,
        picture=segno.make(url, error="m", micro=False).svg_data_uri(scale=4, light="#fff"),
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
    )
