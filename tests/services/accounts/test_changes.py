"""The log of changes: who changed what, with old and new values, in the transaction of the change and without secrets."""

import pytest

from app.errors import InvalidRequest, ResourceMissing
from app.objects.change import COMMAND_LINE, HIDDEN, VALUE_MAXIMUM, Actor, Change, Difference, differences
from app.objects.user import User
from app.services.accounts import changes, keys, members, organizations, users
from app.store import Store
from app.wire.lists import Page
from tests.support.build import NOW, a_link, an_organization

HERE = "org_apiary"
ADA = Actor(kind="user", id="user_ada", name="ada@example.com")


@pytest.fixture
def shop(store: Store) -> Store:
    """Return a store with an organization."""
    if store.organization(HERE) is None:
        store.add_organization(an_organization())
    return store


def told(store: Store, about: str | None = None) -> list[tuple[str, str, tuple[Difference, ...]]]:
    """Return what the log says, newest first, as (actor, what, differences)."""
    found, _more = changes.list_changes(store, HERE, Page(limit=100), about=about)
    return [(change.actor.kind, change.what, change.differences) for change in found]


def test_a_change_of_settings_is_stored_with_old_and_new_values(shop: Store) -> None:
    organization = shop.organization(HERE)
    assert organization is not None
    fields = {"business_profile": {"support_phone": "+43 1 234"}, "timezone": "Europe/Vienna"}
    organizations.update(shop, organization, fields, NOW, actor=ADA)
    assert told(shop) == [
        (
            "user",
            "organization.updated",
            (
                Difference(name="business_profile.support_phone", new="+43 1 234"),
                Difference(name="timezone", old=organization.timezone, new="Europe/Vienna"),
            ),
        )
    ]


def test_a_change_that_changes_nothing_and_one_that_is_refused_are_not_stored(shop: Store) -> None:
    organization = shop.organization(HERE)
    assert organization is not None
    organizations.update(shop, organization, {"timezone": organization.timezone}, NOW, actor=ADA)
    with pytest.raises(InvalidRequest):
        organizations.update(shop, organization, {"timezone": "nowhere"}, NOW, actor=ADA)
    assert told(shop) == []


def test_keys_users_and_roles_are_in_the_log_without_their_secrets(shop: Store) -> None:
    key, secret = keys.create_key(shop, HERE, NOW, actor=COMMAND_LINE, name="till")
    keys.revoke_key(shop, HERE, key.id, NOW, actor=ADA)
    keys.revoke_key(shop, HERE, key.id, NOW, actor=ADA)
    ada, bob = (
        User(id=f"user_{name}", created=NOW, email=f"{name}@example.com", organization=HERE, password_hash="x")
        for name in ("ada", "bob")
    )
    assert shop.add_user(ada)
    assert shop.add_user(bob)
    members.change_role(shop, HERE, "user_bob", "viewer", NOW, actor=ADA)
    users.set_password(shop, bob, "ten bees on sage", NOW, actor=COMMAND_LINE)
    members.remove(shop, HERE, "user_bob", NOW, actor=ADA)
    assert told(shop) == [
        ("user", "member.removed", ()),
        ("command", "user.password_changed", ()),
        ("user", "member.updated", (Difference(name="role", old="owner", new="viewer"),)),
        ("user", "key.revoked", ()),
        ("command", "key.created", ()),
    ]
    stored = "".join(change.model_dump_json() for change in shop.changes(HERE, limit=100)[0])
    assert secret not in stored
    assert key.hash not in stored
    assert [what for _, what, _ in told(shop, key.id)] == ["key.revoked", "key.created"]


def test_a_change_is_undone_with_its_transaction(shop: Store) -> None:
    def fail() -> None:
        keys.create_key(shop, HERE, NOW, actor=ADA)
        raise InvalidRequest("no")

    with pytest.raises(InvalidRequest):
        shop.run(fail)
    assert told(shop) == []
    assert shop.keys(HERE) == []


def test_values_are_named_by_path_shortened_and_never_secret() -> None:
    before = a_link(metadata={"a": "1"}, counterfoil={"name": "Old"})
    after = a_link(metadata={"a": "1", "b": "x" * 400}, active=False, counterfoil={"name": "New", "version": 2})
    found = {change.name: (change.old, change.new) for change in differences(before, after)}
    assert found["active"] == ("true", "false")
    assert found["counterfoil.name"] == ("Old", "New")
    assert found["metadata.b"][0] is None
    assert len(found["metadata.b"][1] or "") == VALUE_MAXIMUM
    assert set(found) == {"active", "counterfoil.name", "metadata.b"}
    user = User(id="user_1", created=NOW, email="a@example.com", organization=HERE, password_hash="one")
    assert differences(user, user.model_copy(update={"password_hash": "two"})) == ()
    assert "password_hash" in HIDDEN


def test_the_log_has_pages_and_shows_one_organization_only(shop: Store) -> None:
    shop.add_organization(an_organization("org_bakery", "Bakery"))
    for number in range(5):
        owner = "org_bakery" if number == 4 else HERE
        changes.record(shop, ADA, "key.created", f"key_{number}", NOW + number, organization=owner)
    first, more = changes.list_changes(shop, HERE, Page(limit=2))
    assert ([change.about for change in first], more) == (["key_3", "key_2"], True)
    rest, more = changes.list_changes(shop, HERE, Page(limit=2, starting_after=first[-1].id))
    assert ([change.about for change in rest], more) == (["key_1", "key_0"], False)
    (theirs,) = shop.changes("org_bakery")[0]
    assert isinstance(theirs, Change)
    with pytest.raises(ResourceMissing):
        changes.list_changes(shop, HERE, Page(starting_after=theirs.id))
