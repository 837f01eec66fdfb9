"""kill -9 at every commit of the pay post and of the webhook, before it and after it: after a restart the same end."""

from itertools import count

import pytest

from app.objects.payment_link import PaymentLink
from app.services import attempts
from app.services.attempts import Fact
from app.services.claims import HOLD_SECONDS
from tests.faults.scene import Answer, Broken, Scene, now

pytestmark = pytest.mark.faults

WHEN = ["before", "after"]
MANY = 20
"""More commits than any request makes."""


def killed_at(scene: Scene, when: str, at: int, link: PaymentLink, form: str, quantity: int = 1) -> Answer | None:
    """A submit whose process is killed at a commit; its answer where it made fewer of them, else None."""
    with scene.application.serving(f"1 {when} {at}"):
        try:
            return scene.submit(link, form, quantity)
        except Broken:
            return None


def assert_paid_once(scene: Scene, link: PaymentLink, places_left: int) -> None:
    (attempt,) = (one for one in scene.attempts(link) if one.state not in {"canceled", "expired"})
    assert (attempt.state, attempt.place) == ("paid", "taken")
    assert (scene.count(link), scene.store.places_left(link.id)) == (1, places_left)
    charges = scene.stripe.charges_of(link)
    assert [charge["amount"] for charge in charges] == [attempt.quote.amount_total]
    assert [session["status"] for session in scene.stripe.sessions_of(link)].count("open") == 0


def pay_and_be_told(scene: Scene, link: PaymentLink, session: str) -> None:
    scene.pay(session)
    for delivery in scene.deliveries():
        assert scene.deliver(delivery) == 200


@pytest.mark.parametrize("when", WHEN)
def test_a_submit_that_was_killed_is_submitted_again_and_paid_once(scene: Scene, when: str) -> None:
    for at in count(1):
        assert at < MANY
        link = scene.link(limit=1)
        form = scene.form(link)
        answer = killed_at(scene, when, at, link, form)
        with scene.application.serving():
            again = scene.submit(link, form)
            assert again.status == 303
            assert len(scene.stripe.sessions_of(link)) == len(scene.attempts(link)) == 1
            pay_and_be_told(scene, link, scene.stripe.sessions_of(link)[0]["id"])
        assert_paid_once(scene, link, places_left=0)
        if answer is not None:
            assert at > 2, "a submit commits the attempt and its session"
            return


@pytest.mark.parametrize("when", WHEN)
def test_a_submit_of_changed_answers_that_was_killed_leaves_one_session(scene: Scene, when: str) -> None:
    for at in count(1):
        assert at < MANY
        link = scene.link(limit=1)
        form = scene.form(link)
        with scene.application.serving():
            assert scene.submit(link, form).status == 303
        answer = killed_at(scene, when, at, link, form, quantity=2)
        with scene.application.serving():
            assert scene.submit(link, form, quantity=2).status == 303
            (open_one,) = (one for one in scene.stripe.sessions_of(link) if one["status"] == "open")
            assert open_one["amount_total"] == 2500
            pay_and_be_told(scene, link, open_one["id"])
        assert_paid_once(scene, link, places_left=0)
        if answer is not None:
            assert at > 3, "it commits the end of one attempt, another one and its session"
            return


@pytest.mark.parametrize("when", WHEN)
def test_a_submit_that_was_killed_and_never_repeated_gives_its_place_back(scene: Scene, when: str) -> None:
    for at in (1, 2):
        link = scene.link(limit=1)
        assert killed_at(scene, when, at, link, scene.form(link)) is None
        for attempt in scene.attempts(link):
            assert scene.store.places_left(link.id) == 0
            attempts.change(
                scene.store,
                attempt.id,
                lambda one: one.model_copy(update={"expires_at": now() - 1, "version": one.version + 1}),
                cause="as though its time were over",
            )
        scene.stripe.control("clock", offset=HOLD_SECONDS + 60)
        try:
            scene.reconcile()
        finally:
            scene.stripe.control("clock", offset=0)
        assert scene.store.places_left(link.id) == 1
        assert {one.state for one in scene.attempts(link)} <= {"expired"}
        assert {session["status"] for session in scene.stripe.sessions_of(link)} <= {"expired"}


@pytest.mark.parametrize("when", WHEN)
def test_an_event_whose_applying_was_killed_is_applied_by_its_next_delivery(scene: Scene, when: str) -> None:
    for at in count(1):
        assert at < MANY
        link = scene.link(limit=2)
        form = scene.form(link)
        with scene.application.serving():
            assert scene.submit(link, form).status == 303
        scene.pay(scene.stripe.sessions_of(link)[0]["id"])
        completed = scene.deliveries()[-1]
        assert "checkout.session.completed" in completed["payload"]
        survived = True
        with scene.application.serving(f"1 {when} {at}"):
            try:
                assert scene.deliver(completed) == 200
            except Broken:
                survived = False
        with scene.application.serving():
            assert [scene.deliver(completed), scene.deliver(completed)] == [200, 200]
        assert_paid_once(scene, link, places_left=1)
        (attempt,) = scene.attempts(link)
        assert [row.to_state for row in scene.store.history(attempt.id)] == ["opened", "paid"]
        if survived:
            assert at > 3, "an event commits itself, its attempt, and that it was applied"
            return


@pytest.mark.parametrize("when", WHEN)
def test_an_event_whose_refund_was_killed_sends_the_money_back_once(scene: Scene, when: str) -> None:
    for at in count(1):
        assert at < MANY
        link = scene.link(limit=1)
        with scene.application.serving():
            assert scene.submit(link, scene.form(link)).status == 303
            (late,) = scene.attempts(link)
            assert late.checkout_session is not None
            scene.pay(late.checkout_session)
            event = scene.deliveries()[-1]
            attempts.settle(scene.store, late.id, Fact("expired"), now(), cause="believed to have ended")
            assert scene.submit(link, scene.form(link)).status == 303
            pay_and_be_told(scene, link, scene.stripe.sessions_of(link)[-1]["id"])
        survived = True
        with scene.application.serving(f"1 {when} {at}"):
            try:
                assert scene.deliver(event) == 200
            except Broken:
                survived = False
        with scene.application.serving():
            assert scene.deliver(event) == 200
        scene.reconcile()
        found = scene.store.attempt(late.id)
        assert found is not None
        assert (found.state, scene.count(link), scene.store.places_left(link.id)) == ("refunded", 1, 0)
        refunds = [one for one in scene.stripe.objects("refund") if one["payment_intent"] == found.payment_intent]
        assert [refund["id"] for refund in refunds] == [found.refund]
        if survived:
            assert at > 4, "an event commits itself, its payment, the refund, and that it was applied"
            return
