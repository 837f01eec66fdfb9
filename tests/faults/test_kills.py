"""SIGKILL before and after every commit of the pay POST and of the webhook: after a restart the end is the same."""

from collections.abc import Iterator

import pytest

from app.services.checkout.reservation import HOLD_SECONDS
from tests.faults.kills import (
    WHEN,
    End,
    an_open_attempt,
    assert_every_session_has_its_place,
    believed_to_have_ended,
    every_commit,
    overdue,
    paid_and_told,
    the_end,
)
from tests.faults.scene import Scene, a_scene
from tests.support.postgresql import new_database, running_server

pytestmark = [pytest.mark.faults, pytest.mark.parametrize("when", WHEN)]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("scene")
    if request.param == "sqlite":
        with a_scene(folder) as scene:
            yield scene
        return
    with running_server() as server, new_database(server, "kills") as database, a_scene(folder, database) as scene:
        yield scene


def test_a_submit_that_was_killed_is_submitted_again_and_paid_once(scene: Scene, when: str) -> None:
    # Commits: the attempt, its session.
    for kill in every_commit(scene, when, fewest=2):
        link = scene.link(limit=1)
        form = scene.form(link)
        with kill:
            scene.submit(link, form)
        assert_every_session_has_its_place(scene, link)
        with scene.application.serving():
            assert scene.submit(link, form).status == 303
            assert the_end(scene, link) == End(("opened, held",), 0, 0, ("open",))
            paid_and_told(scene, link, form)
        assert the_end(scene, link) == End(("opened paid, taken",), 1, 0, ("complete",), (1250,))


def test_a_submit_of_changed_answers_that_was_killed_leaves_one_session(scene: Scene, when: str) -> None:
    # Commits: the end of the first attempt, the second attempt, its session.
    for kill in every_commit(scene, when, fewest=3):
        link = scene.link(limit=1)
        form = scene.form(link)
        with scene.application.serving():
            assert scene.submit(link, form).status == 303
        with kill:
            scene.submit(link, form, quantity=2)
        assert_every_session_has_its_place(scene, link)
        with scene.application.serving():
            paid_and_told(scene, link, form, quantity=2)
        made = ("opened canceled, released", "opened paid, taken")
        assert the_end(scene, link) == End(made, 1, 0, ("expired", "complete"), (2500,))


def test_a_restart_that_was_killed_is_repeated_and_one_session_can_be_paid(scene: Scene, when: str) -> None:
    # Commits: the end of the first attempt.
    for kill in every_commit(scene, when, fewest=1):
        link = scene.link(limit=1)
        with scene.application.serving():
            an_open_attempt(scene, link)
        with kill:
            assert scene.start_again(link).status == 303
        assert_every_session_has_its_place(scene, link)
        with scene.application.serving():
            assert scene.start_again(link).status == 303
            paid_and_told(scene, link)
            assert scene.start_again(link).status == 200
        made = ("opened canceled, released", "opened paid, taken")
        assert the_end(scene, link) == End(made, 1, 0, ("expired", "complete"), (1250,))


def test_a_restart_of_a_paid_session_that_was_killed_keeps_the_payment(scene: Scene, when: str) -> None:
    # Commits: the payment, whose event has not arrived.
    for kill in every_commit(scene, when, fewest=1):
        link = scene.link(limit=1)
        with scene.application.serving():
            scene.pay(an_open_attempt(scene, link).checkout_session or "")
        with kill:
            assert scene.start_again(link).status == 303
        with scene.application.serving():
            scene.start_again(link)
            assert scene.start_again(link).status == 200
            assert scene.submit(link, scene.form(link)).status == 200
        assert the_end(scene, link) == End(("opened paid, taken",), 1, 0, ("complete",), (1250,))
        scene.deliveries()


def test_a_submit_that_was_killed_and_never_repeated_gives_its_place_back(scene: Scene, when: str) -> None:
    for kill in every_commit(scene, when, fewest=2):
        link = scene.link(limit=1)
        with kill:
            scene.submit(link, scene.form(link))
        made = scene.attempts(link)
        assert_every_session_has_its_place(scene, link)
        assert scene.store.places_left(link.id) == 1 - len(made)
        for attempt in made:
            overdue(scene, attempt)
        scene.stripe.control("clock", offset=HOLD_SECONDS + 60)
        try:
            scene.reconcile()
        finally:
            scene.stripe.control("clock", offset=0)
        sessions = scene.stripe.sessions_of(link)
        assert the_end(scene, link) == End(
            ("opened expired, released",) * len(made), 0, 1, ("expired",) * len(sessions)
        )


def test_an_event_whose_applying_was_killed_is_applied_by_its_next_delivery(scene: Scene, when: str) -> None:
    # Commits: the event with its attempt.
    for kill in every_commit(scene, when, fewest=1):
        link = scene.link(limit=2)
        with scene.application.serving():
            scene.pay(an_open_attempt(scene, link).checkout_session or "")
        completed = scene.deliveries()[-1]
        assert "checkout.session.completed" in completed["payload"]
        with kill:
            assert scene.deliver(completed) == 200
        with scene.application.serving():
            assert [scene.deliver(completed), scene.deliver(completed)] == [200, 200]
        assert the_end(scene, link) == End(("opened paid, taken",), 1, 1, ("complete",), (1250,))


def test_an_event_whose_refund_was_killed_sends_the_money_back_once(scene: Scene, when: str) -> None:
    # Commits: the event with its payment, the refund.
    for kill in every_commit(scene, when, fewest=2):
        link = scene.link(limit=1)
        with scene.application.serving():
            late = an_open_attempt(scene, link)
            scene.pay(late.checkout_session or "")
            event = scene.deliveries()[-1]
            believed_to_have_ended(scene, late)
            paid_and_told(scene, link)
        with kill:
            assert scene.deliver(event) == 200
        with scene.application.serving():
            assert scene.deliver(event) == 200
        scene.reconcile()
        made = ("opened expired paid refunded, released", "opened paid, taken")
        assert the_end(scene, link) == End(made, 1, 0, ("complete", "complete"), (1250, 1250), 1)
