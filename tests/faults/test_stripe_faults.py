"""Stripe times out, refuses, fails or resets the connection: there is one session, one charge and the right state."""

from collections.abc import Iterator

import pytest

from app.objects.attempt import Attempt
from app.objects.payment_link import PaymentLink
from app.services.attempts import state_machine
from app.services.attempts.state_machine import Fact
from tests.faults.scene import Answer, Scene, now

pytestmark = pytest.mark.faults

FAULTS = [
    "slow",
    "reset",
    "reset_after",
    "silence",
    "silence_after",
    "409",
    "429",
    "500",
    "500_after",
    "502",
    "garbled",
]
"""Faults that last for one call. The gateway may repeat the call."""

LASTING = ["reset", "silence_after", "409", "500", "502"]
"""Some of these faults, repeated for longer than the gateway retries."""

WORST = ["reset", "silence_after", "409", "500_after", "garbled"]
"""The faults that differ most."""

CREATE = "POST /v1/checkout/sessions"
RETRIEVE = "GET /v1/checkout/sessions/"
REFUND = "POST /v1/refunds"
TRIES = 6


@pytest.fixture(scope="module", autouse=True)
def serving(scene: Scene) -> Iterator[None]:
    with scene.application.serving():
        yield


@pytest.fixture(autouse=True)
def _nothing_is_wrong_at_first(scene: Scene) -> None:
    scene.stripe.script()
    scene.deliveries()


def pressed_until_checkout(scene: Scene, link: PaymentLink, form: str, quantity: int = 1) -> Attempt:
    """Submit the form until Checkout opens. Fail when a page in between is not an error page with the same form."""
    for _ in range(TRIES):
        answer = scene.submit(link, form, quantity)
        if answer.status == 303:
            (attempt,) = (one for one in scene.attempts(link) if one.state == "opened")
            assert answer.location == attempt.session_url
            return attempt
        assert_honest(answer, form)
    raise AssertionError("Checkout never opened")


def assert_honest(answer: Answer, form: str) -> None:
    assert answer.status == 503
    assert answer.token() == form


def paid(scene: Scene, link: PaymentLink, attempt: Attempt) -> Attempt:
    """Pay and return from Checkout. No event arrives."""
    assert attempt.checkout_session is not None
    scene.pay(attempt.checkout_session)
    scene.come_back(link, attempt)
    (found,) = (one for one in scene.attempts(link) if one.id == attempt.id)
    return found


@pytest.mark.parametrize("fault", FAULTS)
def test_opening_a_session_makes_one(scene: Scene, fault: str) -> None:
    link = scene.link(limit=3)
    scene.stripe.script((CREATE, fault))
    attempt = pressed_until_checkout(scene, link, scene.form(link))
    assert paid(scene, link, attempt).state == "paid"
    assert len(scene.stripe.sessions_of(link)) == len(scene.stripe.charges_of(link)) == 1
    assert len(scene.attempts(link)) == scene.count(link) == 1
    assert scene.store.places_left(link.id) == 2


@pytest.mark.parametrize("fault", LASTING)
def test_opening_a_session_makes_one_however_long_it_lasts(scene: Scene, fault: str) -> None:
    link = scene.link(limit=3)
    scene.stripe.script(*[(CREATE, fault)] * 4)
    attempt = pressed_until_checkout(scene, link, scene.form(link))
    assert paid(scene, link, attempt).state == "paid"
    assert len(scene.stripe.sessions_of(link)) == len(scene.stripe.charges_of(link)) == 1
    assert len(scene.attempts(link)) == scene.count(link) == 1
    assert scene.store.places_left(link.id) == 2


@pytest.mark.parametrize("fault", FAULTS)
def test_changing_answers_leaves_one_session_that_can_be_paid(scene: Scene, fault: str) -> None:
    link = scene.link(limit=3)
    form = scene.form(link)
    first = pressed_until_checkout(scene, link, form)
    scene.stripe.script((f"{CREATE}/{first.checkout_session}/expire", fault))
    second = pressed_until_checkout(scene, link, form, quantity=2)
    sessions = {session["id"]: session for session in scene.stripe.sessions_of(link)}
    assert [sessions[attempt.checkout_session or ""]["status"] for attempt in (first, second)] == ["expired", "open"]
    assert sessions[second.checkout_session or ""]["amount_total"] == 2500
    states = [attempt.state for attempt in scene.attempts(link)]
    assert states in (["canceled", "opened"], ["expired", "opened"])
    assert scene.store.places_left(link.id) == 2


@pytest.mark.parametrize("fault", WORST)
def test_a_buyer_who_comes_back_is_told_the_truth_or_asked_to_wait(scene: Scene, fault: str) -> None:
    link = scene.link(limit=3)
    attempt = pressed_until_checkout(scene, link, scene.form(link))
    scene.stripe.script(*[(RETRIEVE, fault)] * 4)
    assert attempt.checkout_session is not None
    scene.pay(attempt.checkout_session)
    assert scene.come_back(link, attempt).status == 200
    assert scene.attempts(link)[0].state in {"opened", "paid"}
    scene.stripe.script()
    scene.come_back(link, attempt)
    assert (scene.attempts(link)[0].state, scene.count(link)) == ("paid", 1)


@pytest.mark.parametrize("fault", WORST)
def test_a_payment_beyond_the_limit_goes_back_once(scene: Scene, fault: str) -> None:
    link = scene.link(limit=1)
    late = pressed_until_checkout(scene, link, scene.form(link))
    assert late.checkout_session is not None
    scene.pay(late.checkout_session)
    events = scene.deliveries()
    state_machine.settle(scene.store, late, Fact("expired"), now(), cause="believed to have ended")
    assert paid(scene, link, pressed_until_checkout(scene, link, scene.form(link))).state == "paid"
    scene.stripe.script(*[(REFUND, fault)] * 4)
    assert {scene.deliver(event) for event in events} == {200}
    scene.stripe.script()
    scene.reconcile()
    found = scene.store.attempt(late.id)
    assert found is not None
    assert (found.state, scene.count(link)) == ("refunded", 1)
    refunds = [refund for refund in scene.stripe.objects("refund") if refund["payment_intent"] == found.payment_intent]
    assert [refund["id"] for refund in refunds] == [found.refund]
