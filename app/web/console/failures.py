"""Errors within the console, shown as one of its pages."""

from flask import current_app, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.errors import FormRefused, GatewayError, GatewayRefused, ResourceMissing, RoleTooLow, StoreError
from app.services.accounts.members import owners_of
from app.web.console.auth import (
    LOG_IN,
    LogInEnded,
    blueprint,
    current_visitor,
    needs,
    page,
    previous_page,
    require_visitor,
)
from app.web.console.cookie import PREFIX
from app.web.console.kept_form import keep_form
from app.web.console.login import login_page, redirect_to_next_page
from app.web.console.messages.translate import stripe_text
from app.web.console.role_names import role_name
from app.web.display.formatting import with_commas
from app.web.display.safe_urls import mail_url
from app.web.display.translation import gettext as _
from app.web.errors import STATUSES, is_redirect, log_error, with_error_headers
from app.web.http.context import current_context
from app.web.http.request_id import request_id
from app.web.http.same_origin import request_origin
from app.web.states.state import Action, State
from app.wire.web_address import readable


@blueprint.errorhandler(Exception)
def answer_error(error: Exception) -> ResponseReturnValue:
    """Answer any error of the console's views."""
    if is_redirect(error):
        return error  # type: ignore[return-value]  # an HTTPException is a response
    status = log_error(error)
    if isinstance(error, FormRefused) and request.endpoint == LOG_IN:
        # A visitor who is logged in used another tab to log in after this form was loaded.
        return redirect_to_next_page() if current_visitor() else login_page(_why_not_logged_in(), status)
    if isinstance(error, LogInEnded):
        return login_page(_("Your log-in has ended. Log in, and you get back to the form"), status, kept=keep_form())
    here = url_for("console.home_page")
    return with_error_headers(error, page("console/state.html", status, here=here, state=_state(error, status)))


@blueprint.get("/<path:unknown>")
@needs("viewer")
def unknown(unknown: str) -> ResponseReturnValue:
    """Answer every other address below `/console/`. Raises `ResourceMissing`."""
    raise ResourceMissing(f"The console has no page {unknown[:100]!r}.")


def _why_not_logged_in() -> str:
    """Explain why the log-in form was refused. Most often the browser kept no cookie, because the address is not PUBLIC_URL."""
    public_url = current_context().config.public_url
    address = readable(public_url)
    if request.headers.get("Origin", request_origin() or "").lower() != public_url:
        return _(
            "You are not logged in, because this is not the address of the console. Open %(address)s",
            address=f"{address}{PREFIX}/",
        )
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return _(
            "You are not logged in, because your browser did not send the cookie of this page. Allow cookies for %(address)s and try again",
            address=address,
        )
    return _("You are not logged in, because this page was open for too long. Try again")


def _state(error: Exception, status: int) -> State:
    if isinstance(error, FormRefused):
        text = _("The page was open for too long, or it is not one of ours. Load it again and press the button again.")
        return _not_done("form_refused", _("Please send this again"), text, "notice")
    if isinstance(error, RoleTooLow):
        return _role_too_low(error)
    if isinstance(error, GatewayRefused):
        return _not_done("stripe_refused", _("Stripe refused"), stripe_text(error.message), "notice")
    if isinstance(error, GatewayError):
        text = _("Stripe did not answer, so nothing was changed. Try again in a minute.")
        return _not_done("stripe_unreachable", _("Stripe cannot be reached"), text, "notice")
    if isinstance(error, StoreError):
        return _not_done("busy", _("We're busy"), _("Nothing was changed. Try again in a moment."), "notice")
    if status == STATUSES[ResourceMissing].page:
        text = _("The address has a typing error, or the page was removed. Your links and payments are safe.")
        return State("not_found", "", _("Page not found"), (text,), actions=_places())
    if status < 500:
        text = _("The console does not send this request. Nothing was changed.")
        return _not_done("refused", _("We could not read this request"), text)
    facts = ((_("Request number"), Markup("<code>{}</code>").format(request_id())),)
    text = _("Your last change may or may not be saved. Check before you try again.")
    title = _("Something went wrong on this server")
    return State("internal_error", "", title, (text,), "danger", actions=_home(), facts=facts)


def _role_too_low(error: RoleTooLow) -> State:
    """Say which role may do this, and who can help."""
    visitor = require_visitor()
    if error.needed == "owner":
        who = _("This needs the role of owner. Nothing was changed.")
    else:
        who = _("This needs the role of manager or owner. Nothing was changed.")
    owners = owners_of(visitor.context.store, visitor.organization.id)
    names = with_commas(*(owner.email for owner in owners))
    write = tuple(
        Action(_("Write to %(name)s", name=owner.email), url)
        for owner in owners[:1]
        if (url := mail_url(owner.email)) is not None
    )
    return State(
        "no_permission",
        role_name(visitor.access.role),
        _("You can look, but not change this"),
        (who, _("%(names)s can do it or change your role.", names=names)),
        actions=(Action(_("Back"), previous_page(), filled=True), *write),
    )


def _not_done(name: str, title: str, text: str, tone: str = "") -> State:
    return State(name, _("Not done"), title, (text,), tone, actions=_home())


def _home() -> tuple[Action, ...]:
    return (Action(_("Home"), url_for("console.home_page"), filled=True),)


def _places() -> tuple[Action, ...]:
    links, payments = url_for("console.links_page"), url_for("console.payments_page")
    return (*_home(), Action(_("Links"), links), Action(_("Payments"), payments))
