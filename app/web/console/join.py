"""The address of an invitation: a new person chooses a password, a person with a log-in joins with it."""

from flask import Response, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import TooManyRequests

from app.errors import InvalidRequest, ResourceMissing
from app.objects.user import Invitation
from app.services.accounts import invitations, logins
from app.services.accounts.keys import retrieve_organization
from app.web.console.auth import (
    INVALID,
    blueprint,
    current_visitor,
    needs,
    open_joined_organization,
    page,
    start_login,
)
from app.web.console.forms import JoinForm
from app.web.console.login import login_page, too_many_attempts
from app.web.console.role_names import role_name, role_text
from app.web.display.translation import gettext as _
from app.web.errors import page_status, with_error_headers
from app.web.http import rate_limits
from app.web.http.context import current_context


@blueprint.get("/invitations/<token>")
@needs("everyone")
def show_invitation(token: str) -> ResponseReturnValue:
    """Show an invitation. An address that was used leads to the log-in page, which says so."""
    context = current_context()
    try:
        return _page(token, invitations.find(context.store, token, context.clock()), JoinForm())
    except ResourceMissing:
        return _over()


@blueprint.post("/invitations/<token>")
@needs("everyone")
def accept_invitation(token: str) -> ResponseReturnValue:
    """Accept an invitation: as the person who is logged in with its address, or as a new person with a password."""
    context, visitor, form = current_context(), current_visitor(), JoinForm()
    store, now = context.store, context.clock()
    try:
        rate_limits.count_login()
        invitation = invitations.find(store, token, now)
    except TooManyRequests as error:
        return with_error_headers(error, login_page(too_many_attempts(error), page_status(error)))
    except ResourceMissing:
        return _over()
    if visitor is not None and visitor.user.email == invitation.email:
        invitations.accept(store, token, visitor.user, now)
        open_joined_organization(invitation.organization)
        return redirect(url_for("console.home_page"), 303)
    try:
        user = invitations.accept_as_new_user(
            store, token, form.password.data or "", now, name=form.your_name.data or ""
        )
    except InvalidRequest as error:
        form.refuse(error)
        return _page(token, invitation, form, INVALID)
    start_login(logins.create_login(store, user, now, network=rate_limits.login_network()))
    return redirect(url_for("console.home_page"), 303)


def _over() -> Response:
    return login_page(_("This invitation was used already, or its time is over. Ask for another one"), INVALID)


def _page(token: str, invitation: Invitation, form: JoinForm, status: int = 200) -> Response:
    context, visitor = current_context(), current_visitor()
    known = invitations.is_for_known_user(context.store, invitation)
    is_theirs = visitor is not None and visitor.user.email == invitation.email
    return page(
        "console/join.html",
        status,
        form=form,
        inviting=retrieve_organization(context.store, invitation.organization),
        invitation=invitation,
        must_log_in=known and not is_theirs,
        login_url=url_for("console.log_in", next=url_for("console.show_invitation", token=token)),
        role=role_name(invitation.role),
        role_text=role_text(invitation.role),
        takes_password=not known,
    )
