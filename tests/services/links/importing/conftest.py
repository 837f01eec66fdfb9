"""A store for imported links."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store import Store, open_store
from tests.support.build import NOW, an_organization


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/counterfoil.db")
    store.migrate(NOW)
    store.add_organization(an_organization(stripe_account="acct_1"))
    yield store
    store.close()
