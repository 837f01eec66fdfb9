"""SQLite when things go wrong: a lock that stays, a disk that is full, a file that cannot be written, a fork, threads that end."""

import gc
import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from app.errors import StoreBusy
from app.store import Store
from app.store.sql_store import SQLStore
from app.store.sqlite import SQLite
from tests.store.apart import exit_code, fill_the_disk, fork_and_write, write_without_permission
from tests.store.build import limited
from tests.support.build import NOW, an_organization


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database with one organization and one link."""
    file = tmp_path / "counterfoil.db"
    with opened(file) as store:
        store.migrate(NOW)
        store.add_organization(an_organization())
        store.add_link(limited(5))
    return file


@contextmanager
def opened(file: Path, lock_timeout: float = 0.3) -> Iterator[Store]:
    store = SQLStore(SQLite(file, lock_timeout))
    yield store
    store.close()


@contextmanager
def write_lock(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


def test_every_connection_has_the_settings_that_sqlite_forgets(file: Path) -> None:
    engine = SQLite(file)
    found: list[dict[str, object]] = []

    def look() -> None:
        names = ("journal_mode", "synchronous", "foreign_keys")
        found.append({name: engine.rows(f"PRAGMA {name}")[0][name] for name in names})

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    look()
    engine.close()
    assert found == [{"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}] * 2


def test_every_table_is_strict(file: Path) -> None:
    engine = SQLite(file)
    rows = engine.rows("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    engine.close()
    assert [row["name"] for row in rows if not row["sql"].endswith("STRICT")] == []
    assert len(rows) > 10


@pytest.mark.parametrize("within", [False, True], ids=["a statement", "a transaction"])
def test_a_lock_that_stays_makes_a_writer_busy_in_bounded_time(file: Path, within: bool) -> None:
    def write(store: Store) -> None:
        if within:
            store.run(lambda: store.hold_place("plink_honey"))
        else:
            store.hold_place("plink_honey")

    with opened(file) as store, write_lock(file):
        start = time.monotonic()
        with pytest.raises(StoreBusy):
            write(store)
        assert 0.2 < time.monotonic() - start < 5
        assert store.places_left("plink_honey") == 5, "readers go on"


def test_a_lock_that_goes_is_waited_for(file: Path) -> None:
    with opened(file, lock_timeout=20) as store, write_lock(file) as other:
        release = threading.Timer(0.3, lambda: other.execute("COMMIT"))
        release.start()
        assert store.hold_place("plink_honey")
        release.join()
    with opened(file) as store:
        assert store.places_left("plink_honey") == 4


def test_a_reader_who_turns_writer_is_not_refused_because_somebody_wrote_meanwhile(file: Path) -> None:
    """What fails at once in a deferred transaction, however long its time-out is."""
    with opened(file, lock_timeout=20) as store, opened(file, lock_timeout=20) as other:
        other_has_held = threading.Thread(target=other.hold_place, args=("plink_honey",))
        with store.transaction():
            assert store.places_left("plink_honey") == 5
            other_has_held.start()
            time.sleep(0.1)
            assert store.hold_place("plink_honey")
        other_has_held.join()
        assert store.places_left("plink_honey") == 3


def test_a_full_disk_is_a_store_error_and_leaves_nothing_half_written(file: Path) -> None:
    assert exit_code(fill_the_disk, str(file)) == 0


def test_a_file_that_cannot_be_written_is_a_store_error() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "counterfoil.db"
        with opened(file) as store:
            store.migrate(NOW)
            store.add_organization(an_organization())
            store.add_link(limited(5))
        file.chmod(0o444)
        Path(folder).chmod(0o555)
        try:
            assert exit_code(write_without_permission, str(file)) == 0
        finally:
            Path(folder).chmod(0o755)
        with opened(file) as store:
            assert store.places_left("plink_honey") == 5


def test_a_process_that_was_forked_off_has_a_connection_of_its_own(file: Path) -> None:
    """As gunicorn does after it has loaded the application; in a process with one thread, as there."""
    assert exit_code(fork_and_write, f"sqlite:///{file}") == 0


def test_threads_that_have_ended_leave_no_connection_behind(file: Path) -> None:
    def connections() -> int:
        gc.collect()
        return sum(os.path.realpath(fd) == str(file) for fd in Path("/proc/self/fd").iterdir())

    with opened(file) as store:
        store.organizations()
        for _ in range(20):
            thread = threading.Thread(target=store.organizations)
            thread.start()
            thread.join()
        assert connections() <= 3
    assert connections() == 0
