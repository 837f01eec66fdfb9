"""Races between real processes: nothing is given twice, nothing is lost, and no error of the database is raised."""

from collections.abc import Iterator
from functools import partial
from multiprocessing.pool import Pool

import pytest

from app.store import Store, open_store
from tests.store import racing
from tests.store.apart import die_in_a_transaction, exit_code
from tests.store.build import an_attempt, limited
from tests.store.conftest import EVERY_ENGINE
from tests.support.build import a_link

ENGINES = EVERY_ENGINE

PROCESSES = 8


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with racing.processes(PROCESSES) as pool:
        yield pool


@pytest.mark.parametrize("limit", [1, 7, 50])
def test_two_hundred_buyers_get_exactly_the_places_of_a_link(
    pool: Pool, store: Store, database: str, limit: int
) -> None:
    store.add_link(limited(limit))
    assert sum(racing.race(pool, racing.hold_places, database, PROCESSES)) == limit
    assert store.places_left("plink_honey") == 0


def test_places_and_attempts_stay_consistent_while_some_are_released(pool: Pool, store: Store, database: str) -> None:
    store.add_link(limited(5))
    kept = sum(racing.race(pool, racing.buy_and_release, database, PROCESSES))
    holding = [attempt for attempt in store.attempts_of_link("plink_honey") if attempt.place == "held"]
    assert store.places_left("plink_honey") == 5 - kept
    assert len(holding) == kept <= 5


@pytest.mark.parametrize("what", racing.ONLY_ONE)
def test_exactly_one_process_gets_it(pool: Pool, linked: Store, database: str, what: str) -> None:
    linked.add_attempt(an_attempt(), "opened")
    won = racing.race(pool, partial(racing.get_exclusive, what=what), database, PROCESSES)
    assert sorted(won) == [False] * (PROCESSES - 1) + [True]


def test_a_change_that_lost_its_race_is_repeated_on_the_stored_version(
    pool: Pool, linked: Store, database: str
) -> None:
    linked.add_attempt(an_attempt(), "opened")
    racing.race(pool, racing.add_flags, database, PROCESSES)
    attempt = linked.attempt("att_1")
    assert attempt is not None
    assert set(attempt.flags) == {f"{index} {number}" for index in range(PROCESSES) for number in range(10)}
    assert attempt.version == 1 + len(attempt.flags)


def test_a_deadlock_is_resolved_for_both_processes(pool: Pool, store: Store, database: str) -> None:
    for link in (limited(1000), limited(1000, id="plink_2", counterfoil={"code": "second"})):
        store.add_link(link)
    racing.race(pool, racing.lock_both_links, database, PROCESSES)
    assert [store.places_left(link) for link in ("plink_honey", "plink_2")] == [1000 - 2 * 3] * 2


def test_each_step_is_applied_once_if_all_processes_start_at_the_same_time(pool: Pool, bare_database: str) -> None:
    applied = racing.race(pool, racing.migrate, bare_database, PROCESSES)
    store = open_store(bare_database)
    assert store.pending_migrations() == []
    assert store.organizations() == []
    store.close()
    steps = [step for steps in applied for step in steps]
    assert len(steps) == len(set(steps)) > 1


def test_only_committed_changes_of_a_killed_process_stay(store: Store, database: str) -> None:
    store.add_link(a_link(restrictions={"completed_sessions": {"limit": 5}}))
    assert exit_code(die_in_a_transaction, database) == -9
    assert store.places_left("plink_honey") == 4
    assert store.hold_place("plink_honey"), "the lock is free"
