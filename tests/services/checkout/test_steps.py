"""A buyer's steps: each form has one open session, each session holds one place, and no buyer can pay twice."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pytest

from app.errors import (
    AnswersRefused,
    GatewayUnavailable,
    LinkClosed,
    LinkInactive,
    LinkNotOpen,
    LinkPaid,
    LinkUsedUp,
    PlacesHeld,
)
from app.objects.payment_link import PaymentLink
from app.objects.selection import Answers, Selection
from app.services.checkout import reservation
from app.services.checkout import steps as checkout
from app.services.checkout.preview import preview
from tests.services.broken import Broken
from tests.services.checkout.places import OTHER, places_left
from tests.services.shop import BAD_DEBIT, PRICE, ServiceShop


def quantity(link: PaymentLink, quantity: int) -> Selection:
    assert link.line_items is not None
    return Selection(quantities={link.line_items.data[0].id: quantity})


# one session for each selection of a form


def test_a_submit_opens_a_session_and_stores_its_parameters(shop: ServiceShop) -> None:
    link = shop.limited(3)
    attempt = shop.start(link)
    assert attempt.state == "opened"
    assert attempt.session_url == shop.session(attempt)["url"]
    assert attempt.expires_at == shop.now + reservation.HOLD_SECONDS == shop.session(attempt)["expires_at"]
    assert shop.session(attempt)["amount_total"] == attempt.quote.amount_total == 1250
    assert [(row.from_state, row.to_state) for row in shop.store.history(attempt.id)] == [(None, "opened")]
    assert places_left(shop, link) == 2


def test_the_same_submit_again_returns_the_open_session(shop: ServiceShop) -> None:
    link = shop.limited(3)
    first, again = shop.start(link), shop.start(link)
    assert again == first
    assert len(shop.sessions()) == 1
    assert places_left(shop, link) == 2


def test_changed_answers_end_the_open_session_and_open_another(shop: ServiceShop) -> None:
    link = shop.limited(1)
    first = shop.start(link)
    second = shop.start(link, selection=OTHER)
    assert second.checkout_session != first.checkout_session
    assert shop.session(first)["status"] == "expired"
    assert (shop.state(first), shop.state(second)) == ("canceled", "opened")
    assert places_left(shop, link) == 0


def test_answers_changed_and_changed_back_open_a_third_session(shop: ServiceShop) -> None:
    link = shop.link()
    attempts = [shop.start(link, selection=selection) for selection in (Selection(), OTHER, Selection())]
    assert [shop.state(attempt) for attempt in attempts] == ["canceled", "canceled", "opened"]
    assert len(set(shop.sessions())) == 3


def test_another_form_opens_its_own_session(shop: ServiceShop) -> None:
    link = shop.link()
    assert shop.start(link, "form_1").id != shop.start(link, "form_2").id


def test_changed_answers_open_no_session_if_the_first_one_was_paid_without_an_event(shop: ServiceShop) -> None:
    link = shop.link()
    first = shop.start(link)
    shop.pay(first)
    found = shop.start(link, selection=OTHER)
    assert (found.id, found.state) == (first.id, "paid")
    assert len(shop.sessions()) == 1


def test_changed_answers_open_no_session_after_the_form_was_paid(shop: ServiceShop) -> None:
    link = shop.link()
    first = shop.start(link)
    shop.pay(first)
    shop.receive_all()
    assert shop.start(link, selection=OTHER).id == first.id
    assert len(shop.sessions()) == 1


def test_the_same_submit_after_the_payment_returns_the_paid_attempt(shop: ServiceShop) -> None:
    link = shop.link()
    first = shop.start(link)
    shop.pay(first)
    shop.receive_all()
    assert (shop.start(link).id, shop.start(link).state) == (first.id, "paid")


def test_a_session_that_was_paid_in_its_last_second_is_found_before_another_one_is_opened(shop: ServiceShop) -> None:
    link = shop.limited(5)
    first = shop.start(link)
    shop.pay(first)
    shop.now = first.expires_at
    found = shop.start(link)
    assert (found.id, found.state) == (first.id, "paid")
    assert shop.count(link) == 1


def test_a_submit_after_the_sessions_time_opens_another_one(shop: ServiceShop) -> None:
    link = shop.limited(1)
    first = shop.start(link)
    shop.wait(reservation.HOLD_SECONDS)
    second = shop.start(link)
    assert second.id != first.id
    assert (shop.state(first), shop.state(second)) == ("expired", "opened")
    assert places_left(shop, link) == 0


def test_a_declined_debit_may_be_tried_again_on_the_same_form(shop: ServiceShop) -> None:
    link = shop.limited(1)
    first = shop.start(link)
    shop.pay(first, BAD_DEBIT)
    shop.wait(60)
    shop.receive_all()
    assert shop.state(first) == "failed"
    assert shop.start(link).state == "opened"


def test_a_double_click_makes_one_attempt_and_holds_one_place(shop: ServiceShop) -> None:
    link, together = shop.limited(8), Barrier(8)

    def click(_: int) -> str:
        together.wait()
        while True:
            # Stripe may still be processing the first request. In that case the buyer is asked to try again.
            with suppress(GatewayUnavailable):
                return shop.start(link).id

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(click, range(8)))
    assert len(ids) == len(shop.sessions()) == 1
    assert places_left(shop, link) == 7


def test_two_tabs_of_one_form_with_different_answers_leave_one_session_open(shop: ServiceShop) -> None:
    link, together = shop.limited(8), Barrier(4)

    def submit(number: int) -> None:
        together.wait()
        with suppress(GatewayUnavailable):
            shop.start(link, selection=Selection(answers=Answers(email=f"{number}@post.example")))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(submit, range(4)))
    open_ones = [attempt for attempt in shop.store.attempts_of_form("form_1") if attempt.state == "opened"]
    assert len(open_ones) <= 1
    assert places_left(shop, link) == 8 - len(open_ones)


def test_changed_answers_open_no_session_if_another_tab_was_paid_meanwhile(shop: ServiceShop) -> None:
    link = shop.link()
    shop.start(link)

    class Slow(Broken):
        def expire_checkout_session(self, id: str, *, account: str | None) -> object:
            session = shop.gateway.expire_checkout_session(id, account=account)
            other = shop.start(link, selection=Selection(answers=Answers(email="ann@post.example")))
            shop.pay(other)
            shop.receive_all()
            return session

    found = shop.start_with(Slow(), link, OTHER)
    assert (found.state, found.selection.answers.email) == ("paid", "ann@post.example")
    assert len(shop.sessions()) == 2


# refused selections


def test_an_impossible_charge_is_refused_by_field_and_nothing_is_stored(shop: ServiceShop) -> None:
    bounds = {"enabled": True, "maximum": 10}
    link = shop.limited(1, line_items=[{"price_data": PRICE, "quantity": 1, "adjustable_quantity": bounds}])
    with pytest.raises(AnswersRefused) as refused:
        shop.start(link, selection=quantity(link, 11))
    assert refused.value.fields
    assert shop.store.attempts_of_form("form_1") == []
    assert places_left(shop, link) == 1


def test_an_invalid_promotion_code_is_refused_at_its_field(shop: ServiceShop) -> None:
    link = shop.link(allow_promotion_codes=True)
    with pytest.raises(AnswersRefused) as refused:
        shop.start(link, promotion_code="NOPE")
    assert refused.value.fields == {"promotion_code": "promotion_code_unknown"}


def test_a_link_without_promotion_codes_refuses_them(shop: ServiceShop) -> None:
    with pytest.raises(AnswersRefused) as refused:
        shop.start(shop.link(), promotion_code="NOPE")
    assert refused.value.fields == {"promotion_code": "promotion_code_not_taken"}


def test_a_preview_stores_nothing_and_does_not_call_stripe(shop: ServiceShop) -> None:
    link = shop.limited(1)
    shown = preview(Broken(), shop.organization, link, Selection(), shop.now)
    assert shown.quote.amount_total == 1250
    assert places_left(shop, link) == 1
    assert shop.sessions() == []


# references


def test_a_payment_has_a_reference_at_stripe_and_in_the_store(shop: ServiceShop) -> None:
    attempt = shop.start(shop.link())
    assert attempt.reference is not None
    assert shop.store.attempt_by_reference(shop.organization.id, attempt.reference) == attempt
    assert at_stripe(shop, "checkout.session", attempt.checkout_session)["counterfoil_reference"] == attempt.reference
    shop.pay(attempt)
    paid = shop.complete(attempt).attempt
    assert at_stripe(shop, "payment_intent", paid.payment_intent) == {"counterfoil_reference": attempt.reference}


def at_stripe(shop: ServiceShop, object: str, id: str | None) -> dict[str, str]:
    """Return the metadata of an object at Stripe."""
    assert id is not None
    metadata: dict[str, str] = shop.engine.run(lambda: shop.account().require(object, id))["metadata"]
    return metadata


def test_a_reference_that_is_taken_is_drawn_again(shop: ServiceShop) -> None:
    drawn = iter(["CF-0000-0001", "CF-0000-0001", "CF-0000-0002"])
    link = shop.limited(2)
    first = shop.start(link, "form_1", make_reference=lambda: next(drawn))
    second = shop.start(link, "form_2", make_reference=lambda: next(drawn))
    assert (first.reference, second.reference) == ("CF-0000-0001", "CF-0000-0002")
    assert at_stripe(shop, "checkout.session", second.checkout_session)["counterfoil_reference"] == "CF-0000-0002"
    assert places_left(shop, link) == 0
    assert shop.sessions() == [first.checkout_session, second.checkout_session]


# when a link can be paid


def test_an_inactive_link_cannot_be_paid(shop: ServiceShop) -> None:
    link = shop.link()
    shop.update(link, active=False)
    with pytest.raises(LinkInactive):
        shop.start(link)


def test_a_link_that_is_deactivated_after_it_was_read_cannot_be_paid(shop: ServiceShop) -> None:
    looked_up = shop.limited(1)
    shop.update(looked_up, active=False)
    assert looked_up.active
    with pytest.raises(LinkInactive):
        checkout.start(
            shop.store,
            shop.gateway,
            shop.organization,
            looked_up,
            Selection(),
            shop.now,
            form="form_1",
            public_url="http://127.0.0.1:8000",
        )
    assert shop.sessions() == []
    assert places_left(shop, looked_up) == 1


def test_a_link_opens_and_closes_at_the_exact_second(shop: ServiceShop) -> None:
    link = shop.link(counterfoil={"opens_at": shop.now + 10, "closes_at": shop.now + 10_000})
    shop.now += 9
    with pytest.raises(LinkNotOpen) as early:
        shop.start(link)
    assert early.value.opens_at == shop.now + 1
    shop.now += 1
    assert shop.start(link).state == "opened"
    shop.now += 9_990
    with pytest.raises(LinkClosed):
        shop.start(link, "form_2")


@pytest.mark.parametrize(
    ("closes_in", "limited", "seconds"),
    [
        pytest.param(100_000, False, reservation.SESSION_SECONDS, id="far off"),
        pytest.param(7_200, False, 7_200, id="in two hours"),
        pytest.param(60, False, reservation.HOLD_SECONDS, id="sooner than Stripe's shortest session"),
        pytest.param(7_200, True, reservation.HOLD_SECONDS, id="later than a hold"),
    ],
)
def test_a_session_ends_with_its_link_within_stripes_minimum(
    shop: ServiceShop, closes_in: int, limited: bool, seconds: int
) -> None:
    params = {"counterfoil": {"closes_at": shop.now + closes_in}}
    link = shop.limited(1, **params) if limited else shop.link(**params)
    assert shop.session(shop.start(link))["expires_at"] == shop.now + seconds


# places


def test_the_first_buyer_holds_the_last_place_until_the_session_ends(shop: ServiceShop) -> None:
    link = shop.limited(1)
    first = shop.start(link, "form_1")
    with pytest.raises(PlacesHeld) as held:
        shop.start(link, "form_2")
    assert held.value.until == first.expires_at
    shop.wait(reservation.HOLD_SECONDS)
    shop.receive_all()
    assert shop.start(link, "form_2").state == "opened"


def test_a_link_for_one_payment_says_that_it_has_been_paid(shop: ServiceShop) -> None:
    link = shop.limited(1)
    shop.pay(shop.start(link))
    shop.receive_all()
    with pytest.raises(LinkPaid):
        shop.start(link, "form_2")


def test_a_link_reports_that_its_limit_is_reached(shop: ServiceShop) -> None:
    link = shop.limited(2)
    for form in ("form_1", "form_2"):
        shop.pay(shop.start(link, form))
    shop.receive_all()
    with pytest.raises(LinkUsedUp) as used_up:
        shop.start(link, "form_3")
    assert not isinstance(used_up.value, LinkPaid)
    assert shop.count(link) == used_up.value.limit == 2


def test_canceling_ends_the_session_at_stripe_and_releases_the_place(shop: ServiceShop) -> None:
    link = shop.limited(1)
    attempt = shop.start(link)
    assert shop.cancel(attempt).state == "canceled"
    assert shop.session(attempt)["status"] == "expired"
    assert places_left(shop, link) == 1
    assert set(shop.receive_all()) == {"applied"}
    assert shop.state(attempt) == "canceled"
    assert places_left(shop, link) == 1


def test_canceling_an_expired_session_changes_nothing(shop: ServiceShop) -> None:
    attempt = shop.start(shop.link())
    shop.wait(reservation.SESSION_SECONDS)
    shop.receive_all()
    assert shop.cancel(attempt).state == "expired"


def test_a_session_whose_event_arrives_before_our_own_update_is_canceled(shop: ServiceShop) -> None:
    attempt = shop.start(shop.link())

    class TellsAtOnce(Broken):
        def expire_checkout_session(self, id: str, *, account: str | None) -> object:
            session = shop.gateway.expire_checkout_session(id, account=account)
            assert shop.receive_all() == ["applied"]
            assert shop.state(attempt) == "expired"
            return session

    assert shop.cancel(attempt, TellsAtOnce()).state == "canceled"


def test_canceling_again_after_a_lost_answer_leads_to_canceled_and_not_expired(shop: ServiceShop) -> None:
    attempt = shop.start(shop.link())
    shop.gateway.expire_checkout_session(attempt.checkout_session or "", account=attempt.account)
    assert shop.cancel(attempt).state == "canceled"
    assert [row.to_state for row in shop.store.history(attempt.id)] == ["opened", "canceled"]


def test_canceling_a_session_whose_time_is_over_leads_to_expired_and_not_canceled(shop: ServiceShop) -> None:
    attempt = shop.start(shop.link())
    shop.wait(reservation.SESSION_SECONDS)
    assert shop.cancel(attempt).state == "expired"


def test_canceling_a_session_that_was_paid_meanwhile_finds_it_paid(shop: ServiceShop) -> None:
    link = shop.limited(1)
    attempt = shop.start(link)
    shop.pay(attempt)
    assert shop.cancel(attempt).state == "paid"
    assert shop.count(link) == 1


def test_a_place_is_not_released_before_stripe_has_ended_the_session(shop: ServiceShop) -> None:
    link = shop.limited(1)
    attempt = shop.start(link)
    with pytest.raises(GatewayUnavailable):
        shop.cancel(attempt, Broken())
    assert shop.state(attempt) == "opened"
    assert places_left(shop, link) == 0
