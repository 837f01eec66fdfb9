"""Faults of PostgreSQL: a lock that stays, lost connections, a failed commit, a server that stops, a fork."""

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
from app.store.engine import NotWritable
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
    with open_store_with(postgresql_database) as store:
        store.add_organization(an_organization())
        store.add_link(limited(5))
    return postgresql_database


@contextmanager
def open_store_with(address: str, lock_timeout: float = 0.3) -> Iterator[Store]:
    store = SQLStore(PostgreSQL(address, lock_timeout))
    yield store
    store.close()


def cut_connections(address: str) -> int:
    """Close every other connection to this database, as a restart of the server does."""
    with psycopg.connect(address, autocommit=True) as connection:
        cut = connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return len(cut.fetchall())


def test_a_lock_that_stays_raises_busy_after_the_timeout(address: str) -> None:
    with open_store_with(address) as store, psycopg.connect(address) as other:
        other.execute("SELECT 1 FROM payment_links WHERE id = 'plink_honey' FOR UPDATE")
        start = time.monotonic()
        with pytest.raises(StoreBusy):
            store.run(lambda: store.hold_place("plink_honey"))
        assert 0.2 < time.monotonic() - start < 5
        assert store.places_left("plink_honey") == 5, "readers go on"


def test_connections_lost_while_idle_cause_no_error(address: str) -> None:
    with open_store_with(address, lock_timeout=10) as store:
        assert store.hold_place("plink_honey")
        assert cut_connections(address) >= 1
        assert store.hold_place("plink_honey")
        assert store.places_left("plink_honey") == 3


def test_a_database_that_was_away_for_long_is_used_again_within_seconds(postgresql_server: str) -> None:
    with (
        new_database(postgresql_server, f"away_{os.getpid()}") as address,
        open_store_with(address, lock_timeout=2) as store,
    ):
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


def test_a_connection_lost_within_a_transaction_rolls_it_back(address: str) -> None:
    def work() -> None:
        store.hold_place("plink_honey")
        cut_connections(address)
        store.hold_place("plink_honey")

    with open_store_with(address, lock_timeout=10) as store:
        with pytest.raises(StoreError):
            store.run(work)
        assert store.places_left("plink_honey") == 5


def test_a_transaction_whose_connection_was_lost_before_its_commit_is_done_again(address: str) -> None:
    """As when PostgreSQL restarts while a request is in flight."""
    tries: list[int] = []

    def work() -> None:
        store.hold_place("plink_honey")
        tries.append(len(tries))
        if len(tries) < 3:
            cut_connections(address)
        store.hold_place("plink_honey")

    with open_store_with(address, lock_timeout=10) as store:
        store.run(work)
        assert store.places_left("plink_honey") == 3
    assert tries == [0, 1, 2]


@pytest.mark.parametrize(
    "sql", ["SELECT pg_sleep(2)", "UPDATE payment_links SET places = places + 1 WHERE pg_sleep(2) IS NOT NULL"]
)
def test_a_single_statement_whose_connection_was_lost_is_done_again(address: str, sql: str) -> None:
    engine = PostgreSQL(address, 10)
    engine.rows("SELECT 1")
    send = engine.rows if sql.startswith("SELECT") else engine.execute
    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(send, sql)
        wait_until_it_runs(address, sql)
        assert cut_connections(address) >= 1
        sent.result(30)
    (row,) = engine.rows("SELECT places FROM payment_links")
    assert row["places"] == (0 if sql.startswith("SELECT") else 1)
    engine.close()


def wait_until_it_runs(address: str, sql: str) -> None:
    """Wait until another connection is at work on the statement."""
    deadline = time.monotonic() + 20
    with psycopg.connect(address, autocommit=True) as connection:
        while time.monotonic() < deadline:
            query = "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query = %s AND pid <> pg_backend_pid()"
            if connection.execute(query, [sql]).fetchone():
                return
            time.sleep(0.01)
    raise AssertionError("the statement never ran")


@contextmanager
def at_commit(address: str, what: str) -> Iterator[None]:
    """Let PostgreSQL run a statement before each commit of a changed link. `tries` counts the commits."""
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
def test_a_race_lost_at_the_commit_is_retried(address: str, code: str) -> None:
    """Databases that check only at the end, such as CockroachDB, report the conflict at the commit."""
    tries: list[bool] = []
    with at_commit(address, f"RAISE EXCEPTION USING ERRCODE = '{code}';"), open_store_with(address) as store:
        store.run(lambda: tries.append(store.hold_place("plink_honey")))
        assert store.places_left("plink_honey") == 4
    assert tries == [True] * 3


