"""Who may do what in an organization: the roles of its members. Every organization keeps an owner."""

from typing import NamedTuple

from app.errors import AccessError, InvalidRequest, ResourceMissing
from app.objects.change import Actor
from app.objects.organization import Organization
from app.objects.user import Member, Role, User
from app.services.accounts import changes
from app.store.protocol import Store


class Access(NamedTuple):
    """A user in one of their organizations. `organizations` are all of them, in the order in which the user became a member."""

    user: User
    organization: Organization
    role: Role
    organizations: tuple[Organization, ...]


def access_of(store: Store, user: User, wanted: str | None) -> Access:
    """Return what the user may do in the wanted organization. Raises `AccessError` for a user without an organization.

    If none is wanted, it is the organization that the user was created for, or else the user's first one.
    """
    found = {organization.id: (member, organization) for member, organization in store.memberships(user.id)}
    id = next((id for id in (wanted, user.organization) if id in found), next(iter(found), None))
    if id is None:
        raise AccessError
    member, organization = found[id]
    return Access(user, organization, member.role, tuple(organization for _, organization in found.values()))


def owners_of(store: Store, organization_id: str) -> list[User]:
    """Return the owners of an organization, oldest first."""
    owners = {member.user for member in store.members(organization_id) if member.role == "owner"}
    return [user for user in store.users(organization_id) if user.id in owners]


def list_members(store: Store, organization_id: str) -> list[tuple[User, Role]]:
    """Return the members of an organization with their roles, oldest first."""
    roles = {member.user: member.role for member in store.members(organization_id)}
    return [(user, roles[user.id]) for user in store.users(organization_id) if user.id in roles]


def retrieve(store: Store, organization_id: str, user_id: str) -> User:
    """Return a member of the organization. Raises `ResourceMissing`."""
    found = next((user for user in store.users(organization_id) if user.id == user_id), None)
    if found is None:
        raise ResourceMissing(f"No such user: '{user_id[:100]}'.", param="user")
    return found


def change_role(store: Store, organization_id: str, user_id: str, role: Role, now: int, *, actor: Actor) -> None:
    """Give a member another role. Raises `InvalidRequest` for the last owner, `ResourceMissing`."""

    def work() -> None:
        member = _member_that_may_go(store, organization_id, user_id, stays_owner=role == "owner")
        after = member.model_copy(update={"role": role})
        store.save_member(after)
        changes.record(
            store,
            actor,
            "member.updated",
            user_id,
            now,
            organization=organization_id,
            name=_email(store, user_id),
            before=member,
            after=after,
        )

    store.run(work)


def remove(store: Store, organization_id: str, user_id: str, now: int, *, actor: Actor) -> None:
    """End a membership. A user without another organization is deleted. Raises `InvalidRequest` for the last owner, `ResourceMissing`."""

    def work() -> None:
        _member_that_may_go(store, organization_id, user_id, stays_owner=False)
        store.delete_member(organization_id, user_id)
        changes.record(
            store, actor, "member.removed", user_id, now, organization=organization_id, name=_email(store, user_id)
        )
        if not store.memberships(user_id):
            store.delete_user(user_id)

    store.run(work)


def _email(store: Store, user_id: str) -> str | None:
    user = store.user(user_id)
    return user.email if user is not None else None


def _member_that_may_go(store: Store, organization_id: str, user_id: str, *, stays_owner: bool) -> Member:
    """Lock the members and return one of them. Raises `InvalidRequest` if no owner would be left."""
    members = store.lock_members(organization_id)
    member = next((member for member in members if member.user == user_id), None)
    if member is None:
        raise ResourceMissing(f"No such user: '{user_id[:100]}'.", param="user")
    owners = [each for each in members if each.role == "owner"]
    if owners == [member] and not stays_owner:
        raise InvalidRequest(
            "An organization keeps at least one owner. Make another member an owner first.", param="role"
        )
    return member
