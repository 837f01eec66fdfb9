"""The webhook: what it answers before Flask is entered is what Flask answers, and Flask answers what is refused."""

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.errors import SignatureRefused
from app.objects.event import IGNORED, WAITING
from app.sandbox.deliveries import sign
from tests.support.counting import count_calls
from tests.web.conftest import WebShop

PATH = "/webhooks/stripe"


def deliver(
    shop: WebShop, id: str, path: str = PATH, *, type: str = "invoice.created", secret: str = "", **request: Any
) -> TestResponse:
    """Deliver an event about a payment that is not known here. Without `secret`, it has the right signature."""
    event = {"id": id, "object": "event", "created": shop.clock(), "type": type}
    payload = json.dumps({**event, "data": {"object": {"payment_intent": "pi_unknown"}}}).encode()
    signature = sign(payload, secret or shop.context.config.stripe_webhook_secret or "", shop.clock())
    headers = {"Stripe-Signature": signature}
    return shop.client.post(path, data=payload, headers=headers, content_type="application/json", **request)


def without_id(answer: TestResponse) -> tuple[int, bytes, list[tuple[str, str]]]:
    return answer.status_code, answer.data, [header for header in answer.headers if header[0] != "Request-Id"]


@pytest.mark.parametrize("origin", ["http://localhost", "https://localhost"])
def test_a_later_answer_is_the_first_one_with_another_request_id(shop: WebShop, origin: str) -> None:
    first, *later = (deliver(shop, f"evt_{number}", base_url=origin) for number in range(3))
    assert first.json == {"received": True, "outcome": IGNORED}
    assert ("Strict-Transport-Security" in first.headers) == origin.startswith("https")
    for answer in later:
        assert without_id(answer) == without_id(first)
    assert len({answer.headers["Request-Id"] for answer in (first, *later)}) == 3


def test_answers_over_http_and_https_are_not_mixed(shop: WebShop) -> None:
    answers = [deliver(shop, f"evt_{number}", base_url=f"http{'s' * (number % 2)}://localhost") for number in range(4)]
    assert ["Strict-Transport-Security" in answer.headers for answer in answers] == [False, True, False, True]


def test_each_outcome_has_its_own_answer(shop: WebShop) -> None:
    types = ["invoice.created", "charge.refunded"] * 2
    answers = [deliver(shop, f"evt_{number}", type=type).json for number, type in enumerate(types)]
    assert answers == [{"received": True, "outcome": outcome} for outcome in (IGNORED, WAITING) * 2]


def test_a_wrong_signature_is_refused_after_a_right_one(shop: WebShop) -> None:
    deliver(shop, "evt_1")
    refused = deliver(shop, "evt_2", secret="whsec_other")
    assert refused.status_code == 400
    assert SignatureRefused.message in refused.text
    assert shop.store.event("evt_2") is None


def test_an_event_that_is_refused_is_read_once(shop: WebShop) -> None:
    recorder = count_calls(shop.app)
    with recorder.record() as calls:
        assert deliver(shop, "evt_1", secret="whsec_other").status_code == 400
    assert calls.gateway["read_event"] == calls.clock.total() == 1


@pytest.mark.parametrize("path", [f"{PATH}/", f"{PATH}?a=b"])
def test_an_event_at_an_address_that_is_spelled_in_another_way_is_stored(shop: WebShop, path: str) -> None:
    assert [deliver(shop, f"evt_{number}", path).status_code for number in range(2)] == [200, 200]
    assert shop.store.event_outcome("evt_1") == (shop.clock(), IGNORED)


def test_another_method_than_post_is_refused(shop: WebShop) -> None:
    assert shop.client.get(PATH).status_code == 405
