"""When Stripe refuses, fails or does not answer, and when a buyer comes back."""

from typing import Any

import pytest

from app.errors import (
    GatewayRefused,
    GatewayUnavailable,
    LinkClosed,
    LinkInactive,
    LinkUnavailable,
    PlacesHeld,
    ResourceMissing,
)
from app.gateway.stripe_gateway import StripeGateway
from app.objects.selection import Selection, UrlParameters
from app.services.checkout import reservation
from app.services.checkout import steps as checkout
from app.services.links import availability
from tests.services.broken import Broken, Meanwhile
from tests.services.checkout.places import OTHER, places_left
from tests.services.shop import BAD_DEBIT, CARD, GOOD_DEBIT, PRICE, ServiceShop
from tests.support.build import NOW


def test_a_session_that_stripe_refuses_releases_its_place(shop: ServiceShop) -> None:
    link = shop.limited(1)
    refusing = StripeGateway("sk_" + "live_" + "wrong", webhook_secret=None, http_client=shop.client(), sandbox=True)
    with pytest.raises(GatewayRefused):
        checkout.start(
            shop.store,
            refusing,
            shop.organization,
            link,
            Selection(),
            shop.now,
            form="form_1",
            public_url="http://127.0.0.1:8000",
        )
    (attempt,) = shop.store.attempts_of_form("form_1")
    assert attempt.state == "failed"
    assert places_left(shop, link) == 1
    assert shop.start(link).state == "opened"


def test_after_a_lost_answer_the_same_key_and_parameters_are_sent_again(shop: ServiceShop) -> None:
    link = shop.limited(1)
    with pytest.raises(GatewayUnavailable):
        shop.start_with(Broken(after=shop.gateway), link)
    (lost,) = shop.store.attempts_of_form("form_1")
    assert (lost.state, lost.checkout_session) == ("opened", None)
    assert places_left(shop, link) == 0
    shop.now += 60
    found = shop.start(link)
    assert found.id == lost.id
    assert found.session_params == lost.session_params
    assert shop.sessions() == [found.checkout_session]


def test_after_a_lost_request_the_same_key_and_parameters_are_sent_again(shop: ServiceShop) -> None:
    link = shop.limited(1)
    with pytest.raises(GatewayUnavailable):
        shop.start_with(Broken(), link)
    (lost,) = shop.store.attempts_of_form("form_1")
    found = shop.start(link)
    assert (found.id, found.session_params) == (lost.id, lost.session_params)
    assert shop.sessions() == [found.checkout_session]


def test_an_attempt_too_old_for_a_session_is_replaced_at_once(shop: ServiceShop) -> None:
    link = shop.limited(1)
    with pytest.raises(GatewayUnavailable):
        shop.start_with(Broken(), link)
    (lost,) = shop.store.attempts_of_form("form_1")
    shop.now += 180  # less time is left than Stripe's shortest session
    found = shop.start(link)
    assert found.id != lost.id
    assert (shop.state(lost), found.state) == ("failed", "opened")
    assert places_left(shop, link) == 0


def test_changed_answers_end_a_session_whose_answer_was_lost(shop: ServiceShop) -> None:
    link = shop.limited(1)
    with pytest.raises(GatewayUnavailable):
        shop.start_with(Broken(after=shop.gateway), link)
    second = shop.start(link, selection=OTHER)
    (lost,) = [attempt for attempt in shop.store.attempts_of_form("form_1") if attempt.id != second.id]
    assert lost.state == "canceled"
    assert shop.session(lost)["status"] == "expired"
    assert shop.sessions() == [lost.checkout_session, second.checkout_session]
    assert shop.session(second)["status"] == "open"
    assert places_left(shop, link) == 0


def test_changed_answers_open_no_session_while_the_first_one_cannot_be_ended(shop: ServiceShop) -> None:
    link = shop.limited(2)
    first = shop.start(link)
    with pytest.raises(GatewayUnavailable):
        shop.start_with(Broken(), link, OTHER)
    assert [attempt.id for attempt in shop.store.attempts_of_form("form_1")] == [first.id]
    assert places_left(shop, link) == 1


def test_the_return_page_reads_the_session_without_an_event(shop: ServiceShop) -> None:
    link = shop.limited(1)
    attempt = shop.start(link)
    shop.pay(attempt)
    completion = shop.complete(attempt)
    assert completion.attempt.state == "paid"
    assert completion.attempt.payment_method == "visa 4242"
    assert completion.attempt.amount_total == 1250
    assert completion.attempt.customer_email == "mary@post.example"
    assert shop.count(link) == 1


def test_the_return_page_reads_the_payment_method_that_the_event_lacks(shop: ServiceShop) -> None:
    attempt = shop.start(shop.link())
    shop.pay(attempt)
    shop.receive_all()
    assert shop.stored(attempt).payment_method is None
    completion = shop.complete(attempt)
    assert completion.attempt.payment_method == "visa 4242"


def test_the_return_page_shows_the_stored_state_while_stripe_is_unreachable(shop: ServiceShop) -> None:
    attempt = shop.start(shop.link())
    shop.pay(attempt)
    assert shop.complete(attempt, Broken()).attempt.state == "opened"


@pytest.mark.parametrize("method", [GOOD_DEBIT, BAD_DEBIT], ids=["one that will succeed", "one that will fail"])
def test_a_delayed_debit_is_processing_on_the_return_page(shop: ServiceShop, method: object) -> None:
    link = shop.limited(1)
    attempt = shop.start(link)
    shop.pay(attempt, method)  # type: ignore[arg-type]
    assert shop.complete(attempt).attempt.state == "processing"
    assert shop.count(link) == 1


