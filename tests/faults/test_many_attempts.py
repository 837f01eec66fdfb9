"""Very many open attempts and few calls to Stripe: counted at a scripted Stripe, behind the SDK and our network client.

`OPEN_ATTEMPTS=10000 pytest tests/faults/test_many_attempts.py -s` measures the large case and prints its figures.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.gateway.stripe_gateway import StripeGateway
from app.objects.attempt import Attempt
from app.services.reconcile import LOOKS, PARALLEL, Summary, end_sessions_of_closed_links, reconcile
from app.store import Store, open_store
from tests.faults.scripted_stripe import KEY, ScriptedStripe, scripted_stripe
from tests.store.build import an_attempt, changed
from tests.support.build import NOW, a_link, an_organization
from tests.support.postgresql import new_database, running_server

pytestmark = pytest.mark.faults

MANY = int(os.environ.get("OPEN_ATTEMPTS", "300"))
DAY = 24 * 3600


@pytest.fixture
def stripe() -> Iterator[ScriptedStripe]:
    with scripted_stripe() as stripe:
        yield stripe


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store with one link, on each engine."""
    if request.param == "sqlite":
        yield from _opened(f"sqlite:///{tmp_path}/counterfoil.db")
        return
    with running_server() as server, new_database(server, "many") as address:
        yield from _opened(address)


def _opened(address: str) -> Iterator[Store]:
    store = open_store(address)
    store.migrate(NOW)
    store.add_organization(an_organization())
    store.add_link(a_link())
    yield store
    store.close()


class Merchant:
    """A store, a Stripe, and many buyers who have opened Checkout."""

    def __init__(self, store: Store, stripe: ScriptedStripe) -> None:
        self.store = store
        self.stripe = stripe
        self.now = NOW
        self.gateway = StripeGateway(KEY, webhook_secret=None, api_base=stripe.url, call_slots=PARALLEL)

    def open(self, number: int) -> list[Attempt]:
        """So many buyers open Checkout within the last hour."""
        attempts = []
        with self.store.transaction():
            for index in range(number):
                id, ends = f"att_{index}", NOW + DAY
                attempt = an_attempt(id, checkout_session=f"cs_{index}", created=NOW - index % 3600, expires_at=ends)
                assert self.store.add_attempt(attempt, "opened")
                self.stripe.open_session(f"cs_{index}", ends)
                attempts.append(attempt)
        return attempts

    def reconcile(self) -> Summary:
        """Do a minute's work."""
        self.now += 60
        return reconcile(self.store, self.gateway, self.now)

    def calls(self) -> dict[str, int]:
        """What Stripe was asked since the last time."""
        calls = dict(self.stripe.calls)
        self.stripe.calls.clear()
        return calls

    def states(self) -> dict[str, int]:
        """How many attempts came to which state."""
        return {after: number for (_, after), number in self.store.transition_counts().items()}


@pytest.fixture
def merchant(store: Store, stripe: ScriptedStripe) -> Merchant:
    return Merchant(store, stripe)


def told(figure: str, since: float, number: int) -> None:
    """Print a figure for those who measure."""
    print(f"\n{figure}: {number} attempts in {time.monotonic() - since:.1f} s")  # noqa: T201


@pytest.mark.parametrize("number", [0, 40, MANY])
def test_an_idle_minute_costs_one_call_however_many_attempts_are_open(merchant: Merchant, number: int) -> None:
    merchant.open(number)
    merchant.reconcile()
    merchant.calls()
    begun = time.monotonic()
    summary = merchant.reconcile()
    told("an idle minute", begun, number)
    assert merchant.calls() == ({"list events": 1} if number else {})
    assert (summary.read, summary.failed, summary.changed) == (0, 0, {})


def test_many_missed_payments_cost_one_call_for_each_hundred_events(merchant: Merchant) -> None:
    attempts = merchant.open(MANY)
    for attempt in attempts:
        merchant.stripe.pay(attempt.checkout_session or "", NOW)
    begun = time.monotonic()
    summary = merchant.reconcile()
    told("missed payments applied", begun, MANY)
    assert summary.changed == {"paid": MANY}
    assert merchant.states()["paid"] == MANY
    calls = merchant.calls()
    assert set(calls) == {"list events"}
    assert calls["list events"] <= MANY / 100 + 1


def test_many_abandoned_sessions_end_without_being_read(merchant: Merchant) -> None:
    attempts = merchant.open(MANY)
    merchant.reconcile()
    merchant.now = NOW + DAY
    for attempt in attempts:
        merchant.stripe.expire(attempt.checkout_session or "", merchant.now)
    merchant.calls()
    assert merchant.reconcile().changed == {"expired": MANY}
    assert set(merchant.calls()) == {"list events"}


def test_a_key_that_may_not_list_events_reads_each_session_at_intervals_that_grow(merchant: Merchant) -> None:
    merchant.open(MANY)
    merchant.stripe.lists_events = False
    minutes = []
    for _ in range(60):
        merchant.reconcile()
        minutes.append(merchant.calls().get("read a session", 0))
    assert max(minutes) <= LOOKS
    # All were opened within an hour: in the next one each is looked at five times at most, most of them once.
    assert sum(minutes) <= 5 * MANY
    assert merchant.states() == {"opened": MANY}


def test_every_session_of_a_link_that_is_switched_off_is_ended_in_parallel(merchant: Merchant) -> None:
    merchant.open(MANY)
    assert merchant.store.save_link(changed(a_link(), active=False))
    merchant.stripe.seconds = 0.05
    begun = time.monotonic()
    summary = end_sessions_of_closed_links(merchant.store, merchant.gateway, merchant.now)
    told("sessions of a link that was switched off ended, at 50 ms for each answer", begun, MANY)
    assert (summary.ended, summary.failed) == (MANY, 0)
    assert merchant.calls() == {"expire a session": MANY}
    assert PARALLEL / 2 < merchant.stripe.most_at_once <= PARALLEL
