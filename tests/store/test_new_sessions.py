"""The session of a new attempt: stored by one statement, and what may have happened while Stripe created it."""

import json

import pytest

from app.objects.attempt import Attempt
from app.store import Engine, Store
from tests.store.build import an_attempt, an_event, later
from tests.store.test_small_rooms import a_refusal
from tests.support.build import NOW, a_link


def with_session(attempt: Attempt) -> Attempt:
    return later(attempt, checkout_session="cs_1", session_url="https://checkout.test/cs_1")


def test_a_session_changes_the_row_as_a_save_of_the_whole_attempt_does(linked: Store, engine: Engine) -> None:
    saved, stored = an_attempt("att_1", form="one"), an_attempt("att_2", form="two")
    for attempt in (saved, stored):
        linked.add_attempt(attempt, "opened")
    assert linked.save_attempt(with_session(saved), "session opened")
    assert linked.save_session(later(stored, checkout_session="cs_2", session_url="https://checkout.test/cs_2"))
    first, second = engine.rows("SELECT * FROM attempts ORDER BY sequence")
    for name in ("checkout_session", "document", "fingerprint", "form", "id", "reference", "sequence", "token"):
        del first[name], second[name]
    assert first == second
    assert linked.attempt("att_2") == later(stored, checkout_session="cs_2", session_url="https://checkout.test/cs_2")
    assert len(linked.history("att_2")) == 1


@pytest.mark.parametrize("versions", [1, 3, 4])
def test_a_session_of_another_version_is_not_stored(linked: Store, versions: int) -> None:
    linked.add_attempt(an_attempt(), "opened")
    assert not linked.save_session(with_session(an_attempt()).model_copy(update={"version": versions}))
    assert linked.attempt("att_1") == an_attempt()


def test_a_session_of_a_row_of_an_earlier_version_is_left_to_a_whole_save(linked: Store, engine: Engine) -> None:
    attempt = an_attempt()
    linked.add_attempt(attempt, "opened")
    engine.execute("UPDATE attempts SET details = NULL, document = :document", {"document": attempt.model_dump_json()})
    assert not linked.save_session(with_session(attempt))
    (row,) = engine.rows("SELECT document FROM attempts")
    assert Attempt.read(json.loads(row["document"])) == attempt


def test_nothing_has_happened_to_a_session_of_a_link_that_stripe_takes(linked: Store) -> None:
    link, is_refused, has_waiting_events = linked.news_of(with_session(an_attempt()))
    assert (link, is_refused, has_waiting_events) == (linked.link("plink_honey"), False, False)


def test_a_refusal_and_a_waiting_event_are_news_of_their_own_link_and_session_alone(linked: Store) -> None:
    linked.add_link(a_link(id="plink_2", counterfoil={"code": "second"}))
    linked.note_refusal("plink_2", a_refusal(NOW))
    linked.add_event(
        an_event("evt_other", data={"object": {"id": "cs_3"}}), organization=None, received=NOW, payload="{}"
    )
    other = with_session(an_attempt()).model_copy(update={"checkout_session": "cs_2"})
    assert linked.news_of(other)[1:] == (False, False)
    linked.note_refusal("plink_honey", a_refusal(NOW))
    linked.add_event(an_event("evt_waiting"), organization=None, received=NOW, payload="{}")
    assert linked.news_of(other)[1:] == (True, False)
    assert linked.news_of(with_session(an_attempt()))[1:] == (True, True)
    linked.mark_event("evt_waiting", applied=NOW, outcome="applied")
    linked.clear_refusal("plink_honey")
    assert linked.news_of(with_session(an_attempt()))[1:] == (False, False)


def test_a_link_that_was_closed_in_between_is_read_as_it_is_now(linked: Store) -> None:
    assert linked.save_link(a_link(active=False, counterfoil={"version": 2}))
    found = linked.news_of(with_session(an_attempt())).link
    assert found is not None
    assert not found.active


def test_a_link_that_is_gone_has_no_news(store: Store) -> None:
    assert tuple(store.news_of(with_session(an_attempt()))) == (None, False, False)
