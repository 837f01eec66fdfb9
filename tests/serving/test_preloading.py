"""An application that was made before its workers were forked: no thread and no connection crosses the fork, and every worker answers."""

import os
import threading
from collections.abc import Iterator
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from app.application import assemble
from app.config import read_config
from app.server import Server
from app.serving.preloading import preload
from tests.support.build import NOW, a_link, an_organization
from tests.support.clock import Clock
from tests.support.migrated import migrated_database
from tests.support.postgresql import new_database
from tests.web.conftest import WebShop
from tests.web.page_cache.conftest import cache_of, is_kept

numbers = count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield migrated_database(tmp_path / "counterfoil.db")
        return
    with new_database(request.getfixturevalue("postgresql_server"), f"preloaded_{next(numbers)}") as address:
        yield address


@pytest.fixture
def shop(database: str, tmp_path: Path) -> Iterator[WebShop]:
    settings = {"DATABASE_URL": database, "PUBLIC_URL": "http://localhost", "SECRET_KEY": "k" * 32}
    shop = WebShop(assemble(read_config(settings, data=tmp_path), now=Clock()))
    shop.store.migrate(NOW)
    shop.store.add_organization(an_organization())
    shop.add(a_link())
    yield shop
    shop.store.close()


def open_files(process: int | str = "self") -> set[str]:
    """Return what the descriptors of a process lead to. Each socket has a number of its own."""
    found = set()
    for entry in Path(f"/proc/{process}/fd").iterdir():
        try:
            found.add(str(entry.readlink()))
        except FileNotFoundError:
            continue
    return found


@pytest.fixture
def before(database: str) -> tuple[set[str], set[threading.Thread]]:
    """The open files and the threads of this process before there is an application."""
    assert database
    return open_files(), set(threading.enumerate())


def test_no_connection_and_no_thread_is_left_before_the_fork(
    before: tuple[set[str], set[threading.Thread]], shop: WebShop, tmp_path: Path
) -> None:
    def connections() -> set[str]:
        return {file for file in open_files() - before[0] if file.startswith((str(tmp_path), "socket:"))}

    assert shop.client.get("/pay/honey").status_code == 200
    assert connections()
    preload(shop.app)
    assert connections() == set()
    assert set(threading.enumerate()) <= before[1]


def test_every_forked_process_finds_the_first_page_made_and_can_write(shop: WebShop) -> None:
    preload(shop.app)

    def work(number: int) -> None:
        kept = is_kept(shop, "/pay/honey", **{"Accept-Language": "en"})
        shop.add(a_link(id=f"plink_{number}", counterfoil={"code": f"code-{number}"}))
        answered = shop.client.get(f"/pay/code-{number}").status_code
        os._exit(0 if kept and answered == 200 else 1)

    workers = [get_context("fork").Process(target=work, args=(number,)) for number in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert all(shop.client.get(f"/pay/code-{number}").status_code == 200 for number in range(3))


def test_an_application_is_made_ready_before_the_fork_only_where_the_workers_share_it(shop: WebShop) -> None:
    for preloads in (False, True):
        server = Server(lambda: shop.app, host="127.0.0.1", port=8000, workers=2, preloads=preloads)
        assert server.cfg.preload_app is preloads
        assert server.load() is shop.app
        assert bool(cache_of(shop).pages) is preloads


@pytest.mark.parametrize("document", ["{", "[]", "{}", '{"id": 1}'])
def test_a_document_that_cannot_be_read_is_logged_and_the_server_starts(
    shop: WebShop, document: str, caplog: pytest.LogCaptureFixture
) -> None:
    engine: Any = shop.store.engine  # type: ignore[attr-defined]
    engine.execute("UPDATE payment_links SET document = :document", {"document": document})
    preload(shop.app)
    assert [record.message for record in caplog.records if record.name == "app.serving.preloading"] == [
        "no page was made before the start"
    ]
    assert shop.client.get("/healthz").status_code == 200
