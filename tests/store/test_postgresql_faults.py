"""PostgreSQL when things go wrong: a lock that stays, connections that are cut, a server that goes away, a fork."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from app.errors import StoreBusy, StoreError
from app.store import Store
from app.store.postgresql import PostgreSQL
from app.store.sql_store import SQLStore
from tests.build import an_organization
from tests.store.apart import exit_code, fork_and_write
from tests.store.build import limited
from tests.store.conftest import empty


@pytest.fixture
def address(postgresql_database: str) -> str:
    """A database with one organization and one link."""
    empty(postgresql_database)
    with opened(postgresql_database) as store:
        store.add_organization(an_organization())
        store.add_link(limited(5))
    return postgresql_database


@contextmanager
def opened(address: str, patience: float = 0.3) -> Iterator[Store]:
    store = SQLStore(PostgreSQL(address, patience))
    yield store
    store.close()


def cut_connections(address: str) -> int:
    """End every other connection to this database, as a restart of the server does."""
    with psycopg.connect(address, autocommit=True) as connection:
        cut = connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return len(cut.fetchall())


def test_a_lock_that_stays_makes_a_writer_busy_in_bounded_time(address: str) -> None:
    with opened(address) as store, psycopg.connect(address) as other:
        other.execute("SELECT 1 FROM payment_links WHERE id = 'plink_honey' FOR UPDATE")
        start = time.monotonic()
        with pytest.raises(StoreBusy):
            store.run(lambda: store.hold_place("plink_honey"))
        assert 0.2 < time.monotonic() - start < 5
        assert store.places_left("plink_honey") == 5, "readers go on"


def test_connections_that_were_cut_while_idle_cost_nobody_an_error(address: str) -> None:
    with opened(address, patience=10) as store:
        assert store.hold_place("plink_honey")
        assert cut_connections(address) == 1
        assert store.hold_place("plink_honey")
        assert store.places_left("plink_honey") == 3


def test_a_connection_that_is_cut_within_a_transaction_loses_it_whole(address: str) -> None:
    def work() -> None:
        store.hold_place("plink_honey")
        cut_connections(address)
        store.hold_place("plink_honey")

    with opened(address, patience=10) as store:
        with pytest.raises(StoreError):
            store.run(work)
        assert store.places_left("plink_honey") == 5


def test_a_process_that_was_forked_off_has_connections_of_its_own(address: str) -> None:
    """As gunicorn does after it has loaded the application."""
    assert exit_code(fork_and_write, address) == 0
