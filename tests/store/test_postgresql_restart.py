"""PostgreSQL restarts during many writes: none is lost or done twice, and only a commit whose answer was lost can fail."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from app.errors import StoreError
from app.objects.attempt import Attempt
from app.store import Store, open_store
from tests.store.build import an_attempt, limited
from tests.support.build import NOW, an_organization
from tests.support.postgresql import restartable_server

pytestmark = pytest.mark.postgresql

WRITERS = 8
RESTARTS = 2
LIMIT = 10_000_000


def write_until(store: Store, over: Event, writer: int) -> int:
    """Take a place and store an attempt, each time in one transaction, once at least. Return how often."""
    done = 0
    while not (done and over.is_set()):
        attempt = an_attempt(f"att_{writer}_{done}")

        sent = False

        def work(attempt: Attempt = attempt) -> None:
            nonlocal sent
            sent = False
            assert store.hold_place("plink_honey")
            assert store.add_attempt(attempt, "opened")
            sent = True

        try:
            store.run(work)
        except StoreError:
            # The answer to the commit was lost, so we do not know whether PostgreSQL committed. The write is not repeated.
            assert sent
            if store.attempt(attempt.id) is None:
                continue
        done += 1
    return done


def test_a_restart_under_writers_loses_no_write_and_does_none_twice() -> None:
    with restartable_server() as (address, restart):
        store = open_store(address)
        store.migrate(NOW)
        store.add_organization(an_organization())
        store.add_link(limited(LIMIT))
        over = Event()
        with ThreadPoolExecutor(WRITERS) as pool:
            writers = [pool.submit(write_until, store, over, number) for number in range(WRITERS)]
            try:
                for _ in range(RESTARTS):
                    restart()
            finally:
                over.set()
            written = [writer.result(60) for writer in writers]
        assert min(written) > 0
        assert store.places_left("plink_honey") == LIMIT - sum(written)
        assert store.transition_counts() == {(None, "opened"): sum(written)}
        store.close()
