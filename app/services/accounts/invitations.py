"""Invitations to the team of an organization: an address that works once, for seven days. Only the hash of its token is stored."""

import hashlib
from secrets import token_urlsafe
from typing import Final

from app.errors import InvalidRequest, ResourceMissing
from app.objects.change import Actor
from app.objects.ids import new_id
from app.objects.user import Invitation, Member, Role, User
from app.services.accounts import changes, users
from app.store.protocol import Store

INVITED_SECONDS: Final = 7 * 24 * 3600
"""How long an invitation can be accepted."""

_TOKEN_MAXIMUM: Final = 100


def invite(
    store: Store, organization_id: str, email: str, role: Role, now: int, *, actor: Actor
) -> tuple[Invitation, str]:
    """Store an invitation. Return it with its token, which is shown only once. Raises `InvalidRequest` (`email`).

    An earlier invitation of the same address ends.
    """
    address = users.checked_address(email)
    if any(user.email == address for user in store.users(organization_id)):
        raise InvalidRequest("This person is in the team already.", param="email")
    token = token_urlsafe(32)
    invitation = Invitation(
        id=new_id("inv"),
        created=now,
        email=address,
        ends_at=now + INVITED_SECONDS,
        hash=_hash(token),
        organization=organization_id,
        role=role,
    )

    def work() -> None:
        store.add_invitation(invitation)
        changes.record(store, actor, "member.invited", invitation.id, now, organization=organization_id, name=address)

    store.run(work)
    return invitation, token


def retrieve(store: Store, organization_id: str, id: str) -> Invitation:
    """Return an invitation to the organization. Raises `ResourceMissing`."""
    found = next((each for each in store.invitations(organization_id) if each.id == id), None)
    if found is None:
        raise ResourceMissing(f"No such invitation: '{id[:100]}'.", param="invitation")
    return found


def list_invitations(store: Store, organization_id: str) -> list[Invitation]:
    """Return the invitations to an organization, oldest first. Expired ones are among them."""
    return store.invitations(organization_id)


def is_for_known_user(store: Store, invitation: Invitation) -> bool:
    """Return whether the invited person has a log-in already."""
    return store.user_by_email(invitation.email) is not None


def retract(store: Store, organization_id: str, id: str, now: int, *, actor: Actor) -> None:
    """End an invitation. Raises `ResourceMissing`."""

    def work() -> None:
        invitation = retrieve(store, organization_id, id)
        store.delete_invitation(organization_id, id)
        changes.record(store, actor, "member.uninvited", id, now, organization=organization_id, name=invitation.email)

    store.run(work)


def find(store: Store, token: str, now: int) -> Invitation:
    """Return the invitation with this token. Raises `ResourceMissing` if it was used or has expired."""
    invitation = store.invitation(_hash(token[:_TOKEN_MAXIMUM]))
    if invitation is None or invitation.ends_at <= now:
        raise ResourceMissing("This invitation was used already, or its time is over.", param="invitation")
    return invitation


def accept(store: Store, token: str, user: User, now: int) -> Invitation:
    """Make a user a member. Raises `ResourceMissing`, also for an invitation of another address."""

    def work() -> Invitation:
        invitation = find(store, token, now)
        if invitation.email != user.email:
            raise ResourceMissing("This invitation is for another person.", param="invitation")
        member = Member(created=now, organization=invitation.organization, role=invitation.role, user=user.id)
        store.delete_invitation(invitation.organization, invitation.id)
        if store.add_member(member):
            changes.record(
                store,
                users.actor_of(user),
                "member.joined",
                user.id,
                now,
                organization=invitation.organization,
                name=user.email,
            )
        return invitation

    return store.run(work)


def accept_as_new_user(store: Store, token: str, password: str, now: int, *, name: str = "") -> User:
    """Create the invited user with this password and name. Raises `InvalidRequest` (`password`, `email`, `name`), `ResourceMissing`."""
    invitation = find(store, token, now)
    new_user = users.draft(invitation.organization, invitation.email, password, now, name=name)

    def work() -> User:
        found = find(store, token, now)
        store.delete_invitation(found.organization, found.id)
        users.add(store, new_user, now, actor=users.actor_of(new_user), role=found.role)
        return new_user

    return store.run(work)


def _hash(token: str) -> str:
    return hashlib.sha256(f"invitation {token}".encode()).hexdigest()
