"""The stores of the contract tests: SQLite in a file, PostgreSQL, and PostgreSQL with serializable transactions."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from app.store import Engine, Store, open_engine, open_store
from tests.support.build import NOW, a_link, an_organization
from tests.support.migrated import migrated_database
from tests.support.postgresql import new_database

ENGINES = ["sqlite", "postgresql"]
EVERY_ENGINE = [*ENGINES, "postgresql-serializable"]
"""The `ENGINES` of a test module about lost races."""

# Databases with PostgreSQL's protocol are often always serializable: statements lose a race there where PostgreSQL waits.
SERIALIZABLE = "&options=-c%20default_transaction_isolation%3Dserializable"

numbers = count(1)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for fixture in {"database", "bare_database"} & set(metafunc.fixturenames):
        metafunc.parametrize(fixture, getattr(metafunc.module, "ENGINES", ENGINES), indirect=True)


@pytest.fixture(scope="session")
def postgresql_database(postgresql_server: str) -> Iterator[str]:
    """A database with tables that the tests share and find empty: creating one takes longer than most tests."""
    with new_database(postgresql_server, "shared") as address:
        store = open_store(address)
        store.migrate(NOW)
        store.close()
        yield address


def empty(address: str) -> None:
    """Delete every row of every table except the record of migrations."""
    with psycopg.connect(address, autocommit=True) as connection:
        named = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").fetchall()
        tables = [name for (name,) in named if name != "migrations"]
        # This allows any order of tables. It is several times faster than TRUNCATE, which creates new files.
        connection.execute("SET session_replication_role = replica")
        connection.execute("; ".join(f'DELETE FROM "{name}"' for name in tables))


def with_isolation(address: str, engine: str) -> str:
    return address + (SERIALIZABLE if engine == "postgresql-serializable" else "")


@pytest.fixture
def bare_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database without tables, on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/counterfoil.db"
        return
    server = request.getfixturevalue("postgresql_server")
    with new_database(server, f"bare_{next(numbers)}") as address:
        yield with_isolation(address, request.param)


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with empty tables, on each engine."""
    if request.param == "sqlite":
        return migrated_database(tmp_path / "counterfoil.db")
    address = request.getfixturevalue("postgresql_database")
    empty(address)
    return with_isolation(address, request.param)


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    engine = open_engine(database)
    yield engine
    engine.close()


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """A store with one organization."""
    store = open_store(database)
    store.add_organization(an_organization())
    yield store
    store.close()


@pytest.fixture
def linked(store: Store) -> Store:
    """A store with one organization and one link, `plink_honey`."""
    store.add_link(a_link())
    return store
