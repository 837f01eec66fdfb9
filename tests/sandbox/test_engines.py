"""The sandbox on each database and with concurrent requests: a session is paid once, an event delivered once."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe
from flask.testing import FlaskClient

from app.sandbox import STEPS, Sandbox
from app.sandbox.deliveries import DELAYS
from app.store import Engine, migrate, open_engine, pending
from tests.sandbox.build import price, session
from tests.sandbox.pages import path_of, pay
from tests.support.build import NOW
from tests.support.buyer import BUYER, CARD
from tests.support.clock import Clock
from tests.support.inbox import Inbox
from tests.support.postgresql import new_database

BUYERS = 8


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """The engine of each database, in place of the usual one."""
    if request.param == "sqlite":
        engine = open_engine(f"sqlite:///{tmp_path}/sandbox.db")
        migrate(engine, STEPS, NOW)
        yield engine
        engine.close()
        return
    with new_database(request.getfixturevalue("postgresql_server"), "sandbox") as address:
        engine = open_engine(address)
        migrate(engine, STEPS, NOW)
        yield engine
        engine.close()


def at_once(work: Callable[[], Any]) -> list[Any]:
    """Run the same function in several threads and return the results."""
    results: list[Any] = []
    together = threading.Barrier(BUYERS)

    def run() -> None:
        together.wait()
        results.append(work())

    threads = [threading.Thread(target=run) for _ in range(BUYERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_the_tables_are_created_once(engine: Engine) -> None:
    assert pending(engine, STEPS) == []
    assert migrate(engine, STEPS, NOW) == []


def test_a_session_is_paid_refunded_and_delivered(sdk: Any, site: FlaskClient, inbox: Inbox) -> None:
    coupon = sdk.coupons.create({"percent_off": 10, "max_redemptions": 1})
    made = session(sdk, {"price": price(sdk, unit_amount=5000).id, "quantity": 1}, discounts=[{"coupon": coupon.id}])
    assert pay(site, made).status_code == 303
    paid = sdk.checkout.sessions.retrieve(made.id)
    assert (paid.payment_status, paid.amount_total) == ("paid", 4500)
    assert sdk.refunds.create({"payment_intent": paid.payment_intent}).amount == 4500
    assert sdk.coupons.retrieve(coupon.id).valid is False
    assert inbox.types() == [
        "payment_intent.succeeded",
        "checkout.session.completed",
        "refund.created",
        "charge.refunded",
    ]


def test_concurrent_payments_of_one_session_pay_once(sdk: Any, site: FlaskClient, inbox: Inbox) -> None:
    made = session(sdk)
    app = site.application

    def buy() -> int:
        return app.test_client().post(path_of(made), data={**BUYER, **CARD}).status_code

    assert at_once(buy) == [303] * BUYERS
    assert inbox.types().count("checkout.session.completed") == 1
    assert len(sdk.payment_intents.list().data) == 1


def test_concurrent_requests_with_one_key_create_one_object(connect: Callable[..., Any]) -> None:
    def make() -> str | None:
        try:
            return str(connect().products.create({"name": "Candle"}, {"idempotency_key": "once"}).id)
        except stripe.StripeError as error:
            return None if error.http_status == 409 else str(error)

    assert len(set(at_once(make)) - {None}) == 1
    assert len(connect().products.list().data) == 1


def test_concurrent_deliveries_never_send_the_same_event_at_once(
    sdk: Any, sandbox: Sandbox, clock: Clock, inbox: Inbox
) -> None:
    inbox.status = 500
    sdk.checkout.sessions.expire(session(sdk).id)
    inbox.status, inbox.received = 200, []
    clock.now += DELAYS[0]
    assert sum(at_once(sandbox.deliver_pending)) == 1
    assert len(inbox.received) == 1


def test_a_due_session_expires_once_for_concurrent_requests(sdk: Any, clock: Clock, inbox: Inbox) -> None:
    made = session(sdk, expires_at=clock.now + 1800)
    clock.now += 1800
    assert at_once(lambda: sdk.checkout.sessions.retrieve(made.id).status) == ["expired"] * BUYERS
    assert inbox.types() == ["checkout.session.expired"]
