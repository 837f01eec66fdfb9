"""The roles of members, and which organization a log-in opens."""

import pytest

from app.errors import AccessError, InvalidRequest, ResourceMissing
from app.objects.change import COMMAND_LINE
from app.objects.user import ROLES, Member, Role, User, includes
from app.services.accounts import logins, members
from app.store import Store
from tests.support.build import NOW, an_organization

HERE, THERE = "org_apiary", "org_bakery"


def a_user(store: Store, email: str, organization: str = HERE, role: Role = "owner") -> User:
    """Add a user without a password, because hashing is slow on purpose."""
    user = User(id=f"user_{email}", created=NOW, email=email, organization=organization, password_hash="none")
    assert store.add_user(user, role)
    return user


@pytest.fixture
def two(store: Store) -> Store:
    """Return a store with two organizations."""
    for id in (HERE, THERE):
        if store.organization(id) is None:
            store.add_organization(an_organization(id, id))
    return store


def join(store: Store, user: User, role: Role = "viewer") -> None:
    assert store.add_member(Member(created=NOW, organization=THERE, role=role, user=user.id))


def test_each_role_includes_the_roles_below_it() -> None:
    table = {(role, needed): includes(role, needed) for role in ROLES for needed in ROLES}
    assert [pair for pair, may in table.items() if not may] == [
        ("viewer", "manager"), ("viewer", "owner"), ("manager", "owner"),
    ]  # fmt: skip


def test_a_log_in_opens_the_first_organization_until_another_is_chosen(two: Store) -> None:
    ada = a_user(two, "ada@example.com")
    join(two, ada)
    token = logins.create_login(two, ada, NOW)
    access = logins.authenticate(two, token, NOW)
    assert (access.organization.id, access.role, len(access.organizations)) == (HERE, "owner", 2)
    logins.choose_organization(two, token, access, THERE)
    access = logins.authenticate(two, token, NOW)
    assert (access.organization.id, access.role) == (THERE, "viewer")
    assert logins.authenticate(two, logins.create_login(two, ada, NOW), NOW).organization.id == HERE


def test_an_organization_without_a_membership_cannot_be_chosen(two: Store) -> None:
    ada = a_user(two, "ada@example.com")
    token = logins.create_login(two, ada, NOW)
    with pytest.raises(ResourceMissing):
        logins.choose_organization(two, token, logins.authenticate(two, token, NOW), THERE)


def test_who_is_removed_from_the_chosen_organization_sees_the_other_one(two: Store) -> None:
    ada = a_user(two, "ada@example.com")
    join(two, ada)
    token = logins.create_login(two, ada, NOW)
    logins.choose_organization(two, token, logins.authenticate(two, token, NOW), THERE)
    members.remove(two, THERE, ada.id, NOW, actor=COMMAND_LINE)
    assert logins.authenticate(two, token, NOW).organization.id == HERE


def test_who_is_removed_from_the_last_organization_is_deleted(two: Store) -> None:
    a_user(two, "bob@example.com")
    ada = a_user(two, "ada@example.com", role="viewer")
    token = logins.create_login(two, ada, NOW)
    members.remove(two, HERE, ada.id, NOW, actor=COMMAND_LINE)
    assert two.user(ada.id) is None
    with pytest.raises(AccessError):
        logins.authenticate(two, token, NOW)


@pytest.mark.parametrize("role", ["viewer", "manager"])
def test_the_last_owner_stays_one(two: Store, role: Role) -> None:
    ada = a_user(two, "ada@example.com")
    a_user(two, "bob@example.com", role="manager")
    with pytest.raises(InvalidRequest, match="at least one owner"):
        members.change_role(two, HERE, ada.id, role, NOW, actor=COMMAND_LINE)
    with pytest.raises(InvalidRequest, match="at least one owner"):
        members.remove(two, HERE, ada.id, NOW, actor=COMMAND_LINE)
    members.change_role(two, HERE, ada.id, "owner", NOW, actor=COMMAND_LINE)
    assert [owner.email for owner in members.owners_of(two, HERE)] == ["ada@example.com"]


def test_one_of_two_owners_may_go(two: Store) -> None:
    ada, bob = a_user(two, "ada@example.com"), a_user(two, "bob@example.com")
    members.change_role(two, HERE, ada.id, "viewer", NOW, actor=COMMAND_LINE)
    assert [owner.id for owner in members.owners_of(two, HERE)] == [bob.id]


def test_members_of_another_organization_cannot_be_changed(two: Store) -> None:
    ada = a_user(two, "ada@example.com")
    with pytest.raises(ResourceMissing):
        members.change_role(two, THERE, ada.id, "viewer", NOW, actor=COMMAND_LINE)
    with pytest.raises(ResourceMissing):
        members.remove(two, THERE, ada.id, NOW, actor=COMMAND_LINE)
    assert [member.role for member in two.members(HERE)] == ["owner"]
