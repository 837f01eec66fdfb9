"""A backup is the database of one moment, whole, by itself, and nobody but its owner can read it."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.errors import StoreError
from app.store import backup_database, open_engine, open_store
from app.store.sql_store import SQLStore
from tests.support.build import a_link, an_organization
from tests.support.migrated import migrated_database

PAIRS = 400


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "counterfoil.db"


@pytest.fixture
def store(file: Path) -> Iterator[SQLStore]:
    store = SQLStore(open_engine(migrated_database(file)))
    store.add_organization(an_organization())
    yield store
    store.close()


def rows(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """Everything that is in a database, by table."""
    with closing(sqlite3.connect(file)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: sorted(connection.execute(f'SELECT * FROM "{table}"'), key=repr) for table in tables}


def test_a_backup_has_every_row_and_is_one_file_for_its_owner_alone(
    store: SQLStore, file: Path, tmp_path: Path
) -> None:
    store.add_link(a_link())
    target = tmp_path / "backup" / "copy.db"
    target.parent.mkdir()
    backup_database(f"sqlite:///{file}", target)
    assert [path.name for path in target.parent.iterdir()] == ["copy.db"]
    assert target.stat().st_mode & 0o777 == 0o600
    assert rows(target) == rows(file)


def test_a_backup_under_load_is_one_moment_of_the_database(store: SQLStore, file: Path, tmp_path: Path) -> None:
    """Each transaction adds an organization and its link. A backup has whole pairs, no gaps, and what was there when it began."""
    ended, written = threading.Event(), [0]

    def write() -> None:
        while not ended.is_set() and written[0] < PAIRS:
            number = written[0]
            with store.transaction():
                store.add_organization(an_organization(id=f"org_{number}"))
                store.add_link(a_link(id=f"plink_{number}", counterfoil={"code": f"code-{number}"}))
            written[0] += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = []
        for number in range(5):
            before = written[0]
            target = tmp_path / f"copy-{number}.db"
            backup_database(f"sqlite:///{file}", target)
            copies.append((before, target, written[0] + 1))
    finally:
        ended.set()
        writer.join(60)
    assert written[0] > copies[0][2], "nothing was written while the backups were made"
    for before, target, after in copies:
        restored = open_store(f"sqlite:///{target}")
        organizations = {it.id for it in restored.organizations()} - {"org_apiary"}
        links = {it.id for it in restored.links("org_apiary", limit=10_000)[0]}
        restored.close()
        assert before <= len(organizations) <= after
        assert organizations == {f"org_{number}" for number in range(len(organizations))}
        assert links == {f"plink_{number}" for number in range(len(organizations))}
        with closing(sqlite3.connect(target)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_backup_replaces_an_earlier_one_only_once_it_is_whole(store: SQLStore, file: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    backup_database(f"sqlite:///{file}", target)
    earlier = rows(target)
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(target.read_bytes()[:8192])
    with pytest.raises(StoreError):
        backup_database(f"sqlite:///{damaged}", target)
    assert rows(target) == earlier
    store.add_link(a_link())
    backup_database(f"sqlite:///{file}", target)
    assert rows(target) == rows(file) != earlier
    assert not list(tmp_path.glob(".*")), "a draft was left"


@pytest.mark.parametrize("name", ["counterfoil.db", "counterfoil.db-wal", "./counterfoil.db", "hard.db", "soft.db"])
def test_the_live_database_is_not_overwritten_by_its_own_backup(
    store: SQLStore, file: Path, tmp_path: Path, name: str
) -> None:
    os.link(file, tmp_path / "hard.db")
    (tmp_path / "soft.db").symlink_to(file)
    with pytest.raises(StoreError, match="live database"):
        backup_database(f"sqlite:///{file}", tmp_path / name)
    assert store.organizations()


def test_a_folder_that_is_not_there_is_named(store: SQLStore, file: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nowhere"):
        backup_database(f"sqlite:///{file}", tmp_path / "nowhere" / "copy.db")
