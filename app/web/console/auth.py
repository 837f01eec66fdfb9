"""Access to the console: every view declares who may open it, and every POST needs a form of ours.

A visitor sees the data of one organization only: views pass its id to the services.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeVar
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from app.errors import AccessError, AnswersRefused, FormRefused, RoleTooLow, StoreError
from app.logs import bind
from app.objects.change import Actor
from app.objects.organization import Organization
from app.objects.user import Role, User, includes
from app.services.accounts import devices, logins, users
from app.services.accounts.logins import LoginNetwork
from app.services.accounts.members import Access, access_of
from app.services.attempts.waiting import Waiting, count_waiting
from app.web.console.cookie import PREFIX, csrf
from app.web.display.formatting import CONSOLE_HTMX_CONFIG
from app.web.display.locale import use_console_texts
from app.web.errors import statuses_of
from app.web.http import rate_limits
from app.web.http.context import Context, current_context
from app.web.http.same_origin import is_same_origin, own_origins
from app.web.states.render import is_htmx

blueprint: Final = Blueprint("console", __name__, url_prefix=PREFIX)

INVALID: Final = statuses_of(AnswersRefused).page
"""The status of a form that is shown again because of wrong entries."""

LOG_IN: Final = "console.log_in"

Needed = Role | Literal["everyone"]
"""Who may open a view: users with this role or a higher one, or everyone, without a log-in."""

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

_needed: Final[dict[Callable[..., Any], Needed]] = {}

_DEVICE: Final = "device"
"""The session's key for the token of a device that a user trusts. It stays when the log-in ends."""

_TOKEN: Final = "login"  # noqa: S105 - the session's key for the token, not the token
_OWN_PATH: Final = re.compile(r"/console(/[A-Za-z0-9_/-]*)?(\?[A-Za-z0-9_=&+%.~-]*)?")
_PATH_MAXIMUM: Final = 500
"""Characters of a requested path. It stands in a header, and proxies do not pass on long ones."""

_CSRF_TOKEN_MAXIMUM: Final = 400

KEPT: Final = frozenset(
    {
        *("console.create_coupon", "console.create_link", "console.create_product"),
        *("console.save_business", "console.save_link"),
    }
)
"""Views whose form is kept when it is sent after the log-in has ended."""

LOADED_IN: Final = "loaded_in"
"""The field of every form with the id of the organization that was shown when the form was loaded."""


class LogInEnded(AccessError):
    """A form was sent after the log-in had ended. The log-in page keeps its fields."""


@dataclass(frozen=True)
class Visitor:
    """The user who sent the request, with what they may do in which organization, and the time of the request."""

    context: Context
    access: Access
    now: int

    @property
    def user(self) -> User:
        """The user."""
        return self.access.user

    @property
    def organization(self) -> Organization:
        """The organization that the user works in now."""
        return self.access.organization

    @property
    def actor(self) -> Actor:
        """The user as the actor of this request's changes."""
        return users.actor_of(self.access.user)

    def may(self, role: Role) -> bool:
        """Whether the user has this role or a higher one."""
        return includes(self.access.role, role)


def needs(needed: Needed) -> Callable[[View], View]:
    """Declare who may open a view. A view without a declaration answers every request with an error.

    The decorator stands below the route: `@blueprint.post("/links")`, then `@needs("manager")`.
    """

    def declare(view: View) -> View:
        _needed[view] = needed
        return view

    return declare


def needed_role(endpoint: str) -> Needed:
    """Return what a view of the console declares. Raises `LookupError` for a view that declares nothing."""
    return _needed[current_app.view_functions[endpoint]]


@blueprint.before_request
def _require_role() -> ResponseReturnValue | None:
    """Find the user by the session and check their role, or redirect to the log-in. Raises `FormRefused`, `RoleTooLow`."""
    use_console_texts()
    context = current_context()
    now, needed = context.clock(), needed_role(str(request.endpoint))
    try:
        access = logins.authenticate(context.store, session.get(_TOKEN), now)
    except AccessError:
        if request.method == "POST" and request.endpoint in KEPT:
            raise LogInEnded from None
        if needed != "everyone":
            return _lead_to_login()
    else:
        bind(user=access.user.id)
        g.visitor = Visitor(context, access, now)
        if needed != "everyone" and not includes(access.role, needed):
            raise RoleTooLow(needed)
    if request.method == "POST":
        _check_form()
    return None


@blueprint.after_request
def _forbid_caching(response: Response) -> Response:
    """Keep pages out of every cache, so that the browser shows none of them after the log-out."""
    response.headers["Cache-Control"] = "no-store"
    return response


