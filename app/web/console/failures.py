"""What went wrong within the console, as one of its pages: what it means for the merchant, and where to go on."""

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.errors import GatewayError, GatewayRefused, ResourceMissing, StoreError
from app.web.console.cookie import PREFIX
from app.web.console.door import LOG_IN, NotOurForm, blueprint, current_visitor, page
from app.web.console.login import login_page, next_page
from app.web.display.translation import gettext as _
from app.web.errors import is_redirect, log_error, request_id, with_error_headers
from app.web.http.context import current_context
from app.web.http.same_origin import request_origin
from app.web.states.state import Action, State
from app.wire.web_address import readable


@blueprint.errorhandler(Exception)
def answer_error(error: Exception) -> ResponseReturnValue:
    """Any error of the console's views."""
    if is_redirect(error):
        return error  # type: ignore[return-value]  # an HTTPException is a response
    status = log_error(error)
    if isinstance(error, NotOurForm) and request.endpoint == LOG_IN:
        # Logged in in another tab, after this form was loaded.
        return redirect(next_page(), 303) if current_visitor() else login_page(_not_logged_in(), status)
    here = url_for("console.links_page")
    return with_error_headers(error, page("console/state.html", status, here=here, state=_state(error, status)))


@blueprint.get("/<path:unknown>")
def unknown(unknown: str) -> ResponseReturnValue:
    """Nothing, said within the console."""
    raise ResourceMissing(f"The console has no page {unknown[:100]!r}.")


def _not_logged_in() -> str:
    """Why the form was not taken: most often the browser keeps no cookie here, as it must not for another address than PUBLIC_URL."""
    public_url = current_context().config.public_url
    address = readable(public_url)
    if request.headers.get("Origin", request_origin() or "").lower() != public_url:
        return _(
            "Nobody was logged in, because this is not the console's address. Open %(address)s",
            address=f"{address}{PREFIX}/",
        )
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return _(
            "Your browser did not send this page's cookie along, so nobody was logged in. Allow cookies for %(address)s and try again",
            address=address,
        )
    return _("Nobody was logged in, because this page was open for too long. Try again")


def _state(error: Exception, status: int) -> State:
    back = (Action(_("Back to your links"), url_for("console.links_page"), filled=True),)
    if isinstance(error, NotOurForm):
        text = _(
            "The page that it came from was open for too long, or is not ours. Load it anew and press the button again."
        )
        return State("not_our_form", _("Not done"), _("Send this once more"), (text,), "notice", actions=back)
    if isinstance(error, GatewayRefused):
        text = _("Stripe says: %(message)s", message=error.message)
        return State("stripe_refused", _("Not done"), _("Stripe refused"), (text,), "notice", actions=back)
    if isinstance(error, GatewayError):
        text = _("Stripe did not answer, so nothing was changed. Try again in a minute.")
        return State(
            "stripe_unreachable", _("Not done"), _("Stripe cannot be reached"), (text,), "notice", actions=back
        )
    if isinstance(error, StoreError):
        text = _("Nothing was changed. Try again in a moment.")
        return State("busy", _("Not done"), _("We're busy"), (text,), "notice", actions=back)
    if status == 404:
        text = _("It may never have been there, or belong to somebody else.")
        return State("not_found", _("Not found"), _("There is nothing at this address"), (text,), actions=back)
    if status < 500:
        text = _("No page of the console asks for this. Nothing was changed.")
        return State("refused", _("Not done"), _("We could not read this request"), (text,), actions=back)
    facts = ((_("Request"), Markup("<code>{}</code>").format(request_id())),)
    text = _("Whether it was done is not known: look before you try again. The log has the reason under this number.")
    title = _("Something went wrong on our side")
    return State("our_fault", _("Our fault"), title, (text,), "danger", actions=back, facts=facts)
