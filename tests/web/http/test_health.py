"""How often /readyz makes the database write: once a second when all is well, by one thread at a time when it is not."""

import threading
from typing import cast

import pytest

from app.errors import StoreBusy
from app.store.engine import NotWritable
from app.store.protocol import Store
from app.web.http.health import Writing


class Disk:
    """Counts how often it is written to; it may be full, or slow."""

    def __init__(self) -> None:
        self.writes = 0
        self.full = False
        self.goes_on = threading.Event()
        self.goes_on.set()

    def check_writable(self) -> None:
        self.writes += 1
        self.goes_on.wait(30)
        if self.full:
            raise NotWritable

    @property
    def store(self) -> Store:
        return cast(Store, self)


def test_however_often_it_is_asked_the_database_writes_once_a_second() -> None:
    disk, writing = Disk(), Writing()
    for _ in range(200):
        writing.check(disk.store)
    assert disk.writes <= 2


def test_a_failure_is_told_at_once_and_over_as_soon_as_a_write_succeeds() -> None:
    disk, writing = Disk(), Writing()
    disk.full = True
    for _ in range(3):
        with pytest.raises(NotWritable):
            writing.check(disk.store)
    disk.full = False
    writing.check(disk.store)


def test_while_one_thread_waits_for_the_disk_no_other_one_does() -> None:
    disk, writing = Disk(), Writing()
    disk.goes_on.clear()
    thread = threading.Thread(target=writing.check, args=(disk.store,))
    thread.start()
    while not disk.writes:
        pass
    for _ in range(20):
        writing.check(disk.store)
    assert disk.writes == 1
    disk.goes_on.set()
    thread.join(30)


def test_a_database_that_is_locked_is_told_from_one_that_cannot_be_written() -> None:
    class Locked(Disk):
        def check_writable(self) -> None:
            raise StoreBusy

    with pytest.raises(StoreBusy):
        Writing().check(Locked().store)
