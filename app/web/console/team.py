"""The team in the settings: who may do what, invitations, and the removal of a person."""

from dataclasses import dataclass
from typing import Final

from flask import flash, get_flashed_messages, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import InvalidRequest
from app.objects.user import ROLES, Role, User
from app.services.accounts import invitations, members
from app.web.console.auth import INVALID, Visitor, blueprint, needs, page, require_visitor
from app.web.console.forms import InvitationForm
from app.web.console.role_names import role_name, role_text
from app.web.display.moments import short_moment
from app.web.display.translation import gettext as _

_INVITED: Final = "invited"
_PROBLEM: Final = "problem"


@dataclass(frozen=True)
class Person:
    """One row of the team: a member, or a person who was invited. `roles` are those that the visitor may give them."""

    id: str
    email: str
    role: str
    name: str | None = None
    is_visitor: bool = False
    two_factor: bool = False
    invited: str | None = None
    roles: tuple[tuple[Role, str], ...] = ()


@blueprint.get("/settings/team")
@needs("viewer")
def team_page() -> ResponseReturnValue:
    """Show the team."""
    return _page(require_visitor(), InvitationForm())


@blueprint.post("/settings/team/invite")
@needs("owner")
def invite() -> ResponseReturnValue:
    """Invite a person, and show the address to pass on."""
    visitor, form = require_visitor(), InvitationForm()
    if form.validate():
        try:
            return _invite(visitor, form.email.data or "", form.role.data)
        except InvalidRequest as error:
            form.refuse(error)
    return _page(visitor, form, INVALID)


@blueprint.post("/settings/team/invitations/<id>/again")
@needs("owner")
def invite_again(id: str) -> ResponseReturnValue:
    """Make a new address for an invitation. The earlier one ends."""
    visitor = require_visitor()
    invitation = invitations.retrieve(visitor.context.store, visitor.organization.id, id)
    return _invite(visitor, invitation.email, invitation.role)


@blueprint.post("/settings/team/invitations/<id>/retract")
@needs("owner")
def retract_invitation(id: str) -> ResponseReturnValue:
    """End an invitation."""
    visitor = require_visitor()
    invitations.retract(visitor.context.store, visitor.organization.id, id, visitor.now, actor=visitor.actor)
    return redirect(url_for("console.team_page"), 303)


@blueprint.post("/settings/team/<id>/role")
@needs("owner")
def change_role(id: str) -> ResponseReturnValue:
    """Give a person another role."""
    visitor = require_visitor()
    person = _member(visitor, id)
    role = next((role for role in ROLES if role == request.form.get("role")), None)
    try:
        if role is not None:
            store, organization = visitor.context.store, visitor.organization.id
            members.change_role(store, organization, person.id, role, visitor.now, actor=visitor.actor)
    except InvalidRequest:
        flash(_last_owner(), _PROBLEM)
    return redirect(url_for("console.team_page"), 303)


@blueprint.get("/settings/team/<id>/remove")
@needs("owner")
def confirm_removal(id: str) -> ResponseReturnValue:
    """Ask before a person is removed."""
    person = _member(require_visitor(), id)
    return page("console/confirm_removal.html", section="settings", person=person)


@blueprint.post("/settings/team/<id>/remove")
@needs("owner")
def remove_member(id: str) -> ResponseReturnValue:
    """Remove a person from the team."""
    visitor = require_visitor()
    person = _member(visitor, id)
    try:
        members.remove(visitor.context.store, visitor.organization.id, person.id, visitor.now, actor=visitor.actor)
    except InvalidRequest:
        flash(_last_owner(), _PROBLEM)
    return redirect(url_for("console.team_page"), 303)


def _invite(visitor: Visitor, email: str, role: Role) -> ResponseReturnValue:
    store, organization = visitor.context.store, visitor.organization.id
    _invitation, token = invitations.invite(store, organization, email, role, visitor.now, actor=visitor.actor)
    flash(url_for("console.show_invitation", token=token), _INVITED)
    return redirect(url_for("console.team_page"), 303)


def _member(visitor: Visitor, id: str) -> User:
    return members.retrieve(visitor.context.store, visitor.organization.id, id)


def _last_owner() -> str:
    return _("A shop keeps at least one owner. Make another person an owner first.")


def _page(visitor: Visitor, form: InvitationForm, status: int = 200) -> ResponseReturnValue:
    path = next(iter(get_flashed_messages(category_filter=[_INVITED])), None)
    return page(
        "console/team.html",
        status,
        section="settings",
        page_name="team",
        form=form,
        invited_url=f"{visitor.context.config.public_url}{path}" if path else None,
        people=_people(visitor),
        problem=next(iter(get_flashed_messages(category_filter=[_PROBLEM])), None),
        roles=[(role, role_name(role), role_text(role)) for role in ("manager", "viewer", "owner")],
    )


def _people(visitor: Visitor) -> list[Person]:
    """Return the members, then the people who were invited and have not come yet."""
    store, organization = visitor.context.store, visitor.organization
    joined = [
        Person(
            id=user.id,
            email=user.email,
            role=role_name(role),
            name=user.name,
            is_visitor=user.id == visitor.user.id,
            two_factor=user.totp_secret is not None,
            roles=tuple((other, role_name(other)) for other in ROLES if other != role),
        )
        for user, role in members.list_members(store, organization.id)
    ]
    invited = [
        Person(
            id=each.id,
            email=each.email,
            role=role_name(each.role),
            invited=_invited_text(each.created, each.ends_at, organization.timezone, visitor.now),
        )
        for each in invitations.list_invitations(store, organization.id)
    ]
    return joined + invited


def _invited_text(created: int, ends_at: int, timezone: str, now: int) -> str:
    when = short_moment(created, timezone, now)
    if ends_at <= now:
        return _("invited %(when)s, the time to accept is over", when=when)
    return _("invited %(when)s, has not come yet", when=when)
