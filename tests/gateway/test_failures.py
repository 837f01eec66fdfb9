"""What Stripe refuses, and what it leaves undecided."""

import ast
import inspect
from typing import Any

import pytest
import stripe

from app.errors import ConfigurationError, GatewayRefused, GatewayUnavailable
from app.gateway.stripe_gateway import StripeGateway
from app.objects import api_version as module
from app.objects.api_version import API_VERSION
from tests.gateway.gateways import gateway
from tests.gateway.stripe_shaped import KEY, LIVE_KEY, StripeShaped, a_session, an_error, answering

REFUSED = [
    ("a wrong parameter", 400, an_error(code="parameter_unknown", param="foo"), "parameter_unknown", "foo"),
    ("nothing there", 404, an_error(code="resource_missing", param="id"), "resource_missing", "id"),
    ("a wrong key", 401, an_error(), None, None),
    ("a decline", 402, an_error("card_error", code="card_declined"), "card_declined", None),
    ("no permission", 403, an_error(code="platform_account_required"), "platform_account_required", None),
    ("a key used again for something else", 400, an_error("idempotency_error"), None, None),
    ("a method that is not allowed", 405, an_error(), None, None),
    ("parameters that are too large", 413, an_error(), None, None),
    ("parameters that cannot be processed", 422, an_error(param="foo"), None, "foo"),
]


@pytest.mark.parametrize(
    ("status", "body", "code", "param"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_a_refusal_has_the_message_of_stripe(status: int, body: Any, code: str | None, param: str | None) -> None:
    server = answering(body, status, Request_Id="req_1")
    with pytest.raises(GatewayRefused) as caught:
        gateway(server).retrieve_price("price_1", account=None)
    error = caught.value
    assert (error.status, error.code, error.param, error.request_id) == (status, code, param, "req_1")


UNDECIDED = [
    ("a lock", 409, an_error(code="lock_timeout")),
    ("a key in use", 409, an_error("idempotency_error", code="idempotency_key_in_use")),
    ("a key in use, by another status", 400, an_error("idempotency_error", code="idempotency_key_in_use")),
    ("too many requests", 429, an_error(code="rate_limit")),
    ("too many requests, the old way", 400, an_error(code="rate_limit")),
    ("a timeout", 408, an_error("api_error")),
    ("a failure of a service behind Stripe", 424, an_error("api_error")),
    ("a refusal by a proxy", 413, b"<html>Too large</html>"),
    ("a refusal by a proxy in JSON", 405, {"error": {"message": "Not allowed"}}),
    ("a failure at Stripe", 500, an_error("api_error")),
    ("a proxy's error object", 502, {"error": "Bad gateway"}),
    ("a proxy's page", 503, b"<html>Unavailable</html>"),
    ("a page instead of an object", 200, b"<html>Log in to the guest network</html>"),
    ("a list instead of an object", 200, []),
    ("an object of another kind", 200, {"id": "price_1"}),
]


@pytest.mark.parametrize(("status", "body"), [row[1:] for row in UNDECIDED], ids=[row[0] for row in UNDECIDED])
def test_an_answer_without_a_decision_of_stripe_is_unavailable(status: int, body: Any) -> None:
    with pytest.raises(GatewayUnavailable):
        gateway(answering(body, status)).retrieve_price("price_1", account=None)


def test_a_conflict_is_retried_with_the_same_key_and_body() -> None:
    server = StripeShaped([(409, an_error(code="lock_timeout"), {}), (200, a_session(), {})])
    subject = gateway(server, max_network_retries=1)
    subject.create_checkout_session({"mode": "payment"}, idempotency_key="att_1", account=None)
    first, second = server.requests
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] == "att_1"
    assert first.pairs == second.pairs


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
def test_no_message_contains_the_key(status: int) -> None:
    server = answering(an_error(message=f"Invalid API Key provided: {KEY}"), status)
    with pytest.raises((GatewayRefused, GatewayUnavailable)) as caught:
        gateway(server).retrieve_price("price_1", account=None)
    shown = f"{caught.value!r} {caught.value} {caught.value.__cause__!r}"
    assert KEY not in shown


@pytest.mark.parametrize("key", ["", "sk test", "sk\n", "sk_ä"], ids=["empty", "space", "line break", "not ASCII"])
def test_a_key_that_is_invalid_in_a_header_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        StripeGateway(key, webhook_secret=None)
    assert caught.value.setting == "STRIPE_SECRET_KEY"
    assert not key.strip() or key not in str(caught.value)


@pytest.mark.parametrize(
    ("key", "told", "livemode"),
    [
        (KEY, None, False),
        (LIVE_KEY, None, True),
        ("rk_" + "live_" + "restricted", None, True),
        (KEY, True, True),
        (LIVE_KEY, False, False),
    ],
)
def test_livemode_follows_the_key_unless_given(key: str, told: bool | None, livemode: bool) -> None:
    assert gateway(answering({}), key, livemode=told).livemode is livemode


def test_the_api_version_is_the_one_of_the_sdk() -> None:
    assert stripe.api_version == API_VERSION, "the SDK speaks another version by now: read its changelog, then move"
    assigned = [node for node in ast.walk(ast.parse(inspect.getsource(module))) if isinstance(node, ast.AnnAssign)]
    version = next(node for node in assigned if isinstance(node.target, ast.Name) and node.target.id == "API_VERSION")
    assert isinstance(version.value, ast.Constant), "an upgrade of the SDK must not move the version by itself"
