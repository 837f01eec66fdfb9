"""Two applications on one database, on each engine. Each has kept pages of its own, as two processes have."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from app.application import assemble
from app.config import read_config
from app.web.http.context import EXTENSION
from app.web.page_cache.layer import PAGE_CACHE, PageCache
from tests.support.build import NOW, an_organization
from tests.support.clock import Clock
from tests.support.counting import Calls, count_calls
from tests.support.migrated import migrated_database
from tests.support.postgresql import new_database
from tests.web.conftest import WebShop

numbers = count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield migrated_database(tmp_path / "counterfoil.db")
        return
    with new_database(request.getfixturevalue("postgresql_server"), f"pages_{next(numbers)}") as address:
        yield address


@pytest.fixture
def shops(database: str, clock: Clock, tmp_path: Path) -> Iterator[tuple[WebShop, WebShop]]:
    settings = {"DATABASE_URL": database, "PUBLIC_URL": "http://localhost", "SECRET_KEY": "k" * 32}
    config = read_config(settings, data=tmp_path)
    first = WebShop(assemble(config, now=clock))
    first.store.migrate(NOW)
    first.store.add_organization(an_organization())
    second = WebShop(assemble(config, now=clock))
    yield first, second
    first.store.close()
    second.store.close()


def cache_of(shop: WebShop) -> PageCache:
    cache: PageCache = shop.app.extensions[PAGE_CACHE]
    return cache


def calls_of(shop: WebShop, path: str = "/pay/honey", **headers: str) -> Calls:
    """Count what one request of a page asks for."""
    context = shop.context
    recorder = count_calls(shop.app)
    with recorder.record() as calls:
        shop.client.get(path, headers=headers)
    shop.app.extensions[EXTENSION] = context
    return calls


def is_kept(shop: WebShop, path: str = "/pay/honey", **headers: str) -> bool:
    """Return whether a request of a page is answered without reading its link."""
    calls = calls_of(shop, path, **headers)
    return calls.store.total() == 1 and calls.store["page_state"] == 1