def current_visitor() -> Visitor | None:
    """Return the visitor, or None without a log-in."""
    found: Visitor | None = g.get("visitor")
    return found


def require_visitor() -> Visitor:
    """Return the visitor, on a page that needs a log-in."""
    found: Visitor = g.visitor
    return found


def start_login(token: str) -> None:
    """Start a session with the token of a new log-in. The previous log-in of this browser ends."""
    end_login()
    session[_TOKEN] = token


def choose_organization(id: str) -> None:
    """Show another organization of the visitor in this browser. Raises `ResourceMissing`."""
    visitor = require_visitor()
    logins.choose_organization(visitor.context.store, session[_TOKEN], visitor.access, id)


def open_joined_organization(id: str) -> None:
    """Show an organization that the visitor has just joined in this browser."""
    visitor = require_visitor()
    joined = access_of(visitor.context.store, visitor.user, id)
    logins.choose_organization(visitor.context.store, session[_TOKEN], joined, id)


def login_token() -> str | None:
    """Return the token of this browser's log-in, also of one that waits for its code, or None."""
    token: str | None = session.get(_TOKEN)
    return token


def end_login() -> None:
    """End the log-in of this browser and clear its session."""
    if _TOKEN in session:
        logins.log_out(current_context().store, session[_TOKEN])
    device = session.get(_DEVICE)
    session.clear()
    if device is not None:
        _keep_device(device)


def login_network() -> LoginNetwork:
    """Return where a log-in comes from, with the token of this device if it is trusted."""
    return replace(rate_limits.login_network(), device=session.get(_DEVICE))


def trust_device(user: User, now: int) -> None:
    """Ask for no second step of this user in this browser, for some time."""
    _keep_device(devices.trust_device(current_context().store, user, now))


def _keep_device(token: str) -> None:
    session[_DEVICE] = token
    session.permanent = True  # the cookie outlives the browser's window


def next_page(wanted: str | None) -> str:
    """Return the page that was requested before the log-in, if it is one of the console's own, or else the first page."""
    return wanted if wanted and _is_own_path(wanted) else url_for("console.home_page")


def page(template: str, status: int = 200, **values: Any) -> Response:
    """Render a page of the console."""
    visitor = current_visitor()
    body = render_template(
        template,
        may=visitor.may if visitor else lambda _role: False,
        loaded_in=LOADED_IN,
        htmx_config=CONSOLE_HTMX_CONFIG,
        organization=visitor.organization if visitor else None,
        test_mode=not current_context().gateway.livemode,
        visitor=visitor,
        waiting=_count_waiting(visitor),
        **values,
    )
    return make_response(body, status)


def _count_waiting(visitor: Visitor | None) -> Waiting | None:
    """Return what waits for the merchant, for the navigation. A page that says that the database is away shows no number."""
    try:
        if visitor is None:
            return None
        return count_waiting(visitor.context.store, visitor.organization.id, livemode=visitor.context.gateway.livemode)
    except StoreError:
        return None


def previous_page() -> str:
    """Return the page of the console from which this request came, as the browser says, or else the first page."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    is_ours = f"{came_from.scheme}://{came_from.netloc}".lower() in own_origins()
    return next_page(came_from.path if is_ours and came_from.path != request.path else None)


def _lead_to_login() -> ResponseReturnValue:
    """Redirect to the log-in. A request of htmx makes the browser open it, because the log-in page is no part of a list."""
    if not is_htmx():
        return redirect(url_for(LOG_IN, next=_requested_path()), 303)
    response = make_response("")
    if request.method == "POST":
        # The form that htmx sends stays on the page, with what was typed. Its own button leads to the log-in.
        response.status_code = statuses_of(AccessError).page
        return response
    response.headers["HX-Redirect"] = url_for(LOG_IN, next=_requested_path())
    return response


def _check_form() -> None:
    if not is_same_origin(request.headers, origins=own_origins):
        raise FormRefused
    if len(request.form.get("csrf_token", "")) > _CSRF_TOKEN_MAXIMUM:
        raise FormRefused
    visitor, loaded_in = current_visitor(), request.form.get(LOADED_IN)
    if visitor is not None and loaded_in not in (None, visitor.organization.id):
        raise FormRefused  # another tab has switched to another organization since
    try:
        csrf.protect()
    except CSRFError as error:
        raise FormRefused from error


def _requested_path() -> str | None:
    """Return the path to open after the log-in. A POST is not repeated."""
    path = request.full_path.rstrip("?")
    return path if request.method == "GET" and _is_own_path(path) else None


def _is_own_path(path: str) -> bool:
    return len(path) <= _PATH_MAXIMUM and _OWN_PATH.fullmatch(path) is not None
