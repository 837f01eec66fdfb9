"""The answers of the sandbox to any request: keys, unknown addresses, idempotency, expansion, invalid bodies."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe
from werkzeug.test import Client

from app.errors import IdempotencyInFlight
from app.sandbox import Sandbox
from app.sandbox.idempotency import ABANDONED_SECONDS, StoredAnswer, claim, finish
from app.store import Engine
from app.store.idempotency import KEPT_SECONDS
from app.wire.idempotency import fingerprint_of
from tests.sandbox.build import price, refused, session
from tests.support.build import NOW
from tests.support.clock import Clock

HEADERS = {"Authorization": "Bearer sk_test_x"}
CANDLE = fingerprint_of("/v1/products", {"name": "Candle"})


@pytest.mark.parametrize("key", ["sk_live_" + "x" * 8, "pk_test_1", "bc_123"])
def test_the_sandbox_takes_only_test_keys(connect: Callable[..., Any], key: str) -> None:
    with pytest.raises(stripe.AuthenticationError):
        connect(key=key).prices.list()


def test_a_request_without_a_key_is_refused(sandbox: Sandbox) -> None:
    assert Client(sandbox.api).get("/v1/prices").status_code == 401


def test_an_unknown_address_is_not_found(sandbox: Sandbox) -> None:
    answer = Client(sandbox.api).get("/v1/payouts", headers=HEADERS)
    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["error"]["type"] == "invalid_request_error"
    assert answer.headers["Request-Id"].startswith("req_")


@pytest.mark.parametrize("body", [b"name=\xff\xfe", b"name=" + b"x" * 1_000_001], ids=["not text", "too long"])
def test_a_body_that_cannot_be_read_is_refused(sandbox: Sandbox, body: bytes) -> None:
    form = {**HEADERS, "Content-Type": "application/x-www-form-urlencoded"}
    answer = Client(sandbox.api).post("/v1/products", data=body, headers=form)
    assert answer.status_code == 400


def test_the_same_key_gets_the_same_answer_and_creates_one_object(sdk: Any) -> None:
    params = {"name": "Candle"}
    first = sdk.products.create(params, {"idempotency_key": "once"})
    again = sdk.products.create(params, {"idempotency_key": "once"})
    assert again.to_dict() == first.to_dict()
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert len(sdk.products.list().data) == 1


def test_the_same_key_with_another_body_is_refused(sdk: Any) -> None:
    sdk.products.create({"name": "Candle"}, {"idempotency_key": "once"})
    with pytest.raises(stripe.IdempotencyError) as refusal:
        sdk.products.create({"name": "Lamp"}, {"idempotency_key": "once"})
    assert refusal.value.http_status == 400


def test_a_refused_request_leaves_its_key_free(sdk: Any) -> None:
    refused(sdk.products.create, {"title": "Candle"}, {"idempotency_key": "once"})
    assert sdk.products.create({"name": "Candle"}, {"idempotency_key": "once"}).name == "Candle"


def test_accounts_have_separate_keys(connect: Callable[..., Any]) -> None:
    one = connect("org_one").products.create({"name": "Candle"}, {"idempotency_key": "once"})
    other = connect("org_two").products.create({"name": "Lamp"}, {"idempotency_key": "once"})
    assert one.id != other.id


def test_a_key_is_forgotten_after_a_day(sdk: Any, clock: Clock) -> None:
    first = sdk.products.create({"name": "Candle"}, {"idempotency_key": "once"})
    clock.now += KEPT_SECONDS
    assert sdk.products.create({"name": "Candle"}, {"idempotency_key": "once"}).id != first.id


def test_a_key_whose_request_is_being_answered_is_in_use_and_serves_the_same_request_later(
    sdk: Any, engine: Engine, clock: Clock
) -> None:
    claim(engine, "default", "once", CANDLE, clock.now)
    params, options = {"name": "Candle"}, {"idempotency_key": "once"}
    with pytest.raises(stripe.IdempotencyError):
        sdk.products.create({"name": "Lamp"}, options)
    clock.now += ABANDONED_SECONDS
    with pytest.raises(stripe.IdempotencyError):
        sdk.products.create({"name": "Lamp"}, options)
    assert sdk.products.create(params, options).name == "Candle"


def test_the_same_request_in_flight_is_a_conflict(sandbox: Sandbox, engine: Engine) -> None:
    claim(engine, "default", "once", CANDLE, NOW)
    form = {**HEADERS, "Idempotency-Key": "once", "Content-Type": "application/x-www-form-urlencoded"}
    answer = Client(sandbox.api).post("/v1/products", data="name=Candle", headers=form)
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["error"]["code"] == "idempotency_key_in_use"


def test_the_request_of_a_killed_worker_succeeds_again_within_seconds(sdk: Any, engine: Engine, clock: Clock) -> None:
    claim(engine, "default", "once", CANDLE, clock.now)
    clock.now += 3
    assert sdk.products.create({"name": "Candle"}, {"idempotency_key": "once"}).name == "Candle"


def test_a_request_that_lost_its_claim_can_no_longer_finish(sdk: Any, engine: Engine, clock: Clock) -> None:
    claimed = clock.now
    claim(engine, "default", "once", CANDLE, claimed)
    clock.now += ABANDONED_SECONDS
    made = sdk.products.create({"name": "Candle"}, {"idempotency_key": "once"})
    with pytest.raises(IdempotencyInFlight):
        finish(engine, "default", "once", claimed, StoredAnswer(200, {"id": "prod_second"}, "req_slow"))
    assert sdk.products.create({"name": "Candle"}, {"idempotency_key": "once"}).id == made.id


def test_what_cannot_be_expanded_is_refused_by_name(sdk: Any) -> None:
    made = price(sdk)
    assert refused(sdk.prices.retrieve, made.id, {"expand": ["nickname"]}).param == "expand"
    assert refused(
        sdk.prices.retrieve, made.id, {"expand": ["product.default_price.product.default_price.product"]}
    ).param
    assert refused(sdk.prices.list, {"expand": ["product"]}).param == "expand"
    assert sdk.prices.list({"expand": ["data.product"]}).data[0].product.name == "Candle"
    paid = session(sdk)
    for path in ("line_items.price.product", "line_items.data", "data.line_items", "line_items.data.data.price"):
        assert refused(sdk.checkout.sessions.retrieve, paid.id, {"expand": [path]}).param == "expand"
    whole = sdk.checkout.sessions.retrieve(paid.id, {"expand": ["line_items.data.price.product"]})
    assert whole.line_items.data[0].price.product.name == "Candle"


def test_events_can_be_retrieved(sdk: Any) -> None:
    made = price(sdk)
    sdk.prices.update(made.id, {"nickname": "new"})
    [event] = sdk.events.list({"type": "price.updated"}).data
    assert sdk.events.retrieve(event.id).data.object.nickname == "new"
    assert event.account is None, "an account that is no connected one is not named in its events"
    assert {one.type for one in sdk.events.list({"types": ["price.*"]}).data} == {"price.created", "price.updated"}
