"""Transactions: all or nothing, nested, and retried after a lost race."""

import contextlib
import threading

import pytest

from app.errors import StoreBusy, StoreError
from app.store import Conflict, Engine, Step, Store, migrate, open_engine
from tests.store.conftest import EVERY_ENGINE
from tests.support.build import NOW, an_organization

ENGINES = EVERY_ENGINE

NOTES = Step(
    "test: notes",
    ("CREATE TABLE IF NOT EXISTS notes (sequence {sequence}, word TEXT NOT NULL UNIQUE, big {integer}) {strict}",),
)


@pytest.fixture
def notes(engine: Engine) -> Engine:
    migrate(engine, [NOTES], NOW)
    return engine


def write(engine: Engine, word: str, big: int | None = None) -> int:
    return engine.execute("INSERT INTO notes (word, big) VALUES (:word, :big)", {"word": word, "big": big})


def words(engine: Engine) -> list[str]:
    return [row["word"] for row in engine.rows("SELECT word FROM notes ORDER BY sequence")]


def write_many(engine: Engine, *several: str) -> None:
    engine.execute_many("INSERT INTO notes (word) VALUES (:word)", [{"word": word} for word in several])


class Stop(Exception):
    pass


def write_and_fail(engine: Engine, word: str) -> None:
    """Write a word in a transaction that fails."""
    with engine.transaction():
        write(engine, word)
        raise Stop


def test_a_transaction_that_fails_changes_nothing(notes: Engine) -> None:
    with pytest.raises(Stop):
        write_and_fail(notes, "one")
    assert words(notes) == []


def test_a_failed_inner_transaction_rolls_back_only_itself(notes: Engine) -> None:
    with notes.transaction():
        write(notes, "one")
        with pytest.raises(Stop):
            write_and_fail(notes, "two")
        with notes.transaction(), notes.transaction():
            write(notes, "three")
    assert words(notes) == ["one", "three"]


def test_a_failed_outer_transaction_rolls_back_the_inner_one(notes: Engine) -> None:
    def work() -> None:
        with notes.transaction():
            write(notes, "one")
        write_and_fail(notes, "two")

    with pytest.raises(Stop):
        notes.run(work)
    assert words(notes) == []


def test_a_refused_statement_leaves_the_outer_transaction_usable(notes: Engine) -> None:
    with notes.transaction():
        write(notes, "one")
        with pytest.raises(Conflict), notes.transaction():
            write(notes, "one")
        write(notes, "two")
    assert words(notes) == ["one", "two"]


def test_rows_of_one_call_are_stored_together_or_not_at_all(notes: Engine) -> None:
    write_many(notes, "one", "two")
    with pytest.raises(Conflict):
        write_many(notes, "three", "one", "four")
    assert words(notes) == ["one", "two"]


def test_a_transaction_in_which_one_of_many_rows_was_refused_cannot_commit(notes: Engine) -> None:
    def swallow() -> None:
        with notes.transaction():
            with contextlib.suppress(Conflict):
                write_many(notes, "one", "one")
            write_many(notes, "two")

    with pytest.raises(StoreError):
        swallow()
    assert words(notes) == []


def test_a_transaction_with_a_failed_statement_cannot_commit(notes: Engine) -> None:
    def swallow(statement_afterwards: bool) -> None:
        with notes.transaction():
            write(notes, "one")
            with contextlib.suppress(Conflict):
                write(notes, "one")
            if statement_afterwards:
                write(notes, "two")

    for afterwards in (False, True):
        with pytest.raises(StoreError):
            swallow(afterwards)
        assert words(notes) == []
    write(notes, "three")
    assert words(notes) == ["three"]


def write_and_stop(engine: Engine) -> None:
    write(engine, "two")
    raise Stop


def test_a_transaction_in_which_work_failed_cannot_commit(notes: Engine) -> None:
    def swallow(statement_afterwards: bool) -> None:
        with notes.transaction():
            write(notes, "one")
            with contextlib.suppress(Stop):
                notes.run(lambda: write_and_stop(notes))
            if statement_afterwards:
                write(notes, "three")

    for afterwards in (False, True):
        with pytest.raises(StoreError):
            swallow(afterwards)
        assert words(notes) == []
    write(notes, "four")
    assert words(notes) == ["four"]


