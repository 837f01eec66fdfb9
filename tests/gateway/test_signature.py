"""Signed deliveries: only events with a valid and recent signature are read."""

import hmac
import json
from hashlib import sha256
from typing import Any

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidRequest, SignatureRefused
from app.gateway.signature import MAXIMUM_BYTES, TOLERANCE, read_event
from app.gateway.stripe_gateway import StripeGateway
from tests.gateway.stripe_shaped import KEY, WEBHOOK_SECRET
from tests.support.build import NOW

EVENT = {
    "id": "evt_1",
    "object": "event",
    "api_version": "2026-10-28.endive",
    "created": NOW,
    "data": {"object": {"id": "cs_1", "object": "checkout.session", "metadata": {"é": "ü"}}},
    "livemode": False,
    "pending_webhooks": 1,
    "request": {"id": None, "idempotency_key": None},
    "type": "checkout.session.completed",
    "what_stripe_adds_next_year": True,
}
NOT_UTF_8 = b"\xff"
PAYLOAD = json.dumps(EVENT, ensure_ascii=False).encode()


def v1(payload: bytes = PAYLOAD, secret: str = WEBHOOK_SECRET, timestamp: int = NOW) -> str:
    return hmac.new(secret.encode(), b"%d." % timestamp + payload, sha256).hexdigest()


def signed(payload: bytes = PAYLOAD, secret: str = WEBHOOK_SECRET, timestamp: int = NOW) -> str:
    """Return the header that Stripe would send, made by its own SDK."""
    header: str = stripe.WebhookSignature.generate_signature_header(payload.decode(), secret, timestamp)
    return header


def test_a_signed_event_is_read() -> None:
    event = read_event(PAYLOAD, signed(), WEBHOOK_SECRET, NOW)
    assert (event.id, event.type, event.created) == ("evt_1", "checkout.session.completed", NOW)
    assert event.data.object["metadata"] == {"é": "ü"}


def test_the_gateway_reads_with_its_own_secret() -> None:
    assert StripeGateway(KEY, webhook_secret=WEBHOOK_SECRET).read_event(PAYLOAD, signed(), NOW).id == "evt_1"
    with pytest.raises(SignatureRefused):
        StripeGateway(KEY, webhook_secret=None).read_event(PAYLOAD, signed(), NOW)


ACCEPTED = {
    "the oldest time stamp": (signed(timestamp=NOW - TOLERANCE), NOW),
    "the newest time stamp": (signed(timestamp=NOW + TOLERANCE), NOW),
    "two signatures, the second right": (f"t={NOW},v1={'0' * 64},v1={v1()}", NOW),
    "two signatures, the first right": (f"t={NOW},v1={v1()},v1={'0' * 64}", NOW),
    "with an older scheme beside it": (f"t={NOW},v1={v1()},v0={'0' * 64}", NOW),
}


@pytest.mark.parametrize(("header", "now"), ACCEPTED.values(), ids=ACCEPTED)
def test_a_valid_header_is_accepted(header: str, now: int) -> None:
    assert read_event(PAYLOAD, header, WEBHOOK_SECRET, now).id == "evt_1"


