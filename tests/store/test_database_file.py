"""A database file that is removed, replaced or overwritten under a running process: nothing is stored where nobody will read it."""

import os
import shutil
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from app.errors import StoreError
from app.store import Engine, open_engine
from app.store.database_file import CHECK_INTERVAL, DatabaseFileLost
from app.store.sql_store import SQLStore
from tests.support.build import an_organization
from tests.support.migrated import migrated_database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "counterfoil.db"


@pytest.fixture
def store(file: Path) -> Iterator[SQLStore]:
    store = SQLStore(open_engine(migrated_database(file)))
    store.add_organization(an_organization(id="org_old"))
    yield store
    with suppress(StoreError):
        store.close()


def copied(file: Path, to: Path) -> Path:
    """A whole copy of a live database."""
    with sqlite3.connect(file) as source, sqlite3.connect(to) as target:
        source.backup(target)
    source.close()
    target.close()
    return to


def names(store: SQLStore) -> set[str]:
    return {organization.id for organization in store.organizations()}


def add(store: SQLStore, id: str) -> None:
    store.add_organization(an_organization(id=id))


def is_whole(file: Path) -> bool:
    connection = sqlite3.connect(file)
    try:
        found: str = connection.execute("PRAGMA integrity_check").fetchone()[0]
        return found == "ok"
    finally:
        connection.close()


def in_threads(number: int, work: Callable[[], object]) -> None:
    threads = [threading.Thread(target=work) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def replace(file: Path, other: Path) -> None:
    other.replace(file)


def overwrite(file: Path, other: Path) -> None:
    shutil.copyfile(other, file)


def remove_and_copy(file: Path, other: Path) -> None:
    file.unlink()
    shutil.copyfile(other, file)


@pytest.mark.parametrize("put", [replace, overwrite, remove_and_copy])
def test_a_file_that_takes_the_place_of_the_old_one_is_read_and_written_from_then_on(
    store: SQLStore, file: Path, tmp_path: Path, put: Callable[[Path, Path], None]
) -> None:
    other = copied(file, tmp_path / "other.db")
    for number in range(200):  # so that there is something in the log, and in the file, that the copy lacks
        add(store, f"org_lost_{number}")
    in_threads(4, lambda: names(store))
    put(file, other)
    add(store, "org_new")
    assert names(store) == {"org_old", "org_new"}
    store.close()
    assert is_whole(file)
    assert names(SQLStore(open_engine(f"sqlite:///{file}"))) == {"org_old", "org_new"}


def test_nothing_is_stored_and_no_file_made_while_there_is_none(store: SQLStore, file: Path) -> None:
    file.unlink()
    for _ in range(3):
        with pytest.raises(DatabaseFileLost):
            add(store, "org_new")
    assert not file.exists()


def test_what_is_read_is_noticed_to_be_gone_within_a_second(store: SQLStore, file: Path) -> None:
    names(store)
    file.unlink()
    threading.Event().wait(CHECK_INTERVAL + 0.05)
    with pytest.raises(DatabaseFileLost):
        names(store)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"SQLite format 3\0", id="only a beginning"),
        pytest.param(b"not a database at all" * 1000, id="something else"),
    ],
)
@pytest.mark.parametrize("in_place", [False, True], ids=["another file", "in place"])
def test_a_file_that_is_no_database_is_not_opened_and_a_whole_one_is(
    store: SQLStore, file: Path, tmp_path: Path, content: bytes, in_place: bool
) -> None:
    other = copied(file, tmp_path / "other.db")
    bad = tmp_path / "bad"
    bad.write_bytes(content)
    (overwrite if in_place else replace)(file, bad)
    for _ in range(2):
        with pytest.raises(StoreError):
            add(store, "org_new")
    other.replace(file)
    add(store, "org_new")
    assert names(store) == {"org_old", "org_new"}


def test_a_copy_that_is_still_under_way_is_waited_for(store: SQLStore, file: Path, tmp_path: Path) -> None:
    whole = copied(file, tmp_path / "other.db").read_bytes()
    file.unlink()
    with file.open("wb") as copying:
        for at in range(0, len(whole), 4096):
            copying.write(whole[at : at + 4096])
            copying.flush()
            if at + 4096 < len(whole):
                with pytest.raises(DatabaseFileLost):
                    add(store, "org_new")
    add(store, "org_new")
    assert names(store) == {"org_old", "org_new"}


