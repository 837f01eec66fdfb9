"""Members: which user has which role in which organization."""

import pytest

from app.errors import StoreError
from app.objects.user import Member, Role
from app.store import Conflict, Store
from tests.store.build import a_login, a_user
from tests.support.build import NOW, an_organization


def a_member(organization: str = "org_other", role: Role = "viewer", user: str = "user_1") -> Member:
    return Member(created=NOW, organization=organization, role=role, user=user)


@pytest.fixture
def joined(store: Store) -> Store:
    """Return a store with two organizations and one user, who is a member of the first."""
    store.add_organization(an_organization("org_other", "Other"))
    assert store.add_user(a_user(), "manager")
    return store


def test_a_new_user_is_a_member_of_their_organization_with_their_role(joined: Store) -> None:
    assert joined.members("org_apiary") == [a_member("org_apiary", "manager")]
    assert joined.memberships("user_1") == [(a_member("org_apiary", "manager"), an_organization())]
    assert joined.members("org_other") == []


def test_a_user_becomes_a_member_once_and_is_listed_where_they_are_one(joined: Store) -> None:
    assert joined.add_member(a_member())
    assert not joined.add_member(a_member(role="owner"))
    assert [member.role for member, _ in joined.memberships("user_1")] == ["manager", "viewer"]
    assert joined.users("org_other") == [a_user()]


def test_a_role_changes_in_one_organization_only(joined: Store) -> None:
    joined.add_member(a_member())
    joined.save_member(a_member(role="owner"))
    assert joined.lock_members("org_other") == [a_member(role="owner")]
    assert joined.members("org_apiary") == [a_member("org_apiary", "manager")]
    with pytest.raises(StoreError, match="user_2"):
        joined.save_member(a_member(user="user_2"))


def test_a_membership_ends_in_one_organization_only(joined: Store) -> None:
    joined.add_member(a_member())
    joined.delete_member("org_apiary", "user_1")
    assert [member.organization for member, _ in joined.memberships("user_1")] == ["org_other"]
    assert joined.users("org_apiary") == []


def test_a_deleted_user_is_a_member_of_nothing(joined: Store) -> None:
    joined.add_member(a_member())
    joined.add_login(a_login())
    joined.delete_user("user_1")
    assert joined.memberships("user_1") == []
    assert joined.members("org_other") == []


@pytest.mark.parametrize("member", [a_member(organization="org_none"), a_member(user="user_none")])
def test_a_member_needs_a_user_and_an_organization(joined: Store, member: Member) -> None:
    with pytest.raises(Conflict):
        joined.add_member(member)
