"""The parts of processes that race each other. Each function is the part of one process and starts when all are ready."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.pool import Pool
from multiprocessing.synchronize import Barrier
from typing import Any

from app.errors import StoreBusy
from app.store import SlugTaken, Store, open_store
from tests.store.apart import context
from tests.store.build import an_attempt, an_event, changed, later
from tests.support.build import NOW, a_link

STARTS_WITHIN = 60
"""How many seconds the processes may take to start."""

_ready: Barrier


def _remember(barrier: Barrier) -> None:
    global _ready
    _ready = barrier


@contextmanager
def processes(number: int) -> Iterator[Pool]:
    """Return a pool with this many processes. The parts wait for each other, so give each process exactly one part."""
    forkserver = context()
    with forkserver.Pool(number, initializer=_remember, initargs=(forkserver.Barrier(number),)) as pool:
        yield pool


def race(pool: Pool, part: Callable[..., Any], address: str, number: int) -> list[Any]:
    """Run one part in every process at the same time. Return their results."""
    return pool.starmap(part, [(address, index) for index in range(number)], chunksize=1)


@contextmanager
def store_at_the_start(address: str) -> Iterator[Store]:
    """Yield an open store when every process has one."""
    store = open_store(address)
    store.organizations()
    _ready.wait(STARTS_WITHIN)
    yield store
    store.close()


def migrate(address: str, _index: int) -> list[str]:
    """Migrate an empty database."""
    store = open_store(address)
    _ready.wait(STARTS_WITHIN)
    steps = _migrate_when_free(store)
    store.close()
    return steps


def _migrate_when_free(store: Store) -> list[str]:
    """Migrate, again and again while another process holds the lock for longer than a server waits for it."""
    for _ in range(STARTS_WITHIN):
        with suppress(StoreBusy):
            return store.migrate(NOW)
    return store.migrate(NOW)


def hold_places(address: str, _index: int) -> int:
    """Try to take a place for 25 buyers, one after the other. Return how many got one."""
    with store_at_the_start(address) as store:
        return sum(store.hold_place("plink_honey") for _ in range(25))


def buy_and_release(address: str, index: int) -> int:
    """Take places together with attempts, and release every second one. Return how many stay taken."""
    kept = 0
    with store_at_the_start(address) as store:
        for number in range(10):
            attempt = an_attempt(f"att_{index}_{number}", place="held")

            def hold(attempt: Any = attempt) -> bool:
                return store.hold_place("plink_honey") and store.add_attempt(attempt, "opened")

            if store.run(hold):
                kept += 1
                if number % 2:
                    released = later(attempt, place="released", state="expired")

                    def release(released: Any = released) -> None:
                        store.release_place("plink_honey")
                        assert store.save_attempt(released, "expired")

                    store.run(release)
                    kept -= 1
    return kept


def add_flags(address: str, index: int) -> None:
    """Read, change and save one attempt ten times, without losing a change of another process."""
    with store_at_the_start(address) as store:
        for number in range(10):

            def flag(word: str = f"{index} {number}") -> None:
                attempt = store.attempt("att_1")
                assert attempt is not None
                if not store.save_attempt(later(attempt, flags=(*attempt.flags, word)), "flag"):
                    raise StoreBusy

            # On a busy machine one process can lose every try that the store makes. A client is then told to try again.
            for _ in range(9):
                with suppress(StoreBusy):
                    store.run(flag)
                    break
            else:
                store.run(flag)


def lock_both_links(address: str, index: int) -> None:
    """Lock two links, in a different order in each process. PostgreSQL needs a second to detect the deadlock."""
    order = ["plink_honey", "plink_2"][:: 1 if index % 2 else -1]
    with store_at_the_start(address) as store:
        for _ in range(3 if index < 2 else 0):

            def both() -> None:
                for link in order:
                    assert store.hold_place(link)

            store.run(both)


def add_slug(store: Store, index: int) -> bool:
    try:
        store.add_link(a_link(id=f"plink_{index}", counterfoil={"code": f"code-{index}", "slug": "spring"}))
    except SlugTaken:
        return False
    return True


def take_over_key(store: Store, _: int) -> bool:
    """Claim a key whose first process claimed it long ago and died."""
    store.begin_idempotent("org_apiary", "dead", "print", NOW)
    return store.begin_idempotent("org_apiary", "dead", "print", NOW + 100) is None


ONLY_ONE: dict[str, Callable[[Store, int], bool]] = {
    "the next version of a link": lambda store, index: store.save_link(changed(a_link(), inactive_message=str(index))),
    "the next version of an attempt": lambda store, index: store.save_attempt(
        later(an_attempt(), locale=str(index)), "race"
    ),
    "the attempt of a form": lambda store, index: store.add_attempt(
        an_attempt(f"att_r{index}", form="raced"), "opened"
    ),
    "an event": lambda store, _: store.add_event(
        an_event(), organization=None, received=NOW, payload=an_event().model_dump_json()
    ),
    "an idempotency key": lambda store, _: store.begin_idempotent("org_apiary", "key", "print", NOW) is None,
    "the idempotency key of a process that died": take_over_key,
    "a lease": lambda store, index: store.take_lease("reconcile", str(index), NOW, NOW + 60),
    "a slug": add_slug,
}


def get_exclusive(address: str, index: int, what: str) -> bool:
    """Try to get something that only one process can get. Return whether this one got it."""
    with store_at_the_start(address) as store:
        return ONLY_ONE[what](store, index)
