"""A statement that may store several rows makes SQLite copy each page before it changes it, into a file if there are many of them.

The statements of a payment change many pages, because attempts have many indexes, so they are of the kinds that need no copies.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.store.sql_store import SQLStore
from app.store.sqlite import SQLite
from tests.store.build import an_attempt, later
from tests.support.build import NOW, a_link, an_organization
from tests.support.migrated import migrated_database

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how many bytes a process has written")

WORDS = 20_000
PAGE = 4096


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SQLStore]:
    """A store with two attempts, and with so many words of other orders that neighbours in an index are on different pages."""
    file = tmp_path / "counterfoil.db"
    migrated_database(file)
    store = SQLStore(SQLite(file))
    store.add_organization(an_organization())
    store.add_link(a_link(id="plink_honey"))
    for id in ("att_1", "att_2"):
        store.add_attempt(an_attempt(id), "opened")
    store.engine.execute_many(
        "INSERT INTO attempt_words (organization, livemode, dated, sequence, attempt, word) "
        "VALUES ('org_apiary', 0, :now, 1, 'att_1', :word)",
        [{"now": NOW, "word": f"{number * 7919 % WORDS:05}"} for number in range(WORDS)],
    )
    yield store
    store.close()


def bytes_written() -> int:
    """Return how many bytes this process has written so far."""
    told = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(told["wchar"])


def check_each_page_is_written_once(store: SQLStore, work: Callable[[], object]) -> None:
    """Check that work writes nothing but the log of the database."""
    log = Path(f"{store.engine.path}-wal")  # type: ignore[attr-defined]
    store.engine.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    before = bytes_written()
    work()
    written, logged = bytes_written() - before, log.stat().st_size
    assert logged > 20 * PAGE, "the work changes many pages"
    assert written < logged + PAGE


def test_a_new_attempt_is_stored_without_copies(store: SQLStore) -> None:
    check_each_page_is_written_once(store, lambda: store.add_attempt(an_attempt("att_3"), "opened"))


def test_a_payment_and_the_words_of_its_order_are_stored_without_copies(store: SQLStore) -> None:
    name = " ".join(f"{number * 631:05}" for number in range(30))
    paid = later(an_attempt("att_2"), state="paid", customer_name=name)
    check_each_page_is_written_once(store, lambda: store.save_attempt(paid, "evt_1"))
