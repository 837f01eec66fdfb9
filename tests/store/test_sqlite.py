"""Faults of SQLite: a lock that stays, a full disk, a file that cannot be written, a fork, threads that end."""

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
from tests.support.migrated import migrated_database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database with one organization and one link."""
    file = tmp_path / "counterfoil.db"
    migrated_database(file)
    with open_store_with(file) as store:
        store.add_organization(an_organization())
        store.add_link(limited(5))
    return file


@contextmanager
def open_store_with(file: Path, lock_timeout: float = 0.3) -> Iterator[Store]:
    store = SQLStore(SQLite(file, lock_timeout))
    yield store
    store.close()


@contextmanager
def write_lock(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


def test_every_connection_has_its_settings(file: Path) -> None:
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


@pytest.mark.parametrize("within", [False, True], ids=["a statement", "a transaction"])
def test_a_lock_that_stays_raises_busy_after_the_timeout(file: Path, within: bool) -> None:
    def write(store: Store) -> None:
        if within:
            store.run(lambda: store.hold_place("plink_honey"))
        else:
            store.hold_place("plink_honey")

    with open_store_with(file) as store, write_lock(file):
        start = time.monotonic()
        with pytest.raises(StoreBusy):
            write(store)
        assert 0.2 < time.monotonic() - start < 5
        assert store.places_left("plink_honey") == 5, "readers go on"


def test_a_read_that_must_not_wait_raises_busy_at_once_while_others_wait(file: Path) -> None:
    with open_store_with(file, lock_timeout=20) as store, closing(sqlite3.connect(file, isolation_level=None)) as other:
        nonblocking = store.nonblocking
        assert nonblocking is not None
        assert nonblocking.page_state("honey") == store.page_state("honey") is not None
        store.close()
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("UPDATE payment_links SET edition = 'other'")
        began = time.monotonic()
        with pytest.raises(StoreBusy):
            nonblocking.page_state("honey")
        assert time.monotonic() - began < 5


def test_a_writer_waits_until_a_lock_is_released(file: Path) -> None:
    with open_store_with(file, lock_timeout=20) as store, write_lock(file) as other:
        release = threading.Timer(0.3, lambda: other.execute("COMMIT"))
        release.start()
        assert store.hold_place("plink_honey")
        release.join()
    with open_store_with(file) as store:
        assert store.places_left("plink_honey") == 4


def test_a_transaction_that_reads_and_then_writes_is_not_refused_because_of_another_writer(file: Path) -> None:
    """In a deferred transaction, this fails at once, whatever its timeout."""
    with open_store_with(file, lock_timeout=20) as store, open_store_with(file, lock_timeout=20) as other:
        other_has_held = threading.Thread(target=other.hold_place, args=("plink_honey",))
        with store.transaction():
            assert store.places_left("plink_honey") == 5
            other_has_held.start()
            time.sleep(0.1)
            assert store.hold_place("plink_honey")
        other_has_held.join()
        assert store.places_left("plink_honey") == 3


def test_a_full_disk_is_a_store_error_and_nothing_is_partly_written(file: Path) -> None:
    assert exit_code(fill_the_disk, str(file)) == 0


def test_a_file_that_cannot_be_written_is_a_store_error() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "counterfoil.db"
        with open_store_with(file) as store:
            store.migrate(NOW)
            store.add_organization(an_organization())
            store.add_link(limited(5))
        file.chmod(0o444)
        Path(folder).chmod(0o555)
        try:
            assert exit_code(write_without_permission, str(file)) == 0
        finally:
            Path(folder).chmod(0o755)
        with open_store_with(file) as store:
            assert store.places_left("plink_honey") == 5


def test_a_forked_process_has_its_own_connection(file: Path) -> None:
    """gunicorn forks after it has loaded the application, from a process with one thread."""
    assert exit_code(fork_and_write, f"sqlite:///{file}") == 0


def connections_to(file: Path) -> int:
    """Return how many descriptors of this process are open on a file."""
    gc.collect()
    return sum(os.path.realpath(fd) == str(file) for fd in Path("/proc/self/fd").iterdir())


def test_threads_one_after_the_other_take_the_same_connection(file: Path) -> None:
    with open_store_with(file) as store:
        store.organizations()
        before = connections_to(file)
        for _ in range(20):
            thread = threading.Thread(target=store.organizations)
            thread.start()
            thread.join()
        assert connections_to(file) == before
    assert connections_to(file) == 0


def test_threads_at_once_take_different_connections_and_the_one_used_last_is_taken_next(file: Path) -> None:
    def name_it(number: int) -> None:
        """Give the connection a temporary table, which no other connection sees."""
        engine.execute("CREATE TEMPORARY TABLE named (number INTEGER)")
        engine.execute("INSERT INTO named VALUES (:number)", {"number": number})

    def name() -> int:
        return int(engine.rows("SELECT number FROM named")[0]["number"])

    def hold() -> None:
        with engine.transaction():
            name_it(1)
            is_held.set()
            assert ends.wait(30)

    is_held, ends = threading.Event(), threading.Event()
    with closing(SQLite(file)) as engine:
        thread = threading.Thread(target=hold)
        thread.start()
        assert is_held.wait(30)
        name_it(2)
        assert name() == 2, "the first one is in use"
        ends.set()
        thread.join()
        assert name() == 1, "it was used last"
        assert name() == 1


def test_a_transaction_that_was_left_open_is_rolled_back_before_another_thread_takes_its_connection(file: Path) -> None:
    with closing(SQLite(file)) as engine, closing(SQLite(file)) as other:
        engine.execute("BEGIN IMMEDIATE")
        thread = threading.Thread(target=engine.execute, args=("UPDATE payment_links SET places = 3",))
        thread.start()
        thread.join(30)
        assert other.rows("SELECT places FROM payment_links") == [{"places": 3}]
