"""Invitations: an address works once, only for the invited person, and only until it expires."""

from typing import Any

import pytest

from app.errors import InvalidRequest, ResourceMissing
from app.objects.change import COMMAND_LINE
from app.objects.user import User
from app.services.accounts import invitations
from app.services.accounts.invitations import INVITED_SECONDS
from app.store import Store
from tests.services.broken import InterruptedStore
from tests.support.build import NOW, an_organization

HERE, THERE = "org_apiary", "org_bakery"


@pytest.fixture
def two(store: Store) -> Store:
    """Return a store with two organizations, and Ada and Eve in the second one."""
    for id in (HERE, THERE):
        if store.organization(id) is None:
            store.add_organization(an_organization(id, id))
    for name in ("ada", "eve"):
        user = User(id=name, created=NOW, email=f"{name}@example.com", organization=THERE, password_hash="none")
        assert store.add_user(user)
    return store


def a_user(store: Store, id: str) -> User:
    found = store.user(id)
    assert found is not None
    return found


def test_an_invitation_is_accepted_once_and_by_its_person_alone(two: Store) -> None:
    _, token = invitations.invite(two, HERE, " ADA@example.com", "viewer", NOW, actor=COMMAND_LINE)
    with pytest.raises(ResourceMissing):
        invitations.accept(two, token, a_user(two, "eve"), NOW)
    assert two.members(HERE) == []
    invitations.accept(two, token, a_user(two, "ada"), NOW)
    assert [(member.user, member.role) for member in two.members(HERE)] == [("ada", "viewer")]
    with pytest.raises(ResourceMissing):
        invitations.accept(two, token, a_user(two, "ada"), NOW)


def test_an_invitation_ends_with_its_time_and_its_token_is_not_stored(two: Store) -> None:
    invitation, token = invitations.invite(two, HERE, "ada@example.com", "viewer", NOW, actor=COMMAND_LINE)
    assert token not in invitation.model_dump_json()
    assert invitations.find(two, token, NOW + INVITED_SECONDS - 1) == invitation
    with pytest.raises(ResourceMissing):
        invitations.find(two, token, NOW + INVITED_SECONDS)
    with pytest.raises(ResourceMissing):
        invitations.find(two, invitation.hash, NOW)


def test_a_known_person_gets_no_second_password(two: Store) -> None:
    invitation, token = invitations.invite(two, HERE, "ada@example.com", "owner", NOW, actor=COMMAND_LINE)
    with pytest.raises(InvalidRequest):
        invitations.accept_as_new_user(two, token, "ten bees on sage", NOW)
    assert a_user(two, "ada").password_hash == "none"
    assert two.members(HERE) == []
    assert invitations.find(two, token, NOW) == invitation


def test_a_new_person_uses_an_invitation_up(two: Store) -> None:
    _, token = invitations.invite(two, HERE, "kim@example.com", "manager", NOW, actor=COMMAND_LINE)
    kim = invitations.accept_as_new_user(two, token, "ten bees on sage", NOW)
    assert [(member.user, member.role) for member in two.members(HERE)] == [(kim.id, "manager")]
    assert invitations.list_invitations(two, HERE) == []
    with pytest.raises(ResourceMissing):
        invitations.find(two, token, NOW)


def test_an_invitation_that_is_taken_back_while_the_password_is_hashed_makes_no_user(two: Store) -> None:
    invitation, token = invitations.invite(two, HERE, "kim@example.com", "manager", NOW, actor=COMMAND_LINE)
    store: Any = InterruptedStore(two, lambda: invitations.retract(two, HERE, invitation.id, NOW, actor=COMMAND_LINE))
    with pytest.raises(ResourceMissing):
        invitations.accept_as_new_user(store, token, "ten bees on sage", NOW)
    assert two.user_by_email("kim@example.com") is None
    assert two.members(HERE) == []


def test_an_invitation_of_another_organization_cannot_be_taken_back(two: Store) -> None:
    invitation, token = invitations.invite(two, HERE, "ada@example.com", "viewer", NOW, actor=COMMAND_LINE)
    with pytest.raises(ResourceMissing):
        invitations.retract(two, THERE, invitation.id, NOW, actor=COMMAND_LINE)
    assert invitations.find(two, token, NOW) == invitation
    invitations.retract(two, HERE, invitation.id, NOW, actor=COMMAND_LINE)
    assert invitations.list_invitations(two, HERE) == []
