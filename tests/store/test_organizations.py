"""Organizations and keys."""

import pytest

from app.errors import StoreError
from app.store import Conflict, Store
from tests.store.build import a_key
from tests.support.build import NOW, an_organization


def test_organizations_come_oldest_first(store: Store) -> None:
    others = [an_organization(f"org_{number}", f"Number {number}") for number in (3, 1, 2)]
    for other in others:
        store.add_organization(other)
    assert store.organizations() == [an_organization(), *others]


def test_the_only_organization_is_found_until_there_is_another(store: Store) -> None:
    assert store.only_organization() == an_organization()
    store.add_organization(an_organization("org_other"))
    assert store.only_organization() is None


def test_an_organization_is_replaced(store: Store) -> None:
    renamed = an_organization(name="Valley Apiary", timezone="Europe/Berlin")
    store.save_organization(renamed)
    assert store.organization("org_apiary") == renamed
    assert store.organizations() == [renamed]


def test_an_unknown_organization_is_none_and_cannot_be_replaced(store: Store) -> None:
    assert store.organization("org_unknown") is None
    with pytest.raises(StoreError, match="org_unknown"):
        store.save_organization(an_organization("org_unknown"))


def test_a_key_is_found_by_its_hash(store: Store) -> None:
    store.add_key(a_key())
    assert store.key_by_hash("hash of key_1") == a_key()
    assert store.key_by_hash("key_1") is None


def test_a_key_is_found_with_its_organization(store: Store) -> None:
    store.add_organization(an_organization("org_other", "Other"))
    for key in (a_key("key_a", "org_other"), a_key()):
        store.add_key(key)
    assert store.key_and_organization("hash of key_1") == (a_key(), an_organization())
    assert store.key_and_organization("key_1") is None


def test_keys_are_listed_by_owner_oldest_first(store: Store) -> None:
    store.add_organization(an_organization("org_other", "Other"))
    mine = [a_key("key_b"), a_key("key_a")]
    for key in (*mine, a_key("key_c", "org_other")):
        store.add_key(key)
    assert store.keys("org_apiary") == mine


def test_a_revoked_key_is_kept_as_revoked(store: Store) -> None:
    store.add_key(a_key())
    revoked = a_key(revoked_at=NOW)
    store.save_key(revoked)
    assert store.key_by_hash("hash of key_1") == revoked


def test_a_key_cannot_change_its_organization(store: Store) -> None:
    store.add_organization(an_organization("org_other", "Other"))
    store.add_key(a_key())
    with pytest.raises(StoreError, match="key_1"):
        store.save_key(a_key(organization="org_other"))
    assert store.keys("org_other") == []


def test_a_key_without_an_organization_and_the_same_key_twice_are_refused(store: Store) -> None:
    with pytest.raises(Conflict):
        store.add_key(a_key(organization="org_unknown"))
    store.add_key(a_key())
    with pytest.raises(Conflict):
        store.add_key(a_key())
    assert store.keys("org_apiary") == [a_key()]
