"""A payment that holds the only place is continued by its buyer, or ended at Stripe before another one starts."""

import pytest

from app.errors import GatewayUnavailable, LinkPaid
from app.gateway.stripe_gateway import StripeGateway
from app.objects.attempt import State
from app.objects.payment_link import PaymentLink
from app.services.checkout import holds
from app.services.checkout.reservation import HOLD_SECONDS
from tests.services.broken import Broken, Meanwhile
from tests.services.checkout.places import places_left
from tests.services.shop import CARD, GOOD_DEBIT, ServiceShop


def start_again(shop: ServiceShop, link: PaymentLink, *forms: str, gateway: object = None) -> None:
    holds.start_again(shop.store, gateway or shop.gateway, link, forms, shop.now)  # type: ignore[arg-type]  # a faulty one


def status(shop: ServiceShop, session: str | None) -> str:
    found = shop.gateway.retrieve_checkout_session(session or "", account=shop.organization.id)
    return found.status or ""


def test_the_session_ends_at_stripe_before_its_place_is_free(shop: ServiceShop) -> None:
    link = shop.limited()
    first = shop.start(link)
    start_again(shop, link)
    assert (shop.state(first), status(shop, first.checkout_session), places_left(shop, link)) == (
        "canceled",
        "expired",
        1,
    )
    second = shop.start(link, "form_2")
    assert second.id != first.id
    assert [row.cause for row in shop.store.history(first.id)] == ["opened", "started again"]


def test_a_payment_whose_event_has_not_arrived_is_found_and_kept(shop: ServiceShop) -> None:
    link = shop.limited()
    first = shop.start(link)
    shop.pay(first)
    start_again(shop, link)
    assert (shop.state(first), shop.count(link)) == ("paid", 1)
    with pytest.raises(LinkPaid):
        shop.start(link, "form_2")


def test_a_delayed_payment_whose_event_has_not_arrived_is_kept(shop: ServiceShop) -> None:
    link = shop.limited()
    first = shop.start(link)
    shop.pay(first, GOOD_DEBIT)
    start_again(shop, link)
    assert (shop.state(first), shop.count(link)) == ("processing", 1)


def test_a_payment_while_the_session_is_being_ended_wins(shop: ServiceShop) -> None:
    link = shop.limited()
    first = shop.start(link)

    class PaidFirst(Meanwhile):
        """The buyer pays in the moment before Stripe gets the request."""

        def expire_checkout_session(self, id: str, *, account: str | None = None) -> object:
            shop.pay(first, CARD)
            return shop.gateway.expire_checkout_session(id, account=account)

    start_again(shop, link, gateway=PaidFirst(shop.gateway, "none", lambda: None))
    assert (shop.state(first), shop.count(link), places_left(shop, link)) == ("paid", 1, 0)


@pytest.mark.parametrize("after", [False, True], ids=["before Stripe acts", "after Stripe acted"])
def test_a_lost_call_to_stripe_keeps_the_place_held_and_is_repeated(shop: ServiceShop, after: bool) -> None:
    link = shop.limited()
    first = shop.start(link)
    with pytest.raises(GatewayUnavailable):
        start_again(shop, link, gateway=Broken(shop.gateway if after else None))
    assert (shop.state(first), places_left(shop, link)) == ("opened", 0)
    start_again(shop, link)
    assert (shop.state(first), places_left(shop, link)) == ("canceled", 1)


def test_a_session_whose_answer_was_lost_is_found_and_ended(shop: ServiceShop) -> None:
    link = shop.limited()
    with pytest.raises(GatewayUnavailable):
        shop.start_with(Broken(shop.gateway, works=()), link)
    (first,) = shop.attempts(link)
    assert first.checkout_session is None
    start_again(shop, link)
    assert (shop.state(first), status(shop, shop.sessions()[0]), places_left(shop, link)) == ("canceled", "expired", 1)


def test_two_buyers_who_start_again_at_once_free_the_place_once(shop: ServiceShop) -> None:
    link = shop.limited()
    first = shop.start(link)
    twice = Meanwhile(shop.gateway, "expire_checkout_session", lambda: start_again(shop, link))
    start_again(shop, link, gateway=twice)
    assert (shop.state(first), places_left(shop, link)) == ("canceled", 1)


def test_a_limit_that_was_lowered_to_one_ends_every_open_session(shop: ServiceShop) -> None:
    link = shop.limited(3)
    for form in ("one", "two"):
        shop.start(link, form)
    link = shop.update(link, restrictions={"completed_sessions": {"limit": 1}})
    start_again(shop, link)
    assert places_left(shop, link) == 1
    assert {attempt.state for attempt in shop.attempts(link)} == {"canceled"}


def test_only_the_holders_session_ends_where_there_are_more_places(shop: ServiceShop) -> None:
    link = shop.limited(2)
    one, two = shop.start(link, "one"), shop.start(link, "two")
    start_again(shop, link)
    start_again(shop, link, "three")
    assert places_left(shop, link) == 0
    start_again(shop, link, "three", "one")
    assert (shop.state(one), shop.state(two), places_left(shop, link)) == ("canceled", "opened", 1)


def test_a_form_continues_its_open_session(shop: ServiceShop) -> None:
    link = shop.limited()
    first = shop.start(link)
    assert holds.continue_attempt(shop.store, shop.gateway, link, ["other", "form_1"], shop.now) == first
    assert holds.continue_attempt(shop.store, shop.gateway, link, ["other"], shop.now) is None
    assert len(shop.sessions()) == 1


def test_a_form_does_not_continue_on_another_link(shop: ServiceShop) -> None:
    shop.start(shop.limited())
    assert holds.continue_attempt(shop.store, shop.gateway, shop.limited(), ["form_1"], shop.now) is None


def test_a_session_whose_answer_was_lost_is_opened_again(shop: ServiceShop) -> None:
    link = shop.limited()
    with pytest.raises(GatewayUnavailable):
        shop.start_with(Broken(shop.gateway), link)
    found = holds.continue_attempt(shop.store, shop.gateway, link, ["form_1"], shop.now)
    assert found is not None
    assert found.checkout_session == shop.sessions()[0]
    assert found.session_url


@pytest.mark.parametrize(("paid", "state"), [(False, "expired"), (True, "paid")])
def test_a_session_whose_time_is_over_is_read_before_it_is_continued(
    shop: ServiceShop, paid: bool, state: State
) -> None:
    link = shop.limited()
    first = shop.start(link)
    if paid:
        shop.pay(first)
    shop.now += HOLD_SECONDS + 60
    found = holds.continue_attempt(shop.store, shop.gateway, link, ["form_1"], shop.now)
    assert found is not None
    assert found.state == state


def test_a_lost_session_that_stripe_refuses_now_frees_its_place(shop: ServiceShop) -> None:
    link = shop.limited(1)
    with pytest.raises(GatewayUnavailable):
        shop.start_with(Broken(), link)
    refusing = StripeGateway("sk_" + "live_" + "wrong", webhook_secret=None, http_client=shop.client(), sandbox=True)
    attempt = holds.continue_attempt(shop.store, refusing, shop.found(link), ["form_1"], shop.now)
    assert attempt is not None
    assert attempt.state == "failed"
    assert places_left(shop, link) == 1
