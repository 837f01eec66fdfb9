"""How many threads may wait for Stripe: many quick calls are served, and slow calls make further ones fail at once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.gateway.network.places import NoPlace, Places


def call(places: Places, seconds: float) -> bool:
    """Make a call that takes this long. Return whether it got a place."""
    try:
        with places.take():
            time.sleep(seconds)
    except NoPlace:
        return False
    return True


def test_many_quick_calls_get_places_one_after_the_other() -> None:
    places = Places(2, wait_seconds=5)
    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(lambda _: call(places, 0.05), range(16)))


def test_no_more_calls_run_than_there_are_places() -> None:
    places, lock = Places(3, wait_seconds=5), threading.Lock()
    now = most = 0

    def counted(_: int) -> None:
        nonlocal now, most
        with places.take():
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
    places, ends = Places(2, wait_seconds=0.2), threading.Event()

    def slow() -> None:
        with places.take():
            ends.wait(30)

    threads = [threading.Thread(target=slow) for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    began = time.monotonic()
    for _ in range(20):
        with pytest.raises(NoPlace), places.take():
            pass
    took = time.monotonic() - began
    ends.set()
    for thread in threads:
        thread.join(30)
    assert took < 0.2
    assert call(places, 0), "the places were not given back"


def test_a_failed_call_releases_its_place() -> None:
    places = Places(1, wait_seconds=0.1)
    for _ in range(3):
        with pytest.raises(LookupError), places.take():
            raise LookupError