def test_an_attempt_recorded_as_expired_is_paid_on_the_return_page_if_stripe_says_so(shop: ServiceShop) -> None:
    link = shop.limited(1)
    attempt = shop.start(link)
    shop.pay(attempt)
    shop.settle(attempt, "expired")
    assert places_left(shop, link) == 1
    assert shop.complete(attempt).attempt.state == "paid"
    assert shop.count(link) == 1


def test_a_wrong_token_finds_no_attempt(shop: ServiceShop) -> None:
    link = shop.link()
    attempt = shop.start(link)
    for wrong in ("", attempt.id, attempt.token[:-1]):
        with pytest.raises(ResourceMissing):
            checkout.complete(shop.store, shop.gateway, link, wrong, shop.now)
        with pytest.raises(ResourceMissing):
            checkout.cancel(shop.store, shop.gateway, link, wrong, shop.now)


def test_the_attempt_of_another_link_is_not_found_and_stripe_is_not_asked_about_it(shop: ServiceShop) -> None:
    attempt, other = shop.start(shop.link()), shop.link()
    with pytest.raises(ResourceMissing):
        checkout.complete(shop.store, Broken(), other, attempt.token, shop.now)
    with pytest.raises(ResourceMissing):
        checkout.cancel(shop.store, Broken(), other, attempt.token, shop.now)
    assert shop.state(attempt) == "opened"


@pytest.mark.parametrize(
    ("url", "leads_to"),
    [
        pytest.param("https://shop.example/thanks", "https://shop.example/thanks?utm_source=news", id="alone"),
        pytest.param("https://shop.example/?a=1#top", "https://shop.example/?a=1&utm_source=news#top", id="in between"),
    ],
)
def test_the_merchants_own_page_gets_the_session_and_the_utm_parameters(
    shop: ServiceShop, url: str, leads_to: str
) -> None:
    link = shop.link(after_completion={"type": "redirect", "redirect": {"url": url}})
    selection = Selection(url_parameters=UrlParameters(utm_source="news"))
    attempt = shop.start(link, selection=selection)
    assert shop.complete(attempt).redirect_url is None
    shop.pay(attempt)
    assert shop.complete(attempt).redirect_url == leads_to


def test_the_merchants_own_page_gets_the_id_of_the_session(shop: ServiceShop) -> None:
    url = "https://shop.example/thanks?session={CHECKOUT_SESSION_ID}"
    attempt = shop.start(shop.link(after_completion={"type": "redirect", "redirect": {"url": url}}))
    shop.pay(attempt, CARD)
    completion = shop.complete(attempt)
    assert completion.redirect_url == f"https://shop.example/thanks?session={attempt.checkout_session}"


def test_a_free_order_needs_no_payment_and_counts(shop: ServiceShop) -> None:
    price = {"currency": "eur", "unit_amount": 0, "product_data": {"name": "Sample"}}
    link = shop.limited(2, line_items=[{"price_data": price, "quantity": 1}])
    attempt = shop.start(link)
    shop.pay(attempt, None)
    shop.receive_all()
    assert shop.state(attempt) == "no_payment_required"
    assert shop.count(link) == 1


@pytest.mark.parametrize(
    ("change", "error"),
    [
        pytest.param({"active": False}, LinkInactive, id="inactive"),
        pytest.param({"counterfoil": {"closes_at": NOW}}, LinkClosed, id="closed"),
    ],
)
@pytest.mark.parametrize("reached", [False, True], ids=["Stripe unreachable", "ended by both"])
def test_a_session_of_a_link_that_closed_meanwhile_is_not_given_to_the_buyer(
    shop: ServiceShop, change: dict[str, Any], error: type[LinkUnavailable], reached: bool
) -> None:
    link = shop.limited(1)
    other = shop.gateway if reached else Broken()
    slow = Meanwhile(shop.gateway, "create_checkout_session", lambda: shop.update_with(other, link, **change))
    with pytest.raises(error):
        shop.start_with(slow, link)
    (attempt,) = shop.store.attempts_of_link(link.id)
    assert (attempt.state, shop.session(attempt)["status"]) == ("expired", "expired")
    assert shop.store.places_left(link.id) == 1


def test_the_return_page_stores_the_payment_of_a_subscription(shop: ServiceShop) -> None:
    monthly = {"price_data": {**PRICE, "recurring": {"interval": "month"}}, "quantity": 1}
    attempt = shop.start(shop.link(line_items=[monthly]))
    shop.pay(attempt)
    shop.receive_all()
    assert shop.stored(attempt).payment_intent is None
    known = shop.complete(attempt).attempt
    assert known.payment_method == "visa 4242"
    assert known.payment_intent is not None
    shop.post("/v1/refunds", {"payment_intent": known.payment_intent})
    shop.receive_all()
    assert shop.state(attempt) == "refunded"


def test_a_place_held_by_a_session_whose_time_is_over_has_no_known_release(shop: ServiceShop) -> None:
    link = shop.limited(1)
    attempt = shop.start(link)
    shop.pay(attempt)
    shop.tamper(attempt, currency="usd")
    shop.wait(reservation.HOLD_SECONDS)
    shop.read_sessions()
    current = shop.store.link(link.id)
    assert current is not None
    with pytest.raises(PlacesHeld) as seen:
        availability.ensure_place_left(shop.store, current, shop.now)
    with pytest.raises(PlacesHeld) as tried:
        shop.start(link, "another")
    assert seen.value.until is tried.value.until is None