REFUSED: dict[str, tuple[bytes, str | None, str | None]] = {
    "no header": (PAYLOAD, None, WEBHOOK_SECRET),
    "an empty header": (PAYLOAD, "", WEBHOOK_SECRET),
    "no time stamp": (PAYLOAD, f"v1={v1()}", WEBHOOK_SECRET),
    "no signature": (PAYLOAD, f"t={NOW}", WEBHOOK_SECRET),
    "only an older scheme": (PAYLOAD, f"t={NOW},v0={v1()}", WEBHOOK_SECRET),
    "a time stamp in words": (PAYLOAD, f"t=now,v1={v1()}", WEBHOOK_SECRET),
    "a time stamp with underscores": (PAYLOAD, f"t=1_790_000_000,v1={v1()}", WEBHOOK_SECRET),
    "two time stamps": (PAYLOAD, f"t={NOW},t={NOW - 9999},v1={v1()}", WEBHOOK_SECRET),
    "a time stamp before an old one": (
        PAYLOAD,
        f"xt={NOW},v1=0,t={NOW - 9999},v1={v1(timestamp=NOW - 9999)}",
        WEBHOOK_SECRET,
    ),
    "a huge time stamp": (PAYLOAD, f"t={'9' * 5000},v1={v1()}", WEBHOOK_SECRET),
    "a signature beyond ASCII": (PAYLOAD, f"t={NOW},v1=é", WEBHOOK_SECRET),
    "garbage": (PAYLOAD, "☃=,,==t", WEBHOOK_SECRET),
    "a header without end": (PAYLOAD, signed() + ",v1=0" * 2000, WEBHOOK_SECRET),
    "another secret": (PAYLOAD, signed(secret="whsec_" + "other"), WEBHOOK_SECRET),
    "a changed byte": (PAYLOAD.replace(b"cs_1", b"cs_2"), signed(), WEBHOOK_SECRET),
    "a byte more": (PAYLOAD + b" ", signed(), WEBHOOK_SECRET),
    "a changed time stamp": (PAYLOAD, signed().replace(str(NOW), str(NOW + 1)), WEBHOOK_SECRET),
    "too old": (PAYLOAD, signed(timestamp=NOW - TOLERANCE - 1), WEBHOOK_SECRET),
    "from the future": (PAYLOAD, signed(timestamp=NOW + TOLERANCE + 1), WEBHOOK_SECRET),
    "from the far future": (PAYLOAD, signed(timestamp=NOW * 10), WEBHOOK_SECRET),
    "no secret here": (PAYLOAD, signed(), None),
    "an empty secret here": (PAYLOAD, signed(secret=""), ""),
    "a blank secret here": (PAYLOAD, signed(secret=" "), " "),
    "not UTF-8": (NOT_UTF_8, f"t={NOW},v1={v1(NOT_UTF_8)}", WEBHOOK_SECRET),
    "larger than a mebibyte": (b" " * (MAXIMUM_BYTES + 1), signed(b" " * (MAXIMUM_BYTES + 1)), WEBHOOK_SECRET),
}


@pytest.mark.parametrize(("payload", "header", "secret"), REFUSED.values(), ids=REFUSED)
def test_a_delivery_without_a_valid_signature_is_refused(
    payload: bytes, header: str | None, secret: str | None
) -> None:
    with pytest.raises(SignatureRefused):
        read_event(payload, header, secret, NOW)


def changed(**changes: Any) -> bytes:
    return json.dumps({**EVENT, **changes}).encode()


NO_EVENTS = {
    "nothing": b"",
    "not JSON": b"{",
    "JSON and more": PAYLOAD + b"{}",
    "a list": b"[]",
    "a number": b"1",
    "not a number": changed(data={"object": {"amount": float("nan")}}),
    "half a character": b'{"object":"event","id":"\\ud800"}',
    "deep": b'{"object":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    "a thin event": changed(object="v2.core.event"),
    "another object": changed(object="charge"),
    "no id": json.dumps({key: value for key, value in EVENT.items() if key != "id"}).encode(),
    "no data": changed(data=None),
    "a time in words": changed(created="now"),
}


@pytest.mark.parametrize("payload", NO_EVENTS.values(), ids=NO_EVENTS)
def test_a_signed_delivery_that_is_no_event_is_an_invalid_request(payload: bytes) -> None:
    with pytest.raises(InvalidRequest):
        read_event(payload, signed(payload), WEBHOOK_SECRET, NOW)


@given(
    st.one_of(st.none(), st.text(max_size=200), st.from_regex(r"t=[0-9]{1,20}(,v[01]=[0-9a-f]{0,64})*", fullmatch=True))
)
def test_no_other_header_is_accepted(header: str | None) -> None:
    with pytest.raises(SignatureRefused):
        read_event(PAYLOAD, header, WEBHOOK_SECRET, NOW)
