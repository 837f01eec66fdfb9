"""Users of the console and their log-ins."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from app.errors import StoreError
from app.objects.user import Login, User
from app.store import Conflict, Store
from tests.store.build import a_login, a_user
from tests.support.build import NOW, an_organization


def test_a_user_is_found_by_id_and_by_address(store: Store) -> None:
    assert store.add_user(a_user())
    assert store.user("user_1") == store.user_by_email("ada@example.com") == a_user()
    assert store.user("ada@example.com") is None
    assert store.user_by_email("user_1") is None


def test_an_address_belongs_to_one_user_of_the_server(store: Store) -> None:
    store.add_organization(an_organization("org_other", "Other"))
    store.add_user(a_user())
    assert not store.add_user(a_user("user_2", organization="org_other"))
    assert store.user("user_2") is None
    assert store.user_by_email("ada@example.com") == a_user()


def test_users_are_listed_by_organization_oldest_first(store: Store) -> None:
    store.add_organization(an_organization("org_other", "Other"))
    mine = [a_user("user_b", email="b@example.com"), a_user("user_a", email="a@example.com")]
    for user in (*mine, a_user("user_c", email="c@example.com", organization="org_other")):
        store.add_user(user)
    assert store.users("org_apiary") == mine


def test_a_user_without_an_organization_is_refused(store: Store) -> None:
    with pytest.raises(Conflict):
        store.add_user(a_user(organization="org_unknown"))


def test_a_change_of_a_user_keeps_the_id_the_address_and_the_organization(store: Store) -> None:
    store.add_user(a_user())
    changed = a_user(password_hash="another")
    store.save_user(changed)
    assert store.user("user_1") == changed
    for other in (a_user(email="b@example.com"), a_user("user_2"), a_user(organization="org_other")):
        with pytest.raises(StoreError, match=other.id):
            store.save_user(other)


def test_a_login_is_found_by_its_hash_until_it_is_ended(store: Store) -> None:
    store.add_user(a_user())
    store.add_login(a_login())
    assert store.login("hash of a") == a_login()
    assert store.login("a") is None
    store.delete_login("hash of a")
    assert store.login("hash of a") is None


def test_a_login_is_extended_but_an_ended_one_stays_ended(store: Store) -> None:
    store.add_user(a_user())
    store.add_login(a_login())
    extended = a_login(ends_at=NOW + 7200)
    store.save_login(extended)
    assert store.login("hash of a") == extended
    store.delete_login("hash of a")
    store.save_login(a_login())
    assert store.login("hash of a") is None


def test_a_new_login_deletes_those_that_have_ended(store: Store) -> None:
    store.add_user(a_user())
    for login in (a_login("over", ends_at=NOW + 10), a_login("on", ends_at=NOW + 11)):
        store.add_login(login)
    store.add_login(a_login("new", created=NOW + 10, ends_at=NOW + 20))
    assert [store.login(f"hash of {name}") is not None for name in ("over", "on", "new")] == [False, True, True]


def test_every_login_of_one_user_can_be_ended(store: Store) -> None:
    for user in (a_user(), a_user("user_2", email="b@example.com")):
        store.add_user(user)
    for login in (a_login("a"), a_login("b"), a_login("c", user="user_2")):
        store.add_login(login)
    store.delete_logins("user_1")
    assert [store.login(f"hash of {name}") is not None for name in "abc"] == [False, False, True]


def test_the_logins_of_a_deleted_user_end(store: Store) -> None:
    store.add_user(a_user())
    store.add_login(a_login())
    store.delete_user("user_1")
    assert store.user("user_1") is None
    assert store.login("hash of a") is None
    assert store.add_user(a_user("user_2"))


def forget_password(store: Store) -> None:
    store.save_user(a_user(password_hash="another"))
    store.delete_logins("user_1")


@pytest.mark.parametrize("end", [forget_password, lambda store: store.delete_user("user_1")])
def test_a_login_that_starts_while_all_are_ended_ends_too(store: Store, end: Callable[[Store], None]) -> None:
    store.add_user(a_user())
    locked = Event()

    def begin() -> None:
        assert store.lock_user("user_1") == a_user()
        locked.set()
        time.sleep(0.3)
        store.add_login(a_login())

    with ThreadPoolExecutor(1) as other:
        beginning = other.submit(store.run, begin)
        assert locked.wait(20)
        store.run(lambda: end(store))
        beginning.result()
    assert store.login("hash of a") is None


def test_a_login_without_a_user_is_refused(store: Store) -> None:
    with pytest.raises(Conflict):
        store.add_login(a_login(user="user_unknown"))


def test_only_hashes_are_stored() -> None:
    assert {"password", "token"}.isdisjoint({*User.model_fields, *Login.model_fields})


def test_addresses_of_a_user_are_known_from_a_time_on_and_forgotten_with_age_or_on_request(store: Store) -> None:
    for id in ("user_1", "user_2"):
        store.add_user(a_user(id, email=f"{id}@example.com"))
        store.remember_address(id, "a", NOW, 0)
    store.remember_address("user_1", "a", NOW + 5, 0)
    assert store.knows_address("user_1", "a", NOW + 5)
    assert not store.knows_address("user_1", "a", NOW + 6)
    assert not store.knows_address("user_1", "b", 0)
    store.remember_address("user_1", "b", NOW + 9, NOW + 6)
    assert not store.knows_address("user_1", "a", 0), "it was last seen too long ago"
    store.forget_addresses("user_1")
    assert not store.knows_address("user_1", "b", 0)
    assert store.knows_address("user_2", "a", 0)
    store.delete_user("user_2")
    assert not store.knows_address("user_2", "a", 0)
