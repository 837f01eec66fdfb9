"""Tries counted in memory that processes share: exact with many at once, bounded in size, and deaf to a clock that steps."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from app.web.http.shared_counts import SharedCounts, create_shared_memory

KEYS = 200_000
"""Three times as many as there is room for."""


@pytest.fixture
def address() -> Iterator[str]:
    address = create_shared_memory()
    yield address
    os.close(int(address.partition("//")[2]))


def in_processes(number: int, work: Callable[[], None]) -> list[int]:
    """Do work in forked processes at once; their exit statuses."""
    children = []
    for _ in range(number):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                work()
                status = 0
            finally:
                os._exit(status)
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def test_tries_of_several_processes_are_all_counted(address: str) -> None:
    def count() -> None:
        storage = SharedCounts(address)
        for _ in range(5_000):
            storage.incr("somebody", 3600)

    assert in_processes(4, count) == [0] * 4
    assert SharedCounts(address).get("somebody") == 20_000


def test_a_process_that_is_killed_while_it_counts_blocks_no_other(address: str) -> None:
    def die() -> None:
        with SharedCounts(address)._locked():
            os.kill(os.getpid(), signal.SIGKILL)

    assert in_processes(1, die) == [-signal.SIGKILL]
    began = time.monotonic()
    assert SharedCounts(address).incr("somebody", 60) == 1
    assert time.monotonic() - began < 10


def test_a_process_by_itself_needs_no_shared_memory() -> None:
    one, other = SharedCounts("shared://"), SharedCounts("shared://")
    one.incr("somebody", 60)
    assert (one.get("somebody"), other.get("somebody")) == (1, 0)


def test_a_window_begins_with_the_first_try_and_ends_by_itself() -> None:
    storage, began = SharedCounts(), time.monotonic()
    assert [storage.incr("somebody", 2) for _ in range(3)] == [1, 2, 3]
    time.sleep(1)
    assert storage.incr("somebody", 2) == 4
    time.sleep(began + 2.1 - time.monotonic())
    assert storage.get("somebody") == 0
    assert storage.incr("somebody", 2) == 1


@pytest.mark.parametrize("step", [timedelta(days=-1), timedelta(days=400)], ids=["back", "ahead"])
def test_a_clock_that_steps_neither_frees_nor_locks_anybody(step: timedelta) -> None:
    limiter = FixedWindowRateLimiter(storage_from_string("shared://"))
    limit = parse("2/minute")
    assert [limiter.hit(limit, "somebody") for _ in range(3)] == [True, True, False]
    with time_machine.travel(step, tick=True):
        assert not limiter.hit(limit, "somebody"), "a clock that steps resets a count that is over its limit"
        left = limiter.get_window_stats(limit, "somebody").reset_time - time.time()
        assert 50 < left <= 60
        assert limiter.hit(limit, "another")
    assert not limiter.hit(limit, "somebody")


@pytest.mark.matrix
def test_however_many_addresses_try_the_table_does_not_grow_and_the_last_ones_are_counted() -> None:
    storage = SharedCounts()
    size = len(storage._table)
    for number in range(KEYS):
        storage.incr(f"address {number}", 60)
    assert len(storage._table) == size
    assert all(storage.incr(f"address {number}", 60) == 2 for number in range(KEYS - 100, KEYS))


def test_keys_do_not_get_into_each_others_way() -> None:
    storage = SharedCounts()
    for _ in range(3):
        for number in range(5_000):
            storage.incr(f"address {number}", 60)
    assert {storage.get(f"address {number}") for number in range(5_000)} == {3}


def test_a_key_or_everything_can_be_forgotten() -> None:
    storage = SharedCounts()
    for key in ("one", "other"):
        storage.incr(key, 60)
    storage.clear("one")
    assert (storage.get("one"), storage.get("other")) == (0, 1)
    storage.reset()
    assert storage.get("other") == 0
    assert storage.check()
