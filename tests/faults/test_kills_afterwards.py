"""SIGKILL at every commit of the steps that end or settle a session: cancel, return, switch off, reconcile."""

import pytest

from tests.faults.kills import (
    WHEN,
    End,
    Kill,
    an_open_attempt,
    assert_every_session_has_its_place,
    believed_to_have_ended,
    every_commit,
    overdue,
    paid_and_told,
    the_end,
)
from tests.faults.scene import Scene

pytestmark = [pytest.mark.faults, pytest.mark.parametrize("when", WHEN)]


def test_cancelling_that_was_killed_is_asked_for_again_and_frees_one_place(scene: Scene, when: str) -> None:
    for kill in every_commit(scene, when, fewest=1):
        link = scene.link(limit=2)
        with scene.application.serving():
            other, attempt = an_open_attempt(scene, link), an_open_attempt(scene, link)
        with kill:
            scene.leave(link, attempt)
        assert_every_session_has_its_place(scene, link)
        with scene.application.serving():
            assert scene.leave(link, attempt).status == 200
            # The other buyer keeps their place.
            made = ("opened, held", "opened canceled, released")
            assert the_end(scene, link) == End(made, 0, 1, ("open", "expired"))
            scene.pay(other.checkout_session or "")
            assert {scene.deliver(delivery) for delivery in scene.deliveries()} == {200}
        made = ("opened paid, taken", "opened canceled, released")
        assert the_end(scene, link) == End(made, 1, 1, ("complete", "expired"), (1250,))


def test_cancelling_that_was_killed_after_a_payment_finds_it_paid(scene: Scene, when: str) -> None:
    for kill in every_commit(scene, when, fewest=1):
        link = scene.link(limit=1)
        with scene.application.serving():
            attempt = an_open_attempt(scene, link)
        scene.pay(attempt.checkout_session or "")
        with kill:
            scene.leave(link, attempt)
        assert_every_session_has_its_place(scene, link)
        with scene.application.serving():
            assert "/complete/" in scene.leave(link, attempt).location
        assert the_end(scene, link) == End(("opened paid, taken",), 1, 0, ("complete",), (1250,))


def test_coming_back_that_was_killed_finds_the_payment_once(scene: Scene, when: str) -> None:
    for kill in every_commit(scene, when, fewest=1):
        link = scene.link(limit=2)
        with scene.application.serving():
            attempt = an_open_attempt(scene, link)
        scene.pay(attempt.checkout_session or "")
        with kill:
            scene.come_back(link, attempt)
        assert_every_session_has_its_place(scene, link)
        with scene.application.serving():
            assert [scene.come_back(link, attempt).status for _ in range(2)] == [200, 200]
        assert the_end(scene, link) == End(("opened paid, taken",), 1, 1, ("complete",), (1250,))


def test_coming_back_too_late_that_was_killed_sends_the_money_back_once(scene: Scene, when: str) -> None:
    # Commits: the payment, the refund.
    for kill in every_commit(scene, when, fewest=2):
        link = scene.link(limit=1)
        with scene.application.serving():
            late = an_open_attempt(scene, link)
            scene.pay(late.checkout_session or "")
            scene.deliveries()
            believed_to_have_ended(scene, late)
            paid_and_told(scene, link)
        with kill:
            scene.come_back(link, late)
        with scene.application.serving():
            assert scene.come_back(link, late).status == 200
        made = ("opened expired paid refunded, released", "opened paid, taken")
        assert the_end(scene, link) == End(made, 1, 0, ("complete", "complete"), (1250, 1250), 1)


@pytest.mark.parametrize("seen_to_by", ["merchant", "minute"])
def test_switching_off_that_was_killed_ends_the_open_sessions(scene: Scene, when: str, seen_to_by: str) -> None:
    # Commits: the link with its event, the ends of two attempts.
    for kill in every_commit(scene, when, fewest=3):
        link = scene.link(limit=3)
        with scene.application.serving():
            for _ in range(2):
                an_open_attempt(scene, link)
        with kill:
            scene.switch_off(link)
        assert_every_session_has_its_place(scene, link)
        switched = scene.store.link(link.id)
        assert switched is not None
        if switched.active or seen_to_by == "merchant":
            with scene.application.serving():
                assert scene.switch_off(link).status == 200
        else:
            scene.reconcile()
        assert the_end(scene, link) == End(("opened expired, released",) * 2, 0, 3, ("expired",) * 2)
        events, _ = scene.store.events(link.counterfoil.organization, type="payment_link.updated", limit=100)
        assert [event.data.object["id"] for event in events].count(link.id) == 1


def test_a_minute_that_was_killed_is_made_up_for_by_the_next(scene: Scene, when: str) -> None:
    """Reconcile a waiting event of a late payment, a payment without an event, an expired session and one never created."""
    for kill in every_commit(scene, when, fewest=6):
        link = scene.link(limit=3)
        with scene.application.serving():
            late = an_open_attempt(scene, link)
            scene.pay(late.checkout_session or "")
            event = scene.deliveries()[-1]
            believed_to_have_ended(scene, late)
            untold, ended = an_open_attempt(scene, link), an_open_attempt(scene, link)
        with Kill(scene.application, "after 1"):
            scene.submit(link, scene.form(link))
        overdue(scene, scene.attempts(link)[-1])
        with Kill(scene.application, "after 1"):
            scene.deliver(event)
        scene.pay(untold.checkout_session or "")
        scene.gateway.expire_checkout_session(ended.checkout_session or "", account=ended.account)
        scene.deliveries()
        kill.reconcile()
        scene.reconcile()
        made = ("opened expired paid refunded, released", "opened paid, taken", *["opened expired, released"] * 2)
        assert the_end(scene, link) == End(made, 1, 2, ("complete", "complete", "expired"), (1250, 1250), 1)
        assert scene.store.waiting_events() == []


def test_a_minute_that_was_killed_leaves_no_session_of_a_link_that_is_over(scene: Scene, when: str) -> None:
    """This includes a session whose request was killed before it stored the session's id."""
    # Commits: the id of one session, then the end of both.
    for kill in every_commit(scene, when, fewest=2):
        link = scene.link(limit=2)
        with scene.application.serving():
            an_open_attempt(scene, link)
        with Kill(scene.application, "before 2"):
            scene.submit(link, scene.form(link))
        scene.stripe.script(("POST /v1/checkout/sessions", "garbled"))
        with scene.application.serving():
            assert scene.switch_off(link).status == 200
        assert [one["status"] for one in scene.stripe.sessions_of(link)] == ["open", "open"]
        kill.reconcile()
        assert_every_session_has_its_place(scene, link)
        scene.reconcile()
        assert the_end(scene, link) == End(("opened expired, released",) * 2, 0, 2, ("expired",) * 2)
