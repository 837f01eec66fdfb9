"""What processes do against each other in races: each function is one process's part, and starts when all are ready."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.pool import Pool
from multiprocessing.synchronize import Barrier
from typing import Any

from app.errors import StoreBusy
from app.store import SlugTaken, Store, open_store
from tests.store.apart import context
from tests.store.build import an_attempt, an_event, changed, later
from tests.support.build import NOW, a_link

STARTS_WITHIN = 60
"""Seconds until every process must be there."""

_ready: Barrier


def _remember(barrier: Barrier) -> None:
    global _ready
    _ready = barrier


@contextmanager
def processes(number: int) -> Iterator[Pool]:
    """A pool of so many processes, for parts that wait for each other: hand it exactly one part each."""
    forkserver = context()
    with forkserver.Pool(number, initializer=_remember, initargs=(forkserver.Barrier(number),)) as pool:
        yield pool


def race(pool: Pool, part: Callable[..., Any], address: str, number: int) -> list[Any]:
    """Every process does its part once, all at the same moment; what they bring back."""
    return pool.starmap(part, [(address, index) for index in range(number)], chunksize=1)


@contextmanager
def store_at_the_start(address: str) -> Iterator[Store]:
    """An open store, once everybody has theirs."""
    store = open_store(address)
    store.organizations()
    _ready.wait(STARTS_WITHIN)
    yield store
    store.close()


def migrate(address: str, _index: int) -> list[str]:
    """Bring a database that nobody has touched to today's shape."""
    store = open_store(address)
    _ready.wait(STARTS_WITHIN)
    steps = store.migrate(NOW)
    store.close()
    return steps


def hold_places(address: str, _index: int) -> int:
    """Twenty-five buyers, one after the other, each wanting a place."""
    with store_at_the_start(address) as store:
        return sum(store.hold_place("plink_honey") for _ in range(25))


def buy_and_let_go(address: str, index: int) -> int:
    """Buyers who hold a place with an attempt, as a whole; every second one gives it back. How many kept it."""
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


def flag_in_turn(address: str, index: int) -> None:
    """Read, change and save one attempt ten times, without losing what another has written."""
    with store_at_the_start(address) as store:
        for number in range(10):

            def flag(word: str = f"{index} {number}") -> None:
                attempt = store.attempt("att_1")
                assert attempt is not None
                if not store.save_attempt(later(attempt, flags=(*attempt.flags, word)), "flag"):
                    raise StoreBusy

            store.run(flag)


def cross(address: str, index: int) -> None:
    """Two take two links one after the other, each in the other's order: PostgreSQL needs a second to see that neither can go on."""
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


def take_over(store: Store, _: int) -> bool:
    """Claim a key that somebody has claimed long ago and then died."""
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
    "the idempotency key of a process that died": take_over,
    "a lease": lambda store, index: store.take_lease("reconcile", str(index), NOW, NOW + 60),
    "a slug": add_slug,
}


def only_one(address: str, index: int, what: str) -> bool:
    """Want what only one can have."""
    with store_at_the_start(address) as store:
        return ONLY_ONE[what](store, index)
