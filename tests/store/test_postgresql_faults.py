"""PostgreSQL when things go wrong: a lock that stays, connections that are cut, a commit that fails, a server that goes away, a fork."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from app.errors import StoreBusy, StoreError
from app.store import Store
from app.store.postgresql import PostgreSQL
from app.store.sql_store import SQLStore
from tests.store.apart import exit_code, fork_and_write
from tests.store.build import limited
from tests.store.conftest import empty
from tests.support.build import NOW, an_organization
from tests.support.postgresql import new_database


@pytest.fixture
def address(postgresql_database: str) -> str:
    """A database with one organization and one link."""
    empty(postgresql_database)
    with opened(postgresql_database) as store:
        store.add_organization(an_organization())
        store.add_link(limited(5))
    return postgresql_database


@contextmanager
def opened(address: str, lock_timeout: float = 0.3) -> Iterator[Store]:
    store = SQLStore(PostgreSQL(address, lock_timeout))
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
    with opened(address, lock_timeout=10) as store:
        assert store.hold_place("plink_honey")
        assert cut_connections(address) == 1
        assert store.hold_place("plink_honey")
        assert store.places_left("plink_honey") == 3


def test_a_database_that_was_away_for_long_is_found_again_at_once(postgresql_server: str) -> None:
    with new_database(postgresql_server, f"away_{os.getpid()}") as address, opened(address, lock_timeout=2) as store:
        store.migrate(NOW)
        name = conninfo_to_dict(address)["dbname"]
        with psycopg.connect(postgresql_server, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            start = time.monotonic()
            while time.monotonic() - start < 8:
                with pytest.raises(StoreBusy):
                    store.organizations()
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        assert store.organizations() == []


def test_a_connection_that_is_cut_within_a_transaction_loses_it_whole(address: str) -> None:
    def work() -> None:
        store.hold_place("plink_honey")
        cut_connections(address)
        store.hold_place("plink_honey")

    with opened(address, lock_timeout=10) as store:
        with pytest.raises(StoreError):
            store.run(work)
        assert store.places_left("plink_honey") == 5


@contextmanager
def at_commit(address: str, what: str) -> Iterator[None]:
    """Let PostgreSQL do something whenever a change of a link is about to be committed; `tries` counts."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE SEQUENCE tries")
        connection.execute(
            "CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF nextval('tries') < 3 THEN {what} END IF; RETURN NULL; END $$"
        )
        connection.execute(
            "CREATE CONSTRAINT TRIGGER at_commit AFTER UPDATE ON payment_links DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION at_commit()"
        )
        try:
            yield
        finally:
            connection.execute("DROP FUNCTION at_commit CASCADE")
            connection.execute("DROP SEQUENCE tries")


@pytest.mark.parametrize("code", ["40001", "40P01"], ids=["serialization failure", "deadlock"])
def test_a_race_that_is_lost_at_the_commit_is_run_again(address: str, code: str) -> None:
    """Engines that check at the end alone, as CockroachDB does, say so there."""
    tries: list[bool] = []
    with at_commit(address, f"RAISE EXCEPTION USING ERRCODE = '{code}';"), opened(address) as store:
        store.run(lambda: tries.append(store.hold_place("plink_honey")))
        assert store.places_left("plink_honey") == 4
    assert tries == [True] * 3


def test_a_single_statement_that_lost_its_race_is_sent_again(address: str) -> None:
    with at_commit(address, "RAISE EXCEPTION USING ERRCODE = '40001';"), opened(address) as store:
        assert store.hold_place("plink_honey")
        assert store.places_left("plink_honey") == 4


def test_a_commit_whose_outcome_is_unknown_is_told_and_never_made_again(address: str) -> None:
    """It may have been kept: only who asks again with the same key or form may repeat it."""
    tries: list[bool] = []
    cut = "PERFORM pg_terminate_backend(pg_backend_pid());"
    with at_commit(address, cut), opened(address, lock_timeout=10) as store:
        with pytest.raises(StoreError) as failed:
            store.run(lambda: tries.append(store.hold_place("plink_honey")))
        assert not isinstance(failed.value, StoreBusy)
        assert tries == [True]
        assert store.places_left("plink_honey") == 5, "and the next one is served"


def test_a_statement_that_takes_too_long_is_a_store_error_and_the_next_one_is_served(address: str) -> None:
    slow = PostgreSQL(f"{address}&options=-c%20statement_timeout%3D100")
    with pytest.raises(StoreError):
        slow.rows("SELECT pg_sleep(30)")
    assert slow.rows("SELECT 1 AS one") == [{"one": 1}]
    slow.close()


def test_a_database_that_can_only_be_read_serves_readers(address: str) -> None:
    with opened(f"{address}&options=-c%20default_transaction_read_only%3Don") as store:
        assert store.places_left("plink_honey") == 5
        with pytest.raises(StoreError):
            store.hold_place("plink_honey")


def test_more_threads_than_connections_wait_for_each_other(address: str) -> None:
    engine = PostgreSQL(address)
    with ThreadPoolExecutor(48) as pool:
        asked = [pool.submit(engine.run, lambda: engine.rows("SELECT pg_sleep(0.05)")) for _ in range(96)]
        assert all(one.result() for one in asked)
    engine.close()


def test_a_database_that_cannot_keep_every_letter_is_refused_before_a_buyer_needs_one(postgresql_server: str) -> None:
    name = f"latin_{os.getpid()}"
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} ENCODING 'LATIN1' TEMPLATE template0")
        address = postgresql_server.replace("/postgres?", f"/{name}?")
        with opened(address) as store, pytest.raises(StoreError, match="LATIN1"):
            store.migrate(NOW)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_text_is_sent_whole_whatever_encoding_a_client_has_by_default(address: str) -> None:
    with opened(f"{address}&client_encoding=latin1") as store:
        store.save_organization(an_organization().model_copy(update={"name": "Zürich 日本 🐝"}))
        assert store.organizations()[0].name == "Zürich 日本 🐝"


def test_a_process_that_was_forked_off_has_connections_of_its_own(address: str) -> None:
    """As gunicorn does after it has loaded the application."""
    assert exit_code(fork_and_write, address) == 0


def test_a_machine_that_has_gone_without_a_word_is_given_up(address: str) -> None:
    """What libpq is told; a network that swallows everything cannot be had on loopback."""
    engine = PostgreSQL(address, 0.3)
    with engine.transaction():
        connection = engine._open_connection()
        assert connection is not None
        told = connection.info.get_parameters()
    engine.close()
    waits = int(told["keepalives_idle"]) + int(told["keepalives_interval"]) * int(told["keepalives_count"])
    assert waits <= 30
    assert int(told["tcp_user_timeout"]) <= 30_000
