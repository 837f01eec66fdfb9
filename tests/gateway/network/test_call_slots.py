"""How many threads may wait for Stripe: many quick calls are served, and slow calls make further ones fail at once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.gateway.network.call_slots import CallSlots, NoSlot


def call(slots: CallSlots, seconds: float) -> bool:
    """Make a call that takes this long. Return whether it got a slot."""
    try:
        with slots.take():
            time.sleep(seconds)
    except NoSlot:
        return False
    return True


def test_many_quick_calls_get_places_one_after_the_other() -> None:
    slots = CallSlots(2, wait_seconds=5)
    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(lambda _: call(slots, 0.05), range(16)))


def test_no_more_calls_run_than_there_are_places() -> None:
    slots, lock = CallSlots(3, wait_seconds=5), threading.Lock()
    now = most = 0

    def counted(_: int) -> None:
        nonlocal now, most
        with slots.take():
            with lock:
                now += 1
                most = max(most, now)
            time.sleep(0.01)
            with lock:
                now -= 1

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(counted, range(24)))
    assert most == 3


def test_while_slow_calls_hold_the_places_further_calls_fail_at_once() -> None:
    slots, ends = CallSlots(2, wait_seconds=0.2), threading.Event()

    def slow() -> None:
        with slots.take():
            ends.wait(30)

    threads = [threading.Thread(target=slow) for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    began = time.monotonic()
    for _ in range(20):
        with pytest.raises(NoSlot), slots.take():
            pass
    took = time.monotonic() - began
    ends.set()
    for thread in threads:
        thread.join(30)
    assert took < 2, "each waited"
    assert call(slots, 0), "the slots were not given back"


def test_a_failed_call_releases_its_place() -> None:
    slots = CallSlots(1, wait_seconds=0.1)
    for _ in range(3):
        with pytest.raises(LookupError), slots.take():
            raise LookupError
