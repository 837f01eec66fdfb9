"""`counterfoil serve` while Stripe hangs: pages that need no Stripe come at once, buyers read an honest page within bounded time."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from app.gateway.network.client import CALL_SECONDS
from app.store import open_store
from app.web.visit.form_token import FormTokens
from tests.faults.dripping_stripe import ENDLESS, Dripping, dripping
from tests.faults.nodes import a_node
from tests.faults.processes import free_port
from tests.faults.scene import NO_LIMITS, SECRET_KEY
from tests.support.build import NOW, a_link, an_organization
from tests.support.page import SAME_ORIGIN

pytestmark = pytest.mark.faults

BUYERS = 24
"""Three times as many as there are places for calls to Stripe, and more than a worker has threads."""

QUICK = 10.0
"""Seconds in which a page without Stripe must come while a rush begins: two, after which a call counts as slow, and what a busy
machine adds. Without a bound on waiting threads it is the time of a whole call, twice."""


@dataclass
class HangingNode:
    """A node with one worker, and its Stripe, which drips."""

    port: int
    stripe: Dripping

    def press(self, number: int) -> tuple[int, float]:
        """A buyer of their own presses the button: the status, and how long it took."""
        token = FormTokens(SECRET_KEY, "plink_honey", int(time.time())).issue()
        began = time.monotonic()
        answer = requests.post(
            f"http://127.0.0.1:{self.port}/pay/honey",
            data={"csrf_token": token},
            headers=SAME_ORIGIN,
            timeout=120,
            allow_redirects=False,
        )
        return answer.status_code, time.monotonic() - began

    def look(self) -> float:
        """Somebody opens the page: how long it took."""
        began = time.monotonic()
        assert requests.get(f"http://127.0.0.1:{self.port}/pay/honey", timeout=120).status_code == 200
        return time.monotonic() - began


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[HangingNode]:
    port, database = free_port(), f"sqlite:///{tmp_path}/node.db"
    store = open_store(database)
    store.migrate(NOW)
    store.add_organization(an_organization())
    store.add_link(a_link(id="plink_honey", counterfoil={"code": "honey"}))
    store.close()
    with dripping(ENDLESS["headers"]) as stripe:
        settings = {
            "DATABASE_URL": database,
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "SECRET_KEY": SECRET_KEY,
            "STRIPE_SECRET_KEY": "sk_" + "test_" + "x" * 24,
            "STRIPE_API_BASE": f"http://127.0.0.1:{stripe.port}",
            **NO_LIMITS,
        }
        with a_node(port, settings, workers=1):
            yield HangingNode(port, stripe)


def test_buyers_who_wait_for_stripe_keep_nobody_else_waiting_and_wait_for_one_call_at_most(shop: HangingNode) -> None:
    shop.look()
    with ThreadPoolExecutor(BUYERS) as buyers:
        pressed = [buyers.submit(shop.press, number) for number in range(BUYERS)]
        looked = []
        while not all(press.done() for press in pressed):
            looked.append(shop.look())
            time.sleep(0.2)
        answers = [press.result() for press in pressed]
    assert {status for status, _ in answers} == {503}
    assert max(took for _, took in answers) < CALL_SECONDS + QUICK
    assert max(looked) < QUICK
    assert sorted(looked)[len(looked) // 2] < 2
    # By now Stripe has not answered so many calls that the next buyer is told at once.
    status, took = shop.press(0)
    assert (status, took < 5) == (503, True)