def test_a_single_statement_that_lost_its_race_is_retried(address: str) -> None:
    with at_commit(address, "RAISE EXCEPTION USING ERRCODE = '40001';"), open_store_with(address) as store:
        assert store.hold_place("plink_honey")
        assert store.places_left("plink_honey") == 4


def test_a_commit_with_an_unknown_outcome_is_reported_and_never_retried(address: str) -> None:
    """It may have been stored. Only a caller that repeats the same key or form may repeat it."""
    tries: list[bool] = []
    cut = "PERFORM pg_terminate_backend(pg_backend_pid());"
    with at_commit(address, cut), open_store_with(address, lock_timeout=10) as store:
        with pytest.raises(StoreError) as failed:
            store.run(lambda: tries.append(store.hold_place("plink_honey")))
        assert not isinstance(failed.value, StoreBusy)
        assert tries == [True]
        assert store.places_left("plink_honey") == 5, "and the next one is served"


def test_a_connection_lost_at_the_end_of_an_inner_transaction_is_retried(address: str) -> None:
    """The outer commit was not sent yet, so nothing can have been stored."""
    tries: list[int] = []

    def work() -> None:
        with engine.transaction():
            engine.execute("INSERT INTO kept (number) VALUES (1)")
            tries.append(cut_connections(address) if not tries else 0)

    engine = PostgreSQL(address)
    engine.execute("CREATE TABLE kept (number integer)")
    engine.run(work)
    assert len(tries) == 2
    assert engine.rows("SELECT number FROM kept") == [{"number": 1}]
    engine.close()


def test_a_statement_that_takes_too_long_is_a_store_error_and_the_next_one_works(address: str) -> None:
    slow = PostgreSQL(f"{address}&options=-c%20statement_timeout%3D100")
    with pytest.raises(StoreError):
        slow.rows("SELECT pg_sleep(30)")
    assert slow.rows("SELECT 1 AS one") == [{"one": 1}]
    slow.close()


def test_a_read_only_database_serves_readers(address: str) -> None:
    with open_store_with(f"{address}&options=-c%20default_transaction_read_only%3Don") as store:
        assert store.places_left("plink_honey") == 5
        with pytest.raises(StoreError):
            store.hold_place("plink_honey")


def test_more_threads_than_connections_wait_for_each_other(address: str) -> None:
    engine = PostgreSQL(address)
    with ThreadPoolExecutor(48) as pool:
        asked = [pool.submit(engine.run, lambda: engine.rows("SELECT pg_sleep(0.05)")) for _ in range(96)]
        assert all(one.result() for one in asked)
    engine.close()


def test_a_database_that_cannot_store_every_letter_is_refused_at_the_start(postgresql_server: str) -> None:
    name = f"latin_{os.getpid()}"
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} ENCODING 'LATIN1' TEMPLATE template0")
        address = postgresql_server.replace("/postgres?", f"/{name}?")
        with open_store_with(address) as store, pytest.raises(StoreError, match="LATIN1"):
            store.migrate(NOW)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_text_is_complete_in_every_default_encoding_of_the_client(address: str) -> None:
    with open_store_with(f"{address}&client_encoding=latin1") as store:
        store.save_organization(an_organization().model_copy(update={"name": "Zürich 日本 🐝"}))
        assert store.organizations()[0].name == "Zürich 日本 🐝"


def test_a_forked_process_has_its_own_connections(address: str) -> None:
    """gunicorn forks after it has loaded the application."""
    assert exit_code(fork_and_write, address) == 0


def test_a_machine_that_disappears_is_given_up(address: str) -> None:
    """Checks the settings of libpq: loopback cannot simulate a network that drops every packet."""
    engine = PostgreSQL(address, 0.3)
    with engine.transaction():
        connection = engine._open_connection()
        assert connection is not None
        told = connection.info.get_parameters()
    engine.close()
    waits = int(told["keepalives_idle"]) + int(told["keepalives_interval"]) * int(told["keepalives_count"])
    assert waits <= 30
    assert int(told["tcp_user_timeout"]) <= 30_000


def test_a_database_that_is_read_only_is_noticed(address: str) -> None:
    with open_store_with(address) as store:
        store.check_writable()
    mark = "&" if "?" in address else "?"
    with open_store_with(f"{address}{mark}options=-c%20default_transaction_read_only%3Don") as store:
        assert store.organizations(), "reading goes on"
        with pytest.raises(NotWritable):
            store.check_writable()
