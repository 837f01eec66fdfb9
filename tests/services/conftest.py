"""Fixtures for tests of services: a merchant with the sandbox, or an empty store."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.objects.organization import Organization
from app.services.accounts import keys
from app.store import Store, open_store
from tests.services.shop import ServiceShop, open_shop
from tests.support.build import NOW
from tests.support.migrated import migrated_database


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[ServiceShop]:
    shop = open_shop(tmp_path)
    yield shop
    shop.store.close()


@pytest.fixture
def shops(tmp_path: Path) -> Iterator[Callable[[], ServiceShop]]:
    """Return a function that opens another, empty shop."""
    opened: list[ServiceShop] = []

    def another() -> ServiceShop:
        opened.append(open_shop(tmp_path / str(len(opened))))
        return opened[-1]

    yield another
    for shop in opened:
        shop.store.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store, without a gateway."""
    store = open_store(migrated_database(tmp_path / "counterfoil.db"))
    yield store
    store.close()


@pytest.fixture
def organization(store: Store) -> Organization:
    """The only organization in that store."""
    return keys.create_organization(store, "Hillside Apiary", NOW, stripe_account="acct_1")
