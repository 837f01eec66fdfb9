"""Tokens of the first run: each is used once, and the first one that is used ends the others."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from app.store import Store
from tests.store.build import a_user
from tests.store.conftest import EVERY_ENGINE
from tests.support.build import NOW

ENGINES = EVERY_ENGINE


def test_a_token_is_used_once_and_ends_the_others(store: Store) -> None:
    store.add_setup_token("one", NOW)
    store.add_setup_token("two", NOW)
    assert [store.setup_token_is_used(hash) for hash in ("one", "two", "three")] == [False, False, None]
    assert not store.use_setup_token("three", NOW)
    assert store.use_setup_token("two", NOW)
    assert [store.setup_token_is_used(hash) for hash in ("one", "two")] == [True, True]
    assert not store.use_setup_token("one", NOW)
    assert not store.use_setup_token("two", NOW)


def test_of_two_tokens_at_the_same_time_one_is_used(store: Store) -> None:
    ready = Barrier(2)
    for hash in ("one", "two"):
        store.add_setup_token(hash, NOW)

    def use(hash: str) -> bool:
        ready.wait(60)
        return store.run(lambda: store.use_setup_token(hash, NOW))

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(use, ("one", "two"))) == [False, True]


def test_a_server_has_users_or_none(store: Store) -> None:
    assert not store.has_users()
    store.add_user(a_user())
    assert store.has_users()