def test_a_database_that_is_not_migrated_is_not_opened_until_it_is(store: SQLStore, file: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.db"
    with sqlite3.connect(new) as connection:
        connection.execute("CREATE TABLE something_else (id TEXT)")
    connection.close()
    new.replace(file)
    with pytest.raises(DatabaseFileLost, match="migrat"):
        add(store, "org_new")
    migrated = tmp_path / "migrated.db"
    other = SQLStore(open_engine(migrated_database(migrated)))
    other.close()
    migrated.replace(file)
    add(store, "org_new")
    assert names(store) == {"org_new"}


def test_a_transaction_whose_file_is_replaced_before_its_commit_is_no_success(
    store: SQLStore, file: Path, tmp_path: Path
) -> None:
    other = copied(file, tmp_path / "other.db")

    def work() -> None:
        add(store, "org_new")
        other.replace(file)

    with pytest.raises(DatabaseFileLost):
        store.run(work)
    assert names(store) == {"org_old"}


def test_a_file_that_was_moved_away_has_everything_that_was_stored(store: SQLStore, file: Path, tmp_path: Path) -> None:
    add(store, "org_last")
    moved = tmp_path / "moved.db"
    file.rename(moved)
    with pytest.raises(DatabaseFileLost):
        add(store, "org_new")
    assert names(SQLStore(open_engine(f"sqlite:///{moved}"))) == {"org_old", "org_last"}


def test_transactions_that_cannot_be_written_into_the_old_file_any_more_are_kept_beside_it(
    store: SQLStore, file: Path, tmp_path: Path
) -> None:
    add(store, "org_last")
    other = copied(file, tmp_path / "other.db")
    reader = sqlite3.connect(file)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM organizations").fetchall()  # as another process that reads: the log cannot be emptied
    add(store, "org_very_last")
    inode = Path(f"{file}-wal").stat().st_ino
    old = tmp_path / "old.db"
    file.rename(old)
    other.replace(file)
    add(store, "org_new")
    assert names(store) == {"org_old", "org_last", "org_new"}
    reader.close()
    Path(f"{file}-wal.{inode}").rename(f"{old}-wal")
    assert names(SQLStore(open_engine(f"sqlite:///{old}"))) == {"org_old", "org_last", "org_very_last"}


def test_every_engine_and_every_thread_of_a_process_moves_on(store: SQLStore, file: Path, tmp_path: Path) -> None:
    second: Engine = open_engine(f"sqlite:///{file}")
    other = copied(file, tmp_path / "other.db")
    go_on, looked = threading.Event(), threading.Barrier(5)
    seen: list[set[str]] = []

    def idle() -> None:
        names(store)
        looked.wait(30)
        go_on.wait(30)
        seen.append(names(store))

    threads = [threading.Thread(target=idle) for _ in range(4)]
    for thread in threads:
        thread.start()
    looked.wait(30)
    assert second.rows("SELECT COUNT(*) AS number FROM organizations") == [{"number": 1}]
    shutil.copyfile(other, file)
    add(store, "org_new")
    go_on.set()
    for thread in threads:
        thread.join(30)
    assert seen == [{"org_old", "org_new"}] * 4
    assert second.execute("DELETE FROM organizations WHERE id = 'org_new'") == 1
    second.close()
    store.close()
    assert is_whole(file)


def test_processes_do_not_disturb_each_other_while_they_move_on(store: SQLStore, file: Path, tmp_path: Path) -> None:
    other = copied(file, tmp_path / "other.db")
    ready, go_on = os.pipe(), os.pipe()
    children = []
    for number in range(3):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                mine = SQLStore(open_engine(f"sqlite:///{file}"))
                add(mine, f"org_before_{number}")
                os.write(ready[1], b"x")
                os.read(go_on[0], 1)
                for turn in range(20):
                    add(mine, f"org_after_{number}_{turn}")
                status = 0
            finally:
                os._exit(status)
        children.append(child)
    for _ in children:
        os.read(ready[0], 1)
    other.replace(file)
    os.write(go_on[1], b"xxx")
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0, 0]
    expected = {"org_old", *(f"org_after_{number}_{turn}" for number in range(3) for turn in range(20))}
    time.sleep(CHECK_INTERVAL)  # a read may rely on a look of a moment ago
    assert names(store) == expected
    assert is_whole(file)


def notes(file: Path) -> Path:
    """Make a database with one table."""
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)")
    connection.close()
    return file


@pytest.mark.faults
def test_busy_threads_all_move_on_when_the_file_is_replaced(tmp_path: Path) -> None:
    """A connection that is given back in that moment must not keep the new file closed. Several files, since it takes luck to hit it."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)  # as a worker does
    try:
        stuck = [number for number in range(8) if _is_stuck_after_replacing(tmp_path / f"{number}.db")]
    finally:
        sys.setswitchinterval(interval)
    assert stuck == []


def _is_stuck_after_replacing(file: Path) -> bool:
    """Replace a file that busy threads read and write. Return whether one of them still cannot open the new file half a second later."""
    engine, stop, lost = open_engine(f"sqlite:///{notes(file)}"), threading.Event(), dict[int, bool]()

    def work(number: int) -> None:
        while not stop.is_set():
            try:
                if number % 4:
                    engine.rows("SELECT COUNT(*) FROM notes")
                else:
                    engine.execute("INSERT INTO notes (text) VALUES ('old or new')")
                lost[number] = False
            except StoreError:
                lost[number] = True

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    stop.wait(0.15)
    replace(file, notes(file.with_suffix(".new")))
    stop.wait(0.5)
    stop.set()
    for thread in threads:
        thread.join(30)
    engine.close()
    return any(lost.values())


def test_more_connections_open_while_the_new_file_waits_for_the_rest_of_its_log(file: Path, tmp_path: Path) -> None:
    """A checkpoint beside a reader writes the new size into the file, and leaves its last page in the log."""
    engine = open_engine(f"sqlite:///{notes(file)}")
    engine.rows("SELECT 1")
    replace(file, notes(tmp_path / "other.db"))
    for _ in range(9):
        engine.execute("INSERT INTO notes (text) VALUES (hex(randomblob(300)))")
    reader = sqlite3.connect(file, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT COUNT(*) FROM notes").fetchone()
    engine.execute("INSERT INTO notes (text) VALUES (hex(randomblob(300)))")
    engine.rows("PRAGMA wal_checkpoint(PASSIVE)")
    reader.execute("ROLLBACK")
    reader.close()
    seen: list[object] = []
    with engine.transaction():
        thread = threading.Thread(target=lambda: seen.append(engine.rows("SELECT COUNT(*) AS number FROM notes")))
        thread.start()
        thread.join(30)
    assert seen == [[{"number": 10}]]
    engine.close()
