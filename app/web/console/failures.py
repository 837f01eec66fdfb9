"""What went wrong within the console, as one of its pages: what it means for the merchant, and where to go on."""

from flask import request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from app.errors import GatewayError, GatewayRefused, ResourceMissing, StoreError
from app.web.console.door import LOG_IN, NotOurForm, blueprint, page
from app.web.console.login import login_page
from app.web.context import current_context
from app.web.errors import allowing, noted, request_id
from app.web.states import Action, State
from app.web.translation import gettext as _


@blueprint.errorhandler(Exception)
def answer_error(error: Exception) -> ResponseReturnValue:
    """Any error of the console's views."""
    if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
        return error
    status = noted(error)
    if isinstance(error, NotOurForm) and request.endpoint == LOG_IN:
        return login_page(_no_cookie(), status)
    here = url_for("console.links_page")
    return allowing(error, page("console/state.html", status, here=here, state=_state(error, status)))


@blueprint.get("/<path:unknown>")
def unknown(unknown: str) -> ResponseReturnValue:
    """Nothing, said within the console."""
    raise ResourceMissing(f"The console has no page {unknown[:100]!r}.")


def _no_cookie() -> str:
    return _(
        "Your browser did not send this page's cookie along, so nobody was logged in. Allow cookies for %(address)s and try again",
        address=current_context().config.public_url,
    )


def _state(error: Exception, status: int) -> State:
    back = (Action(_("Back to your links"), url_for("console.links_page"), filled=True),)
    if isinstance(error, NotOurForm):
        text = _(
            "The page that it came from was open for too long, or is not ours. Load it anew and press the button again."
        )
        return State("not_our_form", status, _("Not done"), _("Send this once more"), (text,), "notice", actions=back)
    if isinstance(error, GatewayRefused):
        text = _("Stripe says: %(message)s", message=error.message)
        return State("stripe_refused", status, _("Not done"), _("Stripe refused"), (text,), "notice", actions=back)
    if isinstance(error, GatewayError):
        text = _("Stripe did not answer, so nothing was changed. Try again in a minute.")
        return State(
            "stripe_unreachable", status, _("Not done"), _("Stripe cannot be reached"), (text,), "notice", actions=back
        )
    if isinstance(error, StoreError):
        text = _("Nothing was changed. Try again in a moment.")
        return State(
            "busy", status, _("Not done"), _("There is a lot going on just now"), (text,), "notice", actions=back
        )
    if status == 404:
        text = _("It may never have been there, or belong to somebody else.")
        return State("not_found", status, _("Not found"), _("There is nothing at this address"), (text,), actions=back)
    if status < 500:
        text = _("No page of the console asks for this. Nothing was changed.")
        return State("refused", status, _("Not done"), _("This could not be read"), (text,), actions=back)
    facts = ((_("Request"), Markup("<code>{}</code>").format(request_id())),)
    text = _("Whether it was done is not known: look before you try again. The log has the reason under this number.")
    title = _("Something went wrong on our side")
    return State("our_fault", status, _("Our fault"), title, (text,), "danger", actions=back, facts=facts)