def test_work_that_failed_in_an_inner_transaction_leaves_the_outer_one_usable(notes: Engine) -> None:
    with notes.transaction():
        write(notes, "one")
        with contextlib.suppress(Stop), notes.transaction():
            notes.run(lambda: write_and_stop(notes))
        assert words(notes) == ["one"]
        notes.run(lambda: write(notes, "three"))
    assert words(notes) == ["one", "three"]


def test_a_transaction_is_invisible_before_its_commit(notes: Engine) -> None:
    seen: list[list[str]] = []
    with notes.transaction():
        write(notes, "one")
        other = threading.Thread(target=lambda: seen.append(words(notes)))
        other.start()
        other.join()
    assert seen == [[]]


def test_work_that_lost_a_race_is_rolled_back_and_retried(notes: Engine) -> None:
    tries: list[int] = []

    def work() -> str:
        tries.append(write(notes, f"try {len(tries)}"))
        if len(tries) < 3:
            raise StoreBusy
        return "done"

    assert notes.run(work) == "done"
    assert words(notes) == ["try 2"]


def test_only_the_outermost_transaction_retries(notes: Engine) -> None:
    inner: list[str] = []
    outer: list[str] = []

    def inside() -> None:
        inner.append("again")
        if len(inner) < 3:
            raise StoreBusy

    def work() -> None:
        outer.append("again")
        notes.run(inside)

    notes.run(work)
    assert len(inner) == len(outer) == 3


def test_work_that_always_loses_its_race_raises_busy(notes: Engine) -> None:
    tries: list[int] = []

    def work() -> None:
        tries.append(1)
        raise StoreBusy

    with pytest.raises(StoreBusy):
        notes.run(work)
    assert 3 <= len(tries) <= 20
    assert words(notes) == []


def test_other_failures_are_not_retried(notes: Engine) -> None:
    tries: list[int] = []

    def work() -> None:
        tries.append(1)
        raise Stop

    with pytest.raises(Stop):
        notes.run(work)
    assert len(tries) == 1


def test_integers_have_64_bits(notes: Engine) -> None:
    for word, big in (("greatest", 2**63 - 1), ("least", -(2**63))):
        write(notes, word, big)
    assert [row["big"] for row in notes.rows("SELECT big FROM notes ORDER BY sequence")] == [2**63 - 1, -(2**63)]


@pytest.mark.parametrize(
    "word", ["", "'; DROP TABLE notes --", ":word", "%s %(word)s %%", "Zürich 日本 🐝", "\\'\"\n\t"]
)
def test_a_value_is_never_read_as_sql(notes: Engine, word: str) -> None:
    write(notes, word)
    found = notes.rows(
        "SELECT word, 'a :word in quotes, 100 %' AS quoted FROM notes WHERE word = :word", {"word": word}
    )
    assert found == [{"word": word, "quoted": "a :word in quotes, 100 %"}]


def test_invalid_sql_raises_a_store_error(notes: Engine) -> None:
    with pytest.raises(StoreError):
        notes.rows("SELECT FROM WHERE")
    assert words(notes) == []


def test_rows_return_what_an_insert_returns(notes: Engine) -> None:
    assert notes.rows("INSERT INTO notes (word) VALUES (:word) RETURNING word", {"word": "one"}) == [{"word": "one"}]
    assert words(notes) == ["one"]


def test_execute_returns_the_number_of_rows(notes: Engine) -> None:
    for word in ("one", "two", "three"):
        assert write(notes, word) == 1
    assert notes.execute("UPDATE notes SET big = 1 WHERE word <> :word", {"word": "one"}) == 2
    assert notes.execute("DELETE FROM notes WHERE word = :word", {"word": "four"}) == 0


def test_threads_share_an_engine(notes: Engine) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for step in range(5):
                notes.run(lambda step=step: write(notes, f"{number} {step}"))  # type: ignore[misc]
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(words(notes)) == 40


def test_a_closed_store_opens_again_at_its_next_use(store: Store) -> None:
    store.close()
    assert store.organizations() == [an_organization()]
    store.close()
    store.close()


def test_two_engines_on_one_database_see_each_other(notes: Engine, database: str) -> None:
    other = open_engine(database)
    write(other, "one")
    assert words(notes) == ["one"]
    other.close()
