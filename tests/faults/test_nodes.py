"""Two nodes behind nginx on one PostgreSQL. One is killed while buyers pay: no payment is lost and none is made twice."""

import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import pytest

from app.application import assemble
from app.config import read_config
from app.objects.change import COMMAND_LINE
from app.services.links import service as links
from app.web.http.context import EXTENSION, Context
from app.web.visit.form_token import FormTokens
from tests.faults.nodes import a_node, in_front_of
from tests.faults.processes import free_port, kill
from tests.faults.scene import NO_LIMITS, PRICE, SECRET_KEY, Answer, Broken, get, now, post
from tests.support.build import NOW, an_organization
from tests.support.buyer import CHECKOUT
from tests.support.postgresql import new_database, running_server

pytestmark = [pytest.mark.faults, pytest.mark.postgresql]

BUYERS = 60
AT_ONCE = 12
KILLED_AFTER = 20
"""How many buyers have reached Checkout when one node dies."""

PATIENCE = 60


def until_answered(ask: Callable[[], Answer], wanted: int) -> Answer:
    """Repeat a request that gets no answer or is asked to try again, as a buyer does."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            answer = ask()
        except Broken:
            answer = Answer(0, "", "")
        if answer.status == wanted:
            return answer
        # 502 to 504: nginx found the node dead. 503: another request of the same form is in progress.
        assert answer.status in {0, 502, 503, 504}, answer.page[:500]
        time.sleep(0.1)
    raise AssertionError("nobody answered")


def test_no_attempt_is_lost_when_one_of_two_nodes_is_killed(tmp_path: Path) -> None:
    with running_server() as server, new_database(server, "nodes") as database:
        ports = [free_port(), free_port()]
        with in_front_of(ports, tmp_path) as address:
            settings = {
                "DATABASE_URL": database,
                "PUBLIC_URL": address,
                "SECRET_KEY": SECRET_KEY,
                "STRIPE_WEBHOOK_SECRET": "whsec_" + "nodes",
                "TRUSTED_PROXIES": "1",
                **NO_LIMITS,
            }
            context: Context = assemble(read_config(settings, data=tmp_path)).extensions[EXTENSION]
            context.store.migrate(NOW)
            context.store.add_organization(an_organization())
            with a_node(ports[0], settings) as doomed, a_node(ports[1], settings):
                pay_while_one_dies(context, address, lambda: kill(doomed))
            context.store.close()


def pay_while_one_dies(context: Context, address: str, kill_one: Callable[[], None]) -> None:
    organization = context.store.organizations()[0]
    params = {
        "line_items": [{"price_data": PRICE, "quantity": 1}],
        "restrictions": {"completed_sessions": {"limit": 1000}},
    }
    link = links.create(
        context.store, context.gateway, organization, params, now(), settings=context.link_settings, actor=COMMAND_LINE
    )
    page = f"{address}/pay/{link.counterfoil.code}"
    reached, enough = [], threading.Event()

    def buy(_: int) -> str:
        form = {"csrf_token": FormTokens(SECRET_KEY, link.id, now()).issue()}
        checkout = until_answered(lambda: post(page, form), 303).location
        reached.append(checkout)
        if len(reached) >= KILLED_AFTER:
            enough.set()
        back = urljoin(checkout, until_answered(lambda: post(checkout, CHECKOUT), 303).location)
        if back == checkout:  # already paid by a POST whose answer was lost
            way_on = re.search(r'href="([^"]+/complete/[^"]+)"', until_answered(lambda: get(checkout), 200).page)
            assert way_on is not None
            back = unescape(way_on[1])
        until_answered(lambda: get(back), 200)
        return checkout

    with ThreadPoolExecutor(AT_ONCE) as pool:
        buyers = [pool.submit(buy, number) for number in range(BUYERS)]
        assert enough.wait(PATIENCE)
        kill_one()
        checkouts = {buyer.result(PATIENCE) for buyer in buyers}

    assert len(checkouts) == BUYERS
    attempts = context.store.attempts_of_link(link.id, limit=1000)
    assert [attempt.state for attempt in attempts] == ["paid"] * BUYERS
    assert {attempt.session_url for attempt in attempts} == checkouts
    found = context.store.link(link.id)
    assert found is not None
    assert found.restrictions is not None
    assert found.restrictions.completed_sessions.count == BUYERS
    assert context.store.places_left(link.id) == 1000 - BUYERS
