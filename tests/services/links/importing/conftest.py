"""A store for imported links."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store import Store, open_store
from tests.support.build import an_organization
from tests.support.migrated import migrated_database


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(migrated_database(tmp_path / "counterfoil.db"))
    store.add_organization(an_organization(stripe_account="acct_1"))
    yield store
    store.close()
