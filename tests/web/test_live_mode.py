"""With a Stripe key, the pay page sends one request to Stripe over HTTP. A recording server takes the place of Stripe."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from app.application import assemble
from app.config import read_config
from tests.gateway.stripe_shaped import KEY, StripeShaped, a_session, answering
from tests.support.build import NOW, a_line, a_link, a_price, adjustable, an_organization
from tests.support.clock import Clock
from tests.support.migrated import migrated_database
from tests.support.page import SAME_ORIGIN
from tests.web.conftest import WebShop


@pytest.fixture
def stripe() -> Iterator[tuple[StripeShaped, str]]:
    """Start the recording server. Return it with its address on loopback."""
    recorder = answering(a_session(amount_subtotal=2500, amount_total=2500, expires_at=NOW + 82_800))
    server = make_server("127.0.0.1", 0, recorder, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield recorder, f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join(5)
    server.server_close()


@pytest.fixture
def live(stripe: tuple[StripeShaped, str], tmp_path: Path) -> WebShop:
    """Return a server with a Stripe key that calls the recording server."""
    environment = {
        "DATABASE_URL": migrated_database(tmp_path / "counterfoil.db"),
        "PUBLIC_URL": "http://localhost",
        "SECRET_KEY": "k" * 32,
        "STRIPE_API_BASE": stripe[1],
        "STRIPE_SECRET_KEY": KEY,
    }
    clock = Clock()
    shop = WebShop(assemble(read_config(environment, data=tmp_path), now=clock))
    shop.store.add_organization(an_organization())
    shop.add(a_link(a_line(a_price(1250), quantity=1, adjustable_quantity=adjustable(1, 9))))
    return shop


def test_a_pay_post_sends_stripe_one_complete_session_request(live: WebShop, stripe: tuple[StripeShaped, str]) -> None:
    recorder, _ = stripe
    page = live.open()
    assert recorder.requests == []
    form = page.fill({"Quantity of Jar of honey": "2"})
    first = live.client.post("/pay/honey", data=form, headers=SAME_ORIGIN)
    again = live.client.post("/pay/honey", data=form, headers=SAME_ORIGIN)
    assert (first.status_code, first.location) == (303, a_session()["url"])
    assert (again.status_code, again.location) == (303, first.location)
    asked = recorder.only
    (attempt,) = live.store.attempts_of_link("plink_honey")
    assert (asked.method, asked.path) == ("POST", "/v1/checkout/sessions")
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.headers["stripe-version"] == "2026-10-28.endive"
    assert asked.headers["idempotency-key"] == attempt.id
    sent = dict(asked.pairs)
    assert sent["mode"] == "payment"
    assert sent["line_items[0][price]"] == "price_honey"
    assert sent["line_items[0][quantity]"] == "2"
    assert sent["metadata[counterfoil_attempt]"] == attempt.id
    assert sent["success_url"] == (
        f"http://localhost/pay/honey/complete/{attempt.token}?session_id={{CHECKOUT_SESSION_ID}}"
    )
    assert sent["cancel_url"] == f"http://localhost/pay/honey/cancel/{attempt.token}"
