"""Who comes in: every page of the console but the log-in asks for one, and every post for a form of ours.

What a visitor may see is their organization's alone: views hand its id to the services, which know no other.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf, validate_csrf
from werkzeug.exceptions import Forbidden
from wtforms import ValidationError

from app.errors import AccessError
from app.logs import bind
from app.objects.organization import Organization
from app.objects.user import User
from app.services.accounts import users
from app.web.console.cookie import PREFIX
from app.web.http.context import Context, current_context
from app.web.http.same_origin import is_same_origin, own_origins

blueprint: Final = Blueprint("console", __name__, url_prefix=PREFIX)

TOKEN: Final = "login"  # noqa: S105 - where the session keeps the token, not one
DONE: Final = "done"
LOG_IN: Final = "console.log_in"
_OWN_PATH: Final = re.compile(r"/console(/[A-Za-z0-9_/-]*)?(\?[A-Za-z0-9_=&-]*)?")
_PATH_MAXIMUM: Final = 500
"""Characters of an address that are carried through the log-in. Headers that are too long do not pass a proxy."""

_CSRF_TOKEN_MAXIMUM: Final = 400


class NotOurForm(Forbidden):
    """A post that no form of ours has sent, as far as can be told; nothing was done."""


@dataclass(frozen=True)
class Visitor:
    """Somebody who is logged in, for whom they work, and when this is."""

    context: Context
    user: User
    organization: Organization
    now: int


@blueprint.before_request
def _let_in() -> ResponseReturnValue | None:
    """Recognise the visitor, or lead to the log-in. Raises `NotOurForm`."""
    context = current_context()
    now = context.clock()
    try:
        user, organization = users.authenticate(context.store, session.get(TOKEN), now)
    except AccessError:
        if request.endpoint != LOG_IN:
            return redirect(url_for(LOG_IN, next=_asked_for()), 303)
    else:
        bind(user=user.id)
        g.visitor = Visitor(context, user, organization, now)
    if request.method == "POST":
        _check_form()
    return None


@blueprint.after_request
def _keep_nothing(response: Response) -> Response:
    """What a merchant sees is for no cache, and for nobody who comes back after they have left."""
    response.headers["Cache-Control"] = "no-store"
    return response


def current_visitor() -> Visitor | None:
    """Who is logged in, if anybody is."""
    found: Visitor | None = g.get("visitor")
    return found


def visitor() -> Visitor:
    """Who is logged in, on a page that nobody else reaches."""
    found: Visitor = g.visitor
    return found


def enter(token: str) -> None:
    """Begin a session with the token of a new log-in; the one that was there before is ended, and nothing of it is left."""
    leave()
    session[TOKEN] = token


def note_done(done: str) -> None:
    """Keep what was done for the page that the answer leads to; an address could be anybody's."""
    session[DONE] = done


def is_done(done: str) -> bool:
    """Whether this is what was just done, asked once."""
    return session.get(DONE) == done and session.pop(DONE) == done


def leave() -> None:
    """End the log-in of this browser, and forget its cookie."""
    if TOKEN in session:
        users.log_out(current_context().store, session[TOKEN])
    session.clear()


def way_on(wanted: str | None) -> str:
    """The page of the console that was asked for before the log-in: one of its own addresses, or the first page."""
    return wanted if wanted and _is_own_path(wanted) else url_for("console.links_page")


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A page of the console for whoever is logged in; `csrf_token` is what its forms carry."""
    came = current_visitor()
    body = render_template(
        template,
        csrf_token=generate_csrf(),
        organization=came.organization if came else None,
        test_mode=not current_context().gateway.livemode,
        visitor=came,
        **values,
    )
    return make_response(body, status)


def _check_form() -> None:
    if not is_same_origin(request.headers, origins=own_origins()):
        raise NotOurForm
    token = request.form.get("csrf_token", "")
    if len(token) > _CSRF_TOKEN_MAXIMUM:
        raise NotOurForm
    try:
        validate_csrf(token)
    except ValidationError as error:
        raise NotOurForm from error


def _asked_for() -> str | None:
    """What to open after the log-in; a post is not repeated."""
    path = request.full_path.rstrip("?")
    return path if request.method == "GET" and _is_own_path(path) else None


def _is_own_path(path: str) -> bool:
    return len(path) <= _PATH_MAXIMUM and _OWN_PATH.fullmatch(path) is not None
