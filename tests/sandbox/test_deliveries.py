"""Deliveries of events: signed, repeated until they are accepted, never lost and never concurrent."""

import json
from typing import Any

import pytest
import stripe
from flask.testing import FlaskClient

from app.gateway.transport import WSGIClient
from app.objects.api_version import API_VERSION
from app.sandbox import Sandbox, create_sandbox
from app.sandbox.deliveries import BATCH_SIZE, DELAYS
from app.store import Engine
from tests.sandbox.build import price, session
from tests.sandbox.pages import pay
from tests.support.build import NOW
from tests.support.clock import Clock
from tests.support.inbox import WEBHOOK_SECRET, Inbox


def test_a_delivery_is_signed_as_stripe_signs(sdk: Any, inbox: Inbox) -> None:
    made = session(sdk)
    sdk.checkout.sessions.expire(made.id)
    [(payload, header)] = inbox.received
    event = stripe.Webhook.construct_event(payload, header, WEBHOOK_SECRET, tolerance=10**9)
    assert (event.type, event.data.object.id, event.account, event.livemode) == (
        "checkout.session.expired",
        made.id,
        None,
        False,
    )
    assert event.api_version == API_VERSION == stripe.api_version
    assert header.startswith(f"t={NOW},v1=")
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(payload + b" ", header, WEBHOOK_SECRET, tolerance=10**9)


def test_an_event_has_no_private_keys(sdk: Any, inbox: Inbox) -> None:
    sdk.checkout.sessions.expire(session(sdk).id)
    data = json.loads(inbox.received[0][0])["data"]["object"]
    assert [key for key in data if key.startswith("_")] == []
    assert "line_items" not in data


@pytest.mark.parametrize("trouble", ["refused", "broken"])
def test_an_event_is_delivered_again_with_growing_delays(
    sdk: Any, sandbox: Sandbox, engine: Engine, clock: Clock, inbox: Inbox, trouble: str
) -> None:
    inbox.status, inbox.broken = 500, trouble == "broken"
    sdk.checkout.sessions.expire(session(sdk).id)
    assert len(inbox.received) == 1
    for tries, delay in enumerate((*DELAYS, DELAYS[-1]), start=1):
        clock.now += delay - 1
        assert (sandbox.deliver_pending(), len(inbox.received)) == (0, tries)
        clock.now += 1
        assert (sandbox.deliver_pending(), len(inbox.received)) == (0, tries + 1)
    inbox.status, inbox.broken = 200, False
    clock.now += DELAYS[-1]
    assert sandbox.deliver_pending() == 1
    assert len({event.id for event in inbox.events()}) == 1
    [row] = engine.rows("SELECT attempts, status, delivered, due FROM sandbox_deliveries")
    assert row == {"attempts": len(DELAYS) + 3, "status": 200, "delivered": clock.now, "due": None}
    clock.now += 10**6
    assert sandbox.deliver_pending() == 0
    [event] = sdk.events.list({"delivery_success": True, "type": "checkout.session.expired"}).data
    assert event.pending_webhooks == 0


def test_an_error_of_the_application_does_not_fail_the_request(sdk: Any, site: FlaskClient, inbox: Inbox) -> None:
    inbox.broken = True
    assert pay(site, session(sdk)).status_code == 303


def test_one_call_delivers_at_most_one_batch(sdk: Any, sandbox: Sandbox, clock: Clock, inbox: Inbox) -> None:
    inbox.status = 503
    made = price(sdk)
    for number in range(BATCH_SIZE + 5):
        sdk.prices.update(made.id, {"nickname": str(number)})
    inbox.status, inbox.received = 200, []
    clock.now += DELAYS[0]
    assert [sandbox.deliver_pending(), sandbox.deliver_pending(), sandbox.deliver_pending()] == [BATCH_SIZE, 5, 0]


def test_an_application_that_calls_the_sandbox_during_a_delivery_gets_each_event_once(
    engine: Engine, clock: Clock
) -> None:
    told: list[str] = []

    def deliver(payload: bytes, signature: str) -> int:
        event = json.loads(payload)
        told.append(event["type"])
        if event["type"] == "checkout.session.expired":
            sdk.prices.update(made.id, {"nickname": "told"})
        return 200

    sandbox = create_sandbox(
        engine, clock=clock, webhook_secret=WEBHOOK_SECRET, public_url="http://127.0.0.1", deliver=deliver
    )
    sdk: Any = stripe.StripeClient("sk_test_x", http_client=WSGIClient(sandbox.api)).v1
    made = price(sdk)
    sdk.checkout.sessions.expire(session(sdk).id)
    assert told == ["checkout.session.expired", "price.updated"]


def test_a_refund_returns_the_payment_and_emits_events(sdk: Any, site: FlaskClient, inbox: Inbox) -> None:
    made = session(sdk)
    pay(site, made)
    intent = sdk.checkout.sessions.retrieve(made.id).payment_intent
    part = sdk.refunds.create({"payment_intent": intent, "amount": 499, "reason": "requested_by_customer"})
    rest = sdk.refunds.create({"payment_intent": intent})
    assert (part.status, part.amount, rest.amount) == ("succeeded", 499, 2000)
    charge = sdk.payment_intents.retrieve(intent, {"expand": ["latest_charge"]}).latest_charge
    assert (charge.refunded, charge.amount_refunded) == (True, 2499)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.refunds.create({"payment_intent": intent})
    assert refusal.value.code == "charge_already_refunded"
    assert inbox.types()[-4:] == ["refund.created", "charge.refunded", "refund.created", "charge.refunded"]
    assert [one.id for one in sdk.refunds.list({"payment_intent": intent}).data] == [rest.id, part.id]


def test_no_more_than_the_payment_is_refunded(sdk: Any, site: FlaskClient) -> None:
    made = session(sdk)
    pay(site, made)
    intent = sdk.checkout.sessions.retrieve(made.id).payment_intent
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.refunds.create({"payment_intent": intent, "amount": 2500})
    assert refusal.value.param == "amount"
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.refunds.create({"payment_intent": "pi_none"})
    assert refusal.value.code == "resource_missing"
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.refunds.create({})
    assert refusal.value.code == "parameter_missing"
